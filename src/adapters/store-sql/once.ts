// Values used once. What was seen and what is kept are two purposes, so that neither can be mistaken for the other.
import type { JsonObject } from '../../core/model/json.ts'
import type { Once } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { exactKey, fromBody, toBody } from './text.ts'

export const once = (db: Db): Once => ({
  // One statement: the insert, or the renewal of a row whose time has passed, tells the first caller from the rest.
  see: async (key, until, now) => {
    const first = await db
      .insertInto('once')
      .values({ purpose: 'seen', key: exactKey(key), until_at: until, body: null })
      .onConflict((clash) =>
        now === undefined
          ? clash.doNothing()
          : clash.columns(['purpose', 'key']).doUpdateSet({ until_at: until }).where('once.until_at', '<=', now),
      )
      .returning('key')
      .executeTakeFirst()
    return first !== undefined
  },
  keep: async (key, value, until) => {
    const body = toBody(value)
    await db
      .insertInto('once')
      .values({ purpose: 'kept', key: exactKey(key), until_at: until, body })
      .onConflict((clash) => clash.columns(['purpose', 'key']).doUpdateSet({ until_at: until, body }))
      .execute()
  },
  kept: async (key, now) => {
    const row = await db
      .selectFrom('once')
      .select(['until_at', 'body'])
      .where('purpose', '=', 'kept')
      .where('key', '=', exactKey(key))
      .executeTakeFirst()
    return row?.body != null && row.until_at > now ? fromBody<JsonObject>(row.body) : undefined
  },
  take: async (key, now) => {
    const row = await db
      .deleteFrom('once')
      .where('purpose', '=', 'kept')
      .where('key', '=', exactKey(key))
      .returning(['until_at', 'body'])
      .executeTakeFirst()
    return row?.body != null && row.until_at > now ? fromBody<JsonObject>(row.body) : undefined
  },
})
