// Second factors (and passwordless passkeys). A factor verifies an answer against a stored credential and never writes: it returns the
// credential as it must be saved, and the flow saves it by compare-and-swap, which is what makes single use single.
import type { Evidence } from '../core/assurance/level.ts'
import type { Credential, PasskeyCredential } from '../core/model/credential.ts'
import type { Person } from '../core/model/person.ts'
import type { EpochMs } from '../core/model/time.ts'

export type FactorRefusal = {
  readonly refused: 'malformed' | 'wrong' | 'replayed' | 'unknown-credential' | 'not-user-verified' | 'expired'
  readonly detail: string
}
export type Verified = { readonly evidence: Evidence; readonly save: Credential }

export interface TotpFactor {
  /** `secret` base32, `uri` for the QR code (otpauth://), `qrSvg` the code itself. */
  offer(account: string, issuer: string): { readonly secret: string; readonly uri: string; readonly qrSvg: string }
  /** The same picture again for a secret that was offered before (page reload). */
  picture(secret: string, account: string, issuer: string): { readonly uri: string; readonly qrSvg: string }
  /** First code against the offered secret: the time step it proves, or a refusal. */
  confirm(secret: string, code: string, now: EpochMs): Promise<{ readonly step: number } | FactorRefusal>
  verify(credential: Credential, code: string, now: EpochMs): Promise<Verified | FactorRefusal>
}
export interface PasskeyFactor {
  /** Options for navigator.credentials.create (JSON form) and the challenge to remember. */
  offer(
    person: Person,
    existing: readonly Credential[],
  ): Promise<{ readonly options: object; readonly challenge: string }>
  confirm(response: unknown, challenge: string, now: EpochMs): Promise<PasskeyCredential | FactorRefusal>
  /** `credentials` empty: discoverable sign-in. */
  challenge(credentials: readonly Credential[]): Promise<{ readonly options: object; readonly challenge: string }>
  /** The webauthn id inside a response, to find its credential; undefined if malformed. */
  idOf(response: unknown): { readonly webauthnId: string; readonly userHandle: string | undefined } | undefined
  verify(credential: Credential, response: unknown, challenge: string, now: EpochMs): Promise<Verified | FactorRefusal>
}
export interface RecoveryCodes {
  /** Ten fresh codes for the person to keep, and their hashes for us. */
  make(): { readonly codes: readonly string[]; readonly hashes: readonly string[] }
  verify(credential: Credential, code: string, now: EpochMs): Promise<Verified | FactorRefusal>
}
export type Factors = { readonly totp: TotpFactor; readonly passkey: PasskeyFactor; readonly recovery: RecoveryCodes }
