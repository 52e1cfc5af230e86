// Removes rows whose time has passed, a few hundred per transaction, so that nobody waits long behind it.
import { sql } from 'kysely'
import { daysLater, type EpochMs } from '../../core/model/time.ts'
import type { Db, Engine } from './dialect.ts'

const BATCH = 500
/** Ended sessions stay that long: for the person's own list, and for whoever looks into a sign-in afterwards. */
const SESSION_KEPT_DAYS = 30

type Expiry = {
  readonly table: string
  readonly key: readonly string[]
  readonly column: string
  readonly days: number
}

const expiries: readonly Expiry[] = [
  { table: 'journey', key: ['id'], column: 'expires_at', days: 0 },
  { table: 'once', key: ['purpose', 'key'], column: 'until_at', days: 0 },
  { table: 'payload', key: ['scope', 'model', 'id'], column: 'expires_at', days: 0 },
  { table: 'device', key: ['id'], column: 'expires_at', days: 0 },
  { table: 'throttle', key: ['key'], column: 'forget_at', days: 0 },
  { table: 'queued_event', key: ['seq'], column: 'forget_at', days: 0 },
  { table: 'session', key: ['id'], column: 'ended_at', days: SESSION_KEPT_DAYS },
  { table: 'session', key: ['id'], column: 'expires_at', days: SESSION_KEPT_DAYS },
]

const deleteBatch = async (
  db: Db,
  engine: Engine,
  { table, key, column }: Expiry,
  before: EpochMs,
): Promise<number> => {
  const columns = sql.join(key.map((name) => sql.ref(name)))
  // Two nodes that sweep at once take different rows instead of failing each other.
  const apart = engine === 'postgres' ? sql`for update skip locked` : sql``
  const gone = await sql`with due as materialized (
      select ${columns} from ${sql.table(table)} where ${sql.ref(column)} <= ${before}
      order by ${sql.ref(column)} limit ${BATCH} ${apart})
    delete from ${sql.table(table)} where (${columns}) in (select ${columns} from due)`.execute(db)
  return Number(gone.numAffectedRows ?? 0n)
}

/** Each batch is a transaction of its own, handed in by the engine. */
export const sweepWith = async (
  write: <T>(work: (db: Db) => Promise<T>) => Promise<T>,
  engine: Engine,
  now: EpochMs,
): Promise<number> => {
  let total = 0
  for (const expiry of expiries) {
    const before = daysLater(now, -expiry.days)
    for (;;) {
      const count = await write((db) => deleteBatch(db, engine, expiry, before))
      total += count
      if (count < BATCH) break
    }
  }
  return total
}
