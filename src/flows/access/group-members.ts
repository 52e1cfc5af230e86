// The groups a person administers: who is in them, who waits, and changing or removing a member. Touches direct memberships only: what an
// identity provider or the configuration gave is changed there.
import type { AccessRequest } from '../../core/model/access.ts'
import type { Group, Membership } from '../../core/model/group.ts'
import type { GroupId, PersonId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { isLive } from '../../core/release/attribute-bag.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { actorOf } from '../audit-event.ts'
import { write } from './access-letters.ts'
import {
  type AccessDeps,
  administered,
  isTenancyAdministrator,
  type MemberRole,
  recordMembership,
  refuseLastAdmin,
} from './group-administration.ts'
import { activePerson } from './request-access.ts'

export type Member = {
  readonly person: Pick<Person, 'id' | 'username' | 'displayName' | 'email'>
  readonly role: MemberRole
  readonly expiresAt: EpochMs | undefined
  readonly sources: readonly Membership['provenance']['kind'][]
}
export type Waiting = AccessRequest & { readonly person: Pick<Person, 'id' | 'username' | 'displayName' | 'email'> }
export type AdministeredGroup = {
  readonly group: Group
  readonly members: readonly Member[]
  readonly waiting: readonly Waiting[]
}
export type GroupMembers = {
  /** The groups in which the person has the role `admin`; for administrators of the tenancy, those that nobody else administers and where somebody waits. */
  readonly administered: (person: PersonId) => Promise<readonly AdministeredGroup[]>
  readonly editRole: (
    admin: PersonId,
    group: GroupId,
    member: PersonId,
    role: MemberRole,
    requestId?: string,
  ) => Promise<void>
  readonly removeMember: (admin: PersonId, group: GroupId, member: PersonId, requestId?: string) => Promise<void>
}

const shown = ({ id, username, displayName, email }: Person) => ({ id, username, displayName, email })

const membersOf = async (tx: Tx, group: Group, now: EpochMs): Promise<readonly Member[]> => {
  const live = (await tx.memberships.ofGroup(group.id)).filter((m) => isLive(m, now))
  const members: Member[] = []
  for (const [personId, own] of Map.groupBy(live, (m) => m.personId)) {
    const person = await tx.people.get(personId)
    if (!person) continue
    const ends = own.map((m) => m.expiresAt)
    members.push({
      person: shown(person),
      role: own.some((m) => m.role === 'admin') ? 'admin' : 'user',
      expiresAt: ends.includes(undefined) ? undefined : Math.max(...ends.filter((e) => e !== undefined)),
      sources: own.map((m) => m.provenance.kind),
    })
  }
  return members
}

const waitingFor = async (tx: Tx, group: Group): Promise<readonly Waiting[]> => {
  const waiting: Waiting[] = []
  for (const request of await tx.accessRequests.ofGroup(group.id)) {
    const person = request.status === 'pending' ? await tx.people.get(request.personId) : undefined
    if (person) waiting.push({ ...request, person: shown(person) })
  }
  return waiting
}

/** Of groups without an administrator of their own, whose requests fall to those of the tenancy: where somebody waits. */
const orphaned = async (tx: Tx, personId: PersonId, now: EpochMs): Promise<readonly GroupId[]> => {
  const person = await tx.people.get(personId)
  if (!person || !(await isTenancyAdministrator(tx, person, now))) return []
  const waited = new Set((await tx.accessRequests.ofTenancy(person.tenancyId, 'pending')).map((r) => r.groupId))
  const found: GroupId[] = []
  for (const id of waited)
    if (!(await tx.memberships.ofGroup(id)).some((m) => m.role === 'admin' && isLive(m, now))) found.push(id)
  return found
}

/** The member's direct membership: the one kind that is given and taken here. */
const directOf = async (
  tx: Tx,
  group: Group,
  personId: PersonId,
  now: EpochMs,
): Promise<{ person: Person; membership: Membership }> => {
  const own = (await tx.memberships.ofPerson(personId)).filter((m) => m.groupId === group.id && isLive(m, now))
  const person = await tx.people.get(personId)
  if (!person || own.length === 0) throw new Problem('not-found', `there is no such member of \`${group.name}\``)
  const membership = own.find((m) => m.provenance.kind === 'direct')
  if (membership) return { person, membership }
  throw new Problem(
    'not-permitted',
    `\`${person.username}\` is in \`${group.name}\` because of ${own.map((m) => `\`${m.provenance.kind}\``).join(', ')}: change it there`,
    { reason: 'not-a-direct-membership' },
  )
}

export const groupMembers = (deps: AccessDeps): GroupMembers => {
  const { store, clock, random } = deps
  return {
    administered: (personId) =>
      store.read(async (tx) => {
        const now = clock()
        const admin = (await tx.memberships.ofPerson(personId)).filter((m) => m.role === 'admin' && isLive(m, now))
        const groups: AdministeredGroup[] = []
        for (const id of new Set([...admin.map((m) => m.groupId), ...(await orphaned(tx, personId, now))])) {
          const group = await tx.groups.get(id)
          if (group)
            groups.push({ group, members: await membersOf(tx, group, now), waiting: await waitingFor(tx, group) })
        }
        return groups.sort((a, b) => (a.group.name < b.group.name ? -1 : 1))
      }),
    editRole: (adminId, groupId, memberId, role, requestId) =>
      store.write(async (tx) => {
        const now = clock()
        const admin = await activePerson(tx, adminId)
        const group = await administered(tx, admin.tenancyId, groupId, admin.id, now)
        const { person, membership } = await directOf(tx, group, memberId, now)
        if (membership.role === role) return
        if (role === 'user') await refuseLastAdmin(tx, group, person.id, 'downgrade', now)
        await tx.memberships.put({ ...membership, role })
        const [actor, before] = [actorOf(admin), membership.role]
        await recordMembership(tx, deps, now, {
          action: 'membership.changed',
          actor,
          group,
          person,
          before,
          after: role,
          requestId,
        })
        await write(tx, random, person, group, { kind: 'role-changed', role }, now)
      }),
    removeMember: (adminId, groupId, memberId, requestId) =>
      store.write(async (tx) => {
        const now = clock()
        const admin = await activePerson(tx, adminId)
        const group = await administered(tx, admin.tenancyId, groupId, admin.id, now)
        const { person, membership } = await directOf(tx, group, memberId, now)
        await refuseLastAdmin(tx, group, person.id, 'remove', now)
        await tx.memberships.remove(person.id, group.id, 'direct')
        const [actor, before] = [actorOf(admin), membership.role]
        await recordMembership(tx, deps, now, {
          action: 'membership.removed',
          actor,
          group,
          person,
          before,
          after: undefined,
          requestId,
        })
        await write(tx, random, person, group, { kind: 'removed' }, now)
      }),
  }
}
