// Compartments as paths name them: `root`, a path of names from below the root (`Prod:Web`), or an id.
import type { CompartmentId } from '../../core/model/ids.ts'
import type { Tenancy } from '../../core/model/tenancy.ts'
import { type Place, type Tree, treeOf } from '../../core/policy/tree.ts'
import type { Target } from '../../flows/access/permits.ts'
import type { Tx } from '../../ports/store.ts'
import { notFound } from './route.ts'

export const ROOT = 'root'

export const treeIn = async (tx: Tx, { id }: Pick<Tenancy, 'id'>): Promise<Tree> =>
  treeOf(await tx.compartments.list({ tenancyId: id }))

/** An id first: names that look like one cannot be given. */
export const placeNamed = (tree: Tree, called: string): Place | undefined =>
  tree.byId.get(called) ?? (called.toLowerCase() === ROOT ? tree.root : tree.byPath.get(called.toLowerCase()))

export const compartmentIdOf = (place: Place): CompartmentId => place.id as CompartmentId

export const compartmentNamed = (tree: Tree, called: string): CompartmentId => {
  const place = placeNamed(tree, called)
  if (!place) throw notFound('compartment', called)
  return compartmentIdOf(place)
}
/** As it is shown: the way it may be named again. */
export const pathOf = (tree: Tree, id: string): string => {
  const place = tree.byId.get(id)
  return !place || place === tree.root ? ROOT : place.path
}

/** Something in a compartment, or the compartment itself. */
export const targetAt = (
  compartmentId: string,
  { id, name }: { readonly id: string; readonly name: string },
  more: Pick<Target, 'tags' | 'facts'> = {},
): Target => ({ id, name, compartmentId, tags: more.tags, ...(more.facts ? { facts: more.facts } : {}) })
