// A decision with facts left open: always, never, or under which condition. Known facts are put into the tests, and what is left is
// printed in the language, so that whoever lists resources can filter by it. Without open facts it is the decision itself.
import type { Condition, Name, Test, Value } from './ast.ts'
import type { Permission } from './catalogue.ts'
import { type Clause, touches } from './clause.ts'
import type { Snapshot } from './compile.ts'
import type { Predicate } from './condition.ts'
import { isExempt, visitFitting } from './evaluate.ts'
import type { Variable } from './facts.ts'
import { printCondition } from './print.ts'
import type { Ask } from './question.ts'

/** Granted where `when` is true and `unless` is false; a missing part holds. What is still not known leaves `when` and `unless` in force against the asker. */
export type Case = { readonly when: string | undefined; readonly unless: string | undefined }
export type Residual = {
  readonly kind: 'always' | 'never' | 'conditional'
  /** One of them suffices; empty unless conditional. */
  readonly cases: readonly Case[]
  /** Statements and assignments that it depends on. */
  readonly through: readonly string[]
}
/** Variables to be left open although the question says something about them. */
export type IsOpen = (variable: string) => boolean
const nothingMore: IsOpen = () => false

type Part = boolean | Condition
type TestPredicate = Extract<Predicate, { readonly kind: 'test' }>

const keyOf = (part: Condition): string => printCondition(part).toLowerCase()

const join = (quantifier: 'any' | 'all', parts: readonly Part[]): Part => {
  const absorbing = quantifier === 'any'
  if (parts.includes(absorbing)) return absorbing
  const conditions = parts
    .filter((p) => typeof p !== 'boolean')
    .flatMap((p) => (p.kind === 'group' && p.quantifier === quantifier ? p.of : [p]))
  const of = [...new Map(conditions.map((c) => [keyOf(c), c])).values()]
  const [only] = of
  if (only === undefined) return !absorbing
  return of.length === 1 ? only : { kind: 'group', quantifier, of }
}

const nameOf = (text: string): Name => ({ text, at: 0 })
const textOf = (text: string): Value => ({ kind: 'text', text, at: 0 })

type Look = { readonly ask: Ask; readonly permission: Permission; readonly isOpen: IsOpen }

/** The values of a variable, when they can stand in a condition: a `*` in a fact is no wildcard, and an empty list cannot be written. */
const writable = (variable: Variable, { ask, permission, isOpen }: Look): readonly string[] | undefined => {
  if (isOpen(variable.name)) return undefined
  const worth = variable.worth(ask, permission)
  return typeof worth === 'string' || worth.length === 0 || worth.some((v) => v.includes('*')) ? undefined : worth
}

const against = (variable: Name, values: readonly string[], negated: boolean): Test => {
  const [only] = values
  return values.length === 1 && only !== undefined
    ? { kind: 'compare', variable, operator: negated ? '!=' : '=', value: textOf(only) }
    : { kind: 'in', variable, negated, values: values.map(textOf) }
}

/** What is known is put in; comparing is symmetric, so a known left side changes places with an open right one. */
const substituted = ({ test, variables }: TestPredicate, look: Look): Part => {
  const known = (name: string): readonly string[] | undefined => {
    const variable = variables.find((v) => v.name === name.toLowerCase())
    return variable && writable(variable, look)
  }
  const left = known(test.variable.text)
  if (test.kind === 'sets') {
    if (!('kind' in test.other)) return test
    const right = known(test.other.text)
    if (right) return { ...test, other: right.map(nameOf) }
    return left ? { ...test, variable: nameOf(test.other.text), other: left.map(nameOf) } : test
  }
  if (test.kind !== 'compare' && test.kind !== 'in') return test
  const negated = test.kind === 'compare' ? test.operator === '!=' : test.negated
  const values = test.kind === 'compare' ? [test.value] : test.values
  if (left) {
    const open = values.filter((v) => v.kind === 'variable' && known(v.text) === undefined)
    if (open.length < values.length) return test
    return join(
      negated ? 'all' : 'any',
      open.map((v) => against(nameOf(v.text), left, negated)),
    )
  }
  const put = values.flatMap((v) => (v.kind === 'variable' ? (known(v.text)?.map(textOf) ?? [v]) : [v]))
  const [only] = put
  return put.length === 1 && only !== undefined
    ? { kind: 'compare', variable: test.variable, operator: negated ? '!=' : '=', value: only }
    : { kind: 'in', variable: test.variable, negated, values: put }
}

/** @param lacking what a test without a truth counts as: it keeps an Allow from granting and does not keep a Deny from holding */
const restOfTest = (predicate: TestPredicate, look: Look, lacking: boolean): Part => {
  const { ask, permission, isOpen } = look
  const { variables, test } = predicate
  const forced = variables.filter((v) => isOpen(v.name))
  const worths = variables.filter((v) => !forced.includes(v)).map((v) => v.worth(ask, permission))
  const open = forced.length > 0 || worths.includes('unknown')
  // whether something is there is decided in every question, but not for what may still be said
  const undecidable = forced.length > 0 || ((test.kind === 'absent' || test.kind === 'present') && open)
  const truth = undecidable ? 'undecided' : predicate.truth(ask, permission)
  if (truth !== 'undecided') return truth === 'true'
  if (!open) return lacking
  // nothing makes a comparison false whatever the others turn out to be; in a list of several it only drops out
  const values = test.kind === 'in' ? test.values.length : 1
  if (worths.includes('nothing') && (values === 1 || (test.kind === 'in' && test.negated))) return false
  return worths.includes('nothing') ? withoutNothing(predicate, look) : substituted(predicate, look)
}

const withoutNothing = (predicate: TestPredicate, look: Look): Part => {
  const { test, variables } = predicate
  if (test.kind !== 'in') return false
  const nothing = variables.filter((v) => !look.isOpen(v.name) && v.worth(look.ask, look.permission) === 'nothing')
  const isNothing = (text: string): boolean => nothing.some((v) => v.name === text.toLowerCase())
  const values = test.values.filter((v) => v.kind !== 'variable' || !isNothing(v.text))
  if (isNothing(test.variable.text) || values.length === 0) return false
  return substituted({ ...predicate, test: { ...test, values } }, look)
}

const restOf = (predicate: Predicate, look: Look, lacking: boolean): Part =>
  predicate.kind === 'test'
    ? restOfTest(predicate, look, lacking)
    : join(
        predicate.quantifier,
        predicate.of.map((inner) => restOf(inner, look, lacking)),
      )

type Gathered = { readonly system: Part[]; readonly allow: Part[]; readonly deny: Part[] }
type Alternative = { readonly when: Part; readonly unless: Part }

const gather = (
  snapshot: Snapshot,
  look: Look,
  clauses: readonly Clause[],
  through: Set<string>,
): readonly Alternative[] => {
  const parts: Gathered = { system: [], allow: [], deny: [] }
  const exempt = isExempt(snapshot, look.ask)
  for (const clause of clauses) {
    if (!touches(clause, look.permission) || (exempt && clause.effect === 'deny')) continue
    const part = clause.where === undefined ? true : restOf(clause.where, look, clause.effect === 'deny')
    if (part === false) continue
    through.add(clause.ref)
    parts[clause.effect === 'deny' ? 'deny' : clause.system ? 'system' : 'allow'].push(part)
  }
  const system = join('any', parts.system)
  const custom = { when: join('any', parts.allow), unless: join('any', parts.deny) }
  return [{ when: system, unless: false }, custom].filter((a) => a.when !== false && a.unless !== true)
}

const distinct = (alternatives: readonly Alternative[]): readonly Alternative[] => {
  const sure = alternatives.find((a) => a.when === true && a.unless === false)
  return sure
    ? [sure]
    : [...new Map(alternatives.map((a) => [JSON.stringify([printed(a.when), printed(a.unless)]), a])).values()]
}

const printed = (part: Part): string | boolean => (typeof part === 'boolean' ? part : printCondition(part))
const textIn = (part: Part): string | undefined => (typeof part === 'boolean' ? undefined : printCondition(part))

/** Whether a statement about the asker may have its say: not when its condition is false whatever the open facts turn out to be. */
export const mayApply = (clause: Clause, ask: Ask, isOpen: IsOpen): boolean =>
  ask.need.permissions.some((permission) => {
    if (!touches(clause, permission)) return false
    return (
      clause.where === undefined ||
      restOf(clause.where, { ask, permission, isOpen }, clause.effect === 'deny') !== false
    )
  })

/** The question with its unknown facts left open. */
export const residualOf = (snapshot: Snapshot, ask: Ask, isOpen: IsOpen = nothingMore): Residual => {
  const through = new Set<string>()
  const clauses: Clause[] = []
  visitFitting(snapshot, ask, (clause) => clauses.push(clause), undefined)
  clauses.sort((a, b) => (a.ref < b.ref ? -1 : a.ref > b.ref ? 1 : 0)) // what it reads like must not depend on the index
  let alternatives: readonly Alternative[] = ask.need.permissions.length === 0 ? [] : [{ when: true, unless: false }]
  for (const permission of ask.need.permissions) {
    const own = distinct(gather(snapshot, { ask, permission, isOpen }, clauses, through))
    alternatives = distinct(
      alternatives.flatMap((a) =>
        own.map((b) => ({ when: join('all', [a.when, b.when]), unless: join('any', [a.unless, b.unless]) })),
      ),
    )
  }
  const refs = [...through].sort()
  const [first] = alternatives
  if (!first) return { kind: 'never', cases: [], through: refs }
  if (first.when === true && first.unless === false) return { kind: 'always', cases: [], through: refs }
  const cases = alternatives.map(({ when, unless }) => ({ when: textIn(when), unless: textIn(unless) }))
  return { kind: 'conditional', cases, through: refs }
}
