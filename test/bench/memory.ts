// Resident memory after many sign-ins, the gateway beside bare oidc-provider that keeps everything in memory. 10,000 with `--full`.
import { coldSignIn, coldSignInAtProvider } from './journeys.ts'
import type { Work } from './load.ts'
import { newPlace, residentOf, type Server, startGateway, startReference } from './processes.ts'
import { type Bench, megabytes, times } from './table.ts'
import { connect } from './wire.ts'

const PEOPLE = 8
const MOST_BYTES = 200_000_000

/** By so many people at once, each on a connection of their own. */
const repeat = async ({ port }: Server, work: Work, count: number): Promise<void> => {
  const wires = await Promise.all(Array.from({ length: PEOPLE }, () => connect(port)))
  let left = count
  await Promise.all(
    wires.map(async (wire, n) => {
      while (left > 0) {
        left -= 1
        await work(wire, n, 0)
      }
    }),
  )
  for (const wire of wires) wire.close()
}

export const memory: Bench = async ({ full }) => {
  const count = full ? 10_000 : 1_000
  const place = newPlace(PEOPLE)
  const servers: Server[] = []
  try {
    const gateway = await startGateway(place)
    servers.push(gateway)
    const provider = await startReference('provider')
    servers.push(provider)
    await repeat(gateway, coldSignIn, count)
    await repeat(provider, coldSignInAtProvider({}), count)
    const [ours, reference] = [gateway, provider].map(({ pid }) => residentOf(pid) ?? Number.NaN)
    if (ours === undefined || reference === undefined) throw new Error('unreachable')
    return [
      {
        what: `resident after ${count.toLocaleString('en')} sign-ins`,
        ours: megabytes(ours),
        reference: megabytes(reference),
        ratio: times(ours / reference),
        budget: { text: `≤ ${megabytes(MOST_BYTES)}`, met: ours <= MOST_BYTES },
      },
    ]
  } finally {
    await Promise.all(servers.map((s) => s.stop()))
    place.remove()
  }
}
