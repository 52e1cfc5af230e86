// The immutable snapshot that answers every question of a tenancy at one revision: its tree, its clauses, and the index that leads from
// a principal's groups and a compartment's chain to the few clauses that can matter. Clauses of unchanged policies are taken over.
import type { GroupId } from '../model/ids.ts'
import type { Policy } from '../model/policy.ts'
import type { Compartment } from '../model/tenancy.ts'
import type { Catalogue } from './catalogue.ts'
import { type Clause, clausesOf } from './clause.ts'
import { type ClauseIndex, indexOf, type Placed } from './index-of-clauses.ts'
import { systemPolicies } from './system.ts'
import { isWithin, type Tree, treeOf } from './tree.ts'

export type Snapshot = {
  readonly revision: number
  readonly catalogue: Catalogue
  readonly tree: Tree
  /** The group that no Deny applies to. */
  readonly administrators: GroupId | undefined
  readonly clauses: readonly Placed[]
  readonly index: ClauseIndex
  readonly compiled: ReadonlyMap<string, Compiled>
}
type Compiled = { readonly policy: Policy; readonly clauses: readonly Clause[] }

export type SnapshotSource = {
  readonly revision: number
  readonly catalogue: Catalogue
  readonly compartments: readonly Pick<Compartment, 'id' | 'parentId' | 'name'>[]
  readonly administrators: GroupId | undefined
  readonly policies: readonly Policy[]
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

/** Rows are replaced whole when they change, so the time of change and the texts tell whether a policy is still the same. */
const unchanged = (was: Policy, is: Policy): boolean =>
  was.updatedAt === is.updatedAt &&
  was.name === is.name &&
  was.compartmentId === is.compartmentId &&
  was.statements.length === is.statements.length &&
  was.statements.every((text, n) => text === is.statements[n]) &&
  JSON.stringify(was.bindings) === JSON.stringify(is.bindings)

export const snapshotOf = (source: SnapshotSource, previous?: Snapshot): Snapshot => {
  const tree = treeOf(source.compartments)
  const reusable = previous?.catalogue === source.catalogue ? previous.compiled : undefined
  const compiled = new Map<string, Compiled>()
  for (const policy of source.policies) {
    const before = reusable?.get(policy.id)
    // INVARIANT: a row cannot raise itself above Deny: what is system is decided here, not by the row
    const clauses =
      before && unchanged(before.policy, policy)
        ? before.clauses
        : clausesOf({ ...policy, system: false }, source.catalogue)
    compiled.set(policy.id, { policy, clauses })
  }
  const root = source.compartments.find((c) => c.parentId === undefined)?.id
  const system = systemPolicies(root, source.administrators).flatMap((policy) => clausesOf(policy, source.catalogue))
  const clauses = [...system, ...[...compiled.values()].flatMap((c) => c.clauses)]
  const placed = clauses.map((clause) => ({ clause, covers: coverOf(clause, tree) }))
  return {
    revision: source.revision,
    catalogue: source.catalogue,
    tree,
    administrators: source.administrators,
    clauses: placed,
    index: indexOf(placed, tree),
    compiled,
  }
}
