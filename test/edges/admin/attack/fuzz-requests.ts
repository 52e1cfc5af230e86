// Random requests for one route: the path, the query, the headers and the body each mostly right and sometimes anything at all.
import type { OutgoingHttpHeaders } from 'node:http'
import fc from 'fast-check'
import { jsonSchemaOf, type Schema } from '../../../../src/edges/admin/json-schema.ts'
import type { Route } from '../../../../src/edges/admin/route.ts'
import { described } from './from-schema.ts'
import { damaged, damages, hostileWords, rawSegments, spoiltTexts } from './hostile.ts'
import type { Sent } from './send.ts'
import { at, type Caller, endsIn, type World } from './world.ts'

/** What was seen in answers, to be sent back where it belongs and where it does not. */
export type Seen = { readonly etags: string[]; readonly cursors: string[] }
export type Attempt = {
  readonly route: Route
  readonly caller: Caller
  readonly sent: Sent
  /** The document was one that the shape accepts; undefined: there is none. */
  readonly isValid: boolean | undefined
  /** The address or the method may be another's: only what holds of every answer is promised. */
  readonly isStray: boolean
}

const encoded = (word: string): string => encodeURIComponent(word.toWellFormed())
const chance = <T>(often: number, usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: often, arbitrary: usual }, { weight: 1, arbitrary: rare })

/** Names and ids of everything there is, here and elsewhere, and words that mean trouble. */
const wordsOf = ({ things }: World): fc.Arbitrary<string> => {
  const known = [...things.home.values(), ...things.away.values(), ...things.far.values()].flatMap(({ id, name }) => [
    id,
    name,
  ])
  return chance(3, fc.constantFrom(...known), fc.constantFrom(...hostileWords))
}

type Segment = { readonly text: string; readonly isRaw: boolean }
const named = (word: string): Segment => ({ text: encoded(word), isRaw: word === '' })
const stranger = ({ things }: World, upTo: string, words: fc.Arbitrary<string>): fc.Arbitrary<Segment> => {
  const known = Object.values(things).flatMap((place) => {
    const thing = place.get(upTo)
    return thing ? [thing.name, thing.id] : []
  })
  const raw = fc.constantFrom(...rawSegments).map((text) => ({ text, isRaw: true }))
  return chance<Segment>(12, fc.oneof(fc.constantFrom(...known, 'brand-new'), words).map(named), raw)
}
/** What one place calls it, mostly of one place all the way; sometimes something else in between. */
const segmentsFor = (world: World, route: Route, words: fc.Arbitrary<string>): fc.Arbitrary<Segment[]> => {
  const ends = endsIn(route.path)
  const of = (place: keyof World['things'], by: 'id' | 'name', isNew: boolean): Segment[] =>
    ends.map(({ upTo }, n) =>
      named(isNew && n === ends.length - 1 ? 'brand-new' : (world.things[place].get(upTo)?.[by] ?? 'nothing')),
    )
  const whole = fc
    .tuple(
      fc.constantFrom('home', 'home', 'home', 'home', 'away', 'far'),
      fc.constantFrom('id', 'name'),
      chance(5, fc.constant(false), fc.constant(true)),
    )
    .map(([place, by, isNew]) => of(place, by, isNew))
  return chance<Segment[]>(3, whole, fc.tuple(...ends.map(({ upTo }) => stranger(world, upTo, words))))
}
const pathsFor = (world: World, route: Route, words: fc.Arbitrary<string>): fc.Arbitrary<Segment> =>
  segmentsFor(world, route, words).map((segments) => {
    let text = route.path
    for (const [n, { param }] of endsIn(route.path).entries())
      text = text.replace(`{${param}}`, () => segments[n]?.text ?? '')
    return { text, isRaw: segments.some((s) => s.isRaw || /^\.{1,2}$/.test(s.text)) }
  })

const tests = [
  'name eq "home-group"',
  'id pr',
  'name sw "h" and id ne "x"',
  'status eq "active"',
  'name',
  'x eq 1',
  'name eq "\\ud800"',
  '((((',
  'name co ""',
  'constructor pr',
  'createdAt gt "2020"',
  'tags.org.stage eq "a"',
  'id eq null',
]
const sorts = ['name', '-name', 'id', 'username', '-createdAt', 'nope', '', '--name', 'constructor']
const queriesFor = (route: Route, seen: Seen, words: fc.Arbitrary<string>): fc.Arbitrary<string> => {
  const properties = (jsonSchemaOf(route.query, 'input').properties ?? {}) as { readonly [name: string]: Schema }
  const special: { readonly [name: string]: fc.Arbitrary<string> } = {
    filter: fc.constantFrom(...tests),
    sort: fc.constantFrom(...sorts),
    cursor: fc.nat().map((n) => seen.cursors[n % Math.max(1, seen.cursors.length)] ?? 'none'),
    limit: fc.constantFrom('1', '2', '200', '0', '201', '1.5', '1e2', 'ten', '-0', ' 5'),
  }
  const right = Object.entries(properties).map(([name, schema]) =>
    (special[name] ?? described(schema, words).map(String)).map((value) => `${name}=${encoded(value)}`),
  )
  const wrong = [
    words.map((word) => `${encoded(word)}=1`),
    words.map((word) => `filter=${encoded(word)}`),
    fc.constantFrom('limit=1&limit=2', 'filter[a]=b', '__proto__=1', '%=%', '&&&', 'limit=%ff'),
  ]
  const some = right.length === 0 ? fc.constant<string[]>([]) : fc.array(fc.oneof(...right), { maxLength: 3 })
  const all = chance(
    12,
    some,
    fc.oneof(...wrong).map((one) => [one]),
  )
  return all.map((parts) => (parts.length === 0 ? '' : `?${parts.join('&')}`))
}

type Body = { readonly text: string | Buffer | undefined; readonly isValid: boolean | undefined }
const none: Body = { text: undefined, isValid: undefined }
const bodiesFor = (route: Route, words: fc.Arbitrary<string>): fc.Arbitrary<Body> => {
  const { body: shape } = route
  if (!shape)
    return chance(
      20,
      fc.constant(none),
      fc.constantFrom('{}', 'x').map((text) => ({ text, isValid: undefined })),
    )
  const written = (value: unknown): Body => {
    const text = value === undefined ? undefined : JSON.stringify(value)
    return { text, isValid: text === undefined ? false : shape.safeParse(JSON.parse(text)).success }
  }
  const documents = fc.oneof(fc.constant(route.bodyExample), described(jsonSchemaOf(shape, 'input'), words))
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
    { weight: 9, arbitrary: worse.map(written) },
    { weight: 1, arbitrary: spoilt },
  )
}

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
const headersFor = (seen: Seen): fc.Arbitrary<OutgoingHttpHeaders> => {
  const etag = fc.nat().map((n) => seen.etags[n % Math.max(1, seen.etags.length)] ?? '"none"')
  const tags = fc.oneof(etag, fc.constantFrom('*', '""', 'W/"a"', '"a", "b"', ',', 'x'.repeat(5000), 'a b'))
  const conditions = fc.oneof(
    fc.record({ 'if-match': tags }),
    fc.record({ 'if-none-match': tags }),
    fc.record({ 'if-match': tags, 'if-none-match': tags }),
  )
  const odd = fc.constantFrom<OutgoingHttpHeaders>(
    { 'x-http-method-override': 'DELETE' },
    { 'x-forwarded-host': 'evil.example' },
    { accept: 'text/html' },
    { range: 'bytes=0-1' },
    { 'x-request-id': 'a'.repeat(500) },
    { cookie: 'a=b; '.repeat(50) },
    { expect: 'nothing' },
  )
  const usual: OutgoingHttpHeaders = { 'content-type': 'application/json' }
  return fc
    .tuple(
      chance(15, fc.constant(usual), fc.constantFrom(...oddTypes)),
      chance(5, fc.constant({}), conditions),
      chance(20, fc.constant({}), odd),
    )
    .map(([type, condition, more]) => ({ ...type, ...condition, ...more }))
}

export const attemptsAt = (world: World, route: Route, seen: Seen): fc.Arbitrary<Attempt> => {
  const words = wordsOf(world)
  const [root, ...others] = world.callers
  const callers = fc.oneof(
    { weight: 3, arbitrary: fc.constant(root as Caller) },
    { weight: 2, arbitrary: fc.constantFrom(...others) },
  )
  const methods = chance(
    60,
    fc.constant<string>(route.method),
    fc.constantFrom('HEAD', 'OPTIONS', 'PATCH', 'POST', 'DELETE', 'PUT', 'TRACE'),
  )
  const tenancies = chance(40, fc.constant('acme'), fc.constantFrom('other', 'ACME', 'nowhere', '%00', '..', ''))
  const parts = fc.tuple(
    callers,
    methods,
    tenancies,
    pathsFor(world, route, words),
    queriesFor(route, seen, words),
    bodiesFor(route, words),
    headersFor(seen),
  )
  return parts.map(
    ([caller, method, tenancy, path, query, { text, isValid }, { 'content-type': type, ...headers }]) => {
      const { authorization } = caller
      return {
        route,
        caller,
        isValid,
        isStray:
          path.isRaw || method !== route.method || tenancy !== 'acme' || query.includes('%=%') || 'expect' in headers,
        sent: {
          method,
          path: `${at(tenancy, path.text)}${query}`,
          headers: {
            ...headers,
            ...(authorization === undefined ? {} : { authorization }),
            ...(text === undefined || type === undefined ? {} : { 'content-type': type }),
            ...(text === undefined ? {} : { 'content-length': Buffer.byteLength(text) }),
          },
          body: text,
        },
      }
    },
  )
}
