// The immutable snapshot that answers every question of a tenancy at one revision: its tree, its clauses, and the index that leads from
// a principal's groups and a compartment's chain to the few clauses that can matter. A change makes a new one that shares what it did not
// touch; the first one is made in parts. It stores nothing, waits for nothing, and takes policies and role assignments alike.
import type { GroupId } from '../model/ids.ts'
import type { Policy } from '../model/policy.ts'
import type { Catalogue } from './catalogue.ts'
import { type Clause, clausesOf } from './clause.ts'
import { type ClauseIndex, changedIndex, indexing, type Numbered, type Placed } from './index-of-clauses.ts'
import { systemPolicies } from './system.ts'
import { emptyTable, type Table } from './table.ts'
import { isWithin, type Tree, type TreeRow, treeOf } from './tree.ts'

/** What comes and goes as one: the clauses of a policy, or of a role assignment. With nothing in it, it is gone. */
export type Unit = {
  readonly id: string
  /** Where it is attached. */
  readonly compartmentId: string
  /** As its author counts: limits are on statements, not on clauses. */
  readonly statements: number
  readonly clauses: readonly Clause[]
}
type Kept = Numbered & Omit<Unit, 'clauses'>

export type Snapshot = {
  readonly revision: number
  readonly catalogue: Catalogue
  readonly tree: Tree
  /** The group that no Deny applies to. */
  readonly administrators: GroupId | undefined
  /** All that hold within the tenancy, in no order that means anything. Put together when it is first asked for. */
  readonly clauses: readonly Placed[]
  /** Halves of agreements with other tenancies. */
  readonly cross: readonly Placed[]
  readonly index: ClauseIndex
  readonly units: Table<Kept>
}
export type SnapshotParts = {
  readonly revision: number
  readonly catalogue: Catalogue
  readonly tree: Tree
  readonly administrators: GroupId | undefined
  readonly units: Iterable<Unit>
}

/**
 * Attachment decides: a statement covers a compartment only while that lies in the subtree of the one its policy is attached to, and
 * the whole tenancy only from the root. A compartment that moved elsewhere has left its old parent's policies behind.
 */
const coverOf = (clause: Clause, tree: Tree): Placed['covers'] => {
  const attached = tree.byId.get(clause.attachedTo)
  const covered = clause.compartmentId === undefined ? tree.root : tree.byId.get(clause.compartmentId)
  if (!attached || !covered) return 'compartment-gone'
  return isWithin(covered, attached) ? covered.index : 'moved-away'
}
const placedIn = (clauses: readonly Clause[], tree: Tree): readonly Placed[] =>
  clauses.map((clause) => ({ clause, covers: coverOf(clause, tree) }))

export const unitOf = (policy: Policy, catalogue: Catalogue): Unit => ({
  id: policy.id,
  compartmentId: policy.compartmentId,
  statements: policy.system ? 0 : policy.statements.length, // limits do not count what ships with the product
  // INVARIANT: a row cannot raise itself above Deny: what is system is decided here, not by the row
  clauses: clausesOf({ ...policy, system: false }, catalogue),
})

const SYSTEM_UNIT = 'system:policies' // not an id: ids never hold a colon

const systemUnit = (tree: Tree, administrators: GroupId | undefined, catalogue: Catalogue): Unit => {
  const root = tree.root?.id as Policy['compartmentId'] | undefined
  const clauses = systemPolicies(root, administrators).flatMap((policy) => clausesOf(policy, catalogue))
  return { id: SYSTEM_UNIT, compartmentId: root ?? '', statements: 0, clauses }
}

const keptOf = ({ id, compartmentId, statements }: Unit, numbered: Numbered = { first: 0, placed: [] }): Kept => ({
  id,
  compartmentId,
  statements,
  ...numbered,
})
const isGone = ({ statements, placed }: Kept): boolean => statements === 0 && placed.length === 0
const isLocal = ({ clause }: Placed): boolean => clause.kind === 'local'
const crossIn = (placed: readonly Placed[]): readonly Placed[] => placed.filter((p) => !isLocal(p))

type Whole = Omit<Snapshot, 'clauses'>
const snapshotFrom = (parts: Whole): Snapshot => {
  let clauses: readonly Placed[] | undefined
  return {
    ...parts,
    get clauses() {
      clauses ??= [...parts.units.values()].flatMap((unit) => unit.placed.filter(isLocal))
      return clauses
    },
  }
}

const AT_ONCE = 2000 // units

/** From nothing, in parts of a millisecond or two: whoever runs it decides what happens between them. */
export function* building(parts: SnapshotParts): Generator<undefined, Snapshot> {
  const { revision, catalogue, tree, administrators } = parts
  const all = [systemUnit(tree, administrators, catalogue), ...parts.units]
  function* lists(): Generator<readonly Placed[]> {
    for (const unit of all) yield placedIn(unit.clauses, tree)
  }
  const { index, numbered } = yield* indexing(lists(), tree)
  let units = emptyTable<Kept>()
  const cross: Placed[] = []
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const some = all.slice(from, from + AT_ONCE).map((unit, n) => keptOf(unit, numbered[from + n]))
    units = units.with(some.map((kept) => [kept.id, kept]))
    for (const { placed } of some) cross.push(...crossIn(placed))
    yield
  }
  return snapshotFrom({ revision, catalogue, tree, administrators, index, cross, units })
}

export type SnapshotChange = {
  readonly revision: number
  readonly administrators: GroupId | undefined
  /** Whole: each takes the place of the one with its id. */
  readonly units: readonly Unit[]
  /** Of the same shape: other names or tags. */
  readonly tree?: Tree
}

/** The next snapshot: what the change does not touch is shared with this one, which stays as it is. */
export const changed = (snapshot: Snapshot, change: SnapshotChange): Snapshot => {
  const { catalogue } = snapshot
  const { revision, administrators, tree = snapshot.tree } = change
  const system = administrators === snapshot.administrators ? [] : [systemUnit(tree, administrators, catalogue)]
  const come = [...new Map([...change.units, ...system].map((unit) => [unit.id, unit])).values()]
  const gone = come.map(({ id }) => snapshot.units.get(id)).filter((kept) => kept !== undefined)
  const { index, numbered } = changedIndex(
    snapshot.index,
    tree,
    gone,
    come.map(({ clauses }) => placedIn(clauses, tree)),
  )
  const kept = come.map((unit, n) => keptOf(unit, numbered[n]))
  const left = new Set(gone.flatMap(({ placed }) => crossIn(placed)))
  const cross = [...snapshot.cross.filter((p) => !left.has(p)), ...kept.flatMap((k) => crossIn(k.placed))]
  const units = snapshot.units.with(kept.map((k) => [k.id, isGone(k) ? undefined : k]))
  return snapshotFrom({ revision, catalogue, tree, administrators, index, cross, units })
}

/** Built of what this one is built of, as far as it comes from rows: to be placed in another tree. */
export function* unitsOf(snapshot: Snapshot): Generator<Unit> {
  for (const { id, compartmentId, statements, placed } of snapshot.units.values())
    if (id !== SYSTEM_UNIT) yield { id, compartmentId, statements, clauses: placed.map(({ clause }) => clause) }
}

type Source = Omit<SnapshotParts, 'units' | 'tree'> & {
  readonly compartments: readonly TreeRow[]
  readonly policies: readonly Policy[]
}
/** All in one go: for a handful of policies, and where nobody waits meanwhile. */
export const snapshotOf = ({ policies, compartments, ...parts }: Source): Snapshot => {
  const units = policies.map((policy) => unitOf(policy, parts.catalogue))
  const run = building({ ...parts, tree: treeOf(compartments), units })
  for (;;) {
    const { done, value } = run.next()
    if (done) return value
  }
}
