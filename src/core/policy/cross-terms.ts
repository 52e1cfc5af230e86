// What an Endorse or an Admit says beside its subject and condition: which tenancy, which compartment in it, and which second resource of an
// `associate`. Aliases are replaced by the ids they stand for; a place that nothing stands behind is nowhere.
import type { Bindings } from '../model/policy.ts'
import { type Aliases, aliasKey } from './aliases.ts'
import type { Action, Admit, Endorse, FarPlace, Place } from './ast.ts'
import { compartmentReference } from './references.ts'

// not ids: ids never hold a space
export const OWN = 'own tenancy'
export const ANY_TENANCY = 'any tenancy'
const NOWHERE = 'no where'

export type CrossPlace = {
  readonly tenancy: string // id, OWN or ANY_TENANCY
  readonly compartmentId: string | undefined // undefined: all of it
}
export type CrossTerms = {
  /** Read against the catalogue of the tenancy that is asked: the resources are there. */
  readonly action: Action
  readonly place: CrossPlace
  readonly partner: { readonly resourceType: string; readonly place: CrossPlace } | undefined
  /** Admit: whose subjects. Undefined: named by ids, which belong to one tenancy anyway. */
  readonly from: string | undefined
}

export const placeOf = (place: Place | FarPlace, bindings: Bindings, aliases: Aliases): CrossPlace => {
  if (place.kind === 'any-tenancy') return { tenancy: ANY_TENANCY, compartmentId: undefined }
  const tenancyCalled = (name: string): string => aliases.get(aliasKey('tenancy', name)) ?? NOWHERE
  if (place.kind === 'tenancy') {
    const name = 'name' in place ? place.name : undefined
    return { tenancy: name ? tenancyCalled(name.text) : OWN, compartmentId: undefined }
  }
  const of = 'of' in place ? place.of : undefined
  const tenancy = of ? tenancyCalled(of.text) : OWN
  if (place.kind === 'compartment-id') return { tenancy, compartmentId: place.id.text }
  const [first] = place.path
  const alias = first && place.path.length === 1 ? aliases.get(aliasKey('compartment', first.text)) : undefined
  const bound = of ? undefined : bindings[compartmentReference(place.path)]
  return { tenancy, compartmentId: bound ?? alias ?? NOWHERE }
}

export const termsOf = (statement: Endorse | Admit, bindings: Bindings, aliases: Aliases): CrossTerms => {
  const { action, partner } = statement
  const of = statement.kind === 'admit' ? statement.of : undefined
  return {
    action,
    place: placeOf(statement.place, bindings, aliases),
    partner: partner && {
      resourceType: partner.resourceType.text,
      place: placeOf(partner.place, bindings, aliases),
    },
    from: of?.kind === 'tenancy' ? (aliases.get(aliasKey('tenancy', of.name.text)) ?? NOWHERE) : of && ANY_TENANCY,
  }
}
