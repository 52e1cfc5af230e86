// A person (user) of one identity domain, and what ties them to a corporate account.
import type { DomainId, IdpId, PersonId, TenancyId } from './ids.ts'
import type { EpochMs } from './time.ts'

export type Attributes = { readonly [name: string]: readonly string[] }

export type Person = {
  readonly id: PersonId // the `sub` of the domain's tokens
  readonly tenancyId: TenancyId
  readonly domainId: DomainId
  readonly username: string // unique in its domain, compared without case
  readonly email: string | undefined
  readonly emailVerified: boolean
  readonly displayName: string
  readonly givenName: string | undefined
  readonly familyName: string | undefined
  readonly locale: string | undefined
  readonly attributes: Attributes // everything else that attribute mapping brought
  readonly status: 'active' | 'disabled' | 'locked'
  /** Exempt from expiry; cannot sign in through a browser. */
  readonly serviceAccount: boolean
  /** Random 32 bytes, base64url: the WebAuthn user handle, never the e-mail. */
  readonly handle: string
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
}

/** A proven tie to an upstream account. (idp, subject) is unique: one corporate account is one person. */
export type Link = {
  readonly idpId: IdpId
  readonly subject: string // SAML NameID or OIDC `sub`, as the IdP wrote it
  readonly personId: PersonId
  readonly linkedAt: EpochMs
  readonly lastSignInAt: EpochMs
}
