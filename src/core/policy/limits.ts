// How many policies and statements a tenancy may hold: per tenancy, per policy, and along any way from the root down to a leaf. Allow and
// Deny count alike, siblings are counted apart, and what ships with the product does not count. Numbers only; it stores nothing.
import { MAX_COMPARTMENT_DEPTH } from '../model/tenancy.ts'
import { isWithin, type Place, type Tree, treeOf } from './tree.ts'

export type PolicyLimits = {
  readonly policiesPerTenancy: number
  readonly statementsPerPolicy: number
  /** Summed over all policies attached to the compartments of one way from the root to a leaf. */
  readonly statementsPerPath: number
}
export const defaultLimits: PolicyLimits = {
  policiesPerTenancy: 100,
  statementsPerPolicy: 50,
  statementsPerPath: 500,
}

/** A policy as far as it counts. */
export type Counted = { readonly id: string; readonly compartmentId: string; readonly statements: number }
export type OverLimit = {
  readonly limit: keyof PolicyLimits
  readonly allowed: number
  /** In use now, without this write. */
  readonly used: number
  readonly wanted: number
  /** Where it would be too much: the tenancy, the policy's compartment, or the way that fills up. */
  readonly where: string
}

/** Statements of each place's own policies plus those of everything above it, by index. */
const sumsOf = (tree: Tree, policies: readonly Counted[]): readonly number[] => {
  const own = new Map<string, number>()
  for (const { compartmentId, statements } of policies)
    own.set(compartmentId, (own.get(compartmentId) ?? 0) + statements)
  const sums: number[] = []
  // places are numbered from the top down, so a parent's sum is there before its children's
  for (const { id, index, chain } of tree.places) sums[index] = (own.get(id) ?? 0) + (sums[chain[1] ?? -1] ?? 0)
  return sums
}

const wayTo = (tree: Tree, place: Place): string =>
  place.chain
    .toReversed()
    .map((index) => tree.places[index]?.name ?? '')
    .join(' > ')

/** The fullest way through a place. Sums never shrink on the way down, so it is enough to look at all that lies below. */
const fullestBelow = (
  tree: Tree,
  place: Place,
  sums: readonly number[],
): { readonly end: Place; readonly sum: number } => {
  let end = place
  for (const candidate of tree.places.slice(place.index, place.end))
    if ((sums[candidate.index] ?? 0) > (sums[end.index] ?? 0)) end = candidate
  return { end, sum: sums[end.index] ?? 0 }
}

/**
 * What a write would exceed, were it made. `policies` are those there now; `next` is new, or takes the place of the one with its id.
 * A write that makes nothing larger passes, so that a tenancy above a limit that was lowered can be brought below it step by step.
 */
export const overLimit = (
  limits: PolicyLimits,
  tree: Tree,
  policies: readonly Counted[],
  next: Counted,
): OverLimit | undefined => {
  const before = policies.find((p) => p.id === next.id)
  const place = tree.byId.get(next.compartmentId)
  const at = place ? wayTo(tree, place) : next.compartmentId
  const over = (limit: keyof PolicyLimits, used: number, wanted: number, where: string): OverLimit | undefined =>
    wanted > limits[limit] && wanted > used ? { limit, allowed: limits[limit], used, wanted, where } : undefined
  const count = policies.length
  const tooMany =
    over('policiesPerTenancy', count, before ? count : count + 1, tree.root?.name ?? '') ??
    over('statementsPerPolicy', before?.statements ?? 0, next.statements, at)
  if (tooMany || !place) return tooMany
  const after = fullestBelow(tree, place, sumsOf(tree, [...policies.filter((p) => p.id !== next.id), next]))
  const used = sumsOf(tree, policies)[after.end.index] ?? 0
  return over('statementsPerPath', used, after.sum, wayTo(tree, after.end))
}

const words: { readonly [limit in keyof PolicyLimits]: (where: string) => string } = {
  policiesPerTenancy: (where) => `policies in tenancy \`${where}\``,
  statementsPerPolicy: (where) => `statements in one policy (attached to \`${where}\`)`,
  statementsPerPath: (where) => `statements along the compartments \`${where}\``,
}

/** One line for a person: the limit by the name it is set by, what is in use, what was wanted and where. */
export const limitInWords = ({ limit, allowed, used, wanted, where }: OverLimit): string =>
  `the limit of ${allowed} ${words[limit](where)} would be exceeded: ${used} in use, ${wanted} wanted; it is set by \`policy.limits.${limit}\``

export type MoveFault =
  | { readonly kind: 'no-compartment' | 'root' | 'below-itself' | 'name-taken' }
  | { readonly kind: 'too-deep'; readonly allowed: number; readonly wanted: number; readonly where: string }
  | { readonly kind: 'limit'; readonly over: OverLimit }

/** The rows as they would be after the move. */
const treeAfter = (tree: Tree, moved: Place, parentId: string): Tree =>
  treeOf(
    tree.places.map(({ id, name, chain, tags }) => {
      const above = tree.places[chain[1] ?? -1]?.id
      return { id, name, tags, parentId: id === moved.id ? parentId : above } as Parameters<typeof treeOf>[0][number]
    }),
  )

/**
 * Why a compartment, with all that lies below it, cannot be moved there: a tree has no loops and at most six levels below the root,
 * siblings have different names, and the statements along each way are counted anew. A way that does not get fuller passes.
 */
export const limitsAfterMove = (
  limits: PolicyLimits,
  tree: Tree,
  policies: readonly Counted[],
  { compartmentId, parentId }: { readonly compartmentId: string; readonly parentId: string },
): MoveFault | undefined => {
  const [moved, parent] = [tree.byId.get(compartmentId), tree.byId.get(parentId)]
  if (!moved || !parent) return { kind: 'no-compartment' }
  if (moved === tree.root) return { kind: 'root' }
  if (isWithin(parent, moved)) return { kind: 'below-itself' }
  const namesake = parent.children.get(moved.name.toLowerCase())
  if (namesake !== undefined && namesake !== moved.index) return { kind: 'name-taken' }
  const after = treeAfter(tree, moved, parentId)
  const here = after.byId.get(compartmentId)
  if (!here) return { kind: 'no-compartment' }
  const deepest = after.places
    .slice(here.index, here.end)
    .reduce((most, place) => (place.chain.length > most.chain.length ? place : most), here)
  const depth = deepest.chain.length - 1
  if (depth > MAX_COMPARTMENT_DEPTH)
    return { kind: 'too-deep', allowed: MAX_COMPARTMENT_DEPTH, wanted: depth, where: wayTo(after, deepest) }
  const { end, sum } = fullestBelow(after, here, sumsOf(after, policies))
  const used = sumsOf(tree, policies)[tree.byId.get(end.id)?.index ?? -1] ?? 0
  if (sum <= limits.statementsPerPath || sum <= used) return undefined
  const over = { limit: 'statementsPerPath', allowed: limits.statementsPerPath, used, wanted: sum } as const
  return { kind: 'limit', over: { ...over, where: wayTo(after, end) } }
}
