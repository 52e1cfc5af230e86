// What stands between this question and a Yes: the statements that deny and what would lift them, the Allow statements that come
// nearest and the element each lacks, and what the asker could get: a stronger sign-in, a group, facts that were not supplied.
import type { Condition, Test } from './ast.ts'
import type { Permission } from './catalogue.ts'
import { ANY_GROUP, ANY_USER, type Clause, touches } from './clause.ts'
import type { Snapshot } from './compile.ts'
import type { Predicate } from './condition.ts'
import { evaluate } from './evaluate.ts'
import { type Explanation, isSubject, type Judgement, type Trace } from './explain.ts'
import type { Placed } from './index-of-clauses.ts'
import { type SignInNeed, signInNeeded } from './needs.ts'
import { printCondition } from './print.ts'
import type { Ask } from './question.ts'
import { type Case, residualOf } from './residual.ts'

type Statement = Pick<Judgement, 'ref' | 'policy' | 'statement'>
export type Denial = Statement & {
  readonly permissions: readonly string[]
  /** Where this holds, the statement no longer denies; undefined: only another statement or other groups lift it. */
  readonly lifted: string | undefined
  readonly tests: readonly Trace[]
}
/** An element of a statement that does not fit, and what would. */
export type Lack =
  | { readonly element: 'subject'; readonly anyOf: readonly string[] }
  | { readonly element: 'compartment'; readonly covers: string | undefined }
  | { readonly element: 'verb'; readonly grants: string; readonly wanted: string }
  | { readonly element: 'condition'; readonly tests: readonly Trace[] }
export type Near = Statement & { readonly lacks: readonly Lack[] }
export type Missing = { readonly permission: string; readonly nearest: readonly Near[] }
export type GroupNeed = { readonly group: string; readonly through: readonly string[] }
export type WhatWouldChange = {
  readonly deniedBy: readonly Denial[]
  readonly notGranted: readonly Missing[]
  readonly needs: {
    readonly signIn: SignInNeed | undefined
    /** Being a member of one of them as well would be enough. */
    readonly groups: readonly GroupNeed[]
    /** Facts that nobody supplied, in one of these cases, would be enough. */
    readonly facts: readonly Case[]
  }
}

const NEAREST = 5
const GROUPS = 20

const opposite = (test: Test): Test | undefined => {
  switch (test.kind) {
    case 'compare':
      return { ...test, operator: test.operator === '=' ? '!=' : '=' }
    case 'in':
      return { ...test, negated: !test.negated }
    case 'before':
      return { ...test, kind: 'after' }
    case 'after':
      return { ...test, kind: 'before' }
    case 'absent':
      return { ...test, kind: 'present' }
    case 'present':
      return { ...test, kind: 'absent' }
    default:
      return undefined // the language has no word for it
  }
}

/** A condition that makes the given one false, where the language can say it. */
export const denialOf = (condition: Condition): Condition | undefined => {
  if (condition.kind !== 'group') return opposite(condition)
  const of = condition.of.map(denialOf)
  const said = of.filter((c) => c !== undefined)
  // to break an `all`, one of its members is enough; an `any` is broken only by all of them
  if (condition.quantifier === 'any' && said.length < of.length) return undefined
  const [only] = said
  if (only === undefined) return undefined
  return said.length === 1
    ? only
    : { kind: 'group', quantifier: condition.quantifier === 'any' ? 'all' : 'any', of: said }
}

export const conditionIn = (predicate: Predicate): Condition =>
  predicate.kind === 'test'
    ? predicate.test
    : { kind: 'group', quantifier: predicate.quantifier, of: predicate.of.map(conditionIn) }

type View = { readonly snapshot: Snapshot; readonly ask: Ask; readonly told: Explanation }

const testsOf = ({ told }: View, ref: string): readonly Trace[] =>
  told.judgements.find((j) => j.ref === ref)?.tests.filter((t) => t.truth !== 'true') ?? []

const denials = ({ ask, told }: View): readonly Denial[] =>
  told.denied.map((clause) => {
    const lifted = clause.where && denialOf(conditionIn(clause.where))
    return {
      ref: clause.ref,
      policy: clause.policyName,
      statement: clause.text,
      permissions: ask.need.permissions.filter((p) => touches(clause, p)).map((p) => p.name),
      lifted: lifted && printCondition(lifted),
      tests: told.judgements.find((j) => j.ref === clause.ref)?.tests ?? [],
    }
  })

const verbNames = ['inspect', 'read', 'use', 'manage'] as const
const grants = (clause: Clause): string =>
  clause.level === undefined ? `{${[...(clause.permissions ?? [])].sort().join(', ')}}` : verbNames[clause.level]

const isAbout = ({ types }: Clause, { type }: Permission): boolean => types === 'all' || types.has(type)

const lacksOf = ({ clause, covers }: Placed, permission: Permission, view: View): readonly Lack[] => {
  const { ask } = view
  const out: Lack[] = []
  if (!isSubject(clause, ask)) out.push({ element: 'subject', anyOf: clause.subjects })
  if (typeof covers === 'string' || !ask.place.chain.includes(covers))
    out.push({ element: 'compartment', covers: clause.compartmentId })
  if (!touches(clause, permission))
    out.push({ element: 'verb', grants: grants(clause), wanted: `${verbNames[permission.level]} (${permission.name})` })
  if (out.length === 0) out.push({ element: 'condition', tests: testsOf(view, clause.ref) })
  return out
}

const distance: { readonly [E in Lack['element']]: number } = { condition: 1, subject: 2, verb: 3, compartment: 4 }
const far = (lacks: readonly Lack[]): number =>
  lacks.length * 10 + lacks.reduce((sum, l) => sum + distance[l.element], 0)

/** Only statements about the type: something about other resources is not near. */
const nearestTo = (permission: Permission, view: View): readonly Near[] =>
  view.snapshot.clauses
    .filter(({ clause }) => clause.effect === 'allow' && !clause.system && isAbout(clause, permission))
    .map((placed) => ({ placed, lacks: lacksOf(placed, permission, view) }))
    .sort((a, b) => far(a.lacks) - far(b.lacks) || (a.placed.clause.ref < b.placed.clause.ref ? -1 : 1))
    .slice(0, NEAREST)
    .map(({ placed: { clause }, lacks }) => ({
      ref: clause.ref,
      policy: clause.policyName,
      statement: clause.text,
      lacks,
    }))

const missing = (view: View): readonly Missing[] => {
  const { ask, told } = view
  const notGranted = new Set(told.permissions.filter((p) => p.outcome === 'not-granted').map((p) => p.permission))
  return ask.need.permissions
    .filter((p) => notGranted.has(p.name))
    .map((p) => ({ permission: p.name, nearest: nearestTo(p, view) }))
}

/** Groups with a grant of something that is missing here: membership of one is tried, each alone. */
const groupsNeeded = ({ snapshot, ask, told }: View, isGroup: (id: string) => boolean): readonly GroupNeed[] => {
  if (told.reason !== 'not-granted') return []
  const through = new Map<string, string[]>()
  for (const { clause, covers } of snapshot.clauses) {
    if (clause.effect === 'deny' || clause.system || typeof covers === 'string') continue
    if (!ask.place.chain.includes(covers) || !ask.need.permissions.some((p) => touches(clause, p))) continue
    for (const subject of clause.subjects)
      if (
        subject !== ANY_USER &&
        subject !== ANY_GROUP &&
        isGroup(subject) &&
        !ask.principal.groupIds.includes(subject)
      )
        through.set(subject, [...(through.get(subject) ?? []), clause.ref])
  }
  const enough = (group: string): boolean => {
    const { principal } = ask
    return evaluate(snapshot, { ...ask, principal: { ...principal, groupIds: [...principal.groupIds, group] } }).allow
  }
  return [...through]
    .slice(0, GROUPS)
    .filter(([group]) => enough(group))
    .map(([group, refs]) => ({ group, through: [...new Set(refs)].sort() }))
}

/** For a No; of a Yes there is nothing to change. `isGroup`: which subjects are groups that people can be in. */
export const whatWouldChange = (
  snapshot: Snapshot,
  ask: Ask,
  told: Explanation,
  isGroup: (id: string) => boolean,
): WhatWouldChange => {
  if (told.allow) return { deniedBy: [], notGranted: [], needs: { signIn: undefined, groups: [], facts: [] } }
  const view = { snapshot, ask, told }
  return {
    deniedBy: denials(view),
    notGranted: missing(view),
    needs: {
      signIn: signInNeeded(snapshot, ask),
      groups: groupsNeeded(view, isGroup),
      facts: residualOf(snapshot, ask).cases,
    },
  }
}
