// The lint list: what is found, where and with which remedy, and what is left alone.
import { describe, expect, test } from 'vitest'
import { type Finding, lint } from '../../../src/core/policy/lint.ts'
import { type LintId, lintRules } from '../../../src/core/policy/lint-rules.ts'
import { catalogue } from './kit.ts'

const found = (...texts: readonly string[]): readonly Finding[] =>
  lint(
    texts.map((text) => ({ text })),
    catalogue,
  )
const ids = (...texts: readonly string[]): readonly LintId[] => found(...texts).map((f) => f.id)
const where = (condition: string, what = 'use buckets'): string =>
  `Allow group Ops to ${what} in compartment Prod where ${condition}`

describe('A14 one statement', () => {
  test.each<[string, readonly LintId[]]>([
    ['Allow group Ops to use buckets in compartment Prod', []],
    ['Allow any-user to use buckets in compartment Prod', ['any-user-without-where']],
    ["Allow any-user to use buckets in compartment Prod where request.networkSource.name = 'office'", []],
    ['Allow any-group to use buckets in compartment Prod', []],
    ['Deny any-user to use buckets in compartment Prod', []],
    ['Deny any-user to inspect all-resources in tenancy', ['deny-all-to-everybody']],
    ['Deny any-group to manage all-resources in tenancy', ['deny-all-to-everybody']],
    ['Deny group Interns to inspect all-resources in tenancy', []],
    ['Deny any-user to inspect all-resources in compartment Prod', []],
    ["Deny any-user to inspect all-resources in tenancy where request.service.name = 'tests'", []],
    [
      "Allow group Ops to use buckets in compartment Prod where request.region = 'request.user.name'",
      ['quoted-variable'],
    ],
    ['Endorse any-user to use buckets in any-tenancy', ['any-user-without-where']],
    ['Deny endorse any-user to use buckets in any-tenancy', []],
    ['Allow group Ops to manage all-resources in tenancy', ['manage-all-in-tenancy']],
    ['Allow group Ops to manage all-resources in compartment Prod', []],
    ['Allow group Ops to read all-resources in tenancy', []],
    ['Allow group Ops to use bucketz in compartment Prod', ['unknown-resource-type']],
    ['Allow group Ops to use bucket in compartment Prod', ['alias']],
    ['Allow group Ops to {BUCKET_READ, BUCKET_FLY} in compartment Prod', ['unknown-permission']],
    ["Allow group 'default/Ops' to use buckets in compartment Prod", ['slash-in-quotes']],
    ['Deny group Ops to access buckets in compartment Prod', ['verb-access']],
    ['this is no statement', []],
    ['Define tenancy other as ocid1.tenancy.oc1..x', []],
  ])('%s', (text, expected) => expect(ids(text)).toEqual(expected))
})

describe('A14 conditions', () => {
  test.each<[string, readonly LintId[]]>([
    // always
    ['any { request.operation != /Create*/, request.operation != /Update*/ }', ['always-true-condition']],
    ["any { request.region != 'iad', request.region != 'gru' }", ['always-true-condition']],
    ["any { request.region != 'iad', request.region != 'us-ashburn-1' }", ['any-of-unequal']],
    ["any { request.operation != 'A', request.operation = 'a' }", ['always-true-condition']],
    ["any { request.operation not in ('A', 'B'), request.operation in ('a', 'b', 'c') }", ['always-true-condition']],
    ['any { request.networkSource.name, not request.networkSource.name }', ['always-true-condition']],
    [
      "all { any { request.operation != 'A', request.operation != 'B' }, request.region = 'iad' }",
      ['always-true-condition'],
    ],
    [
      "any { any { request.operation != 'A' }, request.operation != 'B' }",
      ['single-element-group', 'always-true-condition'],
    ],
    [
      "any { request.utc-timestamp before '2030-01-02Z', request.utc-timestamp after '2030-01-01Z' }",
      ['always-true-condition'],
    ],
    ["request.permission != 'BUCKET_DELETE'", ['always-true-condition']], // `use` never holds it
    // nearly always
    ['any { request.operation != /*Delete*/, request.operation != /*Create*/ }', ['any-of-unequal']],
    // never
    ["all { request.operation = 'A', request.operation = 'B' }", ['never-true-condition']],
    ["all { request.permission = 'BUCKET_READ', request.permission = 'BUCKET_INSPECT' }", ['never-true-condition']],
    ["request.permission = 'BUCKET_DELETE'", ['never-true-condition']],
    ["all { request.operation = 'GetBucket', request.operation != /Get*/ }", ['never-true-condition']],
    ["all { not request.gateway.id, request.gateway.type = 'x', request.gateway.id = 'y' }", ['never-true-condition']],
    ["request.utc-timestamp.day-of-week = 'caturday'", ['never-true-condition']],
    ["request.utc-timestamp.month-of-year in ('13', '14')", ['never-true-condition']],
    ["request.operation != '*'", ['never-true-condition']],
    [
      "all { request.utc-timestamp before '2030-01-01Z', request.utc-timestamp after '2030-01-02Z' }",
      ['never-true-condition'],
    ],
    ["target.group.name = 'x'", ['never-true-condition']], // buckets have no group
    // neither
    ["any { request.operation = 'A', request.operation = 'B' }", []],
    ["all { request.operation != 'A', request.operation != 'B' }", []],
    ["all { request.operation = 'A', request.region = 'B' }", []],
    [
      "all { target.bucket.owner = 'a', target.bucket.owner = request.user.name }",
      ['unknown-variable', 'never-true-condition'],
    ],
    ["all { request.groups.id = 'a', request.groups.id = 'b' }", []], // several at once
    ["any { request.groups.id != 'a', request.groups.id != 'b' }", []],
    ["all { request.roles = 'a', request.roles = 'b' }", []], // an application's own fact may be a list
    ["all { request.roles = 'a', request.roles != 'A' }", ['never-true-condition']],
    ["all { request.gateway.id = 'a', request.gateway.id = 'b' }", ['never-true-condition']],
    ["all { request.groups.id = 'a', request.groups.id != 'A' }", ['never-true-condition']],
    ["all { request.region = 'iad', request.region = 'us-ashburn-1' }", []], // one region, two spellings
    ["all { request.region = 'us*', request.region = 'iad' }", []],
    ["request.permission != 'BUCKET_READ'", []],
    ["any { not request.gateway.id, request.gateway.type != 'private' }", []],
    ["all { request.utc-timestamp after '2030-01-01Z', request.utc-timestamp before '2030-01-02Z' }", []],
    // spelling
    ["all { request.operation = 'A' }", ['single-element-group']],
    ['request.operation = GetBucket', ['bare-value']],
    ["request.user.mfaTotpVerified = 'true'", ['deprecated-variable']],
  ])('%s', (condition, expected) => expect(ids(where(condition))).toEqual(expected))

  test('a variable on the right is no contradiction', () => {
    const tag = 'target.resource.tag.ns.env'
    expect(ids(where(`all { ${tag} = 'prod', ${tag} = request.principal.group.tag.ns.env }`, 'read todos'))).toEqual([])
    expect(
      ids(where("all { target.todo.owner = 'kim', target.todo.owner = request.user.name }", 'read todos')),
    ).toEqual([])
    expect(
      ids(where("any { target.todo.owner != 'kim', target.todo.owner != request.user.name }", 'read todos')),
    ).toEqual([])
  })
})

describe('A14 what names no resource', () => {
  test.each<[string, string, readonly LintId[]]>([
    ['read buckets', "target.bucket.name = 'x'", ['not-for-list']],
    ['manage buckets', "target.bucket.id = 'x'", ['not-for-list', 'not-for-create']],
    ['manage buckets', "target.bucket.name = 'x'", ['not-for-list']],
    ['manage buckets', "target.resource.tag.ns.k = 'x'", ['not-for-list', 'not-for-create']],
    ['read buckets', "target.compartment.name = 'Prod'", ['not-for-list']],
    ['read buckets', "any { target.bucket.name = 'x', not target.bucket.name }", []],
    ['read buckets', "all { target.bucket.name = 'x', request.permission = 'BUCKET_READ' }", []], // List is not meant
    ['read buckets', "all { target.bucket.name = 'x', request.operation = /Get*/ }", []],
    ['read buckets', "any { target.bucket.name = 'x', request.permission = 'BUCKET_INSPECT' }", []], // List is seen to
    ['{BUCKET_READ}', "target.bucket.name = 'x'", []],
    ['read buckets', "request.region = 'iad'", []],
    ['use volumes', "target.instance.shape = 'vm'", ['not-for-list']], // attaching to an instance asks for it too
    ['{VOLUME_UPDATE}', "target.instance.shape = 'vm'", []],
    ['use buckets', "target.instance.shape = 'vm'", ['never-true-condition']],
  ])('%s where %s', (what, condition, expected) => expect(ids(where(condition, what))).toEqual(expected))

  test('a Deny leaves what its condition cannot meet', () => {
    expect(found("Deny group Ops to inspect buckets in tenancy where target.bucket.name = 'x'")).toMatchObject([
      { id: 'not-for-list', message: 'the condition cannot hold for `ListBuckets`: they are not denied' },
    ])
  })
})

describe('A14 a Deny and what may be missing', () => {
  test.each<[string, readonly string[]]>([
    [
      "request.gateway.type != 'private'",
      ['where nobody supplies `request.gateway.type`, this Deny applies to everybody'],
    ],
    ["any { not request.gateway.id, request.gateway.id != 'g' }", []],
    ["all { request.gateway.id, request.gateway.id != 'g' }", []],
    ["request.user.name = 'kim'", []],
    ["request.utc-timestamp.day-of-week = 'sunday'", []],
    [
      "target.bucket.name != 'x'",
      [
        '`target.bucket.name` has no meaning for `instances`, `volumes`, `groups` and 3 more: this Deny does not apply there',
      ],
    ],
  ])('%s', (condition, expected) =>
    expect(
      found(`Deny group Ops to manage all-resources in tenancy where ${condition}`)
        .filter((f) => f.id === 'deny-fact-may-be-missing')
        .map((f) => f.message),
    ).toEqual(expected),
  )
})

describe('A14 a set of statements', () => {
  const read = 'Allow group Ops to read buckets in compartment Prod'
  test.each<[string, readonly string[], readonly [number, LintId][]]>([
    [
      'the same in other words',
      [read, 'allow GROUP default/ops to READ buckets in compartment prod'],
      [[1, 'redundant-statement']],
    ],
    ['a higher verb', [read, 'Allow group Ops to use buckets in compartment Prod'], [[0, 'redundant-statement']]],
    ['a family', [read, 'Allow group Ops to read object-family in compartment Prod'], [[0, 'redundant-statement']]],
    ['a compartment above', [read, 'Allow group Ops to read buckets in tenancy'], [[0, 'redundant-statement']]],
    [
      'a list of groups',
      [read, 'Allow group Devs, Ops to read buckets in compartment Prod'],
      [[0, 'redundant-statement']],
    ],
    [
      'permissions of a verb',
      ['Allow group Ops to {BUCKET_READ} in compartment Prod', read],
      [[0, 'redundant-statement']],
    ],
    [
      'a verb is more than its permissions',
      [read, 'Allow group Ops to {BUCKET_READ, BUCKET_INSPECT} in compartment Prod'],
      [[1, 'redundant-statement']],
    ],
    ['a condition less', [`${read} where request.region = 'iad'`, read], [[0, 'redundant-statement']]],
    ['other conditions', [`${read} where request.region = 'iad'`, `${read} where request.region = 'gru'`], []],
    ['another group', [read, 'Allow group Devs to use buckets in compartment Prod'], []],
    ['another domain', [read, 'Allow group partners/Ops to use buckets in compartment Prod'], []],
    ['another compartment', [read, 'Allow group Ops to use buckets in compartment Dev'], []],
    [
      'a compartment below',
      [read, 'Allow group Ops to read buckets in compartment Prod:Web'],
      [[1, 'redundant-statement']],
    ],
    ['an id is not a name', [read, 'Allow group Ops to use buckets in compartment id c-Prod'], []],
    ['a Deny above', [read, 'Deny group Ops to inspect buckets in tenancy'], [[0, 'shadowed-statement']]],
    ['a Deny of a part', [read, 'Deny group Ops to read buckets in tenancy'], []],
    [
      'a Deny under a condition',
      [read, "Deny group Ops to inspect buckets in tenancy where request.region = 'iad'"].slice(0, 1),
      [],
    ],
    [
      'a Deny of a larger subject',
      [read, 'Deny any-user to inspect all-resources in tenancy'],
      [
        [0, 'shadowed-statement'],
        [1, 'deny-all-to-everybody'],
      ],
    ],
    [
      'the Administrators are never denied',
      ['Allow group Administrators to read buckets in tenancy', 'Deny any-user to inspect all-resources in tenancy'],
      [[1, 'deny-all-to-everybody']],
    ],
    [
      'a smaller Deny',
      ['Deny group Ops to manage buckets in compartment Prod', 'Deny group Ops to use buckets in compartment Prod'],
      [[0, 'redundant-statement']],
    ],
  ])('%s', (_, texts, expected) => expect(found(...texts).map((f) => [f.statement, f.id])).toEqual(expected))

  test('a path counts from where the policy is attached', () => {
    const text = 'Allow group Ops to read buckets in compartment Web'
    const at = (...attachedTo: readonly string[]) => ({ text, attachedTo })
    expect(lint([at('Prod'), at('Dev')], catalogue)).toEqual([])
    expect(lint([at('Prod'), at('Prod', 'Web')], catalogue)).toMatchObject([
      { statement: 1, id: 'redundant-statement' },
    ])
  })
})

test('A14 what to write fits what was written', () => {
  expect(
    found("Allow group A to use buckets in tenancy where all { request.permission != 'X', request.permission != 'Y' }"),
  ).toMatchObject([{ id: 'always-true-condition', fix: 'leave the condition out' }])
  expect(
    found("Allow group A to use buckets in tenancy where any { request.region != 'iad', request.region != 'gru' }"),
  ).toMatchObject([{ id: 'always-true-condition', fix: 'write `all` for `any`, or leave the condition out' }])
  expect(found("Allow group A to use buckets in tenancy where request.permission = 'X'")).toMatchObject([
    { id: 'never-true-condition', fix: 'correct the values' },
  ])
})

test('a finding has its place, its reason and a remedy', () => {
  const text = 'Allow group Ops to use\n  bucketz in compartment Prod'
  expect(found(text)).toEqual([
    {
      id: 'unknown-resource-type',
      severity: 'warning',
      statement: 0,
      line: 2,
      column: 3,
      message: 'no resource-type or family is called `bucketz`',
      explanation: lintRules['unknown-resource-type'].explanation,
      fix: 'did you mean `buckets`',
    },
  ])
})
