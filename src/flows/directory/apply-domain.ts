// One declared identity domain: itself, its groups of both kinds and its password policies. Sign-on rules and identity providers come later, when
// applications and groups are all there.
import type { DeclaredDomain } from '../../core/model/declared.ts'
import type { Group } from '../../core/model/group.ts'
import type { CompartmentId, DomainId, DynamicGroupId, GroupId, PasswordPolicyId } from '../../core/model/ids.ts'
import type { PasswordPolicy } from '../../core/model/sign-on.ts'
import type { Domain, SessionLife } from '../../core/model/tenancy.ts'
import type { DynamicGroup } from '../../core/model/workload.ts'
import { blankDomain } from './create-tenancy.ts'
import {
  type Directory,
  dated,
  directoryOf,
  fault,
  type Path,
  type Run,
  resolveAll,
  same,
  settle,
  tagsFor,
} from './reconcile.ts'

/** As much of a declared domain as the writer of one of its parts looks at. */
export type Within<Part extends keyof DeclaredDomain> = Omit<AppliedDomain, 'declared'> & {
  readonly declared: Pick<DeclaredDomain, Part>
}
export type AppliedDomain = {
  readonly declared: DeclaredDomain
  readonly domain: Domain
  readonly groups: Directory<Group> // declared or not: a rule may name a group that somebody made by hand
  readonly path: Path
}

const applyGroups = async (run: Run, domain: Domain, declared: DeclaredDomain, path: Path): Promise<void> => {
  for (const [index, group] of declared.groups.entries()) {
    const before = await run.tx.groups.byName(domain.id, group.name)
    const after: Group = {
      id: before?.id ?? (run.random.id() as GroupId),
      tenancyId: run.tenancyId,
      domainId: domain.id,
      name: before?.system ? before.name : group.name, // policies and people look for the system group by name
      description: group.description,
      system: before?.system ?? false,
      ...tagsFor(before?.tags, group.tags),
      ...(before?.externalId === undefined ? {} : { externalId: before.externalId }), // the provisioning client's
    }
    const subject = { noun: 'group' as const, name: `${domain.name}/${group.name}`, domainId: domain.id }
    await settle(run, { ...subject, path: [...path, 'groups', index] }, run.tx.groups.put, before, after)
  }
}

const applyDynamicGroups = async (run: Run, domain: Domain, declared: DeclaredDomain, path: Path): Promise<void> => {
  for (const [index, group] of declared.dynamicGroups.entries()) {
    const before = await run.tx.dynamicGroups.byName(domain.id, group.name)
    const after = dated<DynamicGroup>(run, before, {
      ...group,
      id: before?.id ?? (run.random.id() as DynamicGroupId),
      tenancyId: run.tenancyId,
      domainId: domain.id,
    })
    const subject = { noun: 'dynamic-group' as const, name: `${domain.name}/${group.name}`, domainId: domain.id }
    await settle(run, { ...subject, path: [...path, 'dynamicGroups', index] }, run.tx.dynamicGroups.put, before, after)
  }
}

export const applyPasswordPolicies = async (
  run: Run,
  { domain, declared, groups, path }: Within<'passwordPolicies'>,
): Promise<void> => {
  for (const [index, policy] of declared.passwordPolicies.entries()) {
    const at: Path = [...path, 'passwordPolicies', index]
    const before = await run.tx.passwordPolicies.byName(domain.id, policy.name)
    const after: PasswordPolicy = {
      ...policy,
      id: before?.id ?? (run.random.id() as PasswordPolicyId),
      domainId: domain.id,
      groups: resolveAll(run, groups, policy.groups, [...at, 'groups'], 'group', ` in domain \`${domain.name}\``).map(
        (g) => g.id,
      ),
    }
    const subject = { noun: 'password-policy' as const, name: `${domain.name}/${policy.name}`, domainId: domain.id }
    await settle(run, { ...subject, path: at }, run.tx.passwordPolicies.put, before, after)
  }
}

const compartmentOf = (
  run: Run,
  declared: DeclaredDomain,
  compartments: ReadonlyMap<string, CompartmentId>,
  path: Path,
): CompartmentId | undefined => {
  const found = compartments.get(declared.compartment.join('/').toLowerCase())
  if (!found) fault(run, [...path, 'compartment'], `compartment \`${declared.compartment.join('/')}\` does not exist`)
  return found
}

/** Absent means yes; what stands there is not written again for saying the same. */
const resetOf = (before: Domain | undefined, wanted: boolean): Pick<Domain, 'passwordReset'> =>
  wanted && before?.passwordReset === undefined ? {} : { passwordReset: wanted }

/** Its groups are there only after the domain is. */
const selfRegistrationOf = (
  run: Run,
  { selfRegistration }: DeclaredDomain,
  groups: Directory<Group>,
  path: Path,
): Pick<Domain, 'selfRegistration'> => {
  if (!selfRegistration) return {}
  const at: Path = [...path, 'selfRegistration', 'groups']
  const found = resolveAll(run, groups, selfRegistration.groups, at, 'group', ' in this domain')
  for (const { name } of found.filter((g) => g.system)) fault(run, at, `nobody registers into \`${name}\``)
  return { selfRegistration: { ...selfRegistration, groups: found.map((g) => g.id) } }
}

export const applyDomain = async (
  run: Run,
  declared: DeclaredDomain,
  index: number,
  compartments: ReadonlyMap<string, CompartmentId>,
  session: SessionLife,
): Promise<AppliedDomain | undefined> => {
  const path: Path = ['domains', index]
  const compartmentId = compartmentOf(run, declared, compartments, path)
  if (!compartmentId) return undefined
  const before = await run.tx.domains.byName(run.tenancyId, declared.name)
  const life = { ...session, ...declared.session }
  if (life.idleSeconds > life.absoluteSeconds)
    fault(run, [...path, 'session'], '`idleSeconds` must not exceed `absoluteSeconds`')
  const blank = blankDomain(run.random.id() as DomainId, run.tenancyId, compartmentId, declared.name, session)
  const { onboarding: _, selfRegistration: registration, ...kept } = before ?? blank
  const wanted: Domain = {
    ...kept,
    compartmentId,
    displayName: declared.displayName,
    status: declared.active ? 'active' : 'inactive',
    locale: declared.locale,
    session: life,
    accessTokenSeconds: declared.accessTokenSeconds,
    refreshTokenSeconds: declared.refreshTokenSeconds,
    localSignIn: declared.localSignIn,
    branding: declared.branding,
    ...resetOf(before, declared.passwordReset),
    ...(declared.onboarding ? { onboarding: declared.onboarding } : {}),
    ...(declared.selfRegistration && registration ? { selfRegistration: registration } : {}),
  }
  const domain = before && !same(before, wanted) ? { ...wanted, version: before.version + 1 } : wanted
  const subject = { noun: 'domain' as const, name: domain.name, domainId: domain.id, path }
  await settle(run, subject, run.tx.domains.put, before, domain)
  await applyGroups(run, domain, declared, path)
  await applyDynamicGroups(run, domain, declared, path)
  const groups = directoryOf(await run.tx.groups.list(domain.id))
  const whole = { ...domain, ...selfRegistrationOf(run, declared, groups, path) }
  if (!same(domain, whole)) await settle(run, subject, run.tx.domains.put, domain, whole)
  const applied = { declared, domain: whole, groups, path }
  await applyPasswordPolicies(run, applied)
  return applied
}
