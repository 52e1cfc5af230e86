// Domains, applications, identity providers, mappings, sign-on rules and password policies over HTTP: the documents of a tenancy file, one at a
// time. What is read can be written back and changes nothing (T4, T6).
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { IdpId, PersonId } from '../../../src/core/model/ids.ts'
import { type Bed, openBed, stores } from './bed.ts'

const rows: readonly (readonly [what: string, path: string, body: object])[] = [
  [
    'a domain',
    '/domains/eu',
    { displayName: 'Europe', compartment: 'Prod', locale: 'ko', branding: { accent: '#0b6e4f' } },
  ],
  [
    'a sign-on rule',
    '/domains/default/sign-on-rules/mfa',
    { groups: ['Finance'], level: 'mfa', factors: ['passkey'], trustedDevice: { days: 7, count: 2 } },
  ],
  [
    'a password policy',
    '/domains/default/password-policies/strong',
    { groups: ['Finance'], minLength: 20, maxAgeDays: null },
  ],
  [
    'an OpenID provider',
    '/domains/default/identity-providers/corp',
    {
      oidc: {
        issuer: 'https://idp.test',
        clientId: 'c',
        clientSecret: 'a-secret-of-the-company',
        acrValues: ['urn:mfa'],
      },
      groupsFrom: ['groups'],
      assurance: { rules: [{ acr: 'urn:mfa', level: 'mfa' }] },
    },
  ],
  [
    'a SAML provider',
    '/domains/default/identity-providers/saml',
    { saml: { metadataUrl: 'https://idp.test/metadata' } },
  ],
  [
    'a mapping',
    '/domains/default/identity-providers/corp/group-mappings/finance',
    { glob: 'CORP-*', ignoreCase: true, groups: ['Finance'] },
  ],
  [
    'a mapping of several',
    '/domains/default/identity-providers/corp/group-mappings/both',
    { allOf: [{ exact: 'a' }, { dn: 'CN=b' }], groups: ['Finance'] },
  ],
  ['a web application', '/applications/web', { oidc: { clientId: 'web', redirectUris: ['https://web.test/cb'] } }],
  [
    'a public application',
    '/applications/spa',
    {
      domains: ['default', 'partners'],
      oidc: { clientId: 'spa', tokenEndpointAuth: 'none', redirectUris: ['https://spa.test/cb'] },
    },
  ],
  [
    'a SAML application',
    '/applications/wiki',
    {
      saml: {
        entityId: 'https://wiki.test',
        metadataUrl: 'https://wiki.test/metadata',
        attributes: [{ name: 'mail', from: 'email' }],
      },
    },
  ],
  [
    'F8: a provider that applications and networks lead to',
    '/domains/default/identity-providers/routed',
    {
      oidc: { issuer: 'https://idp.test', clientId: 'c', clientAuth: 'none' },
      routes: { applications: ['wiki', 'SPA'], networks: ['2001:db8::/32', '10.0.0.0/8', '192.0.2.7'] },
    },
  ],
]

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  beforeAll(async () => {
    bed = await openBed(open)
    await bed.call('PUT', '/compartments/Prod', { body: {} })
    await bed.addGroup('Finance')
    await bed.addGroup('Writers')
    await bed.policy('writers', ['Allow group Writers to manage policies in tenancy'])
  })
  afterAll(() => bed.close())

  test.each(rows)('%s: made, read, written back without a change, patched', async (_what, path, body) => {
    const made = await bed.call('PUT', path, { body })
    expect([made.status, made.body.detail]).toEqual([201, undefined])
    const read = await bed.call('GET', path)
    const etag = read.headers.get('etag')
    expect(etag).toBe(made.headers.get('etag'))
    const events = await bed.audit()
    const again = await bed.call('PUT', path, { body })
    expect([again.status, again.headers.get('etag')]).toEqual([200, etag])
    const {
      id: _id,
      name: _name,
      domain: _domain,
      issuer: _issuer,
      identityProvider: _idp,
      secrets: _secrets,
      ...document
    } = read.body
    const back = await bed.call('PUT', path, { body: document })
    expect([back.status, back.body.detail, back.headers.get('etag')]).toEqual([200, undefined, etag])
    expect((await bed.call('PATCH', path, { body: {} })).headers.get('etag')).toBe(etag)
    expect(await bed.audit()).toEqual(events)
    expect(JSON.stringify([read.body, events])).not.toContain('a-secret-of-the-company')
  })

  test.each<[string, string, object, string]>([
    ['an unknown member', '/applications/bad', { colour: 'red' }, 'colour'],
    ['a name inside', '/applications/bad', { name: 'x', oidc: { clientId: 'b' } }, 'name'],
    ['neither protocol', '/applications/bad', {}, 'body'],
    ['a file', '/applications/bad', { saml: { entityId: 'e', metadataFile: '/etc/passwd' } }, 'saml.metadataFile'],
    [
      'a wildcard',
      '/applications/bad',
      { oidc: { clientId: 'b', redirectUris: ['https://*.test/'] } },
      'oidc.redirectUris.0',
    ],
    ['a level', '/domains/default/sign-on-rules/bad', { level: 9 }, 'level'],
    ['a short password', '/domains/default/password-policies/bad', { minLength: 3 }, 'minLength'],
    [
      'two matches',
      '/domains/default/identity-providers/corp/group-mappings/bad',
      { exact: 'a', glob: 'b', groups: ['Finance'] },
      'body',
    ],
    [
      'F8: a network',
      '/domains/default/identity-providers/bad',
      { saml: { metadataUrl: 'https://idp.test/metadata' }, routes: { networks: ['10.0.0.0/8', '10.0.0.0/40'] } },
      'routes.networks.1',
    ],
    ['no object', '/domains/eu', [] as object, 'body'],
  ])('%s is refused at its place', async (_what, path, body, field) => {
    const before = await bed.audit()
    const answer = await bed.call<{ errors: { field: string }[] }>('PUT', path, { body })
    expect([answer.status, answer.body.errors.map((e) => e.field)]).toEqual([400, expect.arrayContaining([field])])
    expect(await bed.audit()).toEqual(before)
  })

  test('names that mean nothing are refused at their place', async () => {
    const unknown: readonly (readonly [string, object, string])[] = [
      [
        '/applications/bad',
        { domains: ['nowhere'], oidc: { clientId: 'b', redirectUris: ['https://b.test/'] } },
        'domains.0',
      ],
      ['/domains/default/sign-on-rules/bad', { groups: ['Nobody'], level: 'mfa' }, 'groups.0'],
      ['/domains/default/identity-providers/corp/group-mappings/bad', { exact: 'a', groups: ['Nobody'] }, 'groups.0'],
      [
        '/domains/default/identity-providers/bad',
        { saml: { metadataUrl: 'https://idp.test/m' }, routes: { applications: ['web', 'nowhere'] } },
        'routes.applications.1',
      ],
      ['/domains/bad', { compartment: 'Nowhere' }, 'compartment'],
    ]
    for (const [path, body, field] of unknown)
      expect(await bed.call('PUT', path, { body }), path).toMatchObject({ status: 422, body: { errors: [{ field }] } })
    const xml = { saml: { entityId: 'https://bad.test', metadataXml: '<not-metadata/>' } }
    expect(await bed.call('PUT', '/applications/bad', { body: xml })).toMatchObject({
      status: 422,
      body: { reason: 'metadata', errors: [{ field: 'saml.metadataXml' }] },
    })
  })

  test('F8: routes by name, patched one at a time, gone with `null` and with their application', async () => {
    const path = '/domains/default/identity-providers/routed'
    const routes = async () => (await bed.call('GET', path)).body.routes
    const patch = (more: object | null) => bed.call('PATCH', path, { body: { routes: more } })
    const networks = ['2001:db8::/32', '10.0.0.0/8', '192.0.2.7']
    expect(await routes()).toEqual({ applications: ['spa', 'wiki'], networks })
    await bed.call('PUT', '/applications/brief', {
      body: { oidc: { clientId: 'brief', redirectUris: ['https://brief.test/cb'] } },
    })
    expect((await patch({ applications: ['brief'] })).body.routes).toEqual({ applications: ['brief'], networks })
    await bed.call('DELETE', '/applications/brief')
    expect(await routes()).toEqual({ applications: [], networks })
    expect((await patch(null)).body.routes).toEqual({ applications: [], networks: [] })
  })
  test('a client secret is shown when it is made, kept when a document leaves it out, and rotated', async () => {
    const body = { oidc: { clientId: 'conf', redirectUris: ['https://conf.test/cb'] } }
    const made = await bed.call('PUT', '/applications/conf', { body })
    expect(made.body.clientSecret).toMatch(/^[\w-]{43}$/)
    const again = await bed.call('PUT', '/applications/conf', { body })
    expect([again.body.clientSecret, again.body.secrets]).toEqual([undefined, 1])
    const rotated = await bed.call('POST', '/applications/conf/rotate-secret', { body: { keep: 1 } })
    expect(rotated.body).toMatchObject({ secrets: 2 })
    expect(rotated.body.clientSecret).not.toBe(made.body.clientSecret)
    expect((await bed.call('POST', '/applications/conf/rotate-secret', { body: { keep: 0 } })).body.secrets).toBe(1)
    expect((await bed.call('POST', '/applications/spa/rotate-secret', { body: {} })).status).toBe(403)
    expect(JSON.stringify(await bed.audit())).not.toContain(String(made.body.clientSecret))
  })

  test('the gateway’s own applications and their names are nobody’s to change', async () => {
    for (const name of ['gwanmun-cli', 'gwanmun-console']) {
      expect(await bed.call('DELETE', `/applications/${name}`)).toMatchObject({
        status: 403,
        body: { reason: 'own-application' },
      })
      const stolen = { oidc: { clientId: name, tokenEndpointAuth: 'none', redirectUris: ['https://evil.test/'] } }
      expect((await bed.call('PUT', `/applications/${name}`, { body: stolen })).status).toBe(403)
      expect(await bed.call('PUT', '/applications/mine', { body: stolen })).toMatchObject({
        status: 422,
        body: { reason: 'reserved' },
      })
    }
  })

  test('T6 a domain is made with keys, deactivated under a permission of its own, and deleted when it is empty', async () => {
    expect((await bed.call('PUT', '/domains/asia', { body: {} })).status).toBe(201)
    const asia = await bed.store.read((tx) => tx.domains.byName(bed.tenancyId, 'asia'))
    const keys = await bed.store.read((tx) => tx.keys.ofDomain(asia?.id ?? bed.domains.default))
    expect(keys.map((k) => k.use).sort()).toEqual(['cookie', 'oidc', 'oidc', 'saml'])
    const { key } = await bed.somebody('tuner', ['use domains in tenancy'])
    expect((await bed.call('PATCH', '/domains/asia', { body: { displayName: 'Asia' } }, key)).status).toBe(200)
    expect((await bed.call('PATCH', '/domains/asia', { body: { active: false } }, key)).status).toBe(403)
    expect(await bed.call('DELETE', '/domains/asia')).toMatchObject({ status: 403, body: { reason: 'domain-active' } })
    await bed.call('PUT', '/domains/asia/users/mei', { body: {} })
    expect((await bed.call('PATCH', '/domains/asia', { body: { active: false } })).body).toMatchObject({
      active: false,
    })
    expect(await bed.call('DELETE', '/domains/asia')).toMatchObject({
      status: 409,
      body: { reason: 'domain-not-empty' },
    })
    await bed.call('DELETE', '/domains/asia/users/mei')
    expect((await bed.call('DELETE', '/domains/asia')).status).toBe(204)
    for (const answer of [
      await bed.call('PATCH', '/domains/default', { body: { active: false } }),
      await bed.call('DELETE', '/domains/default'),
    ])
      expect(answer).toMatchObject({ status: 403, body: { reason: 'default-domain' } })
  })

  test('T5 nobody maps into a group that holds more than he does, nor changes whom such a mapping believes', async () => {
    const { key } = await bed.somebody('sec', [
      'manage identity-providers in tenancy',
      'manage group-mappings in tenancy',
    ])
    const path = '/domains/default/identity-providers/corp'
    const map = (group: string, token?: string) =>
      bed.call('PUT', `${path}/group-mappings/to-${group}`, { body: { exact: 'x', groups: [group] } }, token)
    expect(await map('Administrators', key)).toMatchObject({ status: 403, body: { reason: 'administrator-required' } })
    expect(await map('Writers', key)).toMatchObject({ status: 403, body: { reason: 'not-held' } })
    expect((await map('Finance', key)).status).toBe(201)
    const rename = (token?: string) => bed.call('PATCH', path, { body: { displayName: 'Company' } }, token)
    expect((await rename(key)).status).toBe(200)
    expect((await map('Writers')).status).toBe(201)
    expect(await rename(key)).toMatchObject({ status: 403, body: { reason: 'not-held' } })
    const root = (await bed.store.read((tx) => tx.people.get(bed.root))) ?? expect.fail('nobody')
    await bed.store.write((tx) => tx.people.put({ ...root, email: 'root@acme.test', emailVerified: true }))
    const adopt = {
      oidc: { issuer: 'https://evil.test', clientId: 'c', clientAuth: 'none' },
      emailDomains: ['acme.test'],
      linkByEmail: true,
    }
    expect(await bed.call('PUT', '/domains/default/identity-providers/evil', { body: adopt }, key)).toMatchObject({
      status: 403,
      body: { reason: 'administrator-required' },
    })
  })
  test('T5 nobody changes what is believed of a provider that vouches for somebody who holds more', async () => {
    const { key } = await bed.somebody('trust', ['manage identity-providers in tenancy'])
    const path = '/domains/default/identity-providers/works'
    const oidc = { issuer: 'https://works.test', clientId: 'c', clientAuth: 'none' }
    const put = (more: object = {}) => bed.call('PUT', path, { body: { oidc, ...more } }, key)
    const works = String((await put()).body.id) as IdpId
    const boss = await bed.addPerson('boss', { email: 'boss@works.test', emailVerified: true })
    const taken = { oidc: { ...oidc, issuer: 'https://evil.test' } }
    const link = (personId: PersonId) =>
      bed.store.write((tx) => tx.links.put({ idpId: works, subject: personId, personId, linkedAt: 0, lastSignInAt: 0 }))
    await link(boss)
    expect((await put({ displayName: 'Works' })).status).toBe(200)
    await bed.assign({ kind: 'person', id: boss }, 'user-administrator')
    expect(await put(taken)).toMatchObject({ status: 403, body: { reason: 'not-held' } })
    expect(await bed.call('PATCH', path, { body: taken }, key)).toMatchObject({ status: 403 })
    const adopt = { oidc, emailDomains: ['works.test'], linkByEmail: true }
    expect(await bed.call('PUT', '/domains/default/identity-providers/adopts', { body: adopt }, key)).toMatchObject({
      status: 403,
      body: { reason: 'not-held', detail: expect.stringContaining('`boss`') },
    })
    await link(bed.root)
    expect(await put(taken)).toMatchObject({
      status: 403,
      body: { reason: expect.stringMatching(/not-held|administrator/) },
    })
    expect((await bed.call('PATCH', path, { body: { displayName: 'Works' } })).status).toBe(200)
    expect((await bed.call('DELETE', path)).status).toBe(204)
  })

  test('all of it is deleted again', async () => {
    for (const [, path] of [...rows].reverse()) {
      if (path === '/domains/eu') await bed.call('PATCH', path, { body: { active: false } })
      expect((await bed.call('DELETE', path)).status, path).toBe(204)
      expect((await bed.call('GET', path)).status, path).toBe(404)
    }
  })

  test('nothing went wrong on our side', () => {
    expect(bed.thrown).toEqual([])
  })
})
