// Limits of policies and statements: which one, how much of it is in use, and where.
import { describe, expect, test } from 'vitest'
import { type Counted, defaultLimits, limitInWords, overLimit } from '../../../src/core/policy/limits.ts'
import { world } from './kit.ts'

const at = (compartment: string, statements: number, id = compartment): Counted => ({
  id,
  compartmentId: `c-${compartment}`,
  statements,
})
const limits = { policiesPerTenancy: 4, statementsPerPolicy: 5, statementsPerPath: 10 }
const over = (there: readonly Counted[], next: Counted) => overLimit(limits, world.tree, there, next)

test('G1 defaults', () => {
  expect(defaultLimits).toEqual({ policiesPerTenancy: 100, statementsPerPolicy: 50, statementsPerPath: 500 })
})

describe('A10 limits', () => {
  test.each<[string, readonly Counted[], Counted, object | undefined]>([
    ['the last policy', [at('acme', 1, 'a'), at('acme', 1, 'b'), at('acme', 1, 'c')], at('Dev', 1), undefined],
    [
      'one policy too many',
      [at('acme', 1, 'a'), at('acme', 1, 'b'), at('acme', 1, 'c'), at('acme', 1, 'd')],
      at('Dev', 1),
      { limit: 'policiesPerTenancy', allowed: 4, used: 4, wanted: 5, where: 'acme' },
    ],
    [
      'one more statement in a full tenancy takes no further policy',
      [at('acme', 1, 'a'), at('acme', 1, 'b'), at('acme', 1, 'c'), at('acme', 1, 'd')],
      at('acme', 2, 'd'),
      undefined,
    ],
    ['a full policy', [], at('Web', 5), undefined],
    [
      'a policy too long',
      [at('Web', 4, 'a')],
      at('Web', 6, 'a'),
      { limit: 'statementsPerPolicy', allowed: 5, used: 4, wanted: 6, where: 'acme > Prod > Web' },
    ],
    ['a full way', [at('acme', 5), at('Web', 3)], at('Blue', 2), undefined],
    [
      'a way too full below the compartment that is written to',
      [at('acme', 5), at('Blue', 4)],
      at('Prod', 2),
      { limit: 'statementsPerPath', allowed: 10, used: 9, wanted: 11, where: 'acme > Prod > Web > Blue' },
    ],
    ['siblings are counted apart', [at('acme', 5), at('Web', 5)], at('Db', 5), undefined],
    [
      'the root is on every way',
      [at('Web', 5), at('Prod', 5)],
      at('acme', 1),
      { limit: 'statementsPerPath', allowed: 10, used: 10, wanted: 11, where: 'acme > Prod > Web' },
    ],
    ['replacing counts once', [at('acme', 5), at('Prod', 5)], at('Prod', 4), undefined],
    ['what makes nothing larger passes above a lowered limit', [at('acme', 20)], at('acme', 19), undefined],
    ['a policy attached to nothing known still counts', [], at('Nowhere', 6), { limit: 'statementsPerPolicy' }],
  ])('%s', (_, there, next, expected) => {
    const found = over(there, next)
    if (expected === undefined) expect(found).toBeUndefined()
    else expect(found).toMatchObject(expected)
  })
  test('the message names the limit, the use and the place', () => {
    const found = over([at('acme', 5), at('Blue', 4)], at('Prod', 2))
    expect(found && limitInWords(found)).toBe(
      'the limit of 10 statements along the compartments `acme > Prod > Web > Blue` would be exceeded: 9 in use, 11 wanted; it is set by `policy.limits.statementsPerPath`',
    )
  })
})
