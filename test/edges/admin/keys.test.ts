// U6: API keys of people and service IDs: shown once, used, seen, expired, revoked; and nobody makes one that can do more than they can.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Evidence } from '../../../src/core/assurance/level.ts'
import type { CredentialId, ServiceIdId } from '../../../src/core/model/ids.ts'
import { type Bed, openBed, stores } from './bed.ts'

type Made = { id: string; key: string; prefix: string; expiresAt: string }
type List = { items: { id: string; name: string; lastUsedAt?: string; revokedAt?: string }[] }

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  const make = (body: object, token?: string) =>
    bed.call<Made>('POST', '/api-keys', { body: { scopes: ['admin'], name: 'k', ...body } }, token)
  beforeAll(async () => {
    bed = await openBed(open)
    await bed.call('PUT', '/service-ids/deployer', { body: { description: 'Deploys' } })
  })
  afterAll(() => bed.close())

  test('U6 a key is shown once, works, says when it was used, and is over when it is revoked', async () => {
    await bed.policy('deployer', ['Allow any-user to inspect groups in tenancy'])
    const made = await make({ owner: { serviceId: 'deployer' }, name: 'pipeline' })
    expect(made.status).toBe(201)
    expect(made.body.key).toMatch(/^gwm_[\w-]{43}$/)
    expect(made.body.key.startsWith(made.body.prefix)).toBe(true)
    const { key, id } = made.body
    expect((await bed.call('GET', '/domains/default/groups', {}, key)).status).toBe(200)
    const listed = await bed.call<List>('GET', '/api-keys')
    const row = listed.body.items.find((k) => k.id === id)
    expect(row).toMatchObject({ name: 'pipeline', owner: { kind: 'service-id', name: 'deployer' } })
    expect(row?.lastUsedAt).toBeDefined()
    expect(JSON.stringify(listed.body)).not.toContain(key)
    expect(JSON.stringify(await bed.audit())).not.toContain(key.slice(16))
    expect((await bed.call('DELETE', `/api-keys/${id}`)).status).toBe(204)
    expect((await bed.call('GET', '/domains/default/groups', {}, key)).status).toBe(401)
    expect((await bed.call('GET', `/api-keys/${id}`)).body.revokedAt).toBeDefined()
  })

  test('U6 a key ends with its time, with its service ID and with its person', async () => {
    const inAnHour = new Date(bed.clock() + 3_600_000).toISOString()
    const short = (await make({ owner: { serviceId: 'deployer' }, name: 'short', expiresAt: inAnHour })).body.key
    const long = (await make({ owner: { serviceId: 'deployer' }, name: 'long' })).body.key
    const works = async (key: string) => (await bed.call('GET', '/domains/default/groups', {}, key)).status !== 401
    expect([await works(short), await works(long)]).toEqual([true, true])
    bed.later(3600)
    expect([await works(short), await works(long)]).toEqual([false, true])
    await bed.call('PATCH', '/service-ids/deployer', { body: { status: 'inactive' } })
    expect(await works(long)).toBe(false)
    await bed.call('PATCH', '/service-ids/deployer', { body: { status: 'active' } })
    expect(await works(long)).toBe(true)
    const { key } = await bed.somebody('pat')
    expect(await works(key)).toBe(true)
    await bed.call('POST', '/domains/default/users/pat/disable')
    expect(await works(key)).toBe(false)
    await bed.call('DELETE', '/service-ids/deployer')
    expect(await works(long)).toBe(false)
    await bed.call('PUT', '/service-ids/deployer', { body: {} })
    expect(await works(long)).toBe(false)
  })

  test('U6 scopes narrow a key, and one that is past, too far or unknown is refused', async () => {
    const pdp = (await make({ owner: { serviceId: 'deployer' }, name: 'asks', scopes: ['pdp'] })).body.key
    const refused = await bed.call('GET', '/domains/default/groups', {}, pdp)
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      403,
      expect.stringContaining('insufficient_scope'),
    ])
    const owner = { serviceId: 'deployer' }
    for (const expiresAt of [new Date(bed.clock()).toISOString(), '2099-01-01T00:00:00Z'])
      expect((await make({ owner, expiresAt })).status).toBe(422)
    for (const body of [
      { owner, scopes: ['root'] },
      { owner, scopes: [] },
      { owner, scopes: ['pdp', 'pdp'] },
      { owner: {} },
    ])
      expect((await make(body)).status, JSON.stringify(body)).toBe(400)
    expect((await make({ owner: { serviceId: 'nobody' } })).status).toBe(404)
    expect((await make({ owner, name: 'asks' })).status).toBe(409)
  })

  test('U6 nobody makes a key for somebody else, save an administrator', async () => {
    const { key, person } = await bed.somebody('lee', ['manage api-keys in tenancy', 'inspect users in tenancy'])
    await bed.addPerson('rae')
    expect((await make({ owner: { user: 'lee' } }, key)).status).toBe(201)
    expect((await make({ owner: { user: person }, name: 'by id' }, key)).status).toBe(201)
    for (const user of ['root', 'rae'])
      expect(await make({ owner: { user } }, key)).toMatchObject({ status: 403, body: { reason: 'not-held' } })
    expect((await make({ owner: { user: 'rae' } })).status).toBe(201)
  })

  test('U6 a key for a service ID needs all that the service ID holds', async () => {
    await bed.call('PUT', '/service-ids/strong', { body: {} })
    const strong = String((await bed.call('GET', '/service-ids/strong')).body.id)
    await bed.assign({ kind: 'service-id', id: strong as ServiceIdId }, 'security-administrator')
    const { key } = await bed.somebody('sam', ['manage api-keys in tenancy'])
    expect(await make({ owner: { serviceId: 'strong' } }, key)).toMatchObject({
      status: 403,
      body: { reason: 'not-held', detail: expect.stringContaining('`DOMAIN_INSPECT`') },
    })
    // all there is, and still not what a role holds beyond the reach of Deny
    const much = await bed.somebody('mia', ['manage all-resources in tenancy'])
    expect((await make({ owner: { serviceId: 'strong' } }, much.key)).status).toBe(403)
    const both = await bed.somebody('max', ['manage api-keys in tenancy'])
    await bed.assign({ kind: 'person', id: both.person }, 'security-administrator')
    expect((await make({ owner: { serviceId: 'strong' } }, both.key)).status).toBe(201)
  })

  test('a stolen key cannot make itself a successor that outlives it', async () => {
    const { person } = await bed.somebody('kay', ['manage api-keys in tenancy'])
    const soon = bed.clock() + 60_000
    const stolen = await bed.keyOf({ kind: 'person', id: person }, { expiresAt: soon })
    const made = await make({ owner: { user: 'kay' }, name: 'for ever' }, stolen)
    expect(made.body.expiresAt).toBe(new Date(soon).toISOString())
  })

  test.each([
    ['no credentials', undefined],
    ['a wrong key', `gwm_${'x'.repeat(43)}`],
    ['a key of the wrong shape', 'gwm_short'],
    ['a wrong token', 'x'.repeat(43)],
  ])('%s: 401, and how to do better', async (_name, token) => {
    const response = await fetch(`${bed.url}/api/v1/tenancies/acme/api-keys`, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm="admin", scope="admin"/)
  })

  test("access tokens are good from the gateway's own application only, with the scope, and in their tenancy", async () => {
    const bearer = { clientId: 'gwanmun-cli', personId: bed.root, sessionId: undefined, scopes: ['openid', 'admin'] }
    bed.tokens.set('a'.repeat(43), bearer)
    bed.tokens.set('b'.repeat(43), { ...bearer, scopes: ['openid'] })
    bed.tokens.set('c'.repeat(43), { ...bearer, clientId: 'harvester' })
    bed.tokens.set('d'.repeat(43), { ...bearer, personId: undefined })
    const status = async (letter: string) => (await bed.call('GET', '/service-ids', {}, letter.repeat(43))).status
    expect([await status('a'), await status('b'), await status('c'), await status('d')]).toEqual([200, 403, 403, 401])
    for (const token of ['a'.repeat(43), bed.rootKey])
      for (const tenancy of ['other', 'nowhere', 'ACME']) {
        const headers = { authorization: `Bearer ${token}` }
        const response = await fetch(`${bed.url}/api/v1/tenancies/${tenancy}/service-ids`, { headers })
        expect(response.status, tenancy).toBe(401)
      }
  })

  test('M2 policies may ask how whoever administers signed in; a key is no sign-in', async () => {
    const { person, key } = await bed.somebody('tom', [
      'inspect groups in tenancy',
      "manage groups in tenancy where request.user.level = '2'",
    ])
    const token = (letter: string, evidence: readonly Evidence[]) => bed.tokenOf(letter.repeat(43), person, evidence)
    await token('p', [{ kind: 'password', at: bed.clock() }])
    await token('q', [
      { kind: 'password', at: bed.clock() },
      { kind: 'totp', at: bed.clock(), credentialId: 'c' as CredentialId },
    ])
    const make = async (by: string) => (await bed.call('PUT', '/domains/default/groups/ByTom', { body: {} }, by)).status
    expect([await make(key), await make('p'.repeat(43)), await make('q'.repeat(43))]).toEqual([403, 403, 201])
  })

  test('nothing went wrong on our side', () => {
    expect(bed.thrown).toEqual([])
  })
})
