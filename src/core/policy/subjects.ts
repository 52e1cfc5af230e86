// Whom a clause may be about and a principal is: everybody, its groups, itself. Known to the index by numbers: they are looked up when a
// question is made ready, because that is a walk through memory of its own.
import { ANY_GROUP, ANY_USER, resourceSubject, serviceSubject } from './clause.ts'
import type { ClauseIndex } from './index-of-clauses.ts'
import type { Principal } from './question.ts'

/**
 * What a principal is by itself, beside its groups: people and service IDs by id, services and acting resources by name. A workload is
 * nothing by itself: its id is what its application says, and must not pass for the id of somebody who was given a role.
 */
export const ownSubject = ({ type, id, name }: Principal): string | undefined => {
  switch (type) {
    case undefined:
    case 'user':
    case 'service-id':
      return id
    case 'service':
      return serviceSubject(name)
    case 'resource':
      return resourceSubject(name)
    default:
      return undefined
  }
}

/** Whoever is in some group or dynamic group. Services are in none. */
export const isInSomeGroup = ({ groupIds, dynamicGroupIds }: Principal): boolean =>
  groupIds.length > 0 || (dynamicGroupIds !== undefined && dynamicGroupIds.length > 0)

/** All that a clause may be about and the asker is. */
const subjectsOf = (principal: Principal): readonly string[] => {
  const own = ownSubject(principal)
  const out: string[] = own === undefined ? [ANY_USER] : [ANY_USER, own]
  if (isInSomeGroup(principal)) out.push(ANY_GROUP)
  for (const group of principal.groupIds) out.push(group)
  if (principal.dynamicGroupIds) for (const group of principal.dynamicGroupIds) out.push(group)
  return out
}

/** By the index's own numbers; those that no clause is about are left out. Good for this index only. */
export const numbersFor = ({ subjects }: Pick<ClauseIndex, 'subjects'>, principal: Principal): readonly number[] => {
  const out: number[] = []
  for (const subject of subjectsOf(principal)) {
    const own = subjects.get(subject)
    if (own !== undefined) out.push(own)
  }
  return out
}
