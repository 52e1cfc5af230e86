// Mails and events that wait to be sent: what is stuck and why, once more now, or never. What was sent is gone, and what was given up is in the
// audit trail.
import { z } from 'zod'
import type { Tenancy } from '../../../core/model/tenancy.ts'
import { dropItem, errorOf, hurryItem, receiverOf } from '../../../flows/upkeep/administer-outbox.ts'
import type { OutboxItem } from '../../../ports/store.ts'
import type { Noun } from '../noun.ts'
import { actionRoute } from '../noun-act.ts'
import { nounRoutes } from '../noun-write.ts'
import type { Route } from '../route.ts'
import { given, whenOf } from '../shapes.ts'

const message: Noun<OutboxItem, Tenancy, never> = {
  tag: 'outbox messages',
  one: 'outbox message',
  path: '/outbox',
  itemPath: '/outbox/{message}',
  resourceType: 'outbox-messages',
  operations: { list: 'ListOutboxMessages', get: 'GetOutboxMessage', delete: 'DropOutboxMessage' },
  scope: async (_tx, _params, tenancy) => ({ scope: tenancy, place: { compartmentId: undefined } }),
  find: async (tx, tenancy, called) => {
    const found = await tx.outbox.get(called)
    return found?.tenancyId === tenancy.id ? found : undefined
  },
  rows: {
    sortedBy: 'id',
    read: async (tx, tenancy, { after, limit }) =>
      (await tx.outbox.page(tenancy.id, { after, limit })).map((row) => ({ row, key: row.id })),
  },
  idOf: (row) => row.id,
  nameOf: (row) => row.id,
  target: (_tx, row) => ({ id: row.id, name: row.id, compartmentId: undefined, facts: { kind: row.kind } }),
  view: z.strictObject({
    id: z.string(),
    kind: z.string().describe('`mail`, `backchannel-logout`, `security-event`'),
    status: z.enum(['waiting', 'failing']).describe('`failing`: tried, refused, and tried again'),
    receiver: z.string().optional().describe('address, application or event stream'),
    attempts: z.int(),
    dueAt: z.string().describe('when it is tried next'),
    lastError: z.string().optional(),
  }),
  show: async (tx, row) =>
    given({
      id: row.id,
      kind: row.kind,
      status: row.lastError === undefined ? 'waiting' : 'failing',
      receiver: await receiverOf(tx, row),
      attempts: row.attempts,
      dueAt: whenOf(row.dueAt),
      lastError: errorOf(row),
    }),
  remove: (work, row) => dropItem(work, row),
  example: {
    view: {
      id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
      kind: 'mail',
      status: 'failing',
      receiver: 'kim@acme.example',
      attempts: 4,
      dueAt: '2030-01-16T12:00:40.000Z',
      lastError: 'connect ECONNREFUSED 192.0.2.25:587',
    },
  },
}

export const outboxRoutes: readonly Route[] = [
  ...nounRoutes(message),
  actionRoute(message, {
    path: '/retry',
    operation: 'RetryOutboxMessage',
    summary: 'Try a message again now',
    description: 'Its attempts are counted anew. A message that is being sent this moment may arrive twice.',
    answers: [
      {
        status: 200,
        description: 'Due now',
        schema: message.view,
        example: { ...message.example.view, attempts: 0 },
        etag: true,
      },
    ],
    run: (work, { row }) => hurryItem(work, row),
  }),
]
