// Nobody gives what he does not hold. Asked of the evaluator, about everything that a role assignment would reach: every type with the
// facts that the assignment fixes, in every compartment below where some policy may say otherwise.
import { needOf, type Permission, type ResourceType } from '../../core/policy/catalogue.ts'
import type { Predicate } from '../../core/policy/condition.ts'
import { evaluate } from '../../core/policy/evaluate.ts'
import { type Ask, type Supplied, suppliedBy } from '../../core/policy/question.ts'
import { attributesOf, type Narrowing, permissionsOfRole, variableFor } from '../../core/policy/role-clauses.ts'
import type { Role } from '../../core/policy/roles.ts'
import type { Place } from '../../core/policy/tree.ts'
import type { Asker } from './permits.ts'

const aboutCompartments = ['target.compartment.', 'target.resource.compartment.']
const asksWhere = (predicate: Predicate): boolean =>
  predicate.kind === 'group'
    ? predicate.of.some(asksWhere)
    : predicate.variables.some(({ name }) => aboutCompartments.some((prefix) => name.startsWith(prefix)))

/** What is held at a place is held below it, save where a Deny begins, or where something asks about the compartment. */
const placesBelow = ({ snapshot }: Asker, top: Place): readonly Place[] => {
  const inside = snapshot.tree.places.slice(top.index, top.end)
  const begins = new Set<unknown>([top.index])
  for (const { clause, covers } of snapshot.clauses) {
    if (clause.where !== undefined && asksWhere(clause.where)) return inside
    if (clause.effect === 'deny') begins.add(covers)
  }
  return inside.filter((place) => begins.has(place.index))
}

/** What the assignment says of every resource of the type that it reaches; of the resource itself nothing more is known. */
const factsOf = ({ snapshot, context }: Asker, type: ResourceType, narrowing: Narrowing): Supplied => {
  const none = { action: '', resourceType: type.name, resourceId: '', resource: {}, context }
  const out = new Map(suppliedBy(none, type))
  out.delete('target.resource.id')
  out.delete(`target.${type.noun}.id`.toLowerCase())
  if (narrowing.service !== undefined)
    out.set(`target.${type.noun}.service`.toLowerCase(), [narrowing.service.toLowerCase()])
  for (const [name, value] of attributesOf(narrowing, snapshot.catalogue)) {
    const variable = variableFor(name, type)
    if (variable !== undefined) out.set(variable, [value.toLowerCase()])
  }
  return out
}

const STRANGE = ['\u0000']
/**
 * The same where whatever was not said is there and is unlike anything: a permission that needs a fact to be absent is not held in this
 * world, and one that a Deny takes from what has the fact is not either.
 */
const strange = (facts: Supplied): Supplied => {
  const out = new Map(facts)
  out.get = (name) => facts.get(name) ?? (name.startsWith('target.') ? STRANGE : undefined)
  return out
}

type World = { readonly place: Place; readonly type: ResourceType; readonly facts: Supplied }

const lackedIn = (asker: Asker, { place, type, facts }: World, needed: readonly Permission[], system: boolean) => {
  const { snapshot, principal, now } = asker
  const ask = (permissions: readonly Permission[]): Ask => ({
    principal,
    need: needOf(permissions),
    type,
    place,
    supplied: () => facts,
    tagsKnown: false,
    catalogue: snapshot.catalogue,
    now,
  })
  // beyond the reach of Deny is more than holding it
  if (system)
    return needed.filter((p) => !evaluate(snapshot, ask([p])).because.some((c) => c.system)).map(({ name }) => name)
  return evaluate(snapshot, ask(needed))
    .permissions.filter(({ outcome }) => outcome !== 'granted')
    .map(({ permission }) => permission)
}

/** Permissions that the role would give under the narrowing, in this compartment and below, and that the asker does not hold. */
export const lackedFor = (asker: Asker, role: Role, narrowing: Narrowing, compartmentId: string): readonly string[] => {
  const { tree, catalogue } = asker.snapshot
  const names = [...permissionsOfRole(role, narrowing, catalogue)]
  const top = tree.byId.get(compartmentId)
  if (!top) return names.sort()
  const byType = Map.groupBy(
    names.map((name) => catalogue.permissions.get(name)).filter((p) => p !== undefined),
    (p) => p.type,
  )
  const missing = new Set<string>()
  for (const place of placesBelow(asker, top))
    for (const [index, needed] of byType) {
      const type = catalogue.all[index]
      if (!type) continue
      const facts = factsOf(asker, type, narrowing)
      for (const world of [facts, strange(facts)])
        for (const name of lackedIn(asker, { place, type, facts: world }, needed, role.aboveDeny)) missing.add(name)
    }
  return [...missing].sort()
}

const unnarrowed: Narrowing = { service: undefined, resource: { type: undefined, id: undefined, attributes: {} } }

/**
 * Of these permissions, those that the asker does not hold in the compartment and below, whatever the resource: what a policy or a role
 * gives a group, given on by whoever puts somebody into it. `aboveDeny`: it was given beyond the reach of Deny.
 */
export const lackedAt = (
  asker: Asker,
  permissions: readonly Permission[],
  top: Place,
  aboveDeny: boolean,
): readonly string[] => {
  const byType = Map.groupBy(permissions, (p) => p.type)
  const missing = new Set<string>()
  for (const place of placesBelow(asker, top))
    for (const [index, needed] of byType) {
      const type = asker.snapshot.catalogue.all[index]
      if (!type) continue
      const facts = factsOf(asker, type, unnarrowed)
      for (const world of [facts, strange(facts)])
        for (const name of lackedIn(asker, { place, type, facts: world }, needed, aboveDeny)) missing.add(name)
    }
  return [...missing]
}
