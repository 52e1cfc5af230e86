// What SCIM, AuthZEN and SSF have in common as targets: operations with a path, a body and a promise, asked by whoever comes to that door.
import fc from 'fast-check'
import type { z } from 'zod'
import {
  type Attempt,
  bodiesOf,
  chance,
  headersFor,
  isOfTheConnection,
  noBody,
  type Seen,
  type Source,
  sentWith,
} from './attempt.ts'
import type { Caller } from './callers.ts'
import { rawSegments } from './hostile.ts'
import { reachOf } from './reach.ts'
import type { Got } from './send.ts'
import type { World } from './world.ts'

export type Operation = {
  readonly method: string
  /** Its name; and where it is, unless `paths` says. */
  readonly path: string
  readonly paths?: fc.Arbitrary<string>
  readonly bodies?: fc.Arbitrary<unknown>
  /** What should succeed. */
  readonly right?: (where: 'home' | 'away') => { readonly path?: string; readonly body?: unknown }
  readonly faults: (got: Got) => readonly string[]
}
export type Door = {
  readonly name: 'SCIM' | 'AuthZEN' | 'SSF'
  readonly url: string
  readonly callers: readonly Caller[]
  /** Of bodies. */
  readonly type: string
  /** With `{tenancy}` and `{domain}`. */
  readonly place: string
  readonly words: fc.Arbitrary<string>
  readonly seen: Seen
  readonly operations: readonly Operation[]
  /** Told to those who come in only. */
  readonly isPrivate: (path: string) => boolean
}

export const jsonIn = ({ text }: Got): Record<string, unknown> | undefined => {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}
export const faultsOf = (shape: z.ZodType, value: unknown): readonly string[] => {
  const read = shape.safeParse(value)
  return read.success
    ? []
    : [`answer: ${JSON.stringify(read.error.issues).slice(0, 400)} in ${JSON.stringify(value)?.slice(0, 400)}`]
}

type Spot = { readonly tenancy: string; readonly domain: string }
type Parts = Spot & {
  readonly caller: Caller
  readonly method: string
  readonly path: string
  readonly isSpoilt?: boolean
  readonly body: typeof noBody
  readonly headers: NonNullable<Attempt['sent']['headers']>
}
const spots = { home: { tenancy: 'acme', domain: 'default' }, away: { tenancy: 'acme', domain: 'partners' } } as const

/** Whatever stands in the path is all that may change. */
const mayChangeAt = ({ bed }: World, { tenancy, domain }: Spot) => {
  const ids = Object.values(bed.domains)
  const here = new Map<string, string>([
    ['acme/default', bed.domains.default],
    ['acme/partners', bed.domains.partners],
    ['other/default', bed.domains.other],
  ]).get(`${tenancy}/${domain}`)
  return (row: string): boolean => !ids.some((id) => id !== here && row.includes(`"domain_id":"${id}"`))
}
const attemptOf = (world: World, door: Door, operation: Operation, parts: Parts): Attempt => {
  const { caller, method, tenancy, domain, path, body, headers } = parts
  const place = door.place.replace('{tenancy}', tenancy).replace('{domain}', domain)
  const reach = reachOf(world, caller, method, tenancy)
  const isHere = mayChangeAt(world, parts)
  return {
    operation: `${door.name} ${operation.method} ${operation.path}`,
    who: caller.name,
    url: door.url,
    isValid: body.isValid,
    isStray:
      method !== operation.method ||
      tenancy !== 'acme' ||
      !['default', 'partners'].includes(domain) ||
      isOfTheConnection(headers) ||
      parts.isSpoilt === true ||
      isRaw(path.split('?')[0] ?? ''),
    isIdempotent: false,
    reach: { ...reach, mayChange: (table, row) => reach.mayChange(table, row) && isHere(row) },
    faults: (got) => [
      ...operation.faults(got),
      ...(door.isPrivate(path) && headersCache(got) !== 'no-store' && got.status !== 304 ? ['may be cached'] : []),
      ...(got.status < 400 && door.isPrivate(path) && caller.gets === 'nothing' ? ['let in'] : []),
    ],
    sent: {
      method,
      path: `${place}${path}`,
      headers: sentWith(headers, caller.authorization, body),
      body: body.text,
    },
  }
}
/** Another address, however it is read. */
const isRaw = (path: string): boolean => /%(?![0-9a-f]{2})|\/\/|\/\.{0,2}$|\/\.{1,2}\/|[#;]|%2f|%5c|%2e/i.test(path)
const headersCache = ({ headers }: Got): unknown => headers['cache-control']

const sourceOf = (world: World, door: Door, operation: Operation): Source => {
  const { callers, words, seen, type } = door
  const [root, ...others] = callers
  const right = (where: 'home' | 'away'): Attempt => {
    const { path = operation.path, body } = operation.right?.(where) ?? {}
    return attemptOf(world, door, operation, {
      ...spots[where],
      caller: (where === 'home' ? root : callers.find((c) => c.gets === 'partners')) ?? (root as Caller),
      method: operation.method,
      path,
      body: body === undefined ? noBody : { text: JSON.stringify(body), isValid: true },
      headers: { 'content-type': type },
    })
  }
  const path = operation.paths ?? fc.constant(operation.path)
  const spoiltPath = fc
    .tuple(path, fc.constantFrom(...rawSegments))
    .map(([one, raw]) => `${one.slice(0, one.lastIndexOf('/') + 1)}${raw}`)
  const documents = operation.bodies && bodiesOf(operation.bodies, words, () => undefined)
  const stray = fc.constantFrom('{}', 'x', '[]').map((text) => ({ text, isValid: undefined }))
  const parts = fc.record({
    caller: fc.oneof(
      { weight: 3, arbitrary: fc.constant(root as Caller) },
      { weight: 2, arbitrary: fc.constantFrom(...others) },
    ),
    method: chance(
      60,
      fc.constant(operation.method),
      fc.constantFrom('HEAD', 'OPTIONS', 'PATCH', 'POST', 'DELETE', 'PUT', 'GET', 'TRACE'),
    ),
    tenancy: chance(20, fc.constant('acme'), fc.constantFrom('other', 'ACME', 'nowhere', '%00', '..')),
    domain: chance(8, fc.constant('default'), fc.constantFrom('partners', 'partners', 'nowhere', 'DEFAULT', '%00')),
    at: chance<{ readonly path: string; readonly isSpoilt: boolean }>(
      20,
      path.map((one) => ({ path: one, isSpoilt: false })),
      spoiltPath.map((one) => ({ path: one, isSpoilt: true })),
    ),
    body: documents ?? chance(20, fc.constant(noBody), stray),
    headers: headersFor(seen).map((all) =>
      all['content-type'] === 'application/json' ? { ...all, 'content-type': type } : all,
    ),
  })
  return {
    operation: `${door.name} ${operation.method} ${operation.path}`,
    right,
    random: chance(
      6,
      parts.map(({ at, ...all }) => attemptOf(world, door, operation, { ...all, ...at } as Parts)),
      fc.constantFrom('home', 'home', 'away').map(right),
    ),
  }
}

export const sourcesAt = (world: World, door: Door): readonly Source[] =>
  door.operations.map((operation) => sourceOf(world, door, operation))
