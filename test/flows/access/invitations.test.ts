// U10, E.1-9, E.1-10: people are invited by e-mail with groups and roles chosen; links work once, the newest only, and for a while.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Invitation } from '../../../src/core/model/access.ts'
import type { DomainId, GroupId, InvitationId, PersonId } from '../../../src/core/model/ids.ts'
import { invitationAccepter } from '../../../src/flows/access/accept-invitation.ts'
import { administrating } from '../../../src/flows/access/administer.ts'
import { authorizer } from '../../../src/flows/access/authorize.ts'
import { type InvitationInput, inviter, stateOf } from '../../../src/flows/access/invite.ts'
import { type Administrator, standingOf } from '../../../src/flows/access/permits.ts'
import { snapshots } from '../../../src/flows/access/snapshots.ts'
import { guardedStore } from '../../../src/flows/directory/lock-out.ts'
import type { Store } from '../../../src/ports/store.ts'
import { noPostgres, postgresUrl, testPostgres, testStore } from '../../stores/open-test-store.ts'
import { type House, house } from '../directory/house.ts'
import { catalogue, roles } from './office.ts'

let rootId: Invitation['roles'][number]['compartmentId']
const promise = (role: string): Invitation['roles'][number] => ({
  roles: [role],
  service: undefined,
  compartmentId: rootId,
  resource: { type: undefined, id: undefined, attributes: {} },
})

const tenancy = `
tenancy: { name: acme, displayName: Acme }
domains:
  - { name: default, groups: [{ name: staff }, { name: books }, { name: clerks }, { name: keepers }] }
  - { name: partners, groups: [{ name: outside }] }
policies:
  - { name: clerks, statements: [Allow group clerks to manage invitations in tenancy] }
  - { name: keepers, statements: [Allow group keepers to manage users in tenancy] }
`
const DAY = 86_400_000
const account = { username: 'new-one', displayName: 'New One', password: 'a long enough secret 42', locale: 'ko' }

const suite = (open: () => Promise<Store>): void => {
  let store: Store
  let h: House
  let domainId: DomainId
  let partners: DomainId
  let groups: ReadonlyMap<string, GroupId>
  const people = new Map<string, PersonId>()
  let n = 0

  const group = (name: string): GroupId => groups.get(name) ?? h.noGroup
  const flows = () => {
    const { clock, random, secrets } = h.deps
    const hasher = { hash: async (p: string) => `hash:${p}`, verify: async () => true, isOld: () => false }
    const known = snapshots({ store, catalogue, roles })
    const administer = administrating({
      store: guardedStore(store, clock),
      clock,
      random,
      secrets,
      authorize: authorizer({ store, clock, random, catalogue, known }),
      standingOf: standingOf({ known }),
    })
    const { invite, resend, revoke } = inviter({ administer, roles, random, baseUrl: 'https://id.acme.example' })
    const itself = async (_tx: unknown, invitation: Invitation) => invitation
    return {
      invite: (by: Administrator, input: InvitationInput) => invite(by, input, itself),
      resend: (by: Administrator, id: InvitationId) => resend(by, id, itself),
      revoke: (by: Administrator, id: InvitationId) => revoke(by, id, itself),
      ...invitationAccepter({ store, clock, random, hasher, secrets, isCommonPassword: () => false }),
    }
  }
  const who = (name: string): Administrator => ({
    tenancyId: h.tenancyId(),
    actor: { kind: 'person', id: people.get(name) ?? '', name },
    requestId: `req-${n}`,
    subject: { type: 'user', id: people.get(name) ?? '', properties: {} },
    context: {},
    apiKeyId: undefined,
  })
  const invite = (more: Partial<InvitationInput> = {}, by = 'boss') =>
    flows().invite(who(by), {
      domainId,
      email: `guest${n}@else.example`,
      locale: undefined,
      groups: [group('staff')],
      roles: [],
      validDays: undefined,
      ...more,
    })
  const letters = () =>
    store.read(async (tx) =>
      (await tx.outbox.list(h.tenancyId())).map((m) => m.payload).filter((m) => m.to === `guest${n}@else.example`),
    )
  const newestLink = async () => /token=(\S+)/.exec(String((await letters()).at(-1)?.text))?.[1] ?? ''
  const kept = (id: InvitationId) => store.read((tx) => tx.invitations.get(id))

  beforeAll(async () => {
    store = await open()
    h = await house(store)
    await h.apply(tenancy)
    domainId = (await h.domain('default')).id
    partners = (await h.domain('partners')).id
    rootId = (await h.domain('default')).compartmentId
    people.set('boss', await h.addPerson('boss', { direct: ['Administrators'], password: true }))
    people.set('clerk', await h.addPerson('clerk', { direct: ['clerks'], password: true }))
    people.set('nobody', await h.addPerson('nobody', { password: true }))
    groups = new Map((await store.read((tx) => tx.groups.ofTenancy(h.tenancyId()))).map((g) => [g.name, g.id]))
  })
  afterAll(() => store.close())
  beforeEach(() => {
    n++
  })

  test('U10 E.1-9: the link is in the mail only; a new account joins with groups and roles, its address proven', async () => {
    const invitation = await invite({ roles: [promise('basic-user')] })
    const token = await newestLink()
    expect(token.length).toBeGreaterThan(5)
    expect(JSON.stringify(await kept(invitation.id))).not.toContain(token)
    expect(await flows().behind(domainId, token)).toMatchObject({ tenancy: 'Acme', groups: ['staff'] })
    const accepted = await flows().acceptAsNew(domainId, token, account)
    if ('refused' in accepted) throw new Error(accepted.refused)
    expect(accepted.person.locale).toBe('ko') // of the page, not of whoever invited
    expect(accepted.person).toMatchObject({ username: 'new-one', email: invitation.email, emailVerified: true })
    expect(await h.sourcesOf(accepted.person.id)).toEqual(['staff direct'])
    const holder = { kind: 'person' as const, id: accepted.person.id }
    expect(await store.read((tx) => tx.roleAssignments.ofHolder(holder))).toMatchObject([
      { roles: ['basic-user'], createdBy: 'boss' },
    ])
    expect(await kept(invitation.id)).toMatchObject({ status: 'accepted', personId: accepted.person.id })
    const events = await store.read((tx) => tx.audit.list(h.tenancyId(), { limit: 4 }))
    expect(events.map((e) => e.action).sort()).toEqual([
      'invitation.accepted',
      'membership.added',
      'person.created',
      'role-assignment.created',
    ])
  })
  test('U10: accepted by somebody who is there already; what they hold stays', async () => {
    const person = await h.addPerson(`there${n}`, { direct: ['staff'], password: true })
    await invite({ groups: [group('staff'), group('books')] })
    expect(await flows().acceptAs(person, await newestLink())).toMatchObject({ person: { id: person } })
    expect(await h.sourcesOf(person)).toEqual(['books direct', 'staff direct'])
  })
  test('U10: one link, one person: the second finds it spent, also at the same time', async () => {
    await invite()
    const token = await newestLink()
    const both = await Promise.all([
      flows().acceptAsNew(domainId, token, { ...account, username: `one${n}` }),
      flows().acceptAsNew(domainId, token, { ...account, username: `two${n}` }),
    ])
    expect(both.filter((r) => 'person' in r)).toHaveLength(1)
    expect(both).toContainEqual({ refused: 'link-unknown' })
    expect(await flows().behind(domainId, token)).toBeUndefined()
  })
  test('U10: resent: the new link works, the old one does not', async () => {
    const { id } = await invite()
    const old = await newestLink()
    expect(await flows().resend(who('boss'), id)).toMatchObject({ status: 'pending' })
    const fresh = await newestLink()
    expect(fresh).not.toBe(old)
    expect(await flows().behind(domainId, old)).toBeUndefined()
    expect(await flows().behind(domainId, fresh)).toBeDefined()
  })
  test('U10: expired is shown as such and worth nothing; resending makes it good again', async () => {
    const invitation = await invite({ validDays: 1 })
    const token = await newestLink()
    h.later(DAY / 1000)
    expect(stateOf((await kept(invitation.id)) ?? invitation, h.deps.clock())).toBe('expired')
    expect(await flows().acceptAsNew(domainId, token, account)).toEqual({ refused: 'link-unknown' })
    await flows().resend(who('boss'), invitation.id)
    expect(await flows().behind(domainId, await newestLink())).toBeDefined()
  })
  test('U10: revoked: the link is worth nothing, and neither resent nor revoked again', async () => {
    const { id } = await invite()
    const token = await newestLink()
    expect(await flows().revoke(who('boss'), id)).toMatchObject({ status: 'revoked' })
    expect(await flows().acceptAsNew(domainId, token, account)).toEqual({ refused: 'link-unknown' })
    await expect(flows().resend(who('boss'), id)).rejects.toMatchObject({ reason: 'invitation-over' })
    await expect(flows().revoke(who('boss'), id)).rejects.toMatchObject({ reason: 'invitation-over' })
    expect(await invite()).toMatchObject({ status: 'pending' }) // the address may be invited anew
  })
  test('U10: a link of one domain opens nothing in another; a made-up one nothing at all', async () => {
    await invite()
    expect(await flows().behind(partners, await newestLink())).toBeUndefined()
    expect(await flows().acceptAsNew(partners, await newestLink(), account)).toEqual({ refused: 'link-unknown' })
    expect(await flows().acceptAsNew(domainId, 'made-up', account)).toEqual({ refused: 'link-unknown' })
  })
  test('U10: a taken or malformed user name and a weak password leave the link good', async () => {
    await invite()
    const token = await newestLink()
    await h.addPerson(`taken${n}`, {})
    const tries = [
      await flows().acceptAsNew(domainId, token, { ...account, username: `taken${n}` }),
      await flows().acceptAsNew(domainId, token, { ...account, username: 'a b' }),
      await flows().acceptAsNew(domainId, token, { ...account, password: 'short' }),
      await flows().acceptAsNew(domainId, token, { ...account, displayName: 'New\n\nhttps://evil.example' }),
      await flows().acceptAsNew(domainId, token, { ...account, displayName: 'New \u202egnp.exe' }),
    ]
    expect(tries).toMatchObject([
      { refused: 'username-taken' },
      { refused: 'username-malformed' },
      { refused: 'password' },
      { refused: 'name-malformed' },
      { refused: 'name-malformed' },
    ])
    expect(await flows().acceptAsNew(domainId, token, { ...account, username: `free${n}` })).toHaveProperty('person')
  })
  test('U10: refused: no address, an address invited already, a group of elsewhere, what the inviter may not give', async () => {
    await expect(invite({ email: 'nobody' })).rejects.toMatchObject({
      slug: 'request-malformed',
      fields: [{ field: 'email' }],
    })
    await expect(invite({ validDays: 99 })).rejects.toMatchObject({ fields: [{ field: 'validDays' }] })
    await invite()
    await expect(invite()).rejects.toMatchObject({ reason: 'already-invited' })
    await expect(invite({ email: 'x@y.example', groups: [group('outside')] })).rejects.toMatchObject({
      slug: 'not-found',
    })
  })
  test('U10 E.1-45: nobody invites into more than they hold, and roles for later cannot be promised', async () => {
    const [more, boss] = [{ email: `z${n}@y.example` }, group('Administrators')]
    await expect(invite(more, 'nobody')).rejects.toMatchObject({ slug: 'not-permitted' })
    await expect(invite({ ...more, groups: [boss] }, 'clerk')).rejects.toMatchObject({ reason: 'not-held' })
    await expect(invite({ ...more, groups: [group('keepers')] }, 'clerk')).rejects.toMatchObject({ reason: 'not-held' })
    await expect(invite({ ...more, roles: [promise('super-user')] }, 'clerk')).rejects.toMatchObject({
      slug: 'not-permitted',
    })
    await expect(invite({ ...more, roles: [promise('account-owner')] })).rejects.toMatchObject({
      reason: 'role-not-invitable',
    })
    expect((await store.read((tx) => tx.invitations.ofTenancy(h.tenancyId()))).map((i) => i.email)).not.toContain(
      more.email,
    )
    expect(await invite(more, 'clerk')).toMatchObject({ status: 'pending', createdBy: 'clerk' })
  })
  test('U10: the mail speaks the language that was chosen', async () => {
    await invite({ locale: 'ko' })
    expect(await letters()).toMatchObject([{ subject: 'Acme에 초대되었습니다' }])
  })
}

describe('SQLite', () => suite(testStore))
describe.skipIf(postgresUrl === undefined)(
  postgresUrl === undefined ? `PostgreSQL (skipped: ${noPostgres})` : 'PostgreSQL',
  () => suite(testPostgres),
)
