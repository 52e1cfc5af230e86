// The one SSO session of a browser in a domain, and the applications that joined it.
import type { Evidence } from '../assurance/level.ts'
import type { AppId, DeviceId, DomainId, IdpId, PersonId, SessionId, TenancyId } from './ids.ts'
import type { EpochMs } from './time.ts'

export type EndReason =
  | 'signed-out'
  | 'signed-out-at-app'
  | 'signed-out-upstream'
  | 'expired'
  | 'person-disabled'
  | 'password-changed'
  | 'revoked'
  | 'replaced'

export type Session = {
  readonly id: SessionId // the `sid` claim and SAML SessionIndex: public, proves nothing
  readonly tokenHash: string // SHA-256 of the cookie
  readonly tenancyId: TenancyId
  readonly domainId: DomainId
  readonly personId: PersonId
  readonly evidence: readonly Evidence[]
  /** What the upstream calls this session, for its logout. */
  readonly upstream:
    | {
        readonly idpId: IdpId
        readonly nameId: string
        readonly nameIdFormat: string | undefined
        readonly sessionIndex: string | undefined
        /** Opaque: what the connector wants back at its logout, sealed by it. */
        readonly logoutHint?: string | undefined
      }
    | undefined
  readonly deviceId: DeviceId | undefined
  readonly startedAt: EpochMs
  readonly lastSeenAt: EpochMs
  readonly expiresAt: EpochMs // absolute
  readonly endedAt: EpochMs | undefined
  readonly endReason: EndReason | undefined
  readonly version: number
}

/** An application that got a token or an assertion in this session: whom to tell when it ends. */
export type Participant = {
  readonly sessionId: SessionId
  readonly appId: AppId
  readonly protocol: 'oidc' | 'saml'
  /** SAML: NameID and format as we issued them (needed in LogoutRequest). OIDC: undefined. */
  readonly nameId:
    | { readonly value: string; readonly format: string; readonly spNameQualifier: string | undefined }
    | undefined
  readonly joinedAt: EpochMs
}
