// Break glass, on the server only: one administrator gets a working way in, whatever shut it, or the tenancy gets a link that makes one.
// Refused while somebody works who could do it from within, unless a reason is given. Everything it opens is written down and told.
import { type PasswordFault, passwordFaults, policyFor } from '../../core/assurance/password-policy.ts'
import { requirementOf } from '../../core/assurance/requirement.ts'
import type { Actor } from '../../core/model/audit.ts'
import type { Group } from '../../core/model/group.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import type { Domain, Tenancy } from '../../core/model/tenancy.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Tx } from '../../ports/store.ts'
import { eventOf } from '../audit-event.ts'
import { notify } from '../notice.ts'
import { endSessionsOf } from '../sign-in/end-session.ts'
import { passwordOf } from '../sign-in/load-facts.ts'
import { workingAdministrators } from './administrators.ts'
import { announceRecovery } from './announce-recovery.ts'
import { type FirstAdministratorDeps, placeIn, setUpKey } from './first-administrator.ts'
import { liveGroupsIn } from './groups-of.ts'
import { isUsername, newPerson } from './new-person.ts'
import { newPassword } from './seed-people.ts'

export type Recovery = {
  readonly username: string
  readonly password: string
  /** Second factors, recovery codes and trusted devices go: for whoever lost them. */
  readonly removeFactors: boolean
  /** Sign-on rules that stand in the way and are to go, by name. */
  readonly removeRules: readonly string[]
  /** Why, although somebody works; undefined: refused then. */
  readonly reason: string | undefined
}
export type Recovered = {
  readonly person: Person
  readonly made: boolean
  readonly opened: readonly string[]
  readonly mailed: number
}
export type NotRecovered =
  | { readonly refused: 'administrator-works'; readonly who: readonly string[] }
  | { readonly refused: 'username-malformed' }
  | { readonly refused: 'password'; readonly faults: readonly PasswordFault[] }
  | { readonly refused: 'rule-unknown'; readonly rule: string }
  /** Nothing was changed: this still stood in the way. */
  | { readonly refused: 'still-shut'; readonly because: string }

type Place = { readonly tenancy: Tenancy; readonly domain: Domain; readonly group: Group }
const undone = Symbol('refused: nothing is kept')
const LINK_SECONDS = 3600

const working = async (tx: Tx, tenancyId: TenancyId, reason: string | undefined, now: EpochMs) => {
  const who = reason === undefined ? await workingAdministrators(tx, tenancyId, now) : []
  return who.length > 0 ? { refused: 'administrator-works' as const, who: who.map((p) => p.username) } : undefined
}

/** The domain takes sign-ins and signs again. */
const openDomain = async (tx: Tx, { domain }: Place): Promise<readonly string[]> => {
  const opened = [
    ...(domain.status === 'active' ? [] : ['the domain was inactive']),
    ...(domain.localSignIn ? [] : ['the domain took no passwords']),
  ]
  if (opened.length > 0) {
    await tx.domains.put({ ...domain, status: 'active', localSignIn: true, version: domain.version + 1 })
    await tx.tenancies.bumpRevision(domain.tenancyId, { noun: 'domain', id: domain.id })
  }
  const signing = (await tx.keys.ofDomain(domain.id)).filter((k) => k.use === 'oidc')
  const newest = signing.at(-1)
  if (!newest || signing.some((k) => k.status === 'active')) return opened
  await tx.keys.setStatus(newest.id, 'active')
  return [...opened, 'no key signed']
}

const withPassword = async (tx: Tx, deps: FirstAdministratorDeps, person: Person, phc: string, now: EpochMs) => {
  const held = passwordOf(await tx.credentials.ofPerson(person.id))
  if (!held) return void (await tx.credentials.add(newPassword(deps.random, now, person.id, phc)))
  const data = { ...held.data, phc, history: [held.data.phc, ...held.data.history], setAt: now, mustChange: false }
  await tx.credentials.save({ ...held, data })
}

const withoutFactors = async (tx: Tx, person: Person): Promise<readonly string[]> => {
  const factors = (await tx.credentials.ofPerson(person.id)).filter((c) => c.data.kind !== 'password')
  for (const { id } of factors) await tx.credentials.remove(id)
  await tx.devices.removeOfPerson(person.id)
  return factors.map((c) => `factor ${c.data.kind} was removed`)
}

/** What a rule still demands that they cannot meet, in words that name it. */
const whyShut = async (tx: Tx, { domain }: Place, person: Person, now: EpochMs): Promise<string> => {
  const groups = await liveGroupsIn(tx, domain.id, await tx.memberships.ofPerson(person.id), now)
  const need = requirementOf(await tx.signOnRules.list(domain.id), groups, undefined, 0)
  const { because } = need.denied ?? need.factors ?? need.level
  if (because.by !== 'rule') return 'something that no rule says'
  return `the sign-on rule \`${because.rule}\`${because.group === undefined ? '' : ` by the group \`${because.group}\``} ${need.denied ? 'lets nobody in' : 'demands a factor that nobody may have'}`
}

type Doing = {
  readonly place: Place
  readonly wanted: Recovery
  readonly phc: string
  readonly actor: Actor
  readonly now: EpochMs
}

const openFor = async (tx: Tx, deps: FirstAdministratorDeps, doing: Doing): Promise<Recovered | NotRecovered> => {
  const { place, wanted, phc, actor, now } = doing
  const { tenancy, domain, group } = place
  const { random } = deps
  const opened: string[] = [...(await openDomain(tx, place))]
  for (const name of wanted.removeRules) {
    const rule = await tx.signOnRules.byName(domain.id, name)
    if (!rule) return { refused: 'rule-unknown', rule: name }
    await tx.signOnRules.remove(rule.id)
    opened.push(`sign-on rule ${name} was removed`)
  }
  const before = await tx.people.byUsername(domain.id, wanted.username)
  const named = { username: wanted.username, displayName: wanted.username, email: undefined }
  const person: Person = {
    ...(before ?? newPerson(random, now, domain, named)),
    status: 'active',
    serviceAccount: false,
    updatedAt: now,
  }
  if (before && before.status !== 'active') opened.push(`the account was ${before.status}`)
  await tx.people.put(person)
  await withPassword(tx, deps, person, phc, now)
  if (wanted.removeFactors) opened.push(...(await withoutFactors(tx, person)))
  await tx.memberships.put({
    personId: person.id,
    groupId: group.id,
    provenance: { kind: 'direct', by: 'recover-admin' },
    role: 'admin',
    since: now,
    expiresAt: undefined,
  })
  // whoever held the account until now is out
  const ending = { personId: person.id, except: undefined, reason: 'revoked' as const, at: now, by: actor }
  const sessionsEnded = await endSessionsOf(tx, random, ending)
  if (!(await workingAdministrators(tx, tenancy.id, now)).some((p) => p.id === person.id))
    return { refused: 'still-shut', because: await whyShut(tx, place, person, now) }
  await notify(tx, random, person, 'password-changed', now)
  const { reason } = wanted
  const details = { made: before === undefined, opened, sessionsEnded, how: 'command' }
  const mailed = await announceRecovery(tx, random, { tenancy, person, actor, reason, details, now })
  return { person, made: before === undefined, opened, mailed }
}

export type RecoverAdministrator = (
  actor: Actor,
  tenancyId: TenancyId,
  wanted: Recovery,
) => Promise<Recovered | NotRecovered>

const faultsOf = async (tx: Tx, deps: FirstAdministratorDeps, { domain, group }: Place, wanted: Recovery) => {
  const { username, password: candidate } = wanted
  const person = await tx.people.byUsername(domain.id, username)
  const { policy } = policyFor(await tx.passwordPolicies.list(domain.id), [group])
  const { email, displayName = username } = person ?? {}
  return passwordFaults(policy, { candidate, username, email, displayName, isCommon: deps.isCommonPassword })
}

export const recoverAdministrator =
  (deps: FirstAdministratorDeps): RecoverAdministrator =>
  async (actor, tenancyId, wanted) => {
    if (!isUsername(wanted.username)) return { refused: 'username-malformed' }
    const first = await deps.store.read(async (tx) => ({
      works: await working(tx, tenancyId, wanted.reason, deps.clock()),
      faults: await faultsOf(tx, deps, await placeIn(tx, tenancyId), wanted),
    }))
    if (first.works) return first.works
    if (first.faults.length > 0) return { refused: 'password', faults: first.faults }
    const phc = await deps.hasher.hash(wanted.password)
    let result: Recovered | NotRecovered | undefined
    try {
      await deps.store.write(async (tx) => {
        const now = deps.clock()
        // INVARIANT: asked again where it is written: two at once are one
        result =
          (await working(tx, tenancyId, wanted.reason, now)) ??
          (await openFor(tx, deps, { place: await placeIn(tx, tenancyId), wanted, phc, actor, now }))
        if ('refused' in result) throw undone
      })
    } catch (thrown) {
      if (thrown !== undone) throw thrown
    }
    if (!result) throw new Error('a transaction that ran has a result')
    return result
  }

export type RecoveryLink = (
  actor: Actor,
  tenancyId: TenancyId,
  reason: string | undefined,
) => Promise<{ readonly url: string; readonly expiresAt: EpochMs } | NotRecovered>
/** The set-up page once more, for an hour and one administrator; the domain is opened for it at once. */
export const recoveryLink =
  (deps: FirstAdministratorDeps): RecoveryLink =>
  (actor, tenancyId, reason) => {
    const token = deps.random.token()
    return deps.store.write(async (tx) => {
      const now = deps.clock()
      const works = await working(tx, tenancyId, reason, now)
      if (works) return works
      const place = await placeIn(tx, tenancyId)
      const { tenancy, domain } = place
      const opened = await openDomain(tx, place)
      const expiresAt = secondsLater(now, LINK_SECONDS)
      await tx.once.keep(setUpKey(deps, token), { tenancyId, recovery: { reason: reason ?? null } }, expiresAt)
      await tx.audit.add(
        eventOf(deps.random, now, {
          tenancyId,
          domainId: domain.id,
          action: 'administrator.recovery-link-made',
          actor,
          target: { type: 'tenancy', id: tenancy.id, name: tenancy.name },
          details: { reason: reason ?? null, opened },
        }),
      )
      return { url: `${deps.baseUrl}/d/${tenancy.name}/${domain.name}/set-up?token=${token}`, expiresAt }
    })
  }
