// What people type on the command line, found in the store: `tenancy/domain/name`.
import type { Idp } from '../core/model/idp.ts'
import type { Person } from '../core/model/person.ts'
import type { Domain, Tenancy } from '../core/model/tenancy.ts'
import type { Tx } from '../ports/store.ts'
import { Problem } from '../problem.ts'

type Place = { readonly tenancy: Tenancy; readonly domain: Domain; readonly name: string }

const placeAt = async (tx: Tx, path: string, what: string): Promise<Place | undefined> => {
  const [tenancyName = '', domainName = '', name = '', ...more] = path.split('/')
  if (name === '' || more.length > 0)
    throw new Problem('request-malformed', `expected \`tenancy/domain/${what}\`, got \`${path}\``)
  const tenancy = await tx.tenancies.byName(undefined, tenancyName)
  const domain = tenancy && (await tx.domains.byName(tenancy.id, domainName))
  return tenancy && domain && { tenancy, domain, name }
}

export const idpAt = async (tx: Tx, path: string): Promise<Idp> => {
  const place = await placeAt(tx, path, 'provider')
  const idp = place && (await tx.idps.byName(place.domain.id, place.name))
  if (!idp) throw new Problem('not-found', `there is no identity provider \`${path}\``)
  return idp
}

export const personAt = async (tx: Tx, path: string): Promise<Person & { readonly tenancy: Tenancy }> => {
  const place = await placeAt(tx, path, 'user')
  const person = place && (await tx.people.byUsername(place.domain.id, place.name))
  if (!place || !person) throw new Problem('not-found', `there is no person \`${path}\``)
  return { ...person, tenancy: place.tenancy }
}
