// The audit log, newest first: who did what to what, and how it came out. A list shows that much; both sides of a change, and the details, are
// shown one event at a time to whoever may read them.
import { z } from 'zod'
import type { AuditEvent } from '../../../core/model/audit.ts'
import type { AuditId } from '../../../core/model/ids.ts'
import type { Domain, Tenancy } from '../../../core/model/tenancy.ts'
import type { AuditFilter } from '../../../ports/store-audit.ts'
import type { Test } from '../filter.ts'
import { domainFacts } from '../in-domain.ts'
import type { Noun } from '../noun.ts'
import { nounRoutes } from '../noun-write.ts'
import type { Route } from '../route.ts'
import { given, whenOf } from '../shapes.ts'

type Scope = { readonly tenancy: Tenancy; readonly domains: ReadonlyMap<string, Domain> }

const textOf = (tests: readonly Test[], attribute: string, operators: readonly string[]): string | undefined => {
  const value = tests.find((t) => t.attribute === attribute && operators.includes(t.operator))?.value
  return typeof value === 'string' ? value : undefined
}
const instantOf = (text: string | undefined): number | undefined => {
  const at = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

/** What the database can look for by an index; the filter itself is held against every row all the same. */
const narrowed = (tests: readonly Test[], { domains }: Scope): AuditFilter => {
  const equal = (attribute: string) => textOf(tests, attribute, ['eq'])
  const outcome = equal('outcome')
  const domain = equal('domain')
  const to = instantOf(textOf(tests, 'at', ['lt', 'le']))
  return given({
    action: equal('action'),
    actorId: equal('actor.id'),
    targetId: equal('target.id'),
    requestId: equal('requestId'),
    outcome: outcome === 'success' || outcome === 'failure' ? outcome : undefined,
    domainId: domain && [...domains.values()].find((d) => d.name.toLowerCase() === domain.toLowerCase())?.id,
    from: instantOf(textOf(tests, 'at', ['gt', 'ge'])),
    to: to === undefined ? undefined : to + 1,
  })
}

const party = z.strictObject({ kind: z.string(), id: z.string(), name: z.string() })
const thing = z.strictObject({ type: z.string(), id: z.string(), name: z.string() })
const view = z.strictObject({
  id: z.string(),
  at: z.string(),
  action: z.string(),
  outcome: z.enum(['success', 'failure']),
  reason: z.string().optional(),
  actor: party,
  target: thing.optional(),
  domain: z.string().optional(),
  requestId: z.string().optional(),
  decisionId: z.string().optional().describe('why it was denied: `GET …/decisions/{id}`'),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  details: z.unknown().optional(),
})

const auditEvent: Noun<AuditEvent, Scope, never> = {
  tag: 'audit',
  one: 'audit event',
  path: '/audit-events',
  itemPath: '/audit-events/{event}',
  resourceType: 'audit-events',
  operations: { list: 'ListAuditEvents', get: 'GetAuditEvent' },
  scope: async (tx, _params, tenancy) => ({
    scope: { tenancy, domains: new Map((await tx.domains.list(tenancy.id)).map((d) => [String(d.id), d])) },
    place: { compartmentId: undefined },
  }),
  find: async (tx, { tenancy }, called) => {
    const found = await tx.audit.get(called as AuditId)
    return found?.tenancyId === tenancy.id ? found : undefined
  },
  rows: {
    sortedBy: '-at',
    read: async (tx, scope, { after, limit, tests }) => {
      const page = { limit, ...(after === undefined ? {} : { before: after as AuditId }) }
      const rows = await tx.audit.list(scope.tenancy.id, { ...narrowed(tests, scope), ...page })
      return rows.map((row) => ({ row, key: row.id }))
    },
  },
  idOf: (row) => row.id,
  nameOf: (row) => row.id,
  target: (_tx, row, { domains }) => {
    const domain = row.domainId === undefined ? undefined : domains.get(row.domainId)
    const facts = { action: row.action, ...(domain ? domainFacts(domain) : {}) }
    return { id: row.id, name: row.action, compartmentId: domain?.compartmentId, facts }
  },
  view,
  summary: ['id', 'at', 'action', 'outcome', 'reason', 'actor', 'target', 'domain', 'requestId', 'decisionId'],
  show: (_tx, row, { domains }) =>
    given({
      id: row.id,
      at: whenOf(row.at),
      action: row.action,
      outcome: row.outcome,
      reason: row.reason,
      actor: { ...row.actor },
      target: row.target && { ...row.target },
      domain: row.domainId === undefined ? undefined : (domains.get(row.domainId)?.name ?? row.domainId),
      requestId: row.requestId,
      decisionId: row.decisionId,
      before: row.before,
      after: row.after,
      details: row.details,
    }),
  example: {
    view: {
      id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
      at: '2030-01-16T12:00:00.000Z',
      action: 'group.created',
      outcome: 'success',
      actor: { kind: 'person', id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KC', name: 'ada' },
      target: { type: 'group', id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KB', name: 'default/Finance' },
      domain: 'default',
      requestId: '01JCXM4ZV7Q2T8N5R3W6Y9B0KA',
    },
  },
}

export const auditEventRoutes: readonly Route[] = nounRoutes(auditEvent)
