// Who belongs to a dynamic group: its matching rule held against the facts of a workload. Nobody is put in; membership is computed when
// it is asked for. A fact or tag that a workload does not have fails every test of it, `!=` included. Without case, and without wildcards.
import type { Rule, RuleTest } from './ast.ts'
import { fold } from './glob.ts'
import { parseRule } from './parse-rule.ts'

/** What an application says of a workload that it vouches for. */
export type Workload = {
  readonly id: string
  readonly type: string // the type word: `instance`, `cluster`, `fnfunc` …
  readonly compartmentId: string // it lies in this very compartment; what lies above does not count
  /** `namespace.key`, lower case → folded values */
  readonly tags: ReadonlyMap<string, readonly string[]>
}
export type Matches = (workload: Workload) => boolean

const nobody: Matches = () => false

/** `instance.…` speaks of compute instances only, `resource.…` of every workload. */
const factOf = (variable: string, { id, type, compartmentId }: Workload): string | undefined => {
  const [noun, ...rest] = variable.split('.')
  if (noun === 'instance' && fold(type) !== 'instance') return undefined
  const what = rest.join('.')
  return what === 'id' ? id : what === 'compartment.id' ? compartmentId : what === 'type' ? type : undefined
}

const testOf = (test: RuleTest): Matches => {
  if (test.kind === 'fact') {
    const [wanted, equal] = [fold(test.value.text), test.operator === '=']
    return (workload) => {
      const fact = factOf(fold(test.variable.text), workload)
      return fact !== undefined && (fold(fact) === wanted) === equal
    }
  }
  const key = fold(`${test.namespace}.${test.key}`)
  const { value } = test
  if (value === undefined) return ({ tags }) => (tags.get(key)?.length ?? 0) > 0
  const [wanted, equal] = [fold(value.text.text), value.operator === '=']
  return ({ tags }) => {
    const values = tags.get(key) ?? []
    return values.length > 0 && values.includes(wanted) === equal
  }
}

export const matchesOf = (rule: Rule): Matches => {
  if (rule.kind !== 'group') return testOf(rule)
  const of = rule.of.map(matchesOf)
  return rule.quantifier === 'any' ? (w) => of.some((matches) => matches(w)) : (w) => of.every((matches) => matches(w))
}

/** A rule that no version of the write path would have let in is nobody's. */
export const compileRule = (text: string): Matches => {
  const { rule } = parseRule(text)
  return rule ? matchesOf(rule) : nobody
}
