// Tenancy files: what people write, what it becomes, and every fault at once with file, line and column (I5).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { secretReader } from '../../src/adapters/yaml/secret-field.ts'
import { parseTenancy, readTenancies, tenancyJsonSchema } from '../../src/adapters/yaml/tenancy-file.ts'
import type { DeclaredTenancy } from '../../src/core/model/declared.ts'

const folder = mkdtempSync(join(tmpdir(), 'gwanmun-tenancy-'))
afterAll(() => rmSync(folder, { recursive: true }))
const read = secretReader({ CORP_SECRET: 'hush' })
const parse = (text: string) => parseTenancy(text, join(folder, 'a.yaml'), read)
const sound = (text: string): DeclaredTenancy => {
  const parsed = parse(text)
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults, null, 1))
  return parsed.document
}
const faults = (text: string): readonly string[] => {
  const parsed = parse(text)
  return 'faults' in parsed ? parsed.faults.map((f) => `${f.where.slice(folder.length + 1)} ${f.message}`) : []
}
const head = 'tenancy: { name: acme }\n'
const domain = (body: string) => `${head}domains:\n  - name: default\n${body.replace(/^/gm, '    ')}\n`
const saml = 'saml: { metadataUrl: "https://idp.example/metadata" }'

describe('what is written becomes what is meant', () => {
  test('the smallest tenancy', () => {
    expect(sound(head)).toMatchObject({
      tenancy: { name: 'acme' },
      compartments: [],
      domains: [],
      seed: { people: [] },
    })
  })
  test('a domain without a display name; T1: `default` reads Default', () => {
    expect(sound(domain('locale: ko')).domains[0]).toMatchObject({ displayName: 'Default', locale: 'ko', active: true })
  })
  test('P1: passwords expire after 120 days unless a policy says otherwise, null is never', () => {
    const [usual, never] =
      sound(domain('passwordPolicies: [{ name: a }, { name: b, maxAgeDays: null }]')).domains[0]?.passwordPolicies ?? []
    expect([usual?.maxAgeDays, never?.maxAgeDays]).toEqual([120, undefined])
  })
  test.each([
    ['password', 1],
    ['mfa', 2],
    ['phishing-resistant', 3],
    [2, 2],
  ])('M4: level %s is %i', (word, level) => {
    expect(sound(domain(`signOnRules: [{ name: r, level: ${word} }]`)).domains[0]?.signOnRules[0]?.level).toBe(level)
  })
  test('F4: mappings of every kind', () => {
    const text = `idps:
  - name: corp
    ${saml}
    groupsFrom: [memberOf]
    mappings:
      - { name: a, exact: X, groups: [one, two] }
      - { name: b, glob: 'X-*', ignoreCase: true, groups: [one] }
      - { name: c, dn: 'CN=X,DC=y', groups: [one] }
      - { name: d, regex: 'X[0-9]+', groups: [one] }
      - { name: e, allOf: [{ exact: X }, { exact: Y }], groups: [one] }`
    expect(sound(domain(text)).domains[0]?.idps[0]?.mappings.map((m) => m.allOf)).toEqual([
      [{ kind: 'exact', value: 'X', ignoreCase: false }],
      [{ kind: 'glob', value: 'X-*', ignoreCase: true }],
      [{ kind: 'dn', value: 'CN=X,DC=y' }],
      [{ kind: 'regex', value: 'X[0-9]+' }],
      [
        { kind: 'exact', value: 'X', ignoreCase: false },
        { kind: 'exact', value: 'Y', ignoreCase: false },
      ],
    ])
  })
  test('secrets and files are read from where they are', () => {
    writeFileSync(join(folder, 'secret'), 'from-file\n')
    writeFileSync(join(folder, 'idp.xml'), '<md/>')
    const text = `idps:
  - name: one
    oidc: { issuer: 'https://op.example', clientId: us, clientSecret: { env: CORP_SECRET } }
  - name: two
    oidc: { issuer: 'https://op.example', clientId: us, clientSecret: { file: secret } }
  - name: three
    saml: { metadataFile: idp.xml }`
    const trusts = sound(domain(text)).domains[0]?.idps.map((i) => i.trust)
    expect(trusts).toMatchObject([
      { clientSecret: 'hush' },
      { clientSecret: 'from-file' },
      { metadataXml: '<md/>', metadataUrl: undefined },
    ])
  })
})

describe('faults', () => {
  test('all at once, each with line and column', () => {
    const text = `tenancy: { name: Acme }
domains:
  - name: default
    colour: red
    groups: [{ name: a }, { name: A }]
    signOnRules:
      - { name: r, level: 7, factors: [sms] }
    idps:
      - name: corp
        oidc: { issuer: 'https://op.example', clientId: us, clientSecret: { env: NOT_SET } }
applications:
  - name: app
`
    expect(faults(text)).toEqual([
      'a.yaml:1:18 `tenancy.name` expected lower-case letters, digits and `-`',
      'a.yaml:4:5 unknown key `domains[0].colour`',
      'a.yaml:5:35 `domains[0].groups[1].name` `A` is declared twice',
      'a.yaml:7:27 `domains[0].signOnRules[0].level` expected 1, 2, 3, `password`, `mfa` or `phishing-resistant`',
      'a.yaml:7:40 `domains[0].signOnRules[0].factors[0]` expected `totp` or `passkey` or `recovery-code`, got text `sms`',
      'a.yaml:10:75 `domains[0].idps[0].oidc.clientSecret` environment variable `NOT_SET` is not set or empty',
      'a.yaml:12:5 `applications[0]` expected either `oidc` or `saml`',
    ])
  })
  const idp = (more: string) => domain(`idps: [{ name: corp, ${more} }]`)
  const app = (more: string) => `${head}applications: [{ name: app, ${more} }]`
  const oidcApp = (more: string) => app(`oidc: { clientId: c, ${more} }`)
  test.each([
    [
      'both protocols',
      idp(`${saml}, oidc: { issuer: 'https://o.example', clientId: c, clientAuth: none }`),
      'either `saml` or `oidc`',
    ],
    ['no protocol', idp('enabled: true'), 'either `saml` or `oidc`'],
    [
      'metadata twice',
      idp('saml: { metadataUrl: "https://a.example", metadataFile: x.xml }'),
      'cannot be read (ENOENT)',
    ],
    ['a metadata URL that is a file', idp('saml: { metadataUrl: "file:///etc/passwd" }'), 'begins with `https://`'],
    [
      'a literal secret',
      idp("oidc: { issuer: 'https://o.example', clientId: c, clientSecret: { literal: x } }"),
      'accepted only in a file with a `demo` section',
    ],
    [
      'a bare secret',
      idp("oidc: { issuer: 'https://o.example', clientId: c, clientSecret: x }"),
      'not the secret itself',
    ],
    [
      'no openid',
      idp("oidc: { issuer: 'https://o.example', clientId: c, clientAuth: none, scopes: [email] }"),
      'must contain `openid`',
    ],
    [
      'alg none',
      idp("oidc: { issuer: 'https://o.example', clientId: c, clientAuth: none, idTokenAlg: none }"),
      'idTokenAlg',
    ],
    ['an unknown statement that proves two factors', idp(`${saml}, assurance: { unmatched: mfa }`), 'must be 0 or 1'],
    [
      'F8: a network that is none',
      idp(`${saml}, routes: { networks: [10.0.0.0/8, 10.0.0.0/33] }`),
      '`domains[0].idps[0].routes.networks[1]` expected an address or CIDR range such as `10.0.0.0/8`',
    ],
    ['F8: a route that is none', idp(`${saml}, routes: { countries: [kr] }`), 'countries'],
    ['linking by an e-mail nobody owns', idp(`${saml}, linkByEmail: true`), 'needs `emailDomains`'],
    [
      'mappings of nothing',
      idp(`${saml}, mappings: [{ name: a, exact: b, groups: [c] }]`),
      '`domains[0].idps[0].groupsFrom` is empty',
    ],
    [
      'a mapping of two kinds',
      idp(`${saml}, groupsFrom: [g], mappings: [{ name: a, exact: b, glob: b, groups: [c] }]`),
      'exactly one of',
    ],
    [
      'a regex that does not parse',
      idp(`${saml}, groupsFrom: [g], mappings: [{ name: a, regex: '(', groups: [c] }]`),
      '`domains[0].idps[0].mappings[0]` `regex`:',
    ],
    [
      'a DN that is none',
      idp(`${saml}, groupsFrom: [g], mappings: [{ name: a, dn: 'no dn', groups: [c] }]`),
      'is no distinguished name',
    ],
    [
      'case of a DN',
      idp(`${saml}, groupsFrom: [g], mappings: [{ name: a, dn: b, ignoreCase: true, groups: [c] }]`),
      'exactly one of',
    ],
    [
      'a wildcard redirect',
      oidcApp("clientSecrets: [{ env: CORP_SECRET }], redirectUris: ['https://*.example/cb']"),
      'wildcard',
    ],
    [
      'a fragment in a redirect',
      oidcApp("clientSecrets: [{ env: CORP_SECRET }], redirectUris: ['https://a.example/#x']"),
      'without fragment',
    ],
    [
      'a redirect over http',
      oidcApp("clientSecrets: [{ env: CORP_SECRET }], redirectUris: ['http://a.example/cb']"),
      'http only for localhost',
    ],
    [
      'a script as redirect',
      oidcApp("clientSecrets: [{ env: CORP_SECRET }], redirectUris: ['javascript:alert(1)']"),
      'expected an absolute https URL',
    ],
    [
      'a confidential client without secret',
      oidcApp("redirectUris: ['https://a.example/cb']"),
      '`applications[0].oidc.clientSecrets` is required',
    ],
    [
      'a public client without PKCE',
      oidcApp("tokenEndpointAuth: none, requirePkce: false, redirectUris: ['https://a.example/cb']"),
      'cannot be switched off',
    ],
    [
      'a public client on its own',
      oidcApp('tokenEndpointAuth: none, grants: [client_credentials]'),
      'can authenticate',
    ],
    [
      'nothing signed',
      app("saml: { entityId: x, metadataUrl: 'https://a.example', sign: { response: false, assertion: false } }"),
      'sign the response',
    ],
    ['the default domain off', domain('active: false'), 'cannot be deactivated'],
    ['a name with a quote', domain(`groups: [{ name: "a'b" }]`), 'must not contain'],
    ['two people of one name', `${head}seed: { people: [{ username: a }, { username: A }] }`, 'declared twice'],
    ['a policy without statements', `${head}policies: [{ name: p, statements: [] }]`, 'at least 1'],
  ])('%s', (_, text, message) => {
    expect(faults(text).join('\n')).toContain(message)
  })
  test('a document of the wrong kind', () => {
    expect(faults('just words')).toEqual(['a.yaml:1:1 expected a mapping, got text `just words`'])
    expect(faults('')).toEqual(['a.yaml:1:1 `tenancy` is required (a mapping)'])
  })
})

describe('a folder', () => {
  test('is read in order of name; a folder that is not there declares nothing', () => {
    expect(readTenancies(join(folder, 'none'), read)).toEqual({ tenancies: [] })
  })
  test('one tenancy in two files, and the faults of both', () => {
    const twice = mkdtempSync(join(folder, 'twice-'))
    writeFileSync(join(twice, 'a.yaml'), head)
    writeFileSync(join(twice, 'b.yml'), head)
    writeFileSync(join(twice, 'c.yaml'), 'tenancy: {}')
    writeFileSync(join(twice, 'README.md'), 'not a tenancy')
    const result = readTenancies(twice, read)
    expect('faults' in result && result.faults.map((f) => `${f.where.slice(twice.length + 1)} ${f.message}`)).toEqual([
      'c.yaml:1:10 `tenancy.name` is required (text)',
      `b.yml:1:18 tenancy \`acme\` is declared in ${join(twice, 'a.yaml')} already`,
    ])
  })
})

test('the demonstration is sound, and its section is what admits its secrets', () => {
  const result = readTenancies(join(import.meta.dirname, '../../config/tenancies'), secretReader({}))
  if ('faults' in result) throw new Error(JSON.stringify(result.faults))
  const acme = result.tenancies.find((t) => t.document.tenancy.name === 'acme')?.document
  expect(acme?.domains.map((d) => d.name)).toEqual(['default', 'partners'])
  expect(acme?.demo?.standIns.map((s) => s.name)).toEqual(['corp-saml', 'corp-oidc', 'sample-oidc', 'sample-saml'])
})
test('the published schema forbids unknown keys', () => {
  expect(JSON.stringify(tenancyJsonSchema())).toContain('"additionalProperties":false')
})
