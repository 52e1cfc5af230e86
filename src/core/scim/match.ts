// Does a resource match a filter (RFC 7644 §3.4.2.2)? A filter is tied to the schema first, so that an attribute that is none, or a
// comparison that its kind does not know, is refused whatever the data is. Texts compare without case unless the schema says otherwise.
import type { Json, JsonObject } from '../model/json.ts'
import { holderOf, isObject, itemsOf, valuesAt } from './document.ts'
import type { Comparison, Filter, FilterValue, Test } from './filter.ts'
import {
  type Attribute,
  type AttributePath,
  fault,
  isFault,
  knownNames,
  named,
  type Place,
  pathText,
  placeOf,
  type ResourceType,
  type ScimFault,
} from './schema.ts'

export type Matches = (document: JsonObject) => boolean
type Values = { readonly of: Attribute; readonly in: (document: JsonObject) => readonly Json[] }
type Lookup = (path: AttributePath) => Values | ScimFault
type Decides = (have: Json) => boolean

/** A complex attribute is compared by its `value`. */
const compared = (attribute: Attribute): Attribute | undefined =>
  attribute.kind === 'complex' ? named(attribute.sub, 'value') : attribute

const fold = (attribute: Attribute, value: string): string => (attribute.caseExact ? value : value.toLowerCase())

const orders: { readonly [op: string]: (order: number) => boolean } = {
  eq: (order) => order === 0,
  ne: (order) => order === 0, // turned round where all values are looked at
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
}
const parts: { readonly [op: string]: (have: string, want: string) => boolean } = {
  co: (have, want) => have.includes(want),
  sw: (have, want) => have.startsWith(want),
  ew: (have, want) => have.endsWith(want),
}

const refuse = (attribute: Attribute, op: Comparison, value: FilterValue): ScimFault =>
  fault(
    'invalidFilter',
    `\`${attribute.name}\` (${attribute.kind}) cannot be compared by \`${op}\` with ${JSON.stringify(value)}`,
  )

const booleanOf = (value: FilterValue): boolean | undefined => {
  if (typeof value === 'boolean') return value
  const word = typeof value === 'string' ? value.toLowerCase() : undefined
  return word === 'true' ? true : word === 'false' ? false : undefined // as Entra ID spells them
}

const textDecides = (attribute: Attribute, op: Comparison, value: FilterValue): Decides | undefined => {
  if (typeof value === 'boolean' || value === null) return undefined
  const want = fold(attribute, String(value))
  const order = orders[op]
  return (have) => {
    const mine = fold(attribute, String(have))
    return order ? order(mine < want ? -1 : mine > want ? 1 : 0) : (parts[op]?.(mine, want) ?? false)
  }
}
const timeDecides = (op: Comparison, value: FilterValue): Decides | undefined => {
  const want = typeof value === 'string' ? Date.parse(value) : Number.NaN
  const order = orders[op]
  return Number.isNaN(want) || !order ? undefined : (have) => order(Date.parse(String(have)) - want)
}
const decidesFor = (attribute: Attribute, op: Comparison, value: FilterValue): Decides | undefined => {
  if (attribute.kind === 'boolean') {
    const want = booleanOf(value)
    return want === undefined || (op !== 'eq' && op !== 'ne') ? undefined : (have) => have === want
  }
  return attribute.kind === 'dateTime' ? timeDecides(op, value) : textDecides(attribute, op, value)
}

const hasSomething = (value: Json): boolean =>
  value !== '' && !(Array.isArray(value) && value.length === 0) && !(isObject(value) && Object.keys(value).length === 0)

const bindTest = (test: Test, lookup: Lookup): Matches | ScimFault => {
  const values = lookup(test.path)
  if (isFault(values)) return values
  if (test.kind === 'present') return (document) => values.in(document).some(hasSomething)
  const { op, value } = test
  const attribute = compared(values.of)
  if (!attribute) return refuse(values.of, op, value)
  const inIt = (document: JsonObject): readonly Json[] =>
    attribute === values.of
      ? values.in(document)
      : values.in(document).flatMap((item) => (isObject(item) ? itemsOf(item, attribute) : []))
  if (value === null && (op === 'eq' || op === 'ne'))
    return (document) => inIt(document).some(hasSomething) === (op === 'ne')
  const decides = decidesFor(attribute, op, value)
  if (!decides) return refuse(attribute, op, value)
  // of several values one is enough; for `ne` none may be equal
  return op === 'ne' ? (document) => !inIt(document).some(decides) : (document) => inIt(document).some(decides)
}

const inside =
  (attribute: Attribute): Lookup =>
  (path) => {
    const sub = path.uri === undefined && path.sub === undefined ? named(attribute.sub, path.name) : undefined
    return sub
      ? { of: sub, in: (item) => itemsOf(item, sub) }
      : fault('invalidFilter', `\`${attribute.name}\` has no \`${pathText(path)}\``)
  }

const bindAll = (filters: readonly Filter[], lookup: Lookup): readonly Matches[] | ScimFault => {
  const all: Matches[] = []
  for (const one of filters) {
    const bound = bind(one, lookup)
    if (isFault(bound)) return bound
    all.push(bound)
  }
  return all
}

const bind = (filter: Filter, lookup: Lookup): Matches | ScimFault => {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const all = bindAll(filter.all, lookup)
      if (isFault(all)) return all
      return filter.kind === 'and' ? (d) => all.every((m) => m(d)) : (d) => all.some((m) => m(d))
    }
    case 'not': {
      const inner = bind(filter.filter, lookup)
      return isFault(inner) ? inner : (document) => !inner(document)
    }
    case 'some':
      return bindSome(filter, lookup)
    default:
      return bindTest(filter, lookup)
  }
}

const bindSome = (filter: Extract<Filter, { kind: 'some' }>, lookup: Lookup): Matches | ScimFault => {
  const values = lookup(filter.path)
  if (isFault(values)) return values
  if (values.of.kind !== 'complex')
    return fault('invalidFilter', `\`${pathText(filter.path)}\` has nothing that \`[…]\` could look at`)
  const where = bind(filter.where, inside(values.of))
  if (isFault(where)) return where
  const test = filter.test ? bindTest(filter.test, inside(values.of)) : () => true
  if (isFault(test)) return test
  return (document) => values.in(document).some((item) => isObject(item) && where(item) && test(item))
}

const valuesOf = (place: Place): Values => ({ of: place.sub ?? place.attribute, in: (d) => valuesAt(d, place) })

/** The filter, tied to the resource type. */
export const matchesOf = (type: ResourceType, filter: Filter): Matches | ScimFault =>
  bind(filter, (path) => {
    const place = placeOf(type, path)
    if (place?.attribute) return valuesOf(place)
    if (place) return { of: wholeExtension, in: (d) => [holderOf(d, place.extension)] }
    return fault('invalidFilter', `there is no attribute \`${pathText(path)}\`: known are ${knownNames(type)}`)
  })

const wholeExtension: Attribute = {
  name: 'extension',
  kind: 'complex',
  many: false,
  description: '',
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  canonical: [],
  refersTo: [],
  sub: [],
}

/** The filter of one attribute's values: what stands in `[…]`. */
export const itemMatches = (attribute: Attribute, where: Filter): Matches | ScimFault => bind(where, inside(attribute))
