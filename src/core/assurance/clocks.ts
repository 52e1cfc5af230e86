// Whether another clock agrees with ours. Two seconds are the rounding of a Date header and the way of the answer.
import type { EpochMs } from '../model/time.ts'

const ROUNDING_SECONDS = 2

export const clocksAgree = (
  theirs: EpochMs,
  ours: EpochMs,
  allowedSeconds: number,
): { readonly ok: boolean; readonly expected: string; readonly received: string } => {
  const seconds = Math.round((theirs - ours) / 1000)
  return {
    ok: Math.abs(seconds) <= allowedSeconds + ROUNDING_SECONDS,
    expected: `within ${allowedSeconds} s`,
    received: `${seconds > 0 ? '+' : ''}${seconds} s`,
  }
}
