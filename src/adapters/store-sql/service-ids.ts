// Service IDs: names are unique in the tenancy. Their API keys and role assignments go with them.
import type { ServiceIdId, TenancyId } from '../../core/model/ids.ts'
import type { ServiceId } from '../../core/model/workload.ts'
import type { Tx } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { nouns } from './nouns.ts'

export const serviceIds = (db: Db): Tx['serviceIds'] =>
  nouns<ServiceId, ServiceIdId, TenancyId>(db, {
    table: 'service_id',
    cells: (row) => ({ tenancy_id: row.tenancyId, compartment_id: row.compartmentId }),
    within: (tenancyId) => ({ tenancy_id: tenancyId }),
    siblings: (row) => ({ tenancy_id: row.tenancyId }),
  })
