// Policies. Names are unique in the compartment they are attached to; a tenancy's are compiled together.
import type { CompartmentId, PolicyId, TenancyId } from '../../core/model/ids.ts'
import type { Policy } from '../../core/model/policy.ts'
import type { Tx } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { nouns } from './nouns.ts'

type Scope = { tenancyId: TenancyId; compartmentId?: CompartmentId }

export const policies = (db: Db): Tx['policies'] =>
  nouns<Policy, PolicyId, Scope>(db, {
    table: 'policy',
    cells: (row) => ({ tenancy_id: row.tenancyId, compartment_id: row.compartmentId }),
    within: ({ tenancyId, compartmentId }) => ({
      tenancy_id: tenancyId,
      ...(compartmentId === undefined ? {} : { compartment_id: compartmentId }),
    }),
    siblings: (row) => ({ compartment_id: row.compartmentId }),
  })
