// How text becomes something both engines can index and compare alike. PostgreSQL refuses U+0000 and index entries over
// 2.7 kB, and UTF-8 has no lone surrogates: all three can be typed by an attacker, so all three get an injective spelling.
import { createHash } from 'node:crypto'
import { folded } from '../../core/model/folded.ts'

const LONGEST_KEY = 300 // characters; at most 900 bytes of UTF-8, three of which still fit an index entry
const HASHED = '\u0001h'
const PLAIN = '\u0001p'
const ESCAPED = '\u0002'

const digest = (text: string): string => createHash('sha256').update(JSON.stringify(text)).digest('base64url')

/** Exact text of any length as a key: two texts share a key only if they are the same text. */
export const exactKey = (text: string): string => {
  if (text.length > LONGEST_KEY) return HASHED + digest(text)
  return text.startsWith('\u0001') ? PLAIN + text : text
}

/** Names compare without case. */
export const nameKey = (name: string): string => exactKey(folded(name))

/** For text that is sorted and looked for by how it begins: cut, so that an index can hold it, and never hashed. */
export const textKey = (text: string): string => folded(text).slice(0, LONGEST_KEY).toWellFormed().replaceAll('\0', '')

/** The keys that begin with this one: from it on, up to what sorts behind all of them. */
export const beginningWith = (key: string): readonly [from: string, to: string] => [key, `${key}\u{10ffff}`]

/** For every text parameter of every statement. */
export const toColumn = (value: unknown): unknown => {
  if (typeof value !== 'string') return value
  const plain = !value.startsWith(ESCAPED) && !value.includes('\0') && value.isWellFormed()
  return plain ? value : ESCAPED + JSON.stringify(value)
}

/** The way back, for every text that comes out of a column. */
export const fromColumn = (value: unknown): unknown =>
  typeof value === 'string' && value.startsWith(ESCAPED) ? (JSON.parse(value.slice(1)) as string) : value

export const toBody = (row: object): string => JSON.stringify(row)

/** Bodies are written by `toBody` of the same type only; migrations see to it when a type changes. */
export const fromBody = <T>(body: string): T => JSON.parse(body) as T
