// What a tenancy file declares of services, service IDs and role assignments. Services are checked as those that register themselves, roles
// as those that people give; what they find wrong is told at its place in the file.
import type { DeclaredRoleAssignment, DeclaredService, DeclaredServiceId } from '../../core/model/declared.ts'
import type { RegisteredServiceId, ServiceIdId } from '../../core/model/ids.ts'
import type { RegisteredService } from '../../core/model/resource.ts'
import type { ServiceId } from '../../core/model/workload.ts'
import type { Catalogue } from '../../core/policy/catalogue.ts'
import type { Roles } from '../../core/policy/roles.ts'
import { type Tree, treeOf } from '../../core/policy/tree.ts'
import { Problem } from '../../problem.ts'
import { type AssignmentInput, checkedRoles } from '../access/role-input.ts'
import { writeAssignment } from '../access/role-rows.ts'
import { understood } from '../access/role-wish.ts'
import type { Compartments } from './apply-compartments.ts'
import { dated, declare, fault, type Path, type Run, recordingOf, settle, shown } from './reconcile.ts'
import { retireServices } from './retire.ts'
import { checkService, MOST_SERVICES, refuseOrphans } from './write-service-catalogue.ts'

/** What a flow of flows/access refuses, as faults of the file: each at the field it speaks of. */
const tellProblem = (run: Run, path: Path, what: string, problem: Problem): void => {
  const fields = problem.fields ?? []
  if (fields.length === 0) fault(run, path, `${what}: ${problem.message}`)
  for (const { field, expected, remedy } of fields) {
    const steps = field.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step))
    fault(run, [...path, ...steps], `${what}: \`${field}\` expects ${expected}${remedy ? `; ${remedy}` : ''}`)
  }
}
const refused = async (work: () => Promise<void> | void): Promise<Problem | undefined> => {
  try {
    await work()
    return undefined
  } catch (cause) {
    if (cause instanceof Problem) return cause
    throw cause
  }
}

const isSame = (a: { readonly name: string }, b: { readonly name: string }): boolean =>
  a.name.toLowerCase() === b.name.toLowerCase()

/** Each is held against all that will be there, not against what is there now: a type may move from one to another. */
export const applyServices = async (
  run: Run,
  shipped: Catalogue,
  declared: readonly DeclaredService[],
): Promise<void> => {
  const stored = await run.tx.services.list(run.tenancyId)
  await retireServices(run, new Set(stored.filter((s) => declared.some((d) => isSame(s, d))).map((s) => s.id)))
  const others = (await run.tx.services.list(run.tenancyId)).filter((s) => !declared.some((d) => isSame(s, d)))
  if (declared.length > 0 && others.length + declared.length > MOST_SERVICES)
    fault(run, ['services'], `at most ${MOST_SERVICES} services can be registered in a tenancy`)
  for (const [index, service] of declared.entries()) {
    const path: Path = ['services', index]
    const before = stored.find((s) => isSame(s, service))
    const problem = await refused(async () => {
      checkService(shipped, [...others, ...declared.filter((d) => d !== service)], service.data)
      if (before)
        await refuseOrphans(
          run.tx,
          before,
          Object.keys(service.data.types).map((t) => t.toLowerCase()),
        )
    })
    if (problem) {
      tellProblem(run, path, `service \`${service.name}\``, problem)
      continue
    }
    const id = before?.id ?? (run.random.id() as RegisteredServiceId)
    const after = dated<RegisteredService>(run, before, { ...service, id, tenancyId: run.tenancyId })
    await settle(run, { noun: 'service', name: service.name, path }, run.tx.services.put, before, after)
  }
}

export const applyServiceIds = async (
  run: Run,
  declared: readonly DeclaredServiceId[],
  compartments: Compartments,
): Promise<void> => {
  for (const [index, { name, description, compartment, active }] of declared.entries()) {
    const path: Path = ['serviceIds', index]
    const compartmentId = compartments.get(compartment.join('/').toLowerCase())
    if (!compartmentId) {
      fault(run, [...path, 'compartment'], `compartment \`${compartment.join('/')}\` does not exist`)
      continue
    }
    const before = await run.tx.serviceIds.byName(run.tenancyId, name)
    const after = dated<ServiceId>(run, before, {
      id: before?.id ?? (run.random.id() as ServiceIdId),
      tenancyId: run.tenancyId,
      compartmentId,
      name,
      description,
      status: active ? 'active' : 'inactive',
    })
    await settle(run, { noun: 'service-id', name, path }, run.tx.serviceIds.put, before, after)
  }
}

const holderKey = { person: 'person', group: 'group', 'service-id': 'serviceId' } as const

type Giving = { readonly roles: Roles; readonly catalogue: Catalogue; readonly tree: Tree }

/** People come by other ways than this file: whoever is not there yet is waited for. */
const inputFor = async (
  run: Run,
  { tree }: Giving,
  declared: DeclaredRoleAssignment,
  path: Path,
): Promise<AssignmentInput | undefined> => {
  const { holder, compartment, roles, service, resource, expiresAt } = declared
  const place = compartment.length === 0 ? undefined : compartment.join(':')
  const wish = { holder, compartment: undefined, roles, service, resource, expiresAt }
  const { input, missing } = await understood(run.tx, run.tenancyId, wish, tree)
  const found = place === undefined ? tree.root : tree.byPath.get(place.toLowerCase())
  if (!found) fault(run, [...path, 'compartment'], `compartment \`${compartment.join('/')}\` does not exist`)
  const at = [...path, holderKey[holder.kind]]
  if (missing !== undefined && holder.kind === 'person')
    run.waiting.push({
      where: run.where(at),
      message: `role assignment \`${declared.name}\` waits: there is no person \`${holder.called}\` yet`,
    })
  else if (missing !== undefined) fault(run, at, `${holder.kind} \`${holder.called}\` does not exist`)
  return found && missing === undefined
    ? { ...input, compartmentId: found.id as AssignmentInput['compartmentId'] }
    : undefined
}

const applyAssignment = async (
  run: Run,
  giving: Giving,
  declared: DeclaredRoleAssignment,
  path: Path,
): Promise<void> => {
  const { name, expiresAt } = declared
  const before = await run.tx.roleAssignments.byName(run.tenancyId, name)
  if (before) declare(run, 'role-assignment', before.id)
  if (expiresAt !== undefined && expiresAt <= run.now) return // its time has passed: a file that still names it is no fault
  const input = await inputFor(run, giving, declared, path)
  if (!input) return
  const problem = await refused(async () => {
    const roles = checkedRoles(input, { ...giving, now: run.now }).map((r) => r.name)
    const given = { ...input, roles, tenancyId: run.tenancyId, name, createdBy: run.actor.name }
    const { assignment, changed } = await writeAssignment(recordingOf(run), before, given)
    declare(run, 'role-assignment', assignment.id)
    if (changed)
      run.changes.push({
        noun: 'role-assignment',
        name,
        action: before ? 'update' : 'create',
        before: before && shown(before, run.secrets.digest),
        after: shown(assignment, run.secrets.digest),
      })
  })
  if (problem) tellProblem(run, path, `role assignment \`${name}\``, problem)
}

/** After compartments, groups, service IDs and services, and their revision: all of them are asked. */
export const applyAssignments = async (
  run: Run,
  roles: Roles,
  catalogue: Catalogue,
  declared: readonly DeclaredRoleAssignment[],
): Promise<void> => {
  if (declared.length === 0) return
  const tree = treeOf(await run.tx.compartments.list({ tenancyId: run.tenancyId }))
  for (const [index, one] of declared.entries())
    await applyAssignment(run, { roles, catalogue, tree }, one, ['roleAssignments', index])
}
