// A group as a Group resource, and back. Its entity tag speaks of who is in it, so it is known only where the members are.
import type { Group } from '../../core/model/group.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { group as type } from '../../core/scim/group-schema.ts'
import type { GroupInput } from '../../flows/directory/write-groups.ts'
import { canonical } from '../admin/etag.ts'
import { given, name as nameShape } from '../admin/shapes.ts'
import { malformed } from './read-body.ts'

/** @param members undefined: they are not shown */
export const groupDocument = (group: Group, base: string, members: readonly string[] | undefined): JsonObject =>
  given<{ [name: string]: JsonObject[string] | undefined }>({
    schemas: [type.core.id],
    id: group.id,
    externalId: group.externalId,
    displayName: group.name,
    members: members?.map((id) => ({ value: id, $ref: `${base}/Users/${id}`, type: 'User' })),
    meta: { resourceType: type.name, location: `${base}${type.endpoint}/${group.id}` },
  }) as JsonObject

export const groupTag = (digest: (text: string) => string, group: Group, members: readonly string[]): string =>
  `W/"${digest(canonical([group, [...members].sort()])).slice(0, 27)}"`

/** A new name is one that policies and paths can speak of; what SCIM does not know stays. */
export const groupInput = (document: JsonObject, before: Group | undefined): GroupInput => {
  const name = typeof document.displayName === 'string' ? document.displayName : ''
  const judged = nameShape.safeParse(name)
  if (name !== before?.name && !judged.success)
    throw malformed('invalidValue', `\`displayName\`: ${judged.error.issues[0]?.message ?? 'not a name'}`)
  return {
    name,
    description: before?.description ?? '',
    tags: before?.tags ?? {},
    externalId: typeof document.externalId === 'string' ? document.externalId : undefined,
  }
}
