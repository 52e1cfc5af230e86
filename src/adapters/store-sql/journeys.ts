// Sign-ins in progress. The version column, not the body's, is the truth that a save is compared with.
import type { Journey } from '../../core/model/journey.ts'
import type { Journeys } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { fromBody, toBody } from './text.ts'

const fromRow = (row: { body: string; version: number } | undefined): Journey | undefined =>
  row && { ...fromBody<Journey>(row.body), version: row.version }

export const journeys = (db: Db): Journeys => ({
  add: async (journey) => {
    const { id, version, expiresAt } = journey
    await db
      .insertInto('journey')
      .values({ id, version, expires_at: expiresAt, body: toBody(journey) })
      .execute()
  },
  get: async (id) =>
    fromRow(await db.selectFrom('journey').select(['body', 'version']).where('id', '=', id).executeTakeFirst()),

  // An update, never an upsert: an upsert would bring back a journey that `take` has just consumed.
  save: async (journey) => {
    const { id, version, expiresAt } = journey
    const saved = await db
      .updateTable('journey')
      .set({ version: version + 1, expires_at: expiresAt, body: toBody(journey) })
      .where('id', '=', id)
      .where('version', '=', version)
      .returning('id')
      .executeTakeFirst()
    return saved ? 'saved' : 'stale'
  },

  // One statement, not select-then-delete: this is what makes single use single (RFC 6749 §4.1.2).
  take: async (id) =>
    fromRow(await db.deleteFrom('journey').where('id', '=', id).returning(['body', 'version']).executeTakeFirst()),
})
