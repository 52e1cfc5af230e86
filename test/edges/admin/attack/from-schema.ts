// Values that a JSON schema describes: what the document promises to accept, made at random. Patterns that fast-check cannot turn round are met
// by trying words; what comes of it is judged by the shape itself.
import fc from 'fast-check'
import type { Schema } from '../../../../src/edges/admin/json-schema.ts'

type Part = {
  readonly type?: string
  readonly format?: string
  readonly pattern?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly properties?: { readonly [name: string]: Schema }
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly propertyNames?: Schema
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
}

const plain = [
  'plain',
  'Kim Minji',
  'a',
  'x1',
  'team-a',
  'https://app.example/back',
  '회계팀',
  'a b',
  'org.stage',
  'FINANCE_READ',
]
const matching = new Map<string, fc.Arbitrary<string> | undefined>()
const fromPattern = (pattern: string): fc.Arbitrary<string> | undefined => {
  if (!matching.has(pattern)) {
    let made: fc.Arbitrary<string> | undefined
    try {
      made = fc.stringMatching(new RegExp(pattern))
      fc.sample(made, 1)
    } catch {
      made = undefined
    }
    matching.set(pattern, made)
  }
  return matching.get(pattern)
}

const times = fc
  .date({ min: new Date('2030-01-17'), max: new Date('2031-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString())

const textOf = (
  { format, pattern, minLength = 0, maxLength = 60 }: Part,
  words: fc.Arbitrary<string>,
): fc.Arbitrary<string> => {
  if (format === 'date-time') return times
  if (format === 'ipv4') return fc.constantFrom('192.0.2.7', '10.1.2.3')
  if (format === 'ipv6') return fc.constantFrom('2001:db8::7', '::1')
  if (format === 'email') return fc.constantFrom('a@b.example', 'kim.minji@corp.example', 'x+y@z.example')
  const made = pattern === undefined ? undefined : fromPattern(pattern)
  const fits = (text: string): boolean =>
    text.length >= minLength &&
    text.length <= maxLength &&
    (pattern === undefined || new RegExp(pattern, 'u').test(text))
  const some = fc.oneof({ weight: 3, arbitrary: words }, { weight: 2, arbitrary: fc.constantFrom(...plain) })
  const all = made ? fc.oneof(made, some) : some
  const [fallback] = [...plain, '#0b6e4f', 'en', 'a.b'].filter(fits)
  return all.map((text) => (fits(text) || fallback === undefined ? text : fallback))
}

const numberOf = ({ type, minimum, maximum, exclusiveMinimum }: Part): fc.Arbitrary<number> => {
  const min = Math.max(minimum ?? -1000, exclusiveMinimum === undefined ? -1000 : exclusiveMinimum + 1)
  const max = Math.min(maximum ?? 1_000_000, Number.MAX_SAFE_INTEGER)
  return type === 'integer'
    ? fc.integer({ min, max: Math.min(max, 2 ** 31) })
    : fc.oneof(fc.integer({ min, max }), fc.double({ min, max, noNaN: true }))
}

const membersOf = (part: Part, words: fc.Arbitrary<string>, depth: number): fc.Arbitrary<object> => {
  const { properties = {}, required = [], additionalProperties, propertyNames } = part
  const named = Object.fromEntries(
    Object.entries(properties).map(([key, inner]) => [key, described(inner, words, depth + 1)]),
  )
  const own = fc.record(named, { requiredKeys: required.filter((key) => key in named) as never[] })
  if (additionalProperties === false || typeof additionalProperties !== 'object') return own
  const key = propertyNames
    ? (described(propertyNames, words, depth + 1) as fc.Arbitrary<string>)
    : fc.constantFrom(...plain)
  const more = fc.dictionary(key, described(additionalProperties, words, depth + 1), { maxKeys: 3 })
  return fc.tuple(own, more).map(([a, b]) => ({ ...b, ...a }))
}

const DEEPEST = 8
export const described = (schema: Schema, words: fc.Arbitrary<string>, depth = 0): fc.Arbitrary<unknown> => {
  const part = schema as Part
  if (part.enum && part.enum.length > 0) return fc.constantFrom(...part.enum)
  if ('const' in part) return fc.constant(part.const)
  const choice = part.anyOf ?? part.oneOf
  if (choice && choice.length > 0) return fc.oneof(...choice.map((one) => described(one, words, depth + 1)))
  if (part.allOf)
    return fc
      .tuple(...part.allOf.map((one) => described(one, words, depth + 1)))
      .map((all) => Object.assign({}, ...all))
  if (depth > DEEPEST) return fc.constant(null)
  switch (part.type) {
    case 'string':
      return textOf(part, words)
    case 'integer':
    case 'number':
      return numberOf(part)
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array': {
      const minLength = part.minItems ?? 0
      return fc.array(described(part.items ?? {}, words, depth + 1), {
        minLength,
        maxLength: Math.max(minLength, Math.min(part.maxItems ?? 3, 3)),
      })
    }
    case 'object':
      return membersOf(part, words, depth)
    default:
      return fc.oneof(words, fc.jsonValue({ maxDepth: 2 }))
  }
}
