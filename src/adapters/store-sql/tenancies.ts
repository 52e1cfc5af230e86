// Tenancies. The revision lives in its own column: one statement bumps it, and no replacement can move it backwards.
import { sql } from 'kysely'
import type { TenancyId } from '../../core/model/ids.ts'
import type { Tenancy } from '../../core/model/tenancy.ts'
import type { Change, Tx } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { kept } from './kept.ts'
import { isTaken, removeById, upsert } from './nouns.ts'
import { fromBody, nameKey, toBody } from './text.ts'

/** Revisions whose changes are remembered: a node further behind reads everything anew. */
const FOLLOWED = 1000

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

const byId = kept((db, key: { id: string }) =>
  db.selectFrom('tenancy').select(['body', 'revision']).where('id', '=', key.id),
)
const byKey = kept((db, { key }: { key: string }) =>
  db.selectFrom('tenancy').select(['body', 'revision']).where('name_key', '=', key),
)
const revisionOf = kept((db, key: { id: string }) =>
  db.selectFrom('tenancy').select('revision').where('id', '=', key.id),
)
const tenancyIn = ([row]: readonly { body: string; revision: number }[]): Tenancy | undefined => row && fromRow(row)

export const tenancies = (db: Db): Tx['tenancies'] => {
  return {
    get: async (id) => tenancyIn(await byId(db, { id })),
    byName: async (_, name) => tenancyIn(await byKey(db, { key: nameKey(name) })),
    list: async () =>
      (await db.selectFrom('tenancy').select(['body', 'revision']).orderBy('name_key').execute()).map(fromRow),
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
    bumpRevision: async (id, change) => {
      const bumped = await db
        .updateTable('tenancy')
        .set({ revision: sql<number>`revision + 1` })
        .where('id', '=', id)
        .returning('revision')
        .executeTakeFirst()
      if (!bumped) throw new Error(`there is no tenancy \`${id}\` whose revision could be bumped`)
      const { revision } = bumped
      if (change) {
        const { noun, id: noun_id } = change
        await db.insertInto('revision_change').values({ tenancy_id: id, revision, noun, noun_id }).execute()
        await db
          .deleteFrom('revision_change')
          .where('tenancy_id', '=', id)
          .where('revision', '<=', revision - FOLLOWED)
          .execute()
      }
      return revision
    },
    // A revision without a row was bumped by somebody who did not say what changed, or was forgotten: either way a gap.
    changesSince: async (id, since) => {
      const rows = await db
        .selectFrom('revision_change')
        .select(['revision', 'noun', 'noun_id'])
        .where('tenancy_id', '=', id)
        .where('revision', '>', since)
        .orderBy('revision')
        .execute()
      const tenancy = await db.selectFrom('tenancy').select('revision').where('id', '=', id).executeTakeFirst()
      if (!tenancy || rows.length !== tenancy.revision - since) return undefined
      return rows.map((row): Change => ({ noun: row.noun as Change['noun'], id: row.noun_id }))
    },
    revision: async (id: TenancyId) => (await revisionOf(db, { id }))[0]?.revision,
  }
}
