// Why would a sign-in ask what it asks? For a person as they are, or as they would be with other groups, at an application, from a trusted
// device or not: every step, every demand with the rule and the group that won it, and which password policy applies. Reads only.
import type { Level } from '../../core/assurance/level.ts'
import { policyFor } from '../../core/assurance/password-policy.ts'
import { type Requirement, requirementOf } from '../../core/assurance/requirement.ts'
import { type Ground, homeRealm, type InRange } from '../../core/journey/home-realm.ts'
import { rehearse } from '../../core/journey/rehearse.ts'
import type { Step } from '../../core/journey/step.ts'
import type { Group } from '../../core/model/group.ts'
import type { Idp } from '../../core/model/idp.ts'
import type { AppId, DomainId, PersonId } from '../../core/model/ids.ts'
import { daysLater, type EpochMs } from '../../core/model/time.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { type Asking, loadFacts, passwordOf } from './load-facts.ts'

export type SignInQuestion = {
  readonly domainId: DomainId
  /** Undefined: somebody who has nothing but the groups. */
  readonly personId: PersonId | undefined
  readonly appId: AppId | undefined
  /** Instead of the person's own, by name. */
  readonly groups: readonly string[] | undefined
  /** As `acr_values` of the application would ask. */
  readonly level: Level
  /** Name of an identity provider; undefined: where they are led, else the person's own, else local. */
  readonly idp: string | undefined
  /** What the identity provider would vouch for; undefined: what its mapping says of an unknown statement. */
  readonly upstreamLevel: Level | undefined
  readonly trustedDeviceDays: number | undefined // since the device was trusted
  /** From where they come. */
  readonly address?: string | undefined
}
export type SignInExplained = {
  readonly person: { readonly id: PersonId; readonly username: string; readonly status: string } | undefined
  readonly groups: readonly string[]
  readonly need: Requirement
  readonly enrolled: readonly string[]
  readonly route:
    | { readonly kind: 'local' }
    | {
        readonly kind: 'idp'
        readonly name: string
        readonly level: Level
        /** Why this one; `linked`: the account is linked to it, and the person chooses it. */
        readonly ground: Ground | 'linked'
        /** All that fit, where they are more than one: the person chooses among these. */
        readonly choice: readonly string[] | undefined
      }
  readonly passwordPolicy: {
    readonly name: string
    readonly group: string | undefined
    readonly expiresAt: EpochMs | undefined
  }
  readonly steps: readonly Step[]
}

const chosenGroups = async (tx: Tx, domainId: DomainId, names: readonly string[]): Promise<readonly Group[]> => {
  const chosen: Group[] = []
  for (const name of names) {
    const found = await tx.groups.byName(domainId, name)
    if (!found) throw new Problem('not-found', `there is no group \`${name.slice(0, 120)}\` in this domain`)
    chosen.push(found)
  }
  return chosen
}

type Led = { readonly idp: Idp; readonly ground: Ground | 'linked'; readonly choice?: readonly string[] }
type Arrived = {
  readonly username: string | undefined
  readonly localSignIn: boolean
  readonly inRange: InRange
}

const linkedTo = async (tx: Tx, personId: PersonId | undefined): Promise<Idp | undefined> => {
  const [link] = personId === undefined ? [] : await tx.links.ofPerson(personId)
  const found = link && (await tx.idps.get(link.idpId))
  return found?.enabled ? found : undefined
}

/** As a sign-in goes: led by where they come from before they typed anything, then by what they type, then by what they choose. */
const ledTo = async (
  tx: Tx,
  { domainId, personId, idp, appId, address }: SignInQuestion,
  { username, localSignIn, inRange }: Arrived,
): Promise<Led | undefined> => {
  if (idp !== undefined) {
    const found = await tx.idps.byName(domainId, idp)
    if (!found) throw new Problem('not-found', `there is no identity provider \`${idp.slice(0, 120)}\` in this domain`)
    return { idp: found, ground: 'hint' }
  }
  const all = await tx.idps.list(domainId)
  const arriving = { hint: undefined, username: undefined, appId, address, localSignIn }
  const realm = homeRealm(all, arriving, inRange) ?? homeRealm(all, { ...arriving, username }, inRange)
  const linked = await linkedTo(tx, personId)
  if (!realm) return linked && { idp: linked, ground: 'linked' }
  const [first, ...more] = realm.idps
  if (more.length === 0) return { idp: first, ground: realm.ground }
  const chosen = realm.idps.find(({ id }) => id === linked?.id) ?? first
  return { idp: chosen, ground: realm.ground, choice: realm.idps.map(({ name }) => name) }
}

const askingOf = ({ domainId, appId, personId, level }: SignInQuestion): Asking => ({
  domainId,
  appId,
  personId,
  identified: false,
  route: undefined,
  level,
  freshAfter: undefined,
  evidence: [],
  recoveryCodesToKeep: false,
})

/** `inRange`: whether an address is in a network. */
export const explainSignIn = async (
  tx: Tx,
  question: SignInQuestion,
  now: EpochMs,
  inRange: InRange,
): Promise<SignInExplained> => {
  const loaded = await loadFacts(tx, askingOf(question), now)
  const { domain, app, person, credentials } = loaded
  if (question.personId !== undefined && !person)
    throw new Problem('not-found', 'there is no such person in this domain')
  const groups = question.groups === undefined ? loaded.groups : await chosenGroups(tx, domain.id, question.groups)
  const need = requirementOf(await tx.signOnRules.list(domain.id), groups, app, question.level)
  const arrived = { username: person?.username, localSignIn: domain.localSignIn, inRange }
  const led = await ledTo(tx, question, arrived)
  const idp = led?.idp
  const upstreamLevel = question.upstreamLevel ?? idp?.assurance.unmatchedLevel ?? 1
  const days = question.trustedDeviceDays
  // from the first page on, whoever they turn out to be
  const facts = { ...loaded.facts, identified: false, need, active: person === undefined || loaded.facts.active }
  const { policy, because } = policyFor(await tx.passwordPolicies.list(domain.id), groups)
  const password = passwordOf(credentials)
  return {
    person: person && { id: person.id, username: person.username, status: person.status },
    groups: groups.map((g) => g.name),
    need,
    enrolled: facts.enrolled,
    route: led
      ? { kind: 'idp', name: led.idp.name, level: upstreamLevel, ground: led.ground, choice: led.choice }
      : { kind: 'local' },
    passwordPolicy: {
      name: because.policy,
      group: because.group,
      expiresAt:
        password && policy.maxAgeDays !== undefined ? daysLater(password.data.setAt, policy.maxAgeDays) : undefined,
    },
    steps: rehearse(
      facts,
      {
        route: idp?.id ?? 'local',
        upstreamLevel,
        deviceTrustedAt: days === undefined ? undefined : daysLater(now, -days),
      },
      now,
    ),
  }
}
