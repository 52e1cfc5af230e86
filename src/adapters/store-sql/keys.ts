// Signing keys of a domain, sealed by others. The status is a column: a rotation changes nothing else.
import type { SigningKey } from '../../core/model/key.ts'
import type { Keys } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { fromBody, toBody } from './text.ts'

const fromRow = ({ body, status }: { body: string; status: string }): SigningKey => ({
  ...fromBody<SigningKey>(body),
  status: status as SigningKey['status'],
})

export const keys = (db: Db): Keys => ({
  get: async (id) => {
    const row = await db.selectFrom('signing_key').select(['body', 'status']).where('id', '=', id).executeTakeFirst()
    return row && fromRow(row)
  },
  ofDomain: async (domain) => {
    const rows = await db
      .selectFrom('signing_key')
      .select(['body', 'status'])
      .where('domain_id', '=', domain)
      .orderBy('created_at')
      .orderBy('id')
      .execute()
    return rows.map(fromRow)
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
  remove: async (id) => {
    const gone = await db.deleteFrom('signing_key').where('id', '=', id).executeTakeFirst()
    return gone.numDeletedRows > 0n
  },
})
