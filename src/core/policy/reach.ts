// Which clauses can say anything about which permissions, as small numbers: enough to weigh most clauses without looking at them. A clause
// has one mark, its effect and its level; a question a set of marks, as bits. A row of the index has a key: a type and a mark.
import type { Level, Permission } from './catalogue.ts'

type Reach = {
  readonly effect: 'allow' | 'deny'
  readonly system: boolean
  readonly level: Level | undefined
  readonly permissions: ReadonlySet<string> | undefined
}
const ALLOW = 0
const DENY = 4
const SYSTEM = 8 // an Allow that no Deny removes
/** Permissions one by one: whoever has this mark must be looked at itself. */
const NAMED = 12
const MARK_BITS = 4
const LEVELS = 3

export const markOf = ({ effect, system, level, permissions }: Reach): number => {
  if (permissions !== undefined || level === undefined) return NAMED
  return level + (effect === 'deny' ? DENY : system ? SYSTEM : ALLOW)
}

/** An Allow holds its level and those below, a Deny its level and those above. */
export const marksFor = (levels: readonly Level[]): number => {
  let bits = 1 << NAMED
  for (const needed of levels)
    for (let level = 0; level <= LEVELS; level++) {
      if (needed <= level) bits |= (1 << (ALLOW + level)) | (1 << (SYSTEM + level))
      if (needed >= level) bits |= 1 << (DENY + level)
    }
  return bits
}
export const EVERY_MARK = (1 << (NAMED + 1)) - 1

/** Stands for every type. */
export const ALL = -1
export const keyOf = (type: number, mark: number): number => ((type + 1) << MARK_BITS) | mark
export const typeIn = (key: number): number => (key >>> MARK_BITS) - 1
export const isAmong = (marks: number, key: number): boolean => ((marks >>> (key & ((1 << MARK_BITS) - 1))) & 1) !== 0

/** Says nothing of what it stands for. */
export const NO_KEY = keyOf(ALL, NAMED)
export const isNamed = (key: number): boolean => (key & NAMED) === NAMED
export const isDeny = (key: number): boolean => (key & NAMED) === DENY
export const isSystem = (key: number): boolean => (key & NAMED) === SYSTEM

/** What a clause with this key says of a permission: as `touches` of the clause itself, for the one type of the key. */
export const reaches = (key: number, { type, level }: Permission): boolean => {
  const own = typeIn(key)
  if (own !== ALL && own !== type) return false
  return isDeny(key) ? level >= (key & LEVELS) : level <= (key & LEVELS)
}
