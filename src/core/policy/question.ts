// A question made ready for the evaluator: what is needed (permissions), of whom, where, and the facts that conditions may look at.
// Whatever it names that does not exist is a reason to refuse, never an error.
import type { Json, JsonObject } from '../model/json.ts'
import type { RegisteredResource } from '../model/resource.ts'
import type { EpochMs } from '../model/time.ts'
import { type Verb, verbs } from './ast.ts'
import { type Catalogue, type Need, needOf, type ResourceType } from './catalogue.ts'
import { fold } from './glob.ts'
import type { ClauseIndex } from './index-of-clauses.ts'
import { numbersFor } from './subjects.ts'
import { type Place, placeCalled, type Tree } from './tree.ts'

/** Somebody who was loaded from the store: what is said here is known, not claimed. Its id is a subject of its own: roles are given to it. */
export type Principal = {
  readonly id: string
  readonly name: string
  readonly groupIds: readonly string[] // live memberships only
  /** `request.principal.type`: `user`, `service-id`, `service`, or the type word of a workload (`instance`, `cluster`, …). */
  readonly type?: string
  readonly dynamicGroupIds?: readonly string[]
  /** What is known of it beyond that, tags of its groups and compartment included: lower-case variable → folded values. */
  readonly facts?: Supplied
}
/** Facts claimed by the caller: lower-case variable name → folded values. */
export type Supplied = ReadonlyMap<string, readonly string[]>

export type Asked = {
  readonly action: string
  readonly resourceType: string
  readonly resourceId: string
  readonly resource: JsonObject
  readonly context: JsonObject
  /** What the caller says of the subject and of the action: `request.subject.…` and `request.action.…`, and nothing else. */
  readonly claims?: { readonly subject: JsonObject; readonly action: JsonObject }
}
/** What the gateway knows of a resource that was registered: where it is, its tags and its facts are not for the caller to say. */
export type Registered = Pick<RegisteredResource, 'compartmentId' | 'tags' | 'facts'>

export type Ask = {
  readonly principal: Principal
  /** Whom clauses may be about and the principal is, in the numbers of this index: looked up once, when the question is made ready. */
  readonly subjects?: { readonly index: ClauseIndex; readonly of: Principal; readonly numbers: readonly number[] }
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

/** Names of properties that say where, or with what, not what. */
const notFacts = new Set(['compartment', 'tags', 'with'])
const TAG = 'target.resource.tag.'

const factsIn = (out: Map<string, readonly string[]>, facts: JsonObject, type: ResourceType): void => {
  for (const [key, value] of Object.entries(facts))
    if (!notFacts.has(key)) flatten(out, prefixed(key, 'target', `target.${type.noun}`), value)
}

/** What is registered replaces what the caller says of the same, and of tags all that the caller says. */
const knownBy = (out: Map<string, readonly string[]>, registered: Registered, type: ResourceType): void => {
  for (const name of out.keys()) if (name.startsWith(TAG)) out.delete(name)
  const known = new Map<string, readonly string[]>()
  factsIn(known, registered.facts, type)
  for (const [name, values] of known) if (!name.startsWith(TAG)) out.set(name, values)
  for (const [key, value] of Object.entries(registered.tags)) out.set(`${TAG}${fold(key)}`, [fold(value)])
}

export const suppliedBy = (asked: Asked, type: ResourceType, registered?: Registered): Supplied => {
  const out = new Map<string, readonly string[]>()
  factsIn(out, asked.resource, type)
  const tags = asked.resource.tags
  if (isObject(tags)) flatten(out, 'target.resource.tag', tags)
  if (registered) knownBy(out, registered, type)
  for (const [key, value] of Object.entries(asked.claims ?? {})) flatten(out, `request.${key}`, value)
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

type On = { readonly catalogue: Catalogue; readonly tree: Tree; readonly index?: ClauseIndex }

/** A resource is where it was registered; others are where the caller says. */
const whereIs = (tree: Tree, asked: Asked, registered: Registered | undefined): Place | undefined => {
  if (registered) return tree.byId.get(registered.compartmentId)
  const called = asked.resource.compartment
  return called === undefined || typeof called === 'string' ? placeCalled(tree, called) : undefined
}

/** A question whose need was found otherwise than by its action. */
export const askFor = (
  { catalogue, tree, index }: On,
  principal: Principal,
  asked: Asked,
  now: EpochMs,
  registered: Registered | undefined,
  need: (type: ResourceType) => Need | undefined,
): Ask | Unanswerable => {
  const type = catalogue.types.get(asked.resourceType.toLowerCase())
  if (!type) return 'resource-type-unknown'
  const needed = need(type)
  if (!needed) return 'action-unknown'
  const place = whereIs(tree, asked, registered)
  if (!place) return 'compartment-unknown'
  return {
    principal,
    ...(index && { subjects: { index, of: principal, numbers: numbersFor(index, principal) } }),
    need: needed,
    type,
    place,
    supplied: once(() => suppliedBy(asked, type, registered)),
    tagsKnown: registered !== undefined || isObject(asked.resource.tags),
    catalogue,
    now,
  }
}

export const askOf = (
  on: On,
  principal: Principal,
  asked: Asked,
  now: EpochMs,
  registered?: Registered,
): Ask | Unanswerable =>
  askFor(on, principal, asked, now, registered, (type) => needFor(on.catalogue, type, asked.action))
