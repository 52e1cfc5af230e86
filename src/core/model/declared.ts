// What a tenancy file declares: nouns by name, never by id, with defaults filled in and secrets already read. flows/directory applies
// it; users are only seeded, never owned. Knows nothing of YAML.
import type { FactorKind, Level } from '../assurance/level.ts'
import type { CatalogueData } from '../policy/catalogue.ts'
import type { OidcApp, SamlApp } from './app.ts'
import type { AssuranceMapping, AttributeMapping, GroupMatch, GroupMode, OidcTrust, SamlTrust } from './idp.ts'
import type { RoleAssignment } from './role.ts'
import type { Tags } from './tag.ts'
import type { Onboarding, SessionLife } from './tenancy.ts'
import type { EpochMs } from './time.ts'

export type DeclaredCompartment = {
  readonly name: string
  readonly description: string
  readonly tags: Tags
  readonly compartments: readonly DeclaredCompartment[]
}
export type DeclaredGroup = { readonly name: string; readonly description: string; readonly tags: Tags }
export type DeclaredDynamicGroup = { readonly name: string; readonly description: string; readonly rule: string }
export type DeclaredPasswordPolicy = {
  readonly name: string
  readonly priority: number
  readonly groups: readonly string[] // empty: everyone
  readonly minLength: number
  readonly requireClasses: number
  readonly history: number
  readonly maxAgeDays: number | undefined
  readonly minAgeSeconds: number
  readonly warnDays: number
  readonly freeTries: number
  readonly maxWaitSeconds: number
}
export type DeclaredSignOnRule = {
  readonly name: string
  readonly groups: readonly string[]
  readonly apps: readonly string[]
  readonly deny: boolean
  readonly level: Level | undefined
  readonly approval: string | undefined
  readonly factors: readonly FactorKind[] | undefined
  readonly maxAgeSeconds: number | undefined
  readonly trustedDevice: { readonly days: number; readonly count: number } | undefined
}
export type DeclaredMapping = {
  readonly name: string
  readonly allOf: readonly GroupMatch[] // at least one
  readonly groups: readonly string[]
}
export type DeclaredIdp = {
  readonly name: string
  readonly displayName: string
  readonly enabled: boolean
  readonly showInChooser: boolean
  readonly emailDomains: readonly string[]
  readonly routes: { readonly applications: readonly string[]; readonly networks: readonly string[] }
  readonly trust: SamlTrust | (Omit<OidcTrust, 'clientSecretSealed'> & { readonly clientSecret: string | undefined })
  readonly attributes: AttributeMapping
  readonly groupsFrom: readonly string[]
  readonly groupMode: GroupMode
  readonly mappings: readonly DeclaredMapping[]
  readonly assurance: AssuranceMapping
  readonly jit: { readonly create: boolean; readonly update: boolean }
  readonly linkByEmail: boolean
}
export type DeclaredDomain = {
  readonly name: string
  readonly displayName: string
  readonly compartment: readonly string[] // path below the root; empty: the root
  readonly active: boolean
  readonly locale: 'en' | 'ko'
  readonly session: Partial<SessionLife>
  readonly accessTokenSeconds: number
  readonly refreshTokenSeconds: number
  readonly branding: { readonly accent?: string; readonly logoUrl?: string; readonly notice?: string }
  readonly localSignIn: boolean
  readonly passwordReset: boolean
  readonly onboarding: Onboarding | undefined
  /** Groups by name. Undefined: nobody makes an account of their own. */
  readonly selfRegistration:
    | { readonly groups: readonly string[]; readonly emailDomains?: readonly string[] }
    | undefined
  readonly groups: readonly DeclaredGroup[]
  readonly dynamicGroups: readonly DeclaredDynamicGroup[]
  readonly passwordPolicies: readonly DeclaredPasswordPolicy[]
  readonly signOnRules: readonly DeclaredSignOnRule[]
  readonly idps: readonly DeclaredIdp[]
}
export type DeclaredApp = {
  readonly name: string
  readonly displayName: string
  readonly enabled: boolean
  readonly domains: readonly string[]
  readonly homeUrl: string | undefined
  readonly groupsClaim: { readonly include: readonly string[]; readonly shape: 'names' | 'objects' }
  readonly settings: (Omit<OidcApp, 'secretHashes'> & { readonly clientSecrets: readonly string[] }) | SamlApp
}
export type DeclaredPolicy = {
  readonly name: string
  readonly description: string
  readonly compartment: readonly string[]
  readonly statements: readonly string[]
}
export type DeclaredServiceId = {
  readonly name: string
  readonly description: string
  readonly compartment: readonly string[]
  readonly active: boolean
}
/** A group or person is called by its name, `domain/name` outside the domain `default`. */
export type DeclaredRoleAssignment = Pick<RoleAssignment, 'name' | 'roles' | 'service' | 'resource'> & {
  readonly holder: { readonly kind: RoleAssignment['holder']['kind']; readonly called: string }
  readonly compartment: readonly string[]
  readonly expiresAt: EpochMs | undefined
}
export type DeclaredService = { readonly name: string; readonly data: CatalogueData }
/** Made when the user name is absent, then left to its owner. */
export type SeedPerson = {
  readonly domain: string
  readonly username: string
  readonly email: string | undefined
  readonly emailVerified: boolean
  readonly displayName: string
  readonly givenName: string | undefined
  readonly familyName: string | undefined
  readonly locale: 'en' | 'ko' | undefined
  readonly password: string | undefined
  readonly passwordSetDaysAgo: number
  readonly mustChangePassword: boolean
  readonly serviceAccount: boolean
  readonly groups: readonly string[]
  readonly links: readonly { readonly idp: string; readonly subject: string }[]
  readonly note: string | undefined // what the demonstration shows with this person
}

export type DeclaredTenancy = {
  readonly tenancy: {
    readonly name: string
    readonly displayName: string | undefined
    /** False: left as it is, for nobody can turn it off. */
    readonly denyEnabled: boolean
    /** The root compartment; undefined: left as it is. */
    readonly root: Pick<DeclaredCompartment, 'description' | 'tags'> | undefined
  }
  readonly services: readonly DeclaredService[]
  readonly compartments: readonly DeclaredCompartment[]
  readonly domains: readonly DeclaredDomain[]
  readonly applications: readonly DeclaredApp[]
  readonly serviceIds: readonly DeclaredServiceId[]
  readonly roleAssignments: readonly DeclaredRoleAssignment[]
  readonly policies: readonly DeclaredPolicy[]
  readonly seed: { readonly people: readonly SeedPerson[] }
  /** Only in demonstrations: who stands in for companies and applications. Not applied. */
  readonly demo: Demonstration | undefined
}

/** A document and where each of its parts was written, for faults found long after parsing. */
export type Declared = {
  readonly document: DeclaredTenancy
  readonly where: (path: readonly (string | number)[]) => string
}

// ── Stand-ins of a demonstration ──────────────────────────────────────────────────────────────────────────────────────────────────
export type UpstreamPerson = {
  readonly username: string
  readonly password: string
  readonly subject: string // NameID or `sub`
  readonly displayName: string
  readonly givenName: string | undefined
  readonly familyName: string | undefined
  readonly email: string
  readonly groups: readonly string[]
  readonly amr: readonly string[] // what the stand-in says it did; OIDC only
  readonly acr: string | undefined // `acr`, or the AuthnContextClassRef of SAML
  readonly note: string | undefined
}
export type StandIn =
  | {
      readonly kind: 'saml-idp'
      readonly name: string
      readonly url: string // origin it listens on; metadata at /metadata
      readonly entityId: string
      readonly trusts: readonly { readonly domain: string; readonly idp: string }[] // whose SP metadata it loads
      readonly people: readonly UpstreamPerson[]
    }
  | {
      readonly kind: 'oidc-op'
      readonly name: string
      readonly url: string // its issuer
      readonly clients: readonly {
        readonly clientId: string
        readonly clientSecret: string
        readonly redirectUris: readonly string[]
      }[]
      readonly people: readonly UpstreamPerson[]
    }
  | {
      readonly kind: 'oidc-app'
      readonly name: string
      readonly url: string
      readonly domain: string // whose issuer it uses
      readonly clientId: string
      readonly clientSecret: string
      /** The client it asks the policy decision point with. */
      readonly pdp: { readonly clientId: string; readonly clientSecret: string } | undefined
    }
  | {
      readonly kind: 'saml-app'
      readonly name: string
      readonly url: string
      readonly domain: string
      readonly entityId: string
      readonly pdp: { readonly clientId: string; readonly clientSecret: string } | undefined
    }
/** A question that the sample applications offer as a button. */
export type DemoQuestion = {
  readonly label: string
  readonly action: string
  readonly resource: { readonly type: string; readonly id: string; readonly compartment: string | undefined }
}
export type Demonstration = { readonly standIns: readonly StandIn[]; readonly questions: readonly DemoQuestion[] }

/** Something wrong with a declaration, and where it was written. */
export type DeclaredFault = { readonly where: string; readonly message: string }
