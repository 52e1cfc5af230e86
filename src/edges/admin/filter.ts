// `filter=name eq "Finance" and status eq "active"`: a subset of SCIM's filters (RFC 7644 §3.4.2.2): attribute, operator, value, joined by
// `and`. Works on what the caller is shown, never on more: a filter over hidden members would tell them one guess at a time.
import { folded } from '../../core/model/folded.ts'
import { Problem } from '../../problem.ts'

export type Shown = { readonly [name: string]: unknown }
export type Matches = (shown: Shown) => boolean
type Value = string | number | boolean | null
export type Test = { readonly attribute: string; readonly operator: string; readonly value: Value }

const operators: { readonly [name: string]: (have: unknown, want: Value) => boolean } = {
  eq: (have, want) => plain(have) === plain(want),
  ne: (have, want) => plain(have) !== plain(want),
  co: (have, want) => textOf(have).includes(textOf(want)),
  sw: (have, want) => textOf(have).startsWith(textOf(want)),
  ew: (have, want) => textOf(have).endsWith(textOf(want)),
  gt: (have, want) => compare(have, want) > 0,
  ge: (have, want) => compare(have, want) >= 0,
  lt: (have, want) => compare(have, want) < 0,
  le: (have, want) => compare(have, want) <= 0,
}
const plain = (value: unknown): unknown => (typeof value === 'string' ? folded(value) : value)
const textOf = (value: unknown): string => (typeof value === 'string' ? folded(value) : '')
/** Of two kinds neither is more than the other. */
const compare = (have: unknown, want: Value): number => {
  if (typeof have === 'number' && typeof want === 'number') return have - want
  if (typeof have !== 'string' || typeof want !== 'string') return Number.NaN
  const [a, b] = [folded(have), folded(want)]
  return a < b ? -1 : a > b ? 1 : 0
}

const MOST_LENGTH = 1000
const MOST_TESTS = 10
const refuse = (expected: string): never => {
  throw new Problem('request-malformed', `\`filter\`: ${expected}`, { fields: [{ field: 'filter', expected }] })
}

// one test at the place it stands at: attribute, operator, and a JSON value
const test =
  /\s*([A-Za-z][\w.-]*)\s+(?:(pr)(?![\w.-])|([a-z]{2})\s+("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null))\s*/iy
const and = /and(?=\s)/iy

const literalIn = (written: string): Value => {
  try {
    return JSON.parse(written.startsWith('"') ? written : written.toLowerCase()) as Value
  } catch {
    return refuse(`\`${written.slice(0, 60)}\` is no JSON value`)
  }
}

export const testsIn = (filter: string, known: readonly string[]): readonly Test[] => {
  if (filter.length > MOST_LENGTH) refuse(`expected at most ${MOST_LENGTH} characters`)
  const tests: Test[] = []
  let at = 0
  for (;;) {
    test.lastIndex = at
    const found = test.exec(filter)
    if (!found) refuse(`expected \`attribute operator "value"\` at \`${filter.slice(at, at + 40)}\``)
    const [whole, attribute = '', presence, operator = '', written = 'null'] = found ?? []
    const top = attribute.split('.')[0] ?? ''
    if (!known.includes(top)) refuse(`there is no \`${attribute}\` to filter by: known are ${listOf(known)}`)
    const word = (presence ?? operator).toLowerCase()
    if (word !== 'pr' && !Object.hasOwn(operators, word))
      refuse(`\`${operator}\` is no operator: known are ${listOf([...Object.keys(operators), 'pr'])}`)
    tests.push({ attribute, operator: word, value: presence === undefined ? literalIn(written) : null })
    if (tests.length > MOST_TESTS) refuse(`expected at most ${MOST_TESTS} tests`)
    at += whole?.length ?? 0
    if (at >= filter.length) return tests
    and.lastIndex = at
    if (!and.test(filter)) refuse(`expected \`and\` or the end at \`${filter.slice(at, at + 40)}\``)
    at += 'and'.length
  }
}
const listOf = (words: readonly string[]): string => words.map((w) => `\`${w}\``).join(', ')

const memberOf = (shown: unknown, path: readonly string[]): unknown => {
  const [first, ...rest] = path
  if (first === undefined) return shown
  if (typeof shown !== 'object' || shown === null) return undefined
  // a tag's name has a dot in it: what is left may be one name
  const whole = path.join('.')
  const own = shown as Shown
  if (Object.hasOwn(own, whole)) return own[whole]
  return Object.hasOwn(own, first) ? memberOf(own[first], rest) : undefined
}

const holds = ({ attribute, operator, value }: Test, shown: Shown): boolean => {
  const have = memberOf(shown, attribute.split('.'))
  if (operator === 'pr') return have !== undefined && have !== null && !(Array.isArray(have) && have.length === 0)
  const all: readonly unknown[] = Array.isArray(have) ? have : [have ?? null]
  const decides = operators[operator]
  // of several values one is enough; for `ne` none may be equal
  return operator === 'ne' ? all.every((one) => decides?.(one, value)) : all.some((one) => decides?.(one, value))
}

export const matchesOf =
  (tests: readonly Test[]): Matches =>
  (shown) =>
    tests.every((one) => holds(one, shown))

/** What the filter says an attribute equals: for sources that can look it up. The filter is held against what they find all the same. */
export const equal = (tests: readonly Test[], attribute: string): string | undefined => {
  const value = tests.find((t) => t.attribute === attribute && t.operator === 'eq')?.value
  return typeof value === 'string' ? value : undefined
}
/** How the filter says that an attribute begins, or all of it: for sources that keep it in order. */
export const beginning = (tests: readonly Test[], attribute: string): string | undefined => {
  const value = tests.find((t) => t.attribute === attribute && (t.operator === 'sw' || t.operator === 'eq'))?.value
  return typeof value === 'string' && value !== '' ? value : undefined
}
