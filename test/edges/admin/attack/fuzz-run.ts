// Sends random requests to every operation and holds every answer against the promises. The same seed asks the same of the same world, save
// for ids, which are new in each.
import fc from 'fast-check'
import { diceOf } from '../../../core/policy/writer.ts'
import type { Attempt, Seen, Source } from './attempt.ts'
import { authzenDoor } from './authzen-requests.ts'
import { sourceFor } from './fuzz-requests.ts'
import { sourcesAt } from './neighbour-requests.ts'
import { leaks } from './promises.ts'
import { scimDoor } from './scim-requests.ts'
import { type Got, send } from './send.ts'
import { signalDoor } from './signal-requests.ts'
import { changesBetween, type State, type Watched } from './watched-store.ts'
import { openWorld, table, type World } from './world.ts'

export type Tally = {
  requests: number
  readonly statuses: Map<number, number>
  bodies: number
  validBodies: number
  changes: number
  readonly operations: Set<string>
  /** Those that were never answered with success. */
  readonly untouched: Set<string>
  readonly wrong: string[]
  slowestMs: number
  slowest: string
}

const asText = ({ sent, who }: Attempt): string =>
  `${sent.method} ${sent.path.slice(0, 500)} as ${who} ${JSON.stringify({ ...sent.headers, authorization: undefined }).slice(0, 300)} ${String(sent.body ?? '').slice(0, 1500)}`
const told = (thrown: unknown): string =>
  thrown instanceof Error
    ? String(thrown.cause instanceof Error ? thrown.cause.stack : thrown.stack)
    : JSON.stringify(thrown)

/** Said by the HTTP server itself, before anything of ours is reached: expectations, and headers that are too long. */
const ofTheServer = new Set([417, 431])

/** 431 or nothing: the server lets go of the connection before the rest of the request is there. */
const isTooLong = ({ sent }: Attempt): boolean => sent.path.length + JSON.stringify(sent.headers).length > 15_000

const asked = ({ sent }: Attempt): string => {
  const words = `${sent.path} ${String(sent.body ?? '')}`
  return `${words} ${words.replaceAll(/%([2-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))}`
}
const wrongWith = (world: World, attempt: Attempt, got: Got, before: State, after: State): readonly string[] => {
  const { isStray, faults, reach, operation } = attempt
  const changes = changesBetween(before, after)
  const mayChange = got.status < 400 ? reach.mayChange : () => false
  const unrecorded = changes.length > 0 && !changes.some((row) => row.startsWith('+ audit_event'))
  return [
    ...(got.status >= 500 ? [`status ${got.status}: ${got.text.slice(0, 300)}`] : []),
    ...world.thrown().map((thrown) => `thrown: ${told(thrown)}`),
    ...(isStray || ofTheServer.has(got.status) ? [] : faults(got)),
    ...leaks(got, [...reach.hidden, ...world.secrets], asked(attempt)).map(
      (word) => `tells \`${word}\`: ${got.text.slice(0, 400)}`,
    ),
    ...changesBetween(before, after, (table, row) => !mayChange(table, row)).map(
      (row) => `changed with ${got.status}: ${row}`,
    ),
    ...(unrecorded && !leavesNoRecord.has(operation) ? [`changed without an audit event: ${changes.join('\n')}`] : []),
  ]
}
/** What a receiver fetched or asked to be sent is between it and its stream. */
const leavesNoRecord = new Set(['SSF POST /ssf/verify', 'SSF POST /ssf/poll'])

const remember = (seen: Seen, got: Got): void => {
  if (typeof got.headers.etag === 'string') seen.etags.push(got.headers.etag)
  const next = /"next(?:_token)?":"([^"]+)"/.exec(got.text)?.[1]
  if (next !== undefined) seen.cursors.push(next)
}

const count = (tally: Tally, { status }: Got): void => {
  tally.requests++
  tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1)
}
/** RFC 9110 §9.2.2: the same again answers alike and changes nothing. */
const again = async (world: World, { url, sent }: Attempt, got: Got, before: State, tally: Tally) => {
  const second = await send(url, sent)
  count(tally, second)
  const changes = changesBetween(before, await world.watched.state())
  const tag = got.headers.etag
  return [
    ...(second.status === 200 ? [] : [`sent again: ${second.status} ${second.text.slice(0, 300)}`]),
    ...(second.headers.etag === tag ? [] : [`sent again: ETag ${second.headers.etag}, not ${tag}`]),
    ...changes.map((row) => `sent again: ${row}`),
  ]
}

const trying = (world: World, seen: Seen, tally: Tally) => {
  let before: State
  return async (attempt: Attempt): Promise<void> => {
    before ??= await world.watched.state()
    const began = performance.now()
    const tell = (what: string): void => void tally.wrong.push(`${what}\n  ${asText(attempt)}`)
    try {
      const got = await send(attempt.url, attempt.sent)
      count(tally, got)
      const took = performance.now() - began
      if (took > tally.slowestMs) Object.assign(tally, { slowestMs: took, slowest: asText(attempt).slice(0, 300) })
      const after = await world.watched.state()
      for (const what of wrongWith(world, attempt, got, before, after)) tell(what)
      if (changesBetween(before, after).length > 0) tally.changes++
      const isDone = got.status < 300 && !attempt.isStray
      if (isDone) tally.untouched.delete(attempt.operation)
      remember(seen, got)
      before = after
      if (!isDone || !attempt.isIdempotent) return
      for (const what of await again(world, attempt, got, after, tally)) tell(what)
      before = await world.watched.state()
    } catch (thrown) {
      tally.requests++
      if (!isTooLong(attempt)) tell(`no answer: ${told(thrown)}`)
      before = await world.watched.state()
    }
  }
}

/** A world is used up by what succeeds in it. */
const PER_SOURCE = 6
const sourcesOf = (world: World, seen: Seen): readonly Source[] => [
  ...table.map((route) => sourceFor(world, route, seen)),
  ...[scimDoor, authzenDoor, signalDoor].flatMap((door) => sourcesAt(world, door(world, seen))),
]

/** Once everything as it should be, in an order that leaves what is still needed. */
const order = ['GET', 'PUT', 'PATCH', 'POST', 'DELETE']
const byNeed = (a: Attempt, b: Attempt): number =>
  order.indexOf(a.sent.method) - order.indexOf(b.sent.method) || b.sent.path.length - a.sent.path.length
const rehearse = async (
  sources: readonly Source[],
  attempt: (right: Attempt) => Promise<void>,
  isDone: (operation: string) => boolean,
): Promise<void> => {
  for (const { operation } of sources.map(({ right }) => right('home')).sort(byNeed)) {
    const source = sources.find((one) => one.operation === operation)
    // what became of the one thing may stand in the way: then another
    for (const where of ['home', 'away'] as const) if (source && !isDone(operation)) await attempt(source.right(where))
  }
}

type Wish = { readonly count: number; readonly seed: number; readonly told?: (tally: Tally) => void }

export const fuzz = async (watch: () => Promise<Watched>, { count, seed, told: tell }: Wish): Promise<Tally> => {
  const tally: Tally = {
    requests: 0,
    statuses: new Map(),
    bodies: 0,
    validBodies: 0,
    changes: 0,
    operations: new Set(),
    untouched: new Set(),
    wrong: [],
    slowestMs: 0,
    slowest: '',
  }
  const stray = (thrown: unknown): void => void tally.wrong.push(`nobody caught: ${told(thrown)}`)
  process.on('unhandledRejection', stray)
  process.on('uncaughtException', stray)
  const inWorld = async (round: number): Promise<void> => {
    const world = await openWorld(watch)
    try {
      const seen: Seen = { etags: [], cursors: [...world.cursors] }
      const sources = sourcesOf(world, seen)
      const attempt = trying(world, seen, tally)
      if (round === 0) {
        for (const { operation } of sources) {
          tally.operations.add(operation)
          tally.untouched.add(operation)
        }
        await rehearse(sources, attempt, (operation) => !tally.untouched.has(operation))
        return
      }
      const dice = diceOf(Math.imul(seed, 0x9e3779b1) + round) // neighbouring seeds have nothing in common
      const turns = sources
        .flatMap((source) => Array.from({ length: PER_SOURCE }, () => ({ source, order: dice(), seed: dice() })))
        .sort((a, b) => a.order - b.order)
      for (const { source, seed: of } of turns) {
        if (tally.requests >= count) return
        const [next] = fc.sample(source.random, { numRuns: 1, seed: Math.floor(of * 2 ** 31) })
        if (!next) continue
        if (next.isValid !== undefined) tally.bodies++
        if (next.isValid) tally.validBodies++
        await attempt(next)
      }
    } finally {
      await world.close()
    }
  }
  try {
    for (let round = 0; tally.requests < count; round++) {
      await inWorld(round)
      tell?.(tally)
    }
  } finally {
    process.off('unhandledRejection', stray)
    process.off('uncaughtException', stray)
  }
  return tally
}
