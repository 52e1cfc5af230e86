// Who can still administer a tenancy. A write that would leave nobody is refused: asked before and after it, in its transaction.
import { secondFactorsFor } from '../../core/assurance/level.ts'
import { requirementOf } from '../../core/assurance/requirement.ts'
import type { Group, Membership } from '../../core/model/group.ts'
import type { Idp } from '../../core/model/idp.ts'
import type { DomainId, GroupId, TenancyId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { isLive } from '../../core/release/attribute-bag.ts'
import type { Tx } from '../../ports/store.ts'
import { ADMINISTRATORS, DEFAULT_DOMAIN } from './create-tenancy.ts'
import { liveGroupsIn } from './groups-of.ts'

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

/** Reachable in principle: whether its servers answer today is not for a transaction to find out. */
const isUsable = ({ enabled, trust }: Idp): boolean =>
  enabled && (trust.protocol === 'oidc' || trust.metadataXml !== undefined || trust.metadataUrl !== undefined)

const upstreamsOf = async (tx: Tx, person: Person): Promise<readonly Idp[]> => {
  const usable: Idp[] = []
  for (const link of await tx.links.ofPerson(person.id)) {
    const idp = await tx.idps.get(link.idpId)
    if (idp && isUsable(idp)) usable.push(idp)
  }
  return usable
}

/** A mapped membership is made anew at every sign-in through its identity provider: without rule or provider it is as good as gone. */
const remains = async (tx: Tx, membership: Membership, usable: readonly Idp[]): Promise<boolean> => {
  const { provenance, groupId } = membership
  if (provenance.kind !== 'mapped') return true
  if (!usable.some((idp) => idp.id === provenance.idpId)) return false
  return (await tx.mappingRules.get(provenance.ruleId))?.groups.includes(groupId) ?? false
}

/** A first factor of their own, or an identity provider that knows them; and the highest level it vouches for. */
const wayIn = async (
  tx: Tx,
  person: Person,
  localSignIn: boolean,
  usable: readonly Idp[],
): Promise<{ readonly upstreamLevel: number } | undefined> => {
  const local =
    localSignIn &&
    (await tx.credentials.ofPerson(person.id)).some((c) => c.data.kind === 'password' || c.data.kind === 'passkey')
  if (!local && usable.length === 0) return undefined
  return { upstreamLevel: Math.max(0, ...usable.flatMap((i) => i.assurance.rules.map((r) => r.level))) }
}

const canSignIn = async (tx: Tx, person: Person, group: GroupId, now: EpochMs): Promise<boolean> => {
  if (person.status !== 'active' || person.serviceAccount) return false
  const domain = await tx.domains.get(person.domainId)
  if (domain?.status !== 'active') return false
  const usable = await upstreamsOf(tx, person)
  const way = await wayIn(tx, person, domain.localSignIn, usable)
  if (!way) return false
  const memberships = await tx.memberships.ofPerson(person.id)
  const asAdministrator = memberships.filter((m) => m.groupId === group && isLive(m, now))
  const lasting: Membership[] = []
  for (const m of asAdministrator) if (await remains(tx, m, usable)) lasting.push(m)
  if (lasting.length === 0) return false
  const groups = await liveGroupsIn(tx, person.domainId, memberships, now)
  const need = requirementOf(await tx.signOnRules.list(person.domainId), groups, undefined, 0)
  if (need.denied) return false
  if (need.level.value <= 1 || way.upstreamLevel >= need.level.value) return true
  const allowed = need.factors?.value
  // a recovery code alone cannot be enrolled: it comes with another factor
  return secondFactorsFor(need.level.value).some((f) => f !== 'recovery-code' && (allowed?.includes(f) ?? true))
}

/** Without a key that signs, a domain gives nobody a token; one that has no keys yet gets them when it is brought up. */
const canSign = async (tx: Tx, domainId: DomainId): Promise<boolean> => {
  const keys = (await tx.keys.ofDomain(domainId)).filter((k) => k.use === 'oidc')
  return keys.length === 0 || keys.some((k) => k.status === 'active')
}

/** Administrators who could sign in today under the rules as they stand in this transaction. */
export const workingAdministrators = async (tx: Tx, tenancyId: TenancyId, now: EpochMs): Promise<readonly Person[]> => {
  const group = await administratorsGroup(tx, tenancyId)
  if (!group || !(await canSign(tx, group.domainId))) return []
  const working: Person[] = []
  for (const person of await administrators(tx, tenancyId, now))
    if (await canSignIn(tx, person, group.id, now)) working.push(person)
  return working
}
