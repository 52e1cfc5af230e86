// The compartments of a tenancy as policies see them: who is above whom, and what a path means from somewhere. Names compare without case.
import type { Tags } from '../model/tag.ts'
import type { Compartment } from '../model/tenancy.ts'

export type Place = {
  readonly index: number
  readonly id: string
  readonly name: string
  /** Itself first, then its parents up to the root. */
  readonly chain: readonly number[]
  /** Every place from `index` to before `end` lies in its subtree: places are numbered from the top down. */
  readonly end: number
  readonly path: string // from below the root, `Prod:Web`; the root's is its name
  readonly children: ReadonlyMap<string, number> // by lower-case name
  readonly tags: Tags
}
export type Tree = {
  readonly places: readonly Place[]
  readonly root: Place | undefined
  readonly byId: ReadonlyMap<string, Place>
  /** By lower-case path from below the root; a name that holds a colon is in no path. */
  readonly byPath: ReadonlyMap<string, Place>
}

/** What of a compartment matters here. */
export type TreeRow = Pick<Compartment, 'id' | 'parentId' | 'name' | 'tags'>

const untagged: Tags = {}

type Growing = Omit<Place, 'end'> & { end: number; readonly children: Map<string, number> }

/** A row whose parent is missing, or that is its own ancestor, hangs on nothing and is left out: no policy reaches it. */
export const treeOf = (rows: readonly TreeRow[]): Tree => {
  const below = Map.groupBy(rows, (row) => row.parentId)
  const places: Growing[] = []
  const byId = new Map<string, Place>()
  const byPath = new Map<string, Place>()
  const add = (row: (typeof rows)[number], parent: Growing | undefined): void => {
    const index = places.length
    const place: Growing = {
      index,
      id: row.id,
      name: row.name,
      chain: parent ? [index, ...parent.chain] : [index],
      end: index + 1,
      path: parent && parent.index !== 0 ? `${parent.path}:${row.name}` : row.name,
      children: new Map(),
      tags: row.tags ?? untagged,
    }
    places.push(place)
    byId.set(row.id, place)
    if (parent && (parent.index === 0 || byPath.has(parent.path.toLowerCase())) && !row.name.includes(':'))
      byPath.set(place.path.toLowerCase(), place)
    parent?.children.set(row.name.toLowerCase(), index)
    for (const child of below.get(row.id) ?? []) add(child, place)
    place.end = places.length
  }
  const [root] = below.get(undefined) ?? []
  if (root) add(root, undefined)
  return { places, root: places[0], byId, byPath }
}

/** Every place has the number and the extent it had: whatever was placed in the one is rightly placed in the other. */
export const isSameShape = (a: Tree, b: Tree): boolean =>
  a.places.length === b.places.length &&
  a.places.every(({ id, end }, n) => id === b.places[n]?.id && end === b.places[n]?.end)

export const isWithin = (inner: Place, outer: Place): boolean => inner.index >= outer.index && inner.index < outer.end

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
  const byPath = tree.byPath.get(called.toLowerCase())
  return byId && byPath && byId !== byPath ? undefined : (byId ?? byPath)
}
