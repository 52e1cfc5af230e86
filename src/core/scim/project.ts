// `attributes` and `excludedAttributes` (RFC 7644 §3.9): which members of a resource are answered. What is always returned is.
import type { Json, JsonObject } from '../model/json.ts'
import { isObject } from './document.ts'
import { parseAttribute } from './parse-filter.ts'
import { type Place, placeOf, type ResourceType, type Whole } from './schema.ts'

export type Projection = { readonly only: readonly string[] | undefined; readonly except: readonly string[] }
export const everything: Projection = { only: undefined, except: [] }

type Named = Place | Whole
const namedIn = (type: ResourceType, names: readonly string[]): readonly Named[] =>
  names.flatMap((name) => {
    const path = parseAttribute(name)
    const place = path && placeOf(type, path)
    return place ? [place] : [] // what is not known is not there to be returned
  })

const always: readonly string[] = ['schemas', 'id']

/** The part of one member that the names speak of: all of it, some of it, or nothing. */
const kept = (value: Json, names: readonly Named[], keep: boolean): Json | undefined => {
  if (names.length === 0) return keep ? undefined : value
  if (names.some((n) => n.sub === undefined)) return keep ? value : undefined
  const subs = new Set(names.map((n) => n.sub?.name))
  const cut = (item: Json): Json =>
    isObject(item) ? Object.fromEntries(Object.entries(item).filter(([key]) => subs.has(key) === keep)) : item
  return Array.isArray(value) ? value.map(cut) : cut(value)
}

const members = (
  holder: JsonObject,
  names: readonly Named[],
  extension: string | undefined,
  keep: boolean,
): JsonObject => {
  const out: { [name: string]: Json } = {}
  for (const [key, value] of Object.entries(holder)) {
    const own = names.filter((n) => n.extension === extension && n.attribute?.name === key)
    const left = kept(value, own, keep)
    if (left !== undefined) out[key] = left
  }
  return out
}

export const projected = (type: ResourceType, document: JsonObject, { only, except }: Projection): JsonObject => {
  const keep = only !== undefined
  const names = namedIn(type, only ?? except)
  const out: { [name: string]: Json } = {}
  for (const [key, value] of Object.entries(members(document, names, undefined, keep))) out[key] = value
  for (const { id } of type.extensions) {
    const whole = document[id]
    if (!isObject(whole)) continue
    const isNamed = names.some((n) => n.extension === id && n.attribute === undefined)
    const left = isNamed ? (keep ? whole : {}) : members(whole, names, id, keep)
    if (Object.keys(left).length > 0) out[id] = left
    else delete out[id]
  }
  for (const key of always) if (document[key] !== undefined) out[key] = document[key]
  return Object.fromEntries(Object.keys(document).flatMap((key) => (key in out ? [[key, out[key] as Json]] : [])))
}

/** Whether an answer would show the attribute at all: what costs much to find out is not when it would not. */
export const shows = (type: ResourceType, name: string, { only, except }: Projection): boolean => {
  const places = namedIn(type, only ?? except).filter((n) => n.extension === undefined && n.attribute?.name === name)
  return only === undefined ? !places.some((n) => n.sub === undefined) : places.length > 0
}
