// The same decision with every statement in view: what matched, what nearly did and which element failed. It walks all clauses instead of
// the index and weighs them with the evaluator's own hands, so the two cannot drift apart.
import type { Permission } from './catalogue.ts'
import { ANY_GROUP, ANY_USER, type Clause, touches } from './clause.ts'
import type { Snapshot } from './compile.ts'
import { holds, type Predicate, type Truth } from './condition.ts'
import { emptyTally, isExempt, type Verdict, verdictOf, weigh } from './evaluate.ts'
import type { Placed } from './index-of-clauses.ts'
import { printCondition } from './print.ts'
import type { Ask } from './question.ts'
import { NO_KEY } from './reach.ts'
import { isInSomeGroup, ownSubject } from './subjects.ts'

/** A test of a condition, and why it came out as it did. */
export type Trace = {
  readonly permission: string
  readonly test: string
  readonly truth: Truth
  /** `missing`: the variable has no value here; `not-supplied`: the caller did not say; `different`: it has another value. */
  readonly why: 'missing' | 'not-supplied' | 'different' | undefined
  readonly variable: string
}
export type Judgement = {
  readonly ref: string
  readonly policy: string
  readonly statement: string
  readonly effect: Clause['effect']
  /** `matched`: it had its say. Otherwise the first element that did not fit. */
  readonly result:
    | 'matched'
    | 'subject'
    | 'compartment'
    | 'compartment-gone'
    | 'moved-away'
    | 'resource-type'
    | 'verb'
    | 'condition'
  readonly tests: readonly Trace[]
}
export type Explanation = Verdict & {
  readonly exempt: boolean
  readonly judgements: readonly Judgement[]
}

export const isSubject = ({ subjects }: Pick<Clause, 'subjects'>, { principal }: Pick<Ask, 'principal'>): boolean => {
  const own = ownSubject(principal)
  return subjects.some(
    (s) =>
      s === ANY_USER ||
      s === own ||
      (s === ANY_GROUP && isInSomeGroup(principal)) ||
      principal.groupIds.includes(s) ||
      principal.dynamicGroupIds?.includes(s) === true,
  )
}

const traces = (predicate: Predicate, ask: Ask, permission: Permission): readonly Trace[] => {
  if (predicate.kind === 'group') return predicate.of.flatMap((inner) => traces(inner, ask, permission))
  const truth = holds(predicate, ask, permission)
  const worths = predicate.variables.map((v) => v.worth(ask, permission))
  const why =
    truth === 'true'
      ? undefined
      : worths.includes('nothing')
        ? 'missing'
        : worths.includes('unknown')
          ? 'not-supplied'
          : 'different'
  return [
    {
      permission: permission.name,
      test: printCondition(predicate.test),
      truth,
      why,
      variable: predicate.test.variable.text,
    },
  ]
}

const mismatch = ({ clause, covers }: Placed, ask: Ask): Judgement['result'] | undefined => {
  if (typeof covers === 'string') return covers
  if (!isSubject(clause, ask)) return 'subject'
  if (!ask.place.chain.includes(covers)) return 'compartment'
  const { types } = clause
  if (types !== 'all' && !ask.need.types.some((type) => types.has(type))) return 'resource-type'
  return ask.need.permissions.some((p) => touches(clause, p)) ? undefined : 'verb'
}

/** Matched, for an Allow: true for a permission; for a Deny: not false for one. */
const conditionResult = (
  clause: Pick<Clause, 'where' | 'effect'>,
  touched: readonly Permission[],
  ask: Ask,
): 'matched' | 'condition' => {
  const { where } = clause
  if (where === undefined) return 'matched'
  const truths = touched.map((p) => holds(where, ask, p))
  return truths.some((t) => t === 'true' || (clause.effect === 'deny' && t === 'undecided')) ? 'matched' : 'condition'
}

/** What is told of one statement. `touched`: the needed permissions that it speaks of. */
export const judgementOf = (
  clause: Clause,
  failed: Judgement['result'] | undefined,
  touched: readonly Permission[],
  ask: Ask,
): Judgement => {
  const { where } = clause
  return {
    ref: clause.ref,
    policy: clause.policyName,
    statement: clause.text,
    effect: clause.effect,
    result: failed ?? conditionResult(clause, touched, ask),
    tests: failed === undefined && where !== undefined ? touched.flatMap((p) => traces(where, ask, p)) : [],
  }
}

export const explain = (snapshot: Snapshot, ask: Ask): Explanation => {
  const clauses = snapshot.clauses.map((placed) => placed.clause)
  const tally = emptyTally(ask, clauses)
  const judgements = snapshot.clauses.map((placed, n): Judgement => {
    const { clause } = placed
    const failed = mismatch(placed, ask)
    if (failed === undefined) weigh(n, NO_KEY, clause.where, ask, tally)
    const touched = failed === undefined ? ask.need.permissions.filter((p) => touches(clause, p)) : []
    return judgementOf(clause, failed, touched, ask)
  })
  const exempt = isExempt(snapshot, ask)
  return { ...verdictOf(tally, ask, exempt), exempt, judgements }
}
