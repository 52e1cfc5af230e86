// Identity domains. Removing one removes everything that lives in it.
import type { DomainId, TenancyId } from '../../core/model/ids.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import type { Tx } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { nouns } from './nouns.ts'
import { forgetTraffic } from './tenancies.ts'

export const domains = (db: Db): Tx['domains'] => {
  const all = nouns<Domain, DomainId, TenancyId>(db, {
    table: 'domain',
    cells: (row) => ({ tenancy_id: row.tenancyId, compartment_id: row.compartmentId }),
    within: (tenancyId) => ({ tenancy_id: tenancyId }),
    siblings: (row) => ({ tenancy_id: row.tenancyId }),
  })
  return {
    ...all,
    remove: async (id) => {
      await forgetTraffic(db, 'id', id)
      return all.remove(id)
    },
  }
}
