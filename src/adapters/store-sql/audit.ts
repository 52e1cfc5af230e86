// Audit events and decision records: added, read, never changed. Newest first means by time, and within one instant by
// the order of arrival, so that a page boundary never falls differently the second time.
import type { AuditEvent, DecisionRecord } from '../../core/model/audit.ts'
import type { DecisionId, TenancyId } from '../../core/model/ids.ts'
import type { Audit, AuditPage } from '../../ports/store-audit.ts'
import type { Db } from './dialect.ts'
import { keptRows } from './kept.ts'
import { type DecisionRow, decisionText, digestOf, type EventRow, eventText } from './recorded.ts'
import { exactKey, fromBody, toBody } from './text.ts'

const insertEvents = keptRows('audit_event', [
  'id',
  'tenancy_id',
  'at',
  'action',
  'actor_key',
  'target_key',
  'domain_id',
  'outcome',
  'request_key',
  'body',
  'digest',
])
const insertDecisions = keptRows('decision_record', [
  'id',
  'tenancy_id',
  'at',
  'compartment_id',
  'allow',
  'body',
  'digest',
])

const eventRow = (event: AuditEvent) => {
  const row: EventRow = {
    id: event.id,
    tenancy_id: event.tenancyId,
    at: event.at,
    action: event.action,
    actor_key: exactKey(event.actor.id),
    target_key: event.target ? exactKey(event.target.id) : null,
    domain_id: event.domainId ?? null,
    outcome: event.outcome,
    request_key: event.requestId === undefined ? null : exactKey(event.requestId),
    body: toBody(event),
  }
  return { ...row, digest: digestOf(eventText(row)) }
}
/** What has a column is not written twice: there are more of these rows than of all others. */
const decisionRow = ({ id, tenancyId, at, compartmentId, allow, ...rest }: DecisionRecord) => {
  const row: DecisionRow = {
    id,
    tenancy_id: tenancyId,
    at,
    compartment_id: compartmentId ?? null,
    allow: allow ? 1 : 0,
    body: toBody(rest),
  }
  return { ...row, digest: digestOf(decisionText(row)) }
}
const decisionColumns = ['id', 'tenancy_id', 'at', 'compartment_id', 'allow', 'body'] as const
/** The body of a row that is older than its columns has all of it. */
const decisionIn = ({ id, tenancy_id, at, compartment_id, allow, body }: DecisionRow): DecisionRecord => ({
  id: id as DecisionId,
  tenancyId: tenancy_id as TenancyId,
  at,
  compartmentId: compartment_id ?? undefined,
  allow: allow === 1,
  ...fromBody<Omit<DecisionRecord, 'id' | 'tenancyId' | 'at' | 'compartmentId' | 'allow'>>(body),
})

/** Newest first is `desc`. A page stands behind the row whose id is given; `undefined`: that row is not there, and so nothing is behind it. */
const bounds = async <Id extends string>(
  db: Db,
  table: 'audit_event' | 'decision_record',
  { order, after, before }: AuditPage<Id>,
): Promise<
  { readonly mark?: { readonly at: number; readonly seq: number }; readonly way: 'asc' | 'desc' } | undefined
> => {
  const way = order === 'oldest' ? 'asc' : 'desc'
  const id = way === 'asc' ? after : before
  if (id === undefined) return { way }
  const mark = await db.selectFrom(table).select(['at', 'seq']).where('id', '=', id).executeTakeFirst()
  return mark && { mark, way }
}

export const audit = (db: Db): Audit => ({
  add: (event) => insertEvents(db, [eventRow(event)]),
  addAll: (events) => insertEvents(db, events.map(eventRow)),
  get: async (id) => {
    const row = await db.selectFrom('audit_event').select('body').where('id', '=', id).executeTakeFirst()
    return row && fromBody<AuditEvent>(row.body)
  },
  list: async (tenancy, filter) => {
    const { action, targetId, actorId, outcome, requestId, domainId, from, to } = filter
    const page = await bounds(db, 'audit_event', filter)
    if (!page) return []
    let rows = db.selectFrom('audit_event').select('body').where('tenancy_id', '=', tenancy)
    if (action !== undefined) rows = rows.where('action', '=', action)
    if (targetId !== undefined) rows = rows.where('target_key', '=', exactKey(targetId))
    if (actorId !== undefined) rows = rows.where('actor_key', '=', exactKey(actorId))
    if (outcome !== undefined) rows = rows.where('outcome', '=', outcome)
    if (requestId !== undefined) rows = rows.where('request_key', '=', exactKey(requestId))
    if (domainId !== undefined) rows = rows.where('domain_id', '=', domainId)
    if (from !== undefined) rows = rows.where('at', '>=', from)
    if (to !== undefined) rows = rows.where('at', '<', to)
    const { mark, way } = page
    if (mark)
      rows = rows.where((eb) => eb(eb.refTuple('at', 'seq'), way === 'asc' ? '>' : '<', eb.tuple(mark.at, mark.seq)))
    const found = await rows.orderBy('at', way).orderBy('seq', way).limit(filter.limit).execute()
    return found.map((row) => fromBody<AuditEvent>(row.body))
  },
  addDecisions: (records) => insertDecisions(db, records.map(decisionRow)),
  decision: async (id) => {
    const row = await db.selectFrom('decision_record').select(decisionColumns).where('id', '=', id).executeTakeFirst()
    return row && decisionIn(row)
  },
  decisions: async (tenancy, filter) => {
    const page = await bounds(db, 'decision_record', filter)
    if (!page) return []
    let rows = db.selectFrom('decision_record').select(decisionColumns).where('tenancy_id', '=', tenancy)
    if (filter.from !== undefined) rows = rows.where('at', '>=', filter.from)
    if (filter.to !== undefined) rows = rows.where('at', '<', filter.to)
    const { mark, way } = page
    if (mark)
      rows = rows.where((eb) => eb(eb.refTuple('at', 'seq'), way === 'asc' ? '>' : '<', eb.tuple(mark.at, mark.seq)))
    const found = await rows.orderBy('at', way).orderBy('seq', way).limit(filter.limit).execute()
    return found.map(decisionIn)
  },
  usage: async (tenancy, from, to) => {
    const rows = await db
      .selectFrom('decision_record')
      .select((eb) => ['compartment_id', eb.fn.sum('allow').as('allowed'), eb.fn.countAll().as('all')])
      .where('tenancy_id', '=', tenancy)
      .where('at', '>=', from)
      .where('at', '<', to)
      .where('compartment_id', 'is not', null)
      .groupBy('compartment_id')
      .orderBy('compartment_id')
      .execute()
    return rows.map(({ compartment_id, allowed, all }) => ({
      compartmentId: compartment_id ?? '',
      allowed: Number(allowed),
      denied: Number(all) - Number(allowed),
    }))
  },
  countByDomain: async (tenancy, action, from, to) => {
    const rows = await db
      .selectFrom('audit_event')
      .select((eb) => ['domain_id', eb.fn.countAll().as('n')])
      .where('tenancy_id', '=', tenancy)
      .where('action', '=', action)
      .where('at', '>=', from)
      .where('at', '<', to)
      .where('domain_id', 'is not', null)
      .groupBy('domain_id')
      .orderBy('domain_id')
      .execute()
    return rows.map(({ domain_id, n }) => ({ domainId: domain_id ?? '', count: Number(n) }))
  },
})
