// Work to be done after commit. A claim is a lease: the item's due time moves to its end, so a worker that dies gives the
// item back by doing nothing.
import { sql } from 'kysely'
import type { Outbox, OutboxItem } from '../../ports/store.ts'
import type { Db, Engine } from './dialect.ts'
import { fromBody, toBody } from './text.ts'

type Row = { body: string; attempts: number; due_at: number; last_error: string | null }
const columns = ['body', 'attempts', 'due_at', 'last_error'] as const

const fromRow = (row: Row): OutboxItem => ({
  ...fromBody<OutboxItem>(row.body),
  attempts: row.attempts,
  dueAt: row.due_at,
  lastError: row.last_error ?? undefined,
})

export const outbox = (db: Db, engine: Engine): Outbox => ({
  add: async (item) => {
    await db
      .insertInto('outbox')
      .values({
        id: item.id,
        tenancy_id: item.tenancyId,
        due_at: item.dueAt,
        attempts: item.attempts,
        last_error: item.lastError ?? null,
        body: toBody(item),
      })
      .execute()
  },
  claim: async (now, leaseUntil, limit) => {
    const due = db
      .selectFrom('outbox')
      .select('id')
      .where('due_at', '<=', now)
      .orderBy('due_at')
      .orderBy('id')
      .limit(limit)
      // Workers side by side take different items instead of waiting for the same; SQLite has one writer anyway.
      .$if(engine === 'postgres', (query) => query.forUpdate().skipLocked())
    const rows = await db
      .with(
        (cte) => cte('due').materialized(),
        () => due,
      ) // materialised: run once, or the limit and the locks would not hold
      .updateTable('outbox')
      .set({ due_at: leaseUntil, attempts: sql<number>`attempts + 1` })
      .where('id', 'in', (eb) => eb.selectFrom('due').select('due.id'))
      .returning(['id', ...columns])
      .execute()
    return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(fromRow) // ids sort by creation; RETURNING promises no order
  },
  done: async (id) => {
    await db.deleteFrom('outbox').where('id', '=', id).execute()
  },
  retry: async (id, at, error) => {
    await db.updateTable('outbox').set({ due_at: at, last_error: error }).where('id', '=', id).execute()
  },
  hurry: async (id, at) => {
    const moved = await db
      .updateTable('outbox')
      .set({ due_at: at, attempts: 0 })
      .where('id', '=', id)
      .executeTakeFirst()
    return moved.numUpdatedRows > 0n
  },
  get: async (id) => {
    const row = await db.selectFrom('outbox').select(columns).where('id', '=', id).executeTakeFirst()
    return row && fromRow(row)
  },
  page: async (tenancy, { after, limit }) =>
    (
      await db
        .selectFrom('outbox')
        .select(columns)
        .where('tenancy_id', '=', tenancy)
        .$if(after !== undefined, (query) => query.where('id', '>', after ?? ''))
        .orderBy('id')
        .limit(limit)
        .execute()
    ).map(fromRow),
  list: async (tenancy) =>
    (
      await db
        .selectFrom('outbox')
        .select(columns)
        .where('tenancy_id', '=', tenancy)
        .orderBy('due_at')
        .orderBy('id')
        .execute()
    ).map(fromRow),
})
