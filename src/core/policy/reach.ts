// Which clauses can say anything about which permissions, as bits: enough to pass by most of them without looking at them. A clause has one
// mark, a question a set of marks; whether a marked clause really touches a permission is for the evaluator to say.
import type { Level } from './catalogue.ts'

type Reach = {
  readonly effect: 'allow' | 'deny'
  readonly level: Level | undefined
  readonly permissions: ReadonlySet<string> | undefined
}
const DENY = 4
const NAMED = 8 // permissions one by one: their levels say nothing
export const MARK_BITS = 4

export const markOf = ({ effect, level, permissions }: Reach): number => {
  if (permissions !== undefined || level === undefined) return NAMED
  return effect === 'allow' ? level : DENY + level
}

/** An Allow holds its level and those below, a Deny its level and those above. */
export const marksFor = (levels: readonly Level[]): number => {
  let bits = 1 << NAMED
  for (const needed of levels)
    for (let level = 0; level <= 3; level++) {
      if (needed <= level) bits |= 1 << level
      if (needed >= level) bits |= 1 << (DENY + level)
    }
  return bits
}
export const EVERY_MARK = (1 << (NAMED + 1)) - 1
