// Two servers driven in turn by the same generator: so many connections, each asking again as soon as it is answered. Short rounds, ours
// and the reference alternating, medians of what came out: a neighbour who wakes up disturbs both.
import { readdirSync, readFileSync } from 'node:fs'
import { percent, type Row } from './table.ts'
import { connect, type Wire } from './wire.ts'

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

/** Nanoseconds of processor that a process has had, all its threads together; undefined where Linux does not tell. */
export const processorOf = (pid: number): number | undefined => {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`)
    return tasks.reduce(
      (sum, t) => sum + Number(readFileSync(`/proc/${pid}/task/${t}/schedstat`, 'utf8').split(' ')[0]),
      0,
    )
  } catch {
    return undefined
  }
}

/** One whole operation, however many requests it takes. `n` is the connection's number, `turn` counts its operations. */
export type Work = (wire: Wire, n: number, turn: number) => Promise<void>
export type Side = { readonly pid: number; readonly port: number; readonly work: Work }
export type Speed = { readonly perSecond: number; readonly cpuMicros: number | undefined }

const turns = new Map<string, number>()
const nextTurn = (side: Side, n: number): number => {
  const key = `${side.port} ${n}`
  const turn = turns.get(key) ?? 0
  turns.set(key, turn + 1)
  return turn
}

const drive = async (side: Side, wires: readonly Wire[], seconds: number): Promise<Speed> => {
  const before = processorOf(side.pid)
  const begun = performance.now()
  const until = begun + seconds * 1000
  let done = 0
  await Promise.all(
    wires.map(async (wire, n) => {
      while (performance.now() < until) {
        await side.work(wire, n, nextTurn(side, n))
        done += 1
      }
    }),
  )
  const elapsed = (performance.now() - begun) / 1000
  const after = processorOf(side.pid)
  return {
    perSecond: done / elapsed,
    cpuMicros: before === undefined || after === undefined ? undefined : (after - before) / 1000 / done,
  }
}

export type Compared = {
  readonly ours: Speed
  readonly reference: Speed
  readonly ratio: number
  readonly byProcessor: number | undefined
}
type Comparison = {
  readonly ours: Side
  readonly reference: Side
  readonly connections?: number
  readonly rounds?: number
  readonly seconds?: number
  /** Before anything counts: an engine that compiles what is used often needs to see it often. */
  readonly warmUp?: number
}

const summary = (speeds: readonly Speed[]): Speed => {
  const cpu = speeds.map((s) => s.cpuMicros).filter((c) => c !== undefined)
  return {
    perSecond: median(speeds.map((s) => s.perSecond)),
    cpuMicros: cpu.length === 0 ? undefined : median(cpu),
  }
}

export const compare = async (q: Comparison): Promise<Compared> => {
  const { connections = 16, rounds = 5, seconds = 0.8, warmUp = seconds / 2 } = q
  const opened = (side: Side) => Promise.all(Array.from({ length: connections }, () => connect(side.port)))
  const [ourWires, theirWires] = await Promise.all([opened(q.ours), opened(q.reference)])
  const [ours, reference]: [Speed[], Speed[]] = [[], []]
  try {
    await drive(q.ours, ourWires, warmUp)
    await drive(q.reference, theirWires, warmUp)
    for (let round = 0; round < rounds; round++) {
      const oursFirst = round % 2 === 0
      if (oursFirst) ours.push(await drive(q.ours, ourWires, seconds))
      reference.push(await drive(q.reference, theirWires, seconds))
      if (!oursFirst) ours.push(await drive(q.ours, ourWires, seconds))
    }
  } finally {
    for (const wire of [...ourWires, ...theirWires]) wire.close()
  }
  const [a, b] = [summary(ours), summary(reference)]
  return {
    ours: a,
    reference: b,
    ratio: median(ours.map((s, n) => s.perSecond / (reference[n]?.perSecond ?? Number.NaN))),
    byProcessor: a.cpuMicros === undefined || b.cpuMicros === undefined ? undefined : b.cpuMicros / a.cpuMicros,
  }
}

const speed = ({ perSecond, cpuMicros }: Speed): string =>
  `${perSecond.toFixed(perSecond < 100 ? 1 : 0)} /s${cpuMicros === undefined ? '' : `, ${cpuMicros.toFixed(0)} µs CPU`}`

export const rowOf = (what: string, compared: Compared, budget?: number): Row => ({
  what,
  ours: speed(compared.ours),
  reference: speed(compared.reference),
  ratio: percent(compared.ratio),
  byProcessor: compared.byProcessor === undefined ? undefined : percent(compared.byProcessor),
  budget: budget === undefined ? undefined : { text: `≥ ${percent(budget)}`, met: compared.ratio >= budget },
})
