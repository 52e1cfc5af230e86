// Lint of names: variables nobody knows, templates left in, bindings gone stale, and the matching rules of dynamic groups.
import { describe, expect, test } from 'vitest'
import { catalogueOf } from '../../../src/core/policy/catalogue.ts'
import { type Finding, lint } from '../../../src/core/policy/lint.ts'
import { lintRulesOf } from '../../../src/core/policy/lint-dynamic.ts'
import { lintRules } from '../../../src/core/policy/lint-rules.ts'
import { staleFinding } from '../../../src/core/policy/lint-stale.ts'
import { staleBindings } from '../../../src/core/policy/stale.ts'
import { catalogue, policiesOf, testData, world } from './kit.ts'

const told = ({ id, message, fix }: Finding): string => `${id}: ${message}${fix === undefined ? '' : `; ${fix}`}`
const lines = (text: string): readonly string[] => lint([{ text }], catalogue).map(told)
const where = (condition: string, what = 'use buckets') =>
  lines(`Allow group Ops to ${what} in compartment Prod where ${condition}`)

describe('A14 unknown variables', () => {
  test.each<[string, string, readonly string[]]>([
    [
      "any { target.buckt.name = 'x', request.region = 'iad' }",
      'use buckets',
      ['unknown-variable: no resource-type has the variable `target.buckt.name`; did you mean `target.bucket.name`'],
    ],
    [
      "any { target.group.name = 'x', request.region = 'iad' }",
      'use buckets',
      [
        'unknown-variable: `target.group.name` has no meaning for `buckets`; use one of `target.bucket.id`, `target.bucket.name`',
      ],
    ],
    [
      "any { request.region = 'iad', request.region = target.group.name }",
      'use buckets',
      [expect.stringMatching(/^unknown-variable: `target.group.name` has no meaning/)],
    ],
    [
      "request.usr.name = 'kim'",
      'use buckets',
      ['unknown-variable: nothing in here supplies `request.usr.name`; did you mean `request.user.name`'],
    ],
    ["request.networkSource.nmae = 'x'", 'use buckets', [expect.stringContaining('`request.networksource.name`')]],
    ["request.department = 'sales'", 'use buckets', []], // a caller may say anything
    ["request.principal.group.tag.ns.key = 'x'", 'use buckets', []],
    ["target.compartment.name = 'Prod'", '{BUCKET_UPDATE}', []],
    ["target.resource.compartment.tag.ns.k = 'x'", '{BUCKET_UPDATE}', []],
    ["target.bucket.name = 'x'", '{BUCKET_UPDATE}', []],
    ["target.bucket.name = 'x'", '{OBJECT_UPDATE}', []],
    [
      "target.nothing.name = 'x'",
      'use nothings',
      [expect.stringMatching(/^unknown-resource-type/)], // of what is not known, the variables are not known either
    ],
  ])('%s', (condition, what, expected) => expect(where(condition, what)).toEqual(expected))
})

test('A14 templates that nobody filled in', () => {
  const hole = `$${'{var.group}'}`
  expect(
    lines(`Allow group '${hole}' to use buckets in compartment '{{ place }}' where request.region = '<region>'`),
  ).toEqual([
    `template-left: \`${hole}\` is a template that nobody filled in; put the real name or value in its place`,
    'template-left: `{{ place }}` is a template that nobody filled in; put the real name or value in its place',
    'template-left: `<region>` is a template that nobody filled in; put the real name or value in its place',
  ])
  expect(lines("Allow group 'a < b' to use buckets in compartment '100%'")).toEqual([])
})

describe('A14 a Deny and facts that not everybody or not every place has', () => {
  test.each<[string, string, readonly string[]]>([
    ['any-user', "request.principal.compartment.id = 'c'", ['whoever has no `request.principal.compartment.id`']],
    ['group Ops', "request.principal.group.tag.ns.k = 'x'", ['whoever has no `request.principal.group.tag.ns.k`']],
    ['any-user', "request.user.name != 'kim'", ['whoever has no `request.user.name`']],
    ['group Ops', "request.user.name != 'kim'", []],
    ['any-user', "request.principal.type = 'workload'", []],
    ['any-user', "any { not request.principal.compartment.id, request.principal.compartment.id != 'c' }", []],
    [
      'any-user',
      "target.resource.compartment.tag.ns.k = 'x'",
      ['in a compartment without `target.resource.compartment.tag.ns.k`'],
    ],
  ])('%s where %s', (who, condition, expected) =>
    expect(lines(`Deny ${who} to {BUCKET_UPDATE} in tenancy where ${condition}`)).toEqual(
      expected.map((e) =>
        expect.stringContaining(
          `deny-fact-may-be-missing: this Deny does not apply ${e.startsWith('in ') ? '' : 'to '}${e}`,
        ),
      ),
    ),
  )
})

describe('A8 A14 matching rules', () => {
  const { catalogue: known } = catalogueOf([{ ...testData, workloads: ['fnfunc', 'cluster', 'devopsbuildpipeline'] }])
  test.each<[string, readonly string[]]>([
    ["all { instance.compartment.id = 'c' }", []],
    ["any { instance.compartment.id = 'a', instance.compartment.id = 'b' }", []],
    [
      "ALL {instance.compartment.id = 'a', instance.compartment.id = 'b'}",
      ['never-matching-rule: nothing matches this: a workload has one `compartment.id`; did you mean `any { … }`'],
    ],
    ["all { resource.type = 'cluster', any { resource.type = 'FnFunc', resource.type = 'cluster' } }", []],
    [
      "all { resource.type = 'cluster', all { resource.type = 'fnfunc' } }",
      [
        expect.stringMatching(/^never-matching-rule/),
        "single-element-group: `all` holds a single test; write `resource.type = 'fnfunc'`",
      ],
    ],
    ["all { resource.type = 'cluster', resource.type != 'CLUSTER' }", [expect.stringMatching(/^never-matching-rule/)]],
    [
      "all { resource.type = 'cluster', instance.compartment.id = 'c' }",
      [
        'never-matching-rule: nothing matches this: a workload has one `type`; `instance.…` is about compute instances only: write `resource.…`',
      ],
    ],
    ["all { resource.type = 'instance', instance.compartment.id = 'c', instance.id != 'i' }", []],
    [
      "any { resource.id != 'a', resource.id != 'b' }",
      ['always-matching-rule: every workload matches one of these; did you mean `all { … }`'],
    ],
    ["any { instance.id != 'a', instance.id != 'b' }", []], // what is no instance stays out
    ["any { tag.ns.k.value = 'a', tag.ns.k.value != 'a' }", []], // so does what has no tag
    ["all { tag.ns.k.value = 'a', tag.ns.k.value = 'b' }", []], // a tag may have two values
    [
      "resource.type = 'fnfun'",
      ['unknown-type-word: no workload is known by the type word `fnfun`; did you mean `fnfunc`'],
    ],
    ["resource.type = 'devops_build_pipeline'", [expect.stringContaining('did you mean `devopsbuildpipeline`')]],
    ["resource.type = 'spaceship'", ['unknown-type-word: no workload is known by the type word `spaceship`']],
    ["resource.type = 'bucket'", []], // the noun of a resource-type
    [
      "resource.compartment.id = '<ocid>'",
      ['template-left: `<ocid>` is a template that nobody filled in; put the real value in its place'],
    ],
    ['nonsense', []],
  ])('%s', (rule, expected) => expect(lintRulesOf([rule], known).map(told)).toEqual(expected))

  test('every finding has its place, its reason and the number of its rule', () => {
    expect(lintRulesOf(["instance.id = 'a'", "any {\n  resource.type = 'fnfun' }"], known)).toEqual([
      {
        id: 'unknown-type-word',
        severity: 'warning',
        statement: 1,
        line: 2,
        column: 19,
        message: expect.stringContaining('`fnfun`'),
        explanation: lintRules['unknown-type-word'].explanation,
        fix: 'did you mean `fnfunc`',
      },
    ])
  })
})

describe('A14 stale bindings', () => {
  const bound = policiesOf(['Allow group Ops to use buckets in compartment Prod'])
  const findings = (differs: Partial<typeof world>) =>
    bound.flatMap((policy) => staleBindings(policy, { ...world, ...differs })).map((b) => told(staleFinding(b, 7)))
  test('nothing is stale while every name means what it meant', () => expect(findings({})).toEqual([]))
  test('gone, renamed, and taken by another', () => {
    const id = world.groups.get('default/ops') ?? ''
    const without = new Map([...world.groups].filter(([name]) => name !== 'default/ops'))
    const ids = new Set([...world.groupIds].filter((g) => g !== id))
    expect(findings({ groups: without, groupIds: ids })).toEqual([
      `stale-binding: \`group:default/ops\` was bound to \`${id}\`, which is gone; name what is there now`,
    ])
    expect(findings({ groups: new Map([...without, ['default/operations', id]]) })).toEqual([
      `stale-binding: \`group:default/ops\` was bound to \`${id}\`, which is called \`default/operations\` now; name what is there now`,
    ])
    expect(findings({ groups: new Map([...without, ['default/ops', 'g-new']]), groupIds: ids })).toEqual([
      `stale-binding: \`group:default/ops\` was bound to \`${id}\`, which is gone, and the name belongs to \`g-new\`; save the policy again to bind the name anew, if meant`,
    ])
  })
})
