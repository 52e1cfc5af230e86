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
import { type Decisions, decisionsOf, noon, quantile, ratioOf } from './policy-decisions.ts'
import type { Measured, Task } from './policy-peer-worker.ts'
import {
  ADMINISTRATORS,
  askedOf,
  catalogue,
  policyOf,
  principalOf,
  type Request,
  randomFrom,
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
const ROUNDS = flags.full ? 200 : 50

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const held = (): number => {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
const questionOf = (on: Snapshot, request: Request): Ask => {
  const ask = askOf(on, principalOf(request), askedOf(request), noon)
  if (typeof ask === 'string') throw new Error(`a question was not answerable: ${ask}`)
  return ask
}

type Built = {
  readonly count: number
  readonly world: World
  readonly snapshot: Snapshot
  readonly buildMs: number
  readonly bytes: number
}
const built = (count: number): Built => {
  const world = worldOf(count)
  const before = held()
  const began = performance.now()
  const snapshot = snapshotOfWorld(world)
  const buildMs = performance.now() - began
  return { count, world, snapshot, buildMs, bytes: held() - before }
}

const allowedIn = ({ world, snapshot }: Built): readonly boolean[] =>
  requestsOf(world, COMPARED).map((r) => evaluate(snapshot, questionOf(snapshot, r)).allow)

/** One policy put in the place of another, each time in the snapshot that came of the last. */
const changesOf = ({ count, world, snapshot }: Built): readonly number[] => {
  const random = randomFrom(3)
  let after = snapshot
  return Array.from({ length: 200 }, (_, n) => {
    const statement = random.pick(world.statements)
    const policy = policyOf(`p${random.below(count)}`, [{ ...statement, level: n % 4 }])
    const start = performance.now()
    const units = [unitOf(policy, catalogue)]
    after = changed(after, { revision: n + 2, administrators: ADMINISTRATORS, units })
    return performance.now() - start
  })
}

type Measures = Omit<Built, 'world' | 'snapshot'> &
  Decisions & { readonly changes: readonly number[]; readonly decisions: readonly boolean[] }
/** What is built here is gone afterwards: peers, writes and HTTP have the memory to themselves. */
const measured = (): readonly Measures[] => {
  const worlds = SIZES.map(built)
  const decided = decisionsOf(worlds, ROUNDS)
  return worlds.map((one, n) => {
    const { count, buildMs, bytes } = one
    const decisions = decided[n]
    if (!decisions) throw new Error('unreachable')
    return { count, buildMs, bytes, ...decisions, decisions: allowedIn(one), changes: changesOf(one) }
  })
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

const all = measured()

heading('Our decisions; each question new and asked once, the sizes in turns', [
  'statements', 'decision p50', 'p99', 'with its question p50', 'p99', 'statements that fit a question', 'allowed',
]) // biome-ignore format: one row
for (const { count, decision, whole, decisions, reaching } of all)
  line([
    String(count),
    micros(decision.p50),
    micros(decision.p99),
    micros(whole.p50),
    micros(whole.p99),
    reaching.toFixed(2),
    `${Math.round((decisions.filter(Boolean).length / decisions.length) * 100)} %`,
  ])
const [, thousand, most] = all
if (thousand && most)
  console.log(
    `\nFrom ${thousand.count} to ${most.count} statements: ${ratioOf(most.decision, thousand.decision)}, with its question ${ratioOf(most.whole, thousand.whole)}`,
  )

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
