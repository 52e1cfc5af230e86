// Random tenancy files whose names exist: what a property about declared tenancies is held against. Values are as people write them.
import fc from 'fast-check'

type Doc = { readonly [key: string]: unknown }

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/)
const title = fc.oneof(
  word,
  fc.constantFrom(
    'Ops Team',
    '재무팀',
    'a.b_c',
    'null',
    'yes',
    '0x10',
    '1e3',
    '#hash',
    '*star',
    '- dash',
    '& and',
    'ÄÖ',
  ),
)
const prose = fc.oneof(
  fc.constantFrom(
    '',
    'plain',
    "it's: {a} #x",
    'two\nlines\n',
    ' spaces ',
    '"quoted"',
    'trailing:',
    '한국어 설명',
    'tab\there',
    'true',
  ),
  fc.string({ maxLength: 20 }),
)
const distinct = <T>(of: fc.Arbitrary<T>, keyOf: (item: T) => string, maxLength: number) =>
  fc.uniqueArray(of, { selector: (item) => keyOf(item).toLowerCase(), maxLength })
const tags = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}\.[a-z]{1,3}$/), fc.stringMatching(/^[a-z0-9 ]{1,5}$/), {
  maxKeys: 3,
  noNullPrototype: true,
})
const some = <T>(from: readonly T[], least = 0) =>
  from.length === 0 ? fc.constant<T[]>([]) : fc.subarray([...from], { minLength: Math.min(least, from.length) })
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined })
const given = (doc: Doc): Doc => Object.fromEntries(Object.entries(doc).filter(([, v]) => v !== undefined))
const record = (of: { readonly [key: string]: fc.Arbitrary<unknown> }) => fc.record(of).map((r) => given(r as Doc))

const match = fc.oneof(
  fc.record({ exact: word, ignoreCase: fc.boolean() }),
  fc.record({ glob: fc.constantFrom('X-*', '*', '?a') }),
  fc.record({ dn: fc.constantFrom('CN=a,DC=b', '**,OU=x,DC=b') }),
  fc.record({ regex: fc.constantFrom('X[0-9]+', 'a|b') }),
)
const mapping = (groups: readonly string[]) =>
  fc
    .tuple(
      word,
      fc.oneof(
        match.map((m) => [m]),
        fc.tuple(match, match),
      ),
      some(groups, 1),
    )
    .map(
      ([name, matches, to]): Doc =>
        matches.length === 1 ? { name, ...matches[0], groups: to } : { name, allOf: matches, groups: to },
    )
const saml = record({
  metadataUrl: fc.constant('https://idp.example/metadata'),
  signRequests: fc.boolean(),
  nameIdFormat: maybe(word),
})
const oidc = record({
  issuer: fc.constant('https://op.example'),
  clientId: word,
  clientSecret: fc.constant({ env: 'S' }),
  scopes: fc.constantFrom(['openid'], ['openid', 'profile', 'email'], ['email', 'openid']),
})
const idp = (groups: readonly string[], apps: readonly string[]) =>
  fc
    .record({
      head: record({
        name: word,
        displayName: maybe(title),
        enabled: fc.boolean(),
        groupMode: fc.constantFrom('additive', 'authoritative'),
      }),
      trust: fc.oneof(
        saml.map((s) => ({ saml: s })),
        oidc.map((o) => ({ oidc: o })),
      ),
      mappings: groups.length === 0 ? fc.constant<Doc[]>([]) : distinct(mapping(groups), (m) => String(m.name), 3),
      other: fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), word, { maxKeys: 3, noNullPrototype: true }),
      unmatched: fc.constantFrom(0, 1),
      routes: record({ applications: some(apps), networks: fc.constantFrom([], ['10.0.0.0/8', '::1']) }),
    })
    .map(
      ({ head, trust, mappings, other, unmatched, routes }): Doc => ({
        ...head,
        ...trust,
        groupsFrom: ['memberOf'],
        mappings,
        routes,
        attributes: { email: 'mail', other },
        assurance: {
          unmatched,
          rules: [
            { acr: 'x', level: 'mfa' },
            { amr: ['otp'], level: 2 },
          ],
        },
      }),
    )

const domainOf = (name: string, groups: readonly Doc[], apps: readonly string[], places: readonly string[]) => {
  const names = groups.map((g) => String(g.name))
  return record({
    name: fc.constant(name),
    displayName: maybe(title),
    compartment: maybe(fc.constantFrom('', ...places)),
    locale: fc.constantFrom('en', 'ko'),
    accessTokenSeconds: fc.integer({ min: 60, max: 900 }),
    session: maybe(fc.record({ idleSeconds: fc.integer({ min: 1, max: 99 }) })),
    passwordReset: fc.boolean(),
    onboarding: maybe(fc.record({ confirm: fc.boolean(), profile: fc.boolean() })),
    branding: fc.constantFrom({}, { accent: '#aabbcc', notice: 'hello\nthere' }),
    groups: fc.constant(groups),
    passwordPolicies: distinct(
      record({ name: title, priority: fc.nat(9), groups: some(names), maxAgeDays: fc.constantFrom(null, 90, 120) }),
      (p) => String(p.name),
      3,
    ),
    signOnRules: distinct(
      record({
        name: title,
        groups: some(names),
        apps: some(apps),
        level: maybe(fc.constantFrom('mfa', 1, 'phishing-resistant')),
        factors: maybe(fc.constantFrom(['totp'], ['passkey', 'totp'])),
        trustedDevice: maybe(fc.record({ days: fc.nat(9), count: fc.nat(3) })),
      }),
      (r) => String(r.name),
      3,
    ),
    idps: distinct(idp(names, apps), (i) => String(i.name), 3),
  })
}

const app = (domains: readonly string[]) =>
  fc
    .record({
      head: record({ name: title, displayName: maybe(title), enabled: fc.boolean(), domains: some(domains, 1) }),
      secrets: fc.integer({ min: 1, max: 3 }),
      isSaml: fc.boolean(),
      jwks: maybe(fc.constant({ keys: [{ kty: 'EC', b: 1, a: { z: 1, y: 2 } }] })),
    })
    .map(
      ({ head, secrets, isSaml, jwks }): Doc => ({
        ...head,
        ...(isSaml
          ? {
              saml: {
                entityId: `urn:${head.name}`,
                metadataUrl: 'https://sp.example/m',
                attributes: [
                  { name: 'b', from: 'email' },
                  { name: 'a', from: 'name' },
                ],
              },
            }
          : {
              oidc: given({
                clientId: `c-${encodeURIComponent(String(head.name)).replaceAll("'", '')}`,
                clientSecrets: Array.from({ length: secrets }, (_, n) => ({ env: `S${n}` })),
                redirectUris: ['https://app.example/b', 'https://app.example/a'],
                jwks,
              }),
            }),
      }),
    )

const compartments = distinct(record({ name: title, description: prose, tags }), (c) => String(c.name), 3)

/** Groups of the domain `default`, applications and compartments first; everything that names them after. */
export const randomTenancy: fc.Arbitrary<Doc> = fc
  .record({
    top: compartments,
    below: compartments,
    groups: distinct(record({ name: title, description: prose, tags }), (g) => String(g.name), 5),
    partners: distinct(record({ name: title, tags }), (g) => String(g.name), 2),
    apps: distinct(app(['default', 'partners']), (a) => String(a.name), 4),
    dynamic: distinct(
      record({
        name: word.map((w) => `dyn-${w}`),
        rule: fc.constantFrom("tag.app.tier.value = 'web'", "any { resource.type = 'fnfunc', instance.id = 'x' }"),
      }),
      (d) => String(d.name),
      2,
    ),
  })
  .chain(({ top, below: beneath, groups, partners, apps, dynamic }) => {
    const [first] = top
    // A policy of a compartment with a child of its own name must say which of the two it means, by id.
    const below = beneath.filter((b) => String(b.name).toLowerCase() !== String(first?.name).toLowerCase())
    const tree = top.map((c) => (c === first ? { ...c, compartments: below } : c))
    const places = [...top.map((c) => String(c.name)), ...(first ? below.map((b) => `${first.name}/${b.name}`) : [])]
    const names = groups.map((g) => String(g.name))
    const appNames = apps.map((a) => String(a.name))
    const place = maybe(fc.constantFrom('', ...places))
    const holders = fc.constantFrom({ group: 'Administrators' }, ...names.map((group) => ({ group })), {
      serviceId: 'deployer',
    })
    return fc.record({
      tenancy: record({
        name: fc.constant('acme'),
        displayName: maybe(title),
        denyEnabled: maybe(fc.constant(true)),
        root: maybe(fc.record({ description: prose, tags })),
      }),
      compartments: fc.constant(tree),
      domains: fc
        .tuple(domainOf('default', groups, appNames, places), domainOf('partners', partners, appNames, places))
        .map(([own, other]) => [{ ...own, dynamicGroups: dynamic }, other]),
      applications: fc.constant(apps),
      services: fc.constantFrom(
        [],
        [
          {
            name: 'library',
            types: {
              books: {
                noun: 'book',
                permissions: { read: ['BOOK_READ'], inspect: ['BOOK_INSPECT'] },
                operations: { ReadBook: ['BOOK_READ'] },
              },
            },
            aliases: { book: 'books' },
          },
        ],
      ),
      serviceIds: record({ name: fc.constant('deployer'), compartment: place, active: fc.boolean() }).map((s) => [s]),
      roleAssignments: distinct(
        fc
          .tuple(
            holders,
            record({
              name: word,
              roles: fc.constantFrom(['viewer'], ['operator', 'viewer']),
              compartment: place,
              expiresAt: maybe(fc.constant('2031-01-31T10:00:00+09:00')),
            }),
          )
          .map(([holder, rest]): Doc => ({ ...rest, ...holder })),
        (a) => String(a.name),
        3,
      ),
      policies: distinct(
        record({
          name: fc.stringMatching(/^[A-Za-z][A-Za-z ._-]{0,6}[a-z]$/),
          description: prose,
          compartment: place,
          statements: fc.constantFrom(
            ['Allow any-user to read users'],
            ["allow  group 'Administrators' to manage all-resources", 'Allow any-user to {USER_INSPECT}'],
          ),
        }),
        (p) => `${p.compartment ?? ''}/${p.name}`,
        3,
      ).map((all) =>
        all.map((p): Doc => {
          const at = String(p.compartment ?? '')
            .split('/')
            .at(-1)
          const where = at === '' ? 'tenancy' : `compartment '${at?.replaceAll("'", "\\'")}'`
          return { ...p, statements: (p.statements as readonly string[]).map((s) => `${s} in ${where}`) }
        }),
      ),
    })
  })
