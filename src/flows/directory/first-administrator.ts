// The first administrator of a tenancy that has none: named by the operator's configuration, or by whoever holds a one-time set-up link
// that only the log of the gateway shows. Once somebody is in the group, both ways are closed.
import { type PasswordFault, passwordFaults, policyFor } from '../../core/assurance/password-policy.ts'
import type { Actor } from '../../core/model/audit.ts'
import type { Group } from '../../core/model/group.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import type { Domain, Tenancy } from '../../core/model/tenancy.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Hasher } from '../../ports/hasher.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { eventOf, targetOf } from '../audit-event.ts'
import { administrators, administratorsGroup } from './administrators.ts'
import { announceRecovery } from './announce-recovery.ts'
import { DEFAULT_DOMAIN } from './create-tenancy.ts'
import { isUsername, newPerson } from './new-person.ts'
import { newPassword } from './seed-people.ts'

export type FirstAdministratorDeps = {
  readonly store: Store
  readonly random: Random
  readonly clock: Clock
  readonly hasher: Hasher
  readonly secrets: Pick<Secrets, 'digest'>
  readonly baseUrl: string
  readonly isCommonPassword: (password: string) => boolean
}
export type NewAdministrator = {
  readonly username: string
  readonly password: string
  readonly email: string | undefined
}
export type NotMade =
  | { readonly refused: 'administrator-exists' | 'username-taken' | 'link-unknown' | 'username-malformed' }
  | { readonly refused: 'password'; readonly faults: readonly PasswordFault[] }
export type Made = { readonly person: Person }

const LINK_SECONDS = 24 * 3600
export const setUpKey = ({ secrets }: Pick<FirstAdministratorDeps, 'secrets'>, token: string): string =>
  `set-up:${secrets.digest(token)}`

/** Beside the link: it makes one more administrator, whoever there is. */
type RecoveryKept = { readonly reason: string | null }
type Place = { readonly tenancy: Tenancy; readonly domain: Domain; readonly group: Group }
export const placeIn = async (tx: Tx, tenancyId: TenancyId): Promise<Place> => {
  const tenancy = await tx.tenancies.get(tenancyId)
  const domain = await tx.domains.byName(tenancyId, DEFAULT_DOMAIN)
  const group = await administratorsGroup(tx, tenancyId)
  if (!tenancy || !domain || !group)
    throw new Error(`tenancy ${tenancyId} has no default domain with its administrators`)
  return { tenancy, domain, group }
}

/** The password policy that will apply to them once they are in the group. */
const faultsOf = (
  deps: FirstAdministratorDeps,
  tenancyId: TenancyId,
  wanted: NewAdministrator,
): Promise<readonly PasswordFault[]> =>
  deps.store.read(async (tx) => {
    const { domain, group } = await placeIn(tx, tenancyId)
    const { policy } = policyFor(await tx.passwordPolicies.list(domain.id), [group])
    const { username, email, password: candidate } = wanted
    return passwordFaults(policy, {
      candidate,
      username,
      email,
      displayName: username,
      isCommon: deps.isCommonPassword,
    })
  })

const makeIn = async (
  deps: FirstAdministratorDeps,
  tx: Tx,
  actor: Actor | undefined,
  tenancyId: TenancyId,
  wanted: NewAdministrator & {
    readonly phc: string
    readonly how: string
    readonly recovery?: RecoveryKept | undefined
  },
): Promise<Made | NotMade> => {
  const now = deps.clock()
  const { username, email, recovery } = wanted
  // INVARIANT: asked in the transaction that makes one, or two links claimed at once would make two.
  if (!recovery && (await administrators(tx, tenancyId, now)).length > 0) return { refused: 'administrator-exists' }
  const { tenancy, domain, group } = await placeIn(tx, tenancyId)
  const person = newPerson(deps.random, now, domain, { username, email, displayName: username })
  if ((await tx.people.put(person)) === 'name-taken') return { refused: 'username-taken' }
  await tx.credentials.add(newPassword(deps.random, now, person.id, wanted.phc))
  await tx.memberships.put({
    personId: person.id,
    groupId: group.id,
    provenance: { kind: 'direct', by: wanted.how },
    role: 'admin',
    since: now,
    expiresAt: undefined,
  })
  const doer: Actor = actor ?? { kind: 'person', id: person.id, name: person.username }
  if (recovery) {
    const said = { reason: recovery.reason ?? undefined, details: { made: true, how: wanted.how }, now }
    await announceRecovery(tx, deps.random, { tenancy, person, actor: doer, ...said })
    return { person }
  }
  await tx.audit.add(
    eventOf(deps.random, now, {
      tenancyId,
      domainId: domain.id,
      action: 'administrator.first-created',
      actor: doer,
      target: targetOf(person),
      after: { username, email: email ?? null, group: group.name },
      details: { how: wanted.how },
    }),
  )
  return { person }
}

/** For the operator: configuration at start, or `gwanmun bootstrap-admin`. Refused, not repeated, when somebody is there already. */
export type BootstrapAdministrator = (
  actor: Actor,
  tenancyId: TenancyId,
  wanted: NewAdministrator,
) => Promise<Made | NotMade>
export const bootstrapAdministrator =
  (deps: FirstAdministratorDeps): BootstrapAdministrator =>
  async (actor, tenancyId, wanted) => {
    if (!isUsername(wanted.username)) return { refused: 'username-malformed' }
    const there = await deps.store.read((tx) => administrators(tx, tenancyId, deps.clock()))
    if (there.length > 0) return { refused: 'administrator-exists' } // before the slow hash: every start asks
    const faults = await faultsOf(deps, tenancyId, wanted)
    if (faults.length > 0) return { refused: 'password', faults }
    const phc = await deps.hasher.hash(wanted.password)
    return deps.store.write((tx) => makeIn(deps, tx, actor, tenancyId, { ...wanted, phc, how: 'bootstrap' }))
  }

/** A fresh link for a tenancy without administrators; undefined when it has one. Only the token's digest is kept. */
export type SetUpLink = (
  tenancyId: TenancyId,
) => Promise<{ readonly url: string; readonly expiresAt: EpochMs } | undefined>
export const setUpLink =
  (deps: FirstAdministratorDeps): SetUpLink =>
  async (tenancyId) => {
    const token = deps.random.token()
    return deps.store.write(async (tx) => {
      const now = deps.clock()
      if ((await administrators(tx, tenancyId, now)).length > 0) return undefined
      const { tenancy, domain } = await placeIn(tx, tenancyId)
      const expiresAt = secondsLater(now, LINK_SECONDS)
      await tx.once.keep(setUpKey(deps, token), { tenancyId }, expiresAt)
      return { url: `${deps.baseUrl}/d/${tenancy.name}/${domain.name}/set-up?token=${token}`, expiresAt }
    })
  }

/** Whether a page with a form should be shown at all. */
export type IsSetUpLink = (tenancyId: TenancyId, token: string) => Promise<boolean>
export const isSetUpLink =
  (deps: FirstAdministratorDeps): IsSetUpLink =>
  (tenancyId, token) =>
    deps.store.read(async (tx) => {
      const now = deps.clock()
      const kept = await tx.once.kept(setUpKey(deps, token), now)
      if (kept?.tenancyId !== tenancyId) return false
      return kept.recovery !== undefined || (await administrators(tx, tenancyId, now)).length === 0
    })

const rolledBack = Symbol('refused: the link stays good')

/** Spends the link only when an administrator came of it: a refused password must not cost the operator a restart. */
export type ClaimSetUp = (tenancyId: TenancyId, token: string, wanted: NewAdministrator) => Promise<Made | NotMade>
export const claimSetUp =
  (deps: FirstAdministratorDeps): ClaimSetUp =>
  async (tenancyId, token, wanted) => {
    if (!isUsername(wanted.username)) return { refused: 'username-malformed' }
    // Before the slow hash, so that nobody without a link can make this server work.
    if (!(await isSetUpLink(deps)(tenancyId, token))) return { refused: 'link-unknown' }
    const faults = await faultsOf(deps, tenancyId, wanted)
    if (faults.length > 0) return { refused: 'password', faults }
    const phc = await deps.hasher.hash(wanted.password)
    let result: Made | NotMade = { refused: 'link-unknown' }
    try {
      await deps.store.write(async (tx) => {
        const kept = await tx.once.take(setUpKey(deps, token), deps.clock())
        const recovery = kept?.recovery as RecoveryKept | undefined
        const how = recovery ? 'recovery link' : 'set-up link'
        result =
          kept?.tenancyId === tenancyId
            ? await makeIn(deps, tx, undefined, tenancyId, { ...wanted, phc, how, recovery })
            : { refused: 'link-unknown' }
        if ('refused' in result) throw rolledBack
      })
    } catch (thrown) {
      if (thrown !== rolledBack) throw thrown
    }
    return result
  }
