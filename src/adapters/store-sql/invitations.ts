// Invitations. The newest link's digest leads to them; of two who change one at a time, the second is told.
import type { Invitation } from '../../core/model/access.ts'
import type { Invitations } from '../../ports/store-access.ts'
import type { Db } from './dialect.ts'
import { isTaken, removeById } from './nouns.ts'
import { fromBody, nameKey, toBody } from './text.ts'

const columns = ['body', 'version'] as const
const fromRow = ({ body, version }: { body: string; version: number }): Invitation => ({
  ...fromBody<Invitation>(body),
  version,
})

export const invitations = (db: Db): Invitations => {
  const rows = db.selectFrom('invitation').select(columns).orderBy('created_at', 'desc').orderBy('id', 'desc')
  return {
    get: async (id) => {
      const row = await rows.where('id', '=', id).executeTakeFirst()
      return row && fromRow(row)
    },
    byToken: async (tokenHash) => {
      const row = await rows.where('token_hash', '=', tokenHash).executeTakeFirst()
      return row && fromRow(row)
    },
    ofTenancy: async (tenancy) => (await rows.where('tenancy_id', '=', tenancy).execute()).map(fromRow),
    add: async (invitation) => {
      const { id, tenancyId, domainId, name, tokenHash, status, createdAt, version } = invitation
      const name_key = nameKey(name)
      if (await isTaken(db, 'invitation', id, [{ tenancy_id: tenancyId, name_key, status: 'pending' }]))
        return 'name-taken'
      await db
        .insertInto('invitation')
        .values({
          id,
          tenancy_id: tenancyId,
          domain_id: domainId,
          token_hash: tokenHash,
          status,
          name_key,
          created_at: createdAt,
          version,
          body: toBody(invitation),
        })
        .execute()
      return 'ok'
    },
    save: async (invitation) => {
      const saved = await db
        .updateTable('invitation')
        .set({
          token_hash: invitation.tokenHash,
          status: invitation.status,
          version: invitation.version + 1,
          body: toBody(invitation),
        })
        .where('id', '=', invitation.id)
        .where('version', '=', invitation.version)
        .executeTakeFirst()
      return saved.numUpdatedRows > 0n ? 'saved' : 'stale'
    },
    remove: (id) => removeById(db, 'invitation', id),
  }
}
