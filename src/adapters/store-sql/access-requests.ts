// Access requests: at most one pending per person and group; deciding one is a compare-and-swap, so that it is decided once.
import type { AccessRequest } from '../../core/model/access.ts'
import type { AccessRequests } from '../../ports/store-access.ts'
import type { Db } from './dialect.ts'
import { isTaken } from './nouns.ts'
import { fromBody, toBody } from './text.ts'

const columns = ['body', 'version'] as const
const fromRow = ({ body, version }: { body: string; version: number }): AccessRequest => ({
  ...fromBody<AccessRequest>(body),
  version,
})

export const accessRequests = (db: Db): AccessRequests => {
  const rows = db.selectFrom('access_request').select(columns).orderBy('created_at', 'desc').orderBy('id', 'desc')
  return {
    get: async (id) => {
      const row = await rows.where('id', '=', id).executeTakeFirst()
      return row && fromRow(row)
    },
    ofGroup: async (group) => (await rows.where('group_id', '=', group).execute()).map(fromRow),
    ofPerson: async (person) => (await rows.where('person_id', '=', person).execute()).map(fromRow),
    ofTenancy: async (tenancy, status) => {
      const all = rows.where('tenancy_id', '=', tenancy)
      return (await (status === undefined ? all : all.where('status', '=', status)).execute()).map(fromRow)
    },
    add: async (request) => {
      const { id, tenancyId, groupId, personId, status, createdAt, version } = request
      const rival = { person_id: personId, group_id: groupId, status: 'pending' }
      if (await isTaken(db, 'access_request', id, [rival])) return 'duplicate'
      await db
        .insertInto('access_request')
        .values({
          id,
          tenancy_id: tenancyId,
          group_id: groupId,
          person_id: personId,
          status,
          created_at: createdAt,
          version,
          body: toBody(request),
        })
        .execute()
      return 'ok'
    },
    save: async (request) => {
      const saved = await db
        .updateTable('access_request')
        .set({ status: request.status, version: request.version + 1, body: toBody(request) })
        .where('id', '=', request.id)
        .where('version', '=', request.version)
        .executeTakeFirst()
      return saved.numUpdatedRows > 0n ? 'saved' : 'stale'
    },
  }
}
