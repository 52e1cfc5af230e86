// A value in the one form that a schema leaves open: keys in the schema's order, records sorted, and nothing that the schema would fill in by
// itself. Knows zod's schemas and no noun; the value is what somebody would write, not what it is turned into.
import type { z } from 'zod'

type Schema = z.core.$ZodType
type Def = z.core.$ZodTypeDef & {
  readonly innerType?: Schema
  readonly defaultValue?: unknown
  readonly in?: Schema
  readonly element?: Schema
  readonly valueType?: Schema
  readonly shape?: { readonly [key: string]: Schema }
  readonly getter?: () => Schema
}
const defOf = (schema: Schema): Def => schema._zod.def as Def

const isMapping = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Keys of JSON that nobody described, in order of name: stores give them back in an order of their own. */
export const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isMapping(value)) return value
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]))
}

const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))

const ofObject = (shape: NonNullable<Def['shape']>, value: { readonly [key: string]: unknown }): object =>
  Object.fromEntries(
    Object.entries(shape).flatMap(([key, schema]) => {
      const written = value[key] === undefined ? undefined : canonical(schema, value[key])
      return written === undefined ? [] : [[key, written]]
    }),
  )

/** Undefined: what the schema fills in anyway. */
export const canonical = (schema: Schema, value: unknown): unknown => {
  const def = defOf(schema)
  switch (def.type) {
    case 'default':
    case 'prefault': {
      const written = def.innerType && canonical(def.innerType, value)
      return isEqual(written, def.defaultValue) ? undefined : written
    }
    case 'optional':
    case 'nullable':
      return def.innerType && value !== null ? canonical(def.innerType, value) : value
    case 'pipe':
      return def.in ? canonical(def.in, value) : value
    case 'lazy':
      return def.getter ? canonical(def.getter(), value) : value
    case 'array':
      return Array.isArray(value) && def.element
        ? value.map((item) => canonical(def.element as Schema, item) ?? item)
        : value
    case 'record':
      return isMapping(value)
        ? Object.fromEntries(
            Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, item]) => [key, (def.valueType && canonical(def.valueType, item)) ?? sorted(item)]),
          )
        : value
    case 'object':
      return def.shape && isMapping(value) ? ofObject(def.shape, value) : sorted(value)
    default:
      return sorted(value)
  }
}
