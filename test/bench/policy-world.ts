// What the policy bench asks and of whom: a catalogue of 40 types, a tree six compartments deep, statements with Denies, families and
// conditions, and questions that vary in everything. The same size gives the same world in every process, so that peers can be compared.
import type { CompartmentId, GroupId, PolicyId, TenancyId } from '../../src/core/model/ids.ts'
import type { Policy } from '../../src/core/model/policy.ts'
import { type CatalogueData, catalogueOf } from '../../src/core/policy/catalogue.ts'
import { type Snapshot, snapshotOf } from '../../src/core/policy/compile.ts'
import type { Asked, Principal } from '../../src/core/policy/question.ts'

export type Random = { readonly below: (n: number) => number; readonly pick: <T>(all: readonly T[]) => T }
/**
 * A small fixed generator (mulberry32): every run asks the same. A congruential one will not do: its consecutive numbers hang together, and
 * worlds of different sizes then differ in how many statements fit a question, too.
 */
export const randomFrom = (seed: number): Random => {
  let state = seed
  const below = (n: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n)
  }
  const pick = <T>(all: readonly T[]): T => {
    const one = all[below(all.length)]
    if (one === undefined) throw new Error('nothing to pick from')
    return one
  }
  return { below, pick }
}

export const TYPES = 40
const typeNames = Array.from({ length: TYPES }, (_, n) => `type-${n}s`)
const operationWords = ['inspect', 'read', 'use', 'manage'] as const
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
  regions: {},
}
const made = catalogueOf([data])
if (made.faults.length > 0) throw new Error(made.faults.map((f) => f.message).join('\n'))
export const { catalogue } = made
export const familyTypes: { readonly [name: string]: readonly string[] } = data.families

export type Row = {
  readonly id: CompartmentId
  readonly parentId: CompartmentId | undefined
  readonly name: string
  readonly path: string
  readonly chain: readonly string[] // itself first
}
/** A root, and three children each down to `depth`. */
const treeRows = (depth: number): readonly Row[] => {
  const root: Row = { id: 'c' as CompartmentId, parentId: undefined, name: 'root', path: '', chain: ['c'] }
  const rows = [root]
  let level: readonly Row[] = rows
  for (let d = 0; d < depth; d++) {
    level = level.flatMap((parent) =>
      ['A', 'B', 'C'].map((name) => {
        const id = `${parent.id}${name}` as CompartmentId
        const path = parent.path === '' ? name : `${parent.path}:${name}`
        return { id, parentId: parent.id, name, path, chain: [id, ...parent.chain] }
      }),
    )
    rows.push(...level)
  }
  return rows
}

/** `none` most of the time; what the others mean is spelled in the statement and, for the peers, in policy-peers.ts. */
export type Where = 'none' | 'region' | 'name' | 'operation' | 'either'
const wheres: { readonly [W in Where]: string } = {
  none: '',
  region: " where request.region = 'iad'",
  name: ' where target.compartment.name != /Z*/',
  operation: " where all { request.operation != /Delete*/, request.user.name != 'mallory' }",
  either: " where any { request.region = 'gru', request.networkSource.name = 'office' }",
}
export type Statement = {
  readonly kind: 'Allow' | 'Deny'
  readonly group: string
  readonly level: number // index into the verbs
  readonly type: string // a type, a family or `all-resources`
  readonly place: string // a compartment's id
  readonly where: Where
}
export type World = {
  readonly statements: readonly Statement[]
  readonly rows: readonly Row[]
  readonly groups: number
}

/**
 * Groups grow with the statements, twenty about each, and the tree is the same, so that as many statements fit a question at a thousand as at
 * a hundred thousand (the bench prints how many do): what grows is what must be passed by. People are in ten different groups.
 */
export const worldOf = (count: number): World => {
  const { below, pick } = randomFrom(20_300_116)
  const rows = treeRows(count <= 10 ? 2 : 6)
  const groups = Math.max(4, Math.round(count / 20))
  const statements = Array.from(
    { length: count },
    (): Statement => ({
      kind: below(10) === 0 ? 'Deny' : 'Allow',
      group: `g${below(groups)}`,
      level: below(4),
      type: below(10) === 0 ? pick(['some-family', 'other-family', 'all-resources']) : pick(typeNames),
      place: below(10) === 0 ? 'c' : pick(rows).id,
      where: pick(['none', 'none', 'none', 'none', 'region', 'name', 'operation', 'either']),
    }),
  )
  return { statements, rows, groups }
}

const inWords = ({ kind, group, level, type, place, where }: Statement): string =>
  `${kind} group id ${group} to ${operationWords[level]} ${type} in ${place === 'c' ? 'tenancy' : `compartment id ${place}`}${wheres[where]}`

export const policyOf = (id: string, statements: readonly Statement[]): Policy => ({
  id: id as PolicyId,
  tenancyId: 't' as TenancyId,
  compartmentId: 'c' as CompartmentId,
  name: id,
  description: '',
  statements: statements.map(inWords),
  bindings: statements.map(() => ({})),
  system: false,
  createdAt: 0,
  updatedAt: 0,
})
/** One statement each: the hardest case for whoever keeps track of policies. */
export const policiesOf = (world: World): readonly Policy[] =>
  world.statements.map((statement, n) => policyOf(`p${n}`, [statement]))
export const ADMINISTRATORS = 'g-admin' as GroupId
export const snapshotOfWorld = (world: World): Snapshot =>
  snapshotOf({
    revision: 1,
    catalogue,
    compartments: world.rows,
    administrators: ADMINISTRATORS,
    policies: policiesOf(world),
  })

/** `level`: of the highest permission it needs. Levels are ladders, so whoever has or lacks that one has or lacks the request. */
export type Request = {
  readonly user: string
  readonly groups: readonly string[]
  readonly action: string
  readonly operation: string | undefined
  readonly level: number
  readonly type: string
  readonly row: Row
  readonly region: string | undefined
}
/** Different ones. */
const someOf = (count: number, of: number, below: Random['below']): readonly number[] => {
  const some: number[] = []
  while (some.length < count) {
    const one = below(of)
    if (!some.includes(one)) some.push(one)
  }
  return some
}

export const requestFrom = ({ rows, groups }: World, { below, pick }: Random, n: number): Request => {
  const type = below(TYPES)
  const [action, level] = pick([
    ['read', 1],
    ['use', 2],
    [`Get${type}`, 1],
    [`Update${type}`, 2],
    [`Delete${type}`, 3],
  ] as const)
  return {
    user: `u${n}`,
    groups: someOf(Math.min(10, groups), groups, below).map((group) => `g${group}`),
    action,
    operation: action === 'read' || action === 'use' ? undefined : action,
    level,
    type: `type-${type}s`,
    row: pick(rows),
    region: below(2) === 0 ? 'iad' : undefined,
  }
}
export const requestsOf = (world: World, count: number): readonly Request[] => {
  const random = randomFrom(7)
  return Array.from({ length: count }, (_, n) => requestFrom(world, random, n))
}

export const principalOf = ({ user, groups }: Request): Principal => ({ id: user, name: user, groupIds: groups })
export const askedOf = ({ action, type, user, row, region }: Request): Asked => ({
  action,
  resourceType: type,
  resourceId: `r-${user}`,
  resource: { compartment: row.path, owner: user },
  context: region === undefined ? {} : { region },
})
