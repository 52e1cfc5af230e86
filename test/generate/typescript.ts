// JSON Schema 2020-12 as TypeScript types, as far as the OpenAPI document of this project uses it. What a type cannot say (lengths, patterns) is
// left to the gateway, which says it when it refuses.
export type Schema = { readonly [key: string]: unknown }

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const schemasIn = (value: unknown): readonly Schema[] => listOf(value).filter(isSchema)

const isName = (text: string): boolean => /^[A-Za-z_$][\w$]*$/.test(text)
const key = (name: string): string => (isName(name) ? name : JSON.stringify(name))
const indented = (text: string): string => text.replaceAll('\n', '\n  ')
/** In an array or beside `&`, a union needs parentheses. */
const grouped = (text: string): string => (/[|&]/.test(text) && !/^[{[(]/.test(text) ? `(${text})` : text)

/** Shapes that have a name are called by it. */
export type Names = ReadonlyMap<string, string>

const objectOf = (schema: Schema, names: Names): string => {
  const required = new Set(listOf(schema.required))
  const properties = Object.entries(isSchema(schema.properties) ? schema.properties : {})
  const lines = properties.map(([name, of]) => {
    const optional = required.has(name) ? '' : '?'
    return `  readonly ${key(name)}${optional}: ${indented(typeOf(isSchema(of) ? of : {}, names))}`
  })
  const others = schema.additionalProperties
  if (lines.length > 0) return `{\n${lines.join('\n')}\n}`
  if (others === false) return 'Record<string, never>'
  return `{ readonly [name: string]: ${isSchema(others) ? typeOf(others, names) : 'unknown'} }`
}

const unionOf = (parts: readonly string[]): string => [...new Set(parts)].join(' | ')

const ofType = (type: unknown, schema: Schema, names: Names): string => {
  switch (type) {
    case 'string':
      return 'string'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'null':
      return 'null'
    case 'array': {
      const items = isSchema(schema.items) ? typeOf(schema.items, names) : 'unknown'
      const fixed = schemasIn(schema.prefixItems)
      if (fixed.length > 0) return `readonly [${fixed.map((one) => typeOf(one, names)).join(', ')}]`
      return `readonly ${grouped(items)}[]`
    }
    case 'object':
      return objectOf(schema, names)
    default:
      return 'unknown'
  }
}

export const typeOf = (schema: Schema, names: Names, own?: string): string => {
  const known = names.get(JSON.stringify(schema))
  if (known !== undefined && known !== own) return known
  if ('const' in schema) return JSON.stringify(schema.const)
  if (Array.isArray(schema.enum)) return unionOf(schema.enum.map((one) => JSON.stringify(one)))
  const either = [...schemasIn(schema.anyOf), ...schemasIn(schema.oneOf)]
  if (either.length > 0) return unionOf(either.map((one) => typeOf(one, names)))
  const all = schemasIn(schema.allOf)
  if (all.length > 0) return all.map((one) => grouped(typeOf(one, names))).join(' & ')
  if (Array.isArray(schema.type)) return unionOf(schema.type.map((type) => ofType(type, schema, names)))
  return ofType(schema.type ?? (isSchema(schema.properties) ? 'object' : undefined), schema, names)
}
