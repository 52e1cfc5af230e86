// Counters of failures. They are rows because every node must count the same guesses.
import { sql } from 'kysely'
import type { Throttles } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { exactKey } from './text.ts'

export const throttles = (db: Db): Throttles => ({
  get: async (key) => {
    const row = await db
      .selectFrom('throttle')
      .select(['failures', 'last_at'])
      .where('key', '=', exactKey(key))
      .executeTakeFirst()
    return row && { failures: row.failures, lastAt: row.last_at }
  },
  // One statement: guesses sent in parallel are all counted.
  fail: async (key, at, windowSeconds) => {
    const oldest = at - windowSeconds * 1000
    const row = await db
      .insertInto('throttle')
      .values({ key: exactKey(key), failures: 1, last_at: at, forget_at: at + windowSeconds * 1000 })
      .onConflict((clash) =>
        clash.column('key').doUpdateSet({
          failures: sql<number>`case when throttle.last_at < ${oldest} then 1 else throttle.failures + 1 end`,
          last_at: sql<number>`case when throttle.last_at > excluded.last_at then throttle.last_at else excluded.last_at end`,
          forget_at: sql<number>`case when throttle.forget_at > excluded.forget_at then throttle.forget_at
            else excluded.forget_at end`,
        }),
      )
      .returning(['failures', 'last_at'])
      .executeTakeFirstOrThrow()
    return { failures: row.failures, lastAt: row.last_at }
  },
  clear: async (key) => {
    await db.deleteFrom('throttle').where('key', '=', exactKey(key)).execute()
  },
})
