// What edges may ask of a sign-in. The functions are built by the factories beside this file and handed out by wire.ts.
import type { Level } from '../../core/assurance/level.ts'
import type { RefusalCode, Step } from '../../core/journey/step.ts'
import type { App } from '../../core/model/app.ts'
import type { AppId, DomainId, JourneyId, PersonId, SessionId } from '../../core/model/ids.ts'
import type { Wants } from '../../core/model/journey.ts'
import type { Person, Profile } from '../../core/model/person.ts'
import type { EndReason, Participant, Session } from '../../core/model/session.ts'
import type { Domain, Tenancy } from '../../core/model/tenancy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Released } from '../../core/release/attribute-bag.ts'
import type { Returned, Send } from '../../ports/upstream.ts'

/** Who is asking: for audit and throttling, never for authorization. */
export type Source = { readonly address: string; readonly userAgent: string; readonly requestId: string }

/** The domain behind `/d/<tenancy>/<domain>`; undefined when there is none (or it is unknown). Inactive ones are returned: say so. */
export type FindDomain = (
  tenancy: string,
  domain: string,
) => Promise<{ readonly tenancy: Tenancy; readonly domain: Domain; readonly issuer: string } | undefined>

// ── Is anything owed? ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
export type Assessment = {
  readonly step: Step
  /** The live session behind the cookie, even when more is owed. */
  readonly session: Session | undefined
  readonly person: Person | undefined
}
/** Asks nextStep about a session's evidence; never changes anything but `lastSeenAt`. An ended, idle or foreign session counts as none. */
export type Assess = (q: {
  readonly domainId: DomainId
  readonly sessionToken: string | undefined
  readonly wants: Pick<Wants, 'appId' | 'level' | 'freshAfter'>
}) => Promise<Assessment>

// ── A journey ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
export type Begin = (q: {
  readonly domainId: DomainId
  readonly wants: Wants
  readonly browserToken: string | undefined // the journey cookie, if the browser has one
  readonly sessionToken: string | undefined
  readonly deviceToken: string | undefined
  readonly source: Source
  /** Whoever opened the sign-in page itself: neither application nor network leads them away from it. */
  readonly choosing?: boolean
}) => Promise<{
  readonly journeyId: JourneyId
  readonly browserToken: string /* set it as the cookie when it is new */
  readonly expiresAt: EpochMs
}>

/** Journeys are bound to the browser: `browserToken` is its cookie. Wrong or missing: Problem('journey-unknown'); too old: Problem('journey-expired'). */
export type JourneyRef = {
  readonly domainId: DomainId
  readonly journeyId: JourneyId
  readonly browserToken: string | undefined
  readonly source: Source
}

/** Everything a page needs; nothing a page must not show. */
export type View = {
  readonly step: Step
  readonly hop: string // goes back with the answer, hidden field `hop`
  readonly app:
    | (Pick<App, 'displayName' | 'homeUrl'> & {
        /** Custom schemes of its redirect URIs (`com.example.app:`): browsers must be allowed to follow the last answer there. */
        readonly returnSchemes: readonly string[]
      })
    | undefined
  /** On upstream: whose page is next, and whether this browser was sent there before and came back without having signed in. */
  readonly upstream: { readonly name: string; readonly displayName: string; readonly begun: boolean } | undefined
  readonly username: string | undefined
  readonly displayName: string | undefined // only after the first factor
  readonly uiLocales: readonly string[]
  readonly idps: readonly { readonly name: string; readonly displayName: string }[] // on identify: the chooser
  readonly narrowed: boolean // `idps` are not all there are
  readonly localSignIn: boolean
  readonly totp: { readonly secret: string; readonly uri: string; readonly qrSvg: string } | undefined // on enrol with totp
  readonly passkey: { readonly options: object } | undefined // on enrol / challenge with passkey, and on identify / password (discoverable)
  readonly recoveryCodes: readonly string[] | undefined
  readonly because:
    | { readonly rule: string; readonly group: string | undefined; readonly app: string | undefined }
    | undefined // who asked for it
  readonly passwordRules:
    | { readonly minLength: number; readonly requireClasses: number; readonly history: number }
    | undefined // on change-password
  readonly passwordExpiresInDays: number | undefined // inside the warning window
  /** On the steps of a first sign-in. */
  readonly onboarding:
    | {
        readonly tenancy: string
        readonly domainName: string
        readonly signsInAt: string | undefined // the identity provider's display name
        readonly contactEmail: string // to begin with
        readonly codeSentTo: string | undefined
        readonly terms: NonNullable<Domain['onboarding']>['terms']
        readonly name: string
      }
    | undefined
}
export type Show = (ref: JourneyRef) => Promise<View>

export type Answer =
  | { readonly kind: 'identify'; readonly username: string }
  | { readonly kind: 'choose-idp'; readonly idp: string }
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'totp'; readonly code: string; readonly trustDevice: boolean }
  | { readonly kind: 'recovery-code'; readonly code: string }
  | { readonly kind: 'passkey'; readonly response: unknown }
  | { readonly kind: 'enrol-totp'; readonly code: string }
  | { readonly kind: 'enrol-passkey'; readonly response: unknown; readonly label: string }
  | { readonly kind: 'recovery-codes-kept' }
  | { readonly kind: 'change-password'; readonly current: string; readonly password: string; readonly repeat: string }
  | { readonly kind: 'confirm-account' }
  | { readonly kind: 'contact-email'; readonly email: string }
  | { readonly kind: 'contact-code'; readonly code: string }
  | { readonly kind: 'accept-terms'; readonly version: string; readonly accepted: boolean }
  | { readonly kind: 'complete-profile'; readonly name: string; readonly profile: Profile }
  | { readonly kind: 'start-over' } // "not you?": forget who was identified

export type AnswerFault =
  | 'wrong-credentials' // user name or password; never says which
  | 'wrong-code'
  | 'code-used'
  | 'code-malformed'
  | 'passkey-failed'
  | 'passkey-unknown'
  | 'unknown-idp'
  | 'throttled'
  | 'stale'
  | 'password-mismatch'
  | 'password-too-short'
  | 'password-too-common'
  | 'password-contains-name'
  | 'password-needs-classes'
  | 'password-reused'
  | 'password-too-young'
  | 'current-password-wrong'
  | 'missing'
  | 'email-malformed'
  | 'code-expired'
  | 'terms-not-accepted'
  | 'name-malformed'
  | 'country-unknown'
  | 'phone-malformed'
  | 'time-zone-unknown'
export type Answered =
  | { readonly kind: 'next' } // 303 to the journey's page
  | {
      readonly kind: 'fault'
      readonly fault: AnswerFault
      readonly waitSeconds?: number
      readonly parameters?: { readonly [name: string]: number | string }
    } // show the step again, 400 (429 when throttled)
/** `hop` from the view. A wrong or old hop is the fault `stale`: the step was answered elsewhere. */
export type Respond = (ref: JourneyRef, hop: string, answer: Answer) => Promise<Answered>

/** Starts the upstream round trip that the step `upstream` asks for. Problem('upstream-unreachable') with a reason when it cannot. */
export type GoUpstream = (ref: JourneyRef) => Promise<Send>

/**
 * First half of the way back (no cookie needed: a SAML POST arrives without): checks the message, once. Refused: audit event and
 * Problem('upstream-refused', …, { reason }). Accepted: a one-time token for `arrive`.
 */
export type Receive = (q: {
  readonly domainId: DomainId
  readonly idp: string
  readonly state: string | undefined
  readonly returned: Returned
  readonly source: Source
}) => Promise<{ readonly token: string }>
/** Second half, in the browser that began: JIT, linking, group mapping, evidence. */
export type Arrive = (q: {
  readonly domainId: DomainId
  readonly token: string
  readonly browserToken: string | undefined
  readonly source: Source
}) => Promise<{ readonly journeyId: JourneyId; readonly browserToken: string; readonly expiresAt: EpochMs }>

/** Only when nextStep says `done`: takes the journey, mints or renews the session. Anything else owed: undefined. */
export type Finish = (ref: JourneyRef) => Promise<
  | {
      readonly sessionToken: string // set as the session cookie
      readonly session: Session
      readonly deviceToken: { readonly value: string; readonly expiresAt: EpochMs } | undefined // set when a device was trusted
      readonly resume: string // path below the issuer
    }
  | undefined
>

// ── After it ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
/** The attributes of a person for an application, from live groups. Undefined: the person is gone or disabled, or the named session is over. */
export type Release = (q: {
  readonly appId: AppId
  readonly personId: PersonId
  readonly sessionId: SessionId | undefined
}) => Promise<(Released & { readonly sid: SessionId | undefined }) | undefined>

/** Records that an application got a token or assertion in the session. */
export type Join = (participant: Participant) => Promise<void>

export type SessionRef = { readonly token: string } | { readonly id: SessionId }
/**
 * Ends the session once (later callers: `ended` undefined), writes the audit event and one outbox item per OIDC participant that wants
 * back-channel logout. `participants` lets the edges do what needs the browser: SAML logout requests; `upstream`: the IdP's own logout.
 */
export type SignOut = (q: {
  readonly domainId: DomainId
  readonly session: SessionRef
  readonly reason: EndReason
  readonly exceptApp: AppId | undefined
  readonly source: Source
  readonly returnTo: string | undefined
}) => Promise<{
  readonly ended: Session | undefined
  readonly participants: readonly Participant[]
  readonly upstream: Send | undefined
}>

export type { Domain, Level, Person, RefusalCode, Released, Session, Step, Tenancy, Wants }
