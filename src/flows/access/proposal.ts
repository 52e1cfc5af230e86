// Policies that were not written yet: checked and bound like real ones, and put beside what is there in a snapshot of their own, so that
// questions can be asked of them. Nothing is stored, and the snapshot that answers everybody else is not touched.
import type { CompartmentId, PolicyId } from '../../core/model/ids.ts'
import type { Policy } from '../../core/model/policy.ts'
import { building, type Unit, unitOf, unitsOf } from '../../core/policy/compile.ts'
import { Problem } from '../../problem.ts'
import type { PolicyWritten } from './api.ts'
import type { Desk } from './asking.ts'
import { inTurns, type Known, type Pause } from './known.ts'
import { checkPolicy } from './write-policy.ts'

export type ProposedPolicy = {
  readonly compartmentId: CompartmentId
  /** With the compartment, the key: a policy of that name is replaced. */
  readonly name: string
  readonly statements: readonly string[]
}
export type Proposal = {
  readonly put: readonly ProposedPolicy[]
  readonly remove: readonly Omit<ProposedPolicy, 'statements'>[]
}
export type Proposed = {
  readonly known: Known
  readonly warnings: readonly (PolicyWritten['warnings'][number] & { readonly policy: string })[]
}

const existing = async ({ tx, tenancyId }: Desk, { compartmentId, name }: Proposal['remove'][number]) => {
  const found = await tx.policies.byName({ tenancyId, compartmentId }, name)
  if (found?.system)
    throw new Problem('not-permitted', `\`${name}\` is a system policy: it cannot be changed`, {
      reason: 'system-policy',
    })
  return found
}

const putUnit = async (desk: Desk, proposed: ProposedPolicy, n: number) => {
  const { tx, tenancyId, known, now } = desk
  const { catalogue } = known.snapshot
  const { bindings, warnings } = await checkPolicy(tx, { ...proposed, tenancyId, description: '' }, known)
  const before = await existing(desk, proposed)
  const policy: Policy = {
    ...proposed,
    id: before?.id ?? (`proposed:${n + 1}` as PolicyId), // not an id: ids never hold a colon
    tenancyId,
    description: '',
    bindings,
    system: false,
    createdAt: now,
    updatedAt: now,
  }
  return { unit: unitOf(policy, catalogue), warnings: warnings.map((w) => ({ ...w, policy: proposed.name })) }
}

/** Problem('config-invalid') with every fault of the statements, as if they were written. */
export const proposedIn = async (desk: Desk, proposal: Proposal, pause: Pause): Promise<Proposed> => {
  const { known } = desk
  const units = new Map<string, Unit>()
  for (const unit of unitsOf(known.snapshot)) units.set(unit.id, unit)
  for (const policy of proposal.remove) {
    const gone = await existing(desk, policy)
    if (!gone) throw new Problem('not-found', `there is no policy \`${policy.name}\` in this compartment`)
    units.delete(gone.id)
  }
  const warnings: Proposed['warnings'][number][] = []
  for (const [n, policy] of proposal.put.entries()) {
    const put = await putUnit(desk, policy, n)
    units.set(put.unit.id, put.unit)
    warnings.push(...put.warnings)
  }
  // INVARIANT: built anew: a changed snapshot grows on the ground that it shares with the one that answers everybody else
  const snapshot = await inTurns(building({ ...known.snapshot, units: units.values() }), pause)
  return { known: { ...known, snapshot }, warnings }
}
