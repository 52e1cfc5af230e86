// One of every noun that needs more than its example to be made, each in the order that its parents want. Everything is called after the place
// it is in, and says a word (`canary`) that no request ever does: who may not see it and finds that word in an answer was told something.
export type Plant = readonly [method: 'PUT' | 'POST', path: string, body: unknown]

/** What the examples of the document speak of, so that they can be sent as they are. */
const ofExamples: readonly Plant[] = [
  ...['Prod', 'Test', 'Shop', 'Shop:Front'].map((path): Plant => ['PUT', `/compartments/${path}`, {}]),
  ...['Finance', 'contractors', 'auditors'].map((group): Plant => ['PUT', `/domains/default/groups/${group}`, {}]),
  ...['lee', 'kim'].map((user): Plant => ['PUT', `/domains/default/users/${user}`, {}]),
  ['PUT', '/service-ids/deployer', {}],
  // what some things can be done to alone: a domain that is closed, a service without resources, a provider that can be asked
  ['PUT', '/domains/closed', { active: false }],
  ['PUT', '/services/plain', { types: {} }],
  [
    'PUT',
    '/domains/default/identity-providers/partner',
    { saml: { metadataUrl: 'https://partner.example/metadata' }, enabled: false },
  ],
  [
    'PUT',
    '/domains/default/identity-providers/corp',
    { oidc: { issuer: 'https://corp.example', clientId: 'gateway' } },
  ],
  ['PUT', '/domains/default/identity-providers/corp/group-mappings/old', { exact: 'old', groups: ['Finance'] }],
]

export const plantedBy = (where: string, domain: string) => {
  const p = `${where}-`
  const upper = where.toUpperCase()
  const canary = `canary-of-${where}`
  const idpSecret = `idp-secret-of-${where}`
  const inDomain = `/domains/${domain}`
  const idp = `${inDomain}/identity-providers/${p}corp`
  const rows = (domainId: string): readonly Plant[] => [
    ['PUT', `/compartments/${p}place`, { description: canary }],
    [
      'PUT',
      `/services/${p}svc`,
      {
        types: {
          [`${p}reports`]: {
            noun: `${p}report`,
            permissions: { inspect: [`${upper}_REPORT_INSPECT`], manage: [`${upper}_REPORT_WRITE`] },
            operations: { [`List${upper}`]: { needs: [`${upper}_REPORT_INSPECT`], kind: 'list' } },
          },
        },
      },
    ],
    ['PUT', `/resources/${p}reports/${p}resource`, { facts: { owner: canary } }],
    ['PUT', `${inDomain}/groups/${p}group`, { description: canary, tags: { 'org.stage': canary } }],
    ['PUT', `${inDomain}/users/${p}user`, { displayName: canary, email: `${canary}@${where}.example` }],
    ['PUT', `${inDomain}/groups/${p}group/members/${p}user`, {}],
    ['PUT', `${inDomain}/dynamic-groups/${p}machines`, { description: canary, rule: "ANY {instance.id = 'a'}" }],
    ['PUT', `/service-ids/${p}bot`, { description: canary }],
    ['PUT', `/service-ids/${p}keeper`, {}],
    ['POST', '/api-keys', { owner: { serviceId: `${p}keeper` }, name: `${p}key`, scopes: ['pdp'] }],
    ['PUT', `${inDomain}/sign-on-rules/${p}rule`, { groups: [`${p}group`], level: 'password' }],
    ['PUT', `${inDomain}/password-policies/${p}strong`, { groups: [`${p}group`], minLength: 20 }],
    [
      'PUT',
      idp,
      {
        displayName: canary,
        oidc: { issuer: `https://${where}.example`, clientId: 'gateway', clientSecret: idpSecret },
      },
    ],
    ['PUT', `${idp}/group-mappings/${p}mapping`, { exact: canary, groups: [`${p}group`] }],
    [
      'PUT',
      `/applications/${p}app`,
      {
        displayName: canary,
        domains: [domain],
        oidc: { clientId: `${p}app`, redirectUris: ['https://app.example/back'] },
      },
    ],
    [
      'PUT',
      `/compartments/${p}place/policies/${p}policy`,
      { description: canary, statements: [`Allow group ${domain}/${p}group to read buckets in compartment ${p}place`] },
    ],
    [
      'PUT',
      `/role-assignments/${p}roles`,
      { holder: { kind: 'group', name: `${domain}/${p}group` }, roles: ['viewer'], service: 'objectstorage' },
    ],
    ...(where === 'home' ? ofExamples : []),
    ['POST', '/invitations', { domainId, email: `${p}guest@else.example` }],
    ['POST', `${idp}/test`, undefined],
  ]
  return {
    rows,
    canary,
    prefix: p,
    secrets: [idpSecret],
    /** Things that no list shows: where they are found, by what makes them. */
    shownOnce: { [`${idp}/test`]: '/domains/{domain}/identity-providers/{idp}/test/{test}' } as {
      readonly [path: string]: string
    },
    /** Parameters that are words of the tenancy, or the same in all of them. */
    fixed: { '/resources/{type}': `${p}reports`, '/roles/{role}': 'viewer' },
  }
}
