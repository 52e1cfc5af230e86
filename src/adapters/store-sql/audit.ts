// Audit events and decision records: added, read, never changed. Newest first means by time, and within one instant by
// the order of arrival, so that a page boundary never falls differently the second time.
import type { AuditEvent, DecisionRecord } from '../../core/model/audit.ts'
import type { Audit } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { kept } from './kept.ts'
import type { Schema } from './schema.ts'
import { exactKey, fromBody, toBody } from './text.ts'

const insertEvent = kept((db, row: Omit<Schema['audit_event'], 'seq'>) => {
  const { id, tenancy_id, at, action, actor_key, target_key, body } = row
  return db.insertInto('audit_event').values({ id, tenancy_id, at, action, actor_key, target_key, body })
})
const insertDecision = kept((db, { id, tenancy_id, at, body }: Schema['decision_record']) =>
  db.insertInto('decision_record').values({ id, tenancy_id, at, body }),
)

export const audit = (db: Db): Audit => ({
  add: async (event) => {
    await insertEvent(db, {
      id: event.id,
      tenancy_id: event.tenancyId,
      at: event.at,
      action: event.action,
      actor_key: exactKey(event.actor.id),
      target_key: event.target ? exactKey(event.target.id) : null,
      body: toBody(event),
    })
  },
  list: async (tenancy, { action, targetId, actorId, limit, before }) => {
    let rows = db.selectFrom('audit_event').select('body').where('tenancy_id', '=', tenancy)
    if (action !== undefined) rows = rows.where('action', '=', action)
    if (targetId !== undefined) rows = rows.where('target_key', '=', exactKey(targetId))
    if (actorId !== undefined) rows = rows.where('actor_key', '=', exactKey(actorId))
    if (before !== undefined) {
      const mark = await db.selectFrom('audit_event').select(['at', 'seq']).where('id', '=', before).executeTakeFirst()
      if (!mark) return []
      rows = rows.where((eb) => eb(eb.refTuple('at', 'seq'), '<', eb.tuple(mark.at, mark.seq)))
    }
    const page = await rows.orderBy('at', 'desc').orderBy('seq', 'desc').limit(limit).execute()
    return page.map((row) => fromBody<AuditEvent>(row.body))
  },
  addDecision: async (record) => {
    await insertDecision(db, { id: record.id, tenancy_id: record.tenancyId, at: record.at, body: toBody(record) })
  },
  decision: async (id) => {
    const row = await db.selectFrom('decision_record').select('body').where('id', '=', id).executeTakeFirst()
    return row && fromBody<DecisionRecord>(row.body)
  },
})
