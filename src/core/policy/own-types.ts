// The resource-types that the gateway itself protects. Nobody registers resources of them: what is registered is believed, and believing
// somebody about where a policy or a group lies would be letting them change it.
import type { Catalogue } from './catalogue.ts'

export const OWN_SERVICE = 'identity'
export const isOwnType = (type: string, { types }: Pick<Catalogue, 'types'>): boolean =>
  types.get(type.toLowerCase())?.service === OWN_SERVICE
