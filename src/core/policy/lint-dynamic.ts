// Matching rules of dynamic groups, read as a careful colleague would: rules that nothing or everything matches, and type words that are
// no type. Sound rather than clever, like the lint of conditions: a workload has one id, one type, one compartment, and tags with several
// values.
import type { Rule, RuleTest } from './ast.ts'
import type { Catalogue } from './catalogue.ts'
import { faultAt } from './fault.ts'
import { fold } from './glob.ts'
import type { Finding } from './lint.ts'
import { type LintId, lintRules } from './lint-rules.ts'
import { nearest } from './near.ts'
import { parseRule } from './parse-rule.ts'
import { printRule } from './print.ts'
import { templateIn } from './template.ts'

const MAX_COMPARED = 64 // pairs grow with the square

type Say = (id: LintId, at: number, message: string, fix?: string) => void
/** A test that holds or not by one fact alone; none for a tag, which may have several values. */
type Shape = {
  readonly fact: string
  readonly equal: boolean
  readonly value: string
  readonly test: RuleTest
  /** Of `instance.…`: what it asks besides what it says, and that it has no answer for other types. */
  readonly ofInstances: boolean
}

const atOf = (test: RuleTest): number => (test.kind === 'fact' ? test.variable.at : test.at)
const firstOf = (rule: Rule): RuleTest | undefined =>
  rule.kind === 'group' ? rule.of.map(firstOf).find((t) => t !== undefined) : rule
const flat = (rule: Rule, quantifier: 'any' | 'all'): readonly Rule[] =>
  rule.kind === 'group' && (rule.quantifier === quantifier || rule.of.length === 1)
    ? rule.of.flatMap((inner) => flat(inner, quantifier))
    : [rule]

const shapesOf = (rule: Rule): readonly Shape[] => {
  if (rule.kind !== 'fact') return []
  const [noun, ...rest] = fold(rule.variable.text).split('.')
  const ofInstances = noun === 'instance'
  const said = {
    fact: rest.join('.'),
    equal: rule.operator === '=',
    value: fold(rule.value.text),
    test: rule,
    ofInstances,
  }
  return ofInstances ? [said, { fact: 'type', equal: true, value: 'instance', test: rule, ofInstances }] : [said]
}

type Pair = readonly [Shape, Shape]
const pairIn = (shapes: readonly Shape[], fits: (a: Shape, b: Shape) => boolean): Pair | undefined => {
  for (const [n, a] of shapes.entries()) {
    const b = shapes.slice(n + 1).find((other) => other.fact === a.fact && fits(a, other))
    if (b) return [a, b]
  }
  return undefined
}

const clashes = (a: Shape, b: Shape): boolean => (a.value === b.value ? a.equal !== b.equal : a.equal && b.equal)
// of a fact that only instances have, `!=` leaves everything else out
const leavesNothingOut = (a: Shape, b: Shape): boolean =>
  !a.ofInstances && !b.ofInstances && (a.value === b.value ? a.equal !== b.equal : !a.equal && !b.equal)

const sayTogether = (rule: Rule & { readonly kind: 'group' }, say: Say): void => {
  const shapes = flat(rule, rule.quantifier).slice(0, MAX_COMPARED).flatMap(shapesOf)
  if (rule.quantifier === 'any') {
    const all = pairIn(shapes, leavesNothingOut)?.[1]
    if (all)
      say('always-matching-rule', atOf(all.test), 'every workload matches one of these', 'did you mean `all { … }`')
    return
  }
  const clash = pairIn(shapes, clashes)
  if (!clash) return
  const [first, second] = clash
  const byType = first.fact === 'type' && first.ofInstances !== second.ofInstances
  say(
    'never-matching-rule',
    atOf(second.test),
    `nothing matches this: a workload has one \`${second.fact}\``,
    byType ? '`instance.…` is about compute instances only: write `resource.…`' : 'did you mean `any { … }`',
  )
}

const sayTest = (test: RuleTest, { workloads }: Catalogue, say: Say): void => {
  const value = test.kind === 'fact' ? test.value : test.value?.text
  const template = value && templateIn(value.text)
  if (value && template !== undefined)
    say(
      'template-left',
      value.at,
      `\`${template}\` is a template that nobody filled in`,
      'put the real value in its place',
    )
  if (test.kind !== 'fact' || template !== undefined || fold(test.variable.text) !== 'resource.type') return
  const word = fold(test.value.text)
  if (workloads.has(word)) return
  const meant = nearest(word, workloads, 2) ?? [...workloads].find((w) => w === word.replaceAll(/[-_ ]/g, ''))
  say(
    'unknown-type-word',
    test.value.at,
    `no workload is known by the type word \`${test.value.text}\``,
    meant === undefined ? undefined : `did you mean \`${meant}\``,
  )
}

const walk = (rule: Rule, outer: 'any' | 'all' | undefined, catalogue: Catalogue, say: Say): void => {
  if (rule.kind !== 'group') {
    sayTest(rule, catalogue, say)
    return
  }
  const [only, second] = rule.of
  const isSingle = only !== undefined && second === undefined
  const at = firstOf(rule)
  // the outermost group is expected of every rule, whatever it holds
  if (isSingle && outer)
    say(
      'single-element-group',
      at ? atOf(at) : 0,
      `\`${rule.quantifier}\` holds a single test`,
      `write \`${printRule(only)}\``,
    )
  if (!isSingle && rule.quantifier !== outer) sayTogether(rule, say)
  for (const inner of rule.of) walk(inner, isSingle && outer ? outer : rule.quantifier, catalogue, say)
}

/** Findings rule by rule, in the order given. What does not parse has none: its faults say enough. */
export const lintRulesOf = (texts: readonly string[], catalogue: Catalogue): readonly Finding[] =>
  texts.flatMap((text, statement) => {
    const { rule } = parseRule(text)
    if (!rule) return []
    const out: Finding[] = []
    walk(rule, undefined, catalogue, (id, at, message, fix) => {
      const { line, column } = faultAt(text, at, { code: id, message })
      const { severity, explanation } = lintRules[id]
      out.push({ id, severity, statement, line, column, message, explanation, fix })
    })
    return out.toSorted((a, b) => a.line - b.line || a.column - b.column)
  })
