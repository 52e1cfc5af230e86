// Evidence → assurance level and `amr`. Levels are ours, 0–3; the wire's names are in `names.ts` of release.
// 0 nobody proved anything · 1 one factor · 2 two factors of different kinds · 3 phishing-resistant, user-verified.
import type { CredentialId, DeviceId, IdpId } from '../model/ids.ts'
import type { EpochMs } from '../model/time.ts'

export type Level = 0 | 1 | 2 | 3
export type FactorKind = 'password' | 'totp' | 'passkey' | 'recovery-code'

/** Written only after it was verified. `at` is when the person proved it (for upstream: when the upstream says it did). */
export type Evidence =
  | { readonly kind: 'password'; readonly at: EpochMs }
  | { readonly kind: 'totp'; readonly at: EpochMs; readonly credentialId: CredentialId }
  | { readonly kind: 'passkey'; readonly at: EpochMs; readonly credentialId: CredentialId; readonly userVerified: boolean; readonly hardware: boolean }
  | { readonly kind: 'recovery-code'; readonly at: EpochMs }
  | { readonly kind: 'trusted-device'; readonly at: EpochMs; readonly deviceId: DeviceId; readonly trustedAt: EpochMs }
  | { readonly kind: 'upstream'; readonly at: EpochMs; readonly idpId: IdpId; readonly level: Level; readonly acr: string | undefined; readonly amr: readonly string[] }
