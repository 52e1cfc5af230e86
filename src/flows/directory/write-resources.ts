// Resources that applications register: where they lie, their tags and their facts. What is registered is known, not claimed, so a question
// about the resource cannot say otherwise. Moving one is changing its compartment.
import type { CompartmentId, ResourceId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { RegisteredResource } from '../../core/model/resource.ts'
import type { Tags } from '../../core/model/tag.ts'
import type { Catalogue } from '../../core/policy/catalogue.ts'
import { isOwnType } from '../../core/policy/own-types.ts'
import { Problem } from '../../problem.ts'
import type { Work } from '../access/administer.ts'
import { noteChange } from './note-change.ts'
import { same } from './reconcile.ts'

export type ResourceInput = {
  readonly type: string
  readonly name: string
  readonly compartmentId: CompartmentId
  readonly tags: Tags
  readonly facts: JsonObject
}

const note = (
  work: Work,
  verb: string,
  before: RegisteredResource | undefined,
  after: RegisteredResource | undefined,
) => {
  const { id, type, name } = after ?? before ?? { id: '', type: '', name: '' }
  const target = { type: 'resource', id, name: `${type}/${name}` }
  return noteChange(work, { action: `resource.${verb}`, target, before, after })
}

/** The catalogue's own spelling: an alias means the type it stands for. */
const typeOf = (written: string, catalogue: Catalogue): string => {
  const type = catalogue.types.get(written.toLowerCase())
  if (!type)
    throw new Problem('config-invalid', `no resource-type is called \`${written}\`: register its service first`, {
      reason: 'resource-type-unknown',
    })
  if (isOwnType(type.name, catalogue))
    throw new Problem('config-invalid', `resources of \`${type.name}\` are the gateway's own and are not registered`, {
      reason: 'resource-type-own',
    })
  return type.name
}

export const putResource = async (
  work: Work,
  before: RegisteredResource | undefined,
  input: ResourceInput,
  catalogue: Catalogue,
): Promise<RegisteredResource> => {
  const { tx, who, now, random } = work
  const { name, compartmentId, tags, facts } = input
  const kept = before && { compartmentId: before.compartmentId, tags: before.tags, facts: before.facts }
  if (before && before.name === name && same(kept, { compartmentId, tags, facts })) return before
  const after: RegisteredResource = {
    id: before?.id ?? (random.id() as ResourceId),
    tenancyId: who.tenancyId,
    compartmentId,
    type: before?.type ?? typeOf(input.type, catalogue),
    name,
    tags,
    facts,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  }
  if ((await tx.resources.put(after)) === 'name-taken')
    throw new Problem('name-taken', `a resource \`${name}\` of that type is registered already`)
  const moved = before !== undefined && before.compartmentId !== compartmentId
  await note(work, before ? (moved ? 'moved' : 'updated') : 'created', before, after)
  return after
}

export const removeResource = async (work: Work, row: RegisteredResource): Promise<void> => {
  await work.tx.resources.remove(row.id)
  await note(work, 'removed', row, undefined)
}
