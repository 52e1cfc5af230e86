// API keys by the digest of their secret. When one was last used is a column of its own: using a key replaces nothing.
import type { ApiKey } from '../../core/model/workload.ts'
import type { ApiKeys, StoredApiKey } from '../../ports/store-access.ts'
import type { Db } from './dialect.ts'
import { kept } from './kept.ts'
import { removeById, upsert } from './nouns.ts'
import { fromBody, toBody } from './text.ts'

const columns = ['body', 'last_used_at'] as const
type Row = { body: string; last_used_at: number | null }
const fromRow = ({ body, last_used_at }: Row): StoredApiKey => ({
  ...fromBody<ApiKey>(body),
  lastUsedAt: last_used_at ?? undefined,
})

const byHash = kept((db, key: { hash: string }) =>
  db.selectFrom('api_key').select(columns).where('hash', '=', key.hash),
)

export const apiKeys = (db: Db): ApiKeys => {
  const rows = db.selectFrom('api_key').select(columns).orderBy('created_at', 'desc').orderBy('id', 'desc')
  return {
    get: async (id) => {
      const row = await rows.where('id', '=', id).executeTakeFirst()
      return row && fromRow(row)
    },
    byHash: async (hash) => {
      const [row] = await byHash(db, { hash })
      return row && fromRow(row)
    },
    ofOwner: async ({ kind, id }) =>
      (await rows.where(kind === 'person' ? 'person_id' : 'service_id_id', '=', id).execute()).map(fromRow),
    ofTenancy: async (tenancy) => (await rows.where('tenancy_id', '=', tenancy).execute()).map(fromRow),
    put: (key) =>
      upsert(db, 'api_key', {
        id: key.id,
        tenancy_id: key.tenancyId,
        person_id: key.owner.kind === 'person' ? key.owner.id : null,
        service_id_id: key.owner.kind === 'service-id' ? key.owner.id : null,
        hash: key.hash,
        created_at: key.createdAt,
        body: toBody(key),
      }),
    touch: async (id, at) => {
      await db
        .updateTable('api_key')
        .set({ last_used_at: at })
        .where('id', '=', id)
        .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', at)]))
        .execute()
    },
    remove: (id) => removeById(db, 'api_key', id),
  }
}
