// What was recorded carries its digest from the moment it is written, so that sealing need not read it again.
import { type Kysely, sql } from 'kysely'
import type { Engine } from '../dialect.ts'
import { words } from './words.ts'

export const rowDigests = (engine: Engine) => ({
  up: async (db: Kysely<unknown>): Promise<void> => {
    const { t } = words[engine]
    // nullable: what an older node writes is read again when it is sealed
    for (const table of ['audit_event', 'decision_record'])
      await sql.raw(`alter table ${table} add column digest ${t}`).execute(db)
  },
})
