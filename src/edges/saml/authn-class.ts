// RequestedAuthnContext: which level an application asks for, and by which of its own words we answer. Our levels are ordered, so
// whoever reached a higher one has done what a lower class means. Pure. SAML Core §3.3.2.2.1.
import type { Level } from '../../core/assurance/level.ts'
import { authnContextOf, levelNamed } from '../../core/release/names.ts'

export type Comparison = 'exact' | 'minimum' | 'better' | 'maximum'
export type RequestedContext = { readonly comparison: Comparison; readonly classes: readonly string[] }

type Named = { readonly name: string; readonly level: Level }
const known = (asked: RequestedContext): readonly Named[] =>
  asked.classes.flatMap((name) => {
    const level = levelNamed(name)
    return level === undefined ? [] : [{ name, level }]
  })

/** The level to demand; `'impossible'` when no class is known or nothing is better. Nothing asked: 0, whatever the rules demand. */
export const levelAsked = (asked: RequestedContext | undefined): Level | 'impossible' => {
  if (!asked) return 0
  const levels = known(asked).map((n) => n.level)
  if (levels.length === 0) return 'impossible'
  if (asked.comparison !== 'better') return Math.min(...levels) as Level
  const better = Math.max(...levels) + 1 // "stronger than any one of the authentication contexts specified"
  return better > 3 ? 'impossible' : (better as Level)
}

const strongest = (names: readonly Named[]): Named | undefined =>
  names.reduce<Named | undefined>((best, n) => (best && best.level >= n.level ? best : n), undefined)

/**
 * The class to state for a level that was reached; undefined when what was asked is not met. `exact`: the list is in order of preference.
 * Applications compare texts, so an asked class that is satisfied is echoed as it came.
 */
export const classFor = (asked: RequestedContext | undefined, reached: Level): string | undefined => {
  if (!asked) return authnContextOf[reached]
  const least = levelAsked(asked)
  if (least === 'impossible' || reached < least) return undefined
  if (asked.comparison === 'better') return authnContextOf[reached]
  const satisfied = known(asked).filter((n) => n.level <= reached)
  return (asked.comparison === 'exact' ? satisfied[0] : strongest(satisfied))?.name
}
