// An authorization request in the words of a journey: level from acr_values and the acr claim, freshness from max_age and prompt, hints.
// Pure. OIDC Core 1.0 §3.1.2.1, §5.5.1.1.
import type { Level } from '../../core/assurance/level.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { acrOf, levelNamed } from '../../core/release/names.ts'

export type Params = { readonly [name: string]: unknown }
export type Asked = {
  readonly level: Level
  readonly freshAfter: EpochMs | undefined
  /** Every context the application named, wherever it named it. */
  readonly acrNames: readonly string[]
  /** It insists on contexts of which we know none: nothing the person could do would help. */
  readonly unmeetable: boolean
  readonly loginHint: string | undefined
  readonly idpHint: string | undefined
  readonly uiLocales: readonly string[]
}

const MOST_HINT = 320 // an e-mail address at its longest (RFC 3696 erratum 1690), plenty for a user name

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length > 0 && value.length <= MOST_HINT ? value : undefined
const wordsOf = (value: unknown): readonly string[] =>
  typeof value === 'string' ? value.split(' ').filter((w) => w.length > 0) : []
const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `claims.id_token.acr`; the provider has refused what is not JSON by now. */
const acrClaimOf = (claims: unknown): { readonly essential: boolean; readonly names: readonly string[] } => {
  const parsed: unknown = typeof claims === 'string' && claims.length > 0 ? JSON.parse(claims) : undefined
  const idToken = isObject(parsed) ? parsed.id_token : undefined
  const acr = isObject(idToken) ? idToken.acr : undefined
  if (!isObject(acr)) return { essential: false, names: [] }
  const named = Array.isArray(acr.values) ? acr.values : [acr.value]
  return { essential: acr.essential === true, names: named.filter((n): n is string => typeof n === 'string') }
}

const levelsOf = (names: readonly string[]): readonly Level[] =>
  names.map(levelNamed).filter((level): level is Level => level !== undefined)

/**
 * @param begunAt when the request first arrived: what was proved since then is fresh for `prompt=login`, however long it took.
 * @param insist the person must prove themselves anew for a reason that is not in the parameters (someone else was expected).
 */
export const askedOf = (params: Params, begunAt: EpochMs, insist: boolean): Asked => {
  const claim = acrClaimOf(params.claims)
  const voluntary = levelsOf([...wordsOf(params.acr_values), ...(claim.essential ? [] : claim.names)])
  const essential = claim.essential ? levelsOf(claim.names) : []
  // Voluntary by the letter, but an application that names a context means it: the highest. Of essential ones any will do: the lowest.
  const level = Math.max(0, ...voluntary, essential.length > 0 ? Math.min(...essential) : 0) as Level
  const prompts = wordsOf(params.prompt)
  const anew = insist || prompts.includes('login') || prompts.includes('select_account')
  const maxAge = typeof params.max_age === 'string' ? Number(params.max_age) : undefined
  return {
    level,
    freshAfter: anew ? begunAt : maxAge === undefined ? undefined : Math.max(0, begunAt - maxAge * 1000),
    acrNames: [...claim.names, ...wordsOf(params.acr_values)],
    unmeetable: claim.essential && claim.names.length > 0 && essential.length === 0,
    loginHint: textOf(params.login_hint),
    idpHint: textOf(params.idp_hint) ?? textOf(params.domain_hint),
    uiLocales: wordsOf(params.ui_locales).slice(0, 10),
  }
}

/**
 * The level in the application's own words: relying parties compare `acr` as text, so of the names it gave it gets the strongest that was
 * reached, and ours when it gave none.
 */
export const acrFor = (level: Level, names: readonly string[]): string => {
  const reached = names.filter((name) => (levelNamed(name) ?? 4) <= level)
  const strongest = Math.max(...levelsOf(reached))
  return reached.find((name) => levelNamed(name) === strongest) ?? acrOf[level]
}
