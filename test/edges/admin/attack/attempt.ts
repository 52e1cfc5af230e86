// One request to be tried, and what of its answer would be wrong; and the parts of requests that are the same whatever they are sent to:
// headers, and documents that are sound, damaged or spoilt.
import type { OutgoingHttpHeaders } from 'node:http'
import fc from 'fast-check'
import { damaged, damages, spoiltTexts } from './hostile.ts'
import type { Got, Sent } from './send.ts'
import type { World } from './world.ts'

/** What was seen in answers, to be sent back where it belongs and where it does not. */
export type Seen = { readonly etags: string[]; readonly cursors: string[] }
/** What an answer may tell and change, by who asked. */
export type Reach = {
  /** Words of those who are none of the caller's business. */
  readonly hidden: readonly string[]
  /** Whether a row may change with success. */
  readonly mayChange: (table: string, row: string) => boolean
}
export type Attempt = {
  /** `putGroup`, `SCIM PATCH /Users/{id}`. */
  readonly operation: string
  readonly who: string
  readonly url: string
  readonly sent: Sent
  /** The document was one that the shape accepts; undefined: there is none, or nobody knows. */
  readonly isValid: boolean | undefined
  /** The address or the method may be another's: only what holds of every answer is promised. */
  readonly isStray: boolean
  /** Sent twice, it changes nothing the second time. */
  readonly isIdempotent: boolean
  readonly reach: Reach
  /** What is wrong with an answer that is this operation's. */
  readonly faults: (got: Got) => readonly string[]
}
/** One operation: a request that should succeed, and any number that may not. */
export type Source = {
  readonly operation: string
  readonly right: (where: 'home' | 'away') => Attempt
  readonly random: fc.Arbitrary<Attempt>
}

export const encoded = (word: string): string => encodeURIComponent(word.toWellFormed())
export const chance = <T>(often: number, usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: often, arbitrary: usual }, { weight: 1, arbitrary: rare })
/** One of what was seen so far. */
export const glimpsed = (all: readonly string[], none: string): fc.Arbitrary<string> =>
  fc.nat().map((n) => all[n % Math.max(1, all.length)] ?? none)

/** A sealed text with one letter changed, cut off, or with more behind it. */
export const tampered = (texts: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(texts, fc.nat(), fc.constantFrom('change', 'cut', 'add', 'twice')).map(([text, n, how]) => {
    const at = n % Math.max(1, text.length)
    if (how === 'cut') return text.slice(0, at)
    if (how === 'add') return `${text}A`
    if (how === 'twice') return `${text}${text}`
    return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
  })

const oddTypes: readonly OutgoingHttpHeaders[] = [
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': 'application/json; charset=nonsense' },
  { 'content-type': 'application/JSON' },
  { 'content-type': 'application/merge-patch+json; charset=utf-8' },
  { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  { 'content-type': 'application/json', 'content-encoding': 'rot13' },
  { 'content-type': 'application/x-www-form-urlencoded' },
  { 'content-type': 'multipart/form-data; boundary=x' },
  { 'content-type': ';;;' },
  {},
]
const oddHeaders: readonly OutgoingHttpHeaders[] = [
  { 'x-http-method-override': 'DELETE' },
  { 'x-http-method': 'PUT', 'x-method-override': 'DELETE' },
  { 'x-original-url': '/api/v1/openapi.json', 'x-rewrite-url': '/' },
  { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher' },
  { 'x-forwarded-for': '127.0.0.1' },
  { forwarded: 'for=127.0.0.1;host=evil.example' },
  { accept: 'text/html' },
  { accept: ';;' },
  { 'accept-language': 'x'.repeat(3000) },
  { 'accept-encoding': 'gzip;q=9' },
  { range: 'bytes=0-1' },
  { 'x-request-id': 'a'.repeat(500) },
  { 'x-request-id': 'a b\x80\xff' },
  { 'x-forwarded-for': ['10.0.0.1', '10.0.0.2'] },
  { cookie: 'a=b; '.repeat(50) },
  { cookie: '__Host-x=%00; ;=' },
  { 'if-modified-since': 'Sat, 01 Jan 2050 00:00:00 GMT', 'if-unmodified-since': 'never' },

  { 'if-range': '"a"' },
  { 'cache-control': 'no-cache, only-if-cached' },
  { constructor: 'x', 'x-__proto__': 'y' },
  { expect: 'nothing' },
  { 'transfer-encoding': 'chunked' },
]
export const headersFor = (seen: Seen): fc.Arbitrary<OutgoingHttpHeaders> => {
  const tags = fc.oneof(
    { weight: 3, arbitrary: glimpsed(seen.etags, '"none"') },
    { weight: 2, arbitrary: fc.constantFrom('*', '""', 'W/"a"', '"a", "b"', ',', 'x'.repeat(5000), 'a b', '*, "a"') },
  )
  const conditions = fc.oneof(
    fc.record({ 'if-match': tags }),
    fc.record({ 'if-none-match': tags }),
    fc.record({ 'if-match': tags, 'if-none-match': tags }),
  )
  return fc
    .tuple(
      chance(
        15,
        fc.constant<OutgoingHttpHeaders>({ 'content-type': 'application/json' }),
        fc.constantFrom(...oddTypes),
      ),
      chance(5, fc.constant<OutgoingHttpHeaders>({}), conditions),
      chance(20, fc.constant<OutgoingHttpHeaders>({}), fc.constantFrom(...oddHeaders)),
    )
    .map(([type, condition, more]) => ({ ...type, ...condition, ...more }))
}

export type Body = { readonly text: string | Buffer | undefined; readonly isValid: boolean | undefined }
export const noBody: Body = { text: undefined, isValid: undefined }
/** @param accepts whether the shape does */
export const bodiesOf = (
  documents: fc.Arbitrary<unknown>,
  words: fc.Arbitrary<string>,
  accepts: (value: unknown) => boolean | undefined,
): fc.Arbitrary<Body> => {
  const written = (value: unknown): Body => {
    const text = value === undefined ? undefined : JSON.stringify(value)
    return { text, isValid: text === undefined ? false : accepts(JSON.parse(text)) }
  }
  const worse = fc
    .tuple(documents, fc.array(damages(words), { minLength: 1, maxLength: 3 }))
    .map(([value, faults]) =>
      faults.reduce((all, fault) => (all === undefined ? all : damaged(all, fault)), value as unknown),
    )
  const spoilt = fc
    .tuple(documents, fc.constantFrom(...spoiltTexts))
    .map(([value, spoil]): Body => ({ text: spoil(JSON.stringify(value) ?? 'null'), isValid: undefined }))
  return fc.oneof(
    { weight: 10, arbitrary: documents.map(written) },
    { weight: 8, arbitrary: worse.map(written) },
    { weight: 2, arbitrary: spoilt },
  )
}

/** The headers that belong to a body and to who asks, beside those that were made up. */
export const sentWith = (
  { 'content-type': type, ...headers }: OutgoingHttpHeaders,
  authorization: string | undefined,
  { text }: Body,
): OutgoingHttpHeaders => {
  const isChunked = 'transfer-encoding' in headers
  return {
    ...(text === undefined || isChunked ? {} : { 'content-length': Buffer.byteLength(text) }),
    ...(text === undefined && isChunked ? {} : headers),
    ...(authorization === undefined ? {} : { authorization }),
    ...(text === undefined || type === undefined ? {} : { 'content-type': type }),
  }
}
/** Nobody's but the server's own to answer: what it is told of its connection. */
export const isOfTheConnection = (headers: OutgoingHttpHeaders): boolean =>
  'expect' in headers || 'transfer-encoding' in headers

/** Names and ids of everything there is, here and elsewhere, and words that mean trouble. */
export const wordsOf = ({ things }: World, hostile: readonly string[]): fc.Arbitrary<string> => {
  const known = [...things.home.values(), ...things.away.values(), ...things.far.values()].flatMap(({ id, name }) => [
    id,
    name,
  ])
  return chance(3, fc.constantFrom(...known), fc.constantFrom(...hostile))
}
