// A code that an administrator gives to somebody who lost their second factor: kept like recovery codes, but for one use and a short time. It
// stands in for a one-time code and for nothing else: never where policy does not allow TOTP, never for level 3, not even to enrol there.
import type { Credential, RecoveryCodesCredential } from '../model/credential.ts'
import type { EpochMs } from '../model/time.ts'
import type { Requirement } from './requirement.ts'

export const MOST_BYPASS_HOURS = 24

type BypassCode = Credential & {
  readonly data: RecoveryCodesCredential & { readonly bypass: NonNullable<RecoveryCodesCredential['bypass']> }
}
export const isBypassCode = (credential: Credential): credential is BypassCode =>
  credential.data.kind === 'recovery-code' && credential.data.bypass !== undefined

export const maySpend = ({ data }: BypassCode, need: Pick<Requirement, 'level' | 'factors'>, now: EpochMs): boolean =>
  data.hashes.length > 0 &&
  now < data.bypass.expiresAt &&
  need.level.value <= 2 &&
  (need.factors?.value.includes('totp') ?? true)
