// The way from what is known of a tenancy at one revision to what is true at the next: the rows that changed are read, and nothing else.
// Few are taken in at once; many, or compartments that moved, in parts. It says when neither will do and everything must be read anew.
import type { DynamicGroupId, GroupId, PolicyId, RoleAssignmentId, TenancyId } from '../../core/model/ids.ts'
import type { Compartment } from '../../core/model/tenancy.ts'
import { building, changed, type Snapshot, type Unit, unitOf, unitsOf } from '../../core/policy/compile.ts'
import { isSameShape, type Tree, treeOf } from '../../core/policy/tree.ts'
import type { Change, Tx } from '../../ports/store.ts'
import {
  inTurns,
  isAdministrators,
  type Known,
  type KnownDynamicGroup,
  knownDynamicGroup,
  type Named,
  type Pause,
  type Reading,
  type Row,
  unitOfAssignment,
  withGroups,
} from './known.ts'

/** Up to so many changed rows are read and compiled between two questions. */
export const FEW = 10
const AT_ONCE = 10 // units

/** What some changes come to. Units are compiled when they are asked for. */
export type News = Named & {
  readonly revision: number
  readonly units: readonly (() => Unit)[]
  readonly dynamicGroups: readonly KnownDynamicGroup[]
  readonly administrators: GroupId | undefined
  /** All of them, if some changed. */
  readonly compartments: readonly Compartment[] | undefined
}

const idsOf = <I extends string>(changes: readonly Change[], noun: Change['noun']): readonly I[] => [
  ...new Set(changes.filter((c) => c.noun === noun).map((c) => c.id as I)),
]

const rowsOf = async <I extends string, T extends { readonly tenancyId: TenancyId }>(
  ids: readonly I[],
  tenancyId: TenancyId,
  get: (id: I) => Promise<T | undefined>,
  pause: Pause,
): Promise<readonly Row<T>[]> => {
  const rows: Row<T>[] = []
  for (const id of ids) {
    const row = await get(id)
    rows.push({ id, row: row?.tenancyId === tenancyId ? row : undefined })
    if (rows.length % FEW === 0) await pause()
  }
  return rows
}

const goneUnit = (id: string): Unit => ({ id, compartmentId: '', statements: 0, clauses: [] })

const unitsIn = async (
  tx: Tx,
  { pause, roles }: Reading,
  known: Known,
  tenancyId: TenancyId,
  changes: readonly Change[],
): Promise<News['units']> => {
  const { catalogue } = known.snapshot
  const policies = await rowsOf(idsOf<PolicyId>(changes, 'policy'), tenancyId, tx.policies.get, pause)
  const assignments = await rowsOf(
    idsOf<RoleAssignmentId>(changes, 'role-assignment'),
    tenancyId,
    tx.roleAssignments.get,
    pause,
  )
  return [
    ...policies.map(
      ({ id, row }) =>
        () =>
          row ? unitOf(row, catalogue) : goneUnit(id),
    ),
    ...assignments.map(
      ({ id, row }) =>
        () =>
          row ? unitOfAssignment(row, roles, catalogue) : goneUnit(id),
    ),
  ]
}

const administratorsAfter = (known: Known, rows: Parameters<typeof withGroups>[2]): GroupId | undefined => {
  const before = known.snapshot.administrators
  const now = rows.find(({ row }) => row && isAdministrators(row, known.domains))?.row?.id
  return now ?? (rows.some(({ id }) => id === before) ? undefined : before)
}

const dynamicGroupsAfter = async (
  tx: Tx,
  { pause }: Reading,
  known: Known,
  tenancyId: TenancyId,
  changes: readonly Change[],
): Promise<News['dynamicGroups']> => {
  const ids = idsOf<DynamicGroupId>(changes, 'dynamic-group')
  if (ids.length === 0) return known.dynamicGroups
  const rows = await rowsOf(ids, tenancyId, tx.dynamicGroups.get, pause)
  const now = rows.flatMap(({ row }) => (row ? [knownDynamicGroup(row, known.domains)] : []))
  return [...known.dynamicGroups.filter((d) => !ids.includes(d.id)), ...now]
}

/** Undefined: a domain or a registered service changed, or it is not known what did. */
export const newsOf = async (
  tx: Tx,
  reading: Reading,
  known: Known,
  tenancyId: TenancyId,
  revision: number,
  changes: readonly Change[],
): Promise<News | undefined> => {
  if (changes.some(({ noun }) => noun === 'domain' || noun === 'service')) return undefined
  const groups = await rowsOf(idsOf<GroupId>(changes, 'group'), tenancyId, tx.groups.get, reading.pause)
  return {
    revision,
    ...(groups.length === 0 ? known : withGroups(known, known.domains, groups)),
    administrators: administratorsAfter(known, groups),
    dynamicGroups: await dynamicGroupsAfter(tx, reading, known, tenancyId, changes),
    units: await unitsIn(tx, reading, known, tenancyId, changes),
    compartments: changes.some(({ noun }) => noun === 'compartment')
      ? await tx.compartments.list({ tenancyId })
      : undefined,
  }
}

const knownWith = (known: Known, { groups, groupTags, dynamicGroups }: News, snapshot: Snapshot): Known => ({
  domains: known.domains,
  groups,
  groupTags,
  dynamicGroups,
  snapshot,
})
const treeAfter = ({ snapshot }: Known, { compartments }: News): Tree =>
  compartments ? treeOf(compartments) : snapshot.tree

/** At once; undefined where compartments came, went or moved: then everything is placed anew. */
export const withNews = (known: Known, news: News): Known | undefined => {
  const tree = treeAfter(known, news)
  if (tree !== known.snapshot.tree && !isSameShape(tree, known.snapshot.tree)) return undefined
  const { revision, administrators } = news
  const units = news.units.map((make) => make())
  return knownWith(known, news, changed(known.snapshot, { revision, administrators, units, tree }))
}

/** The same result, however much it is, in parts. */
export const withMuchNews = async (known: Known, news: News, pause: Pause): Promise<Known> => {
  const { revision, administrators } = news
  const tree = treeAfter(known, news)
  if (tree !== known.snapshot.tree && !isSameShape(tree, known.snapshot.tree)) {
    const units = new Map<string, Unit>()
    for (const unit of unitsOf(known.snapshot)) units.set(unit.id, unit)
    for (const [n, make] of news.units.entries()) {
      const unit = make()
      units.set(unit.id, unit)
      if (n % AT_ONCE === 0) await pause()
    }
    const { catalogue } = known.snapshot
    const parts = { revision, catalogue, tree, administrators, units: units.values() }
    return knownWith(known, news, await inTurns(building(parts), pause))
  }
  let { snapshot } = known
  for (let from = 0; from === 0 || from < news.units.length; from += AT_ONCE) {
    const units = news.units.slice(from, from + AT_ONCE).map((make) => make())
    snapshot = changed(snapshot, { revision, administrators, units, tree })
    await pause()
  }
  return knownWith(known, news, snapshot)
}

/** Built again of what it is built of, without what earlier changes left behind. */
export const compacted = async (known: Known, pause: Pause): Promise<Known> => {
  const { snapshot } = known
  return { ...known, snapshot: await inTurns(building({ ...snapshot, units: unitsOf(snapshot) }), pause) }
}
