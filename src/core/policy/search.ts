// Questions asked backwards: who can do this there, and what can this one do where, through which statement. The answers are the
// evaluator's; what depends on facts that are not known says under which condition. Knows no person: whoever asks knows who they are.
import type { EpochMs } from '../model/time.ts'
import { verbs } from './ast.ts'
import { needOf, type Permission, type ResourceType } from './catalogue.ts'
import { touches } from './clause.ts'
import type { Snapshot } from './compile.ts'
import type { Ask, Principal, Supplied } from './question.ts'
import { type IsOpen, type Residual, residualOf } from './residual.ts'
import type { Place } from './tree.ts'

const subjectsFor = (snapshot: Snapshot, permission: Permission, place: Place): ReadonlySet<string> => {
  const out = new Set<string>()
  for (const { clause, covers } of snapshot.clauses)
    if (
      clause.effect === 'allow' &&
      typeof covers === 'number' &&
      place.chain.includes(covers) &&
      touches(clause, permission)
    )
      for (const subject of clause.subjects) out.add(subject)
  return out
}

/**
 * Subjects of the statements without which nobody can do it. Every permission is needed, so whoever may do it all is a subject of some
 * statement about the permission that the fewest statements grant.
 */
export const grantees = (snapshot: Snapshot, { need, place }: Pick<Ask, 'need' | 'place'>): ReadonlySet<string> => {
  const [first, ...others] = need.permissions.map((permission) => subjectsFor(snapshot, permission, place))
  return others.reduce((least, subjects) => (subjects.size < least.size ? subjects : least), first ?? new Set<string>())
}

const MOST_PARTNERS = 30

const among = ({ kind, cases }: Residual, groups: readonly string[]): Residual['cases'] => {
  const member = groups.map((id) => `request.groups.id = '${id}'`)
  const all = (when: string | undefined): string => {
    const [only] = member
    return when === undefined && member.length === 1 && only !== undefined
      ? only
      : `all { ${[...member, ...(when === undefined ? [] : [when])].join(', ')} }`
  }
  if (kind === 'always') return [{ when: all(undefined), unless: undefined }]
  return cases.map(({ when, unless }) => ({ when: all(when), unless }))
}

/** Of a member of a group whose statements are not enough: which other one, or two, would be, as a condition on the groups they are in. */
export const withPartners = (
  snapshot: Snapshot,
  ask: Ask,
  isGroup: (subject: string) => boolean,
  isOpen: IsOpen,
): Residual => {
  const own = ask.principal.groupIds
  const asMember = (groupIds: readonly string[]): Residual =>
    residualOf(snapshot, { ...ask, principal: { ...ask.principal, groupIds } }, isOpen)
  // who is in a group that is enough by itself is named for that one
  const partners = [...new Set(ask.need.permissions.flatMap((p) => [...subjectsFor(snapshot, p, ask.place)]))]
    .filter((subject) => isGroup(subject) && !own.includes(subject) && asMember([subject]).kind === 'never')
    .sort()
    .slice(0, MOST_PARTNERS)
  const through = new Set<string>()
  const casesOf = (sets: readonly (readonly string[])[]): Residual['cases'] =>
    sets.flatMap((groups) => {
      const answer = asMember([...own, ...groups])
      if (answer.kind === 'never') return []
      for (const ref of answer.through) through.add(ref)
      return among(answer, groups)
    })
  const one = casesOf(partners.map((p) => [p]))
  const cases = one.length > 0 ? one : casesOf(partners.flatMap((p, n) => partners.slice(n + 1).map((q) => [p, q])))
  return { kind: cases.length > 0 ? 'conditional' : 'never', cases, through: [...through].sort() }
}

/** Every action of the type that has a name: its operations, and the verbs that need something. */
export const actionsOf = (type: ResourceType): readonly string[] => [
  ...[...type.operations.values()]
    .filter((need) => need.permissions.length > 0)
    .flatMap((need) => need.operation ?? []),
  ...verbs.filter((verb) => type.verbs[verb].permissions.length > 0 && !type.operations.has(verb)),
]

/** Permissions of a type that somebody holds somewhere, all under the same condition. */
export type Reach = { readonly type: string; readonly permissions: readonly string[]; readonly answer: Residual }
export type Searcher = { readonly principal: Principal; readonly facts: Supplied; readonly now: EpochMs }

/** What the principal may do in a compartment, as far as nothing is said about the resource. */
export const reachAt = (
  snapshot: Snapshot,
  { principal, facts, now }: Searcher,
  place: Place,
  types: readonly ResourceType[] = snapshot.catalogue.all,
): readonly Reach[] =>
  types.flatMap((type) => {
    const alike = new Map<string, { readonly permissions: string[]; readonly answer: Residual }>()
    for (const permission of type.permissions) {
      const need = needOf([permission])
      const { catalogue } = snapshot
      const answer = residualOf(snapshot, {
        principal,
        need,
        type,
        place,
        supplied: () => facts,
        tagsKnown: false,
        catalogue,
        now,
      })
      if (answer.kind === 'never') continue
      const key = JSON.stringify(answer)
      const known = alike.get(key) ?? { permissions: [], answer }
      alike.set(key, known)
      known.permissions.push(permission.name)
    }
    return [...alike.values()].map((reach) => ({ type: type.name, ...reach }))
  })

/** The same question asked of each compartment, with what tells one resource from another left out. */
export const answersByPlace = (
  snapshot: Snapshot,
  ask: Ask,
  places: readonly Place[],
): readonly { readonly place: Place; readonly answer: Residual }[] => {
  const facts = new Map(ask.supplied())
  facts.delete('target.resource.id')
  facts.delete(`target.${ask.type.noun}.id`.toLowerCase())
  return places.map((place) => ({ place, answer: residualOf(snapshot, { ...ask, place, supplied: () => facts }) }))
}
