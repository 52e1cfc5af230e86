// The compartments of a tenancy as policies see them: who is above whom, and what a path means from somewhere. Names compare without case.
import type { Compartment } from '../model/tenancy.ts'

export type Place = {
  readonly index: number
  readonly id: string
  readonly name: string
  /** Itself first, then its parents up to the root. */
  readonly chain: readonly number[]
  readonly path: string // from below the root, `Prod:Web`; the root's is its name
  readonly children: ReadonlyMap<string, number> // by lower-case name
}
export type Tree = {
  readonly places: readonly Place[]
  readonly root: Place | undefined
  readonly byId: ReadonlyMap<string, Place>
}

type Growing = Place & { readonly children: Map<string, number> }

/** A row whose parent is missing, or that is its own ancestor, hangs on nothing and is left out: no policy reaches it. */
export const treeOf = (rows: readonly Pick<Compartment, 'id' | 'parentId' | 'name'>[]): Tree => {
  const below = Map.groupBy(rows, (row) => row.parentId)
  const places: Growing[] = []
  const byId = new Map<string, Place>()
  const add = (row: (typeof rows)[number], parent: Growing | undefined): void => {
    const index = places.length
    const place: Growing = {
      index,
      id: row.id,
      name: row.name,
      chain: parent ? [index, ...parent.chain] : [index],
      path: parent && parent.index !== 0 ? `${parent.path}:${row.name}` : row.name,
      children: new Map(),
    }
    places.push(place)
    byId.set(row.id, place)
    parent?.children.set(row.name.toLowerCase(), index)
    for (const child of below.get(row.id) ?? []) add(child, place)
  }
  const [root] = below.get(undefined) ?? []
  if (root) add(root, undefined)
  return { places, root: places[0], byId }
}

export const isWithin = (inner: Place, outer: Place): boolean => inner.chain.includes(outer.index)

/** Down from a place by names; undefined where there is no such child. */
export const descend = (tree: Tree, from: Place, names: readonly string[]): Place | undefined => {
  let here: Place | undefined = from
  for (const name of names) {
    const index: number | undefined = here?.children.get(name.toLowerCase())
    here = index === undefined ? undefined : tree.places[index]
  }
  return here
}

/**
 * What a question calls a compartment: nothing (the root), an id, or a path of names from the root. What fits both ways but means two
 * places is nobody's: a compartment named like another one's id must not stand in for it.
 */
export const placeCalled = (tree: Tree, called: string | undefined): Place | undefined => {
  if (called === undefined || called === '') return tree.root
  const byId = tree.byId.get(called)
  const byPath =
    tree.root &&
    descend(
      tree,
      tree.root,
      called.split(':').map((name) => name.trim()),
    )
  return byId && byPath && byId !== byPath ? undefined : (byId ?? byPath)
}
