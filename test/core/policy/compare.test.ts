// Comparing two sets of policies: every difference that is told is one, and where everything was tried, every kind of difference is told.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Comparison, compare, defaultBounds, type Witness } from '../../../src/core/policy/compare.ts'
import type { Snapshot } from '../../../src/core/policy/compile.ts'
import { evaluate } from '../../../src/core/policy/evaluate.ts'
import { type Ask, askOf } from '../../../src/core/policy/question.ts'
import { noon } from './kit.ts'
import { asking, lines, setting, snapshotWith, statement } from './worlds.ts'

const between = (before: readonly string[], after: readonly string[], bounds = defaultBounds): Comparison =>
  compare({ before: snapshotWith(before), after: snapshotWith(after) }, () => 'group', noon, bounds)

/** The witness as a question of its own, asked like any other. */
const askedAs = (on: Snapshot, w: Witness): Ask => {
  const facts = Object.entries(w.facts)
  const asked = askOf(
    on,
    w.principal,
    {
      action: w.action,
      resourceType: w.resourceType,
      resourceId: 'x',
      resource: { compartment: w.compartmentId, ...Object.fromEntries(facts.filter(([n]) => n.startsWith('target.'))) },
      context: Object.fromEntries(facts.filter(([n]) => n.startsWith('request.'))),
    },
    w.now,
  )
  if (typeof asked === 'string') throw new Error(asked)
  return asked
}

describe('A14 what a change of policies does', () => {
  test.for<[string, readonly string[], readonly string[], string[], string[]]>([
    [
      'nothing changed',
      ['Allow group Devs to read todos in tenancy'],
      ['Allow group Devs to read todos in tenancy'],
      [],
      [],
    ],
    ['a grant more', [], ['Allow group Devs to read todos in tenancy'], ['TODO_INSPECT TODO_READ'], []],
    [
      'what is compared with what the place settles',
      [],
      ['Allow any-user to read todos in tenancy where target.compartment.id = request.principal.compartment.id'],
      ['TODO_INSPECT TODO_READ'],
      [],
    ],
    ['a grant less', ['Allow group Devs to read todos in tenancy'], [], [], ['TODO_INSPECT TODO_READ']],
    [
      'a level higher',
      ['Allow group Devs to read todos in tenancy'],
      ['Allow group Devs to use todos in tenancy'],
      ['TODO_UPDATE'],
      [],
    ],
    [
      'a Deny',
      ['Allow group Devs to read todos in tenancy'],
      ['Allow group Devs to read todos in tenancy', 'Deny group Interns to read todos in tenancy'],
      [],
      ['TODO_READ'],
    ],
    [
      'a family is its members',
      ['Allow any-user to read instance-family in tenancy'],
      ['Allow any-user to read instances in tenancy', 'Allow any-user to read volumes in tenancy'],
      [],
      [],
    ],
    [
      'a condition that does nothing',
      ['Allow any-user to inspect todos in tenancy'],
      [
        'Allow any-user to inspect todos in tenancy',
        "Allow any-user to inspect todos in tenancy where request.region = 'iad'",
      ],
      [],
      [],
    ],
    [
      'a condition that was turned around',
      ["Allow any-user to inspect todos in tenancy where request.region = 'iad'"],
      ["Allow any-user to inspect todos in tenancy where request.region != 'iad'"],
      ['TODO_INSPECT'],
      ['TODO_INSPECT'],
    ],
    [
      'what a grant to somebody else covers already',
      ['Allow any-user to manage todos in compartment Prod'],
      ['Allow any-user to manage todos in compartment Prod', 'Allow group Devs to read todos in compartment Prod:Web'],
      [],
      [],
    ],
  ])('%s', ([, before, after, gained, lost]) => {
    const told = between(before, after)
    const names = (list: Comparison['gained']) => list.map((d) => d.permissions.join(' ')).sort()
    expect([names(told.gained), names(told.lost), told.complete]).toEqual([gained, lost, true])
  })
  test('it says where, for whom, under which facts, and through which statement', () => {
    const { gained } = between(
      [],
      ['Allow group Devs to read todos in compartment Prod where target.todo.owner = request.user.name'],
    )
    expect(gained).toHaveLength(1)
    expect(gained[0]).toMatchObject({
      witness: {
        principal: { groupIds: ['g-Devs'] },
        resourceType: 'todos',
        compartmentId: 'c-Prod',
        facts: { 'target.todo.owner': [expect.any(String)] },
      },
      through: ['p1#1'],
      denied: [],
    })
    expect(gained[0]?.witness.facts['target.todo.owner']).toEqual([gained[0]?.witness.principal.name])
  })
  test('who is in two groups can lose what members of either keep', () => {
    const allow = 'Allow group Devs to inspect todos in tenancy'
    const { lost } = between([allow], [allow, 'Deny group Ops to inspect todos in tenancy'])
    expect(lost.map((d) => [d.witness.principal.groupIds, d.denied])).toEqual([[['g-Ops', 'g-Devs'], ['p2#1']]])
  })
  test('the hours of a window and the days of a calendar are tried', () => {
    const { gained, lost } = between(
      [
        "Allow any-user to inspect todos in tenancy where request.utc-timestamp.time-of-day between '09:00:00Z' and '17:00:00Z'",
      ],
      [
        "Allow any-user to inspect todos in tenancy where all { request.utc-timestamp.time-of-day between '09:00:00Z' and '18:00:00Z', request.utc-timestamp.day-of-week != 'sunday' }",
      ],
    )
    expect([gained.length, lost.length]).toEqual([1, 1])
    expect(new Date(lost[0]?.witness.now ?? 0).getUTCDay()).toBe(0)
  })
  test('a bound that was hit is told', () => {
    const many = Array.from({ length: 12 }, (_, n) => `target.todo.name = 'n${n}'`).join(', ')
    const told = between(
      [],
      [
        `Allow any-user to inspect todos in tenancy where all { target.todo.owner = 'a', request.region = 'x', any { ${many} } }`,
      ],
      { ...defaultBounds, perPlace: 3 },
    )
    expect([told.complete, told.hit]).toEqual([false, ['perPlace']])
  })
})

/** One statement more, less, or another one. */
const edits = fc
  .tuple(lines, fc.nat(6), fc.constantFrom('add', 'remove', 'replace'), fc.oneof(statement('Allow'), statement('Deny')))
  .map(([before, at, edit, other]): readonly [readonly string[], readonly string[]] => {
    if (edit === 'add') return [before, [...before, other]]
    const n = at % before.length
    return [
      before,
      edit === 'remove' ? before.filter((_, k) => k !== n) : before.map((line, k) => (k === n ? other : line)),
    ]
  })

test('A14 every witness is answered differently by the two sets', () => {
  let told = 0
  fc.assert(
    fc.property(edits, ([before, after]) => {
      const sides = [snapshotWith(before), snapshotWith(after)] as const
      const { gained, lost } = between(before, after)
      for (const [list, expected] of [
        [gained, [false, true]],
        [lost, [true, false]],
      ] as const)
        for (const { witness } of list) {
          told++
          expect(
            sides.map((on) => evaluate(on, askedAs(on, witness)).allow),
            JSON.stringify(witness),
          ).toEqual(expected)
        }
    }),
    { numRuns: 100, seed: 44 },
  )
  expect(told).toBeGreaterThan(100)
})
test('A14 a question that is answered differently is among what is told', () => {
  let differed = 0
  fc.assert(
    fc.property(edits, setting, ([before, after], s) => {
      const [old, young] = [snapshotWith(before), snapshotWith(after)]
      const [a, b] = [asking(old, s, s.more), asking(young, s, s.more)]
      if (!a || !b) return
      const [was, is] = [evaluate(old, a).allow, evaluate(young, b).allow]
      if (was === is) return
      differed++
      const told = between(before, after)
      if (told.complete) expect((is ? told.gained : told.lost).length).toBeGreaterThan(0)
    }),
    { numRuns: 500, seed: 45 },
  )
  expect(differed).toBeGreaterThan(25)
})
