// A stored tenancy as its file would declare it: the other way round of apply.ts. Names for ids, nouns in order of name, secrets and fetched
// documents left out. People, sessions and factors are nobody's to declare; what points at something that is gone is left out and told.
import type { App } from '../../core/model/app.ts'
import type {
  DeclaredApp,
  DeclaredCompartment,
  DeclaredPolicy,
  DeclaredRoleAssignment,
  DeclaredServiceId,
  DeclaredTenancy,
} from '../../core/model/declared.ts'
import type { CompartmentId, DomainId, TenancyId } from '../../core/model/ids.ts'
import { isOwnApp } from '../../core/model/own-apps.ts'
import type { Policy } from '../../core/model/policy.ts'
import type { RoleAssignment } from '../../core/model/role.ts'
import type { Compartment } from '../../core/model/tenancy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { type Called, portable } from '../../core/policy/portable.ts'
import { type Tree, treeOf } from '../../core/policy/tree.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { DEFAULT_DOMAIN } from './create-tenancy.ts'
import { exportDomain, inOrder, type Names, namesOf } from './export-domain.ts'
import { ownedIn } from './retire.ts'

/** A secret stands for a reference to it: which one, whoever writes the file says. */
export type Exported = { readonly document: DeclaredTenancy; readonly left: readonly string[] }

type Leaving = (what: string) => void

const pathIn = (tree: Tree, id: string): readonly string[] => {
  const place = tree.byId.get(id)
  return place === undefined
    ? []
    : place.chain
        .slice(0, -1)
        .map((n) => tree.places[n]?.name ?? '')
        .reverse()
}

const compartmentsBelow = (all: readonly Compartment[], parentId: CompartmentId): readonly DeclaredCompartment[] =>
  inOrder(all.filter((c) => c.parentId === parentId)).map(({ id, name, description, tags = {} }) => ({
    name,
    description,
    tags,
    compartments: compartmentsBelow(all, id),
  }))

const settingsOf = ({ settings }: App): DeclaredApp['settings'] => {
  if (settings.protocol === 'saml') return settings
  const { secretHashes, ...rest } = settings
  return { ...rest, clientSecrets: secretHashes.map(() => '') }
}

const exportApps = async (tx: Tx, id: TenancyId, domains: Names, leave: Leaving): Promise<readonly DeclaredApp[]> =>
  inOrder((await tx.apps.list(id)).filter((app) => !isOwnApp(app))).flatMap((app) => {
    const { name, displayName, enabled, homeUrl, groupsClaim } = app
    const named = namesOf(app.domainIds, domains)
    if (named.length === 0) leave(`application \`${name}\`: it belongs to no domain that is there`)
    return named.length === 0
      ? []
      : [{ name, displayName, enabled, homeUrl, groupsClaim, domains: named, settings: settingsOf(app) }]
  })

const exportPolicy = (
  policy: Policy,
  tree: Tree,
  groups: ReadonlyMap<string, Called>,
  leave: Leaving,
): DeclaredPolicy | undefined => {
  const { name, description, compartmentId } = policy
  const attached = tree.byId.get(compartmentId)
  if (!attached) return undefined
  const compartment = pathIn(tree, compartmentId)
  const called = [...compartment, name].join('/')
  const statements = policy.statements.flatMap((text, n) => {
    const now = portable(text, policy.bindings[n] ?? {}, { groups, tree, attached })
    for (const why of now.left) leave(`policy \`${called}\`, of statement ${n + 1}: ${why}`)
    return now.text ?? []
  })
  if (statements.length === 0) leave(`policy \`${called}\`: nothing is left of it`)
  return statements.length === 0 ? undefined : { name, description, compartment, statements }
}

const exportPolicies = async (
  tx: Tx,
  tenancyId: TenancyId,
  tree: Tree,
  names: Map<DomainId, string>,
  leave: Leaving,
) => {
  const groups = new Map<string, Called>()
  for (const row of [...(await tx.groups.ofTenancy(tenancyId)), ...(await tx.dynamicGroups.ofTenancy(tenancyId))])
    groups.set(row.id, { domain: names.get(row.domainId) ?? '', name: row.name })
  const policies = (await tx.policies.list({ tenancyId })).filter((p) => !p.system)
  return inOrder(
    policies.flatMap((p) => exportPolicy(p, tree, groups, leave) ?? []),
    ({ compartment, name }) => [...compartment, name].join('/'),
  )
}

const calledIn = async (
  tx: Tx,
  names: ReadonlyMap<DomainId, string>,
  { kind, id }: RoleAssignment['holder'],
): Promise<string | undefined> => {
  if (kind === 'service-id') return (await tx.serviceIds.get(id))?.name
  const row = kind === 'group' ? await tx.groups.get(id) : await tx.people.get(id)
  if (!row) return undefined
  const name = 'username' in row ? row.username : row.name
  const domain = names.get(row.domainId)
  return domain === DEFAULT_DOMAIN && !name.includes('/') ? name : `${domain}/${name}`
}

/** Roles of single people are theirs, as memberships are, unless a file gave them. */
const exportAssignments = async (
  tx: Tx,
  tenancyId: TenancyId,
  { tree, names, now, leave }: { tree: Tree; names: Map<DomainId, string>; now: EpochMs; leave: Leaving },
): Promise<readonly DeclaredRoleAssignment[]> => {
  const owned = new Set((await ownedIn(tx, tenancyId))['role-assignment'] ?? [])
  const out: DeclaredRoleAssignment[] = []
  for (const row of inOrder(await tx.roleAssignments.list(tenancyId))) {
    const { name, roles, service, resource, expiresAt, holder } = row
    const called = await calledIn(tx, names, holder)
    if (expiresAt !== undefined && expiresAt <= now) leave(`role assignment \`${name}\`: its time has passed`)
    else if (called === undefined) leave(`role assignment \`${name}\`: its holder is gone`)
    else if (holder.kind === 'person' && !owned.has(row.id))
      leave(`role assignment \`${name}\` of person \`${called}\``)
    else {
      const compartment = pathIn(tree, row.compartmentId)
      out.push({ name, roles, service, resource, expiresAt, compartment, holder: { kind: holder.kind, called } })
    }
  }
  return out
}

const exportServiceIds = async (tx: Tx, id: TenancyId, tree: Tree): Promise<readonly DeclaredServiceId[]> =>
  inOrder(await tx.serviceIds.list(id)).map(({ name, description, compartmentId, status }) => ({
    name,
    description,
    compartment: pathIn(tree, compartmentId),
    active: status === 'active',
  }))

/** In one transaction: a file of two moments would declare what never was. */
export const exportTenancy = async (tx: Tx, tenancyId: TenancyId, now: EpochMs): Promise<Exported> => {
  const tenancy = await tx.tenancies.get(tenancyId)
  const compartments = await tx.compartments.list({ tenancyId })
  const root = compartments.find((c) => c.parentId === undefined)
  if (!tenancy || !root) throw new Problem('not-found', 'there is no such tenancy')
  const left: string[] = []
  const leave: Leaving = (what) => left.push(what)
  const tree = treeOf(compartments)
  const rows = inOrder(await tx.domains.list(tenancyId))
  const names = new Map(rows.map((d) => [d.id, d.name]))
  const applications = await exportApps(tx, tenancyId, names, leave)
  const written = new Set(applications.map((a) => a.name))
  const named = (await tx.apps.list(tenancyId)).filter((app) => isOwnApp(app) || written.has(app.name))
  const apps = new Map(named.map((app) => [app.id as string, app.name]))
  const domains = []
  for (const domain of rows)
    domains.push(await exportDomain(tx, domain, { compartment: pathIn(tree, domain.compartmentId), apps, leave }))
  const document: DeclaredTenancy = {
    tenancy: {
      name: tenancy.name,
      displayName: tenancy.displayName,
      denyEnabled: tenancy.denyEnabled,
      root: { description: root.description, tags: root.tags ?? {} },
    },
    services: inOrder(await tx.services.list(tenancyId)).map(({ name, data }) => ({ name, data })),
    compartments: compartmentsBelow(compartments, root.id),
    domains,
    applications,
    serviceIds: await exportServiceIds(tx, tenancyId, tree),
    roleAssignments: await exportAssignments(tx, tenancyId, { tree, names, now, leave }),
    policies: await exportPolicies(tx, tenancyId, tree, names, leave),
    seed: { people: [] },
    demo: undefined,
  }
  return { document, left }
}
