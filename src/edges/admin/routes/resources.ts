// Resources that applications register, by type and their own name for them; moved between compartments, and their tags.
import { z } from 'zod'
import type { CompartmentId } from '../../../core/model/ids.ts'
import type { JsonObject } from '../../../core/model/json.ts'
import type { RegisteredResource } from '../../../core/model/resource.ts'
import type { Tenancy } from '../../../core/model/tenancy.ts'
import type { Catalogue } from '../../../core/policy/catalogue.ts'
import type { Tree } from '../../../core/policy/tree.ts'
import type { Demand } from '../../../flows/access/permits.ts'
import { putResource, removeResource } from '../../../flows/directory/write-resources.ts'
import { equal } from '../filter.ts'
import { compartmentNamed, pathOf, placeNamed, ROOT, targetAt, treeIn } from '../in-compartment.ts'
import type { Noun } from '../noun.ts'
import { actionRoute } from '../noun-act.ts'
import { nounRoutes } from '../noun-write.ts'
import type { Route } from '../route.ts'
import { reference, tags, text, whenOf } from '../shapes.ts'

type Scope = { readonly tenancy: Tenancy; readonly tree: Tree; readonly type: string }
type Body = {
  readonly compartment: string
  readonly tags: { readonly [key: string]: string }
  readonly facts: JsonObject
}

const fact = z.union([text(1000), z.number(), z.boolean(), z.array(text(1000)).max(100)])
const facts = z
  .record(z.string().regex(/^[A-Za-z][\w.-]{0,199}$/, 'expected a name such as `owner`'), fact)
  .refine((all) => Object.keys(all).length <= 100, 'expected at most 100 facts')
  .refine(
    (all) =>
      !Object.keys(all).some((key) => /^(?:compartment|tags|with|id|name|type|target\..*|request\..*)$/i.test(key)),
    'must not hold `compartment`, `tags`, `with`, `id`, `name`, `type`, `target.…` or `request.…`: those are known',
  )
  .default({})
const body = { compartment: 'Prod', tags: { 'org.stage': 'production' }, facts: { owner: 'kim' } }

const factsOf = ({ type, facts }: Pick<RegisteredResource, 'type' | 'facts'>): JsonObject => ({ ...facts, type })
const SEPARATOR = '\n'

export const resource: Noun<RegisteredResource, Scope, Body> = {
  tag: 'resources',
  one: 'resource',
  path: '/resources',
  itemPath: '/resources/{type}/{resource}',
  resourceType: 'resources',
  operations: {
    list: 'ListResources',
    get: 'GetResource',
    create: 'CreateResource',
    update: 'UpdateResource',
    delete: 'DeleteResource',
  },
  scope: async (tx, { type = '' }, tenancy) => ({
    scope: { tenancy, tree: await treeIn(tx, tenancy), type },
    place: { compartmentId: undefined, facts: { type } },
  }),
  find: (tx, { tenancy, type }, called) => tx.resources.byName(tenancy.id, type, called),
  rows: {
    sortedBy: 'name',
    read: async (tx, { tenancy, tree }, { after, limit, tests }) => {
      const [type, compartment] = [equal(tests, 'type'), equal(tests, 'compartment')]
      const place = compartment === undefined ? undefined : placeNamed(tree, compartment)
      const [afterType = '', ...afterName] = after?.split(SEPARATOR) ?? []
      const rows = await tx.resources.list(tenancy.id, {
        limit,
        ...(type === undefined ? {} : { type }),
        ...(place === undefined ? {} : { compartmentId: place.id as CompartmentId }),
        ...(after === undefined ? {} : { after: { type: afterType, name: afterName.join(SEPARATOR) } }),
      })
      return rows.map((row) => ({ row, key: `${row.type}${SEPARATOR}${row.name}` }))
    },
  },
  idOf: (row) => row.id,
  nameOf: (row) => row.name,
  target: (_tx, row) => targetAt(row.compartmentId, row, { tags: row.tags, facts: factsOf(row) }),
  making: ({ scope: { tree, type }, body: { compartment, facts: said } }) => ({
    compartmentId: placeNamed(tree, compartment)?.id,
    facts: factsOf({ type, facts: said }),
  }),
  also: async (_tx, { tree }, before, { compartment }) => {
    const to = placeNamed(tree, compartment)
    return before && to && to.id !== before.compartmentId ? moves(before, to.id) : []
  },
  view: z.strictObject({
    id: z.string(),
    type: z.string(),
    name: z.string(),
    compartment: z.string(),
    compartmentId: z.string(),
    tags: z.record(z.string(), z.string()),
    facts: z.record(z.string(), fact),
    createdAt: z.string(),
    updatedAt: z.string(),
  }),
  summary: ['id', 'type', 'name', 'compartment', 'compartmentId', 'createdAt', 'updatedAt'],
  show: (_tx, row, { tree }) => ({
    id: row.id,
    type: row.type,
    name: row.name,
    compartment: pathOf(tree, row.compartmentId),
    compartmentId: row.compartmentId,
    tags: row.tags,
    facts: row.facts,
    createdAt: whenOf(row.createdAt),
    updatedAt: whenOf(row.updatedAt),
  }),
  nameShape: z
    .string()
    .max(300)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'must not contain control characters'),
  fixedName: true, // the application's own id of it
  body: z.strictObject({ compartment: reference.default(ROOT), tags, facts }),
  write: async (work, { scope, before, name, body: document, flows }) => {
    const catalogue: Catalogue = flows.catalogueFor(await work.tx.services.list(scope.tenancy.id))
    const compartmentId = compartmentNamed(scope.tree, document.compartment)
    return putResource(work, before, { ...document, type: scope.type, name, compartmentId }, catalogue)
  },
  remove: (work, row) => removeResource(work, row),
  example: {
    body,
    view: {
      id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
      type: 'reports',
      name: 'q3-2030',
      compartmentId: '01JCXM4ZV7Q2T8N5R3W6Y9B0KC',
      ...body,
      createdAt: '2030-01-16T12:00:00.000Z',
      updatedAt: '2030-01-16T12:00:00.000Z',
    },
  },
}

/** Out of one compartment and into another. */
const moves = (row: RegisteredResource, to: string): readonly Demand[] =>
  [row.compartmentId, to].map((compartmentId) => ({
    permission: { operation: 'MoveResource', resourceType: 'resources' },
    target: targetAt(compartmentId, row, { tags: row.tags, facts: factsOf(row) }),
  }))

export const resourceRoutes: readonly Route[] = [
  ...nounRoutes(resource),
  actionRoute(resource, {
    path: '/move',
    operation: 'MoveResource',
    summary: 'Move a resource into another compartment',
    body: z.strictObject({ to: reference.describe('`root`, a path or an id') }),
    bodyExample: { to: 'Test' },
    answers: [{ status: 200, description: 'Moved', schema: resource.view, example: resource.example.view, etag: true }],
    also: async (_tx, { row, scope }, { to }) => moves(row, placeNamed(scope.tree, to)?.id ?? row.compartmentId),
    run: async (work, { row, scope, body: { to }, flows }) => {
      const compartmentId = compartmentNamed(scope.tree, to)
      const catalogue = flows.catalogueFor(await work.tx.services.list(scope.tenancy.id))
      return putResource(work, row, { ...row, compartmentId }, catalogue)
    },
  }),
]
