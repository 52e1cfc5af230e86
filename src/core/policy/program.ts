// Workloads as principals, and what conditions may ask of a principal beyond its groups: tags, compartment, and further facts that whoever
// vouches for it says. What the gateway knows itself nobody can say in its place.
import type { GroupId } from '../model/ids.ts'
import type { Json, JsonObject } from '../model/json.ts'
import type { Tags } from '../model/tag.ts'
import type { Matches } from './dynamic-group.ts'
import { fold } from './glob.ts'
import type { Principal } from './question.ts'
import { type Place, placeCalled, type Tree } from './tree.ts'

export type Facts = Map<string, readonly string[]>
export type MatchedGroup = { readonly id: string; readonly name: string }
export type Surroundings = {
  readonly tree: Tree
  readonly dynamicGroups: readonly (MatchedGroup & { readonly matches: Matches })[]
  /** Of groups and dynamic groups, by id. */
  readonly groupTags: { readonly get: (id: GroupId) => Tags | undefined }
}
export type Workload = { readonly type: string; readonly id: string; readonly properties: JsonObject }
export type FoundWorkload = {
  readonly principal: Principal
  readonly place: Place
  readonly groups: readonly MatchedGroup[]
}
export type NoWorkload = 'subject-unknown' | 'subject-type-unsupported'

/** Values of one tag add up over several holders of it. */
export const addTags = (out: Facts, prefix: string, tags: Tags | undefined): void => {
  for (const [key, value] of Object.entries(tags ?? {})) {
    const name = `${prefix}.${fold(key)}`
    out.set(name, [...new Set([...(out.get(name) ?? []), fold(value)])])
  }
}

export const placeFacts = (place: Place | undefined): Facts => {
  const out: Facts = new Map()
  if (!place) return out
  out.set('request.principal.compartment.id', [fold(place.id)])
  out.set('request.principal.compartment.name', [fold(place.name)])
  addTags(out, 'request.principal.compartment.tag', place.tags)
  return out
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const textsOf = (value: Json): readonly string[] =>
  (Array.isArray(value) ? (value as readonly Json[]) : [value])
    .filter((v) => typeof v === 'string' || typeof v === 'number' || typeof v === 'boolean')
    .map((v) => fold(String(v)))

/** `{ ns: { key: value } }` or `{ 'ns.key': value }` */
const tagsOf = (value: Json | undefined): Facts => {
  const out: Facts = new Map()
  for (const [namespace, inner] of Object.entries(isObject(value) ? value : {}))
    if (isObject(inner)) for (const [key, v] of Object.entries(inner)) out.set(fold(`${namespace}.${key}`), textsOf(v))
    else out.set(fold(namespace), textsOf(inner))
  return out
}

/** Words of variables that the gateway fills itself. */
const ours = new Set(['id', 'type', 'name', 'group', 'compartment', 'tag', 'tags', 'tenancy', 'domain', 'user'])

const claimed = (properties: JsonObject, out: Facts): void => {
  for (const [key, value] of Object.entries(properties)) {
    const [first = ''] = fold(key).split('.')
    if (!ours.has(first) && !isObject(value)) out.set(`request.principal.${fold(key)}`, textsOf(value))
  }
}

// Words that mean somebody else in this language or elsewhere: a slip of the caller must not become a workload that no Deny knows.
const reserved = new Set(
  'user users person people identity group groups dynamic-group any-user any-group service-id role tenancy domain'.split(
    ' ',
  ),
)
const typeWord = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

/** It lies in a compartment: without one there is nothing to tell it from a misspelt person. */
export const workloadOf = (around: Surroundings, { type, id, properties }: Workload): FoundWorkload | NoWorkload => {
  const { compartment } = properties
  if (!typeWord.test(type) || reserved.has(fold(type)) || typeof compartment !== 'string' || compartment === '')
    return 'subject-type-unsupported'
  const place = placeCalled(around.tree, compartment)
  if (!place || id === '') return 'subject-unknown'
  const tags = tagsOf(properties.tags)
  const groups = around.dynamicGroups.filter(({ matches }) => matches({ id, type, compartmentId: place.id, tags }))
  const facts = placeFacts(place)
  for (const [key, values] of tags) facts.set(`request.principal.tag.${key}`, values)
  for (const group of groups) addTags(facts, 'request.principal.group.tag', around.groupTags.get(group.id as GroupId))
  claimed(properties, facts)
  return {
    principal: { id, name: id, groupIds: [], type, dynamicGroupIds: groups.map((g) => g.id), facts },
    place,
    groups,
  }
}
