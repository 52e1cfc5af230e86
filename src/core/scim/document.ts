// A resource as JSON whose members are called what the schema calls them, each of the kind it says: what filters, patches and answers work on.
import type { Json, JsonObject } from '../model/json.ts'
import type { Attribute, Place } from './schema.ts'

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The object that holds the attribute: the resource, or the one of an extension. */
export const holderOf = (document: JsonObject, extension: string | undefined): JsonObject => {
  const holder = extension === undefined ? document : document[extension]
  return isObject(holder) ? holder : {}
}

/** As a list, whether the attribute has one value or many. */
export const itemsOf = (holder: JsonObject, { name, many }: Attribute): readonly Json[] => {
  const value = Object.hasOwn(holder, name) ? holder[name] : undefined
  if (value === undefined || value === null) return []
  return many && Array.isArray(value) ? value : [value as Json]
}

const member = (item: Json, name: string): readonly Json[] => {
  const value = isObject(item) && Object.hasOwn(item, name) ? item[name] : undefined
  return value === undefined || value === null ? [] : [value]
}

export const valuesAt = (document: JsonObject, { extension, attribute, sub }: Place): readonly Json[] => {
  const items = itemsOf(holderOf(document, extension), attribute)
  return sub ? items.flatMap((item) => member(item, sub.name)) : items
}

export const without = (object: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== name))

/** With the attribute replaced; undefined, or a list or object without anything in it: without it. */
export const withValue = (object: JsonObject, name: string, value: Json | undefined): JsonObject => {
  const isEmpty =
    value === undefined ||
    value === null ||
    (Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0)
  return isEmpty ? without(object, name) : { ...object, [name]: value }
}
