// Whom a question is about: a person of the tenancy with their live groups and why they have them, a service ID, or a program that the
// asking application vouches for (subject-program.ts). Does not tell why somebody was not found to whoever asked.
import type { Membership } from '../../core/model/group.ts'
import { type GroupId, looksLikeId, type PersonId, type ServiceIdId, type TenancyId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { fold } from '../../core/policy/glob.ts'
import { addTags, type Facts, placeFacts } from '../../core/policy/program.ts'
import { DEFAULT_DOMAIN } from '../../core/policy/references.ts'
import { isLive, sourceInWords } from '../../core/release/attribute-bag.ts'
import type { Tx } from '../../ports/store.ts'
import type { Question } from './api.ts'
import type { Known } from './snapshots.ts'
import { type Found, programOf } from './subject-program.ts'

type Within = {
  readonly tx: Tx
  readonly tenancyId: TenancyId
  readonly known: Known
  readonly now: EpochMs
}

type InDomain = { readonly person: Person; readonly domain: Domain }

const byUsername = async (tx: Tx, domain: Domain | undefined, username: string): Promise<InDomain | undefined> => {
  const person = domain && (await tx.people.byUsername(domain.id, username))
  return person && domain && { person, domain }
}

const byId = async (tx: Tx, tenancyId: TenancyId, id: string): Promise<InDomain | undefined> => {
  const person = await tx.people.get(id as PersonId)
  if (person?.tenancyId !== tenancyId) return undefined
  const domain = await tx.domains.get(person.domainId)
  return domain && { person, domain }
}

/**
 * A user name of the Default domain, `domain/user name`, or a person id; with `properties.domain`, a user name of that domain.
 * INVARIANT: one text never means two people. Who picks another's id, or `domain/name`, as user name must not be taken for them.
 */
const find = async (
  tx: Tx,
  tenancyId: TenancyId,
  { id, properties }: Question['subject'],
): Promise<InDomain | undefined> => {
  const domainNamed = (name: string): Promise<Domain | undefined> => tx.domains.byName(tenancyId, name)
  if (properties.domain !== undefined)
    return typeof properties.domain === 'string' ? byUsername(tx, await domainNamed(properties.domain), id) : undefined
  const slash = id.indexOf('/')
  const found = [
    await byUsername(tx, await domainNamed(DEFAULT_DOMAIN), id),
    slash > 0 ? await byUsername(tx, await domainNamed(id.slice(0, slash)), id.slice(slash + 1)) : undefined,
    looksLikeId(id) ? await byId(tx, tenancyId, id) : undefined,
  ].filter((f) => f !== undefined)
  return new Set(found.map((f) => f.person.id)).size === 1 ? found[0] : undefined
}

const groupsOf = (
  memberships: readonly Membership[],
  known: Known,
  now: EpochMs,
): ReadonlyMap<GroupId, readonly string[]> => {
  const because = new Map<GroupId, readonly string[]>()
  for (const m of memberships)
    if (isLive(m, now) && known.groups.has(m.groupId))
      // a group that is gone takes its memberships with it
      because.set(m.groupId, [...(because.get(m.groupId) ?? []), sourceInWords(m.provenance)])
  return because
}

/** What is known of a person beyond their groups: their identity domain, and the tags of those groups. */
const factsOf = (domain: Domain, groups: Iterable<GroupId>, { groupTags }: Known): Facts => {
  const out = new Map<string, readonly string[]>([
    ['request.domain.id', [fold(domain.id)]],
    ['request.domain.name', [fold(domain.name)]],
  ])
  for (const group of groups) addTags(out, 'request.principal.group.tag', groupTags.get(group))
  return out
}

const personOf = async ({ tx, tenancyId, known, now }: Within, asked: Question['subject']): Promise<Found> => {
  const found = await find(tx, tenancyId, asked)
  if (!found) return 'subject-unknown'
  const { person, domain } = found
  if (person.status !== 'active' || domain.status !== 'active') return 'subject-not-active'
  const groups = groupsOf(await tx.memberships.ofPerson(person.id), known, now)
  return {
    principal: {
      id: person.id,
      name: person.username,
      groupIds: [...groups.keys()],
      type: 'user',
      facts: factsOf(domain, groups.keys(), known),
    },
    record: {
      id: person.id,
      username: person.username,
      domain: domain.name,
      groups: [...groups].map(([id, because]) => ({ id, name: known.groups.get(id) ?? id, because })),
    },
  }
}

/** By id or name; one text never means two. */
const serviceIdOf = async ({ tx, tenancyId, known }: Within, { id }: Question['subject']): Promise<Found> => {
  const byId = await tx.serviceIds.get(id as ServiceIdId)
  const found = [byId?.tenancyId === tenancyId ? byId : undefined, await tx.serviceIds.byName(tenancyId, id)].filter(
    (f) => f !== undefined,
  )
  const [one] = found
  if (!one || new Set(found.map((f) => f.id)).size !== 1) return 'subject-unknown'
  if (one.status !== 'active') return 'subject-not-active'
  const place = known.snapshot.tree.byId.get(one.compartmentId)
  return {
    principal: { id: one.id, name: one.name, groupIds: [], type: 'service-id', facts: placeFacts(place) },
    record: { id: one.id, name: one.name, type: 'service-id', compartmentId: one.compartmentId },
  }
}

export const subjectOf = async (
  tx: Tx,
  tenancyId: TenancyId,
  asked: Question['subject'],
  known: Known,
  now: EpochMs,
): Promise<Found> => {
  const within = { tx, tenancyId, known, now }
  if (asked.type === 'user') return personOf(within, asked)
  return asked.type === 'service-id' ? serviceIdOf(within, asked) : programOf(known, asked)
}
