// Role assignments as rows: written, replaced and removed inside a transaction that the caller owns, each with its audit event and the new
// revision. Knows that an account keeps its last owner; who may write is not asked here.
import type { Actor } from '../../core/model/audit.ts'
import type { GroupId, PersonId, RoleAssignmentId, ServiceIdId, TenancyId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { RoleAssignment, RoleHolder } from '../../core/model/role.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Random } from '../../ports/random.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { eventOf } from '../audit-event.ts'
import type { AssignmentInput } from './role-input.ts'

export type Recording = {
  readonly tx: Tx
  readonly random: Pick<Random, 'id'>
  readonly now: EpochMs
  readonly actor: Actor
  readonly requestId: string | undefined
}
export type Assigned = { readonly assignment: RoleAssignment; readonly changed: boolean }

/** Of the tenancy, and there: a role of nobody would only surprise whoever gets that id. Undefined: not so. */
export const holderName = async (
  tx: Tx,
  tenancyId: TenancyId,
  { kind, id }: Pick<RoleHolder, 'kind' | 'id'>,
): Promise<string | undefined> => {
  if (kind === 'person') {
    const person = await tx.people.get(id as PersonId)
    return person?.tenancyId === tenancyId ? person.username : undefined
  }
  const found = kind === 'group' ? await tx.groups.get(id as GroupId) : await tx.serviceIds.get(id as ServiceIdId)
  return found?.tenancyId === tenancyId ? found.name : undefined
}

/** By its name before its id: no name looks like an id. */
export const assignmentCalled = async (
  tx: Tx,
  tenancyId: TenancyId,
  called: string,
): Promise<RoleAssignment | undefined> => {
  const named = await tx.roleAssignments.byName(tenancyId, called)
  if (named) return named
  const found = await tx.roleAssignments.get(called as RoleAssignmentId)
  return found?.tenancyId === tenancyId ? found : undefined
}

const OWNER = 'account-owner'
const isOwner = ({ roles, service, resource, expiresAt }: AssignmentInput): boolean =>
  roles.includes(OWNER) &&
  service === undefined &&
  resource.type === undefined &&
  resource.id === undefined &&
  Object.keys(resource.attributes).length === 0 &&
  expiresAt === undefined

/** An account that has an owner keeps one for good: an owner until some day is not counted. */
const refuseLastOwner = async (tx: Tx, before: RoleAssignment | undefined, after: AssignmentInput | undefined) => {
  if (!before || !isOwner(before) || (after && isOwner(after))) return
  const others = (await tx.roleAssignments.list(before.tenancyId)).filter((a) => a.id !== before.id && isOwner(a))
  if (others.length === 0)
    throw new Problem('not-permitted', 'this is the last owner of the account: make somebody else owner first', {
      reason: 'last-owner',
    })
}

const shownOf = ({ name, holder, roles, service, compartmentId, resource, expiresAt }: RoleAssignment): JsonObject => ({
  name,
  holder: { ...holder },
  roles,
  service: service ?? null,
  compartmentId,
  resource: { type: resource.type ?? null, id: resource.id ?? null, attributes: { ...resource.attributes } },
  expiresAt: expiresAt ?? null,
})

const record = async (
  { tx, random, now, actor, requestId }: Recording,
  row: RoleAssignment,
  what: 'created' | 'updated' | 'removed',
  sides: { readonly before?: RoleAssignment; readonly after?: RoleAssignment },
): Promise<void> => {
  const holder = await holderName(tx, row.tenancyId, row.holder)
  await tx.tenancies.bumpRevision(row.tenancyId, { noun: 'role-assignment', id: row.id })
  await tx.audit.add(
    eventOf(random, now, {
      tenancyId: row.tenancyId,
      action: `role-assignment.${what}`,
      actor,
      target: { type: 'role-assignment', id: row.id, name: row.name },
      before: sides.before && shownOf(sides.before),
      after: sides.after && shownOf(sides.after),
      details: holder === undefined ? {} : { holder },
      requestId,
    }),
  )
}

// members of `attributes` come back from a database in an order of its own
const sorted = (row: RoleAssignment): RoleAssignment => ({
  ...row,
  resource: {
    ...row.resource,
    attributes: Object.fromEntries(Object.entries(row.resource.attributes).sort(([a], [b]) => (a < b ? -1 : 1))),
  },
})
const same = (a: RoleAssignment, b: RoleAssignment): boolean =>
  JSON.stringify(shownOf(sorted(a))) === JSON.stringify(shownOf(sorted(b)))

/** Problem('not-found') when the holder is not there, 'name-taken', or 'not-permitted' when it takes away the last owner. */
export const writeAssignment = async (
  on: Recording,
  before: RoleAssignment | undefined,
  given: AssignmentInput & { readonly tenancyId: TenancyId; readonly name: string; readonly createdBy: string },
): Promise<Assigned> => {
  const { tx, random, now } = on
  const { holder } = given
  if ((await holderName(tx, given.tenancyId, holder)) === undefined)
    throw new Problem('not-found', `there is no ${holder.kind} \`${holder.id.slice(0, 100)}\``, {
      reason: 'holder-unknown',
    })
  const assignment: RoleAssignment = {
    ...given,
    id: before?.id ?? (random.id() as RoleAssignmentId),
    roles: [...new Set(given.roles)],
    createdBy: before?.createdBy ?? given.createdBy,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  }
  if (before && same(before, assignment)) return { assignment: before, changed: false }
  await refuseLastOwner(tx, before, assignment)
  if ((await tx.roleAssignments.put(assignment)) === 'name-taken')
    throw new Problem('name-taken', `there is a role assignment \`${given.name}\` already`)
  await (before
    ? record(on, assignment, 'updated', { before, after: assignment })
    : record(on, assignment, 'created', { after: assignment }))
  return { assignment, changed: true }
}

export const removeAssignment = async (on: Recording, row: RoleAssignment): Promise<void> => {
  await refuseLastOwner(on.tx, row, undefined)
  await on.tx.roleAssignments.remove(row.id)
  await record(on, row, 'removed', { before: row })
}
