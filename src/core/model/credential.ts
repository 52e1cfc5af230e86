// What a person can prove themselves with, as stored. Secrets in here are sealed or hashed before they reach a store.
import type { CredentialId, DeviceId, PersonId } from './ids.ts'
import type { EpochMs } from './time.ts'

export type PasswordCredential = {
  readonly kind: 'password'
  readonly phc: string // argon2id PHC string
  readonly history: readonly string[] // PHC strings, newest first
  readonly setAt: EpochMs
  readonly mustChange: boolean
}
export type TotpCredential = {
  readonly kind: 'totp'
  readonly secretSealed: string // base32, Secrets.seal(…, `totp:<credential id>`)
  readonly lastStep: number // replay guard: only later steps verify; −1 before first use
}
export type PasskeyCredential = {
  readonly kind: 'passkey'
  readonly webauthnId: string // base64url, unique in the domain
  readonly publicKey: string // base64url COSE
  readonly counter: number
  readonly transports: readonly string[]
  readonly aaguid: string
  readonly deviceType: 'singleDevice' | 'multiDevice'
  readonly backedUp: boolean
  readonly userVerified: boolean // at registration
}
export type RecoveryCodesCredential = {
  readonly kind: 'recovery-code'
  readonly hashes: readonly string[] // SHA-256 of the codes still unused
  /** One code that an administrator gave, for a while: core/assurance/bypass-code.ts. */
  readonly bypass?: { readonly expiresAt: EpochMs }
}

export type Credential = {
  readonly id: CredentialId
  readonly personId: PersonId
  readonly label: string
  readonly createdAt: EpochMs
  readonly lastUsedAt: EpochMs | undefined
  /** Compare-and-swap guard: saved only over the same version. */
  readonly version: number
  readonly data: PasswordCredential | TotpCredential | PasskeyCredential | RecoveryCodesCredential
}

export type TrustedDevice = {
  readonly id: DeviceId
  readonly personId: PersonId
  readonly tokenHash: string
  readonly label: string // from the browser's user agent
  readonly createdAt: EpochMs
  readonly lastUsedAt: EpochMs
  readonly expiresAt: EpochMs
}
