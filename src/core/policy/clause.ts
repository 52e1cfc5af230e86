// A statement made ready for the evaluator: names are ids, words are sets and levels. It depends on the policy and the catalogue alone,
// so that it outlives the snapshots it is part of.
import type { Bindings, Policy } from '../model/policy.ts'
import { type Aliases, aliasesOf, aliasKey } from './aliases.ts'
import type { Action, Admit, Endorse, Grant, Place, Statement, Subject } from './ast.ts'
import { type Catalogue, type Level, levelOf, type Permission } from './catalogue.ts'
import type { Predicate } from './condition.ts'
import { type CrossTerms, termsOf } from './cross-terms.ts'
import { fold } from './glob.ts'
import { parseStatement } from './parse.ts'
import { compartmentReference, groupReference } from './references.ts'
import { sharedPredicate } from './shared-predicates.ts'

export type Clause = {
  /** `<policy id>#<statement, from 1>` */
  readonly ref: string
  readonly policyId: string
  readonly policyName: string
  readonly text: string
  /** `local`: within the tenancy. The halves of an agreement between two tenancies are weighed apart from it. */
  readonly kind: 'local' | 'endorse' | 'admit'
  readonly effect: 'allow' | 'deny'
  /** No Deny removes what it grants: shipped with the product, or the role of a domain's administrators. */
  readonly system: boolean
  readonly subjects: readonly string[] // ids of groups, dynamic groups, people and service IDs; keys of services; ANY_USER or ANY_GROUP
  readonly types: ReadonlySet<number> | 'all'
  readonly level: Level | undefined
  readonly permissions: ReadonlySet<string> | undefined // named one by one, instead of a level
  readonly attachedTo: string
  /** Id of the compartment it covers; undefined: the root. */
  readonly compartmentId: string | undefined
  readonly where: Predicate | undefined
  /** Of `endorse` and `admit`: the terms between the tenancies. */
  readonly cross?: CrossTerms
}

// not ids: ids never hold a space
export const ANY_USER = 'any user'
export const ANY_GROUP = 'any group'
const nobody = 'no one'
export const serviceSubject = (name: string): string => `service ${fold(name)}`
/** The kind of a resource that acts, in words: `loganalyticsvrp LogAnalyticsVirtualResource`. */
export const resourceSubject = (words: string): string => `resource ${fold(words.trim().replace(/\s+/g, ' '))}`

const subjectsOf = (subject: Subject, idCalled: (kind: string, p: Named) => string | undefined): readonly string[] => {
  switch (subject.kind) {
    case 'any-user':
      return [ANY_USER]
    case 'any-group':
      return [ANY_GROUP]
    case 'service':
      return subject.names.map(({ text }) => serviceSubject(text))
    case 'resource':
      return [resourceSubject(subject.words.map(({ text }) => text).join(' '))]
    default:
      return subject.principals.map((p) => (p.kind === 'id' ? p.id.text : (idCalled(subject.kind, p) ?? nobody)))
  }
}
type Named = Parameters<typeof groupReference>[0]

const noTypes: ReadonlySet<number> = new Set()
export const typesNamed = (word: string, { named }: Catalogue): ReadonlySet<number> | 'all' =>
  word === 'all-resources' ? 'all' : (named.get(word) ?? noTypes)

export type What = Pick<Clause, 'types' | 'level' | 'permissions'>
export const whatOf = (action: Action, catalogue: Catalogue): What => {
  if (action.kind === 'verb') {
    const none = action.verb === 'associate'
    const level = action.verb === 'associate' ? undefined : levelOf[action.verb]
    return { types: none ? noTypes : typesNamed(action.resourceType.text, catalogue), level, permissions: undefined }
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
type Part = Pick<Clause, 'kind' | 'effect' | 'subjects' | 'compartmentId'> & { readonly cross?: CrossTerms }

const grantPart = ({ kind, subject, place }: Grant, bindings: Bindings): Part => ({
  kind: 'local',
  effect: kind,
  subjects: subjectsOf(subject, (of, p) => bindings[groupReference(p, of === 'group' ? 'group' : 'dynamic-group')]),
  compartmentId: compartmentOf(place, bindings),
})
const crossPart = (statement: Endorse | Admit, bindings: Bindings, aliases: Aliases): Part => {
  const { kind, deny, subject } = statement
  const cross = termsOf(statement, bindings, aliases)
  return {
    kind,
    effect: deny ? 'deny' : 'allow',
    // one's own groups are bound when it is written, another tenancy's stand behind an alias
    subjects: subjectsOf(subject, (of, p) =>
      kind === 'endorse'
        ? bindings[groupReference(p, of === 'group' ? 'group' : 'dynamic-group')]
        : aliases.get(aliasKey(of === 'group' ? 'group' : 'dynamic-group', p.name.text)),
    ),
    compartmentId: cross.place.compartmentId,
    cross,
  }
}

const clauseOf = (
  policy: Source,
  n: number,
  statement: Exclude<Statement, { kind: 'define' }>,
  catalogue: Catalogue,
  aliases: Aliases,
): Clause => {
  const bindings = policy.bindings[n] ?? {}
  const part =
    statement.kind === 'endorse' || statement.kind === 'admit'
      ? crossPart(statement, bindings, aliases)
      : grantPart(statement, bindings)
  return {
    ref: `${policy.id}#${n + 1}`,
    policyId: policy.id,
    policyName: policy.name,
    text: policy.statements[n] ?? '',
    system: policy.system,
    ...whatOf(statement.action, catalogue),
    attachedTo: policy.compartmentId,
    where: statement.where && sharedPredicate(statement.where, catalogue, policy.system),
    ...part,
    subjects: [...new Set(part.subjects)],
  }
}

/** Statements that no version of the write path would have let in are nobody's: they grant nothing. */
export const clausesOf = (policy: Source, catalogue: Catalogue): readonly Clause[] => {
  const parsed = policy.statements.map((text) => parseStatement(text).statement)
  const aliases = aliasesOf(parsed.filter((s) => s !== undefined))
  return parsed.flatMap((statement, n) =>
    statement === undefined || statement.kind === 'define' ? [] : [clauseOf(policy, n, statement, catalogue, aliases)],
  )
}

/** Allow holds what is on its level or below; Deny removes what is on its level or above. */
export const touches = (clause: Pick<Clause, keyof What | 'effect'>, permission: Permission): boolean => {
  const { effect, level, types, permissions } = clause
  if (permissions) return permissions.has(permission.name) && (types === 'all' || types.has(permission.type))
  if (level === undefined) return false
  if (effect === 'allow' ? permission.level > level : permission.level < level) return false
  return types === 'all' || types.has(permission.type)
}
