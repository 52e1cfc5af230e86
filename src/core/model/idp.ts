// An upstream identity provider of a domain: how to reach it, what to believe of it, which groups it brings.

import type { Level } from '../assurance/level.ts'
import type { AppId, DomainId, GroupId, IdpId, MappingRuleId, TenancyId } from './ids.ts'

/** Claim or attribute name → which of our fields it fills. */
export type AttributeMapping = {
  readonly username: string // attribute name, or `$subject` for NameID / sub
  readonly email?: string
  readonly displayName?: string
  readonly givenName?: string
  readonly familyName?: string
  readonly locale?: string
  /** Further attributes kept on the person: our name → theirs. */
  readonly other: { readonly [ours: string]: string }
}

/** Upstream `acr`, `amr` member or AuthnContextClassRef → our level. No match: `unmatchedLevel`. */
export type AssuranceMapping = {
  readonly rules: readonly { readonly acr?: string; readonly amr?: readonly string[]; readonly level: Level }[] // `amr`: all must be present
  readonly unmatchedLevel: Level // 0 or 1; 1 = "they knew a password"
  /** Upstream authentication older than this counts as unmatched. */
  readonly maxAgeSeconds: number | undefined
}

export type GroupMode = 'authoritative' | 'additive' | 'initial-only'

export type SamlTrust = {
  readonly protocol: 'saml'
  readonly metadataXml: string | undefined // as loaded; the source of entityId, endpoints, certificates
  readonly metadataUrl: string | undefined // refreshed from here when set
  readonly signRequests: boolean
  readonly wantAssertionsSigned: boolean // false: a signed Response is enough
  readonly nameIdFormat: string | undefined // asked for in NameIDPolicy
  readonly allowUnsolicited: boolean // IdP-initiated; off by default
  readonly clockSkewSeconds: number
  readonly forceAuthnForLevel: boolean
  readonly requestedAuthnContext: readonly string[]
}
export type OidcTrust = {
  readonly protocol: 'oidc'
  readonly issuer: string
  readonly clientId: string
  readonly clientSecretSealed: string | undefined // Secrets.seal(…, `idp:<id>`); undefined = public client
  readonly clientAuth: 'client_secret_basic' | 'client_secret_post' | 'none'
  readonly scopes: readonly string[]
  readonly idTokenAlg: string // pinned; never what the OP advertises
  readonly clockSkewSeconds: number
  readonly acrValues: readonly string[]
  readonly userinfo: boolean // also read claims from userinfo (many OPs put groups only there)
}

export type Idp = {
  readonly id: IdpId
  readonly tenancyId: TenancyId
  readonly domainId: DomainId
  readonly name: string // in URLs: [a-z0-9-]+
  readonly displayName: string
  readonly enabled: boolean
  readonly showInChooser: boolean
  /** Home-realm discovery: a user name ending in one of these goes here. Lower case, without @. */
  readonly emailDomains: readonly string[]
  /** The same for whoever comes for one of these applications, or from one of these networks (addresses or CIDR ranges). */
  readonly routes?: { readonly applications: readonly AppId[]; readonly networks: readonly string[] }
  readonly trust: SamlTrust | OidcTrust
  readonly attributes: AttributeMapping
  readonly groupsFrom: readonly string[] // attribute or claim names whose values are upstream groups
  readonly groupMode: GroupMode
  readonly assurance: AssuranceMapping
  readonly jit: { readonly create: boolean; readonly update: boolean }
  /** Link to an existing local account of the same verified e-mail only if the IdP owns the e-mail's domain (`emailDomains`). */
  readonly linkByEmail: boolean
}

export type GroupMatch =
  | { readonly kind: 'exact'; readonly value: string; readonly ignoreCase: boolean }
  | { readonly kind: 'glob'; readonly value: string; readonly ignoreCase: boolean } // `*` any run, `?` one character
  | { readonly kind: 'dn'; readonly value: string } // RFC 4514: compares RDN by RDN, case and spacing aside; `*` as an RDN value; a leading `**,` any number of RDNs
  | { readonly kind: 'regex'; readonly value: string } // whole value, linear time

export type MappingRule = {
  readonly id: MappingRuleId
  readonly idpId: IdpId
  readonly name: string
  readonly match: GroupMatch
  /** All values must be present upstream before the rule fires; with one match it is the same thing. */
  readonly allOf: readonly GroupMatch[]
  readonly groups: readonly GroupId[]
}
