// The index passes by most clauses without looking at them. Here in a world that is wide enough for every way of doing so: a thousand
// compartments, forty types, and subjects that come, go and grow.
import { expect, test } from 'vitest'
import { changed, type Snapshot, unitOf } from '../../../src/core/policy/compile.ts'
import { evaluate } from '../../../src/core/policy/evaluate.ts'
import { explain } from '../../../src/core/policy/explain.ts'
import { askOf } from '../../../src/core/policy/question.ts'
import {
  ADMINISTRATORS,
  askedOf,
  catalogue,
  policyOf,
  principalOf,
  randomFrom,
  requestFrom,
  snapshotOfWorld,
  worldOf,
} from '../../bench/policy-world.ts'

const world = worldOf(1500)
const noon = Date.UTC(2030, 0, 16, 12)

/** Questions of people in groups of the world and in some that came later; the index answers them like a walk through all clauses. */
const compare = (on: Snapshot, seed: number): number => {
  const random = randomFrom(seed)
  let matched = 0
  for (let n = 0; n < 150; n++) {
    const request = requestFrom(world, random, n)
    const groups = [...request.groups, `new${random.below(40)}`]
    const actions = [request.action, `{T${random.below(40)}_READ, T${random.below(40)}_DELETE}`]
    for (const action of actions) {
      const ask = askOf(on, principalOf({ ...request, groups }), askedOf({ ...request, action }), noon)
      if (typeof ask === 'string') throw new Error(ask)
      const verdict = evaluate(on, ask)
      const { judgements: _, exempt: __, ...told } = explain(on, ask)
      expect(verdict).toEqual(told)
      matched += verdict.because.length + verdict.denied.length
    }
  }
  return matched
}

test('A12 explain and the index give the same answer in a wide world, before and after changes', () => {
  const first = snapshotOfWorld(world)
  const random = randomFrom(5)
  let on = first
  for (let n = 0; n < 120; n++) {
    const statement = random.pick(world.statements)
    const group = random.below(2) === 0 ? `new${random.below(40)}` : statement.group
    const statements = random.below(5) === 0 ? [] : [{ ...statement, group }, random.pick(world.statements)]
    const units = [unitOf(policyOf(`p${random.below(1500)}`, statements), catalogue)]
    on = changed(on, { revision: n + 2, administrators: ADMINISTRATORS, units })
  }
  expect(on.index.subjects.size).toBeGreaterThan(first.index.spots.length)
  expect(compare(on, 1)).toBeGreaterThan(100)
  expect(compare(first, 2)).toBeGreaterThan(100)
})
