// Groups of a domain, as administrators make and change them. The group that the gateway's own administrators are in keeps its name and cannot
// be deleted.
import type { Group } from '../../core/model/group.ts'
import type { GroupId } from '../../core/model/ids.ts'
import type { Tags } from '../../core/model/tag.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import { Problem } from '../../problem.ts'
import type { Work } from '../access/administer.ts'
import { noteChange } from './note-change.ts'
import { same } from './reconcile.ts'

export type GroupInput = {
  readonly name: string
  readonly description: string
  readonly tags: Tags
  /** Left out: it stays. */
  readonly externalId?: string | undefined
}

const note = (work: Work, domain: Domain, verb: string, before: Group | undefined, after: Group | undefined) => {
  const { id, name } = after ?? before ?? { id: '', name: '' }
  return noteChange(work, {
    action: `group.${verb}`,
    target: { type: 'group', id, name: `${domain.name}/${name}` },
    domainId: domain.id,
    before,
    after,
    revision: { noun: 'group', id },
  })
}

export const putGroup = async (
  work: Work,
  domain: Domain,
  before: Group | undefined,
  input: GroupInput,
): Promise<Group> => {
  if (before?.system && input.name !== before.name)
    throw new Problem('not-permitted', `\`${before.name}\` keeps its name: policies and people look for it`, {
      reason: 'system-group',
    })
  const externalId = 'externalId' in input ? input.externalId : before?.externalId
  const after: Group = {
    id: before?.id ?? (work.random.id() as GroupId),
    tenancyId: domain.tenancyId,
    domainId: domain.id,
    name: input.name,
    description: input.description,
    system: before?.system ?? false,
    tags: input.tags,
    ...(externalId === undefined ? {} : { externalId }),
  }
  if (before && same({ ...before, tags: before.tags ?? {} }, after)) return before
  if ((await work.tx.groups.put(after)) === 'name-taken')
    throw new Problem('name-taken', `a group or dynamic group \`${input.name}\` is in this domain already`)
  await note(work, domain, before ? 'updated' : 'created', before, after)
  return after
}

export const removeGroup = async (work: Work, domain: Domain, group: Group): Promise<void> => {
  if (group.system)
    throw new Problem('not-permitted', `\`${group.name}\` cannot be deleted: it is how a tenancy is administered`, {
      reason: 'system-group',
    })
  await work.tx.groups.remove(group.id)
  await note(work, domain, 'removed', group, undefined)
}
