// What is left of a decision when facts are kept back: whatever they turn out to be, the rest answers like the evaluator.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { holds, predicateOf } from '../../../src/core/policy/condition.ts'
import { evaluate } from '../../../src/core/policy/evaluate.ts'
import { parseStatement } from '../../../src/core/policy/parse.ts'
import type { Ask } from '../../../src/core/policy/question.ts'
import { type Case, type Residual, residualOf } from '../../../src/core/policy/residual.ts'
import { ask, catalogue, type Request, snapshot } from './kit.ts'
import { asking, lines, setting, snapshotWith } from './worlds.ts'

const left = (statements: readonly string[], request: Request, open?: (name: string) => boolean): Residual => {
  const on = snapshot(statements)
  const asked = ask(on, request)
  if (typeof asked === 'string') throw new Error(asked)
  return residualOf(on, asked, open)
}
const todo = { type: 'todos', action: 'read', groups: ['Devs'] }

describe('A12 what is left of a decision', () => {
  test.for<[string, readonly string[], Request, Omit<Residual, 'through'>]>([
    ['granted whatever it is', ['Allow group Devs to read todos in tenancy'], todo, { kind: 'always', cases: [] }],
    ['granted to nobody', ['Allow group Ops to read todos in tenancy'], todo, { kind: 'never', cases: [] }],
    [
      'denied whatever it is',
      ['Allow group Devs to read todos in tenancy', 'Deny any-user to read todos in tenancy'],
      todo,
      { kind: 'never', cases: [] },
    ],
    [
      'what is known of the asker is put in',
      ['Allow group Devs to read todos in tenancy where target.todo.owner = request.user.name'],
      todo,
      { kind: 'conditional', cases: [{ when: "target.todo.owner = 'kim'", unless: undefined }] },
    ],
    [
      'a known left side changes places',
      ['Allow group Devs to read todos in tenancy where request.user.name != target.todo.owner'],
      todo,
      { kind: 'conditional', cases: [{ when: "target.todo.owner != 'kim'", unless: undefined }] },
    ],
    [
      'a Deny takes away',
      [
        'Allow group Devs to read todos in tenancy',
        "Deny any-user to inspect todos in tenancy where all { target.todo.name = 'secret*', request.region != 'iad' }",
      ],
      { ...todo, context: { region: 'gru' } },
      { kind: 'conditional', cases: [{ when: undefined, unless: "target.todo.name = 'secret*'" }] },
    ],
    [
      'what is settled by a fact is gone',
      ["Allow group Devs to read todos in tenancy where any { request.region = 'gru', target.todo.owner = 'lee' }"],
      { ...todo, context: { region: 'gru' } },
      { kind: 'always', cases: [] },
    ],
    [
      'several permissions: all of their conditions, each once',
      ["Allow group Devs to manage todos in tenancy where target.todo.owner = 'kim'"],
      { ...todo, action: 'manage' },
      { kind: 'conditional', cases: [{ when: "target.todo.owner = 'kim'", unless: undefined }] },
    ],
    [
      'several statements: any of their conditions',
      [
        "Allow group Devs to read todos in tenancy where target.todo.owner = 'kim'",
        "Allow any-user to read todos in tenancy where target.todo.name = 'public'",
      ],
      todo,
      {
        kind: 'conditional',
        cases: [{ when: "any { target.todo.owner = 'kim', target.todo.name = 'public' }", unless: undefined }],
      },
    ],
    [
      'an absence that may still be filled',
      ['Allow group Devs to read todos in tenancy where not request.gateway.id'],
      todo,
      { kind: 'conditional', cases: [{ when: 'not request.gateway.id', unless: undefined }] },
    ],
    [
      'a variable without a meaning for the type is not there',
      ["Allow group Devs to read todos in tenancy where target.bucket.name = 'b'"],
      todo,
      { kind: 'never', cases: [] },
    ],
  ])('%s', ([, statements, request, expected]) => {
    expect(left(statements, request)).toMatchObject(expected)
  })
  test('it names what it depends on, and nothing else', () => {
    const { through } = left(
      [
        'Allow group Ops to read todos in tenancy',
        "Allow group Devs to read todos in tenancy where target.todo.owner = 'kim'",
        "Deny group Devs to manage todos in tenancy where target.todo.name = 'x'",
      ],
      todo,
    )
    expect(through).toEqual(['p2#1'])
  })
  test('a variable can be left open although it is known', () => {
    const open = (name: string): boolean => name.startsWith('request.user.')
    expect(
      left(['Allow group Devs to read todos in tenancy where target.todo.owner = request.user.name'], todo, open).cases,
    ).toEqual([{ when: 'target.todo.owner = request.user.name', unless: undefined }])
  })
  test('a name with a wildcard in it is not written as one', () => {
    const { cases } = left(['Allow group Devs to read todos in tenancy where target.todo.owner = request.user.name'], {
      ...todo,
      user: '*',
    })
    expect(cases).toEqual([{ when: 'target.todo.owner = request.user.name', unless: undefined }])
  })
})

const truth = (text: string | undefined, asked: Ask): 'true' | 'false' | 'undecided' => {
  if (text === undefined) return 'true'
  const { statement, faults } = parseStatement(`Allow any-user to read todos in tenancy where ${text}`)
  if (statement?.kind !== 'allow' || !statement.where) throw new Error(`${text}: ${faults[0]?.message}`)
  const [permission] = asked.need.permissions
  if (!permission) throw new Error('nothing needed')
  return holds(predicateOf(statement.where, catalogue), asked, permission)
}
const granted = ({ when, unless }: Case, asked: Ask): boolean =>
  truth(when, asked) === 'true' && (unless === undefined || truth(unless, asked) === 'false')
const answer = ({ kind, cases }: Residual, asked: Ask): boolean =>
  kind === 'always' || (kind === 'conditional' && cases.some((c) => granted(c, asked)))

test('A12 whatever the facts turn out to be, the rest answers like the evaluator', () => {
  let conditional = 0
  fc.assert(
    fc.property(lines, setting, (all, s) => {
      const on = snapshotWith(all)
      const before = asking(on, s, s.known)
      const after = asking(on, s, { ...s.more, ...s.known })
      if (!before || !after) return
      const rest = residualOf(on, before)
      if (rest.kind === 'conditional') conditional++
      expect(answer(rest, after), JSON.stringify(rest)).toBe(evaluate(on, after).allow)
    }),
    { numRuns: 10_000, seed: 42 },
  )
  expect(conditional).toBeGreaterThan(500)
})
test('A12 the same with what is known of the asker left open', () => {
  const open = (name: string): boolean => name.startsWith('request.user.')
  fc.assert(
    fc.property(lines, setting, (all, s) => {
      const on = snapshotWith(all)
      const anybody = asking(on, { ...s, user: '' }, s.known)
      const somebody = asking(on, s, { ...s.more, ...s.known })
      if (!anybody || !somebody) return
      const rest = residualOf(on, anybody, open)
      expect(answer(rest, somebody), JSON.stringify(rest)).toBe(evaluate(on, somebody).allow)
    }),
    { numRuns: 5_000, seed: 43 },
  )
})
