// One other engine at one size, in a thread of its own: it may take too long or too much and is then ended from outside.
import { parentPort, workerData } from 'node:worker_threads'
import { casbin, cedar } from './policy-peers.ts'
import { requestsOf, worldOf } from './policy-world.ts'

export type Task = {
  readonly peer: 'cedar' | 'casbin'
  readonly count: number
  readonly compared: number
  readonly seconds: number
}
export type Measured = { readonly loadMs: number; readonly perSecond: number; readonly decisions: readonly boolean[] }

const { peer, count, compared, seconds } = workerData as Task
const world = worldOf(count)
const began = performance.now()
const decide = await { cedar, casbin }[peer](world)
const loadMs = performance.now() - began
const requests = requestsOf(world, 5000)

const decisions: boolean[] = []
const until = performance.now() + seconds * 1000
for (const request of requests.slice(0, compared)) {
  decisions.push(decide(request))
  if (performance.now() > until) break // what it has not decided by then is not compared
}
let asked = 0
const start = performance.now()
const end = start + seconds * 1000
while (asked === 0 || performance.now() < end) {
  const request = requests[asked++ % requests.length]
  if (request) decide(request)
}
const measured: Measured = { loadMs, perSecond: asked / ((performance.now() - start) / 1000), decisions }
parentPort?.postMessage(measured)
