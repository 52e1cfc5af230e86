// Which rows can a filter be about at all? When it demands that an attribute with an index equals something, only those are looked at; else
// nothing is known, and every row must be.

import type { Filter, Test } from './filter.ts'
import { type AttributePath, named, placeOf, type ResourceType } from './schema.ts'

/** Rows whose `key` is `value`. */
export type Lookup = { readonly key: string; readonly value: string }

const keyOf = (type: ResourceType, path: AttributePath): string | undefined => {
  const place = placeOf(type, path)
  if (!place?.attribute || place.extension !== undefined) return undefined
  const { attribute, sub } = place
  if (attribute.kind !== 'complex') return attribute.name
  const compared = sub ?? named(attribute.sub, 'value')
  return compared && `${attribute.name}.${compared.name}`
}

const ofTest = (test: Test | undefined, key: string | undefined): readonly Lookup[] | undefined =>
  test?.kind === 'compare' && test.op === 'eq' && typeof test.value === 'string' && key !== undefined
    ? [{ key, value: test.value }]
    : undefined

const shortest = (all: readonly (readonly Lookup[] | undefined)[]): readonly Lookup[] | undefined =>
  all.filter((one) => one !== undefined).sort((a, b) => a.length - b.length)[0]

/**
 * Every match is a row of at least one of the lookups; undefined: it could be any row.
 * @param keys attributes with an index, as `userName` and `emails.value`
 */
export const lookupsIn = (
  type: ResourceType,
  filter: Filter,
  keys: readonly string[],
): readonly Lookup[] | undefined => {
  const known = (key: string | undefined): string | undefined =>
    key !== undefined && keys.includes(key) ? key : undefined
  const within = (one: Filter, prefix: AttributePath | undefined): readonly Lookup[] | undefined => {
    switch (one.kind) {
      case 'and':
        return shortest(one.all.map((part) => within(part, prefix)))
      case 'or': {
        const all = one.all.map((part) => within(part, prefix))
        return all.some((part) => part === undefined) ? undefined : all.flatMap((part) => part ?? [])
      }
      case 'not':
      case 'present':
        return undefined
      case 'some': {
        const test = one.test && ofTest(one.test, known(keyOf(type, { ...one.path, sub: one.test.path.name })))
        return shortest([within(one.where, one.path), test])
      }
      default:
        return ofTest(one, known(keyOf(type, prefix ? { ...prefix, sub: one.path.name } : one.path)))
    }
  }
  return within(filter, undefined)
}
