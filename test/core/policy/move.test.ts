// A compartment is moved with all that lies below it: no loop, six levels, no two siblings of one name, and the statements of each way.
import { describe, expect, test } from 'vitest'
import { type Counted, defaultLimits, limitsAfterMove } from '../../../src/core/policy/limits.ts'
import { treeOf } from '../../../src/core/policy/tree.ts'

type Rows = Parameters<typeof treeOf>[0]
const row = (path: string): Rows[number] =>
  ({
    id: path,
    name: path.split('/').at(-1) ?? '',
    parentId: path.includes('/') ? path.replace(/\/[^/]*$/, '') : undefined,
  }) as Rows[number]
// acme / a / b / c / d / e / f is full depth; x / y stands beside it
const tree = treeOf(
  [
    'acme',
    'acme/a',
    'acme/a/b',
    'acme/a/b/c',
    'acme/a/b/c/d',
    'acme/a/b/c/d/e',
    'acme/a/b/c/d/e/f',
    'acme/x',
    'acme/x/y',
    'acme/x/B',
  ].map(row),
)
const move = (compartmentId: string, parentId: string, policies: readonly Counted[] = [], most = 10) =>
  limitsAfterMove({ ...defaultLimits, statementsPerPath: most }, tree, policies, { compartmentId, parentId })
const policy = (compartmentId: string, statements: number): Counted => ({
  id: compartmentId,
  compartmentId,
  statements,
})

describe('A9 what a move must keep to', () => {
  test.for([
    ['acme', 'acme/x', 'root'],
    ['acme/a', 'acme/a', 'below-itself'],
    ['acme/a', 'acme/a/b/c', 'below-itself'],
    ['acme/gone', 'acme', 'no-compartment'],
    ['acme/x', 'acme/gone', 'no-compartment'],
    ['acme/a/b', 'acme/x', 'name-taken'], // `B` is there, names compare without case
  ] as const)('%s below %s: %s', ([from, to, kind]) => expect(move(from, to)).toEqual({ kind }))
  test('six levels below the root, counted to the deepest that comes along', () => {
    expect(move('acme/x', 'acme/a/b/c/d')).toBeUndefined()
    expect(move('acme/x', 'acme/a/b/c/d/e')).toEqual({
      kind: 'too-deep',
      allowed: 6,
      wanted: 7,
      where: 'acme > a > b > c > d > e > x > y',
    })
    expect(move('acme/a/b/c', 'acme')).toBeUndefined()
  })
  test('statements along the new way', () => {
    const policies = [policy('acme/a', 6), policy('acme/x', 1), policy('acme/x/y', 4)]
    expect(move('acme/x', 'acme/a', policies)).toEqual({
      kind: 'limit',
      over: { limit: 'statementsPerPath', allowed: 10, used: 5, wanted: 11, where: 'acme > a > x > y' },
    })
    expect(move('acme/x', 'acme/a', policies, 11)).toBeUndefined()
    expect(move('acme/x/y', 'acme/a', policies)).toBeUndefined()
  })
  test('a way that was too full already may be made shorter', () => {
    const policies = [policy('acme/a', 6), policy('acme/a/b/c', 9)]
    expect(move('acme/a/b/c', 'acme/x', policies, 8)).toBeUndefined()
    expect(move('acme/a/b/c', 'acme', policies, 8)).toBeUndefined()
  })
  test('staying where it is changes nothing', () => {
    expect(move('acme/x', 'acme', [policy('acme/x', 50)], 8)).toBeUndefined()
  })
})
