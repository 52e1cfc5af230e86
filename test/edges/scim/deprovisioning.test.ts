// Whoever leaves the company: disabled or deleted by SCIM, out of every session and with every token worthless at once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PersonId, SessionId } from '../../../src/core/model/ids.ts'
import { authorizer } from '../../../src/flows/access/authorize.ts'
import { snapshots } from '../../../src/flows/access/snapshots.ts'
import { policyWriter } from '../../../src/flows/access/write-policy.ts'
import { catalogue, operator, roles } from '../../flows/access/office.ts'
import { id } from '../../stores/rows.ts'
import { session } from '../../stores/traffic-rows.ts'
import { stores } from '../admin/bed.ts'
import { openBed as openOidc } from '../oidc/bed.ts'
import { introspect, refresh, tokensFor, userinfo } from '../oidc/relying-party.ts'
import { type Bed, openBed, patchOf, serveScim, USER } from './bed.ts'

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  beforeAll(async () => {
    bed = await openBed(open)
  })
  afterAll(() => bed.close())
  const make = async (userName: string): Promise<PersonId> =>
    (await bed.scim('POST', '/Users', { body: { schemas: [USER], userName } })).body.id
  const patch = (person: string, ...operations: readonly object[]) =>
    bed.scim('PATCH', `/Users/${person}`, { body: patchOf(...operations) })
  const signIn = async (person: PersonId, name: string): Promise<SessionId> => {
    const now = bed.clock()
    const row = session(name, person, {
      tenancyId: bed.tenancyId,
      domainId: bed.domains.default,
      startedAt: now,
      lastSeenAt: now,
      expiresAt: now + 3_600_000,
    })
    await bed.store.write((tx) => tx.sessions.add(row))
    return row.id
  }

  test.each<[string, (person: string) => Promise<unknown>]>([
    ['active: false', (p) => patch(p, { op: 'replace', path: 'active', value: false })],
    ['active: "False"', (p) => patch(p, { op: 'Replace', path: 'active', value: 'False' })],
    ['active: false without a path', (p) => patch(p, { op: 'replace', value: { active: false } })],
    [
      'active: false in a PUT',
      async (p) => {
        const { body } = await bed.scim('GET', `/Users/${p}`)
        return bed.scim('PUT', `/Users/${p}`, { body: { ...body, active: false } })
      },
    ],
  ])('U2, U9: %s ends every session, and is on record', async (title, disable) => {
    const person = await make(`leaver-${title.replace(/\W+/g, '-')}`)
    const other = await make(`stayer-${title.replace(/\W+/g, '-')}`)
    const sessions = [await signIn(person, `${title} 1`), await signIn(person, `${title} 2`)]
    const kept = await signIn(other, `${title} 3`)
    await disable(person)
    expect(await bed.store.read((tx) => tx.people.get(person))).toMatchObject({ status: 'disabled' })
    for (const one of sessions)
      expect(await bed.store.read((tx) => tx.sessions.get(one))).toMatchObject({ endReason: 'person-disabled' })
    expect((await bed.store.read((tx) => tx.sessions.get(kept)))?.endedAt).toBeUndefined()
    const [event] = await bed.audit('person.disabled')
    expect(event).toMatchObject({
      target: { id: person },
      actor: { name: 'okta' },
      details: { by: 'scim', sessionsEnded: 2 },
    })
    expect((await patch(person, { op: 'replace', path: 'active', value: true })).body.active).toBe(true)
  })

  test('U9: locked by an administrator is not unlocked by a directory', async () => {
    const person = await make('locked')
    await bed.store.write(async (tx) => {
      const row = await tx.people.get(person)
      if (row) await tx.people.put({ ...row, status: 'locked' })
    })
    expect((await bed.scim('GET', `/Users/${person}`)).body.active).toBe(true)
    await patch(person, { op: 'replace', path: 'active', value: true }, { op: 'replace', path: 'title', value: 'x' })
    expect(await bed.store.read((tx) => tx.people.get(person))).toMatchObject({
      status: 'locked',
      attributes: { title: ['x'] },
    })
  })

  test('U9: who is deleted is gone, remembered, and somebody else when they come again', async () => {
    const person = await make('again@example.com')
    const one = await signIn(person, 'deleted')
    const staff = await bed.addGroup('Deleted from')
    await bed.join(person, staff)
    expect((await bed.scim('DELETE', `/Users/${person}`)).status).toBe(204)
    expect((await bed.scim('DELETE', `/Users/${person}`)).status).toBe(404)
    expect(await bed.store.read((tx) => tx.sessions.get(one))).toBeUndefined()
    const [event] = await bed.audit('person.removed')
    expect(event).toMatchObject({
      target: { id: person, name: 'again@example.com' },
      before: { username: 'again@example.com' },
      details: { sessionsEnded: 1 },
    })
    const again = await make('again@example.com')
    expect(again).not.toBe(person)
    expect((await bed.scim('GET', `/Users/${again}`)).body).not.toHaveProperty('groups')
    expect(await bed.store.read((tx) => tx.memberships.ofPerson(again))).toEqual([])
  })

  test('U9, E.2-21: the last administrator of a group leaves the company all the same', async () => {
    const leaver = await make('led-a-group')
    const group = await bed.addGroup('Led')
    await bed.join(leaver, group, { role: 'admin' })
    const disabled = await patch(leaver, { op: 'replace', path: 'active', value: false })
    expect([disabled.status, disabled.body.active]).toEqual([200, false])
    expect((await bed.scim('DELETE', `/Users/${leaver}`)).status).toBe(204)
    expect(await bed.store.read((tx) => tx.memberships.ofGroup(group))).toEqual([])
  })

  test('U9: nobody is left outside: the last administrator is neither disabled nor deleted', async () => {
    const key = await bed.keyOf({ kind: 'person', id: bed.root }, { scopes: ['scim'] })
    const body = patchOf({ op: 'replace', path: 'active', value: false })
    for (const [method, sent] of [
      ['PATCH', body],
      ['DELETE', undefined],
    ] as const) {
      const refused = await bed.scim(method, `/Users/${bed.root}`, { key, ...(sent ? { body: sent } : {}) })
      expect([refused.status, refused.body.detail]).toEqual([
        403,
        expect.stringContaining('without an administrator who can sign in'),
      ])
    }
    expect(await bed.store.read((tx) => tx.people.get(bed.root))).toMatchObject({ status: 'active' })
  })
})

test('U2, U9: refresh tokens, access tokens and cookies are worthless from the request on that disables', async () => {
  const oidc = await openOidc()
  await oidc.register('web')
  const known = snapshots({ store: oidc.store, catalogue, roles })
  const authorize = authorizer({ ...oidc, catalogue, known })
  const scim = await serveScim({ ...oidc, authorize })
  const token = `gwm_${oidc.random.token()}`
  const now = oidc.clock()
  await oidc.store.write(async (tx) => {
    await tx.serviceIds.put({
      id: id('s'),
      tenancyId: id('acme'),
      createdAt: now,
      compartmentId: id('root'),
      name: 's',
      description: '',
      status: 'active',
      updatedAt: now,
    })
    await tx.apiKeys.put({
      id: id('k'),
      tenancyId: id('acme'),
      createdAt: now,
      owner: { kind: 'service-id', id: id('s') },
      name: 'k',
      scopes: ['scim'],
      prefix: 'gwm_',
      hash: oidc.secrets.digest(token),
      expiresAt: undefined,
      revokedAt: undefined,
    })
  })
  const statements = ["Allow any-user to manage users in tenancy where request.principal.name = 's'"]
  await policyWriter({ ...oidc, catalogue }).putPolicy(operator, {
    tenancyId: id('acme'),
    compartmentId: id('root'),
    name: 'scim',
    description: '',
    statements,
  })
  const { browser } = await oidc.signedIn('alice')
  const tokens = await tokensFor(oidc, browser, 'web', { scope: 'openid offline_access' })
  const uses = async () => [
    (await userinfo(oidc, tokens.access_token)).status,
    (await introspect(oidc, 'web', tokens.access_token)).active,
    (await refresh(oidc, 'web', tokens.refresh_token)).status,
  ]
  expect(await uses()).toEqual([200, true, 200])
  const path = `/Users/${id('alice')}`
  const set = (active: boolean) =>
    scim.call('PATCH', path, { key: token, body: patchOf({ op: 'Replace', path: 'active', value: String(active) }) })
  expect((await set(false)).body.active).toBe(false)
  expect(await uses()).toEqual([401, false, 400])
  expect((await set(true)).body.active).toBe(true)
  expect(await uses()).toEqual([401, false, 400]) // what was taken does not come back
  await scim.close()
  await oidc.close()
})
