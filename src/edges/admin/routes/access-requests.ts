// Requests for access to a group, as administrators of the tenancy see and decide them; the administrators of the group itself have the
// account pages. Nobody decides on a request of their own.
import { z } from 'zod'
import type { AccessRequest } from '../../../core/model/access.ts'
import type { AccessRequestId } from '../../../core/model/ids.ts'
import type { Domain, Tenancy } from '../../../core/model/tenancy.ts'
import type { Work } from '../../../flows/access/administer.ts'
import { type AccessDecision, decideIn } from '../../../flows/access/decide-request.ts'
import type { Tx } from '../../../ports/store.ts'
import { Problem } from '../../../problem.ts'
import { domainFacts } from '../in-domain.ts'
import type { Noun } from '../noun.ts'
import { actionRoute } from '../noun-act.ts'
import { getRoute, listRoute } from '../noun-read.ts'
import type { Answer, Route } from '../route.ts'
import { given, instant, whenOf } from '../shapes.ts'

type Row = AccessRequest & { readonly name: string }
const named = (request: AccessRequest): Row => ({ ...request, name: request.id })

const domainOf = async (tx: Tx, { groupId }: AccessRequest): Promise<Domain | undefined> => {
  const group = await tx.groups.get(groupId)
  return group && tx.domains.get(group.domainId)
}

const view = z.strictObject({
  id: z.string(),
  group: z.string(),
  groupId: z.string(),
  person: z.string(),
  personId: z.string(),
  reason: z.string(),
  until: instant.optional().describe('asked for'),
  status: z.enum(['pending', 'approved', 'denied', 'withdrawn']),
  role: z.enum(['user', 'admin']).optional().describe('given'),
  decidedBy: z.string().optional(),
  decidedAt: instant.optional(),
  createdAt: instant,
})
const example = {
  id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KF',
  group: 'support',
  groupId: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
  person: 'bob',
  personId: '01JCXM4ZV7Q2T8N5R3W6Y9B0KE',
  reason: 'I answer tickets now',
  status: 'pending',
  createdAt: '2030-01-16T12:00:00.000Z',
}

export const accessRequest: Noun<Row, Tenancy, never> = {
  tag: 'access requests',
  one: 'access request',
  path: '/access-requests',
  itemPath: '/access-requests/{accessRequest}',
  resourceType: 'access-requests',
  operations: { list: 'ListAccessRequests', get: 'GetAccessRequest' },
  scope: async (_tx, _params, tenancy) => ({ scope: tenancy, place: { compartmentId: undefined } }),
  find: async (tx, tenancy, called) => {
    const found = await tx.accessRequests.get(called as AccessRequestId)
    return found?.tenancyId === tenancy.id ? named(found) : undefined
  },
  rows: async (tx, tenancy) => (await tx.accessRequests.ofTenancy(tenancy.id)).map(named),
  idOf: (row) => row.id,
  nameOf: (row) => row.id,
  target: async (tx, row) => {
    const domain = await domainOf(tx, row)
    const group = await tx.groups.get(row.groupId)
    const facts = {
      ...(domain ? domainFacts(domain) : {}),
      'target.group.id': row.groupId,
      'target.group.name': group?.name ?? '',
    }
    return { id: row.id, name: row.id, compartmentId: domain?.compartmentId, facts }
  },
  view,
  show: async (tx, row) =>
    given({
      id: row.id,
      group: (await tx.groups.get(row.groupId))?.name ?? row.groupId,
      groupId: row.groupId,
      person: (await tx.people.get(row.personId))?.username ?? row.personId,
      personId: row.personId,
      reason: row.reason,
      until: row.until === undefined ? undefined : whenOf(row.until),
      status: row.status,
      role: row.role,
      decidedBy: row.decidedBy,
      decidedAt: row.decidedAt === undefined ? undefined : whenOf(row.decidedAt),
      createdAt: whenOf(row.createdAt),
    }),
  example: { view: example },
}

const decided = (status: 'approved' | 'denied'): readonly [Answer] => [
  {
    status: 200,
    description: `The request is ${status}`,
    schema: view,
    example: { ...example, status, decidedBy: 'ada', decidedAt: '2030-01-16T12:05:00.000Z' },
    etag: true,
  },
]

const decide = async (work: Work, row: Row, decision: AccessDecision): Promise<Row> => {
  const { tx, who, random, now } = work
  const group = await tx.groups.get(row.groupId)
  if (!group) throw new Problem('not-found', 'the group is gone')
  // deciding is giving: no more than one holds, and the powers of a group are held by whoever may give them
  if (decision.approve && !work.standing.isAdministrator && work.standing.lacks(group.id, 'gateway').length > 0)
    throw new Problem('not-permitted', `group \`${group.name}\` grants what you do not hold`, { reason: 'not-held' })
  const personId = who.actor.kind === 'person' ? (who.actor.id as AccessRequest['personId']) : undefined
  const by = { actor: who.actor, personId }
  return named(await decideIn(tx, { random }, now, { request: row, group, by, decision, requestId: who.requestId }))
}

const approval = z.strictObject({
  role: z.enum(['user', 'admin']).default('user'),
  until: instant.optional().describe('the membership ends then, or when was asked for, whichever is sooner'),
})

export const accessRequestRoutes: readonly Route[] = [
  listRoute(accessRequest),
  getRoute(accessRequest),
  actionRoute<Row, Tenancy, never, z.infer<typeof approval>>(accessRequest, {
    path: '/approve',
    operation: 'DecideAccessRequest',
    operationId: 'approveAccessRequest',
    summary: 'Approve a request: the person is in the group at once',
    body: approval,
    bodyExample: { role: 'user' },
    answers: decided('approved'),
    run: (work, { row, body }) =>
      decide(work, row, {
        approve: true,
        role: body.role,
        ...(body.until === undefined ? {} : { until: Date.parse(body.until) }),
      }),
  }),
  actionRoute<Row, Tenancy, never>(accessRequest, {
    path: '/deny',
    operation: 'DecideAccessRequest',
    operationId: 'denyAccessRequest',
    summary: 'Deny a request',
    answers: decided('denied'),
    run: (work, { row }) => decide(work, row, { approve: false }),
  }),
]
