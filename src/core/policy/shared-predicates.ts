// Conditions that read the same are one: people copy them from statement to statement, and what is asked often should lie in one place in
// memory. A memory of results only; nothing depends on whether something is in it.
import type { Condition } from './ast.ts'
import type { Catalogue } from './catalogue.ts'
import { type Predicate, predicateOf } from './condition.ts'
import { printCondition } from './print.ts'

const MOST = 10_000 // of a catalogue: whoever writes more different ones shares less
const made = new WeakMap<Catalogue, Map<string, Predicate>>()

export const sharedPredicate = (condition: Condition, catalogue: Catalogue, system: boolean): Predicate => {
  const known = made.get(catalogue) ?? new Map<string, Predicate>()
  made.set(catalogue, known)
  const key = `${system ? '!' : ''}${printCondition(condition)}`
  const predicate = known.get(key) ?? predicateOf(condition, catalogue, system)
  if (known.size >= MOST) known.clear()
  known.set(key, predicate)
  return predicate
}
