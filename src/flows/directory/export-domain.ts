// One stored identity domain as its file would declare it, with its groups, rules and identity providers. What names only groups or
// applications that are gone applied to nobody, and is left out: without their names it would apply to everybody.
import type {
  DeclaredDomain,
  DeclaredIdp,
  DeclaredMapping,
  DeclaredPasswordPolicy,
  DeclaredSignOnRule,
} from '../../core/model/declared.ts'
import type { Group } from '../../core/model/group.ts'
import type { Idp, MappingRule } from '../../core/model/idp.ts'
import type { Domain, Onboarding } from '../../core/model/tenancy.ts'
import type { Tx } from '../../ports/store.ts'
import { ADMINISTRATORS_DESCRIPTION } from './create-tenancy.ts'

/** id → name */
export type Names = ReadonlyMap<string, string>
export const namesOf = (ids: readonly string[], names: Names): readonly string[] =>
  ids.flatMap((id) => names.get(id) ?? [])

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
export const inOrder = <T extends { readonly name: string }>(
  rows: readonly T[],
  keyOf: (row: T) => string = (row) => row.name,
): readonly T[] =>
  rows.toSorted((a, b) => byText(keyOf(a).toLowerCase(), keyOf(b).toLowerCase()) || byText(keyOf(a), keyOf(b)))

type Leaving = { readonly leave: (what: string) => void; readonly domain: Domain }
/** Undefined: it named some and all of them are gone. */
const stillNamed = (ids: readonly string[], names: Names): readonly string[] | undefined => {
  const named = namesOf(ids, names)
  return named.length === 0 && ids.length > 0 ? undefined : named
}
const goneFrom = ({ leave, domain }: Leaving, what: string, name: string): [] => {
  leave(`${what} \`${domain.name}/${name}\`: whom or what it named is gone`)
  return []
}

const bornWith = ({ system, description, tags = {} }: Group): boolean =>
  system && description === ADMINISTRATORS_DESCRIPTION && Object.keys(tags).length === 0

const asks = ({ confirm, contactEmail, profile, terms }: Onboarding): boolean =>
  confirm || contactEmail || profile || terms !== undefined

const exportMapping =
  (groups: Names, idp: Idp, leaving: Leaving) =>
  ({ name, match, allOf, groups: ids }: MappingRule): readonly DeclaredMapping[] => {
    const named = namesOf(ids, groups)
    if (named.length === 0) return goneFrom(leaving, 'mapping', `${idp.name}/${name}`)
    return [{ name, allOf: allOf.length > 0 ? allOf : [match], groups: named }]
  }

const trustOf = ({ trust }: Idp): DeclaredIdp['trust'] => {
  if (trust.protocol === 'saml') return trust
  const { clientSecretSealed, ...rest } = trust
  return { ...rest, clientSecret: clientSecretSealed === undefined ? undefined : '' }
}

const exportIdp = async (
  tx: Tx,
  idp: Idp,
  { groups, apps }: { readonly groups: Names; readonly apps: Names },
  leaving: Leaving,
): Promise<DeclaredIdp> => {
  const { id, tenancyId: _, domainId: __, trust: ___, routes, ...plain } = idp
  const rules = inOrder(await tx.mappingRules.list(id))
  const applications = [...namesOf(routes?.applications ?? [], apps)].sort()
  return {
    ...plain,
    routes: { applications, networks: routes?.networks ?? [] },
    trust: trustOf(idp),
    mappings: rules.flatMap(exportMapping(groups, idp, leaving)),
  }
}

const exportRules = async (
  tx: Tx,
  groups: Names,
  apps: Names,
  leaving: Leaving,
): Promise<readonly DeclaredSignOnRule[]> =>
  inOrder(await tx.signOnRules.list(leaving.domain.id)).flatMap(({ name, groups: ids, apps: appIds, demands }) => {
    const [named, at] = [stillNamed(ids, groups), stillNamed(appIds, apps)]
    if (!named || !at) return goneFrom(leaving, 'sign-on rule', name)
    const { deny = false, level, approval, factors, maxAgeSeconds, trustedDevice } = demands
    return [{ name, groups: named, apps: at, deny, level, approval, factors, maxAgeSeconds, trustedDevice }]
  })

const exportPasswordPolicies = async (
  tx: Tx,
  groups: Names,
  leaving: Leaving,
): Promise<readonly DeclaredPasswordPolicy[]> =>
  inOrder(await tx.passwordPolicies.list(leaving.domain.id)).flatMap(
    ({ id: _, domainId: __, groups: ids, ...policy }) => {
      const named = stillNamed(ids, groups)
      return named ? [{ ...policy, groups: named }] : goneFrom(leaving, 'password policy', policy.name)
    },
  )

type Around = {
  readonly compartment: readonly string[]
  readonly apps: Names
  readonly leave: (what: string) => void
}

export const exportDomain = async (
  tx: Tx,
  domain: Domain,
  { compartment, apps, leave }: Around,
): Promise<DeclaredDomain> => {
  const leaving = { leave, domain }
  const all = inOrder(await tx.groups.list(domain.id))
  const groups = new Map(all.map((g) => [g.id as string, g.name]))
  const idps: DeclaredIdp[] = []
  for (const idp of inOrder(await tx.idps.list(domain.id)))
    idps.push(await exportIdp(tx, idp, { groups, apps }, leaving))
  const dynamic = inOrder(await tx.dynamicGroups.list(domain.id))
  return {
    name: domain.name,
    displayName: domain.displayName,
    compartment,
    active: domain.status === 'active',
    locale: domain.locale,
    session: domain.session,
    accessTokenSeconds: domain.accessTokenSeconds,
    refreshTokenSeconds: domain.refreshTokenSeconds,
    branding: domain.branding,
    localSignIn: domain.localSignIn,
    passwordReset: domain.passwordReset !== false,
    onboarding: domain.onboarding && asks(domain.onboarding) ? domain.onboarding : undefined,
    selfRegistration: domain.selfRegistration && {
      ...domain.selfRegistration,
      groups: [...namesOf(domain.selfRegistration.groups, groups)].sort(),
    },
    groups: all.filter((g) => !bornWith(g)).map(({ name, description, tags = {} }) => ({ name, description, tags })),
    dynamicGroups: dynamic.map(({ name, description, rule }) => ({ name, description, rule })),
    passwordPolicies: await exportPasswordPolicies(tx, groups, leaving),
    signOnRules: await exportRules(tx, groups, apps, leaving),
    idps,
  }
}
