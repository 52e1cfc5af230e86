// A tenancy on paper: what a file declares, or what bare statements name, made ready to ask without a store. Ids are the names themselves.
// Deny counts as enabled: a paper cannot know, and a policy that is checked for it must be read as written.
import type { DeclaredCompartment, DeclaredPolicy, DeclaredTenancy } from '../model/declared.ts'
import type { CompartmentId, GroupId, PolicyId, TenancyId } from '../model/ids.ts'
import type { Policy } from '../model/policy.ts'
import type { Tags } from '../model/tag.ts'
import { aliasesIn } from './aliases.ts'
import type { Statement } from './ast.ts'
import type { World } from './bind.ts'
import type { Catalogue } from './catalogue.ts'
import { checkStatement } from './check.ts'
import { type Snapshot, snapshotOf } from './compile.ts'
import { type Fault, faultAt } from './fault.ts'
import { parseStatement } from './parse.ts'
import { DEFAULT_DOMAIN } from './references.ts'
import { ADMINISTRATORS } from './system.ts'
import { treeOf } from './tree.ts'

type Row = {
  readonly id: CompartmentId
  readonly name: string
  readonly parentId: CompartmentId | undefined
  readonly tags?: Tags
}
export type Paper = {
  readonly rows: readonly Row[]
  /** `domain/group`, or an id that a statement names. */
  readonly groups: readonly string[]
  readonly groupIds: readonly string[]
  /** Likewise. */
  readonly dynamicGroups: readonly string[]
  readonly dynamicGroupIds: readonly string[]
  readonly domains: readonly string[]
  /** `domain/group`, lower case → id, of groups that have one; elsewhere the name is the id. */
  readonly ids?: ReadonlyMap<string, string>
  readonly policies: readonly Pick<DeclaredPolicy, 'name' | 'compartment' | 'statements'>[]
}
export type Sketch = {
  readonly world: World
  readonly snapshot: Snapshot
  /** Per policy and statement, in the order given. */
  readonly faults: readonly (readonly (readonly Fault[])[])[]
}

const rootId = '/' as CompartmentId
const idOf = (names: readonly string[]): CompartmentId =>
  (names.length === 0 ? rootId : names.join(':')) as CompartmentId
const rowOf = (names: readonly string[]): Row => ({
  id: idOf(names),
  name: names.at(-1) ?? '',
  parentId: idOf(names.slice(0, -1)),
})

const rowsBelow = (names: readonly string[], below: readonly DeclaredCompartment[]): readonly Row[] =>
  below.flatMap((c) => [
    { ...rowOf([...names, c.name]), tags: c.tags },
    ...rowsBelow([...names, c.name], c.compartments),
  ])

export const paperOf = ({ tenancy, compartments, domains, policies }: DeclaredTenancy): Paper => ({
  rows: [
    { id: rootId, name: tenancy.name, parentId: undefined, tags: tenancy.root?.tags ?? {} },
    ...rowsBelow([], compartments),
  ],
  groups: domains.flatMap((d) => d.groups.map((g) => `${d.name}/${g.name}`)),
  groupIds: [],
  dynamicGroups: domains.flatMap((d) => d.dynamicGroups.map((g) => `${d.name}/${g.name}`)),
  dynamicGroupIds: [],
  domains: domains.map((d) => d.name),
  policies,
})

type Named = { readonly names: readonly string[]; readonly ids: readonly string[]; readonly domains: readonly string[] }

/** What a statement takes for granted. Those whom an Admit lets in are another tenancy's, and stand behind an alias. */
const namedAs = (kind: 'group' | 'dynamic-group', statement: Statement): Named => {
  const own = statement.kind !== 'define' && statement.kind !== 'admit' && statement.subject.kind === kind
  const principals = own && 'principals' in statement.subject ? statement.subject.principals : []
  const names = principals.filter((p) => p.kind === 'name')
  return {
    names: names.map((p) => `${p.domain?.text ?? DEFAULT_DOMAIN}/${p.name.text}`),
    ids: principals.flatMap((p) => (p.kind === 'id' ? [p.id.text] : [])),
    domains: names.flatMap((p) => (p.domain ? [p.domain.text] : [])),
  }
}

const namedRows = (statement: Statement): readonly Row[] => {
  if (statement.kind !== 'allow' && statement.kind !== 'deny' && statement.kind !== 'admit') return []
  const { place } = statement
  if (place.kind === 'tenancy' || place.kind === 'any-tenancy' || ('of' in place && place.of)) return []
  if (place.kind === 'compartment-id')
    return [{ id: place.id.text as CompartmentId, name: place.id.text, parentId: rootId }]
  const names = place.path.map((n) => n.text)
  return names.map((_, n) => rowOf(names.slice(0, n + 1)))
}

/** Without a tenancy around them, statements are taken at their word: whatever group or compartment they name is there. */
export const paperOfStatements = (policies: Paper['policies']): Paper => {
  const parsed = policies.flatMap((p) => p.statements).flatMap((text) => parseStatement(text).statement ?? [])
  const groups = parsed.map((statement) => namedAs('group', statement))
  const dynamicGroups = parsed.map((statement) => namedAs('dynamic-group', statement))
  const rows = new Map(parsed.flatMap(namedRows).map((row) => [row.id.toLowerCase(), row]))
  return {
    rows: [{ id: rootId, name: 'tenancy', parentId: undefined }, ...withSpelling([...rows.values()])],
    groups: groups.flatMap((n) => n.names),
    groupIds: groups.flatMap((n) => n.ids),
    dynamicGroups: dynamicGroups.flatMap((n) => n.names),
    dynamicGroupIds: dynamicGroups.flatMap((n) => n.ids),
    domains: [...groups, ...dynamicGroups].flatMap((n) => n.domains),
    policies,
  }
}
/** `prod:Web` below `Prod` is one tree: a parent is looked up without case. */
const withSpelling = (rows: readonly Row[]): readonly Row[] => {
  const ids = new Map(rows.map((row) => [row.id.toLowerCase(), row.id]))
  return rows.map((row) => ({ ...row, parentId: ids.get(row.parentId?.toLowerCase() ?? '') ?? rootId }))
}

const worldOf = ({ rows, groups, groupIds, dynamicGroups, dynamicGroupIds, domains, ids }: Paper): World => {
  const idsOf = (names: readonly string[]) => new Map(names.map((name) => [name, ids?.get(name) ?? name]))
  const known = [`${DEFAULT_DOMAIN}/${ADMINISTRATORS}`, ...groups].map((name) => name.toLowerCase())
  const dynamic = dynamicGroups.map((name) => name.toLowerCase())
  return {
    domains: new Set([DEFAULT_DOMAIN, ...domains].map((d) => d.toLowerCase())),
    groups: idsOf(known),
    groupIds: new Set([...idsOf(known).values(), ...groupIds]),
    dynamicGroups: idsOf(dynamic),
    dynamicGroupIds: new Set([...idsOf(dynamic).values(), ...dynamicGroupIds]),
    tree: treeOf(rows),
  }
}

export const nameOfPolicy = ({ compartment, name }: Paper['policies'][number]): string =>
  [...compartment, name].join('/')

export const sketchOf = (paper: Paper, catalogue: Catalogue): Sketch => {
  const world = worldOf(paper)
  const checked = paper.policies.map((policy) => {
    const place =
      policy.compartment.length === 0 ? world.tree.root : world.tree.byPath.get(idOf(policy.compartment).toLowerCase())
    const aliases = aliasesIn(policy.statements)
    const results = policy.statements.map((text) =>
      place
        ? checkStatement(text, { catalogue, world, attachedTo: place, denyEnabled: true, aliases })
        : { bindings: {}, faults: [nowhere(text, policy.compartment)] },
    )
    return { policy, place, results }
  })
  const policies = checked.flatMap(({ policy, place, results }, n): readonly Policy[] =>
    place
      ? [
          {
            id: nameOfPolicy(policy) as PolicyId,
            tenancyId: '' as TenancyId,
            compartmentId: place.id as CompartmentId,
            name: policy.name,
            description: '',
            statements: policy.statements,
            bindings: results.map((r) => r.bindings),
            system: false,
            createdAt: n,
            updatedAt: n,
          },
        ]
      : [],
  )
  const administrators = world.groups.get(`${DEFAULT_DOMAIN}/${ADMINISTRATORS}`.toLowerCase()) as GroupId
  return {
    world,
    snapshot: snapshotOf({ revision: 0, catalogue, compartments: paper.rows, administrators, policies }),
    faults: checked.map((c) => c.results.map((r) => r.faults)),
  }
}

const nowhere = (text: string, compartment: readonly string[]): Fault =>
  faultAt(text, 0, {
    code: 'compartment-unknown',
    message: `the policy is attached to compartment \`${compartment.join(':')}\`, which is not there`,
  })

/** `finance`, `partners/contractors` or an id → the group, or nothing. */
export const groupCalled = ({ world }: Sketch, called: string): string | undefined =>
  world.groups.get(called.toLowerCase()) ??
  world.groups.get(`${DEFAULT_DOMAIN}/${called}`.toLowerCase()) ??
  (world.groupIds.has(called) ? called : undefined)
