// From nothing to ready, on a store that is not there yet and on one that is, and what the process weighs afterwards; beside a bare express
// process started in the same round.
import { median } from './load.ts'
import { newPlace, residentOf, startBare, startGateway } from './processes.ts'
import { type Bench, megabytes, millis, type Row, times } from './table.ts'

type Start = { readonly ms: number; readonly bytes: number }

const bare = async (): Promise<Start> => {
  const server = await startBare()
  const start = { ms: server.readyMs, bytes: residentOf(server.pid) ?? 0 }
  await server.stop()
  return start
}

const BUDGET_MS = 1500
const BUDGET_BYTES = 200_000_000

const rowOf = (what: string, ours: readonly Start[], reference: readonly Start[]): Row => {
  const [mine, theirs] = [ours, reference].map((all) => median(all.map((s) => s.ms))) as [number, number]
  const budget = { text: `≤ ${millis(BUDGET_MS)}`, met: mine <= BUDGET_MS }
  return { what, ours: millis(mine), reference: millis(theirs), ratio: times(mine / theirs), budget }
}

export const startUp: Bench = async ({ full }) => {
  const rounds = full ? 7 : 3
  const [fresh, again, express]: [Start[], Start[], Start[]] = [[], [], []]
  for (let round = 0; round < rounds; round++) {
    const place = newPlace(1)
    try {
      for (const into of [fresh, again]) {
        const server = await startGateway(place)
        into.push({ ms: server.readyMs, bytes: residentOf(server.pid) ?? 0 })
        await server.stop()
      }
      express.push(await bare())
    } finally {
      place.remove()
    }
  }
  const [mine, theirs] = [again, express].map((all) => median(all.map((s) => s.bytes))) as [number, number]
  return [
    rowOf('start to ready, new store', fresh, express),
    rowOf('start to ready, existing store', again, express),
    {
      what: 'resident memory when ready',
      ours: megabytes(mine),
      reference: megabytes(theirs),
      ratio: times(mine / theirs),
      budget: { text: `≤ ${megabytes(BUDGET_BYTES)}`, met: mine <= BUDGET_BYTES },
    },
  ]
}
