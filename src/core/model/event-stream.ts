// Who wants to hear of security events of a domain, and what there is to tell (Shared Signals Framework 1.0, RFC 8417).
import type { AppId, DomainId, EventStreamId, PersonId, SessionId, TenancyId } from './ids.ts'
import type { JsonObject } from './json.ts'
import type { EpochMs } from './time.ts'

const caep = 'https://schemas.openid.net/secevent/caep/event-type/'
export const eventTypes = {
  sessionRevoked: `${caep}session-revoked`,
  credentialChange: `${caep}credential-change`,
  assuranceLevelChange: `${caep}assurance-level-change`,
} as const
export const verificationType = 'https://schemas.openid.net/secevent/ssf/event-type/verification'
/** What a receiver may ask for; a verification is always sent. */
export const offeredTypes: readonly string[] = Object.values(eventTypes)

export const PUSH = 'urn:ietf:rfc:8935'
export const POLL = 'urn:ietf:rfc:8936'
export type Delivery =
  | { readonly method: typeof PUSH; readonly endpoint: string; readonly authorizationSealed: string | undefined }
  | { readonly method: typeof POLL }

/** One per application and domain. */
export type EventStream = {
  readonly id: EventStreamId
  readonly tenancyId: TenancyId
  readonly domainId: DomainId
  readonly appId: AppId
  readonly audience: string // the application's client id
  readonly description: string | undefined
  readonly delivery: Delivery
  readonly requested: readonly string[]
  /** Paused: events wait. Disabled: there are none. */
  readonly status: 'enabled' | 'paused' | 'disabled'
  readonly reason: string | undefined
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
  readonly version: number
}

/** About whom: who a person is called on the wire depends on the issuer, which is looked up when it is told. */
export type SecurityEvent = {
  readonly type: string
  readonly personId: PersonId | undefined
  readonly sessionId: SessionId | undefined
  readonly claims: JsonObject
  readonly txn: string | undefined // the request it came of
  readonly at: EpochMs
}
export type QueuedEvent = { readonly jti: string; readonly streamId: EventStreamId; readonly event: SecurityEvent }
