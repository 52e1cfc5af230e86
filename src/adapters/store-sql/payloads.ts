// Rows of oidc-provider. `consumed_at` is a column that only `consume` sets and nothing clears: the provider saves models
// again after it consumed them, and a late save must not make a spent code or refresh token fresh.
import type { JsonObject } from '../../core/model/json.ts'
import type { Payload, Payloads } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { kept } from './kept.ts'
import type { Schema } from './schema.ts'
import { exactKey, fromBody, toBody } from './text.ts'

type Row = { body: string; consumed_at: number | null }
type Kept = Omit<Payload, 'consumedAt'>
const columns = ['body', 'consumed_at'] as const

const fromRow = (row: Row | undefined): Payload | undefined => {
  if (!row) return undefined
  const { scope, model, id, body, grantId, uid, userCode, expiresAt } = fromBody<Kept>(row.body)
  return { scope, model, id, body, grantId, uid, userCode, expiresAt, consumedAt: row.consumed_at ?? undefined }
}

const maybeKey = (text: string | undefined): string | null => (text === undefined ? null : exactKey(text))

const toRow = ({ consumedAt, ...kept }: Payload) => ({
  scope: kept.scope,
  model: kept.model,
  id: exactKey(kept.id),
  grant_id: maybeKey(kept.grantId),
  uid: maybeKey(kept.uid),
  user_code: maybeKey(kept.userCode),
  consumed_at: consumedAt ?? null,
  expires_at: kept.expiresAt ?? null,
  body: toBody(kept satisfies Kept & { readonly body: JsonObject }),
})

const select = kept((db, key: { scope: string; model: string; id: string }) =>
  db
    .selectFrom('payload')
    .select(columns)
    .where('scope', '=', key.scope)
    .where('model', '=', key.model)
    .where('id', '=', key.id),
)
const insert = kept((db, row: Schema['payload']) => {
  const { scope, model, id, grant_id, uid, user_code, consumed_at, expires_at, body } = row
  return db
    .insertInto('payload')
    .values({ scope, model, id, grant_id, uid, user_code, consumed_at, expires_at, body })
    .onConflict((clash) =>
      clash.columns(['scope', 'model', 'id']).doUpdateSet((eb) => ({
        grant_id,
        uid,
        user_code,
        consumed_at: eb.fn.coalesce('payload.consumed_at', 'excluded.consumed_at'),
        expires_at,
        body,
      })),
    )
})
// One statement: of two requests with the same code, the second finds it consumed.
const consume = kept((db, key: { scope: string; model: string; id: string; at: number }) =>
  db
    .updateTable('payload')
    .set({ consumed_at: key.at })
    .where('scope', '=', key.scope)
    .where('model', '=', key.model)
    .where('id', '=', key.id)
    .where('consumed_at', 'is', null)
    .returning('id'),
)

const found = (db: Db): Pick<Payloads, 'get' | 'byUid' | 'byUserCode'> => {
  const of = (scope: string, model: string) =>
    db.selectFrom('payload').select(columns).where('scope', '=', scope).where('model', '=', model)
  return {
    get: async (scope, model, id) => fromRow((await select(db, { scope, model, id: exactKey(id) }))[0]),
    byUid: async (scope, model, uid) =>
      fromRow(await of(scope, model).where('uid', '=', exactKey(uid)).orderBy('id').limit(1).executeTakeFirst()),
    byUserCode: async (scope, model, userCode) =>
      fromRow(
        await of(scope, model)
          .where('user_code', '=', exactKey(userCode))
          .orderBy('expires_at', 'desc') // user codes are short and come round again: the newest is meant
          .orderBy('id')
          .limit(1)
          .executeTakeFirst(),
      ),
  }
}

export const payloads = (db: Db): Payloads => ({
  ...found(db),
  put: async (payload) => {
    await insert(db, toRow(payload))
  },
  add: async (payload) => {
    const added = await db
      .insertInto('payload')
      .values(toRow(payload))
      .onConflict((clash) => clash.doNothing())
      .returning('id')
      .executeTakeFirst()
    return added !== undefined
  },
  consume: async (scope, model, id, at) => (await consume(db, { scope, model, id: exactKey(id), at })).length > 0,
  remove: async (scope, model, id) => {
    await db
      .deleteFrom('payload')
      .where('scope', '=', scope)
      .where('model', '=', model)
      .where('id', '=', exactKey(id))
      .execute()
  },
  removeByGrant: async (scope, grantId) => {
    const gone = await db
      .deleteFrom('payload')
      .where('scope', '=', scope)
      .where('grant_id', '=', exactKey(grantId))
      .executeTakeFirst()
    return Number(gone.numDeletedRows)
  },
})
