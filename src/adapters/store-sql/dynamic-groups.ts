// Dynamic groups. Their names share one space with the groups of the domain, so each looks at the other's table before it takes a name.
import type { DomainId, DynamicGroupId } from '../../core/model/ids.ts'
import type { DynamicGroup } from '../../core/model/workload.ts'
import type { Tx } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { isTaken, nouns } from './nouns.ts'
import { fromBody, nameKey } from './text.ts'

export const dynamicGroups = (db: Db): Tx['dynamicGroups'] => {
  const all = nouns<DynamicGroup, DynamicGroupId, DomainId>(db, {
    table: 'dynamic_group',
    cells: (row) => ({ tenancy_id: row.tenancyId, domain_id: row.domainId }),
    within: (domainId) => ({ domain_id: domainId }),
    siblings: (row) => ({ domain_id: row.domainId }),
  })
  return {
    ...all,
    ofTenancy: async (id) => {
      const rows = await db
        .selectFrom('dynamic_group')
        .select('body')
        .where('tenancy_id', '=', id)
        .orderBy('name_key')
        .orderBy('id')
        .execute()
      return rows.map((row) => fromBody<DynamicGroup>(row.body))
    },
    put: async (row) => {
      const rival = { domain_id: row.domainId, name_key: nameKey(row.name) }
      return (await isTaken(db, 'directory_group', '', [rival])) ? 'name-taken' : all.put(row)
    },
  }
}
