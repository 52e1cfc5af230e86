// Signing keys of a domain, sealed by others. The status is a column: a rotation changes nothing else.
import type { SigningKey } from '../../core/model/key.ts'
import type { Keys } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { fromBody, toBody } from './text.ts'

export const keys = (db: Db): Keys => ({
  ofDomain: async (domain) => {
    const rows = await db
      .selectFrom('signing_key')
      .select(['body', 'status'])
      .where('domain_id', '=', domain)
      .orderBy('created_at')
      .orderBy('id')
      .execute()
    return rows.map(({ body, status }) => ({ ...fromBody<SigningKey>(body), status: status as SigningKey['status'] }))
  },
  // A plain insert: a kid is never used twice, and a second one must fail loudly.
  add: async (key) => {
    const { id, domainId, status, createdAt } = key
    await db
      .insertInto('signing_key')
      .values({ id, domain_id: domainId, status, created_at: createdAt, body: toBody(key) })
      .execute()
  },
  setStatus: async (id, status) => {
    const moved = await db.updateTable('signing_key').set({ status }).where('id', '=', id).executeTakeFirst()
    return moved.numUpdatedRows > 0n
  },
})
