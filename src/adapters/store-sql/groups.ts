// Groups. Names are unique in the domain; a tenancy's groups are read together by policies. Memberships go with the group.

import type { Group } from '../../core/model/group.ts'
import type { DomainId, GroupId } from '../../core/model/ids.ts'
import type { Tx } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { nouns } from './nouns.ts'
import { fromBody } from './text.ts'

export const groups = (db: Db): Tx['groups'] => ({
  ...nouns<Group, GroupId, DomainId>(db, {
    table: 'directory_group',
    cells: (row) => ({ tenancy_id: row.tenancyId, domain_id: row.domainId }),
    within: (domainId) => ({ domain_id: domainId }),
    siblings: (row) => ({ domain_id: row.domainId }),
  }),
  ofTenancy: async (id) => {
    const rows = await db
      .selectFrom('directory_group')
      .select('body')
      .where('tenancy_id', '=', id)
      .orderBy('name_key')
      .orderBy('id')
      .execute()
    return rows.map((row) => fromBody<Group>(row.body))
  },
})
