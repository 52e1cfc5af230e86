// Giving roles, changing what was given, and taking them away. Whoever gives or takes a role must be allowed to write the assignment, and
// must either hold all that the role grants there or have been named as one who may give this role (`ROLE_DELEGATE`). All of it is asked
// of the evaluator, in the transaction that writes.
import type { RoleAssignment } from '../../core/model/role.ts'
import { type Role, type Roles, withIncluded } from '../../core/policy/roles.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import type { Administer, Work } from './administer.ts'
import { lackedFor } from './holding.ts'
import type { Administrator, Asker, Demand, Standing } from './permits.ts'
import { type AssignmentInput, assignmentFacts, checkedRoles, checkName } from './role-input.ts'
import { type Assigned, assignmentCalled, type Recording, removeAssignment, writeAssignment } from './role-rows.ts'
import { understood, type Wish } from './role-wish.ts'

/** Asked in the transaction that writes: throws when the caller had seen something else. */
export type Expected = (tx: Tx, before: RoleAssignment | undefined) => Promise<void>
export type Shown<V> = Assigned & { readonly made: boolean; readonly shown: V }
export type AssignRole = {
  /** By name or id: an assignment called so is replaced, else one of that name is made. */
  readonly put: <V>(
    who: Administrator,
    called: string,
    wish: Wish,
    show: (tx: Tx, row: RoleAssignment) => Promise<V>,
    expected?: Expected,
  ) => Promise<Shown<V>>
  /** By name or id: what is there becomes what `change` makes of it. */
  readonly patch: <V>(
    who: Administrator,
    called: string,
    change: (before: RoleAssignment) => Wish,
    show: (tx: Tx, row: RoleAssignment) => Promise<V>,
    expected?: Expected,
  ) => Promise<Shown<V>>
  readonly remove: (who: Administrator, called: string, expected?: Expected) => Promise<void>
}

const askerOf = ({ asker }: Standing): Asker => {
  if (!asker) throw new Problem('not-permitted', undefined, { reason: 'not-permitted' })
  return asker
}

type Operation = 'CreateRoleAssignment' | 'UpdateRoleAssignment' | 'DeleteRoleAssignment'
type Named = { readonly id: string; readonly name: string }

/** One role at a time: that somebody may give one of several does not make the others theirs to give. */
const demandsOf = (
  operation: Operation,
  { id, name }: Named,
  input: AssignmentInput,
  { snapshot }: Asker,
): readonly Demand[] =>
  input.roles.map((role) => ({
    permission: { operation, resourceType: 'role-assignments' },
    target: {
      id,
      name,
      compartmentId: input.compartmentId,
      facts: assignmentFacts(role, input, snapshot.catalogue),
    },
  }))

/** Whether there is one is told to those who may change, or remove, some. */
const absent = (operation: Operation, name: string): Demand => ({
  permission: { operation, resourceType: 'role-assignments' },
  target: { id: name, name, compartmentId: undefined },
})
const notThere = (called: string): Problem =>
  new Problem('not-found', `there is no role assignment \`${called.slice(0, 220)}\``)

const some = (demands: readonly Demand[]): readonly [Demand, ...Demand[]] => {
  const [first, ...others] = demands
  if (!first) throw new Problem('not-permitted', undefined, { reason: 'not-permitted' })
  return [first, ...others]
}

// no role is called so: role names hold no space
const ANY_ROLE = 'any role'

/**
 * Named as one who may give this role. INVARIANT: a permission for whatever role names none; else whoever holds everything but what a Deny
 * took could have it back by giving it to an accomplice. What is above Deny is not named either: it must be held.
 */
const mayDelegate = (standing: Standing, role: Role, input: AssignmentInput, { snapshot }: Asker): boolean => {
  const may = (name: string): boolean =>
    standing.may({
      permission: { operation: '{ROLE_DELEGATE}', resourceType: 'role-assignments' },
      target: {
        id: '',
        name: '',
        compartmentId: input.compartmentId,
        facts: assignmentFacts(name, input, snapshot.catalogue),
      },
    })
  return !role.aboveDeny && may(role.name) && !may(ANY_ROLE)
}

const NAMED = 5
/** Giving and taking alike: nobody takes from others what he could not give back. */
const refuseUnheld = (standing: Standing, roles: Roles, input: AssignmentInput): void => {
  const asker = askerOf(standing)
  for (const name of new Set(input.roles)) {
    const role = roles.get(name)
    // what is named to be given is named as a whole: what comes with it comes with it
    if (role && mayDelegate(standing, role, input, asker)) continue
    const lacked = new Set(withIncluded(roles, name).flatMap((r) => lackedFor(asker, r, input, input.compartmentId)))
    if (lacked.size === 0) continue
    const shown = [...lacked].slice(0, NAMED).map((p) => `\`${p}\``)
    throw new Problem(
      'not-permitted',
      `role \`${name}\` grants what you do not hold there: ${shown.join(', ')}${lacked.size > NAMED ? ` and ${lacked.size - NAMED} more` : ''}`,
      { reason: 'not-held' },
    )
  }
}

/** For promises that are kept later: may whoever asks give these roles now? */
export const refuseUngivable = (standing: Standing, roles: Roles, input: AssignmentInput): void => {
  const demands = demandsOf('CreateRoleAssignment', { id: '', name: '' }, input, askerOf(standing))
  if (!demands.every(standing.may))
    throw new Problem('not-permitted', 'you may not give these roles there', { reason: 'not-permitted' })
  refuseUnheld(standing, roles, input)
}

const recordingOf = ({ tx, random, now, who }: Work): Recording => ({
  tx,
  random,
  now,
  actor: who.actor,
  requestId: who.requestId,
})

type Found = {
  readonly before: RoleAssignment | undefined
  readonly input: AssignmentInput
  readonly missing: string | undefined
}

type Deps = { readonly administer: Administer; readonly roles: Roles }
type Put = { readonly who: Administrator; readonly called: string; readonly wish: Wish }

const askToPut = async (tx: Tx, standing: Standing, roles: Roles, { who, called, wish }: Put) => {
  const asker = askerOf(standing)
  const { catalogue, tree } = asker.snapshot
  const { input: wanted, missing } = await understood(tx, who.tenancyId, wish, tree)
  // what is nowhere is said to be so, once it may be said, rather than found unfit
  const checked =
    missing === undefined
      ? checkedRoles(wanted, { roles, catalogue, tree, now: asker.now }).map((r) => r.name)
      : [...new Set(wanted.roles)]
  const input = { ...wanted, roles: checked }
  const before = await assignmentCalled(tx, who.tenancyId, called)
  if (!before) checkName(called)
  const demands = before
    ? [
        ...demandsOf('UpdateRoleAssignment', before, before, asker),
        ...demandsOf('UpdateRoleAssignment', before, input, asker),
      ]
    : demandsOf('CreateRoleAssignment', { id: called, name: called }, input, asker)
  return { demands: some(demands), found: { before, input, missing } }
}

type Patch = Omit<Put, 'wish'> & { readonly change: (before: RoleAssignment) => Wish }
const askToPatch = async (tx: Tx, standing: Standing, roles: Roles, { who, called, change }: Patch) => {
  const before = await assignmentCalled(tx, who.tenancyId, called)
  if (!before) return { demands: some([absent('UpdateRoleAssignment', called)]), found: undefined }
  const demands = some(demandsOf('UpdateRoleAssignment', before, before, askerOf(standing)))
  // who may not change it is not told what it would become
  if (!demands.every(standing.may)) return { demands, found: undefined }
  return askToPut(tx, standing, roles, { who, called: before.id, wish: change(before) })
}

const keep = async <V>(
  work: Work,
  roles: Roles,
  called: string,
  { before, input, missing }: Found,
  { show, expected }: { readonly show: (tx: Tx, row: RoleAssignment) => Promise<V>; readonly expected?: Expected },
): Promise<Shown<V>> => {
  const { tx, who, standing } = work
  await expected?.(tx, before)
  if (missing !== undefined) throw new Problem('not-found', missing, { reason: 'reference-unknown' })
  if (before) refuseUnheld(standing, roles, before)
  refuseUnheld(standing, roles, input)
  const given = { ...input, tenancyId: who.tenancyId, name: before?.name ?? called, createdBy: who.actor.name }
  const { assignment, changed } = await writeAssignment(recordingOf(work), before, given)
  return { assignment, changed, made: before === undefined, shown: await show(tx, assignment) }
}

export const roleAssigner = ({ administer, roles }: Deps): AssignRole => ({
  put: (who, called, wish, show, expected) =>
    administer.write(
      who,
      (tx, standing) => askToPut(tx, standing, roles, { who, called, wish }),
      (work, found: Found) => keep(work, roles, called, found, { show, ...(expected ? { expected } : {}) }),
    ),

  patch: (who, called, change, show, expected) =>
    administer.write(
      who,
      (tx, standing) => askToPatch(tx, standing, roles, { who, called, change }),
      async (work, found: Found | undefined) => {
        if (!found) throw notThere(called)
        return keep(work, roles, called, found, { show, ...(expected ? { expected } : {}) })
      },
    ),

  remove: (who, called, expected) =>
    administer.write(
      who,
      async (tx, standing) => {
        const before = await assignmentCalled(tx, who.tenancyId, called)
        const demands = before
          ? demandsOf('DeleteRoleAssignment', before, before, askerOf(standing))
          : [absent('DeleteRoleAssignment', called)]
        return { demands: some(demands), found: before }
      },
      async (work, before) => {
        if (!before) throw notThere(called)
        await expected?.(work.tx, before)
        refuseUnheld(work.standing, roles, before)
        await removeAssignment(recordingOf(work), before)
      },
    ),
})
