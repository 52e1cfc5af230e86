// The statement language: what parses, in which canonical form, and what only warns.
import { describe, expect, test } from 'vitest'
import { lineOf } from '../../../src/core/policy/fault.ts'
import { parseStatement } from '../../../src/core/policy/parse.ts'
import { parseRule } from '../../../src/core/policy/parse-rule.ts'
import { printStatement } from '../../../src/core/policy/print.ts'

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
  test('what is short enough, but not in canonical form, is refused: it could not be read again', () => {
    const { statement, faults } = parseStatement(`Allow group ${'A,'.repeat(8_000)}B to read users in tenancy`)
    expect(statement).toBeUndefined()
    expect(faults.map(lineOf)).toEqual([
      '1:1 a statement has at most 16384 characters, this one has 24038 in canonical form; split it into several statements',
    ])
  })
  test('10,000 levels are refused in well under a second, as too long or as too deep', () => {
    const nested = (depth: number) => `${'any{'.repeat(depth)}a.b${'}'.repeat(depth)}`
    const codes = (text: string) =>
      parseStatement(`Allow group A to read users in tenancy where ${text}`).faults.map((f) => f.code)
    expect(codes(nested(10_000))).toEqual(['statement-too-long'])
    expect(codes(nested(3_000))).toEqual(['too-deep'])
    expect(codes(nested(32))).toEqual([])
    expect(codes(nested(33))).toEqual(['too-deep'])
    expect(parseRule(nested(10_000)).faults.map((f) => f.code)).toEqual(['statement-too-long'])
  })
  test('a million characters are refused without being looked at', () => {
    for (const unit of ["'", 'any{', '가', '\n', '/*'])
      expect(parseStatement(unit.repeat(1 << 20)).faults.map((f) => f.code)).toEqual(['statement-too-long'])
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
