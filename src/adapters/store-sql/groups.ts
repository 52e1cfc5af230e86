// Groups. Names are unique in the domain; a tenancy's groups are read together by policies. Memberships go with the group.

import type { Group } from '../../core/model/group.ts'
import type { DomainId, GroupId } from '../../core/model/ids.ts'
import type { Tx } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { isTaken, nouns } from './nouns.ts'
import { exactKey, fromBody, nameKey } from './text.ts'

export const groups = (db: Db): Tx['groups'] => {
  const all = nouns<Group, GroupId, DomainId>(db, {
    table: 'directory_group',
    cells: (row) => ({
      tenancy_id: row.tenancyId,
      domain_id: row.domainId,
      external_key: row.externalId === undefined ? null : exactKey(row.externalId),
    }),
    within: (domainId) => ({ domain_id: domainId }),
    siblings: (row) => ({ domain_id: row.domainId }),
  })
  return {
    ...all,
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
    byExternalId: async (domain, externalId) => {
      const rows = await db
        .selectFrom('directory_group')
        .select('body')
        .where('domain_id', '=', domain)
        .where('external_key', '=', exactKey(externalId))
        .execute() // sorted by nobody: with an order, SQLite would walk all groups of the domain
      return rows.map((row) => fromBody<Group>(row.body))
    },
    // one name space with the dynamic groups of the domain
    put: async (row) => {
      const rival = { domain_id: row.domainId, name_key: nameKey(row.name) }
      return (await isTaken(db, 'dynamic_group', '', [rival])) ? 'name-taken' : all.put(row)
    },
  }
}
