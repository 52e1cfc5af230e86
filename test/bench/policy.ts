// How long a policy decision takes in process, at growing numbers of statements. `node test/bench/policy.ts`. Requests vary (principal,
// action, compartment, facts) and include denies, conditions and deep compartments; nothing is remembered between them.
import type { CompartmentId, GroupId, PolicyId, TenancyId } from '../../src/core/model/ids.ts'
import type { Policy } from '../../src/core/model/policy.ts'
import { type CatalogueData, catalogueOf } from '../../src/core/policy/catalogue.ts'
import { snapshotOf } from '../../src/core/policy/compile.ts'
import { evaluate } from '../../src/core/policy/evaluate.ts'
import { type Ask, type Asked, askOf, type Principal } from '../../src/core/policy/question.ts'

// a small fixed generator: every run asks the same questions
const randomFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
const random = randomFrom(20_300_116)
const below = (n: number): number => Math.floor(random() * n)
const pick = <T>(all: readonly T[]): T => {
  const one = all[below(all.length)]
  if (one === undefined) throw new Error('nothing to pick from')
  return one
}

const TYPES = 40
const typeNames = Array.from({ length: TYPES }, (_, n) => `type-${n}s`)
const data: CatalogueData = {
  service: 'bench',
  types: Object.fromEntries(
    typeNames.map((name, n) => [
      name,
      {
        noun: `type-${n}`,
        permissions: {
          inspect: [`T${n}_INSPECT`],
          read: [`T${n}_READ`],
          use: [`T${n}_UPDATE`],
          manage: [`T${n}_CREATE`, `T${n}_DELETE`],
        },
        variables: ['owner'],
        operations: {
          [`Get${n}`]: { needs: [`T${n}_READ`], kind: 'other' as const },
          [`Update${n}`]: { needs: [`T${n}_READ`, `T${n}_UPDATE`], kind: 'other' as const },
          [`Delete${n}`]: { needs: [`T${n}_DELETE`], kind: 'other' as const },
        },
      },
    ]),
  ),
  families: { 'some-family': typeNames.slice(0, 8), 'other-family': typeNames.slice(8, 14) },
  aliases: {},
  regions: { iad: 'us-ashburn-1' },
}
const { catalogue, faults } = catalogueOf([data])
if (faults.length > 0) throw new Error(faults.map((f) => f.message).join('\n'))

/** A root, and three children each down to `depth`. */
const treeRows = (
  depth: number,
): { id: CompartmentId; parentId: CompartmentId | undefined; name: string; path: string }[] => {
  const rows = [{ id: 'c' as CompartmentId, parentId: undefined as CompartmentId | undefined, name: 'root', path: '' }]
  let level = rows
  for (let d = 0; d < depth; d++) {
    level = level.flatMap((parent) =>
      ['A', 'B', 'C'].map((name) => ({
        id: `${parent.id}${name}` as CompartmentId,
        parentId: parent.id,
        name,
        path: parent.path === '' ? name : `${parent.path}:${name}`,
      })),
    )
    rows.push(...level)
  }
  return rows
}

const wheres = [
  '',
  '',
  '',
  '',
  " where request.region = 'iad'",
  ' where target.compartment.name != /Z*/',
  " where all { request.operation != /Delete*/, request.user.name != 'mallory' }",
  " where any { request.region = 'gru', request.networkSource.name = 'office' }",
]

const statements = (
  count: number,
  groups: number,
  places: readonly { path: string; id: string }[],
): readonly Policy[] => {
  const one = (n: number): Policy => {
    const place = random() < 0.1 ? undefined : pick(places)
    const where = place === undefined || place.path === '' ? 'tenancy' : `compartment id ${place.id}`
    const group = `g${below(groups)}`
    const type = random() < 0.1 ? pick(['some-family', 'other-family', 'all-resources']) : pick(typeNames)
    const verb = pick(['inspect', 'read', 'use', 'manage'])
    const kind = random() < 0.1 ? 'Deny' : 'Allow'
    return {
      id: `p${n}` as PolicyId,
      tenancyId: 't' as TenancyId,
      compartmentId: 'c' as CompartmentId,
      name: `policy-${n}`,
      description: '',
      statements: [`${kind} group id ${group} to ${verb} ${type} in ${where}${pick(wheres)}`],
      bindings: [{}],
      system: false,
      createdAt: 0,
      updatedAt: 0,
    }
  }
  return Array.from({ length: count }, (_, n) => one(n))
}

const now = Date.UTC(2030, 0, 16, 12)
const questions = (count: number, groups: number, places: readonly { path: string }[]): readonly [Principal, Asked][] =>
  Array.from({ length: count }, (_, n) => {
    const type = below(TYPES)
    const principal = {
      id: `u${n}`,
      name: `user-${n}`,
      groupIds: Array.from({ length: Math.min(10, groups) }, () => `g${below(groups)}`),
    }
    const asked = {
      action: pick(['read', 'use', `Get${type}`, `Update${type}`, `Delete${type}`]),
      resourceType: `type-${type}s`,
      resourceId: `r${n}`,
      resource: { compartment: pick(places).path, owner: `user-${below(100)}` },
      context: random() < 0.5 ? { region: 'iad' } : {},
    }
    return [principal, asked]
  })

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0

type Times = { readonly cpu: number; readonly p50: number; readonly p99: number }
/** Microseconds per call. `cpu` is processor time, which a busy machine does not stretch; wall-clock samples are means of 50 different questions. */
const time = (rounds: number, work: (n: number) => void, count: number): Times => {
  for (let n = 0; n < count; n++) work(n) // let the compiler see it first
  const samples: number[] = []
  const before = process.cpuUsage()
  for (let round = 0; round < rounds; round++)
    for (let from = 0; from + 50 <= count; from += 50) {
      const start = process.hrtime.bigint()
      for (let n = from; n < from + 50; n++) work(n)
      samples.push(Number(process.hrtime.bigint() - start) / 50_000)
    }
  const { user } = process.cpuUsage(before)
  samples.sort((a, b) => a - b)
  return { cpu: user / (rounds * count), p50: quantile(samples, 0.5), p99: quantile(samples, 0.99) }
}
const shown = ({ cpu, p50, p99 }: Times): string => [cpu, p50, p99].map((x) => x.toFixed(2).padStart(6)).join(' ')

const run = (count: number): string => {
  const rows = treeRows(count <= 10 ? 2 : 6)
  const groups = Math.max(4, Math.round(count / 20))
  const policies = statements(count, groups, rows)
  const began = performance.now()
  const snapshot = snapshotOf({
    revision: 1,
    catalogue,
    compartments: rows,
    administrators: 'g-admin' as GroupId,
    policies,
  })
  const built = performance.now() - began
  const all = questions(5000, groups, rows)
  const asks = all
    .map(([principal, asked]) => askOf(snapshot, principal, asked, now))
    .filter((a): a is Ask => typeof a !== 'string')
  if (asks.length !== all.length) throw new Error('a question was not answerable')
  let allowed = 0
  const decide = time(
    20,
    (n) => {
      const ask = asks[n]
      if (ask && evaluate(snapshot, ask).allow) allowed++
    },
    asks.length,
  )
  const whole = time(
    20,
    (n) => {
      const [principal, asked] = all[n] ?? []
      const ask = principal && asked && askOf(snapshot, principal, asked, now)
      if (typeof ask === 'object' && evaluate(snapshot, ask).allow) allowed++
    },
    all.length,
  )
  const share = (allowed / (asks.length * 42)) * 100
  return `${String(count).padStart(10)}  ${shown(decide)}   ${shown(whole)}   ${built.toFixed(0).padStart(7)} ms   ${share.toFixed(0).padStart(4)} %`
}

console.log('statements   decision µs            question + decision µs     snapshot   allowed')
console.log('               cpu    p50    p99      cpu    p50    p99')
for (const count of [10, 1_000, 100_000]) console.log(run(count))
