// Sends random requests to every route of the table and holds every answer against the promises. The same seed asks the same of the same world,
// save for ids, which are new in each.
import fc from 'fast-check'
import { diceOf } from '../../../core/policy/writer.ts'
import { type Attempt, attemptsAt, type Seen } from './fuzz-requests.ts'
import { broken, leaks } from './promises.ts'
import { type Got, send } from './send.ts'
import { changesBetween, type State, type Watched } from './watched-store.ts'
import { openWorld, table, type World } from './world.ts'

export type Tally = {
  requests: number
  readonly statuses: Map<number, number>
  bodies: number
  validBodies: number
  changes: number
  /** Routes that were never answered with success. */
  readonly untouched: Set<string>
  readonly wrong: string[]
  slowestMs: number
  slowest: string
}
const MOST_MS = 5_000

const asText = ({ sent, caller }: Attempt): string =>
  `${sent.method} ${sent.path.slice(0, 500)} as ${caller.name} ${JSON.stringify({ ...sent.headers, authorization: undefined }).slice(0, 300)} ${String(sent.body ?? '').slice(0, 1500)}`

const hiddenFrom = ({ canaries }: World, { caller }: Attempt): readonly string[] => {
  if (caller.gets === 'nothing' || caller.name.includes('holds nothing')) return Object.values(canaries)
  return caller.name.includes('another domain') ? [canaries.home, canaries.far] : [canaries.far]
}

/** What may not have changed with this answer. */
const forbidden = (
  world: World,
  { caller, sent }: Attempt,
  { status }: Got,
): ((table: string, row: string) => boolean) => {
  const { domains, otherTenancyId } = world.bed
  const mayWrite = caller.gets === 'all' || caller.name.includes('another domain')
  if (!mayWrite || status >= 400 || ['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(sent.method)) return () => true
  const isFar = (row: string): boolean => row.includes(otherTenancyId)
  return caller.gets === 'all'
    ? (_, row) => isFar(row)
    : (_, row) => isFar(row) || row.includes(`"domain_id":"${domains.default}"`)
}

/** Said by the HTTP server itself, before anything of ours is reached: expectations, and headers that are too long. */
const ofTheServer = new Set([417, 431])

const wrongWith = (world: World, attempt: Attempt, got: Got, before: State, after: State): readonly string[] => {
  const asked = `${decodeURIComponent(attempt.sent.path.replaceAll(/%(?![0-7][0-9a-f])/gi, ''))} ${String(attempt.sent.body ?? '')}`
  const changes = changesBetween(before, after)
  const unrecorded = changes.length > 0 && !changes.some((row) => row.startsWith('+ audit_event'))
  return [
    ...(got.status >= 500 ? [`status ${got.status}: ${got.text.slice(0, 300)}`] : []),
    ...world.bed.thrown
      .splice(0)
      .map(
        (thrown) =>
          `thrown: ${thrown instanceof Error ? (thrown.cause instanceof Error ? thrown.cause.stack : thrown.stack) : String(thrown)}`,
      ),
    ...(attempt.isStray || ofTheServer.has(got.status) ? [] : broken(attempt.route, got)),
    ...leaks(got, [...hiddenFrom(world, attempt), ...world.secrets], asked).map(
      (word) => `tells \`${word}\`: ${got.text.slice(0, 400)}`,
    ),
    ...changesBetween(before, after, forbidden(world, attempt, got)).map((row) => `changed with ${got.status}: ${row}`),
    ...(unrecorded ? [`changed without an audit event: ${changes.join('\n')}`] : []),
  ]
}

const remember = (seen: Seen, got: Got): void => {
  if (typeof got.headers.etag === 'string') seen.etags.push(got.headers.etag)
  const next = /"next":"([^"]+)"/.exec(got.text)?.[1]
  if (next !== undefined) seen.cursors.push(next)
}

const attack = async (world: World, attempts: readonly Attempt[], seen: Seen, tally: Tally): Promise<void> => {
  let before = await world.watched.state()
  for (const attempt of attempts) {
    const began = performance.now()
    const tell = (what: string): void => void tally.wrong.push(`${what}\n  ${asText(attempt)}`)
    try {
      const got = await send(world.bed.url, attempt.sent)
      const took = performance.now() - began
      if (took > tally.slowestMs) Object.assign(tally, { slowestMs: took, slowest: asText(attempt).slice(0, 300) })
      if (took > MOST_MS) tell(`took ${took.toFixed(0)} ms`)
      const after = await world.watched.state()
      for (const what of wrongWith(world, attempt, got, before, after)) tell(what)
      if (changesBetween(before, after).length > 0) tally.changes++
      if (got.status < 300 && !attempt.isStray) tally.untouched.delete(attempt.route.operationId)
      tally.statuses.set(got.status, (tally.statuses.get(got.status) ?? 0) + 1)
      remember(seen, got)
      before = after
    } catch (thrown) {
      tell(`no answer: ${thrown instanceof Error ? thrown.stack : String(thrown)}`)
    }
    tally.requests++
    if (attempt.isValid === undefined) continue
    tally.bodies++
    if (attempt.isValid) tally.validBodies++
  }
}

/** A world is used up by what succeeds in it. */
const PER_ROUTE = 6

export const fuzz = async (
  watch: () => Promise<Watched>,
  { count, seed, told }: { readonly count: number; readonly seed: number; readonly told?: (tally: Tally) => void },
): Promise<Tally> => {
  const tally: Tally = {
    requests: 0,
    statuses: new Map(),
    bodies: 0,
    validBodies: 0,
    changes: 0,
    untouched: new Set(table.map((r) => r.operationId)),
    wrong: [],
    slowestMs: 0,
    slowest: '',
  }
  const stray = (thrown: unknown): void =>
    void tally.wrong.push(`nobody caught: ${thrown instanceof Error ? thrown.stack : String(thrown)}`)
  process.on('unhandledRejection', stray)
  process.on('uncaughtException', stray)
  try {
    for (let round = 0; tally.requests < count; round++) {
      const world = await openWorld(watch)
      const seen: Seen = { etags: [], cursors: [] }
      const dice = diceOf(seed + round)
      const perRoute = Math.min(PER_ROUTE, Math.ceil((count - tally.requests) / table.length))
      const attempts = table
        .flatMap((route, n) =>
          fc.sample(attemptsAt(world, route, seen), { numRuns: perRoute, seed: seed + round * 1000 + n }),
        )
        .map((attempt) => ({ attempt, order: dice() }))
        .sort((a, b) => a.order - b.order)
        .map(({ attempt }) => attempt)
        .slice(0, count - tally.requests)
      await attack(world, attempts, seen, tally)
      await world.close()
      told?.(tally)
    }
  } finally {
    process.off('unhandledRejection', stray)
    process.off('uncaughtException', stray)
  }
  return tally
}
