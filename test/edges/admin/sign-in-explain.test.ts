// A14 M4 over the API, on both stores: what a sign-in would ask of somebody and why; who may ask, and what is said of what is not there.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bed, openBed, stores } from './bed.ts'

const at = '/domains/default/sign-ins/explain'
const oidc = (clientId: string) => ({ clientId, redirectUris: [`https://${clientId}.example/cb`], scopes: ['openid'] })
const readers = ['users', 'credentials', 'sign-on-policies', 'password-policies', 'identity-providers']
type Told = { steps: { do: string }[]; need: object }

describe.each(stores)('%s', (_name, open) => {
  describe.skipIf(open === undefined)('explained sign-ins', () => {
    let bed: Bed
    beforeAll(async () => {
      bed = await openBed(open)
      await bed.join(await bed.addPerson('kim'), await bed.addGroup('finance'))
      await bed.addGroup('guests')
      await bed.addPerson('pat', {}, 'partners')
      const put = async (path: string, body: object) =>
        expect(await bed.call('PUT', path, { body })).toMatchObject({ status: 201 })
      await put('/applications/books', { domains: ['default'], oidc: oidc('books') })
      const rule = (name: string, body: object) => put(`/domains/default/sign-on-rules/${name}`, body)
      await rule('finance-mfa', { groups: ['finance'], level: 'mfa', trustedDevice: { days: 7, count: 2 } })
      await rule('books-fresh', { apps: ['books'], maxAgeSeconds: 600 })
      await rule('no-guests', { groups: ['guests'], deny: true })
    })
    afterAll(() => bed.close())

    const stepsOf = async (body: object) => {
      const told = await bed.call<Told>('POST', at, { body: { user: 'kim', ...body } })
      expect(told.status).toBe(200)
      return told.body.steps.map((step) => step.do)
    }

    test('A14 M4: every step, each demand with the rule, the group and the application that won it', async () => {
      const { status, body } = await bed.call<Told>('POST', at, { body: { user: 'kim', app: 'books' } })
      const [byGroup, byApp] = [
        { by: 'rule', rule: 'finance-mfa', group: 'finance' },
        { by: 'rule', rule: 'books-fresh', app: 'books' },
      ]
      expect([status, body]).toEqual([
        200,
        {
          person: { id: expect.any(String), username: 'kim', status: 'active' },
          groups: ['finance'],
          need: {
            level: { value: 2, because: byGroup },
            maxAgeSeconds: { value: 600, because: byApp },
            trustedDevice: { value: { days: 7, count: 2 }, because: byGroup },
            applied: ['books-fresh', 'finance-mfa'],
          },
          enrolled: ['password'],
          route: { kind: 'local' },
          passwordPolicy: { name: 'built-in', expiresAt: '2030-05-16T12:00:00.000Z' },
          steps: [
            { do: 'identify' },
            { do: 'password' },
            { do: 'enrol', offer: ['totp', 'passkey'], level: 2, because: byGroup },
            expect.objectContaining({ do: 'done', level: 2 }),
          ],
        },
      ])
    })
    test('A14 M3: in other groups, by name or id; from a trusted device; at a level', async () => {
      const guests = await bed.store.read((tx) => tx.groups.byName(bed.domains.default, 'guests'))
      expect(await stepsOf({})).toEqual(['identify', 'password', 'enrol', 'done'])
      expect(await stepsOf({ groups: [] })).toEqual(['identify', 'password', 'done'])
      expect(await stepsOf({ groups: ['Guests'] })).toEqual(['identify', 'password', 'refuse'])
      expect(await stepsOf({ groups: [guests?.id] })).toEqual(['identify', 'password', 'refuse'])
      expect(await stepsOf({ trustedDeviceDays: 3 })).toEqual(['identify', 'password', 'done'])
      expect(await stepsOf({ trustedDeviceDays: 8 })).toEqual(['identify', 'password', 'enrol', 'done'])
      expect(await stepsOf({ groups: [], level: 2 })).toEqual(['identify', 'password', 'enrol', 'done'])
    })
    test('F8 A14: where they are led, on what ground, and among which they choose', async () => {
      const routeOf = async (more: object) => {
        const { status, body } = await bed.call<{ route: object }>('POST', at, { body: { user: 'kim', ...more } })
        return [status, body.route]
      }
      const put = (name: string, routes: object) =>
        bed.call('PUT', `/domains/default/identity-providers/${name}`, {
          body: { routes, oidc: { issuer: `https://${name}.example`, clientId: 'g', clientAuth: 'none' } },
        })
      expect((await put('office', { networks: ['203.0.113.0/24', '2001:db8::/32'] })).status).toBe(201)
      expect((await put('ledger', { applications: ['books'] })).status).toBe(201)
      const led = (name: string, ground: string) => [200, { kind: 'idp', name, level: 1, ground }]
      expect(await routeOf({})).toEqual([200, { kind: 'local' }])
      expect(await routeOf({ address: '198.51.100.7' })).toEqual([200, { kind: 'local' }])
      expect(await routeOf({ address: '203.0.113.7' })).toEqual(led('office', 'network'))
      expect(await routeOf({ address: '2001:db8::7' })).toEqual(led('office', 'network'))
      expect(await routeOf({ address: '203.0.113.7', app: 'books' })).toEqual(led('ledger', 'application'))
      expect(await routeOf({ address: '203.0.113.7', app: 'books', idp: 'office' })).toEqual(led('office', 'hint'))
      expect((await put('branch', { networks: ['203.0.113.0/28'] })).status).toBe(201)
      expect(await routeOf({ address: '203.0.113.7' })).toEqual([
        200,
        { kind: 'idp', name: 'branch', level: 1, ground: 'network', choice: ['branch', 'office'] },
      ])
      expect((await bed.call('POST', at, { body: { user: 'kim', address: 'here' } })).status).toBe(400)
      for (const name of ['office', 'ledger', 'branch'])
        await bed.call('DELETE', `/domains/default/identity-providers/${name}`)
    })
    test('A14: what is not there is not found, what is no question is refused, and nothing is written', async () => {
      const events = await bed.audit()
      const said = (body: object) => bed.call('POST', at, { body })
      expect(await said({ user: 'nobody' })).toMatchObject({
        status: 404,
        body: { detail: 'there is no user `nobody`' },
      })
      for (const missing of [{ app: 'nope' }, { groups: ['nope'] }, { idp: 'nope' }, { user: 'pat' }])
        expect((await said({ user: 'kim', ...missing })).status).toBe(404)
      expect((await bed.call('POST', '/domains/nowhere/sign-ins/explain', { body: { user: 'kim' } })).status).toBe(404)
      for (const wrong of [
        { level: 9 },
        { level: 'mfa' },
        { trustedDeviceDays: -1 },
        { groups: 'finance' },
        { who: 1 },
      ])
        expect((await said({ user: 'kim', ...wrong })).status).toBe(400)
      expect((await said({})).status).toBe(400)
      expect(await bed.audit()).toEqual(events)
      expect(bed.thrown).toEqual([])
    })
    test('A3: whoever asks may read the person, the factors, rules, policies and providers: each of them', async () => {
      const may = (types: readonly string[]) => types.map((type) => `read ${type} in tenancy`)
      for (const left of readers) {
        const { key } = await bed.somebody(`no-${left}`, may(readers.filter((type) => type !== left)))
        expect([left, (await bed.call('POST', at, { body: { user: 'kim' } }, key)).status]).toEqual([left, 403])
      }
      const { key } = await bed.somebody('reader', may(readers))
      const asked = async (body: object) => (await bed.call('POST', at, { body: { user: 'kim', ...body } }, key)).status
      expect(await asked({})).toBe(200)
      // what a question names is to be read as well, there or not
      for (const named of [{ app: 'books' }, { app: 'nope' }, { groups: ['guests'] }, { groups: ['nope'] }])
        expect([named, await asked(named)]).toEqual([named, 403])
    })
    test('A3: somebody else, whom the caller may not see, is refused, there or not', async () => {
      const only = ['users', 'credentials'].map((type) => `read ${type} in tenancy where target.user.name = 'kim'`)
      const rest = readers.slice(2).map((type) => `read ${type} in tenancy`)
      const { key } = await bed.somebody('desk', [...only, ...rest])
      const asked = async (user: string) => (await bed.call('POST', at, { body: { user } }, key)).status
      expect([await asked('kim'), await asked('root'), await asked('nobody')]).toEqual([200, 403, 403])
    })
  })
})
