// Whether anything has changed of what questions are answered from: one number, counted up by the database itself, so that no writer can
// forget it, whatever it is and whichever release it is of. Of the embedded store alone, whose writers are serial anyway: on PostgreSQL
// such a row would make every two of them collide.
import { type Kysely, sql } from 'kysely'
import type { Engine } from '../dialect.ts'

/** What remembering.ts remembers is read from these, and from nothing else. */
const tables = ['tenancy', 'domain', 'app', 'person', 'membership', 'service_id', 'resource'] as const
const ways = ['insert', 'update', 'delete'] as const

const counted: readonly string[] = [
  'create table fact_change (n integer not null) strict',
  'insert into fact_change (n) values (0)',
  ...tables.flatMap((table) =>
    ways.map(
      (way) =>
        `create trigger ${table}_${way}_counts after ${way} on ${table} begin update fact_change set n = n + 1; end`,
    ),
  ),
]

export const factChanges = (engine: Engine) => ({
  up: async (db: Kysely<unknown>): Promise<void> => {
    if (engine === 'sqlite') for (const statement of counted) await sql.raw(statement).execute(db)
  },
})
