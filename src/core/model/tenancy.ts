// The tree that everything hangs on: a tenancy owns compartments (policy inheritance) and identity domains (people).
import type { CompartmentId, DomainId, GroupId, TenancyId } from './ids.ts'
import type { Tags } from './tag.ts'
import type { EpochMs } from './time.ts'

export type Tenancy = {
  readonly id: TenancyId
  readonly name: string // in URLs: [a-z0-9-]+, immutable
  readonly displayName: string
  readonly denyEnabled: boolean // Deny statements are opt-in and cannot be switched off again
  /** Bumped in the same transaction as every change of policies, compartments, groups or roles: staleness is one integer. */
  readonly revision: number
  readonly createdAt: EpochMs
}

/** Level 0 is the root; at most six levels below it. */
export const MAX_COMPARTMENT_DEPTH = 6

export type Compartment = {
  readonly id: CompartmentId
  readonly tenancyId: TenancyId
  readonly parentId: CompartmentId | undefined // undefined: the root compartment, named like the tenancy
  readonly name: string // unique among siblings, case-insensitive
  readonly description: string
  readonly tags?: Tags
}

/** How long a browser stays signed in. Defaults: NIST SP 800-63B (rev. 3) §4.2.3, AAL2. */
export type SessionLife = { readonly idleSeconds: number; readonly absoluteSeconds: number }

/** Asked of people once, and of everybody again when the version of the terms changes. */
export type Onboarding = {
  /** Shows tenancy, domain and user name of a linked account and asks whether they are right. */
  readonly confirm: boolean
  /** A contact address, proven by a code. */
  readonly contactEmail: boolean
  /** Name, country, phone and time zone. */
  readonly profile: boolean
  readonly terms?: {
    readonly version: string
    readonly text: { readonly en: string; readonly ko: string }
    readonly url?: string // the whole text
  }
}

export type Domain = {
  readonly id: DomainId
  readonly tenancyId: TenancyId
  readonly compartmentId: CompartmentId
  readonly name: string // in URLs: [a-z0-9-]+, immutable; `default` exists in every tenancy
  readonly displayName: string
  readonly status: 'active' | 'inactive'
  readonly locale: 'en' | 'ko' // used when the browser names neither
  readonly session: SessionLife
  readonly accessTokenSeconds: number
  readonly refreshTokenSeconds: number
  /** A local person must prove an e-mail-domain route or pick an IdP? False hides local sign-in from the chooser. */
  readonly localSignIn: boolean
  /** People may set a new password by a link to their verified address. Absent: they may. */
  readonly passwordReset?: boolean
  /** People make their own accounts, in these groups, with an address of these domains (absent: of any). Absent: they may not. */
  readonly selfRegistration?: { readonly groups: readonly GroupId[]; readonly emailDomains?: readonly string[] }
  /** What a first sign-in asks beside proof. Absent: nothing. */
  readonly onboarding?: Onboarding
  readonly branding: { readonly accent?: string; readonly logoUrl?: string; readonly notice?: string }
  /** Bumped when anything that the domain's provider is built from changes (keys, lifetimes, locale). */
  readonly version: number
}
