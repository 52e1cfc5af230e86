// Role assignments: names are unique in the tenancy. They go with their holder; a compartment that has some is not empty.
import { sql } from 'kysely'
import type { RoleAssignmentId, TenancyId } from '../../core/model/ids.ts'
import type { RoleAssignment, RoleHolder } from '../../core/model/role.ts'
import type { Tx } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { nouns } from './nouns.ts'
import { fromBody } from './text.ts'

const columns = { person: 'person_id', group: 'group_id', 'service-id': 'service_id_id' } as const

const holderCells = ({ kind, id }: RoleHolder) => ({
  person_id: kind === 'person' ? id : null,
  group_id: kind === 'group' ? id : null,
  service_id_id: kind === 'service-id' ? id : null,
})

export const roleAssignments = (db: Db): Tx['roleAssignments'] => ({
  ...nouns<RoleAssignment, RoleAssignmentId, TenancyId>(db, {
    table: 'role_assignment',
    cells: (row) => ({ tenancy_id: row.tenancyId, compartment_id: row.compartmentId, ...holderCells(row.holder) }),
    within: (tenancyId) => ({ tenancy_id: tenancyId }),
    siblings: (row) => ({ tenancy_id: row.tenancyId }),
  }),
  ofHolder: async ({ kind, id }) => {
    const found = await sql<{ body: string }>`select body from role_assignment
      where ${sql.ref(columns[kind])} = ${id} order by name_key, id`.execute(db)
    return found.rows.map((row) => fromBody<RoleAssignment>(row.body))
  },
})
