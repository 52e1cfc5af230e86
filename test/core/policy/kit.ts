// A small tenancy for tests of the evaluator: a tree of compartments, groups named after themselves, statements checked and bound like
// real ones. acme > Prod > (Web > Blue, Db), Dev, Finance.
import type { CompartmentId, GroupId, PolicyId, TenancyId } from '../../../src/core/model/ids.ts'
import type { JsonObject } from '../../../src/core/model/json.ts'
import type { Policy } from '../../../src/core/model/policy.ts'
import type { World } from '../../../src/core/policy/bind.ts'
import { type CatalogueData, catalogueOf } from '../../../src/core/policy/catalogue.ts'
import { checkStatement } from '../../../src/core/policy/check.ts'
import { type Snapshot, snapshotOf } from '../../../src/core/policy/compile.ts'
import { evaluate, type Verdict } from '../../../src/core/policy/evaluate.ts'
import { type Explanation, explain } from '../../../src/core/policy/explain.ts'
import { isError, lineOf } from '../../../src/core/policy/fault.ts'
import { type Ask, askOf, type Unanswerable } from '../../../src/core/policy/question.ts'
import { treeOf } from '../../../src/core/policy/tree.ts'

const ladder = (p: string): { inspect: string[]; read: string[]; use: string[]; manage: string[] } => ({
  inspect: [`${p}_INSPECT`],
  read: [`${p}_READ`],
  use: [`${p}_UPDATE`],
  manage: [`${p}_CREATE`, `${p}_DELETE`],
})
const operations = (p: string, name: string): CatalogueData['types'][string]['operations'] => ({
  [`List${name}s`]: { needs: [`${p}_INSPECT`], kind: 'list' },
  [`Get${name}`]: { needs: [`${p}_READ`], kind: 'other' },
  [`Update${name}`]: { needs: [`${p}_UPDATE`], kind: 'other' },
  [`Create${name}`]: { needs: [`${p}_CREATE`], kind: 'create' },
  [`Delete${name}`]: { needs: [`${p}_DELETE`], kind: 'other' },
})

export const testData: CatalogueData = {
  service: 'tests',
  types: {
    instances: {
      noun: 'instance',
      permissions: ladder('INSTANCE'),
      variables: ['shape'],
      operations: {
        ...operations('INSTANCE', 'Instance'),
        AttachVolume: { needs: ['INSTANCE_UPDATE', 'VOLUME_UPDATE'], kind: 'other' },
      },
    },
    volumes: {
      noun: 'volume',
      permissions: { ...ladder('VOLUME'), read: [] },
      variables: [],
      operations: { ListVolumes: { needs: ['VOLUME_INSPECT'], kind: 'list' } },
    },
    buckets: {
      noun: 'bucket',
      permissions: ladder('BUCKET'),
      variables: [],
      operations: operations('BUCKET', 'Bucket'),
    },
    objects: {
      noun: 'object',
      permissions: ladder('OBJECT'),
      variables: ['target.bucket.name'],
      operations: operations('OBJECT', 'Object'),
    },
    groups: { noun: 'group', permissions: ladder('GROUP'), variables: [], operations: operations('GROUP', 'Group') },
    policies: {
      noun: 'policy',
      permissions: { inspect: ['POLICY_READ'], manage: ['POLICY_CREATE', 'POLICY_UPDATE'] },
      variables: ['type'],
      operations: {},
    },
    switches: { noun: 'switch', permissions: { manage: ['SWITCH_FLIP'] }, variables: [], operations: {} },
    todos: { noun: 'todo', permissions: ladder('TODO'), variables: ['owner'], operations: {} },
  },
  families: { 'instance-family': ['instances', 'volumes'], 'object-family': ['buckets', 'objects'] },
  aliases: { instance: 'instances', bucket: 'buckets' },
  regions: { iad: 'us-ashburn-1', gru: 'sa-saopaulo-1' },
}
export const { catalogue, faults: catalogueFaults } = catalogueOf([testData])

const compartment = (name: string, parentId?: string) => ({
  id: `c-${name}` as CompartmentId,
  name,
  parentId: parentId as CompartmentId | undefined,
})
export const compartments = [
  compartment('acme'),
  compartment('Prod', 'c-acme'),
  compartment('Web', 'c-Prod'),
  compartment('Blue', 'c-Web'),
  compartment('Db', 'c-Prod'),
  compartment('Dev', 'c-acme'),
  compartment('Finance', 'c-acme'),
]

const groupNames = ['Administrators', 'Admins', 'Ops', 'Devs', 'Interns', 'Auditors', 'Users']
const dynamicGroupNames = ['Fleet', 'Functions', 'Blues']
export const groupId = (name: string): GroupId => `g-${name}` as GroupId
export const world: World = {
  domains: new Set(['default', 'partners']),
  groups: new Map([
    ...groupNames.map((g) => [`default/${g.toLowerCase()}`, groupId(g)] as const),
    ['partners/administrators', 'g-partners-Administrators'],
  ]),
  groupIds: new Set([...groupNames.map(groupId), 'g-partners-Administrators']),
  dynamicGroups: new Map(dynamicGroupNames.map((g) => [`default/${g.toLowerCase()}`, `dg-${g}`])),
  dynamicGroupIds: new Set(dynamicGroupNames.map((g) => `dg-${g}`)),
  tree: treeOf(compartments),
}

/** `Prod: statement` attaches to a compartment; without it, to the root. */
const attachment = (line: string): readonly [string, string] => {
  const [, at, text] = /^@(\w+)\s+([\s\S]*)$/.exec(line) ?? []
  return at !== undefined && text !== undefined ? [at, text] : ['acme', line]
}

export const policiesOf = (lines: readonly string[]): readonly Policy[] =>
  lines.map((line, n) => {
    const [at, text] = attachment(line)
    const attachedTo = world.tree.byId.get(`c-${at}`)
    if (!attachedTo) throw new Error(`no compartment ${at}`)
    const { bindings, faults } = checkStatement(text, { catalogue, world, attachedTo, denyEnabled: true })
    if (faults.some(isError)) throw new Error(`${text}\n${faults.map(lineOf).join('\n')}`)
    return {
      id: `p${n + 1}` as PolicyId,
      tenancyId: 't' as TenancyId,
      compartmentId: attachedTo.id as CompartmentId,
      name: `policy-${n + 1}`,
      description: '',
      statements: [text],
      bindings: [bindings],
      system: false,
      createdAt: 0,
      updatedAt: 0,
    }
  })

export const snapshot = (lines: readonly string[], rows: typeof compartments = compartments): Snapshot =>
  snapshotOf({
    revision: 1,
    catalogue,
    compartments: rows,
    administrators: groupId('Administrators'),
    policies: policiesOf(lines),
  })

/** Wednesday. */
export const noon = Date.UTC(2030, 0, 16, 12, 0, 0)

export type Request = {
  readonly groups?: readonly string[]
  readonly user?: string
  readonly action: string
  readonly type: string
  readonly id?: string
  readonly at?: string
  readonly resource?: JsonObject
  readonly context?: JsonObject
  readonly now?: number
}
export const ask = (on: Snapshot, r: Request): Ask | Unanswerable =>
  askOf(
    on,
    {
      id: `u-${r.user ?? 'kim'}`,
      name: r.user ?? 'kim',
      groupIds: (r.groups ?? []).map((g) => (g.startsWith('g-') ? g : groupId(g))),
    },
    {
      action: r.action,
      resourceType: r.type,
      resourceId: r.id ?? 'x1',
      resource: { ...(r.at === undefined ? {} : { compartment: r.at }), ...r.resource },
      context: r.context ?? {},
    },
    r.now ?? noon,
  )

const asked = (on: Snapshot, request: Request): Ask => {
  const question = ask(on, request)
  if (typeof question === 'string') throw new Error(question)
  return question
}
export const decide = (lines: readonly string[], request: Request): Verdict => {
  const on = snapshot(lines)
  return evaluate(on, asked(on, request))
}
export const explained = (lines: readonly string[], request: Request): Explanation => {
  const on = snapshot(lines)
  return explain(on, asked(on, request))
}
export const may = (lines: readonly string[], request: Request): boolean => decide(lines, request).allow
