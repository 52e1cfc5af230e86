// Direct memberships: the one kind that people give and take. What an identity provider, a SCIM client or the configuration gave is changed
// there; here it is only shown.
import type { Group, Membership } from '../../core/model/group.ts'
import type { Person } from '../../core/model/person.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { Problem } from '../../problem.ts'
import type { Work } from '../access/administer.ts'
import { refuseLastAdmin } from '../access/group-administration.ts'
import { targetOf } from '../audit-event.ts'
import { noteChange } from './note-change.ts'
import { refuseUnheldGroup } from './power.ts'

export type MembershipInput = { readonly role: Membership['role']; readonly expiresAt: EpochMs | undefined }

const shownOf = (membership: Membership | undefined) =>
  membership && { role: membership.role, expiresAt: membership.expiresAt ?? null }

const note = (
  work: Work,
  verb: string,
  group: Group,
  person: Person,
  rows: { readonly before: Membership | undefined; readonly after: Membership | undefined },
) =>
  noteChange(work, {
    action: `membership.${verb}`,
    target: targetOf(person),
    domainId: group.domainId,
    before: shownOf(rows.before),
    after: shownOf(rows.after),
    details: { groupId: group.id, group: group.name },
  })

const direct = async (work: Work, group: Group, person: Person): Promise<Membership | undefined> =>
  (await work.tx.memberships.ofPerson(person.id)).find((m) => m.groupId === group.id && m.provenance.kind === 'direct')

export const putMembership = async (
  work: Work,
  group: Group,
  person: Person,
  { role, expiresAt }: MembershipInput,
): Promise<void> => {
  const { tx, who, now } = work
  refuseUnheldGroup(work, group)
  if (expiresAt !== undefined && expiresAt <= now)
    throw new Problem('config-invalid', '`expiresAt`: expected a time to come', { reason: 'expired' })
  const before = await direct(work, group, person)
  if (before?.role === role && before.expiresAt === expiresAt) return
  if (role === 'user') await refuseLastAdmin(tx, group, person.id, 'downgrade', now)
  const after: Membership = {
    personId: person.id,
    groupId: group.id,
    provenance: before?.provenance ?? { kind: 'direct', by: who.actor.name },
    role,
    since: before?.since ?? now,
    expiresAt,
  }
  await tx.memberships.put(after)
  await note(work, before ? 'changed' : 'added', group, person, { before, after })
}

export const removeMembership = async (work: Work, group: Group, person: Person): Promise<void> => {
  refuseUnheldGroup(work, group)
  const before = await direct(work, group, person)
  if (!before)
    throw new Problem(
      'not-permitted',
      `\`${person.username}\` was not put into \`${group.name}\` by hand: change it where it comes from`,
      { reason: 'not-a-direct-membership' },
    )
  await refuseLastAdmin(work.tx, group, person.id, 'remove', work.now)
  await work.tx.memberships.remove(person.id, group.id, 'direct')
  await note(work, 'removed', group, person, { before, after: undefined })
}
