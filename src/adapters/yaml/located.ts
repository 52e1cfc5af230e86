// YAML text with the place of every value, so that a fault found by a schema names file, line and column.
// Knows nothing of what the text means. YAML 1.2 core schema; a key written twice is a fault.
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'

export type Fault = { readonly where: string; readonly message: string }
export type Located = {
  readonly value: unknown
  /** `file:line:column` of the value at a path, or of the nearest thing around it that was written. */
  readonly at: (path: readonly PropertyKey[]) => string
  /** The same for a key inside the mapping at a path. */
  readonly atKey: (path: readonly PropertyKey[], key: string) => string
}

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '')

/** Parses one document; what does not parse is reported in full, not only the first fault. */
export const parseLocated = (text: string, file: string): Located | { readonly faults: readonly Fault[] } => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  if (document.errors.length > 0)
    return {
      faults: document.errors.map((e) => ({
        where: place(e.pos[0]),
        message: `not valid yaml: ${firstLine(e.message)}`,
      })),
    }
  const nodeAt = (path: readonly PropertyKey[]): unknown => document.getIn([...path], true)
  const offsetOf = (node: unknown): number | undefined =>
    typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
      ? node.range[0]
      : undefined
  const at: Located['at'] = (path) => {
    for (let length = path.length; length >= 0; length--) {
      const offset = offsetOf(length === 0 ? document.contents : nodeAt(path.slice(0, length)))
      if (offset !== undefined) return place(offset)
    }
    return `${file}:1:1`
  }
  const atKey: Located['atKey'] = (path, key) => {
    const parent = path.length === 0 ? document.contents : nodeAt(path)
    const pair = isMap(parent) ? parent.items.find((i) => isScalar(i.key) && String(i.key.value) === key) : undefined
    const offset = offsetOf(pair?.key)
    return offset === undefined ? at(path) : place(offset)
  }
  try {
    return { value: document.toJS({ maxAliasCount: 20 }) ?? {}, at, atKey }
  } catch {
    // `maxAliasCount` stops a document whose aliases expand without end
    return { faults: [{ where: `${file}:1:1`, message: 'not valid yaml: too many or unresolved aliases' }] }
  }
}

const shown = (input: unknown): string => {
  if (input === undefined) return 'nothing'
  if (input === null) return 'an empty value'
  if (Array.isArray(input)) return 'a list'
  if (typeof input === 'object') return 'a mapping'
  const text = String(input)
  return `${typeof input === 'string' ? 'text' : typeof input} \`${text.length > 60 ? `${text.slice(0, 60)}…` : text}\``
}
const expectedNames: { readonly [zod: string]: string } = {
  string: 'text',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
}

/** Our words for what zod found: what was expected, what came. Passed as `error` to `safeParse`. */
export const inOurWords = (issue: z.core.$ZodRawIssue): string | undefined => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `is required (${expectedNames[issue.expected] ?? issue.expected})`
        : `expected ${expectedNames[issue.expected] ?? issue.expected}, got ${shown(issue.input)}`
    case 'invalid_value':
      return `expected ${issue.values.map((v) => `\`${String(v)}\``).join(' or ')}, got ${shown(issue.input)}`
    case 'too_small':
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${issue.origin === 'string' ? ' characters' : ''}, got ${shown(issue.input)}`
    case 'too_big':
      return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}, got ${shown(issue.input)}`
    case 'invalid_union':
      return 'discriminator' in issue && issue.discriminator
        ? `\`${String(issue.discriminator)}\` is missing or unknown`
        : `does not fit, got ${shown(issue.input)}`
    default:
      return undefined
  }
}

const pathText = (path: readonly PropertyKey[]): string =>
  path.map((p, i) => (typeof p === 'number' ? `[${p}]` : `${i === 0 ? '' : '.'}${String(p)}`)).join('')

/** Every issue as a fault with its place; an unknown key is one fault per key. */
export const faultsOf = (issues: readonly z.core.$ZodIssue[], where: Pick<Located, 'at' | 'atKey'>): readonly Fault[] =>
  issues.flatMap((issue): Fault[] => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        where: where.atKey(issue.path, key),
        message: `unknown key \`${pathText([...issue.path, key])}\``,
      }))
    const name = issue.path.length === 0 ? '' : `\`${pathText(issue.path)}\` `
    return [{ where: where.at(issue.path), message: `${name}${issue.message}` }]
  })
