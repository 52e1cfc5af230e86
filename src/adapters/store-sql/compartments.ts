// Compartments: names are unique among siblings. Removing one that still has something inside is an error of the caller.
import type { CompartmentId, TenancyId } from '../../core/model/ids.ts'
import type { Compartment } from '../../core/model/tenancy.ts'
import type { Tx } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { nouns } from './nouns.ts'

type Scope = { tenancyId: TenancyId; parentId?: CompartmentId }

// A root has no parent, and NULL equals nothing in SQL: the empty key lets the unique index see two roots.
const ROOT = ''

export const compartments = (db: Db): Tx['compartments'] => {
  const all = nouns<Compartment, CompartmentId, Scope>(db, {
    table: 'compartment',
    cells: (row) => ({
      tenancy_id: row.tenancyId,
      parent_id: row.parentId ?? null,
      parent_key: row.parentId ?? ROOT,
    }),
    within: ({ tenancyId, parentId }) => ({
      tenancy_id: tenancyId,
      ...(parentId === undefined ? {} : { parent_key: parentId }),
    }),
    siblings: (row) => ({ tenancy_id: row.tenancyId, parent_key: row.parentId ?? ROOT }),
  })
  const roots = nouns<Compartment, CompartmentId, TenancyId>(db, {
    table: 'compartment',
    cells: () => ({}),
    within: (tenancyId) => ({ tenancy_id: tenancyId, parent_key: ROOT }),
    siblings: (row) => ({ tenancy_id: row.tenancyId, parent_key: ROOT }),
  })
  return {
    ...all,
    byName: (scope, name) =>
      scope.parentId === undefined ? roots.byName(scope.tenancyId, name) : all.byName(scope, name),
  }
}
