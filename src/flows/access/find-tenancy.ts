// The tenancy behind `/t/<tenancy>`; undefined when there is none. Its name is exact: it is part of an identifier.
import type { Tenancy } from '../../core/model/tenancy.ts'
import type { Store } from '../../ports/store.ts'

export type FindTenancy = (name: string) => Promise<Tenancy | undefined>

export const tenancyFinder =
  ({ store }: { readonly store: Pick<Store, 'read'> }): FindTenancy =>
  async (name) => {
    const found = await store.read((tx) => tx.tenancies.byName(undefined, name))
    return found?.name === name ? found : undefined
  }
