// Claims as the house keeps attributes: every claim a list of text, nested objects by dotted name. OpenID Connect Core §5.1.
import type { Attributes } from '../../core/model/person.ts'

type Claims = { readonly [name: string]: unknown }

const MAX_DEPTH = 3
const asText = (value: unknown): string | undefined =>
  typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined

const isObject = (x: unknown): x is Claims => typeof x === 'object' && x !== null && !Array.isArray(x)

const collect = (into: Map<string, readonly string[]>, claims: Claims, prefix: string, depth: number): void => {
  for (const [name, value] of Object.entries(claims)) {
    const key = `${prefix}${name}`
    if (isObject(value) && depth < MAX_DEPTH) collect(into, value, `${key}.`, depth + 1)
    else
      into.set(
        key,
        (Array.isArray(value) ? value : [value]).map(asText).filter((v) => v !== undefined),
      )
  }
}

/** The ID token's word wins over userinfo's: it is signed. */
export const attributesOf = (idToken: Claims, userinfo: Claims): Attributes => {
  const found = new Map<string, readonly string[]>()
  collect(found, { ...userinfo, ...idToken }, '', 0)
  return Object.fromEntries(found)
}

export const methodsOf = (amr: unknown): readonly string[] =>
  (Array.isArray(amr) ? amr : [amr]).filter((m): m is string => typeof m === 'string').slice(0, 20)

/** Some providers send 0 or nonsense: that is "not said" (seconds since 1970; before 2000 or in the future is nonsense). */
export const authTimeOf = (value: unknown, now: number, skewSeconds: number): number | undefined => {
  if (typeof value !== 'number' || value < 946_684_800 || value * 1000 > now + skewSeconds * 1000) return undefined
  return Math.min(value * 1000, now)
}

/**
 * Too many groups for a token: the provider sends a pointer instead (`_claim_names`, OpenID Connect Core §5.6.2; Entra's `hasgroups`).
 * Taken for "no groups" it would silently take everything away.
 */
export const overageOf = (claims: Claims, groupsFrom: readonly string[]): string | undefined => {
  const names = isObject(claims._claim_names) ? Object.keys(claims._claim_names) : []
  const missing = groupsFrom.find((name) => names.includes(name) && claims[name] === undefined)
  if (missing !== undefined) return missing
  const many = claims.hasgroups === true || claims.hasgroups === 'true'
  return many && claims.groups === undefined && groupsFrom.includes('groups') ? 'groups' : undefined
}

// Not every provider repeats these two in its answer.
const rarelyRepeated = ['openid', 'offline_access']

/**
 * A scope that was asked for and not given (RFC 6749 §5.1), where the groups are missing too: whoever declines it at a consent page
 * would shake off the groups that demand a second factor of them, or deny them an application. A provider that only spells its scopes
 * differently still sends the groups.
 */
export const withheldScope = (
  asked: readonly string[],
  granted: string | undefined,
  groupsFrom: readonly string[],
  attributes: Attributes,
): string | undefined => {
  if (granted === undefined || groupsFrom.length === 0 || groupsFrom.some((name) => attributes[name] !== undefined))
    return undefined
  const given = granted.split(' ')
  return asked.find((scope) => !given.includes(scope) && !rarelyRepeated.includes(scope))
}
