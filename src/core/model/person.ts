// A person (user) of one identity domain, and what ties them to a corporate account.
import type { DomainId, IdpId, PersonId, TenancyId } from './ids.ts'
import type { JsonObject } from './json.ts'
import type { EpochMs } from './time.ts'

/** What people may choose to be called. It stands in mails and lists: no line breaks, and nothing that turns the direction of what follows. */
export const isDisplayName = (text: string): boolean =>
  text.trim() !== '' && text.length <= 200 && !/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(text)

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
  /** Where the person is reached, proven by a code; the identity provider does not change it. */
  readonly contact?: { readonly email: string; readonly verifiedAt: EpochMs }
  readonly profile?: Profile
  /** What the provisioning client calls them. */
  readonly externalId?: string | undefined
  /** Addresses beside `email`, as the provisioning client gave them: looked up by, never written to. */
  readonly otherEmails?: readonly string[]
  /** What the provisioning client said beyond all this, in the words of RFC 7643 §4.1: phone numbers, addresses, roles elsewhere. */
  readonly provisioned?: JsonObject
  readonly onboarded?: {
    readonly confirmedAt?: EpochMs
    readonly terms?: { readonly version: string; readonly at: EpochMs }
  }
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
}

export type Profile = {
  readonly country: string // ISO 3166-1 alpha-2
  readonly phone: string
  readonly timeZone: string // IANA name
}

/** A proven tie to an upstream account. (idp, subject) is unique: one corporate account is one person. */
export type Link = {
  readonly idpId: IdpId
  readonly subject: string // SAML NameID or OIDC `sub`, as the IdP wrote it
  readonly personId: PersonId
  readonly linkedAt: EpochMs
  readonly lastSignInAt: EpochMs
}
