// A tenancy of a size: users, groups, identity providers and mapping rules, written by the store's own functions while nobody serves. Each
// user is in three groups and was mapped into one of them, each group has as many members at every size, save one that everybody is in.
import { keyEncryptionKey, secrets as openSecrets } from '../../src/adapters/secrets.ts'
import { systemRandom } from '../../src/adapters/system.ts'
import type { Provenance } from '../../src/core/model/group.ts'
import type { ApiKeyId, DomainId, GroupId, IdpId, MappingRuleId, PersonId } from '../../src/core/model/ids.ts'
import type { Domain } from '../../src/core/model/tenancy.ts'
import { eventOf } from '../../src/flows/audit-event.ts'
import { newPerson } from '../../src/flows/directory/new-person.ts'
import type { Store, Tx } from '../../src/ports/store.ts'
import { idp, mappingRule, passwordPolicy, signOnRule } from '../stores/rows.ts'
import { personNamed, TENANCY } from './processes.ts'

export type Size = {
  readonly users: number
  readonly groups: number
  readonly idps: number
  readonly rules: number
}
export type World = Size & {
  readonly domainId: DomainId
  readonly key: string
  /** Somebody from the middle. */
  readonly personId: PersonId
  readonly groupId: GroupId
  readonly idpId: IdpId
}
export const RULES_OF_SIGN_ON = 20
const AT_ONCE = 1000
const AUDITED = 5 // one event for so many users
const padded = (n: number): string => String(n).padStart(6, '0')
export const userNamed = (n: number): string => `user-${padded(n)}`
export const displayNamed = (n: number): string =>
  `${['Kim', 'Lee', 'Park', 'Choi', 'Jung'][n % 5]} Number ${padded(n)}`
export const groupNamed = (n: number): string => `group-${padded(n)}`
export const idpNamed = (n: number): string => `idp-${padded(n)}`
export const ruleNamed = (n: number): string => `rule-${padded(n)}`

const now = Date.now()
const random = systemRandom(Date.now)

const inParts = async (store: Store, count: number, work: (tx: Tx, n: number) => Promise<unknown>): Promise<void> => {
  for (let from = 0; from < count; from += AT_ONCE)
    await store.write(async (tx) => {
      for (let n = from; n < Math.min(from + AT_ONCE, count); n++) await work(tx, n)
    })
}
const at = <T>(all: readonly T[], n: number): T => {
  const one = all[n % all.length]
  if (one === undefined) throw new Error('there are none')
  return one
}

const homeIn = async (tx: Tx) => {
  const tenancy = await tx.tenancies.byName(undefined, TENANCY)
  const domain = tenancy && (await tx.domains.byName(tenancy.id, 'default'))
  const root = domain && (await tx.people.byUsername(domain.id, personNamed(0)))
  const everybody = domain && (await tx.groups.byName(domain.id, 'employees'))
  const administrators = domain && (await tx.groups.byName(domain.id, 'Administrators'))
  if (!domain || !root || !everybody || !administrators) throw new Error('nothing was seeded')
  return { domain, root, everybody, administrators }
}

const join = (tx: Tx, personId: PersonId, groupId: GroupId, provenance: Provenance): Promise<void> =>
  tx.memberships.put({ personId, groupId, provenance, role: 'user', since: now, expiresAt: undefined })

/** Of ten rules eight name one upstream group, and a glob and a regular expression name several. */
const matchOf = (n: number) =>
  n % 10 === 8
    ? ({ kind: 'glob', value: `CORP-${padded(n)}-*`, ignoreCase: true } as const)
    : n % 10 === 9
      ? ({ kind: 'regex', value: `CORP-${padded(n)}-(north|south)` } as const)
      : ({ kind: 'exact', value: `CORP-${padded(n)}`, ignoreCase: n % 2 === 0 } as const)

const directory = async (store: Store, { groups, idps, rules }: Size, { id: domainId, tenancyId }: Domain) => {
  const groupIds = Array.from({ length: groups }, () => random.id() as GroupId)
  await inParts(store, groups, (tx, n) =>
    tx.groups.put({
      id: at(groupIds, n),
      tenancyId,
      domainId,
      name: groupNamed(n),
      description: `Team ${n % 7}`,
      system: false,
    }),
  )
  const idpIds = Array.from({ length: idps }, () => random.id() as IdpId)
  await inParts(store, idps, (tx, n) =>
    tx.idps.put(
      idp(idpNamed(n), { id: at(idpIds, n), tenancyId, domainId, emailDomains: [`corp-${padded(n)}.example`] }),
    ),
  )
  await inParts(store, rules, (tx, n) => {
    const rule = mappingRule(ruleNamed(n), '', [at(groupIds, n), at(groupIds, n * 3)])
    const match = matchOf(n)
    const id = random.id() as MappingRuleId
    return tx.mappingRules.put({ ...rule, id, idpId: at(idpIds, n), match, allOf: [match] })
  })
  await inParts(store, RULES_OF_SIGN_ON, async (tx, n) => {
    const about = { domainId, groups: [at(groupIds, n), at(groupIds, n * 3)] }
    await tx.signOnRules.put(signOnRule(`sign-on-${n}`, { id: random.id() as never, ...about }))
    await tx.passwordPolicies.put(passwordPolicy(`password-${n}`, { id: random.id() as never, ...about, priority: n }))
  })
  return { groupIds, idpIds }
}

export const filled = async (store: Store, size: Size): Promise<World> => {
  const { domain, root, everybody, administrators } = await store.read(homeIn)
  const { id: domainId, tenancyId } = domain
  const { groupIds, idpIds } = await directory(store, size, domain)
  const ids = Array.from({ length: size.users }, () => random.id() as PersonId)
  await inParts(store, size.users, async (tx, n) => {
    const named = { username: userNamed(n), displayName: displayNamed(n), email: `${userNamed(n)}@bench.example` }
    const status = n % 50 === 0 ? 'disabled' : 'active'
    const person = newPerson(random, now, domain, { ...named, id: at(ids, n), status })
    await tx.people.put(person)
    const direct = { kind: 'direct', by: 'bench' } as const
    for (const groupId of [everybody.id, at(groupIds, n)]) await join(tx, person.id, groupId, direct)
    const idpId = at(idpIds, n)
    const rule = { idpId, ruleId: 'gone' as MappingRuleId, rule: ruleNamed(n % size.rules), value: `CORP-${padded(n)}` }
    await join(tx, person.id, at(groupIds, n + 3), { kind: 'mapped', ...rule, journeyId: 'gone' as never })
    await tx.links.put({ idpId, subject: `S-${n}`, personId: person.id, linkedAt: now, lastSignInAt: now })
  })
  await inParts(store, Math.floor(size.users / AUDITED), (tx, n) => {
    const actor = { kind: 'person', id: at(ids, n * AUDITED), name: userNamed(n * AUDITED) } as const
    const action = n % 3 === 0 ? 'sign-in.refused' : 'sign-in.succeeded'
    return tx.audit.add(eventOf(random, now - n, { tenancyId, domainId, action, actor }))
  })
  const key = `gwm_${random.token()}`
  await store.write(async (tx) => {
    await join(tx, root.id, administrators.id, { kind: 'direct', by: 'bench' })
    await tx.apiKeys.put({
      id: random.id() as ApiKeyId,
      tenancyId,
      owner: { kind: 'person', id: root.id },
      name: 'bench',
      scopes: ['admin', 'scim', 'pdp'],
      prefix: key.slice(0, 12),
      hash: openSecrets([keyEncryptionKey(new Uint8Array(32))]).digest(key),
      createdAt: now,
      expiresAt: undefined,
      revokedAt: undefined,
    })
  })
  const middle = size.users >> 1
  return { ...size, domainId, key, personId: at(ids, middle), groupId: at(groupIds, middle), idpId: at(idpIds, middle) }
}
