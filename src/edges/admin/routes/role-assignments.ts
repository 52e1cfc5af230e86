// Role assignments: which roles somebody holds, on what, where and until when. Replaced by name; what may be given to whom is said by the flow.
import { z } from 'zod'
import type { RoleAssignment } from '../../../core/model/role.ts'
import type { Tenancy } from '../../../core/model/tenancy.ts'
import type { Tree } from '../../../core/policy/tree.ts'
import type { Expected } from '../../../flows/access/assign-role.ts'
import { assignmentFacts } from '../../../flows/access/role-input.ts'
import { assignmentCalled, holderName } from '../../../flows/access/role-rows.ts'
import type { Wish } from '../../../flows/access/role-wish.ts'
import type { Tx } from '../../../ports/store.ts'
import { byName } from '../by-name.ts'
import { etagOf, refuseUnless } from '../etag.ts'
import { pathOf, ROOT, treeIn } from '../in-compartment.ts'
import { type Noun, nothing, type Params, paramsIn } from '../noun.ts'
import { getRoute, listRoute } from '../noun-read.ts'
import { mergePatch } from '../noun-write.ts'
import { parsed } from '../read-request.ts'
import { type Call, type Edge, type Route, route } from '../route.ts'
import { given, instant, reference, text, whenOf } from '../shapes.ts'

type Scope = { readonly tenancy: Pick<Tenancy, 'id'>; readonly tree: Tree }

const kind = z.enum(['person', 'group', 'service-id'])
const resource = z.strictObject({
  type: z.string().min(1).max(100).optional().describe('a resource-type'),
  id: text(256).min(1).optional().describe('one resource of the type'),
  attributes: z.record(z.string().max(130), text(256)).default({}).describe('facts that the resource must have'),
})
const body = z.strictObject({
  holder: z.strictObject({ kind, name: reference.describe('name, `domain/name` or id') }),
  roles: z.array(z.string().min(1).max(100)).min(1).max(20),
  service: z.string().min(1).max(100).optional().describe('only resources of this service; absent: of all'),
  compartment: reference.default(ROOT).describe('`root`, a path or an id: there and below'),
  resource: resource.prefault({}),
  expiresAt: instant.optional(),
})
type Body = z.infer<typeof body>

const view = z.strictObject({
  id: z.string(),
  name: z.string(),
  holder: z.strictObject({ kind, id: z.string(), name: z.string() }),
  roles: z.array(z.string()),
  service: z.string().optional(),
  compartment: z.string(),
  resource,
  expiresAt: instant.optional(),
  createdBy: z.string(),
  createdAt: instant,
  updatedAt: instant,
})
const document = {
  holder: { kind: 'person', name: 'default/lee' },
  roles: ['viewer', 'reader'],
  service: 'objectstorage',
  compartment: 'Shop:Front',
  resource: { attributes: {} },
}
const example = {
  id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KE',
  name: 'lee on storage',
  ...document,
  holder: { kind: 'person', id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KA', name: 'lee' },
  createdBy: 'ada',
  createdAt: '2030-01-16T12:00:00.000Z',
  updatedAt: '2030-01-16T12:00:00.000Z',
}

const shown = async (tx: Tx, row: RoleAssignment, { tree }: Pick<Scope, 'tree'>) => {
  const { id, name, holder, roles, service, compartmentId, expiresAt, createdBy } = row
  return given({
    id,
    name,
    holder: { ...holder, name: (await holderName(tx, row.tenancyId, holder)) ?? holder.id },
    roles,
    service,
    compartment: pathOf(tree, compartmentId),
    resource: given(row.resource),
    expiresAt: expiresAt === undefined ? undefined : whenOf(expiresAt),
    createdBy,
    createdAt: whenOf(row.createdAt),
    updatedAt: whenOf(row.updatedAt),
  })
}

export const roleAssignment: Noun<RoleAssignment, Scope, never> = {
  tag: 'role-assignments',
  one: 'role assignment',
  path: '/role-assignments',
  itemPath: '/role-assignments/{assignment}',
  resourceType: 'role-assignments',
  operations: { list: 'ListRoleAssignments', get: 'GetRoleAssignment' },
  scope: async (tx, _params, tenancy) => ({
    scope: { tenancy, tree: await treeIn(tx, tenancy) },
    place: { compartmentId: undefined },
  }),
  find: (tx, { tenancy }, called) => assignmentCalled(tx, tenancy.id, called),
  rows: (tx, { tenancy }) => tx.roleAssignments.list(tenancy.id),
  paged: byName({
    source: (tx) => tx.roleAssignments,
    keyOf: ({ tenancy }) => tenancy.id,
    within: (row, { tenancy }) => row.tenancyId === tenancy.id,
  }),
  idOf: (row) => row.id,
  nameOf: (row) => row.name,
  target: (_tx, row, _scope, { asker }) => ({
    id: row.id,
    name: row.name,
    compartmentId: row.compartmentId,
    facts: asker ? assignmentFacts(row.roles, row, asker.snapshot.catalogue) : {},
  }),
  view,
  show: shown,
  example: { view: example },
}

const wishOf = ({ holder, roles, service, compartment, resource: r, expiresAt }: Body): Wish => ({
  holder: { kind: holder.kind, called: holder.name },
  roles,
  service,
  compartment: compartment.toLowerCase() === ROOT ? undefined : compartment,
  resource: { type: r.type, id: r.id, attributes: r.attributes },
  expiresAt: expiresAt === undefined ? undefined : Date.parse(expiresAt),
})

/** Its holder and its place by their ids: names may mean somebody else by now. */
const documentOf = ({ holder, roles, service, compartmentId, resource: r, expiresAt }: RoleAssignment) =>
  given({
    holder: { kind: holder.kind, name: holder.id },
    roles,
    service,
    compartment: compartmentId,
    resource: given(r),
    expiresAt: expiresAt === undefined ? undefined : whenOf(expiresAt),
  })
const patch = z.strictObject(
  Object.fromEntries(Object.keys(body.shape).map((key) => [key, z.unknown().optional()])),
) as z.ZodType<{ readonly [member: string]: unknown }>

const showing = async (tx: Tx, row: RoleAssignment) => shown(tx, row, { tree: await treeIn(tx, { id: row.tenancyId }) })
const unchanged =
  ({ secrets }: Edge, { conditions }: Call): Expected =>
  async (tx, before) =>
    refuseUnless(conditions, before && etagOf(secrets.digest, await showing(tx, before)))

const permission = (operation: string) => ({ operation, resourceType: 'role-assignments' })
const answer = { schema: view, example, etag: true }

export const roleAssignmentRoutes: readonly Route[] = [
  listRoute(roleAssignment),
  getRoute(roleAssignment),
  route<Params, object, Body>({
    method: 'PUT',
    path: roleAssignment.itemPath,
    operationId: 'putRoleAssignment',
    tag: roleAssignment.tag,
    summary: 'Give roles, or change what was given under that name',
    description:
      'Idempotent. Whoever gives a role holds all that it grants there, or was named as one who may give it. Only roles that apply to the service are accepted.',
    permissions: [permission('UpdateRoleAssignment'), permission('CreateRoleAssignment')],
    params: paramsIn(roleAssignment.itemPath),
    query: nothing,
    body,
    bodyExample: document,
    conditional: true,
    answers: [
      { status: 200, description: 'It is as the document says', ...answer },
      { status: 201, description: 'Made', ...answer },
    ],
    handle: async (edge, call) => {
      const { assignment = '' } = call.params
      const { assignRole } = edge.flows
      const done = await assignRole.put(call.who, assignment, wishOf(call.body), showing, unchanged(edge, call))
      const etag = etagOf(edge.secrets.digest, done.shown)
      return { status: done.made ? 201 : 200, body: done.shown, etag, ...(done.made ? { location: call.at } : {}) }
    },
  }),
  route<Params, object, { readonly [member: string]: unknown }>({
    method: 'PATCH',
    path: roleAssignment.itemPath,
    operationId: 'patchRoleAssignment',
    tag: roleAssignment.tag,
    summary: 'Change a part of what was given',
    description: 'A merge patch (RFC 7396): members that are left out stay, `null` puts one back to its default.',
    permissions: [permission('UpdateRoleAssignment')],
    params: paramsIn(roleAssignment.itemPath),
    query: nothing,
    body: patch,
    bodyExample: { roles: ['viewer'], expiresAt: '2031-01-01T00:00:00Z' },
    conditional: true,
    answers: [{ status: 200, description: 'Changed', ...answer }],
    handle: async (edge, call) => {
      const { assignment = '' } = call.params
      const change = (before: RoleAssignment): Wish => wishOf(parsed(body, mergePatch(documentOf(before), call.body)))
      const done = await edge.flows.assignRole.patch(call.who, assignment, change, showing, unchanged(edge, call))
      return { status: 200, body: done.shown, etag: etagOf(edge.secrets.digest, done.shown) }
    },
  }),
  route<Params, object, undefined>({
    method: 'DELETE',
    path: roleAssignment.itemPath,
    operationId: 'deleteRoleAssignment',
    tag: roleAssignment.tag,
    summary: 'Take the roles away',
    permissions: [permission('DeleteRoleAssignment')],
    params: paramsIn(roleAssignment.itemPath),
    query: nothing,
    body: undefined,
    conditional: true,
    answers: [{ status: 204, description: 'Taken away, and effective at once' }],
    handle: async (edge, call) => {
      await edge.flows.assignRole.remove(call.who, call.params.assignment ?? '', unchanged(edge, call))
      return { status: 204 }
    },
  }),
]
