// S1–S7, E.2 10–22: asking for a group, deciding once, editing and removing members; nobody learns what exists, and one administrator stays.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AccessRequestId, GroupId, PersonId } from '../../../src/core/model/ids.ts'
import { requestDecider, requestWithdrawer } from '../../../src/flows/access/decide-request.ts'
import { groupMembers } from '../../../src/flows/access/group-members.ts'
import { accessRequester } from '../../../src/flows/access/request-access.ts'
import type { Store } from '../../../src/ports/store.ts'
import { noPostgres, postgresUrl, testPostgres, testStore } from '../../stores/open-test-store.ts'
import { house } from '../directory/house.ts'

const tenancy = `
tenancy: { name: acme }
domains:
  - name: default
    groups: [{ name: support }, { name: billing }]
    idps:
      - { name: corp, oidc: { issuer: 'https://op.example', clientId: us, clientAuth: none }, groupsFrom: [g], mappings: [{ name: r, exact: S, groups: [support] }] }
  - name: partners
    groups: [{ name: outside }]
`
const HOUR = 3_600_000

const scene = async (store: Store) => {
  const h = await house(store)
  await h.apply(tenancy)
  const groups = new Map((await store.read((tx) => tx.groups.ofTenancy(h.tenancyId()))).map((g) => [g.name, g.id]))
  const people: { [name: string]: PersonId } = {}
  for (const name of ['ada', 'bob', 'cem', 'dora', 'eve']) people[name] = await h.addPerson(name, { password: true })
  await store.write(async (tx) => {
    for (const id of Object.values(people)) {
      const p = await tx.people.get(id)
      if (p)
        await tx.people.put({
          ...p,
          email: `${p.username}@acme.example`,
          emailVerified: true,
          locale: p.username === 'cem' ? 'ko' : 'en',
        })
    }
  })
  return { h, groups, people }
}
type Scene = Awaited<ReturnType<typeof scene>>

const suite = (open: () => Promise<Store>): void => {
  let store: Store
  let s: Scene
  const id = (name: string): PersonId => s.people[name] ?? ('' as PersonId)
  const group = (name: string): GroupId => s.groups.get(name) ?? ('' as GroupId)
  const flows = () => {
    const deps = { store, clock: s.h.deps.clock, random: s.h.deps.random }
    return {
      ask: accessRequester(deps),
      decide: requestDecider(deps),
      withdraw: requestWithdrawer(deps),
      ...groupMembers(deps),
    }
  }
  const member = (who: string, of: string, role: 'user' | 'admin' = 'user', kind: 'direct' | 'config' = 'direct') =>
    store.write((tx) =>
      tx.memberships.put({
        personId: id(who),
        groupId: group(of),
        provenance: kind === 'direct' ? { kind, by: 'test' } : { kind },
        role,
        since: 0,
        expiresAt: undefined,
      }),
    )
  const asking = (who: string, more: { until?: number; tenancy?: string; groupId?: string } = {}) =>
    flows().ask(id(who), { tenancy: 'acme', groupId: group('support'), reason: 'tickets', ...more }, 'req-1')
  const roleOf = (who: string, of = 'support') =>
    store.read(async (tx) => (await tx.memberships.ofPerson(id(who))).find((m) => m.groupId === group(of))?.role)
  const lastEvent = (action: string) =>
    store.read(async (tx) => (await tx.audit.list(s.h.tenancyId(), { action, limit: 1 }))[0])
  const mailsTo = (who: string) =>
    store.read(async (tx) =>
      (await tx.outbox.list(s.h.tenancyId())).map((m) => m.payload).filter((p) => p.to === `${who}@acme.example`),
    )

  beforeAll(async () => {
    store = await open()
    s = await scene(store)
  })
  afterAll(() => store.close())
  beforeEach(async () => {
    await store.write(async (tx) => {
      for (const of of ['support', 'billing', 'Administrators'])
        for (const m of await tx.memberships.ofGroup(group(of)))
          await tx.memberships.remove(m.personId, m.groupId, m.provenance.kind)
      for (const request of await tx.accessRequests.ofTenancy(s.h.tenancyId()))
        if (request.status === 'pending') await tx.accessRequests.save({ ...request, status: 'withdrawn' })
      for (const mail of await tx.outbox.list(s.h.tenancyId())) await tx.outbox.done(mail.id)
    })
    await member('ada', 'support', 'admin')
  })

  test('S1 E.2-10: a request by group id and tenancy name waits; the administrators are told by mail', async () => {
    expect(await asking('bob')).toMatchObject({ status: 'pending', reason: 'tickets', role: undefined })
    expect(await lastEvent('access-request.created')).toMatchObject({
      actor: { name: 'bob' },
      requestId: 'req-1',
      target: { name: 'support' },
    })
    expect(await mailsTo('ada')).toMatchObject([{ subject: 'bob asks for access to support' }])
  })
  test('E.2-11: a wrong tenancy, a wrong group and a group of elsewhere are refused alike', async () => {
    const refused = await Promise.allSettled([
      asking('bob', { tenancy: 'other' }),
      asking('bob', { groupId: 'nowhere' }),
      asking('bob', { groupId: group('outside') }),
      asking('bob', { tenancy: 'other', groupId: 'nowhere' }),
    ])
    const messages = refused.map((r) => (r.status === 'rejected' ? `${r.reason.slug} ${r.reason.detail}` : 'accepted'))
    expect(new Set(messages)).toEqual(
      new Set([expect.stringMatching(/^not-found no group of that id in a tenancy of that name/)]),
    )
  })
  test('S1: already a member, already asked, no reason, a time that is past', async () => {
    await asking('bob')
    await expect(asking('bob')).rejects.toMatchObject({ reason: 'already-asked' })
    await expect(asking('ada')).rejects.toMatchObject({ reason: 'already-a-member' })
    const bare = { tenancy: 'acme', groupId: group('support'), reason: ' ' }
    await expect(flows().ask(id('eve'), bare)).rejects.toMatchObject({ slug: 'request-malformed', reason: 'reason' })
    await expect(asking('eve', { until: 1 })).rejects.toMatchObject({ slug: 'request-malformed', reason: 'until' })
  })
  test('S2 E.2-12 E.2-13 E.2-14: exactly the groups where one is administrator, with members and who waits', async () => {
    await member('eve', 'billing', 'user')
    await asking('bob')
    const [own, ...more] = await flows().administered(id('ada'))
    expect(more).toEqual([])
    expect(own).toMatchObject({
      group: { name: 'support' },
      members: [{ person: { username: 'ada' }, role: 'admin', sources: ['direct'] }],
      waiting: [{ person: { username: 'bob' }, reason: 'tickets', status: 'pending' }],
    })
    expect(await flows().administered(id('eve'))).toEqual([])
  })
  test('S2 E.2-12: where a group has no administrator, those of the tenancy are told and see who waits; no others', async () => {
    await member('dora', 'Administrators')
    await asking('eve', { groupId: group('billing') })
    await asking('bob')
    expect(await mailsTo('dora')).toMatchObject([{ subject: 'eve asks for access to billing' }])
    expect(await flows().administered(id('dora'))).toMatchObject([
      { group: { name: 'billing' }, waiting: [{ person: { username: 'eve' } }] },
    ])
    await member('cem', 'billing', 'admin')
    expect(await flows().administered(id('dora'))).toEqual([])
  })
  test('S3 E.2-4: whoever proved a contact address and no other is told there', async () => {
    const unproven = await store.read((tx) => tx.people.get(id('bob')))
    if (!unproven) throw new Error('bob is not there')
    const contact = { email: 'cem@acme.example', verifiedAt: 1 }
    await store.write((tx) => tx.people.put({ ...unproven, emailVerified: false, contact }))
    const { id: request } = await asking('bob')
    await flows().decide(id('ada'), request, { approve: false })
    expect(await mailsTo('bob')).toEqual([])
    expect(await mailsTo('cem')).toMatchObject([{ subject: 'Your request for support was denied' }])
    await store.write((tx) => tx.people.put(unproven))
  })
  test('S3 E.2-15 E.2-22: approved with the chosen role, at once, audited, told', async () => {
    const { id: request } = await asking('bob')
    expect(await flows().decide(id('ada'), request, { approve: true, role: 'admin' }, 'req-2')).toMatchObject({
      status: 'approved',
      role: 'admin',
      decidedBy: 'ada',
    })
    expect(await roleOf('bob')).toBe('admin')
    expect(await lastEvent('access-request.approved')).toMatchObject({
      actor: { name: 'ada' },
      before: { status: 'pending' },
      after: { status: 'approved', role: 'admin' },
      requestId: 'req-2',
    })
    expect(await lastEvent('membership.added')).toMatchObject({
      target: { name: 'bob' },
      after: { group: 'support', role: 'admin' },
    })
    expect(await mailsTo('bob')).toMatchObject([{ subject: 'You have access to support' }])
  })
  test('S7: a membership ends when was asked for, or sooner when given for less', async () => {
    const now = s.h.deps.clock()
    const one = await asking('bob', { until: now + 2 * HOUR })
    await flows().decide(id('ada'), one.id, { approve: true, role: 'user', until: now + HOUR })
    const two = await asking('eve', { until: now + 2 * HOUR })
    await flows().decide(id('ada'), two.id, { approve: true, role: 'user', until: now + 9 * HOUR })
    const ends = await store.read(async (tx) =>
      (await tx.memberships.ofGroup(group('support'))).map((m) => m.expiresAt).filter((e) => e !== undefined),
    )
    expect(ends.sort()).toEqual([now + HOUR, now + 2 * HOUR])
  })
  test('S4 E.2-16 E.2-20: denied: no membership, told in the person’s language; a new request is possible', async () => {
    const { id: request } = await asking('cem')
    expect(await flows().decide(id('ada'), request, { approve: false })).toMatchObject({
      status: 'denied',
      role: undefined,
    })
    expect(await roleOf('cem')).toBeUndefined()
    expect(await lastEvent('access-request.denied')).toMatchObject({ after: { status: 'denied' } })
    expect(await mailsTo('cem')).toMatchObject([{ subject: 'support 그룹 요청이 거부되었습니다' }])
    expect(await asking('cem')).toMatchObject({ status: 'pending' })
  })
  test('E.2-20: decided once, also by two at the same time', async () => {
    await member('dora', 'support', 'admin')
    const { id: request } = await asking('bob')
    const both = await Promise.allSettled([
      flows().decide(id('ada'), request, { approve: true, role: 'user' }),
      flows().decide(id('dora'), request, { approve: false }),
    ])
    expect(both.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    await expect(flows().decide(id('ada'), request, { approve: true, role: 'admin' })).rejects.toMatchObject({
      slug: 'changed-meanwhile',
      reason: 'already-decided',
    })
    await expect(flows().withdraw(id('bob'), request)).rejects.toMatchObject({ reason: 'already-decided' })
  })
  test('E.2-19: a plain member and an administrator of another group can do nothing, and learn nothing', async () => {
    await member('eve', 'billing', 'admin')
    await member('dora', 'support', 'user')
    const { id: request } = await asking('bob')
    for (const who of ['eve', 'dora', 'bob']) {
      await expect(flows().decide(id(who), request, { approve: true, role: 'user' })).rejects.toMatchObject({
        slug: 'not-found',
      })
      await expect(flows().editRole(id(who), group('support'), id('ada'), 'user')).rejects.toMatchObject({
        slug: 'not-found',
      })
      await expect(flows().removeMember(id(who), group('support'), id('ada'))).rejects.toMatchObject({
        slug: 'not-found',
      })
    }
    await expect(flows().decide(id('ada'), 'unknown' as AccessRequestId, { approve: false })).rejects.toMatchObject({
      slug: 'not-found',
    })
  })
  test('E.2-21 S7: nobody decides on a request of their own, an administrator of the tenancy either', async () => {
    await member('dora', 'Administrators')
    const { id: request } = await asking('dora')
    await expect(flows().decide(id('dora'), request, { approve: true, role: 'admin' })).rejects.toMatchObject({
      reason: 'own-request',
    })
    expect(await roleOf('dora')).toBeUndefined()
  })
  test('S5 E.2-17: a role is edited there and back, effective at once, audited with old and new', async () => {
    await member('bob', 'support', 'admin')
    await flows().editRole(id('ada'), group('support'), id('bob'), 'user')
    expect(await roleOf('bob')).toBe('user')
    expect(await lastEvent('membership.changed')).toMatchObject({
      actor: { name: 'ada' },
      target: { name: 'bob' },
      before: { role: 'admin' },
      after: { role: 'user' },
    })
    expect(await flows().administered(id('bob'))).toEqual([])
    await flows().editRole(id('ada'), group('support'), id('bob'), 'admin')
    expect(await roleOf('bob')).toBe('admin')
  })
  test('S6 E.2-18: removed: gone at once, audited, and may ask again', async () => {
    await member('bob', 'support')
    await flows().removeMember(id('ada'), group('support'), id('bob'))
    expect(await roleOf('bob')).toBeUndefined()
    expect(await lastEvent('membership.removed')).toMatchObject({
      before: { group: 'support', role: 'user' },
      target: { name: 'bob' },
    })
    expect(await asking('bob')).toMatchObject({ status: 'pending' })
  })
  test('E.2-21: the last administrator of a group is neither removed nor downgraded, also by two at once', async () => {
    await expect(flows().removeMember(id('ada'), group('support'), id('ada'))).rejects.toMatchObject({
      reason: 'last-group-admin',
    })
    await expect(flows().editRole(id('ada'), group('support'), id('ada'), 'user')).rejects.toMatchObject({
      reason: 'last-group-admin',
    })
    await member('dora', 'support', 'admin')
    const both = await Promise.allSettled([
      flows().removeMember(id('ada'), group('support'), id('dora')),
      flows().removeMember(id('dora'), group('support'), id('ada')),
    ])
    expect(both.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
  })
  test('S5: a membership that came from elsewhere is changed there', async () => {
    await member('eve', 'support', 'user', 'config')
    await expect(flows().removeMember(id('ada'), group('support'), id('eve'))).rejects.toMatchObject({
      reason: 'not-a-direct-membership',
      detail: '`eve` is in `support` because of `config`: change it there',
    })
  })
  test('S1: whoever asked may withdraw, others may not', async () => {
    const { id: request } = await asking('bob')
    await expect(flows().withdraw(id('eve'), request)).rejects.toMatchObject({ slug: 'not-found' })
    expect(await flows().withdraw(id('bob'), request)).toMatchObject({ status: 'withdrawn' })
  })
}

describe('SQLite', () => suite(testStore))
describe.skipIf(postgresUrl === undefined)(
  postgresUrl === undefined ? `PostgreSQL (skipped: ${noPostgres})` : 'PostgreSQL',
  () => suite(testPostgres),
)
