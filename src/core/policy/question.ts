// A question made ready for the evaluator: what is needed (permissions), of whom, where, and the facts that conditions may look at.
// Whatever it names that does not exist is a reason to refuse, never an error.
import type { Json, JsonObject } from '../model/json.ts'
import type { EpochMs } from '../model/time.ts'
import { type Verb, verbs } from './ast.ts'
import { type Catalogue, type Need, needOf, type ResourceType } from './catalogue.ts'
import { fold } from './glob.ts'
import { type Place, placeCalled, type Tree } from './tree.ts'

/** Somebody who was loaded from the store: what is said here is known, not claimed. */
export type Principal = {
  readonly id: string
  readonly name: string
  readonly groupIds: readonly string[] // live memberships only
}
/** Facts claimed by the caller: lower-case variable name → folded values. */
export type Supplied = ReadonlyMap<string, readonly string[]>

export type Asked = {
  readonly action: string
  readonly resourceType: string
  readonly resourceId: string
  readonly resource: JsonObject
  readonly context: JsonObject
}
export type Ask = {
  readonly principal: Principal
  readonly need: Need
  readonly type: ResourceType
  readonly place: Place
  /** Spread out when a condition first asks: most questions meet none. */
  readonly supplied: () => Supplied
  /** All tags of the resource were supplied: one that is not among them is absent, not unknown. */
  readonly tagsKnown: boolean
  readonly catalogue: Catalogue
  readonly now: EpochMs
}
export type Unanswerable = 'resource-type-unknown' | 'action-unknown' | 'compartment-unknown'

const isVerb = (word: string): word is Verb => verbs.some((v) => v === word)

/** An operation of the type, else a verb, else permissions in braces. Nothing needed is nothing granted: such an action is unknown. */
export const needFor = (catalogue: Catalogue, type: ResourceType, action: string): Need | undefined => {
  const word = action.trim().toLowerCase()
  const found = type.operations.get(word) ?? (isVerb(word) ? type.verbs[word] : undefined)
  if (found) return found.permissions.length > 0 ? found : undefined
  if (!word.startsWith('{') || !word.endsWith('}')) return undefined
  const names = word
    .slice(1, -1)
    .split(',')
    .map((name) => name.trim().toUpperCase())
  const permissions = names.map((name) => catalogue.permissions.get(name))
  const whole = permissions.filter((p) => p !== undefined)
  return whole.length === names.length ? needOf(whole) : undefined
}

const textOf = (value: Json): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? fold(String(value)) : undefined

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const MAX_NESTING = 8

/** Objects become dotted names, lists become sets; null is no fact. Two spellings of one name add up rather than hide each other. */
const flatten = (out: Map<string, readonly string[]>, name: string, value: Json, depth = 0): void => {
  if (isObject(value)) {
    if (depth < MAX_NESTING)
      for (const [key, inner] of Object.entries(value)) flatten(out, `${name}.${key}`, inner, depth + 1)
    return
  }
  const values = (Array.isArray(value) ? (value as readonly Json[]) : [value])
    .map(textOf)
    .filter((text) => text !== undefined)
  if (value === null || (values.length === 0 && !Array.isArray(value))) return
  const key = name.toLowerCase()
  out.set(key, [...(out.get(key) ?? []), ...values])
}

const prefixed = (key: string, root: 'request' | 'target', short: string): string =>
  key === root || key.toLowerCase().startsWith(`${root}.`) ? key : `${short}.${key}`

/** Names of properties that say where, not what. */
const notFacts = new Set(['compartment', 'tags'])

export const suppliedBy = (asked: Asked, type: ResourceType): Supplied => {
  const out = new Map<string, readonly string[]>()
  for (const [key, value] of Object.entries(asked.resource))
    if (!notFacts.has(key)) flatten(out, prefixed(key, 'target', `target.${type.noun}`), value)
  const tags = asked.resource.tags
  if (isObject(tags)) flatten(out, 'target.resource.tag', tags)
  for (const [key, value] of Object.entries(asked.context)) flatten(out, prefixed(key, 'request', 'request'), value)
  // last: a property that happens to be called `id` must not pass for the resource
  out.set(`target.${type.noun}.id`.toLowerCase(), [fold(asked.resourceId)])
  out.set('target.resource.id', [fold(asked.resourceId)])
  return out
}

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

export const askOf = (
  { catalogue, tree }: { readonly catalogue: Catalogue; readonly tree: Tree },
  principal: Principal,
  asked: Asked,
  now: EpochMs,
): Ask | Unanswerable => {
  const type = catalogue.types.get(asked.resourceType.toLowerCase())
  if (!type) return 'resource-type-unknown'
  const need = needFor(catalogue, type, asked.action)
  if (!need) return 'action-unknown'
  const called = asked.resource.compartment
  const place = called === undefined || typeof called === 'string' ? placeCalled(tree, called) : undefined
  if (!place) return 'compartment-unknown'
  const tagsKnown = isObject(asked.resource.tags)
  return { principal, need, type, place, supplied: once(() => suppliedBy(asked, type)), tagsKnown, catalogue, now }
}
