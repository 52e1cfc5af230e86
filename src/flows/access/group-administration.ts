// Who administers a group, and what keeps one administered: a member with the role `admin`, or whoever administers the tenancy. Shared by
// access requests and the editing of members; refuses what would leave a group that had administrators without one.
import type { Actor } from '../../core/model/audit.ts'
import type { Group, Membership } from '../../core/model/group.ts'
import type { GroupId, PersonId, TenancyId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { isLive } from '../../core/release/attribute-bag.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { eventOf, targetOf } from '../audit-event.ts'
import { administratorsGroup } from '../directory/administrators.ts'

export type AccessDeps = { readonly store: Store; readonly clock: Clock; readonly random: Pick<Random, 'id'> }

const isAdmin = (m: Membership, now: EpochMs): boolean => m.role === 'admin' && isLive(m, now)

const belongsTo = async (tx: Tx, group: GroupId | undefined, person: PersonId, now: EpochMs): Promise<boolean> =>
  group !== undefined && (await tx.memberships.ofPerson(person)).some((m) => m.groupId === group && isLive(m, now))

export const isTenancyAdministrator = async (
  tx: Tx,
  { id, tenancyId }: Pick<Person, 'id' | 'tenancyId'>,
  now: EpochMs,
): Promise<boolean> => belongsTo(tx, (await administratorsGroup(tx, tenancyId))?.id, id, now)

export const mayAdminister = async (tx: Tx, group: Group, person: PersonId, now: EpochMs): Promise<boolean> => {
  const own = await tx.memberships.ofPerson(person)
  if (own.some((m) => m.groupId === group.id && isAdmin(m, now))) return true
  return isTenancyAdministrator(tx, { id: person, tenancyId: group.tenancyId }, now)
}

/** What a person may not administer is not there for them: nobody learns which groups exist by trying. */
export const administered = async (
  tx: Tx,
  tenancyId: TenancyId,
  groupId: GroupId,
  person: PersonId,
  now: EpochMs,
): Promise<Group> => {
  const group = await tx.groups.get(groupId)
  if (group?.tenancyId !== tenancyId || !(await mayAdminister(tx, group, person, now)))
    throw new Problem('not-found', 'there is no such group that you administer')
  return group
}

/** People of the group's domain who administer it, for the mail that somebody waits. */
export const adminsOf = async (tx: Tx, group: Group, now: EpochMs): Promise<readonly Person[]> => {
  const members = (await tx.memberships.ofGroup(group.id)).filter((m) => isAdmin(m, now))
  const above = members.length > 0 ? undefined : await administratorsGroup(tx, group.tenancyId)
  const chosen = above ? (await tx.memberships.ofGroup(above.id)).filter((m) => isLive(m, now)) : members
  const people: Person[] = []
  for (const id of new Set(chosen.map((m) => m.personId))) {
    const person = await tx.people.get(id)
    if (person?.status === 'active') people.push(person)
  }
  return people
}

/** A group that has administrators keeps one: asked for the members as they would be. */
export const refuseLastAdmin = async (
  tx: Tx,
  group: Group,
  person: PersonId,
  change: 'remove' | 'downgrade',
  now: EpochMs,
): Promise<void> => {
  const admins = new Set((await tx.memberships.ofGroup(group.id)).filter((m) => isAdmin(m, now)).map((m) => m.personId))
  if (!admins.has(person) || admins.size > 1) return
  throw new Problem(
    'not-permitted',
    `\`${group.name}\` would have no administrator left: give another member the role \`admin\` before you ${change} this one`,
    { reason: 'last-group-admin' },
  )
}

export type MemberRole = Membership['role']
export const recordMembership = (
  tx: Tx,
  { random }: Pick<AccessDeps, 'random'>,
  now: EpochMs,
  what: {
    readonly action: string
    readonly actor: Actor
    readonly group: Group
    readonly person: Person
    readonly before: MemberRole | undefined
    readonly after: MemberRole | undefined
    readonly until?: EpochMs | undefined
    readonly requestId: string | undefined
  },
): Promise<void> => {
  const { action, actor, group, person, before, after, until, requestId } = what
  const shown = (role: MemberRole | undefined) => (role === undefined ? undefined : { group: group.name, role })
  return tx.audit.add(
    eventOf(random, now, {
      tenancyId: group.tenancyId,
      domainId: group.domainId,
      action,
      actor,
      target: targetOf(person),
      before: shown(before),
      after: shown(after),
      details: { groupId: group.id, group: group.name, ...(until === undefined ? {} : { expiresAt: until }) },
      requestId,
    }),
  )
}
