// Memberships that another directory gives: it takes away what it gave, and nothing else. Whoever is in a group for other reasons too stays in
// it, which is put on record, because the other directory believes otherwise.
import type { Group, Membership, Provenance } from '../../core/model/group.ts'
import type { PersonId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { isLive } from '../../core/release/attribute-bag.ts'
import type { MemberChange } from '../../core/scim/members.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import type { Work } from '../access/administer.ts'
import { targetOf } from '../audit-event.ts'
import { noteChange } from './note-change.ts'
import { refuseUnheldGroup } from './power.ts'

/** What the changes come to, against what is there. */
export type MembersPlan = {
  readonly add: readonly Person[]
  readonly remove: readonly Person[]
  /** Were to go, and are in the group for other reasons. */
  readonly kept: readonly Person[]
}
/** `ensure`: in the group, for whatever reason; `add`: by what this says. */
type Wish = 'add' | 'ensure' | 'remove'

const SOURCE = 'scim'
const isOurs = ({ provenance }: Membership): boolean => provenance.kind === SOURCE

const wishesIn = (changes: readonly MemberChange[], given: readonly string[]): ReadonlyMap<string, Wish> => {
  const wishes = new Map<string, Wish>()
  for (const change of changes) {
    if (change.op === 'clear' || change.op === 'replace')
      for (const id of [...given, ...wishes.keys()]) wishes.set(id, 'remove')
    if (change.op === 'clear') continue
    const wish = change.op === 'replace' ? 'ensure' : change.op
    for (const id of change.ids) wishes.set(id, wish)
  }
  return wishes
}

const personIn = async (tx: Tx, domain: Domain, id: string): Promise<Person | undefined> => {
  const person = await tx.people.get(id as PersonId)
  return person?.domainId === domain.id ? person : undefined
}

/** @param group undefined: it is about to be made */
export const planMembers = async (
  tx: Tx,
  domain: Domain,
  group: Group | undefined,
  changes: readonly MemberChange[],
  now: EpochMs,
): Promise<MembersPlan> => {
  const isWhole = changes.some((c) => c.op === 'clear' || c.op === 'replace')
  const all = isWhole && group ? await tx.memberships.ofGroup(group.id) : undefined
  const byPerson = all && Map.groupBy(all, (m) => m.personId)
  const heldBy = async (id: PersonId): Promise<readonly Membership[]> =>
    byPerson ? (byPerson.get(id) ?? []) : (await tx.memberships.ofPerson(id)).filter((m) => m.groupId === group?.id)
  const plan = { add: [] as Person[], remove: [] as Person[], kept: [] as Person[] }
  const given = (all ?? []).filter(isOurs).map((m) => m.personId)
  for (const [id, wish] of wishesIn(changes, given)) {
    const person = await personIn(tx, domain, id)
    if (!person && wish !== 'remove')
      throw new Problem('request-malformed', `\`members\`: there is no user \`${id.slice(0, 100)}\` in this domain`, {
        reason: 'invalidValue',
      })
    if (!person) continue
    const held = await heldBy(person.id)
    const others = held.some((m) => !isOurs(m) && isLive(m, now))
    if (wish === 'remove') {
      if (held.some(isOurs)) plan.remove.push(person)
      if (others) plan.kept.push(person)
    } else if (!held.some(isOurs) && (wish === 'add' || !others)) plan.add.push(person)
  }
  return plan
}

const note = (work: Work, verb: string, group: Group, person: Person): Promise<void> => {
  const role = { role: 'user', source: SOURCE }
  return noteChange(work, {
    action: `membership.${verb}`,
    target: targetOf(person),
    domainId: group.domainId,
    before: verb === 'added' ? undefined : role,
    after: verb === 'removed' ? undefined : role,
    details: { groupId: group.id, group: group.name },
  })
}

export const carryOutMembers = async (work: Work, group: Group, plan: MembersPlan): Promise<void> => {
  const { tx, who, now } = work
  if (plan.add.length + plan.remove.length > 0) refuseUnheldGroup(work, group)
  const provenance: Provenance = { kind: SOURCE, client: who.actor.name }
  for (const person of plan.add) {
    const [personId, groupId] = [person.id, group.id]
    await tx.memberships.put({ personId, groupId, provenance, role: 'user', since: now, expiresAt: undefined })
    await note(work, 'added', group, person)
  }
  for (const person of plan.remove) {
    await tx.memberships.remove(person.id, group.id, SOURCE)
    await note(work, 'removed', group, person)
  }
  for (const person of plan.kept) await note(work, 'kept', group, person)
}
