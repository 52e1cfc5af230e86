// Registered resources, by type and the application's own name for them.
import type { RegisteredResource } from '../../core/model/resource.ts'
import type { Resources } from '../../ports/store-access.ts'
import type { Db } from './dialect.ts'
import { kept } from './kept.ts'
import { isTaken, removeById, upsert } from './nouns.ts'
import { fromBody, nameKey, toBody } from './text.ts'

const fromRow = ({ body }: { body: string }): RegisteredResource => fromBody<RegisteredResource>(body)

const byName = kept((db, key: { tenancy: string; type: string; name: string }) =>
  db
    .selectFrom('resource')
    .select('body')
    .where('tenancy_id', '=', key.tenancy)
    .where('type_key', '=', key.type)
    .where('name_key', '=', key.name),
)

export const resources = (db: Db): Resources => ({
  get: async (id) => {
    const row = await db.selectFrom('resource').select('body').where('id', '=', id).executeTakeFirst()
    return row && fromRow(row)
  },
  byName: async (tenancy, type, name) => {
    const [row] = await byName(db, { tenancy, type: nameKey(type), name: nameKey(name) })
    return row && fromRow(row)
  },
  list: async (tenancy, { type, compartmentId, after, limit }) => {
    let rows = db.selectFrom('resource').select('body').where('tenancy_id', '=', tenancy)
    if (type !== undefined) rows = rows.where('type_key', '=', nameKey(type))
    if (compartmentId !== undefined) rows = rows.where('compartment_id', '=', compartmentId)
    if (after !== undefined)
      rows = rows.where((eb) =>
        eb(eb.refTuple('type_key', 'name_key'), '>', eb.tuple(nameKey(after.type), nameKey(after.name))),
      )
    return (await rows.orderBy('type_key').orderBy('name_key').limit(limit).execute()).map(fromRow)
  },
  count: async (tenancy, compartmentId) => {
    const counted = await db
      .selectFrom('resource')
      .select((eb) => eb.fn.countAll().as('n'))
      .where('tenancy_id', '=', tenancy)
      .where('compartment_id', '=', compartmentId)
      .executeTakeFirst()
    return Number(counted?.n ?? 0)
  },
  put: async (row) => {
    const named = { tenancy_id: row.tenancyId, type_key: nameKey(row.type), name_key: nameKey(row.name) }
    if (await isTaken(db, 'resource', row.id, [named])) return 'name-taken'
    await upsert(db, 'resource', { id: row.id, compartment_id: row.compartmentId, ...named, body: toBody(row) })
    return 'ok'
  },
  remove: (id) => removeById(db, 'resource', id),
})
