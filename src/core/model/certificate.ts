// A certificate that something depends on, and how long it still lasts. Trust does not look at its dates; whoever looks after it does.
import type { EpochMs } from './time.ts'

export type Certificate = {
  readonly use: 'signing' | 'encryption'
  readonly subject: string
  readonly fingerprint: string // SHA-256 of the certificate, hex
  readonly key: string // `RSA 2048`
  readonly notBefore: EpochMs
  readonly notAfter: EpochMs
}

const DAY_MS = 86_400_000
/** Whole days; negative once it is over. */
export const daysLeft = ({ notAfter }: Pick<Certificate, 'notAfter'>, now: EpochMs): number =>
  Math.floor((notAfter - now) / DAY_MS)

/** From here on somebody is told, once each. */
export const WARNING_DAYS = [1, 7, 30] as const
export type WarningDays = 0 | (typeof WARNING_DAYS)[number]

/** The narrowest limit that was passed; 0: it is over; undefined: nothing to tell yet. */
export const warningOf = (days: number): WarningDays | undefined =>
  days < 0 ? 0 : WARNING_DAYS.find((limit) => days < limit)
