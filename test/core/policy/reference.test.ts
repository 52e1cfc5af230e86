// The compiled engine, its explanation and the plain reference evaluator say the same of every permission, on random tenancies with every
// kind of statement, subject and condition.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crossAskOf, evaluateCross, explainCross } from '../../../src/core/policy/cross.ts'
import { evaluate } from '../../../src/core/policy/evaluate.ts'
import { explain } from '../../../src/core/policy/explain.ts'
import { askOf } from '../../../src/core/policy/question.ts'
import { catalogue } from './kit.ts'
import { outcomes } from './reference-evaluator.ts'
import { askedOf, compiled, engineAsked, principalOf, tenancy, wanted, who } from './reference-worlds.ts'

const QUESTIONS = 6 // per random tenancy
const seen = { granted: 0, denied: 0, 'not-granted': 0 }
const count = (all: readonly (keyof typeof seen)[]): void => {
  for (const one of all) seen[one]++
}

test('A8 A12 within a tenancy: evaluate, explain and the reference agree on 12,000 random questions', () => {
  fc.assert(
    fc.property(
      tenancy('acme', false),
      fc.array(fc.tuple(who, wanted), { minLength: QUESTIONS, maxLength: QUESTIONS }),
      (home, questions) => {
        const snapshot = compiled(home)
        for (const [someone, w] of questions) {
          const asked = askedOf(w, home)
          const ask = askOf(snapshot, principalOf(someone, home), engineAsked(w, home), w.now)
          if (asked === undefined || typeof ask === 'string') {
            expect([asked, ask]).toEqual([undefined, 'action-unknown'])
            continue
          }
          const expected = outcomes({ home, there: home, who: someone, asked, catalogue })
          const fast = evaluate(snapshot, ask)
          expect(fast.permissions.map((p) => p.outcome)).toEqual(expected)
          expect(fast.allow).toBe(expected.every((o) => o === 'granted'))
          const { judgements: _, exempt: __, ...told } = explain(snapshot, ask)
          expect(told).toEqual(fast)
          count(expected)
        }
      },
    ),
    { numRuns: 2000, seed: 8 },
  )
  // a property about questions that are all refused would prove little
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(1000)
})

test('A7 A12 between two tenancies: evaluate, explain and the reference agree on 9,000 random questions', () => {
  const before = { ...seen }
  fc.assert(
    fc.property(
      tenancy('acme', true),
      tenancy('partner', true),
      fc.array(fc.tuple(who, wanted), { minLength: QUESTIONS, maxLength: QUESTIONS }),
      (home, there, questions) => {
        const source = { tenancyId: home.id, snapshot: compiled(home) }
        const destination = { tenancyId: there.id, snapshot: compiled(there) }
        for (const [someone, w] of questions) {
          const asked = askedOf(w, there)
          const ask = crossAskOf(source, destination, principalOf(someone, home), engineAsked(w, there), w.now)
          if (asked === undefined || typeof ask === 'string') {
            expect([asked, ask]).toEqual([undefined, 'action-unknown'])
            continue
          }
          const expected = outcomes({ home, there, who: someone, asked, catalogue })
          const fast = evaluateCross(ask)
          expect(fast.permissions.map((p) => p.outcome)).toEqual(expected)
          const { judgements, exempt: _, ...told } = explainCross(ask)
          expect(told).toEqual(fast)
          const matched = new Set(judgements.filter((j) => j.result === 'matched').map((j) => j.statement))
          expect([...fast.because, ...fast.denied].every((c) => matched.has(c.text))).toBe(true)
          count(expected)
        }
      },
    ),
    { numRuns: 1500, seed: 7 },
  )
  expect(seen.granted - before.granted).toBeGreaterThan(200)
  expect(seen.denied - before.denied).toBeGreaterThan(500)
})
