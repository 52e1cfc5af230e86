// Tenancies. The revision lives in its own column: one statement bumps it, and no replacement can move it backwards.
import { sql } from 'kysely'
import type { TenancyId } from '../../core/model/ids.ts'
import type { Tenancy } from '../../core/model/tenancy.ts'
import type { Tx } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { isTaken, removeById, upsert } from './nouns.ts'
import { fromBody, nameKey, toBody } from './text.ts'

const fromRow = ({ body, revision }: { body: string; revision: number }): Tenancy => ({
  ...fromBody<Tenancy>(body),
  revision,
})

/** Of one domain or, by its tenancy, of many: what has no foreign key to them and must not outlive them. */
export const forgetTraffic = async (db: Db, column: 'id' | 'tenancy_id', id: string): Promise<void> => {
  const domains = db.selectFrom('domain').select('id').where(column, '=', id)
  await db.deleteFrom('session').where('domain_id', 'in', domains).execute()
  await db.deleteFrom('payload').where('scope', 'in', domains).execute()
}

export const tenancies = (db: Db): Tx['tenancies'] => {
  const rows = db.selectFrom('tenancy').select(['body', 'revision'])
  return {
    get: async (id) => {
      const row = await rows.where('id', '=', id).executeTakeFirst()
      return row && fromRow(row)
    },
    byName: async (_, name) => {
      const row = await rows.where('name_key', '=', nameKey(name)).executeTakeFirst()
      return row && fromRow(row)
    },
    list: async () => (await rows.orderBy('name_key').execute()).map(fromRow),
    put: async (tenancy) => {
      const { id, revision } = tenancy
      const name_key = nameKey(tenancy.name)
      if (await isTaken(db, 'tenancy', id, [{ name_key }])) return 'name-taken'
      await upsert(db, 'tenancy', { id, name_key, revision, body: toBody(tenancy) }, ['revision'])
      // INVARIANT: never backwards. A node that cached revision 7 would trust it again when 7 comes round a second time.
      await db.updateTable('tenancy').set({ revision }).where('id', '=', id).where('revision', '<', revision).execute()
      return 'ok'
    },
    remove: async (id) => {
      await forgetTraffic(db, 'tenancy_id', id)
      await db.deleteFrom('payload').where('scope', '=', id).execute()
      return removeById(db, 'tenancy', id)
    },
    bumpRevision: async (id) => {
      const bumped = await db
        .updateTable('tenancy')
        .set({ revision: sql<number>`revision + 1` })
        .where('id', '=', id)
        .returning('revision')
        .executeTakeFirst()
      if (!bumped) throw new Error(`there is no tenancy \`${id}\` whose revision could be bumped`)
      return bumped.revision
    },
    revision: async (id: TenancyId) =>
      (await db.selectFrom('tenancy').select('revision').where('id', '=', id).executeTakeFirst())?.revision,
  }
}
