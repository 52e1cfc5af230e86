// A sign-in in progress. It holds evidence, never a position: what is owed next is derived (core/journey/next-step.ts).
import type { Evidence, Level } from '../assurance/level.ts'
import type { AppId, DomainId, IdpId, JourneyId, PersonId, SessionId, TenancyId } from './ids.ts'
import type { JsonObject } from './json.ts'
import type { Session } from './session.ts'
import type { EpochMs } from './time.ts'

/** What whoever began the journey asked for. */
export type Wants = {
  readonly appId: AppId | undefined // undefined: the account pages
  readonly level: Level // 0: whatever the rules demand
  /** Evidence older than this instant does not count (ForceAuthn, prompt=login, max_age). */
  readonly freshAfter: EpochMs | undefined
  /** Only these may be shown to nobody: prompt=none, IsPassive. The edge turns any Step but `done` into its protocol's error. */
  readonly silent: boolean
  readonly loginHint: string | undefined
  readonly idpHint: string | undefined
  readonly uiLocales: readonly string[]
  /** Path below the issuer to return to when done, e.g. `/oidc/interaction/<uid>/resume`. Made by an edge, never by a request. */
  readonly resume: string
}

/** Things begun and not yet proven; each is consumed by the save that follows its answer. */
export type Pending = {
  readonly upstream?: {
    readonly idpId: IdpId
    readonly state: string
    readonly remember: JsonObject
    readonly startedAt: EpochMs
  }
  readonly totp?: { readonly secretSealed: string; readonly startedAt: EpochMs }
  readonly webauthn?: {
    readonly purpose: 'enrol' | 'challenge' | 'sign-in'
    readonly challenge: string
    readonly options: JsonObject // shown again on reload, so that a second tab does not spoil the first
    readonly startedAt: EpochMs
  }
  /** A code that was mailed to a contact address, and what it is worth. */
  readonly contact?: { readonly email: string; readonly codeMac: string; readonly sentAt: EpochMs }
  /** Recovery codes just made, sealed, shown until the person says they kept them. */
  readonly recoveryCodesSealed?: string
}

export type Journey = {
  readonly id: JourneyId
  readonly tenancyId: TenancyId
  readonly domainId: DomainId
  readonly browserHash: string // SHA-256 of the browser cookie it is bound to
  readonly wants: Wants
  /** The user name typed, kept so that an unknown one behaves like a known one. */
  readonly username: string | undefined
  readonly personId: PersonId | undefined
  /** Local sign-in was chosen or found (true), an IdP was (its id), or nothing yet (undefined). */
  readonly route: 'local' | IdpId | undefined
  /** Several providers it could be by the same right: only these are offered until another way is asked for. */
  readonly choice?: readonly IdpId[] | undefined
  /** The application or the network led to the route, not the person; `again`: before, too, and nobody signed in. */
  readonly led?: { readonly again: boolean } | undefined
  readonly sessionId: SessionId | undefined // the session whose evidence it began with; none once it is about somebody else
  /** The session that was in the browser when it began: it ends when this journey ends in another one. */
  readonly beganIn: SessionId | undefined
  readonly evidence: readonly Evidence[]
  /** SHA-256 of the device cookie the browser showed when it began; counts only once its owner has proved a first factor. */
  readonly deviceHash: string | undefined
  readonly trustDevice: boolean // the person ticked it
  readonly pending: Pending
  /** What was asked, why, and what was given: the path that the audit event of the sign-in carries. */
  readonly path: readonly {
    readonly at: EpochMs
    readonly asked: string
    readonly because: string
    readonly outcome: string
  }[]
  readonly upstreamSession: Session['upstream']
  /** Groups as the identity provider named them, when this journey came from one. */
  readonly upstreamGroups?: readonly string[]
  readonly createdAt: EpochMs
  readonly expiresAt: EpochMs
  readonly version: number
}
