// The statement language: what parses, to which tree, and what each fault says.
import { describe, expect, test } from 'vitest'
import { lineOf } from '../../../src/core/policy/fault.ts'
import { parseStatement } from '../../../src/core/policy/parse.ts'
import { printStatement } from '../../../src/core/policy/print.ts'

const hole = `$${'{var.name}'}`

describe('A1 canonical form', () => {
  test.for([
    // [as written, as printed]
    ['allow group Admins to manage all-resources in tenancy', 'Allow group Admins to manage all-resources in tenancy'],
    [
      'ALLOW\n GROUP  Admins\tTO MANAGE All-Resources IN TENANCY',
      'Allow group Admins to manage all-resources in tenancy',
    ],
    [
      "Allow group 'id_lz'/'grp net' , Ops,id ocid1.group.oc1..a to use vcns in compartment A:B:'C D'",
      "Allow group id_lz/'grp net', Ops, id ocid1.group.oc1..a to use vcns in compartment A:B:'C D'",
    ],
    ["allow group A to read objects in compartment 'A B':C", "Allow group A to read objects in compartment 'A B':C"],
    [
      "allow group A to read objects in compartment A : 'B C' : D",
      "Allow group A to read objects in compartment A:'B C':D",
    ],
    [
      'deny any-user to {bucket_inspect, OBJECT_READ} in tenancy',
      'Deny any-user to {BUCKET_INSPECT, OBJECT_READ} in tenancy',
    ],
    ['Allow dynamic-group X { INSTANCE_INSPECT } in tenancy', 'Allow dynamic-group X to {INSTANCE_INSPECT} in tenancy'],
    [
      'Allow dynamic-group X { INSTANCE_INSPECT } instances in tenancy',
      'Allow dynamic-group X to {INSTANCE_INSPECT} instances in tenancy',
    ],
    [
      "Deny any-user to access object-family in tenancy where any {not request.gateway.id, request.gateway.type !='privateserviceaccess'}",
      "Deny any-user to inspect object-family in tenancy where any { not request.gateway.id, request.gateway.type != 'privateserviceaccess' }",
    ],
    [
      'Allow service blockstorage,FssOc1Prod, objectstorage-us-ashburn-1 to use keys in compartment id ocid1.c where target.key.id = /x*/',
      'Allow service blockstorage, FssOc1Prod, objectstorage-us-ashburn-1 to use keys in compartment id ocid1.c where target.key.id = /x*/',
    ],
    [
      'Allow resource loganalyticsvrp LogAnalyticsVirtualResource to {VCN_READ} in compartment C',
      'Allow resource loganalyticsvrp LogAnalyticsVirtualResource to {VCN_READ} in compartment C',
    ],
    [
      "allow group A to use users in tenancy where target.group.name ! = 'Administrators'",
      "Allow group A to use users in tenancy where target.group.name != 'Administrators'",
    ],
    [
      "allow group A to use users in tenancy where all{request.principal.group.tag.ns.k='*', any { !request.x, request.y }}",
      "Allow group A to use users in tenancy where all { request.principal.group.tag.ns.k = '*', any { not request.x, request.y } }",
    ],
    [
      "allow any-group to read users in tenancy where sets-intersect(target.resource.compartment.tag.ns.k, ('a','b'))",
      "Allow any-group to read users in tenancy where sets-intersect(target.resource.compartment.tag.ns.k, ('a', 'b'))",
    ],
    [
      "allow any-group to read users in tenancy where sets-equal(target.policy.type, 'allow')",
      "Allow any-group to read users in tenancy where sets-equal(target.policy.type, ('allow'))",
    ],
    [
      'allow any-group to read users in tenancy where SETS-INTERSECT(target.a.b, request.c.d)',
      'Allow any-group to read users in tenancy where sets-intersect(target.a.b, request.c.d)',
    ],
    [
      "allow any-user to read users in tenancy where request.region not in ('iad', /eu-*/)",
      "Allow any-user to read users in tenancy where request.region not in ('iad', /eu-*/)",
    ],
    [
      "allow any-user to read users in tenancy where request.utc-timestamp.time-of-day between '17:00:00Z' and '01:00:00Z'",
      "Allow any-user to read users in tenancy where request.utc-timestamp.time-of-day between '17:00:00Z' and '01:00:00Z'",
    ],
    [
      "allow any-user to read users in tenancy where request.utc-timestamp before '2020-04-01Z'",
      "Allow any-user to read users in tenancy where request.utc-timestamp before '2020-04-01Z'",
    ],
    [
      'allow any-user to read objects in tenancy where target.object.name = /a\\/b*/',
      'Allow any-user to read objects in tenancy where target.object.name = /a\\/b*/',
    ],
    ["allow group 'O\\'Brien' to read users in tenancy", "Allow group 'O\\'Brien' to read users in tenancy"],
    ["allow group 'to' to read users in tenancy", "Allow group 'to' to read users in tenancy"],
    [
      "allow group '관리자' to read users in compartment '개발':Web",
      "Allow group '관리자' to read users in compartment '개발':Web",
    ],
    ['define tenancy usage-report as ocid1.tenancy.oc1..a', 'Define tenancy usage-report as ocid1.tenancy.oc1..a'],
    ['DEFINE GROUP G AS id ocid1.group.oc1..a', 'Define group G as ocid1.group.oc1..a'],
    [
      'allow endorse group Devs to use object-family in tenancy Partner',
      'Endorse group Devs to use object-family in tenancy Partner',
    ],
    [
      'Deny endorse group Devs to manage object-family in tenancy Partner',
      'Deny endorse group Devs to manage object-family in tenancy Partner',
    ],
    [
      'Endorse any-user to { WLP_METRICS_CREATE } in any-tenancy where request.principal.id = target.agent.id',
      'Endorse any-user to {WLP_METRICS_CREATE} in any-tenancy where request.principal.id = target.agent.id',
    ],
    [
      "endorse any-user to associate compute-container-instances in compartment s of tenancy ske with subnets in tenancy where ALL {request.principal.type='virtualnode'}",
      "Endorse any-user to associate compute-container-instances in compartment s of tenancy ske with subnets in tenancy where all { request.principal.type = 'virtualnode' }",
    ],
    [
      'admit any-user of any-tenancy to read objects in compartment A',
      'Admit any-user of any-tenancy to read objects in compartment A',
    ],
    [
      'deny admit group G of tenancy T to manage object-family in tenancy',
      'Deny admit group G of tenancy T to manage object-family in tenancy',
    ],
  ] as const)('%s', ([written, printed]) => {
    const { statement, faults } = parseStatement(written)
    expect(faults.filter((f) => f.severity === 'error').map(lineOf)).toEqual([])
    expect(statement && printStatement(statement)).toBe(printed)
  })
})

describe('A1 every fault of a statement is reported, with its place and what to write', () => {
  test.for([
    ['', ['1:1 expected a statement, found the end']],
    [
      'group A to read users in tenancy',
      ['1:1 expected `allow`, `deny`, `endorse`, `admit` or `define`, found `group`; begin with `Allow` or `Deny`'],
    ],
    [
      'Allow group A to read users',
      ['1:28 expected where it holds, found the end; add `in tenancy` or `in compartment NAME`'],
    ],
    [
      "Allow group A to read users where request.region = 'iad'",
      ['1:29 expected where it holds, found `where`; add `in tenancy` or `in compartment NAME`'],
    ],
    [
      'Allow group A to read users in Prod',
      ['1:32 expected `tenancy` or `compartment`, found `Prod`; write `in compartment Prod`'],
    ],
    ['Allow group to read users in tenancy', ['1:13 expected the name of a group, found `to`']],
    [
      'Allow group Dev Ops to read users in tenancy',
      ['1:17 expected `to`, found `Ops`; put a name with spaces in single quotes'],
    ],
    [
      'Allow group A, group B to read users in tenancy',
      [
        '1:16 `group` is said once for the whole list, and a statement has one kind of subject; write `group A, B`, or a second statement',
      ],
    ],
    [
      'Allow group 관리자 to read users in tenancy',
      ["1:13 `관리자` holds characters that need quotes; write `'관리자'`"],
    ],
    ['Allow group go-on=oci to read users in tenancy', ['1:18 expected `to`, found `=`; add `to`']],
    ['Allow group A to frob users in tenancy', ['1:18 expected `inspect`, `read`, `use` or `manage`, found `frob`']],
    [
      'Allow group A to access users in tenancy',
      ['1:18 expected `inspect`, `read`, `use` or `manage`, found `access`'],
    ],
    [
      'Allow group A to read users, groups in tenancy',
      ['1:28 a statement names one resource-type; write one statement for each'],
    ],
    [
      'Allow group A to manage all resources in tenancy',
      ['1:29 expected `in`, found `resources`; write `all-resources`'],
    ],
    [
      'Allow group A to associate subnets in tenancy',
      ['1:28 `associate` joins resources of two tenancies; use it in Endorse and Admit only'],
    ],
    ['Allow group A to {} in tenancy', ['1:19 expected a permission such as `USER_READ`, found `}`']],
    ['Allow group A to {USER_READ in tenancy', ['1:29 expected `,` or `}`, found `in`; add `}`']],
    ['Allow group A to read users in tenancy where any {}', ['1:51 expected a condition, found `}`']],
    [
      "Allow group A to read users in tenancy where all {a.b = 'c',}",
      ['1:61 expected a condition after `,`, found `}`; remove the last `,`'],
    ],
    [
      "Allow group A to read users in tenancy where all {a.b = 'c' d.e = 'f'}",
      ['1:61 expected `,` between conditions, found `d.e`; add `,`'],
    ],
    ["Allow group A to read users in tenancy where all {a.b = 'c'", ['1:60 expected `}`, found the end; add `}`']],
    [
      "Allow group A to read users in tenancy where a.b = 'c'}",
      ['1:55 expected `where` or the end of the statement, found `}`'],
    ],
    [
      "Allow group A to read users in tenancy where a.b = 'c' and d.e = 'f'",
      ['1:56 `and` does not join conditions; write `all { …, … }`'],
    ],
    [
      "Allow group A to read users in tenancy where a.b = 'c' OR d.e = 'f'",
      ['1:56 `OR` does not join conditions; write `any { …, … }`'],
    ],
    [
      "Allow group A to read users in tenancy where any(a.b = 'c')",
      ['1:49 conditions are grouped with braces; write `any { … }`'],
    ],
    [
      "Allow group A to read users in tenancy where { a.b = 'c' }",
      ['1:46 expected `any` or `all` before `{`; write `all { … }` or `any { … }`'],
    ],
    [
      "Allow group A to read users in tenancy where a.b = 'c' where d.e = 'f'",
      ['1:56 a statement has one `where`; write `where all { …, … }`'],
    ],
    ['Allow group A to read users in tenancy where', ['1:45 expected a condition after `where`, found the end']],
    [
      'Allow group A to read users in tenancy where a.b = ‘c’',
      ["1:52 expected a straight single quote, found `‘`; write `'c'`"],
    ],
    [
      'Allow group A to read users in tenancy where a.b = "c"',
      ["1:52 expected a straight single quote, found `\"`; write `'c'`"],
    ],
    ["Allow group 'A to read users in tenancy", ["1:13 a quote is opened here and never closed; add the closing `'`"]],
    [
      'Allow group A to read users in tenancy where a.b = /c',
      ['1:52 a pattern is opened here and never closed; add the closing `/`'],
    ],
    ["Allow group A to read users in tenancy where a.b == 'c'", ['1:50 expected `=`, found `==`; write `=`']],
    [
      "Allow group A to read users in tenancy where a.b like 'c'",
      ['1:50 expected `=`, `!=`, `in`, `not in`, `before`, `after` or `between`, found `like`'],
    ],
    [
      'Allow group A to read users in tenancy # everybody',
      ['1:40 the language has no comments; say it in the description of the policy'],
    ],
    [
      'Allow group A to read users in tenancy // everybody',
      ['1:40 the language has no comments; say it in the description of the policy'],
    ],
    [
      `Allow group <group> to read users in compartment ${hole}`,
      [
        '1:13 `<group>` is a placeholder; put the real name in its place',
        `1:50 \`${hole}\` is a placeholder; put the real name in its place`,
      ],
    ],
    [
      'Allow group A to read users in tenancy\nAllow group B to read users in tenancy',
      ['2:1 another statement begins at `Allow`; give every statement an entry of its own'],
    ],
    [
      'Deny group P to manage network-family in compartment X P to manage policies in compartment X',
      ['1:56 expected `where` or the end of the statement, found `P`'],
    ],
    // several at once: a fault in one part does not hide those in the next
    [
      'Allow group to frob users\nwhere all { a.b ~ 1, c.d = }',
      [
        '1:13 expected the name of a group, found `to`',
        '1:16 expected `inspect`, `read`, `use` or `manage`, found `frob`',
        '2:1 expected where it holds, found `where`; add `in tenancy` or `in compartment NAME`',
        '2:17 `~` is not part of the language; remove it',
        '2:19 expected `=`, `!=`, `in`, `not in`, `before`, `after` or `between`, found `1`',
        '2:28 expected a value in single quotes, found `}`',
      ],
    ],
  ] as const)('%s', ([written, lines]) => {
    const { statement, faults } = parseStatement(written)
    expect(faults.map(lineOf)).toEqual(lines)
    expect(statement).toBeUndefined()
  })
})

describe('A1 warnings do not stop a statement', () => {
  test.for([
    ['Deny any-user to access objects in tenancy', 'verb-access'],
    ["Allow group 'Default/Ops' to read users in tenancy", 'slash-in-quotes'],
    ['Allow group A to use keys in tenancy where target.key.id = KEY_OCID', 'value-bare'],
  ] as const)('%s: %s', ([written, code]) => {
    const { statement, faults } = parseStatement(written)
    expect(statement).toBeDefined()
    expect(faults.map((f) => [f.severity, f.code])).toEqual([['warning', code]])
  })
})

describe('A1 hostile input', () => {
  test('10,000 braces are refused where nesting ends, at once', () => {
    const { statement, faults } = parseStatement(`Allow group A to read users in tenancy where ${'any{'.repeat(3000)}`)
    expect(statement).toBeUndefined()
    expect(faults[0]).toMatchObject({ code: 'too-deep', line: 1, column: 46 + 33 * 4 })
    expect(faults.length).toBeLessThanOrEqual(40)
  })
  test('a statement of 16,385 characters is refused', () => {
    const { faults } = parseStatement(`Allow group ${'a'.repeat(16_373)}`)
    expect(faults.map((f) => f.code)).toEqual(['statement-too-long'])
  })
  test.for([
    '\u0000',
    '\ud800',
    '💥',
    '\\',
    '{'.repeat(500),
    '}'.repeat(500),
    "'".repeat(501),
    '/'.repeat(501),
    '(,)!='.repeat(99),
  ])('%j', (junk) => {
    expect(parseStatement(junk).statement).toBeUndefined()
    expect(parseStatement(`Allow group A to read users in tenancy where ${junk}`).statement).toBeUndefined()
  })
})
