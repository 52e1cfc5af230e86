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
  | {
      readonly kind: 'passkey'
      readonly at: EpochMs
      readonly credentialId: CredentialId
      readonly userVerified: boolean
      readonly hardware: boolean
    }
  | { readonly kind: 'recovery-code'; readonly at: EpochMs }
  | { readonly kind: 'trusted-device'; readonly at: EpochMs; readonly deviceId: DeviceId; readonly trustedAt: EpochMs }
  | {
      readonly kind: 'upstream'
      readonly at: EpochMs
      readonly idpId: IdpId
      readonly level: Level
      readonly acr: string | undefined
      readonly amr: readonly string[]
    }

/** Which second factors can help to reach a level. For level 1 they stand in for a first factor that proved nothing of ours. */
export const secondFactorsFor = (level: Level): readonly FactorKind[] =>
  level >= 3 ? ['passkey'] : level >= 1 ? ['totp', 'passkey', 'recovery-code'] : []

const isFirst = (e: Evidence): boolean => e.kind === 'password' || (e.kind === 'upstream' && e.level >= 1)
const isSecond = (e: Evidence): boolean =>
  e.kind === 'totp' || e.kind === 'recovery-code' || e.kind === 'trusted-device'

/**
 * The level a set of evidence reaches. A passkey is phishing-resistant multi-factor when the authenticator verified the user itself
 * (NIST SP 800-63B §5.1.8: possession plus local verification) or when a first factor stands beside it; alone and without user
 * verification it is only possession. Two factors of the same kind stay one factor.
 */
export const levelOf = (evidence: readonly Evidence[]): Level => {
  const first = evidence.some(isFirst)
  if (evidence.some((e) => e.kind === 'passkey' && (e.userVerified || first))) return 3
  const second = evidence.some((e) => isSecond(e) || e.kind === 'passkey')
  const own: Level = first && second ? 2 : first || second ? 1 : 0
  const upstream = Math.max(0, ...evidence.map((e) => (e.kind === 'upstream' ? e.level : 0))) as Level
  return upstream > own ? upstream : own
}

/**
 * Authentication method references (RFC 8176) of evidence, without repetition, in a stable order. `fed` is ours: an IdP vouched. `mfa` is
 * a judgement and so ours too: an IdP that says it while its mapping says one factor would reach applications past the mapping.
 */
export const amrOf = (evidence: readonly Evidence[]): readonly string[] => {
  const found = new Set<string>()
  for (const e of evidence) {
    if (e.kind === 'password') found.add('pwd')
    if (e.kind === 'totp' || e.kind === 'recovery-code') found.add('otp')
    if (e.kind === 'passkey') {
      found.add(e.hardware ? 'hwk' : 'swk')
      if (e.userVerified) found.add('user')
    }
    if (e.kind === 'upstream') {
      found.add('fed')
      for (const method of e.amr)
        if (method.toLowerCase() !== 'mfa' && /^[a-z0-9_.:-]{1,40}$/i.test(method)) found.add(method)
    }
  }
  if (levelOf(evidence) >= 2) found.add('mfa')
  return [...found].sort()
}

/** When the person last proved something themselves; a trusted device proves nothing new. Undefined without evidence. */
export const authenticatedAt = (evidence: readonly Evidence[]): EpochMs | undefined => {
  const times = evidence.filter((e) => e.kind !== 'trusted-device').map((e) => e.at)
  return times.length === 0 ? undefined : Math.max(...times)
}
