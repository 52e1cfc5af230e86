// Rows → Facts: the one place that decides what nextStep gets to see of a person. Reads only.
import { isBypassCode, maySpend } from '../../core/assurance/bypass-code.ts'
import type { Evidence, FactorKind, Level } from '../../core/assurance/level.ts'
import { isExpired, policyFor } from '../../core/assurance/password-policy.ts'
import { type Requirement, requirementOf } from '../../core/assurance/requirement.ts'
import type { Facts } from '../../core/journey/facts.ts'
import { owedBy } from '../../core/journey/onboarding.ts'
import type { App } from '../../core/model/app.ts'
import type { Credential, PasswordCredential } from '../../core/model/credential.ts'
import type { Group } from '../../core/model/group.ts'
import type { AppId, DomainId, PersonId } from '../../core/model/ids.ts'
import type { Journey } from '../../core/model/journey.ts'
import type { Person } from '../../core/model/person.ts'
import type { PasswordPolicy } from '../../core/model/sign-on.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { liveGroupsIn } from '../directory/groups-of.ts'

export type Loaded = {
  readonly facts: Facts
  readonly domain: Domain
  readonly app: App | undefined
  readonly person: Person | undefined
  readonly groups: readonly Group[]
  readonly credentials: readonly Credential[]
  readonly need: Requirement
  readonly passwordPolicy: PasswordPolicy
}

export type Asking = {
  readonly domainId: DomainId
  readonly appId: AppId | undefined
  readonly personId: PersonId | undefined
  readonly identified: boolean
  readonly route: Journey['route']
  readonly level: Level
  readonly freshAfter: EpochMs | undefined
  readonly evidence: readonly Evidence[]
  readonly recoveryCodesToKeep: boolean
}

export const passwordOf = (
  credentials: readonly Credential[],
): (Credential & { readonly data: PasswordCredential }) | undefined =>
  credentials.find((c): c is Credential & { readonly data: PasswordCredential } => c.data.kind === 'password')

/**
 * Evidence whose ground has gone since is none: a password that was changed (whoever kept a journey open on the old one does not finish
 * it), a device that its owner or an administrator revoked.
 */
const standing = async (
  tx: Tx,
  evidence: readonly Evidence[],
  personId: PersonId | undefined,
  password: PasswordCredential | undefined,
): Promise<readonly Evidence[]> => {
  const byDevice = personId !== undefined && evidence.some((e) => e.kind === 'trusted-device')
  const devices = byDevice ? (await tx.devices.ofPerson(personId)).map((d) => d.id) : []
  return evidence.filter((e) => {
    if (e.kind === 'password') return password === undefined || e.at >= password.setAt
    return e.kind !== 'trusted-device' || devices.includes(e.deviceId)
  })
}

const counts = (credential: Credential, need: Requirement, now: EpochMs): boolean =>
  isBypassCode(credential)
    ? maySpend(credential, need, now)
    : credential.data.kind !== 'recovery-code' || credential.data.hashes.length > 0
const enrolledKinds = (credentials: readonly Credential[], need: Requirement, now: EpochMs): readonly FactorKind[] => [
  ...new Set(credentials.filter((c) => counts(c, need, now)).map((c) => c.data.kind)),
]

/** An application of another tenancy is none: `wants.appId` may come from an old journey or a confused edge. */
const appOf = async (tx: Tx, domain: Domain, appId: AppId | undefined): Promise<App | undefined> => {
  const app = appId === undefined ? undefined : await tx.apps.get(appId)
  return app?.tenancyId === domain.tenancyId ? app : undefined
}

export const loadFacts = async (tx: Tx, asking: Asking, now: EpochMs): Promise<Loaded> => {
  const domain = await tx.domains.get(asking.domainId)
  if (!domain) throw new Problem('not-found', 'this identity domain does not exist')
  const app = await appOf(tx, domain, asking.appId)
  const found = asking.personId === undefined ? undefined : await tx.people.get(asking.personId)
  const person = found?.domainId === domain.id ? found : undefined
  const groups = person ? await liveGroupsIn(tx, domain.id, await tx.memberships.ofPerson(person.id), now) : []
  const credentials = person ? await tx.credentials.ofPerson(person.id) : []
  const need = requirementOf(await tx.signOnRules.list(domain.id), groups, app, asking.level)
  const { policy } = policyFor(await tx.passwordPolicies.list(domain.id), groups)
  const password = passwordOf(credentials)
  const evidence = await standing(tx, asking.evidence, person?.id, password?.data)
  return {
    domain,
    app,
    person,
    groups,
    credentials,
    need,
    passwordPolicy: policy,
    facts: {
      identified: asking.identified || person !== undefined,
      route: asking.route,
      localSignIn: domain.localSignIn,
      appOffered: asking.appId === undefined || (app?.enabled === true && app.domainIds.includes(domain.id)),
      active: asking.personId === undefined || (person?.status === 'active' && !person.serviceAccount),
      need,
      freshAfter: asking.freshAfter,
      evidence,
      enrolled: enrolledKinds(credentials, need, now),
      password: password && {
        expired: !person?.serviceAccount && isExpired(policy, password.data.setAt, now),
        mustChange: password.data.mustChange,
      },
      recoveryCodesToKeep: asking.recoveryCodesToKeep,
      owed: owedBy(domain.onboarding, person),
    },
  }
}

export const askingOf = (journey: Journey): Asking => ({
  domainId: journey.domainId,
  appId: journey.wants.appId,
  personId: journey.personId,
  identified: journey.username !== undefined && journey.choice === undefined,
  route: journey.route,
  level: journey.wants.level,
  freshAfter: journey.wants.freshAfter,
  evidence: journey.evidence,
  recoveryCodesToKeep: journey.pending.recoveryCodesSealed !== undefined,
})
