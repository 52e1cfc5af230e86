// Shapes as JSON Schema 2020-12, each whole in itself, so that it can stand anywhere in the OpenAPI document.
import { z } from 'zod'

export type Schema = { readonly [key: string]: unknown }

/** The one shape here that contains itself is "any JSON value", which is what an empty schema says. */
const withoutReferences = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutReferences)
  if (typeof value !== 'object' || value === null) return value
  if ('$ref' in value) return {}
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutReferences(inner)]))
}

export const jsonSchemaOf = (shape: z.ZodType, io: 'input' | 'output'): Schema => {
  const options = { target: 'draft-2020-12', io, unrepresentable: 'any' } as const
  const { $schema: _, $defs: __, ...schema } = z.toJSONSchema(shape, options) as Schema
  return withoutReferences(schema) as Schema
}
