// Sign-ins in progress. The version column, not the body's, is the truth that a save is compared with.
import type { Journey } from '../../core/model/journey.ts'
import type { Journeys } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { kept } from './kept.ts'
import type { Schema } from './schema.ts'
import { fromBody, toBody } from './text.ts'

const fromRow = (row: { body: string; version: number } | undefined): Journey | undefined =>
  row && { ...fromBody<Journey>(row.body), version: row.version }

const insert = kept((db, { id, version, expires_at, body }: Schema['journey']) =>
  db.insertInto('journey').values({ id, version, expires_at, body }),
)
const select = kept((db, key: { id: string }) =>
  db.selectFrom('journey').select(['body', 'version']).where('id', '=', key.id),
)
// An update, never an upsert: an upsert would bring back a journey that `take` has just consumed.
const update = kept((db, row: Schema['journey'] & { readonly next: number }) =>
  db
    .updateTable('journey')
    .set({ version: row.next, expires_at: row.expires_at, body: row.body })
    .where('id', '=', row.id)
    .where('version', '=', row.version)
    .returning('id'),
)

export const journeys = (db: Db): Journeys => ({
  add: async (journey) => {
    const { id, version, expiresAt } = journey
    await insert(db, { id, version, expires_at: expiresAt, body: toBody(journey) })
  },
  get: async (id) => fromRow((await select(db, { id }))[0]),
  save: async (journey) => {
    const { id, version, expiresAt } = journey
    const row = { id, version, next: version + 1, expires_at: expiresAt, body: toBody(journey) }
    return (await update(db, row)).length > 0 ? 'saved' : 'stale'
  },

  // One statement, not select-then-delete: this is what makes single use single (RFC 6749 §4.1.2).
  take: async (id) =>
    fromRow(await db.deleteFrom('journey').where('id', '=', id).returning(['body', 'version']).executeTakeFirst()),
})
