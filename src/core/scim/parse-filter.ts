// Reads filters and PATCH paths (RFC 7644 figures 1 and 7). One look ahead, no way back: its time grows with the text alone. Says what was
// expected where. Whether the attributes exist is for others.
import { type Comparison, comparisons, type Filter, type FilterValue, type Test } from './filter.ts'
import { type AttributePath, fault, isFault, pathText, type ScimFault, type ScimType } from './schema.ts'

const MOST_LENGTH = 4000
const MOST_DEPTH = 20
const MOST_TESTS = 200

type Read<T> = { readonly value: T; readonly at: number }
type Reader = {
  readonly text: string
  readonly type: ScimType
  /** Inside `[…]`: names of sub-attributes, and no further `[`. */
  readonly inner: boolean
  readonly depth: number
  readonly tests: { left: number }
}

const NAME = String.raw`\$?[A-Za-z][\w-]*`
const attributeShape = new RegExp(String.raw`(?:(urn:[\w.:-]+):)?(${NAME})(?:\.(${NAME}))?`, 'iy')
const valueShape = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null/isy
const opening = /\(\s*/y
const notOpening = /not\s*\(\s*/iy
const closing = /\s*\)/y
const bracket = /\[\s*/y
const endBracket = /\s*\]/y
const joint = /\s+(and|or)(?=[\s(])\s*/iy
const comparing = /\s+(pr|[a-z]{2})(?![\w-])/iy
const dotted = new RegExp(String.raw`\.(${NAME})`, 'iy')
const space = /\s+/y

const take = (shape: RegExp, text: string, at: number): RegExpExecArray | undefined => {
  shape.lastIndex = at
  return shape.exec(text) ?? undefined
}
const expected = ({ text, type }: Reader, what: string, at: number): ScimFault =>
  fault(type, `expected ${what} at \`${text.slice(at, at + 40)}\` (character ${at + 1})`)

const pathIn = (found: RegExpExecArray): AttributePath => ({
  uri: found[1],
  name: found[2] ?? '',
  sub: found[3],
})

const readValue = (reader: Reader, at: number): Read<FilterValue> | ScimFault => {
  const found = take(valueShape, reader.text, at)
  if (!found) return expected(reader, 'a value: `"text"`, a number, `true`, `false` or `null`', at)
  const [written] = found
  try {
    const value = JSON.parse(written.startsWith('"') ? written : written.toLowerCase()) as FilterValue
    return { value, at: at + written.length }
  } catch {
    return expected(reader, 'a value as JSON writes it', at)
  }
}

const isComparison = (word: string): word is Comparison => comparisons.some((c) => c === word)

/** From after the attribute. */
const readTest = (reader: Reader, path: AttributePath, at: number): Read<Test> | ScimFault => {
  const found = take(comparing, reader.text, at)
  const op = found?.[1]?.toLowerCase() ?? ''
  if (!found || (op !== 'pr' && !isComparison(op)))
    return expected(
      reader,
      `${comparisons.map((c) => `\`${c}\``).join(', ')} or \`pr\` after \`${pathText(path)}\``,
      at,
    )
  reader.tests.left -= 1
  if (reader.tests.left < 0) return fault(reader.type, `expected at most ${MOST_TESTS} tests`)
  const after = at + found[0].length
  if (!isComparison(op)) return { value: { kind: 'present', path }, at: after }
  const gap = take(space, reader.text, after)
  if (!gap) return expected(reader, 'a space', after)
  const value = readValue(reader, after + gap[0].length)
  return isFault(value) ? value : { value: { kind: 'compare', path, op, value: value.value }, at: value.at }
}

type Where = { readonly where: Filter; readonly sub: string | undefined }
/** `[type eq "work"]` and what may follow it: `.value`. */
const readWhere = (reader: Reader, at: number): Read<Where> | ScimFault | undefined => {
  const open = take(bracket, reader.text, at)
  if (!open) return undefined
  if (reader.inner) return expected(reader, 'no `[` inside of `[…]`', at)
  const where = readOr({ ...reader, inner: true, depth: reader.depth + 1 }, at + open[0].length)
  if (isFault(where)) return where
  const end = take(endBracket, reader.text, where.at)
  if (!end) return expected(reader, '`]`', where.at)
  const after = where.at + end[0].length
  const sub = take(dotted, reader.text, after)
  return { value: { where: where.value, sub: sub?.[1] }, at: after + (sub?.[0].length ?? 0) }
}

const readAttribute = (reader: Reader, at: number): Read<AttributePath> | ScimFault => {
  const found = take(attributeShape, reader.text, at)
  return found
    ? { value: pathIn(found), at: at + found[0].length }
    : expected(reader, reader.inner ? 'a sub-attribute' : 'an attribute', at)
}

const readTerm = (reader: Reader, at: number): Read<Filter> | ScimFault => {
  if (reader.depth > MOST_DEPTH) return fault(reader.type, `expected at most ${MOST_DEPTH} brackets within each other`)
  const not = take(notOpening, reader.text, at)
  const open = not ?? take(opening, reader.text, at)
  if (open) {
    const inside = readOr({ ...reader, depth: reader.depth + 1 }, at + open[0].length)
    if (isFault(inside)) return inside
    const close = take(closing, reader.text, inside.at)
    if (!close) return expected(reader, '`)`', inside.at)
    const after = inside.at + close[0].length
    return { value: not ? { kind: 'not', filter: inside.value } : inside.value, at: after }
  }
  const path = readAttribute(reader, at)
  if (isFault(path)) return path
  const found = readWhere(reader, path.at)
  if (!found) return readTest(reader, path.value, path.at)
  if (isFault(found)) return found
  const { where, sub } = found.value
  if (sub === undefined) return { value: { kind: 'some', path: path.value, where, test: undefined }, at: found.at }
  const test = readTest(reader, { uri: undefined, name: sub, sub: undefined }, found.at)
  return isFault(test) ? test : { value: { kind: 'some', path: path.value, where, test: test.value }, at: test.at }
}

const readOr = (reader: Reader, from: number): Read<Filter> | ScimFault => {
  const either: Filter[] = []
  let both: Filter[] = []
  const joined = (): Filter => (both.length === 1 && both[0] ? both[0] : { kind: 'and', all: both })
  for (let at = from; ; ) {
    const term = readTerm(reader, at)
    if (isFault(term)) return term
    both.push(term.value)
    const next = take(joint, reader.text, term.at)
    if (next?.[1]?.toLowerCase() === 'and') {
      at = term.at + next[0].length
      continue
    }
    either.push(joined())
    both = []
    const [only] = either
    if (!next) return { value: either.length === 1 && only ? only : { kind: 'or', all: either }, at: term.at }
    at = term.at + next[0].length
  }
}

const readerOf = (text: string, type: ScimType): Reader | ScimFault =>
  text.length > MOST_LENGTH
    ? fault(type, `expected at most ${MOST_LENGTH} characters`)
    : { text, type, inner: false, depth: 0, tests: { left: MOST_TESTS } }

export const parseFilter = (written: string): Filter | ScimFault => {
  const reader = readerOf(written.trim(), 'invalidFilter')
  if (isFault(reader)) return reader
  const read = readOr(reader, 0)
  if (isFault(read)) return read
  return read.at === reader.text.length ? read.value : expected(reader, '`and`, `or` or the end', read.at)
}

/** `members[value eq "x"]`, `emails[type eq "work"].value`, `name.givenName`, `urn:…:User:manager`. */
export type PatchPath = {
  readonly path: AttributePath
  readonly where: Filter | undefined
  readonly sub: string | undefined
}
export const parsePath = (written: string): PatchPath | ScimFault => {
  const reader = readerOf(written.trim(), 'invalidPath')
  if (isFault(reader)) return reader
  const path = readAttribute(reader, 0)
  if (isFault(path)) return path
  const found = readWhere(reader, path.at)
  if (found && isFault(found)) return found
  const at = found?.at ?? path.at
  if (at !== reader.text.length) return expected(reader, 'the end', at)
  const { name, sub, uri } = path.value
  return found
    ? { path: path.value, where: found.value.where, sub: found.value.sub }
    : { path: { uri, name, sub }, where: undefined, sub: undefined }
}

/** One name of `attributes=`; undefined: that is none. */
export const parseAttribute = (written: string): AttributePath | undefined => {
  const read = parsePath(written)
  return isFault(read) || read.where ? undefined : read.path
}
