// What a person may ask about their own account. Edges see these types; the functions are in the files beside this one.
import type { FactorKind, Level } from '../../core/assurance/level.ts'
import type { Requirement } from '../../core/assurance/requirement.ts'
import type { CredentialId, DeviceId, DomainId, SessionId } from '../../core/model/ids.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Answered, Source, View } from '../sign-in/api.ts'

export type AccountRef = {
  readonly domainId: DomainId
  readonly sessionToken: string
  readonly deviceToken: string | undefined // marks "this browser" in the list of trusted devices
  readonly source: Source
}

/** Why a membership exists, with the names that people know. */
export type GroupSource =
  | { readonly kind: 'direct'; readonly by: string }
  | { readonly kind: 'config' }
  | { readonly kind: 'scim'; readonly client: string }
  | { readonly kind: 'mapped'; readonly idp: string; readonly rule: string; readonly value: string }

export type Overview = {
  readonly person: {
    readonly username: string
    readonly displayName: string
    readonly email: string | undefined
    readonly emailVerified: boolean
    /** Display names of the identity providers that this account is tied to. */
    readonly signsInAt: readonly string[]
  }
  readonly groups: readonly {
    readonly name: string
    readonly description: string
    readonly isAdmin: boolean
    readonly expiresAt: EpochMs | undefined
    readonly sources: readonly GroupSource[]
  }[]
  /** What a sign-in asks: everywhere (`app` undefined), and at each application whose rules ask for more. */
  readonly needs: readonly { readonly app: string | undefined; readonly need: Requirement }[]
  readonly factors: readonly {
    readonly id: CredentialId
    readonly kind: Exclude<FactorKind, 'password'>
    readonly label: string
    readonly createdAt: EpochMs
    readonly lastUsedAt: EpochMs | undefined
    readonly codesLeft: number | undefined // recovery codes
    readonly until?: EpochMs // a code that an administrator gave
  }[]
  /** Undefined: the account has no password here. */
  readonly password:
    | { readonly expiresAt: EpochMs | undefined; readonly rules: NonNullable<View['passwordRules']> }
    | undefined
  readonly mayAddPasskey: boolean
  readonly devices: readonly {
    readonly id: DeviceId
    readonly label: string
    readonly lastUsedAt: EpochMs
    readonly expiresAt: EpochMs
    readonly isThisOne: boolean
  }[]
  readonly sessions: readonly {
    readonly id: SessionId
    readonly startedAt: EpochMs
    readonly lastSeenAt: EpochMs
    readonly through: string | undefined // the identity provider's display name
    readonly isThisOne: boolean
  }[]
}

export type Refused = 'last-way-in' | 'needed' | 'not-found' | 'passkey-failed' | 'duplicate'
/** A session left open is not enough for this: the person proves so much again, since then, and comes back. */
export type Prove = { readonly kind: 'prove-first'; readonly level: Level; readonly freshAfter: EpochMs }
export type Outcome = { readonly kind: 'done' } | { readonly kind: 'refused'; readonly why: Refused } | Prove

export type AccountFlows = {
  /** Undefined: the session is over. */
  overview(ref: AccountRef): Promise<Overview | undefined>
  removeFactor(ref: AccountRef, id: CredentialId): Promise<Outcome>
  removeDevice(ref: AccountRef, id: DeviceId): Promise<Outcome>
  endSession(ref: AccountRef, id: SessionId): Promise<Outcome>
  /** Options for navigator.credentials.create; the challenge is remembered for this session, once. */
  startPasskey(ref: AccountRef): Promise<{ readonly kind: 'options'; readonly options: object } | Prove>
  finishPasskey(ref: AccountRef, response: unknown, label: string): Promise<Outcome>
  /** Ends every other session and forgets the trusted devices. */
  changePassword(
    ref: AccountRef,
    answer: { readonly current: string; readonly password: string; readonly repeat: string },
  ): Promise<Answered | Prove>
}
