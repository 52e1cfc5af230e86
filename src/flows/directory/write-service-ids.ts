// Service IDs: identities of programs. One that is inactive can do nothing, at once: its keys are looked at with it. Deleting one takes its
// keys and roles along.
import type { ServiceIdId } from '../../core/model/ids.ts'
import type { ServiceId } from '../../core/model/workload.ts'
import { Problem } from '../../problem.ts'
import type { Work } from '../access/administer.ts'
import { noteChange } from './note-change.ts'
import { same } from './reconcile.ts'

export type ServiceIdInput = Pick<ServiceId, 'name' | 'description' | 'status' | 'compartmentId'>

const note = (work: Work, verb: string, before: ServiceId | undefined, after: ServiceId | undefined) => {
  const { id, name } = after ?? before ?? { id: '', name: '' }
  return noteChange(work, { action: `service-id.${verb}`, target: { type: 'service-id', id, name }, before, after })
}

export const putServiceId = async (
  work: Work,
  before: ServiceId | undefined,
  input: ServiceIdInput,
): Promise<ServiceId> => {
  const { tx, who, now, random } = work
  const after: ServiceId = {
    id: before?.id ?? (random.id() as ServiceIdId),
    tenancyId: who.tenancyId,
    ...input,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  }
  if (before && same({ ...before, updatedAt: now }, after)) return before
  if ((await tx.serviceIds.put(after)) === 'name-taken')
    throw new Problem('name-taken', `a service ID \`${input.name}\` is there already`)
  await note(work, before ? 'updated' : 'created', before, after)
  return after
}

export const removeServiceId = async (work: Work, row: ServiceId): Promise<void> => {
  const { tx } = work
  for (const assignment of await tx.roleAssignments.ofHolder({ kind: 'service-id', id: row.id })) {
    await tx.roleAssignments.remove(assignment.id)
    await noteChange(work, {
      action: 'role-assignment.removed',
      target: { type: 'role-assignment', id: assignment.id, name: assignment.name },
      before: assignment,
      details: { because: 'its service ID was deleted' },
      revision: { noun: 'role-assignment', id: assignment.id },
    })
  }
  const keys = await tx.apiKeys.ofOwner({ kind: 'service-id', id: row.id })
  await tx.serviceIds.remove(row.id)
  await noteChange(work, {
    action: 'service-id.removed',
    target: { type: 'service-id', id: row.id, name: row.name },
    before: row,
    details: { apiKeys: keys.map((k) => k.prefix) },
  })
}
