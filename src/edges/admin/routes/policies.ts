// Policies, each attached to a compartment. What is to be said about the statements, warnings and names that no longer mean what they did, is
// shown beside them. The policies that ship with the product are shown too, and cannot be changed.
import { z } from 'zod'
import type { CompartmentId, PolicyId, TenancyId } from '../../../core/model/ids.ts'
import type { Policy } from '../../../core/model/policy.ts'
import { lint } from '../../../core/policy/lint.ts'
import { policyTypes } from '../../../core/policy/policy-types.ts'
import { staleBindings } from '../../../core/policy/stale.ts'
import { systemPolicies } from '../../../core/policy/system.ts'
import type { Tree } from '../../../core/policy/tree.ts'
import { worldOf } from '../../../flows/access/write-policy.ts'
import { administratorsGroup } from '../../../flows/directory/administrators.ts'
import { refuseUnheldStatements } from '../../../flows/directory/power.ts'
import type { Tx } from '../../../ports/store.ts'
import { Problem } from '../../../problem.ts'
import { compartmentIdOf, pathOf, placeNamed, targetAt, treeIn } from '../in-compartment.ts'
import type { Noun } from '../noun.ts'
import { nounRoutes } from '../noun-write.ts'
import type { Route } from '../route.ts'
import { description, statementText, whenOf } from '../shapes.ts'

type Body = { readonly description: string; readonly statements: readonly string[] }
/** `at`: the compartment that the path names; of the list, none. */
type Scope = {
  readonly tenancyId: TenancyId
  readonly tree: Tree
  readonly at: CompartmentId | undefined
  readonly shipped: readonly Policy[]
}

const shippedIn = async (tx: Tx, tenancyId: Policy['tenancyId'], tree: Tree): Promise<readonly Policy[]> => {
  const group = await administratorsGroup(tx, tenancyId)
  const root = tree.root && compartmentIdOf(tree.root)
  return systemPolicies(root, group?.id).map((policy) => ({ ...policy, tenancyId, createdAt: 0, updatedAt: 0 }))
}

const wayTo = (tree: Tree, id: string): readonly string[] =>
  id === tree.root?.id ? [] : (tree.byId.get(id)?.path.split(':') ?? [])

const finding = z.strictObject({
  statement: z.int().describe('from 1'),
  id: z.string(),
  severity: z.string(),
  line: z.int(),
  column: z.int(),
  message: z.string(),
  fix: z.string().optional(),
})
const stale = z.strictObject({
  statement: z.int(),
  reference: z.string(),
  id: z.string(),
  state: z.enum(['gone', 'renamed']),
  nowCalled: z.string().optional(),
  nowMeans: z.string().optional(),
})
const body = {
  description: 'Who looks after finance',
  statements: ['Allow group Finance to read buckets in compartment Prod'],
}

export const policy: Noun<Policy, Scope, Body> = {
  tag: 'policies',
  one: 'policy',
  path: '/policies',
  itemPath: '/compartments/{compartment}/policies/{policy}',
  resourceType: 'policies',
  operations: {
    list: 'ListPolicies',
    get: 'GetPolicy',
    create: 'CreatePolicy',
    update: 'UpdatePolicy',
    delete: 'DeletePolicy',
  },
  scope: async (tx, { compartment: called }, tenancy) => {
    const tree = await treeIn(tx, tenancy)
    const all = { tenancyId: tenancy.id, tree, shipped: await shippedIn(tx, tenancy.id, tree) }
    if (called === undefined) return { scope: { ...all, at: undefined }, place: { compartmentId: undefined } }
    const place = placeNamed(tree, called)
    if (place) return { scope: { ...all, at: compartmentIdOf(place) }, place: { compartmentId: place.id } }
    const missing = `there is no compartment \`${called.slice(0, 300)}\``
    return { scope: undefined, place: { compartmentId: undefined }, missing }
  },
  find: async (tx, { tenancyId, at, shipped, tree }, called) => {
    if (at === undefined) return undefined
    const named = await tx.policies.byName({ tenancyId, compartmentId: at }, called)
    const found = named ?? (await tx.policies.get(called as PolicyId))
    if (found?.compartmentId === at) return found
    return shipped.find((p) => at === tree.root?.id && (p.name === called || p.id === called))
  },
  rows: async (tx, { tenancyId, shipped }) => [...shipped, ...(await tx.policies.list({ tenancyId }))],
  idOf: (row) => row.id,
  nameOf: (row) => row.name,
  target: (_tx, row) => targetAt(row.compartmentId, row, { facts: { type: policyTypes(row.statements) } }),
  // a Deny that goes is as much a change of Deny statements as one that comes
  wanted: ({ statements }, before) => ({ type: policyTypes([...statements, ...(before?.statements ?? [])]) }),
  view: z.strictObject({
    id: z.string(),
    name: z.string(),
    compartment: z.string(),
    compartmentId: z.string(),
    description: z.string(),
    statements: z.array(z.string()),
    system: z.boolean().describe('shipped with the product: no Deny removes what it grants'),
    createdAt: z.string().optional(),
    updatedAt: z.string().optional(),
    warnings: z.array(finding).optional(),
    staleBindings: z.array(stale).optional(),
  }),
  show: (_tx, row, { tree }) => ({
    id: row.id,
    name: row.name,
    compartment: pathOf(tree, row.compartmentId),
    compartmentId: row.compartmentId,
    description: row.description,
    statements: row.statements,
    system: row.system,
    ...(row.system ? {} : { createdAt: whenOf(row.createdAt), updatedAt: whenOf(row.updatedAt) }),
  }),
  beside: async (tx, row, { tree, tenancyId }, { catalogueFor }) => ({
    warnings: lint(
      row.statements.map((statement) => ({ text: statement, attachedTo: wayTo(tree, row.compartmentId) })),
      catalogueFor(await tx.services.list(tenancyId)),
    ).map(({ statement, explanation: _, fix, ...rest }) => ({
      statement: statement + 1,
      ...rest,
      ...(fix === undefined ? {} : { fix }),
    })),
    staleBindings: staleBindings(row, await worldOf(tx, row.tenancyId)),
  }),
  fixedName: true, // attached by name: a policy of another name is another policy
  nameShape: z.string().max(100), // the flow says what a policy may be called
  body: z.strictObject({ description, statements: z.array(statementText.min(1)).min(1).max(1000) }),
  write: async (work, { scope, before, name, body, flows }) => {
    const { tx, who } = work
    if (scope.at === undefined) throw new Problem('not-found')
    if (before?.system)
      throw new Problem('not-permitted', `\`${before.name}\` is a system policy: it cannot be changed`, {
        reason: 'system-policy',
      })
    const input = { tenancyId: who.tenancyId, compartmentId: scope.at, name, ...body }
    const { policy } = await flows.policies.putPolicyIn(tx, who.actor, input, who.requestId)
    refuseUnheldStatements(work, before, policy)
    return policy
  },
  remove: async ({ tx, who }, row, _scope, flows) => {
    await flows.policies.removePolicyIn(tx, who.actor, row, who.requestId)
  },
  example: {
    body,
    view: {
      id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
      name: 'finance',
      compartment: 'root',
      compartmentId: '01JCXM4ZV7Q2T8N5R3W6Y9B0KC',
      ...body,
      system: false,
      createdAt: '2030-01-16T12:00:00.000Z',
      updatedAt: '2030-01-16T12:00:00.000Z',
      warnings: [],
      staleBindings: [],
    },
  },
}

export const policyRoutes: readonly Route[] = nounRoutes(policy)
