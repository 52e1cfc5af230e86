// What would turn a No into a Yes: which sign-in, which group, which facts, and what stands in the way.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/core/model/json.ts'
import { holds, predicateOf } from '../../../src/core/policy/condition.ts'
import { evaluate } from '../../../src/core/policy/evaluate.ts'
import { explain } from '../../../src/core/policy/explain.ts'
import { signInNeeded } from '../../../src/core/policy/needs.ts'
import { parseStatement } from '../../../src/core/policy/parse.ts'
import type { Ask } from '../../../src/core/policy/question.ts'
import { denialOf, type WhatWouldChange, whatWouldChange } from '../../../src/core/policy/what-would-change.ts'
import { ask, catalogue, type Request, snapshot } from './kit.ts'
import { asking, condition, setting, snapshotWith } from './worlds.ts'

const isGroup = (id: string): boolean => id.startsWith('g-')
const asked = (statements: readonly string[], request: Request) => {
  const on = snapshot(statements)
  const question = ask(on, request)
  if (typeof question === 'string') throw new Error(question)
  return { on, question }
}
const change = (statements: readonly string[], request: Request): WhatWouldChange => {
  const { on, question } = asked(statements, request)
  return whatWouldChange(on, question, explain(on, question), isGroup)
}
const read = { type: 'todos', action: '{TODO_READ}', groups: ['Devs'] }
const need = (statements: readonly string[], user: JsonObject = {}, request: Request = read) => {
  const { on, question } = asked(statements, { ...request, context: { user } })
  return signInNeeded(on, question)
}

describe('A12 a stronger sign-in', () => {
  const acr = (n: number): string => `urn:gwanmun:acr:${n}`
  test.for<[string, string, JsonObject, number | undefined]>([
    ['a code', "request.user.mfaTotpVerified = 'true'", { mfaTotpVerified: 'false' }, 2],
    ['nobody said', "request.user.mfaTotpVerified = 'true'", {}, 2],
    ['a level by name', `request.user.acr = '${acr(2)}'`, { acr: acr(1) }, 2],
    ['one of two: the least', `request.user.acr in ('${acr(2)}', '${acr(3)}')`, { acr: acr(1) }, 2],
    ['a level as number', "request.user.level in ('2', '3')", { level: '1' }, 2],
    ['the highest', "request.user.level = '3'", { level: '2' }, 3],
    ['a method', "request.user.amr = 'hwk'", { level: '2', amr: ['pwd', 'otp', 'mfa'] }, 3],
    ['a method of the same level', "request.user.amr = 'hwk'", { level: '3', amr: ['swk', 'user', 'mfa'] }, 3],
    [
      'with something else that holds',
      `all { request.user.level = '2', request.region = 'iad' }`,
      { level: '1' },
      undefined,
    ],
    ['a method nobody offers', "request.user.amr = 'iris'", {}, undefined],
    ['only a weaker one', "request.user.level = '1'", { level: '2' }, undefined],
  ])('%s', ([, where, user, level]) => {
    expect(need([`Allow group Devs to read todos in tenancy where ${where}`], user)?.level).toBe(level)
  })
  test('it says what to ask for', () => {
    expect(need(["Allow group Devs to read todos in tenancy where request.user.level = '3'"])).toEqual({
      level: 3,
      acr: acr(3),
      amr: ['mfa', 'swk', 'user'],
      factors: ['passkey'],
    })
  })
  test('a Deny for weak sign-ins is lifted by a strong one', () => {
    const statements = [
      'Allow group Devs to read todos in tenancy',
      "Deny any-user to inspect todos in tenancy where request.user.mfaTotpVerified != 'true'",
    ]
    expect(need(statements, { mfaTotpVerified: 'false' })?.acr).toBe(acr(2))
  })
  test('it is not offered where another Deny stands, or where no statement looks at the sign-in', () => {
    const strong = "Allow group Devs to read todos in tenancy where request.user.level = '2'"
    expect(need([strong, 'Deny any-user to inspect todos in tenancy'])).toBeUndefined()
    expect(need(['Allow group Ops to read todos in tenancy'])).toBeUndefined()
    expect(need(["Allow group Ops to read todos in tenancy where request.user.level = '2'"])).toBeUndefined()
    expect(need(["Allow group Devs to read buckets in tenancy where request.user.level = '2'"])).toBeUndefined()
  })
})

describe('A12 what stands in the way', () => {
  test('denied by: which statement, and the condition that would lift it', () => {
    const { deniedBy, notGranted } = change(
      [
        'Allow group Devs to read todos in tenancy',
        "Deny any-user to inspect todos in tenancy where all { request.region != 'iad', request.networkSource.name not in ('office') }",
      ],
      { ...read, context: { region: 'gru', networkSource: { name: 'home' } } },
    )
    expect(notGranted).toEqual([])
    expect(deniedBy).toMatchObject([
      {
        ref: 'p2#1',
        policy: 'policy-2',
        permissions: ['TODO_READ'],
        lifted: "any { request.region = 'iad', request.networkSource.name in ('office') }",
        tests: [{ variable: 'request.region', truth: 'true' }, { variable: 'request.networkSource.name' }],
      },
    ])
  })
  test('a Deny without a condition is lifted by none', () => {
    const { deniedBy } = change(['Deny any-user to inspect todos in tenancy'], read)
    expect(deniedBy).toMatchObject([{ ref: 'p1#1', lifted: undefined }])
  })
  test.for<[string, string, object]>([
    ['another group', 'Allow group Ops to read todos in tenancy', { element: 'subject', anyOf: ['g-Ops'] }],
    [
      'a lower verb',
      'Allow group Devs to inspect todos in tenancy',
      { element: 'verb', grants: 'inspect', wanted: 'read (TODO_READ)' },
    ],
    [
      'another compartment',
      'Allow group Devs to read todos in compartment Dev',
      { element: 'compartment', covers: 'c-Dev' },
    ],
    [
      'another value',
      "Allow group Devs to read todos in tenancy where target.todo.owner = 'lee'",
      {
        element: 'condition',
        tests: [{ variable: 'target.todo.owner', test: "target.todo.owner = 'lee'", why: 'different' }],
      },
    ],
    [
      'a fact that was not supplied',
      "Allow group Devs to read todos in tenancy where request.region = 'iad'",
      { element: 'condition', tests: [{ variable: 'request.region', why: 'not-supplied' }] },
    ],
    [
      'a fact that is not there',
      "Allow group Devs to read todos in tenancy where target.bucket.name = 'b'",
      { element: 'condition', tests: [{ variable: 'target.bucket.name', why: 'missing' }] },
    ],
  ])('not granted, %s', ([, statement, lack]) => {
    const { notGranted } = change([statement], { ...read, at: 'Prod', resource: { owner: 'kim' } })
    expect(notGranted).toMatchObject([{ permission: 'TODO_READ', nearest: [{ ref: 'p1#1', lacks: [lack] }] }])
  })
  test('the nearest come first, five at most, and nothing about other resources', () => {
    const { notGranted } = change(
      [
        'Allow group Ops to inspect todos in compartment Dev',
        'Allow group Ops to read todos in tenancy',
        "Allow group Devs to read todos in tenancy where request.region = 'iad'",
        'Allow group Devs to read buckets in tenancy',
        ...Array.from({ length: 6 }, () => 'Allow group Ops to inspect todos in compartment Finance'),
      ],
      { ...read, at: 'Prod' },
    )
    const refs = notGranted[0]?.nearest.map((n) => n.ref)
    expect(refs?.slice(0, 2)).toEqual(['p3#1', 'p2#1'])
    expect(refs).toHaveLength(5)
    expect(refs).not.toContain('p4#1')
  })
  test('needs: a group that would be enough, not one that would only help', () => {
    const { needs } = change(
      [
        'Allow group Ops to read todos in tenancy',
        "Allow group Interns to read todos in tenancy where request.region = 'iad'",
        'Allow group Auditors to inspect todos in tenancy',
        'Allow group Admins to manage todos in compartment Dev',
      ],
      { ...read, at: 'Prod', context: { region: 'gru' } },
    )
    expect(needs.groups).toEqual([{ group: 'g-Ops', through: ['p1#1'] }])
  })
  test('needs: no group where a Deny stands', () => {
    expect(
      change(['Allow group Ops to read todos in tenancy', 'Deny any-user to inspect todos in tenancy'], read).needs
        .groups,
    ).toEqual([])
  })
  test('needs: facts nobody supplied, in the words of the language', () => {
    const { needs } = change(
      [
        "Allow group Devs to read todos in tenancy where all { target.todo.owner = request.user.name, request.region = 'iad' }",
      ],
      read,
    )
    expect(needs.facts).toEqual([
      { when: "all { target.todo.owner = 'kim', request.region = 'iad' }", unless: undefined },
    ])
  })
  test('of a Yes there is nothing to change', () => {
    expect(change(['Allow group Devs to read todos in tenancy'], read)).toEqual({
      deniedBy: [],
      notGranted: [],
      needs: { signIn: undefined, groups: [], facts: [] },
    })
  })
})

const truthOf = (text: string, on: Ask): string => {
  const { statement } = parseStatement(`Allow any-user to read todos in tenancy where ${text}`)
  const [permission] = on.need.permissions
  if (statement?.kind !== 'allow' || !statement.where || !permission) throw new Error(text)
  return holds(predicateOf(statement.where, catalogue), on, permission)
}
test('A12 where the condition that lifts a Deny holds, the Deny does not', () => {
  fc.assert(
    fc.property(condition, setting, (text, s) => {
      const { statement } = parseStatement(`Deny any-user to inspect todos in tenancy where ${text}`)
      const lifted = statement?.kind === 'deny' && statement.where ? denialOf(statement.where) : undefined
      if (lifted === undefined) return
      const on = snapshotWith([
        `Deny any-user to inspect all-resources in tenancy where ${text}`,
        'Allow any-user to manage all-resources in tenancy',
      ])
      const question = asking(on, s, s.more)
      const first = question && {
        ...question,
        need: { ...question.need, permissions: question.need.permissions.slice(0, 1) },
      }
      const deny = on.clauses.find(({ clause }) => clause.effect === 'deny')?.clause.where
      if (!first || !deny) return
      const permission = first.need.permissions[0]
      if (!permission) return
      if (holds(predicateOf(lifted, catalogue), first, permission) === 'true') {
        expect(truthOf(text, first)).toBe('false')
        expect(evaluate(on, first).allow).toBe(true)
      }
    }),
    { numRuns: 5_000, seed: 46 },
  )
})
