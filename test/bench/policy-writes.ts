// What a write costs everybody else: a tenancy of 100,000 statements in a file, policies written one after another the way administrators
// write them, and meanwhile questions without a pause. Measures how long the event loop stood still and how late a write was seen.
import type { Actor } from '../../src/core/model/audit.ts'
import type { DomainId, GroupId, TenancyId } from '../../src/core/model/ids.ts'
import { evaluate } from '../../src/core/policy/evaluate.ts'
import { askOf } from '../../src/core/policy/question.ts'
import { type Snapshots, snapshots } from '../../src/flows/access/snapshots.ts'
import { policyWriter } from '../../src/flows/access/write-policy.ts'
import { blankDomain } from '../../src/flows/directory/create-tenancy.ts'
import type { Store } from '../../src/ports/store.ts'
import { testFileStore } from '../stores/open-test-store.ts'
import {
  askedOf,
  catalogue,
  policyOf,
  principalOf,
  randomFrom,
  requestFrom,
  type Statement,
  type World,
  worldOf,
} from './policy-world.ts'
import { millis } from './table.ts'

const STATEMENTS = 100_000
const PER_POLICY = 50
const WRITES = 50
const ASKERS = 8
const tenancyId = 't' as TenancyId
const session = { idleSeconds: 60, absoluteSeconds: 600 }
const operator: Actor = { kind: 'operator', id: 'bench', name: 'bench' }
const unlimited = { policiesPerTenancy: 1e9, statementsPerPolicy: 1e9, statementsPerPath: 1e9 }
const domainId = 'd' as DomainId

const slice = (world: World, n: number): readonly Statement[] =>
  world.statements.slice(n * PER_POLICY, (n + 1) * PER_POLICY)

const fill = async (store: Store, world: World): Promise<void> => {
  await store.write(async (tx) => {
    const tenancy = { id: tenancyId, name: 'bench', displayName: '', denyEnabled: true, revision: 1, createdAt: 0 }
    await tx.tenancies.put(tenancy)
    for (const { id, parentId, name } of world.rows)
      await tx.compartments.put({ id, tenancyId, parentId, name, description: '' })
    const [root] = world.rows
    if (root) await tx.domains.put(blankDomain(domainId, tenancyId, root.id, 'default', session))
    for (let n = 0; n < world.groups; n++) {
      const id = `g${n}` as GroupId
      await tx.groups.put({ id, tenancyId, domainId, name: id, description: '', system: false })
    }
  })
  await store.write(async (tx) => {
    for (let n = 0; n < STATEMENTS / PER_POLICY; n++) await tx.policies.put(policyOf(`p${n}`, slice(world, n)))
  })
}

type Pause = { readonly wall: number; readonly cpu: number }
/** The longest time between two turns of the event loop, until it is asked for; and the longest work, which a busy machine does not stretch. */
const watch = (): (() => Pause) => {
  const worked = (): number => {
    const { user, system } = process.threadCpuUsage()
    return (user + system) / 1000
  }
  let [at, done, over] = [performance.now(), worked(), false]
  let longest: Pause = { wall: 0, cpu: 0 }
  const turn = (): void => {
    const [now, work] = [performance.now(), worked()]
    longest = { wall: Math.max(longest.wall, now - at), cpu: Math.max(longest.cpu, work - done) }
    ;[at, done] = [now, work]
    if (!over) setImmediate(turn)
  }
  setImmediate(turn)
  return () => {
    over = true
    return longest
  }
}
const shown = ({ wall, cpu }: Pause): string => `${millis(wall)}, ${millis(cpu)} processor time at most`

/** Whatever comes through a socket comes in a turn of its own: what is done on one request alone can hold up the others. */
const arrival = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Asks until it is told to stop; how long each answer took. */
const asking = (known: Snapshots, world: World) => {
  const random = randomFrom(5)
  const took: number[] = []
  let over = false
  const one = async (): Promise<void> => {
    while (!over) {
      const request = requestFrom(world, random, took.length)
      await arrival()
      const start = performance.now()
      await known.read(tenancyId, async (_, now) => {
        const ask = now && askOf(now.snapshot, principalOf(request), askedOf(request), 0)
        if (!now || !ask || typeof ask === 'string') throw new Error('a question was not answerable')
        evaluate(now.snapshot, ask)
      })
      took.push(performance.now() - start)
    }
  }
  const askers = Array.from({ length: ASKERS }, one)
  return async (): Promise<readonly number[]> => {
    over = true
    await Promise.all(askers)
    return took.sort((a, b) => a - b)
  }
}

const measure = async (store: Store): Promise<readonly (readonly [string, string])[]> => {
  const world = worldOf(STATEMENTS)
  await fill(store, world)
  const known = snapshots({ store, catalogue })
  const firstWatch = watch()
  const began = performance.now()
  await known.prepare(tenancyId)
  const [firstMs, firstPause] = [performance.now() - began, firstWatch()]

  let ids = 0
  const random = { id: () => `new-${ids++}` }
  const writer = policyWriter({ store, clock: () => Date.now(), random, catalogue, known, limits: unlimited })
  const stop = asking(known, world)
  let longest = watch()
  let cold: Pause | undefined
  const [written, seen]: [number[], number[]] = [[], []]
  for (let n = 0; n < WRITES; n++) {
    const { compartmentId, name, description, statements } = policyOf(`p${n * 7}`, slice(world, n * 7 + 1))
    await arrival()
    if (n === 1) {
      cold = longest()
      longest = watch()
    }
    const start = performance.now()
    await writer.putPolicy(operator, { tenancyId, compartmentId, name, description, statements })
    const committed = performance.now()
    await arrival()
    const revision = await known.read(tenancyId, async (_, now) => now?.snapshot.revision)
    if (revision !== n + 2) throw new Error(`revision ${revision} after write ${n + 1}`)
    written.push(committed - start)
    seen.push(performance.now() - committed)
  }
  const pause = longest()
  const took = await stop()
  const at = (all: readonly number[], q: number): string => millis(all[Math.floor((all.length - 1) * q)] ?? 0)
  const spread = (all: number[]): string =>
    `${at(
      all.toSorted((a, b) => a - b),
      0.5,
    )}, at most ${millis(Math.max(...all))}`
  return [
    ['longest pause of the event loop', shown(pause)],
    ...(cold ? [['the same in the first write of the process, when its code is new', shown(cold)] as const] : []),
    ['a write, as its author sees it', spread(written)],
    ['from the commit to an answer that knows it', spread(seen)],
    [
      `an answer meanwhile, ${ASKERS} asked at a time`,
      `${at(took, 0.5)}, p99 ${at(took, 0.99)}, at most ${at(took, 1)}`,
    ],
    ['read and built for the first time in', millis(firstMs)],
    ['longest pause of the event loop meanwhile', shown(firstPause)],
  ]
}

export const pauses = async (): Promise<readonly (readonly [string, string])[]> => {
  const store = await testFileStore()
  try {
    return await measure(store)
  } finally {
    await store.close()
  }
}
