// `/d/<tenancy>/<domain>` → the domain behind it and its issuer. The issuer comes from configuration, never from a request.
import type { Domain, Tenancy } from '../../core/model/tenancy.ts'
import type { Store } from '../../ports/store.ts'
import type { FindDomain } from './api.ts'

type Deps = { readonly store: Store; readonly baseUrl: string }

export const issuerOf = (baseUrl: string, tenancy: Pick<Tenancy, 'name'>, domain: Pick<Domain, 'name'>): string =>
  `${baseUrl}/d/${tenancy.name}/${domain.name}`

export const domainFinder =
  ({ store, baseUrl }: Deps): FindDomain =>
  (tenancyName, domainName) =>
    store.read(async (tx) => {
      const tenancy = await tx.tenancies.byName(undefined, tenancyName)
      const domain = tenancy && (await tx.domains.byName(tenancy.id, domainName))
      // Names compare without case in the store, but one issuer has one spelling: anything else would be a second issuer.
      if (!tenancy || !domain || tenancy.name !== tenancyName || domain.name !== domainName) return undefined
      return { tenancy, domain, issuer: issuerOf(baseUrl, tenancy, domain) }
    })
