// Sample rows with every field set, each made from the few words a test cares about. What comes and goes with sign-ins
// is in traffic-rows.ts, and so is `seed`, which lays the ground that foreign keys want.
import type { App, OidcApp } from '../../src/core/model/app.ts'
import type { Credential, TrustedDevice } from '../../src/core/model/credential.ts'
import type { Group, Membership, Provenance } from '../../src/core/model/group.ts'
import type { Idp, MappingRule } from '../../src/core/model/idp.ts'
import type { Id } from '../../src/core/model/ids.ts'
import type { SigningKey } from '../../src/core/model/key.ts'
import type { Link, Person } from '../../src/core/model/person.ts'
import type { Policy } from '../../src/core/model/policy.ts'
import type { PasswordPolicy, SignOnRule } from '../../src/core/model/sign-on.ts'
import type { Compartment, Domain, Tenancy } from '../../src/core/model/tenancy.ts'

/** Any id from plain text; which noun's is decided by where it is used. */
export const id = <Noun extends string>(text: string): Id<Noun> => text as Id<Noun>
export const NOW = 1_800_000_000_000
export const DAY = 86_400_000

export const tenancy = (name: string, differs: Partial<Tenancy> = {}): Tenancy => ({
  id: id(name),
  name,
  displayName: name,
  denyEnabled: false,
  revision: 0,
  createdAt: NOW,
  ...differs,
})
export const compartment = (name: string, differs: Partial<Compartment> = {}): Compartment => ({
  id: id(name),
  tenancyId: id('acme'),
  parentId: id('root'),
  name,
  description: '',
  ...differs,
})
export const domain = (name: string, differs: Partial<Domain> = {}): Domain => ({
  id: id(name),
  tenancyId: id('acme'),
  compartmentId: id('root'),
  name,
  displayName: name,
  status: 'active',
  locale: 'ko',
  session: { idleSeconds: 1800, absoluteSeconds: 43_200 },
  accessTokenSeconds: 600,
  refreshTokenSeconds: 86_400,
  localSignIn: true,
  branding: {},
  version: 1,
  ...differs,
})
export const person = (username: string, differs: Partial<Person> = {}): Person => ({
  id: id(username),
  tenancyId: id('acme'),
  domainId: id('default'),
  username,
  email: `${username}@acme.example`,
  emailVerified: true,
  displayName: username,
  givenName: undefined,
  familyName: undefined,
  locale: undefined,
  attributes: {},
  status: 'active',
  serviceAccount: false,
  handle: `handle of ${differs.id ?? username}`,
  createdAt: NOW,
  updatedAt: NOW,
  ...differs,
})
export const group = (name: string, differs: Partial<Group> = {}): Group => ({
  id: id(name),
  tenancyId: id('acme'),
  domainId: id('default'),
  name,
  description: '',
  system: false,
  ...differs,
})
export const membership = (who: string, where: string, provenance: Provenance): Membership => ({
  personId: id(who),
  groupId: id(where),
  provenance,
  role: 'user',
  since: NOW,
  expiresAt: undefined,
})
export const direct: Provenance = { kind: 'direct', by: 'root' }
export const mapped = (idp: string, rule: string, value: string): Provenance => ({
  kind: 'mapped',
  idpId: id(idp),
  ruleId: id(rule),
  rule: `rule ${rule}`,
  value,
  journeyId: id('journey'),
})
export const idp = (name: string, differs: Partial<Idp> = {}): Idp => ({
  id: id(name),
  tenancyId: id('acme'),
  domainId: id('default'),
  name,
  displayName: name,
  enabled: true,
  showInChooser: true,
  emailDomains: [],
  trust: {
    protocol: 'oidc',
    issuer: 'https://idp.example',
    clientId: 'gateway',
    clientSecretSealed: undefined,
    clientAuth: 'none',
    scopes: ['openid'],
    idTokenAlg: 'RS256',
    clockSkewSeconds: 60,
    acrValues: [],
    userinfo: false,
  },
  attributes: { username: '$subject', other: {} },
  groupsFrom: ['groups'],
  groupMode: 'authoritative',
  assurance: { rules: [], unmatchedLevel: 1, maxAgeSeconds: undefined },
  jit: { create: true, update: true },
  linkByEmail: false,
  ...differs,
})
export const mappingRule = (name: string, idpName: string, groups: readonly string[]): MappingRule => ({
  id: id(name),
  idpId: id(idpName),
  name,
  match: { kind: 'exact', value: 'staff', ignoreCase: false },
  allOf: [],
  groups: groups.map((one) => id(one)),
})
export const link = (idpName: string, subject: string, who: string, at = NOW): Link => ({
  idpId: id(idpName),
  subject,
  personId: id(who),
  linkedAt: at,
  lastSignInAt: at,
})
export const oidcApp = (name: string, clientId: string, differs: Partial<App> = {}): App => {
  const settings: OidcApp = {
    protocol: 'oidc',
    clientId,
    secretHashes: [],
    tokenEndpointAuth: 'none',
    redirectUris: ['https://app.example/back'],
    postLogoutRedirectUris: [],
    backchannelLogoutUri: undefined,
    grants: ['authorization_code'],
    scopes: ['openid'],
    idTokenAlg: 'ES256',
    requirePkce: true,
    requirePar: false,
    jwks: undefined,
    initiateLoginUri: undefined,
  }
  return {
    id: id(name),
    tenancyId: id('acme'),
    name,
    displayName: name,
    enabled: true,
    domainIds: [id('default')],
    homeUrl: undefined,
    groupsClaim: { include: ['*'], shape: 'names' },
    settings,
    ...differs,
  }
}
export const samlApp = (name: string, entityId: string): App =>
  oidcApp(name, '', {
    settings: {
      protocol: 'saml',
      entityId,
      metadataXml: '<EntityDescriptor/>',
      metadataUrl: undefined,
      nameId: { format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress', from: 'email' },
      attributes: [],
      sign: { response: true, assertion: true },
      encryptAssertion: false,
      requireSignedRequests: false,
      allowIdpInitiated: false,
    },
  })
export const signOnRule = (name: string, differs: Partial<SignOnRule> = {}): SignOnRule => ({
  id: id(name),
  domainId: id('default'),
  name,
  groups: [],
  apps: [],
  demands: { level: 2 },
  ...differs,
})
export const passwordPolicy = (name: string, differs: Partial<PasswordPolicy> = {}): PasswordPolicy => ({
  id: id(name),
  domainId: id('default'),
  name,
  priority: 1,
  groups: [],
  minLength: 12,
  requireClasses: 0,
  history: 5,
  maxAgeDays: 120,
  minAgeSeconds: 0,
  warnDays: 14,
  freeTries: 5,
  maxWaitSeconds: 300,
  ...differs,
})
export const policy = (name: string, differs: Partial<Policy> = {}): Policy => ({
  id: id(name),
  tenancyId: id('acme'),
  compartmentId: id('root'),
  name,
  description: '',
  statements: ['allow group Administrators to manage all-resources in tenancy'],
  bindings: [{ 'group:default/Administrators': 'g1' }],
  system: false,
  createdAt: NOW,
  updatedAt: NOW,
  ...differs,
})
export const signingKey = (name: string, createdAt: number): SigningKey => ({
  id: id(name),
  domainId: id('default'),
  use: 'oidc',
  alg: 'ES256',
  status: 'active',
  privateSealed: 'sealed',
  publicJwk: { kty: 'EC' },
  certificatePem: undefined,
  createdAt,
})
export const credential = (name: string, who: string, data: Credential['data'], version = 0): Credential => ({
  id: id(name),
  personId: id(who),
  label: name,
  createdAt: NOW,
  lastUsedAt: undefined,
  version,
  data,
})
export const password = (phc: string): Credential['data'] => ({
  kind: 'password',
  phc,
  history: [],
  setAt: NOW,
  mustChange: false,
})
export const passkey = (webauthnId: string): Credential['data'] => ({
  kind: 'passkey',
  webauthnId,
  publicKey: 'cose',
  counter: 0,
  transports: ['internal'],
  aaguid: '00000000-0000-0000-0000-000000000000',
  deviceType: 'multiDevice',
  backedUp: true,
  userVerified: true,
})
export const device = (name: string, who: string, differs: Partial<TrustedDevice> = {}): TrustedDevice => ({
  id: id(name),
  personId: id(who),
  tokenHash: `hash of ${name}`,
  label: 'a browser',
  createdAt: NOW,
  lastUsedAt: NOW,
  expiresAt: NOW + 30 * DAY,
  ...differs,
})
