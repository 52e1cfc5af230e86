// Services that applications registered: names are unique in the tenancy.
import type { RegisteredServiceId, TenancyId } from '../../core/model/ids.ts'
import type { RegisteredService } from '../../core/model/resource.ts'
import type { Tx } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { nouns } from './nouns.ts'

export const services = (db: Db): Tx['services'] =>
  nouns<RegisteredService, RegisteredServiceId, TenancyId>(db, {
    table: 'registered_service',
    cells: (row) => ({ tenancy_id: row.tenancyId }),
    within: (tenancyId) => ({ tenancy_id: tenancyId }),
    siblings: (row) => ({ tenancy_id: row.tenancyId }),
  })
