// `npm run bench:policy`: policy decisions in process at 10, 1,000 and 100,000 statements beside Cedar and Casbin on the same requests, what
// a snapshot costs to build, change and keep, what writes cost the questions of others, and the decision point over HTTP.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { changed, type Snapshot, unitOf } from '../../src/core/policy/compile.ts'
import { evaluate } from '../../src/core/policy/evaluate.ts'
import { type Ask, askOf } from '../../src/core/policy/question.ts'
import { authzen } from './authzen.ts'
import type { Measured, Task } from './policy-peer-worker.ts'
import {
  ADMINISTRATORS,
  askedOf,
  catalogue,
  policyOf,
  principalOf,
  type Random,
  type Request,
  randomFrom,
  requestFrom,
  requestsOf,
  snapshotOfWorld,
  type World,
  worldOf,
} from './policy-world.ts'
import { pauses } from './policy-writes.ts'
import { megabytes, micros, millis, tableOf } from './table.ts'

const { values: flags } = parseArgs({
  options: {
    peers: { type: 'boolean', default: true },
    writes: { type: 'boolean', default: true },
    http: { type: 'boolean', default: true },
    full: { type: 'boolean', default: false },
  },
  allowNegative: true,
})
const SIZES = [10, 1_000, 100_000]
const PEERS = ['cedar', 'casbin'] as const
const COMPARED = 500 // requests that everybody decides
const PEER_SECONDS = flags.full ? 10 : 3
const PEER_LIMIT_MS = flags.full ? 600_000 : 90_000
const SAMPLES = flags.full ? 400_000 : 100_000

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const held = (): number => {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0
}
const noon = Date.UTC(2030, 0, 16, 12)
const now = (): number => performance.now() * 1000
const clockCost = quantile(
  Array.from({ length: 10_000 }, () => now()).map((at, n, all) => at - (all[n - 1] ?? at)),
  0.5,
)

const questionOf = (on: Snapshot, request: Request): Ask => {
  const ask = askOf(on, principalOf(request), askedOf(request), noon)
  if (typeof ask === 'string') throw new Error(`a question was not answerable: ${ask}`)
  return ask
}

type Times = { readonly perSecond: number; readonly p50: number; readonly p99: number }
/** Each question is new, as if just read from a socket, and asked once. `whole`: it is put together within the time, too. */
const timed = (on: Snapshot, world: World, random: Random, whole: boolean): Times => {
  const samples: number[] = []
  for (let n = 0; n < SAMPLES; n++) {
    const request = requestFrom(world, random, n)
    const [principal, asked] = [principalOf(request), askedOf(request)]
    const ready = whole ? undefined : askOf(on, principal, asked, noon)
    const start = now()
    const ask = ready ?? askOf(on, principal, asked, noon)
    if (typeof ask !== 'string') evaluate(on, ask)
    samples.push(Math.max(0, now() - start - clockCost))
  }
  const warm = samples.slice(SAMPLES / 5)
  return {
    perSecond: 1e6 / (warm.reduce((sum, us) => sum + us, 0) / warm.length),
    p50: quantile(warm, 0.5),
    p99: quantile(warm, 0.99),
  }
}

type Ours = {
  readonly world: World
  readonly snapshot: Snapshot
  readonly decision: Times
  readonly whole: Times
  readonly buildMs: number
  readonly bytes: number
  readonly changes: readonly number[]
  readonly decisions: readonly boolean[]
}
const measured = (count: number): Ours => {
  const world = worldOf(count)
  const before = held()
  const began = performance.now()
  const snapshot = snapshotOfWorld(world)
  const buildMs = performance.now() - began
  const bytes = held() - before
  const random = randomFrom(99)
  const decision = timed(snapshot, world, random, false)
  const whole = timed(snapshot, world, random, true)
  const decisions = requestsOf(world, COMPARED).map((r) => evaluate(snapshot, questionOf(snapshot, r)).allow)
  let after = snapshot
  const changes = Array.from({ length: 200 }, (_, n) => {
    const statement = random.pick(world.statements)
    const policy = policyOf(`p${random.below(count)}`, [{ ...statement, level: n % 4 }])
    const start = performance.now()
    const units = [unitOf(policy, catalogue)]
    after = changed(after, { revision: n + 2, administrators: ADMINISTRATORS, units })
    return performance.now() - start
  })
  return { world, snapshot, decision, whole, buildMs, bytes, changes, decisions }
}

type Peer = Measured | { readonly failed: string }
const peerAt = (task: Task): Promise<Peer> =>
  new Promise((resolve) => {
    const worker = new Worker(new URL('./policy-peer-worker.ts', import.meta.url), { workerData: task })
    const done = (peer: Peer): void => {
      clearTimeout(limit)
      void worker.terminate()
      resolve(peer)
    }
    const limit = setTimeout(() => done({ failed: `not within ${PEER_LIMIT_MS / 1000} s` }), PEER_LIMIT_MS)
    worker.once('message', done)
    worker.once('error', (error) => done({ failed: String(error).slice(0, 60) }))
  })

const perSecond = (n: number): string => `${n < 10 ? n.toFixed(1) : Math.round(n).toLocaleString('en')} /s`
const line = (cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`)
const heading = (title: string, columns: readonly string[]): void => {
  console.log(`\n${title}\n`)
  line(columns)
  console.log(`|${columns.map(() => '---').join('|')}|`)
}

const all = SIZES.map((count) => {
  const ours = measured(count)
  return { count, ...ours, snapshot: undefined, world: undefined } // the next size has the memory to itself
})

heading('Our decisions; each question new and asked once', [
  'statements', 'decision p50', 'p99', 'with its question p50', 'p99', 'allowed',
]) // biome-ignore format: one row
for (const { count, decision, whole, decisions } of all)
  line([
    String(count),
    micros(decision.p50),
    micros(decision.p99),
    micros(whole.p50),
    micros(whole.p99),
    `${Math.round((decisions.filter(Boolean).length / decisions.length) * 100)} %`,
  ])

heading('The snapshot, one statement in each policy', [
  'statements',
  'built in',
  'one policy changed p50',
  'max',
  'memory',
])
for (const { count, buildMs, changes, bytes } of all)
  line([String(count), millis(buildMs), millis(quantile(changes, 0.5)), millis(Math.max(...changes)), megabytes(bytes)])

if (flags.peers) {
  heading('Decisions per second, questions included, one thread', [
    'statements', 'ours', ...PEERS.flatMap((peer) => [peer, `${peer} loaded in`]), 'ours over the faster', 'other decisions',
  ]) // biome-ignore format: one row
  for (const { count, whole, decisions } of all) {
    const peers: Peer[] = []
    for (const peer of PEERS) peers.push(await peerAt({ peer, count, compared: COMPARED, seconds: PEER_SECONDS }))
    const fastest = Math.max(...peers.map((p) => ('failed' in p ? 0 : p.perSecond)))
    const others = peers.map((p) =>
      'failed' in p ? '–' : `${p.decisions.filter((d, n) => d !== decisions[n]).length} of ${p.decisions.length}`,
    )
    line([
      String(count),
      perSecond(whole.perSecond),
      ...peers.flatMap((p) => ('failed' in p ? [p.failed, '–'] : [perSecond(p.perSecond), millis(p.loadMs)])),
      fastest === 0 ? '–' : `${Math.round(whole.perSecond / fastest)} ×`,
      others.join(', '),
    ])
  }
}

if (flags.writes) {
  heading('50 writes of a policy while questions are decided, 100,000 statements in SQLite', ['what', 'measured'])
  for (const cells of await pauses()) line(cells)
}
if (flags.http) {
  console.log('\nOver HTTP\n')
  console.log(tableOf(await authzen({ full: flags.full })))
}
console.log(`\nNode ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`)
