// The roles that there are, those that may be given for a service and in a compartment, and those that whoever asks was given.
import { z } from 'zod'
import { attributesFor } from '../../../core/policy/role-clauses.ts'
import { appliesTo, fitsDepth, isService, permitsOf, type Role, type Roles } from '../../../core/policy/roles.ts'
import type { Place } from '../../../core/policy/tree.ts'
import type { Asking } from '../../../flows/access/administer.ts'
import { type OwnRole, ownRoles } from '../../../flows/access/own-roles.ts'
import type { Asker, Standing } from '../../../flows/access/permits.ts'
import { placeNamed } from '../in-compartment.ts'
import { nothing, type Params, paramsIn } from '../noun.ts'
import { type Call, type Edge, notFound, type Reply, type Route, reading, route } from '../route.ts'
import { given, instant, reference, whenOf } from '../shapes.ts'

const inTwo = z.strictObject({ en: z.string(), ko: z.string() })
const view = z.strictObject({
  name: z.string(),
  kind: z.string(),
  title: inTwo,
  description: inTwo,
  permits: z.array(z.string()).describe('actions of the policy language; of the service that was asked for'),
  includes: z.array(z.string()).describe('roles that come with it'),
  requires: z.array(z.string()).describe('attributes that every assignment names'),
  attributes: z.array(z.string()).describe('attributes that may narrow an assignment'),
  invitable: z.boolean().describe('may be chosen with an invitation'),
  aboveDeny: z.boolean().describe('no Deny removes what it grants'),
})
const example = {
  name: 'reader',
  kind: 'service-access',
  title: { en: 'Reader', ko: '독자' },
  description: { en: 'Read-only actions within the service.', ko: '서비스 내에서 읽기 전용 조치를 수행합니다.' },
  permits: ['read every resource-type of `objectstorage`'],
  includes: [],
  requires: [],
  attributes: ['service-instance'],
  invitable: true,
  aboveDeny: false,
}
type Query = { readonly service?: string | undefined; readonly compartment?: string | undefined }
const query = z.strictObject({
  service: z.string().min(1).max(100).optional().describe('only roles that may be given for it'),
  compartment: reference.optional().describe('only roles that may be given there'),
})

const shown = (role: Role, service: string | undefined, { snapshot }: Asker) => {
  const { name, kind, title, description, includes, requires, invitable, aboveDeny } = role
  const attributes = attributesFor(role, service, snapshot.catalogue)
  const permits = permitsOf(role, service)
  return { name, kind, title, description, permits, includes, requires, attributes, invitable, aboveDeny }
}

type Seen = { readonly asker: Asker | undefined; readonly place: Place | undefined }
const asking =
  ({ service, compartment }: Query) =>
  async (_: unknown, { asker }: Standing): Promise<Asking<Seen>> => {
    const tree = asker?.snapshot.tree
    const place = tree && (compartment === undefined ? tree.root : placeNamed(tree, compartment))
    const target = { id: '', name: '', compartmentId: place?.id, facts: service === undefined ? {} : { service } }
    return {
      demands: [{ permission: { operation: 'ListRoles', resourceType: 'roles' }, target }],
      found: { asker, place },
    }
  }

/** What everybody holds is not given; without a compartment, roles for any. */
const offered = (roles: Roles, { service, compartment }: Query, { asker, place }: Seen) => {
  if (!asker || !place) throw notFound('compartment', compartment ?? '')
  const { catalogue } = asker.snapshot
  if (service !== undefined && !isService(service, catalogue)) throw notFound('service', service)
  const fits = (role: Role): boolean => compartment === undefined || fitsDepth(role, place.chain.length - 1)
  return [...roles.values()]
    .filter((role) => !role.everybody && appliesTo(role, service, catalogue) && fits(role))
    .map((role) => shown(role, service, asker))
}

const list = (edge: Edge, call: Call<Params, Query>): Promise<Reply> =>
  reading<Seen>(edge, call, {
    ask: asking(call.query),
    show: async (_, seen) => ({ items: offered(edge.flows.roles, call.query, seen) }),
  })

const get = (edge: Edge, call: Call<Params, Query>): Promise<Reply> =>
  reading<Seen>(edge, call, {
    ask: asking(call.query),
    show: async (_, { asker }) => {
      const called = call.params.role ?? ''
      const role = edge.flows.roles.get(called)
      if (!role || !asker) throw notFound('role', called)
      const { service } = call.query
      if (!appliesTo(role, service, asker.snapshot.catalogue)) throw notFound('role of that service', called)
      return shown(role, service, asker)
    },
  })

const own = z.strictObject({
  role: z.string(),
  title: inTwo,
  description: inTwo,
  permits: z.array(z.string()),
  assignment: z.string().optional().describe('absent: everybody holds it'),
  through: z.strictObject({ kind: z.enum(['person', 'group', 'service-id']), name: z.string() }),
  compartment: z.string(),
  service: z.string().optional(),
  resource: z.strictObject({
    type: z.string().optional(),
    id: z.string().optional(),
    attributes: z.record(z.string(), z.string()),
  }),
  expiresAt: instant.optional(),
})

const ownShown = ({ resource, expiresAt, ...role }: OwnRole) =>
  given({
    ...role,
    resource: given(resource),
    expiresAt: expiresAt === undefined ? undefined : whenOf(expiresAt),
  })

/** About oneself; asked all the same, so that a policy can forbid it. */
const mine = (edge: Edge, call: Call<Params>): Promise<Reply> => {
  const { subject, actor, tenancyId } = call.who
  const kind = subject.type === 'service-id' ? ('service-id' as const) : ('person' as const)
  return reading<undefined>(edge, call, {
    ask: async () => ({
      demands: [
        {
          permission: { operation: 'GetRoleAssignment', resourceType: 'role-assignments' },
          target: { id: '', name: '', compartmentId: undefined, facts: { holder: actor.id, 'holder-type': kind } },
        },
      ],
      found: undefined,
    }),
    show: async (tx, _, now) => {
      const holder = { kind, id: actor.id, name: actor.name }
      return { items: (await ownRoles(tx, edge.flows.roles, tenancyId, holder, now)).map(ownShown) }
    },
  })
}

const rolePath = '/roles/{role}'
const permissions = [{ operation: 'ListRoles', resourceType: 'roles' }] as const
const page = z.strictObject({ items: z.array(view) })

export const roleRoutes: readonly Route[] = [
  route<Params, Query, undefined>({
    method: 'GET',
    path: '/roles',
    operationId: 'listRoles',
    tag: 'roles',
    summary: 'List the roles that may be given',
    description: 'With `service`, those that apply to it and what each permits in it.',
    permissions,
    params: paramsIn('/roles'),
    query,
    body: undefined,
    answers: [{ status: 200, description: 'All of them', schema: page, example: { items: [example] } }],
    handle: list,
  }),
  route<Params, Query, undefined>({
    method: 'GET',
    path: rolePath,
    operationId: 'getRole',
    tag: 'roles',
    summary: 'Read one role',
    permissions,
    params: paramsIn(rolePath),
    query,
    body: undefined,
    answers: [{ status: 200, description: 'The role', schema: view, example }],
    handle: get,
  }),
  route<Params, object, undefined>({
    method: 'GET',
    path: '/me/roles',
    operationId: 'getOwnRoles',
    tag: 'roles',
    summary: 'Read the roles that were given to whoever asks',
    description: 'Directly, through groups, and what everybody holds; with what each permits, where and until when.',
    permissions: [{ operation: 'GetRoleAssignment', resourceType: 'role-assignments' }],
    params: paramsIn('/me/roles'),
    query: nothing,
    body: undefined,
    answers: [
      {
        status: 200,
        description: 'All of them',
        schema: z.strictObject({ items: z.array(own) }),
        example: {
          items: [
            {
              role: 'space-developer',
              title: { en: 'Space developer', ko: '영역 개발자' },
              description: { en: 'Creates applications.', ko: '애플리케이션을 작성합니다.' },
              permits: ['use compartments', 'manage app-family'],
              assignment: 'lee in front',
              through: { kind: 'person', name: 'lee' },
              compartment: 'Shop:Front',
              resource: { attributes: {} },
            },
          ],
        },
      },
    ],
    handle: mine,
  }),
]
