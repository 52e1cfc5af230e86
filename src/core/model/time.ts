// Time in the model: instants are epoch milliseconds (UTC), durations carry their unit in the name and are seconds or days.
// No clock in here: `now` is always an argument.

export type EpochMs = number
export const secondsLater = (at: EpochMs, seconds: number): EpochMs => at + seconds * 1000
export const daysLater = (at: EpochMs, days: number): EpochMs => at + days * 86_400_000
export const secondsOf = (at: EpochMs): number => Math.floor(at / 1000)
