// What of a tenancy must be at hand to answer a question: its compiled snapshot, its groups, its dynamic groups. How that is read from the
// store the first time, in parts, and how what changed since is read alone. Keeps nothing; when to read is not decided here.
import type { Group } from '../../core/model/group.ts'
import type { DomainId, DynamicGroupId, GroupId, TenancyId } from '../../core/model/ids.ts'
import type { RegisteredService } from '../../core/model/resource.ts'
import type { RoleAssignment } from '../../core/model/role.ts'
import type { Tags } from '../../core/model/tag.ts'
import type { Compartment, Domain } from '../../core/model/tenancy.ts'
import type { DynamicGroup } from '../../core/model/workload.ts'
import { type Catalogue, catalogueOf } from '../../core/policy/catalogue.ts'
import { building, type Snapshot, type Unit, unitOf } from '../../core/policy/compile.ts'
import { compileRule, type Matches } from '../../core/policy/dynamic-group.ts'
import { isWasteful as isIndexWasteful } from '../../core/policy/index-of-clauses.ts'
import { DEFAULT_DOMAIN } from '../../core/policy/references.ts'
import { clausesOfAssignment, clausesOfEverybody } from '../../core/policy/role-clauses.ts'
import type { Roles } from '../../core/policy/roles.ts'
import { ADMINISTRATORS } from '../../core/policy/system.ts'
import { emptyTable, type Table } from '../../core/policy/table.ts'
import { treeOf } from '../../core/policy/tree.ts'
import type { Paged, Tx } from '../../ports/store.ts'

export type KnownDynamicGroup = { readonly id: DynamicGroupId; readonly name: string; readonly matches: Matches }
export type Known = {
  readonly snapshot: Snapshot
  readonly groups: Table<string> // id → `domain/name`
  readonly groupTags: Table<Tags> // id → tags, of those that have some
  readonly dynamicGroups: readonly KnownDynamicGroup[]
  readonly domains: ReadonlyMap<DomainId, string>
}
/** Changes have left so much behind that it is worth building again. */
export const isWasteful = ({ snapshot }: Known): boolean => isIndexWasteful(snapshot.index)

/** What ships with the product. */
export type Shipped = { readonly catalogue: Catalogue; readonly roles: Roles }

/** One consistent look at the store. Those of one reading may be of different moments. */
export type Look = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>
/** Lets everybody else have a turn. */
export type Pause = () => Promise<void>

const PAGE = 50 // rows
const COMPILED_AT_ONCE = 100 // statements

export const inTurns = async <T>(run: Generator<undefined, T>, pause: Pause): Promise<T> => {
  for (;;) {
    const { done, value } = run.next()
    if (done) return value
    await pause()
  }
}

export type Row<T> = { readonly id: string; readonly row: T | undefined }
export type Named = { readonly groups: Table<string>; readonly groupTags: Table<Tags> }
export const withGroups = (
  { groups, groupTags }: Named,
  domains: Known['domains'],
  rows: readonly Row<Group>[],
): Named => ({
  groups: groups.with(
    rows.map(({ id, row }) => [id, row && `${domains.get(row.domainId) ?? row.domainId}/${row.name}`]),
  ),
  groupTags: groupTags.with(
    rows.map(({ id, row }) => [id, row?.tags && Object.keys(row.tags).length > 0 ? row.tags : undefined]),
  ),
})
/** By domain, name and mark: a group that merely bears the name is not above the policies. */
export const isAdministrators = ({ system, domainId, name }: Group, domains: Known['domains']): boolean =>
  system &&
  domains.get(domainId)?.toLowerCase() === DEFAULT_DOMAIN &&
  name.toLowerCase() === ADMINISTRATORS.toLowerCase()

export const knownDynamicGroup = (row: DynamicGroup, domains: Known['domains']): KnownDynamicGroup => ({
  id: row.id,
  name: `${domains.get(row.domainId) ?? row.domainId}/${row.name}`,
  matches: compileRule(row.rule),
})
const namesOf = (domains: readonly Domain[]): Known['domains'] => new Map(domains.map((d) => [d.id, d.name]))

/** Registered services that do not fit what ships with the product, or one another, are left out: nobody is granted anything on them. */
const withRegistered = (shipped: Catalogue, services: readonly RegisteredService[]): Catalogue => {
  let catalogue = shipped
  for (const { data } of services) {
    const next = catalogueOf([...catalogue.sources, data])
    if (next.faults.length === 0) catalogue = next.catalogue
  }
  return catalogue
}
const CATALOGUES_KEPT = 50
/** The shipped catalogue with what a tenancy registered; the same content gives the same object, so that clauses can be kept. */
export const tenancyCatalogues = (shipped: Catalogue): ((services: readonly RegisteredService[]) => Catalogue) => {
  const made = new Map<string, Catalogue>()
  return (services) => {
    if (services.length === 0) return shipped
    const content = JSON.stringify(services.map(({ data }) => data))
    const catalogue = made.get(content) ?? withRegistered(shipped, services)
    made.delete(content)
    made.set(content, catalogue)
    const [oldest] = made.keys()
    if (made.size > CATALOGUES_KEPT && oldest !== undefined) made.delete(oldest)
    return catalogue
  }
}

/** Every row, each page in a look of its own. */
async function* pages<T extends { readonly id: string; readonly name: string }, S>(
  look: Look,
  of: (tx: Tx) => Paged<T, S>,
  scope: S,
): AsyncGenerator<readonly T[]> {
  let page: readonly T[]
  let after: T | undefined
  do {
    page = await look((tx) => of(tx).page(scope, after, PAGE))
    after = page.at(-1)
    yield page
  } while (page.length === PAGE)
}

export type Reading = Shipped & {
  readonly look: Look
  readonly pause: Pause
  readonly catalogueWith: (services: readonly RegisteredService[]) => Catalogue
}

const everybodyUnit = ({ roles }: Shipped, root: Compartment | undefined, catalogue: Catalogue): readonly Unit[] => {
  const clauses = root ? clausesOfEverybody(roles, root.id, catalogue) : []
  return [{ id: 'role:everybody', compartmentId: root?.id ?? '', statements: 0, clauses }]
}

const allUnits = async (
  { look, pause, roles }: Reading,
  tenancyId: TenancyId,
  catalogue: Catalogue,
): Promise<readonly Unit[]> => {
  const units: Unit[] = []
  let statements = 0
  for await (const page of pages(look, (tx) => tx.policies, { tenancyId }))
    for (const policy of page) {
      units.push(unitOf(policy, catalogue))
      statements += policy.statements.length
      if (statements < COMPILED_AT_ONCE) continue
      statements = 0
      await pause()
    }
  for await (const page of pages(look, (tx) => tx.roleAssignments, tenancyId)) {
    for (const row of page) units.push(unitOfAssignment(row, roles, catalogue))
    await pause()
  }
  return units
}
export const unitOfAssignment = (row: RoleAssignment, roles: Roles, catalogue: Catalogue): Unit => ({
  id: row.id,
  compartmentId: row.compartmentId,
  statements: 0,
  clauses: clausesOfAssignment(row, roles, catalogue),
})

/** Everything. What was written meanwhile may be in it or not, so it holds only once what changed since its revision was read, too. */
export const readAll = async (reading: Reading, tenancyId: TenancyId): Promise<Known | undefined> => {
  const { look, pause } = reading
  const base = await look(async (tx) => ({
    revision: await tx.tenancies.revision(tenancyId),
    domains: namesOf(await tx.domains.list(tenancyId)),
    compartments: await tx.compartments.list({ tenancyId }),
    catalogue: reading.catalogueWith(await tx.services.list(tenancyId)),
    dynamicGroups: await tx.dynamicGroups.ofTenancy(tenancyId),
  }))
  const { revision, domains, compartments, catalogue } = base
  if (revision === undefined) return undefined
  let named: Named = { groups: emptyTable(), groupTags: emptyTable() }
  let administrators: GroupId | undefined
  for (const domain of domains.keys())
    for await (const page of pages(look, (tx) => tx.groups, domain)) {
      named = withGroups(
        named,
        domains,
        page.map((row) => ({ id: row.id, row })),
      )
      administrators = page.find((group) => isAdministrators(group, domains))?.id ?? administrators
      await pause()
    }
  const root = compartments.find((c) => c.parentId === undefined)
  const units = [...everybodyUnit(reading, root, catalogue), ...(await allUnits(reading, tenancyId, catalogue))]
  const snapshot = await inTurns(
    building({ revision, catalogue, tree: treeOf(compartments), administrators, units }),
    pause,
  )
  return { snapshot, ...named, domains, dynamicGroups: base.dynamicGroups.map((d) => knownDynamicGroup(d, domains)) }
}
