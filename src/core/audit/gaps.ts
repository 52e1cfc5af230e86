// Which numbers below the newest have not been seen yet. Numbers are given out when a row is written, but rows are seen when their
// transactions commit: a late one would otherwise be sealed by nobody. Knows no store.
import type { EpochMs } from '../model/time.ts'
import type { Gap } from './trail.ts'

/** No transaction of ours lasts this long; what has not been seen by then was undone. */
export const GAP_SECONDS = 900
const MOST_GAPS = 2000

/** What is left of a gap once these numbers have been seen. `seen` is in order. */
const without = (gap: Gap, seen: readonly number[]): readonly Gap[] => {
  const left: Gap[] = []
  let { from } = gap
  for (const seq of seen) {
    if (seq < from || seq > gap.to) continue
    if (seq > from) left.push({ ...gap, from, to: seq - 1 })
    from = seq + 1
  }
  if (from <= gap.to) left.push({ ...gap, from })
  return left
}

const between = (through: number, arrived: readonly number[], now: EpochMs): readonly Gap[] => {
  const gaps: Gap[] = []
  let next = through + 1
  for (const seq of arrived) {
    if (seq > next) gaps.push({ from: next, to: seq - 1, since: now })
    next = seq + 1
  }
  return gaps
}

/** `late`: seen in the gaps; `arrived`: seen behind `through`; both in order. */
export const gapsAfter = (
  gaps: readonly Gap[],
  late: readonly number[],
  through: number,
  arrived: readonly number[],
  now: EpochMs,
): readonly Gap[] =>
  [
    ...gaps
      .filter((gap) => gap.since > now - GAP_SECONDS * 1000)
      .flatMap((gap) => (late.length === 0 ? [gap] : without(gap, late))),
    ...between(through, arrived, now),
  ].slice(-MOST_GAPS)

export const isInGap = (gaps: readonly Gap[], seq: number): boolean =>
  gaps.some(({ from, to }) => from <= seq && seq <= to)
