// Invitations of a tenancy: who was invited by whom, to which groups and roles, and what became of it. The link is in the mail only.
import { z } from 'zod'
import type { Invitation } from '../../../core/model/access.ts'
import type { CompartmentId, DomainId, GroupId, InvitationId } from '../../../core/model/ids.ts'
import type { Domain, Tenancy } from '../../../core/model/tenancy.ts'
import type { EpochMs } from '../../../core/model/time.ts'
import { type InvitationInput, stateOf } from '../../../flows/access/invite.ts'
import type { Tx } from '../../../ports/store.ts'
import { domainFacts } from '../in-domain.ts'
import { type Noun, nothing, type Params, paramsIn } from '../noun.ts'
import { getRoute, listRoute } from '../noun-read.ts'
import { type Answer, type Route, route } from '../route.ts'
import { given, instant, reference, text, whenOf } from '../shapes.ts'

type Row = Invitation

const promise = z.strictObject({
  roles: z.array(z.string().min(1).max(100)).min(1).max(20),
  service: z.string().min(1).max(100).optional(),
  compartmentId: reference.describe('where the roles hold, and below'),
  resource: z
    .strictObject({
      type: z.string().min(1).max(100).optional(),
      id: z.string().min(1).max(256).optional(),
      attributes: z.record(z.string().max(128), text(256)).default({}),
    })
    .prefault({}),
})
const body = z.strictObject({
  domainId: reference.describe('where the account will be'),
  email: z.string().min(3).max(254),
  locale: z.enum(['en', 'ko']).optional().describe('of the mail; by default the domain’s'),
  groups: z.array(reference).max(50).default([]).describe('ids of groups of the domain'),
  roles: z.array(promise).max(20).default([]),
  validDays: z.int().min(1).max(30).optional().describe('by default 7'),
})
const view = z.strictObject({
  id: z.string(),
  email: z.string(),
  domain: z.string(),
  status: z
    .enum(['pending', 'accepted', 'revoked', 'expired'])
    .describe('`expired`: pending after `expiresAt`, and good again when it is sent again'),
  groups: z.array(z.string()),
  roles: z.array(z.object({ roles: z.array(z.string()), service: z.string().optional(), compartmentId: z.string() })),
  invitedBy: z.string(),
  createdAt: instant,
  sentAt: instant,
  expiresAt: instant,
  decidedAt: instant.optional(),
  personId: z.string().optional(),
})
const example = {
  id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KH',
  email: 'guest@partner.example',
  domain: 'default',
  status: 'pending',
  groups: ['contractors'],
  roles: [],
  invitedBy: 'ada',
  createdAt: '2030-01-16T12:00:00.000Z',
  sentAt: '2030-01-16T12:00:00.000Z',
  expiresAt: '2030-01-23T12:00:00.000Z',
}

const domainOf = (tx: Tx, row: Row): Promise<Domain | undefined> => tx.domains.get(row.domainId)

const shown = async (tx: Tx, row: Row, now: EpochMs) => {
  const groups: string[] = []
  for (const id of row.groups) groups.push((await tx.groups.get(id))?.name ?? id)
  return given({
    id: row.id,
    email: row.email,
    domain: (await domainOf(tx, row))?.name ?? row.domainId,
    status: stateOf(row, now),
    groups,
    roles: row.roles.map(({ roles, service, compartmentId }) => given({ roles, service, compartmentId })),
    invitedBy: row.createdBy,
    createdAt: whenOf(row.createdAt),
    sentAt: whenOf(row.sentAt),
    expiresAt: whenOf(row.expiresAt),
    decidedAt: row.decidedAt === undefined ? undefined : whenOf(row.decidedAt),
    personId: row.personId,
  })
}

export const invitation: Noun<Row, Tenancy, never> = {
  tag: 'invitations',
  one: 'invitation',
  path: '/invitations',
  itemPath: '/invitations/{invitation}',
  resourceType: 'invitations',
  operations: { list: 'ListInvitations', get: 'GetInvitation' },
  scope: async (_tx, _params, tenancy) => ({ scope: tenancy, place: { compartmentId: undefined } }),
  find: async (tx, tenancy, called) => {
    const found = await tx.invitations.get(called as InvitationId)
    return found?.tenancyId === tenancy.id ? found : undefined
  },
  rows: (tx, tenancy) => tx.invitations.ofTenancy(tenancy.id),
  idOf: (row) => row.id,
  nameOf: (row) => row.email,
  target: async (tx, row) => {
    const domain = await domainOf(tx, row)
    const facts = domain ? domainFacts(domain) : {}
    return { id: row.id, name: row.email, compartmentId: domain?.compartmentId, facts }
  },
  view,
  show: (tx, row, _scope, now) => shown(tx, row, now),
  example: { view: example },
}

const inputOf = ({ domainId, groups, roles, email, locale, validDays }: z.infer<typeof body>): InvitationInput => ({
  domainId: domainId as DomainId,
  email,
  locale,
  validDays,
  groups: groups as GroupId[],
  roles: roles.map((r) => ({
    roles: r.roles,
    service: r.service,
    compartmentId: r.compartmentId as CompartmentId,
    resource: { type: r.resource.type, id: r.resource.id, attributes: r.resource.attributes },
  })),
})

const acted = (description: string): readonly [Answer] => [{ status: 200, description, schema: view, example }]

const act = (
  verb: 'resend' | 'revoke',
  operation: 'ResendInvitation' | 'RevokeInvitation',
  summary: string,
  description: string,
): Route =>
  route<Params, object, undefined>({
    method: 'POST',
    path: `${invitation.itemPath}/${verb}`,
    operationId: `${verb}Invitation`,
    tag: invitation.tag,
    summary,
    permissions: [{ operation, resourceType: 'invitations' }],
    params: paramsIn(invitation.itemPath),
    query: nothing,
    body: undefined,
    answers: acted(description),
    handle: async ({ flows }, { who, params }) => ({
      status: 200,
      body: await flows.inviter[verb](who, (params.invitation ?? '') as InvitationId, shown),
    }),
  })

export const invitationRoutes: readonly Route[] = [
  listRoute(invitation),
  getRoute(invitation),
  route<Params, object, z.infer<typeof body>>({
    method: 'POST',
    path: invitation.path,
    operationId: 'createInvitation',
    tag: invitation.tag,
    summary: 'Invite somebody by e-mail, with groups and roles chosen',
    description:
      'Whoever invites gives no more than they hold, and only roles that may be promised to people who are not there yet.',
    permissions: [{ operation: 'CreateInvitation', resourceType: 'invitations' }],
    params: paramsIn(invitation.path),
    query: nothing,
    body,
    bodyExample: { domainId: '01JCXM4ZV7Q2T8N5R3W6Y9B0KC', email: 'guest@partner.example', groups: [] },
    answers: [{ status: 201, description: 'Invited, and the mail is on its way', schema: view, example }],
    handle: async ({ flows }, { who, body, at }) => {
      const made = await flows.inviter.invite(who, inputOf(body), shown)
      return { status: 201, body: made, location: `${at}/${made.id}` }
    },
  }),
  act('resend', 'ResendInvitation', 'Send the mail again', 'Sent again: older links are worth nothing'),
  act('revoke', 'RevokeInvitation', 'Take the invitation back', 'Revoked: its link is worth nothing'),
]
