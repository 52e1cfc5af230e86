// Random requests for one route of the administrative API: the path, the query, the headers and the body each mostly right and sometimes
// anything at all.
import fc from 'fast-check'
import { jsonSchemaOf, type Schema } from '../../../../src/edges/admin/json-schema.ts'
import type { Route } from '../../../../src/edges/admin/route.ts'
import { bodyFor, pathOf } from './ask-route.ts'
import {
  type Attempt,
  type Body,
  bodiesOf,
  chance,
  encoded,
  glimpsed,
  headersFor,
  isOfTheConnection,
  noBody,
  type Seen,
  type Source,
  sentWith,
  tampered,
  wordsOf,
} from './attempt.ts'
import type { Caller } from './callers.ts'
import { described } from './from-schema.ts'
import { filterBombs, hostileWords, rawSegments } from './hostile.ts'
import { broken } from './promises.ts'
import { reachOf } from './reach.ts'
import { at, endsIn, type Thing, type Things, type World } from './world.ts'

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
  '__proto__ pr',
  'createdAt gt "2020"',
  'tags.org.stage eq "a"',
  'id eq null',
  ...filterBombs,
]
const sorts = ['name', '-name', 'id', 'username', '-createdAt', 'nope', '', '--name', 'constructor', '__proto__']
const strange = [
  'limit=1&limit=2',
  'filter[a]=b',
  'filter=a&filter=b',
  '__proto__=1',
  '__proto__[limit]=1',
  '%=%',
  '&&&',
  'limit=%ff',
  '_method=DELETE',
  'cursor=',
  `cursor=${'A'.repeat(2001)}`,
]
const queriesFor = (route: Route, seen: Seen, words: fc.Arbitrary<string>): fc.Arbitrary<string> => {
  const properties = (jsonSchemaOf(route.query, 'input').properties ?? {}) as { readonly [name: string]: Schema }
  const cursors = glimpsed(seen.cursors, 'none')
  const special: { readonly [name: string]: fc.Arbitrary<string> } = {
    filter: fc.constantFrom(...tests),
    sort: fc.constantFrom(...sorts),
    cursor: fc.oneof({ weight: 3, arbitrary: cursors }, { weight: 2, arbitrary: tampered(cursors) }),
    limit: fc.constantFrom('1', '2', '200', '0', '201', '1.5', '1e2', 'ten', '-0', ' 5'),
  }
  const right = Object.entries(properties).map(([name, schema]) =>
    (special[name] ?? described(schema, words).map(String)).map((value) => `${name}=${encoded(value)}`),
  )
  const wrong = fc.oneof(
    words.map((word) => `${encoded(word)}=1`),
    words.map((word) => `filter=${encoded(word)}`),
    fc.constantFrom(...strange),
  )
  const some = right.length === 0 ? fc.constant<string[]>([]) : fc.array(fc.oneof(...right), { maxLength: 3 })
  const all = chance(
    12,
    some,
    wrong.map((one) => [one]),
  )
  return all.map((parts) => (parts.length === 0 ? '' : `?${parts.join('&')}`))
}

const bodiesFor = ({ body, bodyExample }: Route, words: fc.Arbitrary<string>): fc.Arbitrary<Body> => {
  const stray = fc.constantFrom('{}', 'x').map((text): Body => ({ text, isValid: undefined }))
  if (!body) return chance(20, fc.constant(noBody), stray)
  const documents = fc.oneof(fc.constant(bodyExample), described(jsonSchemaOf(body, 'input'), words))
  return bodiesOf(documents, words, (value) => body.safeParse(value).success)
}

type Parts = {
  readonly caller: Caller
  readonly method: string
  readonly tenancy: string
  readonly path: Segment
  readonly query: string
  readonly body: Body
  readonly headers: ReturnType<typeof headersFor> extends fc.Arbitrary<infer H> ? H : never
}
const attemptOf = (world: World, route: Route, parts: Parts): Attempt => {
  const { caller, method, tenancy, path, query, body, headers } = parts
  const isStray =
    path.isRaw || method !== route.method || tenancy !== 'acme' || query.includes('%=%') || isOfTheConnection(headers)
  return {
    operation: route.operationId,
    who: caller.name,
    url: world.bed.url,
    isValid: body.isValid,
    isStray,
    isIdempotent: route.method === 'PUT' && !isStray && !('if-none-match' in headers) && !('if-match' in headers),
    reach: reachOf(world, caller, method, tenancy),
    faults: (got) => broken(route, got),
    sent: {
      method,
      path: `${at(tenancy, path.text)}${query}`,
      headers: sentWith(headers, caller.authorization, body),
      body: body.text,
    },
  }
}

/** What cannot be done to the things of a place can be to these. */
const called = (name: string): Thing => ({ id: name, name })
const plain = [['/services/{service}', called('plain')]] as const
const insteadFor: { readonly [operationId: string]: readonly (readonly [end: string, thing: Thing])[] } = {
  deleteDomain: [['/domains/{domain}', called('closed')]],
  putService: plain,
  patchService: plain,
  deleteService: plain,
  checkIdentityProvider: [
    ['/domains/{domain}', called('default')],
    ['/domains/{domain}/identity-providers/{idp}', called('partner')],
  ],
}
/** As the document says, about a thing of one place. */
const rightAt = (world: World, route: Route, place: Things, by: 'id' | 'name'): Attempt => {
  const [root] = world.callers
  const things = new Map([...place, ...(insteadFor[route.operationId] ?? [])])
  const value = route.body && bodyFor(route, things)
  return attemptOf(world, route, {
    caller: root as Caller,
    method: route.method,
    tenancy: 'acme',
    path: { text: pathOf(route, { things, by }), isRaw: false },
    query: '',
    body: value === undefined ? noBody : { text: JSON.stringify(value), isValid: true },
    headers: { 'content-type': 'application/json' },
  })
}

export const sourceFor = (world: World, route: Route, seen: Seen): Source => {
  const words = wordsOf(world, hostileWords)
  const { things, callers } = world
  const [root, ...others] = callers
  const parts = fc.record({
    caller: fc.oneof(
      { weight: 3, arbitrary: fc.constant(root as Caller) },
      { weight: 2, arbitrary: fc.constantFrom(...others) },
    ),
    method: chance(
      60,
      fc.constant<string>(route.method),
      fc.constantFrom('HEAD', 'OPTIONS', 'PATCH', 'POST', 'DELETE', 'PUT', 'TRACE'),
    ),
    tenancy: chance(40, fc.constant('acme'), fc.constantFrom('other', 'other', 'ACME', 'nowhere', '%00', '..', '')),
    path: pathsFor(world, route, words),
    query: queriesFor(route, seen, words),
    body: bodiesFor(route, words),
    headers: headersFor(seen),
  })
  const right = fc
    .tuple(fc.constantFrom(things.home, things.home, things.away), fc.constantFrom('id', 'name'))
    .map(([place, by]) => rightAt(world, route, place, by))
  return {
    operation: route.operationId,
    right: (where) => rightAt(world, route, things[where], where === 'home' ? 'id' : 'name'),
    random: chance(
      6,
      parts.map((all) => attemptOf(world, route, all)),
      right,
    ),
  }
}
