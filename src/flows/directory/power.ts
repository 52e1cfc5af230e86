// Who is an administrator of something here: by a group they are in, or by a role of their own. Whoever may look after people may not by that
// take over the account of somebody who may do more over the gateway than they themselves.
import type { Group } from '../../core/model/group.ts'
import type { DomainId, GroupId, PersonId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import type { Policy } from '../../core/model/policy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { type Clause, clausesOf } from '../../core/policy/clause.ts'
import { isLive } from '../../core/release/attribute-bag.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import type { Work } from '../access/administer.ts'
import type { Standing } from '../access/permits.ts'

const known = new WeakMap<Standing, Map<GroupId, Promise<Group | undefined>>>()
/** A list asks about many people who are in the same few groups. */
const groupOf = (tx: Tx, standing: Standing, id: GroupId): Promise<Group | undefined> => {
  const groups = known.get(standing) ?? new Map<GroupId, Promise<Group | undefined>>()
  known.set(standing, groups)
  const group = groups.get(id) ?? tx.groups.get(id)
  groups.set(id, group)
  return group
}

export const liveGroupsOf = async (
  tx: Tx,
  person: Pick<Person, 'id'>,
  standing: Standing,
  now: EpochMs,
): Promise<readonly Group[]> => {
  const live = (await tx.memberships.ofPerson(person.id)).filter((m) => isLive(m, now))
  const groups: Group[] = []
  for (const id of new Set(live.map((m) => m.groupId))) {
    const group = await groupOf(tx, standing, id)
    if (group) groups.push(group)
  }
  return groups
}

export const isAdministrativePerson = (
  { id }: Pick<Person, 'id'>,
  groups: readonly Group[],
  standing: Standing,
): boolean => standing.isAdministrative(id) || groups.some((g) => standing.isAdministrative(g.id))

const NAMED = 5
const inWords = (lacked: readonly string[]): string =>
  `${lacked
    .slice(0, NAMED)
    .map((p) => `\`${p}\``)
    .join(', ')}${lacked.length > NAMED ? ` and ${lacked.length - NAMED} more` : ''}`

/** Putting people into a group gives them what it holds over the gateway; taking them out is for whoever could put them back. */
export const refuseUnheldGroup = ({ standing }: Work, { id, name, system }: Group): void => {
  if (standing.isAdministrator) return
  if (system)
    throw new Problem('not-permitted', `only a member of \`${name}\` changes who is in it`, {
      reason: 'administrator-required',
    })
  const lacked = standing.lacks(id, 'gateway')
  if (lacked.length > 0)
    throw new Problem('not-permitted', `\`${name}\` holds what you do not: ${inWords(lacked)}`, { reason: 'not-held' })
}

const meaningOf = ({ text, subjects, compartmentId }: Clause): string => JSON.stringify([text, subjects, compartmentId])

/** What was said before, and means the same, may be said again by whoever changes the rest. */
export const refuseUnheldStatements = ({ standing }: Work, before: Policy | undefined, after: Policy): void => {
  if (standing.isAdministrator || !standing.asker) return
  const { catalogue } = standing.asker.snapshot
  const said = new Set(before ? clausesOf(before, catalogue).map(meaningOf) : [])
  const lacked = standing.lacksToGrant(clausesOf(after, catalogue).filter((clause) => !said.has(meaningOf(clause))))
  if (lacked.length > 0)
    throw new Problem('not-permitted', `\`${after.name}\` grants what you do not hold there: ${inWords(lacked)}`, {
      reason: 'not-held',
    })
}

/** For everything that could become a way into the account, or lock its owner out. */
export const refuseAbove = async (work: Work, person: Person): Promise<void> => {
  const { tx, standing, who, now } = work
  if (standing.isAdministrator || who.subject.id === person.id) return
  const groups = await liveGroupsOf(tx, person, standing, now)
  if (groups.some((g) => g.system))
    throw new Problem('not-permitted', `\`${person.username}\` is an administrator: only another one may do this`, {
      reason: 'administrator-required',
    })
  const lacked = new Set([person.id, ...groups.map((g) => g.id)].flatMap((id) => standing.lacks(id, 'gateway')))
  if (lacked.size > 0)
    throw new Problem('not-permitted', `\`${person.username}\` holds what you do not: ${inWords([...lacked].sort())}`, {
      reason: 'not-held',
    })
}

/** People of a domain who may do more over the gateway than whoever asks: whoever vouches for them could become one of them. */
export const peopleAbove = async (
  { tx, standing, who, now }: Work,
  domainId: DomainId,
): Promise<readonly { readonly person: Person; readonly isAdministrator: boolean }[]> => {
  if (standing.isAdministrator) return []
  const above = new Map<PersonId, boolean>()
  const isAbove = (subject: string): boolean =>
    standing.isAdministrative(subject) && standing.lacks(subject, 'gateway').length > 0
  for (const { id, system } of (await tx.groups.list(domainId)).filter((g) => g.system || isAbove(g.id)))
    for (const m of (await tx.memberships.ofGroup(id)).filter((row) => isLive(row, now)))
      above.set(m.personId, system || above.get(m.personId) === true)
  for (const { holder } of await tx.roleAssignments.list(who.tenancyId))
    if (holder.kind === 'person' && !above.has(holder.id) && isAbove(holder.id)) above.set(holder.id, false)
  const found: { person: Person; isAdministrator: boolean }[] = []
  for (const [id, isAdministrator] of above) {
    const person = id === who.subject.id ? undefined : await tx.people.get(id)
    if (person?.domainId === domainId) found.push({ person, isAdministrator })
  }
  return found
}
