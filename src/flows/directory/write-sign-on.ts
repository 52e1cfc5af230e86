// Sign-on rules, password policies, identity providers and group mappings of one domain, one at a time, by the writers of tenancy files.
import type { DeclaredDomain, DeclaredIdp, DeclaredMapping } from '../../core/model/declared.ts'
import type { Idp, MappingRule } from '../../core/model/idp.ts'
import type { Person } from '../../core/model/person.ts'
import type { PasswordPolicy, SignOnRule } from '../../core/model/sign-on.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import { Problem } from '../../problem.ts'
import type { Work } from '../access/administer.ts'
import { applySignOnRules } from './apply-apps.ts'
import { applyPasswordPolicies, type Within } from './apply-domain.ts'
import { applyIdps, applyMappings, revokeGranted } from './apply-idps.ts'
import { applyOne } from './apply-one.ts'
import { peopleAbove, refuseUnheldGroup } from './power.ts'
import { directoryOf, type Noun, record } from './reconcile.ts'

/** As much of a declared domain as the writer of one of its parts looks at. */
const within = async <Part extends keyof DeclaredDomain>(
  { tx }: Work,
  domain: Domain,
  declared: Pick<DeclaredDomain, Part>,
): Promise<Within<Part>> => ({ declared, domain, groups: directoryOf(await tx.groups.list(domain.id)), path: [] })

const removed = <T extends { readonly id: string; readonly name: string }>(
  work: Work,
  noun: Noun,
  domain: Pick<Domain, 'id' | 'name'>,
  before: T,
): Promise<void> =>
  applyOne(work, (run) =>
    record(run, { noun, id: before.id, name: `${domain.name}/${before.name}`, domainId: domain.id }, 'remove', {
      before,
      after: undefined,
    }),
  )

export const putSignOnRule = async (
  work: Work,
  domain: Domain,
  declared: DeclaredDomain['signOnRules'][number],
): Promise<void> => {
  if (declared.approval !== undefined && !work.standing.isAdministrator)
    throw new Problem(
      'not-permitted',
      '`approval` spares administrators a second factor: only one of them may give it',
      {
        reason: 'administrator-required',
      },
    )
  const place = await within(work, domain, { signOnRules: [declared] })
  const apps = directoryOf(await work.tx.apps.list(domain.tenancyId))
  await applyOne(work, (run) => applySignOnRules(run, place, apps))
}
export const removeSignOnRule = async (work: Work, domain: Domain, rule: SignOnRule): Promise<void> => {
  await work.tx.signOnRules.remove(rule.id)
  await removed(work, 'sign-on-rule', domain, rule)
}

export const putPasswordPolicy = async (
  work: Work,
  domain: Domain,
  declared: DeclaredDomain['passwordPolicies'][number],
): Promise<void> => {
  const place = await within(work, domain, { passwordPolicies: [declared] })
  await applyOne(work, (run) => applyPasswordPolicies(run, place))
}
export const removePasswordPolicy = async (work: Work, domain: Domain, policy: PasswordPolicy): Promise<void> => {
  await work.tx.passwordPolicies.remove(policy.id)
  await removed(work, 'password-policy', domain, policy)
}

const refuseUnheldIds = async (work: Work, ids: MappingRule['groups']): Promise<void> => {
  for (const id of ids) {
    const group = await work.tx.groups.get(id)
    if (group) refuseUnheldGroup(work, group)
  }
}
/**
 * Whoever says what is believed of a provider signs in as anybody it vouches for: as those who are linked to it, and, linked by e-mail, as
 * those whose addresses it owns. Accounts that hold more than the administrator are not handed out this way.
 */
const refuseTakeover = async (
  work: Work,
  domain: Domain,
  before: Idp | undefined,
  { linkByEmail, emailDomains, name }: DeclaredIdp,
): Promise<void> => {
  const owned = ({ email }: Person): boolean =>
    linkByEmail && email !== undefined && emailDomains.includes(email.slice(email.lastIndexOf('@') + 1).toLowerCase())
  const linked = async ({ id }: Person): Promise<boolean> =>
    before !== undefined && (await work.tx.links.ofPerson(id)).some((link) => link.idpId === before.id)
  for (const { person, isAdministrator } of await peopleAbove(work, domain.id))
    if (owned(person) || (await linked(person)))
      throw new Problem(
        'not-permitted',
        `\`${name}\` would vouch for \`${person.username}\`, who holds what you do not: ${isAdministrator ? 'only a member of `Administrators`' : 'only somebody who holds it'} may do this`,
        { reason: isAdministrator ? 'administrator-required' : 'not-held' },
      )
}

export const putIdp = async (work: Work, domain: Domain, declared: DeclaredIdp): Promise<void> => {
  const before = await work.tx.idps.byName(domain.id, declared.name)
  await refuseTakeover(work, domain, before, declared)
  if (before)
    // whoever says what is believed of it puts people into the groups it maps to
    for (const rule of await work.tx.mappingRules.list(before.id)) await refuseUnheldIds(work, rule.groups)
  const place = await within(work, domain, { idps: [{ ...declared, mappings: [] }] })
  const apps = directoryOf(await work.tx.apps.list(domain.tenancyId))
  await applyOne(work, (run) => applyIdps(run, place, apps))
}
/** Links, mappings and what they granted go with it. */
export const removeIdp = async (work: Work, domain: Domain, idp: Idp): Promise<void> => {
  await work.tx.idps.remove(idp.id)
  await removed(work, 'idp', domain, idp)
}

/** A mapping puts people into groups as much as a hand does: nobody maps into a group that holds more than he does. */
const refuseUnheld = async (work: Work, domain: Domain, names: readonly string[]): Promise<void> => {
  for (const name of names) {
    const group = await work.tx.groups.byName(domain.id, name)
    if (group) refuseUnheldGroup(work, group)
  }
}
export const putMapping = async (work: Work, domain: Domain, idp: Idp, declared: DeclaredMapping): Promise<void> => {
  await refuseUnheld(work, domain, declared.groups)
  const place = await within<never>(work, domain, {})
  await applyOne(work, (run) => applyMappings(run, idp, { mappings: [declared] }, place, []))
}
export const removeMapping = async (work: Work, domain: Domain, idp: Idp, rule: MappingRule): Promise<void> => {
  await applyOne(work, (run) => revokeGranted(run, idp, rule, rule.groups))
  await work.tx.mappingRules.remove(rule.id)
  await removed(work, 'mapping-rule', { id: domain.id, name: `${domain.name}/${idp.name}` }, rule)
}
