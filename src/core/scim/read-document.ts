// What a client sent → a resource as the schema knows it. Unknown and read-only members are left out, as RFC 7644 §3.3 asks; what cannot be
// what its attribute says is refused. Takes what real clients send: booleans and numbers as text, one value where a list belongs, text where
// `value` of a complex attribute is meant, and "" for nothing.
import type { Json, JsonObject } from '../model/json.ts'
import { isObject } from './document.ts'
import {
  type Attribute,
  common,
  extensionNamed,
  fault,
  isFault,
  named,
  type ResourceType,
  type ScimFault,
} from './schema.ts'

const MOST_TEXT = 2000
export const MOST_ITEMS = 100
const printable = /^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u

/** Undefined: the value says that there is none. */
export type Coerced = { readonly value: Json | undefined } | ScimFault

const refuse = ({ name }: Attribute, expected: string): ScimFault =>
  fault('invalidValue', `\`${name}\`: expected ${expected}`)

const text = (attribute: Attribute, value: unknown): Coerced => {
  const written = typeof value === 'number' ? String(value) : value
  if (typeof written !== 'string') return refuse(attribute, 'text')
  if (written.length > MOST_TEXT) return refuse(attribute, `at most ${MOST_TEXT} characters`)
  if (!printable.test(written)) return refuse(attribute, 'no control characters')
  return { value: written.trim() === '' ? undefined : written }
}
const boolean = (attribute: Attribute, value: unknown): Coerced => {
  if (typeof value === 'boolean') return { value }
  const word = typeof value === 'string' ? value.trim().toLowerCase() : undefined
  if (word === 'true' || word === 'false') return { value: word === 'true' }
  return word === '' ? { value: undefined } : refuse(attribute, '`true` or `false`')
}

const membersOf = (attributes: readonly Attribute[], value: JsonObject): JsonObject | ScimFault => {
  const out: { [name: string]: Json } = {}
  for (const [key, member] of Object.entries(value)) {
    const attribute = named(attributes, key)
    if (!attribute || attribute.mutability === 'readOnly') continue
    const read = coerce(attribute, member)
    if (isFault(read)) return read
    if (read.value !== undefined) out[attribute.name] = read.value
  }
  return out
}

/** A value of a list without what it is about: `{ "type": "work" }` alone says nothing. */
const saysNothing = (attribute: Attribute, item: JsonObject): boolean =>
  named(attribute.sub, 'value')
    ? item.value === undefined
    : !Object.keys(item).some((key) => key !== 'type' && key !== 'primary')

export const coerceItem = (attribute: Attribute, value: unknown): Coerced => {
  if (attribute.kind === 'boolean') return boolean(attribute, value)
  if (attribute.kind !== 'complex') return text(attribute, value)
  if (value === null || value === '') return { value: undefined }
  const whole = typeof value === 'string' && named(attribute.sub, 'value') ? { value } : value
  if (!isObject(whole)) return refuse(attribute, 'an object')
  const members = membersOf(attribute.sub, whole)
  if (isFault(members)) return members
  const isNothing = attribute.many ? saysNothing(attribute, members) : Object.keys(members).length === 0
  return { value: isNothing ? undefined : members }
}

const list = (attribute: Attribute, value: unknown): Coerced => {
  const all = Array.isArray(value) ? value : [value]
  if (all.length > MOST_ITEMS) return refuse(attribute, `at most ${MOST_ITEMS} values`)
  const items: Json[] = []
  for (const one of all) {
    const item = coerceItem(attribute, one)
    if (isFault(item)) return item
    if (item.value !== undefined) items.push(item.value)
  }
  if (items.filter((item) => isObject(item) && item.primary === true).length > 1)
    return refuse(attribute, 'at most one value with `primary` true')
  return { value: items.length === 0 ? undefined : items }
}

export const coerce = (attribute: Attribute, value: unknown): Coerced => {
  if (value === null || value === undefined) return { value: undefined }
  return attribute.many ? list(attribute, value) : coerceItem(attribute, value)
}

/** A whole resource, as POST and PUT bring it. */
export const readDocument = (type: ResourceType, body: JsonObject): JsonObject | ScimFault => {
  const own = membersOf([...type.core.attributes, ...common], body)
  if (isFault(own)) return own
  const out: { [name: string]: Json } = { ...own }
  for (const [key, value] of Object.entries(body)) {
    const extension = extensionNamed(type, key)
    if (!extension || value === null) continue
    if (!isObject(value)) return fault('invalidValue', `\`${extension.id}\`: expected an object`)
    const members = membersOf(extension.attributes, value)
    if (isFault(members)) return members
    if (Object.keys(members).length > 0) out[extension.id] = members
  }
  return missingIn(type, out) ?? out
}

/** What is required and not there. */
export const missingIn = (type: ResourceType, document: JsonObject): ScimFault | undefined => {
  const missing = type.core.attributes.find((a) => a.required && document[a.name] === undefined)
  return missing && fault('invalidValue', `\`${missing.name}\` is required`)
}
