// Who can still administer a tenancy. A write that would leave nobody is refused: asked before and after it, in its transaction.
import { secondFactorsFor } from '../../core/assurance/level.ts'
import { requirementOf } from '../../core/assurance/requirement.ts'
import type { Group } from '../../core/model/group.ts'
import type { Idp } from '../../core/model/idp.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { liveGroups } from '../../core/release/attribute-bag.ts'
import type { Tx } from '../../ports/store.ts'
import { ADMINISTRATORS, DEFAULT_DOMAIN } from './create-tenancy.ts'

export const administratorsGroup = async (tx: Tx, tenancyId: TenancyId): Promise<Group | undefined> => {
  const domain = await tx.domains.byName(tenancyId, DEFAULT_DOMAIN)
  return domain && tx.groups.byName(domain.id, ADMINISTRATORS)
}

/** Everyone in the group whose membership has not run out, able to sign in or not. */
export const administrators = async (tx: Tx, tenancyId: TenancyId, now: EpochMs): Promise<readonly Person[]> => {
  const group = await administratorsGroup(tx, tenancyId)
  if (!group) return []
  const live = (await tx.memberships.ofGroup(group.id)).filter((m) => m.expiresAt === undefined || m.expiresAt > now)
  const people: Person[] = []
  for (const id of new Set(live.map((m) => m.personId))) {
    const person = await tx.people.get(id)
    if (person) people.push(person)
  }
  return people
}

/** A first factor of their own, or an enabled identity provider that knows them; and the highest level it vouches for. */
const wayIn = async (tx: Tx, person: Person): Promise<{ readonly upstreamLevel: number } | undefined> => {
  const local = (await tx.credentials.ofPerson(person.id)).some(
    (c) => c.data.kind === 'password' || c.data.kind === 'passkey',
  )
  const enabled: Idp[] = []
  for (const link of await tx.links.ofPerson(person.id)) {
    const idp = await tx.idps.get(link.idpId)
    if (idp?.enabled) enabled.push(idp)
  }
  if (!local && enabled.length === 0) return undefined
  const upstreamLevel = Math.max(0, ...enabled.flatMap((i) => i.assurance.rules.map((r) => r.level)))
  return { upstreamLevel }
}

const canSignIn = async (tx: Tx, person: Person, now: EpochMs): Promise<boolean> => {
  if (person.status !== 'active' || person.serviceAccount) return false
  const domain = await tx.domains.get(person.domainId)
  if (domain?.status !== 'active') return false
  const way = await wayIn(tx, person)
  if (!way) return false
  const groups = liveGroups(await tx.memberships.ofPerson(person.id), await tx.groups.list(person.domainId), now)
  const need = requirementOf(await tx.signOnRules.list(person.domainId), groups, undefined, 0)
  if (need.denied) return false
  if (need.level.value <= 1 || way.upstreamLevel >= need.level.value) return true
  const allowed = need.factors?.value
  // a recovery code alone cannot be enrolled: it comes with another factor
  return secondFactorsFor(need.level.value).some((f) => f !== 'recovery-code' && (allowed?.includes(f) ?? true))
}

/** Administrators who could sign in today under the rules as they stand in this transaction. */
export const workingAdministrators = async (tx: Tx, tenancyId: TenancyId, now: EpochMs): Promise<readonly Person[]> => {
  const working: Person[] = []
  for (const person of await administrators(tx, tenancyId, now))
    if (await canSignIn(tx, person, now)) working.push(person)
  return working
}
