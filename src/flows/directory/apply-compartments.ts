// The declared compartment tree and the policies attached to it. A policy is written by flows/access, which resolves its names and
// reports the faults of its statements.
import type { DeclaredCompartment, DeclaredPolicy } from '../../core/model/declared.ts'
import type { CompartmentId } from '../../core/model/ids.ts'
import type { Policy } from '../../core/model/policy.ts'
import { type Compartment, MAX_COMPARTMENT_DEPTH } from '../../core/model/tenancy.ts'
import { Problem } from '../../problem.ts'
import type { PolicyWriter } from '../access/api.ts'
import { declare, fault, type Path, type Run, settle, shown, tagsFor } from './reconcile.ts'
import { retirePolicies } from './retire.ts'

/** Path below the root (`prod/web`, lower case; empty: the root) → compartment, declared or not. */
export type Compartments = ReadonlyMap<string, CompartmentId>

export const compartmentsOf = async (run: Run): Promise<Compartments> => {
  const all = await run.tx.compartments.list({ tenancyId: run.tenancyId })
  const byId = new Map(all.map((c) => [c.id, c]))
  const pathOf = (c: Compartment): readonly string[] => {
    const parent = c.parentId === undefined ? undefined : byId.get(c.parentId)
    return parent ? [...pathOf(parent), c.name.toLowerCase()] : []
  }
  return new Map(all.map((c) => [pathOf(c).join('/'), c.id]))
}

export const applyCompartments = async (
  run: Run,
  declared: readonly DeclaredCompartment[],
  parentId: CompartmentId,
  path: Path = ['compartments'],
  above: readonly string[] = [],
): Promise<void> => {
  for (const [index, compartment] of declared.entries()) {
    const at: Path = [...path, index]
    const names = [...above, compartment.name]
    if (names.length > MAX_COMPARTMENT_DEPTH) {
      fault(
        run,
        at,
        `\`${names.join('/')}\` is ${names.length} levels deep: at most ${MAX_COMPARTMENT_DEPTH} are allowed below the root`,
      )
      continue
    }
    const before = await run.tx.compartments.byName({ tenancyId: run.tenancyId, parentId }, compartment.name)
    const after: Compartment = {
      id: before?.id ?? (run.random.id() as CompartmentId),
      tenancyId: run.tenancyId,
      parentId,
      name: compartment.name,
      description: compartment.description,
      ...tagsFor(before?.tags, compartment.tags),
    }
    await settle(run, { noun: 'compartment', name: names.join('/'), path: at }, run.tx.compartments.put, before, after)
    await applyCompartments(run, compartment.compartments, after.id, [...at, 'compartments'], names)
  }
}

type Placed = {
  readonly policy: DeclaredPolicy
  readonly path: Path
  readonly compartmentId: CompartmentId
  readonly before: Policy | undefined
}

const placePolicies = async (
  run: Run,
  declared: readonly DeclaredPolicy[],
  compartments: Compartments,
): Promise<readonly Placed[]> => {
  const out: Placed[] = []
  for (const [index, policy] of declared.entries()) {
    const path: Path = ['policies', index]
    const place = policy.compartment.join('/')
    const compartmentId = compartments.get(place.toLowerCase())
    if (compartmentId) {
      const before = await run.tx.policies.byName({ tenancyId: run.tenancyId, compartmentId }, policy.name)
      out.push({ policy, path, compartmentId, before })
    } else fault(run, [...path, 'compartment'], `compartment \`${place}\` does not exist`)
  }
  return out
}
const growth = ({ policy, before }: Placed): number => policy.statements.length - (before?.statements.length ?? 0)

/**
 * The writer audits and bumps the revision itself; here its change is only noted, and its faults are given their place in the file.
 * INVARIANT: what goes, goes first, then what shrinks: a file within the limits is applied whatever stood there before.
 */
export const applyPolicies = async (
  run: Run,
  { putPolicyIn, removePolicyIn }: Pick<PolicyWriter, 'putPolicyIn' | 'removePolicyIn'>,
  declared: readonly DeclaredPolicy[],
  compartments: Compartments,
): Promise<void> => {
  const placed = await placePolicies(run, declared, compartments)
  await retirePolicies(run, removePolicyIn, new Set(placed.flatMap(({ before }) => before?.id ?? [])))
  for (const { policy, path, compartmentId, before } of placed.toSorted((a, b) => growth(a) - growth(b))) {
    const { name, description, statements } = policy
    try {
      const input = { tenancyId: run.tenancyId, compartmentId, name, description, statements }
      const written = await putPolicyIn(run.tx, run.actor, input)
      declare(run, 'policy', written.policy.id)
      if (written.changed)
        run.changes.push({
          noun: 'policy',
          name: [...policy.compartment, name].join('/'),
          action: before ? 'update' : 'create',
          before: before && shown(before, run.secrets.digest),
          after: shown(written.policy, run.secrets.digest),
        })
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause
      fault(run, [...path, 'statements'], `policy \`${name}\`: ${cause.message}`)
    }
  }
}
