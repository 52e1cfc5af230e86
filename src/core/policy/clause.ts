// A statement made ready for the evaluator: names are ids, words are sets and levels. It depends on the policy and the catalogue alone,
// so that it outlives the snapshots it is part of.
import type { Bindings, Policy } from '../model/policy.ts'
import type { Action, Grant, Place, Subject } from './ast.ts'
import { type Catalogue, type Level, levelOf, type Permission } from './catalogue.ts'
import { type Predicate, predicateOf } from './condition.ts'
import { parseStatement } from './parse.ts'
import { compartmentReference, groupReference } from './references.ts'

export type Clause = {
  /** `<policy id>#<statement, from 1>` */
  readonly ref: string
  readonly policyId: string
  readonly policyName: string
  readonly text: string
  readonly effect: 'allow' | 'deny'
  /** Shipped with the product: no Deny removes what it grants. */
  readonly system: boolean
  readonly subjects: readonly string[] // group ids, ANY_USER or ANY_GROUP
  readonly types: ReadonlySet<number> | 'all'
  readonly level: Level | undefined
  readonly permissions: ReadonlySet<string> | undefined // named one by one, instead of a level
  readonly attachedTo: string
  /** Id of the compartment it covers; undefined: the root. */
  readonly compartmentId: string | undefined
  readonly where: Predicate | undefined
}

// not ids: ids never hold a space
export const ANY_USER = 'any user'
export const ANY_GROUP = 'any group'
const nobody = 'no one'

const subjectsOf = (subject: Subject, bindings: Bindings): readonly string[] => {
  if (subject.kind === 'any-user') return [ANY_USER]
  if (subject.kind === 'any-group') return [ANY_GROUP]
  if (subject.kind !== 'group') return [nobody]
  return subject.principals.map((p) => (p.kind === 'id' ? p.id.text : (bindings[groupReference(p)] ?? nobody)))
}

const typesNamed = (word: string, { types, families }: Catalogue): ReadonlySet<number> | 'all' => {
  if (word === 'all-resources') return 'all'
  const type = types.get(word)
  return new Set(type ? [type.index] : (families.get(word) ?? []))
}

type What = Pick<Clause, 'types' | 'level' | 'permissions'>
const whatOf = (action: Action, catalogue: Catalogue): What => {
  if (action.kind === 'verb') {
    const none = action.verb === 'associate'
    const level = action.verb === 'associate' ? undefined : levelOf[action.verb]
    return { types: none ? new Set() : typesNamed(action.resourceType.text, catalogue), level, permissions: undefined }
  }
  const known = action.permissions.map((p) => catalogue.permissions.get(p.text)).filter((p) => p !== undefined)
  const within = action.resourceType === undefined ? 'all' : typesNamed(action.resourceType.text, catalogue)
  const inside = known.filter((p) => within === 'all' || within.has(p.type))
  return {
    types: new Set(inside.map((p) => p.type)),
    level: undefined,
    permissions: new Set(inside.map((p) => p.name)),
  }
}

const compartmentOf = (place: Place, bindings: Bindings): string | undefined => {
  if (place.kind === 'tenancy') return undefined
  return place.kind === 'compartment-id' ? place.id.text : (bindings[compartmentReference(place.path)] ?? nobody)
}

type Source = Pick<Policy, 'id' | 'name' | 'compartmentId' | 'statements' | 'bindings' | 'system'>

const clauseOf = (policy: Source, n: number, grant: Grant, catalogue: Catalogue): Clause => {
  const bindings = policy.bindings[n] ?? {}
  return {
    ref: `${policy.id}#${n + 1}`,
    policyId: policy.id,
    policyName: policy.name,
    text: policy.statements[n] ?? '',
    effect: grant.kind,
    system: policy.system,
    subjects: [...new Set(subjectsOf(grant.subject, bindings))],
    ...whatOf(grant.action, catalogue),
    attachedTo: policy.compartmentId,
    compartmentId: compartmentOf(grant.place, bindings),
    where: grant.where && predicateOf(grant.where, catalogue),
  }
}

/** Statements that no version of the write path would have let in are nobody's: they grant nothing. */
export const clausesOf = (policy: Source, catalogue: Catalogue): readonly Clause[] =>
  policy.statements.flatMap((text, n) => {
    const { statement } = parseStatement(text)
    return statement?.kind === 'allow' || statement?.kind === 'deny' ? [clauseOf(policy, n, statement, catalogue)] : []
  })

/** Allow holds what is on its level or below; Deny removes what is on its level or above. */
export const touches = (clause: Clause, permission: Permission): boolean => {
  if (clause.types !== 'all' && !clause.types.has(permission.type)) return false
  if (clause.permissions) return clause.permissions.has(permission.name)
  if (clause.level === undefined) return false
  return clause.effect === 'allow' ? permission.level <= clause.level : permission.level >= clause.level
}
