// Random tenancies, people, programs and questions, each in two forms: as the reference evaluator is told of them, and as the engine has
// them compiled. acme and its partner have compartments seven levels deep, tags, dynamic groups and statements of every kind.
import fc from 'fast-check'
import type { CompartmentId, GroupId, PolicyId, TenancyId } from '../../../src/core/model/ids.ts'
import type { JsonObject } from '../../../src/core/model/json.ts'
import type { Policy } from '../../../src/core/model/policy.ts'
import { aliasesIn } from '../../../src/core/policy/aliases.ts'
import type { World } from '../../../src/core/policy/bind.ts'
import { checkStatement } from '../../../src/core/policy/check.ts'
import { building, type Snapshot, unitOf } from '../../../src/core/policy/compile.ts'
import { compileRule } from '../../../src/core/policy/dynamic-group.ts'
import { isError, lineOf } from '../../../src/core/policy/fault.ts'
import { type Asked as EngineAsked, needFor, type Principal } from '../../../src/core/policy/question.ts'
import { type Place, treeOf } from '../../../src/core/policy/tree.ts'
import { catalogue, noon } from './kit.ts'
import type { Asked, Line, Row, Tenancy, Texts, Who } from './reference-facts.ts'
import { admit, assignment, endorse, grant } from './reference-statements.ts'

const names = ['Prod', 'Web', 'Blue', 'Green', 'Deep', 'End'] as const
/** acme > Prod > Web > Blue > Green > Deep > End, and Dev. */
const rowsOf = (t: string): readonly Row[] => [
  { id: `${t}-root`, name: t, parentId: undefined },
  ...names.map((name, n) => ({
    id: `${t}-${name}`,
    name,
    parentId: n === 0 ? `${t}-root` : `${t}-${names[n - 1]}`,
    ...(n % 2 === 0 ? { tags: { 'ops.env': n === 0 ? 'prod' : 'dev' } } : {}),
  })),
  { id: `${t}-Dev`, name: 'Dev', parentId: `${t}-root`, tags: { 'ops.env': 'Dev' } },
]
const groupNames = ['Administrators', 'Admins', 'Ops', 'Devs'] as const
const rules = {
  Fleet: "any { instance.compartment.id = 'acme-Prod', all { resource.type = 'FnFunc', tag.ops.team.value } }",
  Blues: "all { resource.type != 'cluster', tag.ops.team.value != 'red' }",
} as const

const blank = (id: 'acme' | 'partner', lines: readonly Line[]): Tenancy => {
  const other = id === 'acme' ? 'partner' : 'acme'
  return {
    id,
    rows: rowsOf(id),
    groups: Object.fromEntries(groupNames.map((g) => [`default/${g.toLowerCase()}`, `${id}-g-${g}`])),
    rules: Object.entries(rules).map(([name, rule]) => ({
      id: `${id}-dg-${name}`,
      name: `default/${name.toLowerCase()}`,
      rule: rule.replace('acme', id),
    })),
    groupTags: { [`${id}-g-Ops`]: { 'ops.env': 'prod' }, [`${id}-g-Devs`]: { 'ops.env': 'dev' } },
    administrators: `${id}-g-Administrators`,
    aliases: {
      'tenancy:t2': other,
      'group:theirs': `${other}-g-Ops`,
      'dynamic-group:machines': `${other}-dg-Fleet`,
      'compartment:far': `${other}-Web`,
    },
    lines,
  }
}
const defines = (t: Tenancy): readonly string[] =>
  Object.entries(t.aliases).map(([key, id]) => `Define ${key.replace(':', ' ')} as ${id}`)

const worldOf = (t: Tenancy): World => ({
  domains: new Set(['default']),
  groups: new Map(Object.entries(t.groups)),
  groupIds: new Set(Object.values(t.groups)),
  dynamicGroups: new Map(t.rules.map((r) => [r.name, r.id])),
  dynamicGroupIds: new Set(t.rules.map((r) => r.id)),
  tree: treeOf(t.rows as unknown as Parameters<typeof treeOf>[0]),
})

const policyOf = (t: Tenancy, line: Line, world: World): Policy => {
  const at = world.tree.byId.get(line.at)
  if (!at) throw new Error(line.at)
  const statements = [line.text, ...(at === world.tree.root ? defines(t) : [])]
  const aliases = aliasesIn(statements)
  const { bindings, faults } = checkStatement(line.text, {
    catalogue,
    world,
    attachedTo: at,
    denyEnabled: true,
    aliases,
  })
  if (faults.some(isError)) throw new Error(`${line.text}\n${faults.map(lineOf).join('\n')}`)
  return {
    id: line.ref as PolicyId,
    tenancyId: t.id as TenancyId,
    compartmentId: line.at as CompartmentId,
    name: line.ref,
    description: '',
    statements,
    bindings: [bindings],
    system: false,
    createdAt: 0,
    updatedAt: 0,
  }
}
/** An assignment is the same grant for one person alone. */
export const compiled = (t: Tenancy): Snapshot => {
  const world = worldOf(t)
  const units = t.lines.map((line) => {
    const unit = unitOf(policyOf(t, line, world), catalogue)
    const { only } = line
    return only === undefined ? unit : { ...unit, clauses: unit.clauses.map((c) => ({ ...c, subjects: [only] })) }
  })
  const run = building({
    revision: 1,
    catalogue,
    tree: world.tree,
    administrators: t.administrators as GroupId,
    units,
  })
  for (;;) {
    const { done, value } = run.next()
    if (done) return value
  }
}

const tagFacts = (prefix: string, tags: Texts | undefined): [string, readonly string[]][] =>
  Object.entries(tags ?? {}).map(([key, value]) => [`${prefix}.${key}`, [value.toLowerCase()]])

/** As the flows would have loaded it. */
export const principalOf = (who: Who, home: Tenancy): Principal => {
  const place: Place | undefined =
    who.compartment === undefined ? undefined : worldOf(home).tree.byId.get(who.compartment)
  const workload = who.compartment !== undefined && who.type !== 'service-id'
  const tags = new Map(Object.entries(who.tags ?? {}).map(([k, v]) => [k, [v.toLowerCase()]]))
  const found = { id: who.id, type: who.type, compartmentId: who.compartment ?? '', tags }
  const dynamic = workload ? home.rules.filter((r) => compileRule(r.rule)(found)).map((r) => r.id) : []
  const facts = new Map<string, readonly string[]>()
  const held = [...who.groups, ...dynamic].map((g) => home.groupTags[g])
  for (const [name, value] of held.flatMap((t) => tagFacts('request.principal.group.tag', t)))
    facts.set(name, [...(facts.get(name) ?? []), ...value])
  for (const [name, value] of tagFacts('request.principal.compartment.tag', place?.tags)) facts.set(name, value)
  for (const [name, value] of tagFacts('request.principal', who.facts)) facts.set(name, value)
  if (place) facts.set('request.principal.compartment.id', [place.id.toLowerCase()])
  return {
    id: who.id,
    name: who.id,
    groupIds: who.groups,
    type: who.type,
    ...(workload ? { dynamicGroupIds: dynamic } : {}),
    facts,
  }
}

/** @param across mostly agreements between the two */
export const tenancy = (id: 'acme' | 'partner', across: boolean): fc.Arbitrary<Tenancy> =>
  fc
    .array(
      fc.oneof(
        { weight: across ? 1 : 6, arbitrary: grant(id) },
        { weight: 1, arbitrary: assignment(id) },
        { weight: across ? 4 : 1, arbitrary: id === 'acme' ? endorse(id) : admit(id) },
      ),
      { minLength: 3, maxLength: 12 },
    )
    .map((lines) =>
      blank(
        id,
        lines.map((line, n) => ({ ...line, ref: `p${n}` })),
      ),
    )

// ── who, and what they want ──
const group = fc.constantFrom('acme-g-Admins', 'acme-g-Ops', 'acme-g-Devs')
export const who: fc.Arbitrary<Who> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.uniqueArray(group, { maxLength: 3 }), fc.constantFrom('kim', 'lee'), fc.integer({ min: 0, max: 19 }))
      .map(([groups, id, n]) => ({
        type: 'user',
        id,
        groups: n === 0 ? [...groups, 'acme-g-Administrators'] : groups,
      })),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom('instance', 'fnfunc', 'cluster'),
      id: fc.constantFrom('i1', 'kim'),
      groups: fc.constant([]),
      compartment: fc.constantFrom('acme-Prod', 'acme-Dev', 'acme-Blue'),
      tags: fc.constantFrom<Texts>({}, { 'ops.team': 'red' }, { 'ops.team': 'Blue' }),
      facts: fc.constantFrom<Texts>({}, { namespace: 'Shop' }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'service-id', id: 'robot', groups: [], compartment: 'acme-Dev' }) },
  { weight: 1, arbitrary: fc.constantFrom('streaming', 'oke').map((id) => ({ type: 'service', id, groups: [] })) },
  { weight: 1, arbitrary: fc.constant({ type: 'resource', id: 'VRP virtualresource', groups: [] }) },
)

export type Wanted = {
  readonly type: string
  readonly action: string
  readonly at: string
  readonly facts: Readonly<Record<string, readonly string[]>>
  readonly tags: readonly string[] | undefined // of `a.b`; undefined: nothing was said of tags
  readonly now: number
}
export const wanted: fc.Arbitrary<Wanted> = fc.record({
  type: fc.constantFrom('instances', 'volumes', 'buckets', 'objects', 'todos'),
  action: fc.constantFrom(
    'inspect',
    'read',
    'use',
    'manage',
    'AttachVolume',
    'ListObjects',
    'ListBuckets',
    'CreateBucket',
    '{OBJECT_READ, INSTANCE_READ}',
  ),
  at: fc.constantFrom('root', 'Prod', 'Web', 'Blue', 'End', 'Dev'),
  facts: fc.constantFrom<Wanted['facts']>(
    {},
    { 'request.region': ['IAD'] },
    { 'request.region': ['sa-saopaulo-1'], 'request.networksource.name': ['Office'] },
    { 'request.gateway.id': ['g1'] },
    { 'request.gateway.id': ['g1'], 'request.gateway.type': ['PSA'], 'target.bucket.name': ['bucketA'] },
    { 'target.todo.owner': ['KIM'], 'target.object.name': ['x'] },
  ),
  tags: fc.constantFrom(undefined, [], ['C'], ['c', 'e']),
  now: fc.constantFrom(noon, noon + 11 * 3_600_000, noon + 3 * 86_400_000, Date.UTC(2030, 6, 1, 3)),
})

/** For the reference; undefined: the type has no such action. */
export const askedOf = (w: Wanted, there: Tenancy): Asked | undefined => {
  const found = catalogue.types.get(w.type)
  const need = found && needFor(catalogue, found, w.action)
  return found && need
    ? {
        type: found,
        permissions: need.permissions,
        operation: need.operation,
        kind: need.kind,
        at: `${there.id}-${w.at}`,
        facts: {
          ...w.facts,
          ...(w.tags === undefined ? {} : { 'target.resource.tag.a.b': w.tags }),
          [`target.${found.noun}.id`]: ['r1'],
        },
        tagsSaid: w.tags !== undefined,
        now: w.now,
      }
    : undefined
}
/** The same for the engine. */
export const engineAsked = (w: Wanted, there: Tenancy): EngineAsked => {
  const part = (prefix: string): JsonObject =>
    Object.fromEntries(
      Object.entries(w.facts)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, values]) => [name, [...values]]),
    )
  return {
    action: w.action,
    resourceType: w.type,
    resourceId: 'r1',
    resource: {
      compartment: `${there.id}-${w.at}`,
      ...part('target.'),
      ...(w.tags === undefined ? {} : { tags: { a: { b: [...w.tags] } } }),
    },
    context: part('request.'),
  }
}
