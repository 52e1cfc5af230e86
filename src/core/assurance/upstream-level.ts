// What an identity provider says it checked → our level, by the provider's own table. What no rule knows counts as little as the
// provider is trusted with by default.
import type { AssuranceMapping } from '../model/idp.ts'
import type { EpochMs } from '../model/time.ts'
import type { Level } from './level.ts'

export type Said = {
  readonly acr: string | undefined
  readonly amr: readonly string[]
  readonly authenticatedAt: EpochMs | undefined // undefined: the provider did not say
}
export type UpstreamLevel = { readonly level: Level; readonly because: string }

type Rule = AssuranceMapping['rules'][number]

const matches = (rule: Rule, { acr, amr }: Said): boolean => {
  if (rule.acr === undefined && (rule.amr === undefined || rule.amr.length === 0)) return false // an empty rule would match everyone
  return (rule.acr === undefined || rule.acr === acr) && (rule.amr ?? []).every((method) => amr.includes(method))
}

/** The highest level that a matching rule gives; `unmatchedLevel` when none matches or the sign-in there is too old. */
export const upstreamLevel = (mapping: AssuranceMapping, said: Said, now: EpochMs): UpstreamLevel => {
  const { maxAgeSeconds, unmatchedLevel } = mapping
  // Whoever does not say when cannot meet a demand for when.
  if (maxAgeSeconds !== undefined && said.authenticatedAt === undefined)
    return { level: unmatchedLevel, because: 'the provider does not say when the sign-in there was' }
  if (maxAgeSeconds !== undefined && now - (said.authenticatedAt ?? 0) > maxAgeSeconds * 1000)
    return { level: unmatchedLevel, because: `the sign-in there is older than ${maxAgeSeconds} seconds` }
  const best = mapping.rules.filter((rule) => matches(rule, said)).sort((a, b) => b.level - a.level)[0]
  if (!best || best.level <= unmatchedLevel)
    return { level: unmatchedLevel, because: best ? 'no matching rule gives more' : 'no rule matched' }
  const what = [best.acr && `acr ${best.acr}`, best.amr && `amr ${best.amr.join(' ')}`].filter(Boolean).join(', ')
  return { level: best.level, because: what }
}
