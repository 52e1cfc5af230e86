// What may be written: names that exist, places below the attachment, variables that mean something.
import { describe, expect, test } from 'vitest'
import { checkStatement } from '../../../src/core/policy/check.ts'
import { lineOf } from '../../../src/core/policy/fault.ts'
import { catalogue, world } from './kit.ts'

const check = (text: string, at = 'c-acme', denyEnabled = true) => {
  const attachedTo = world.tree.byId.get(at)
  if (!attachedTo) throw new Error(at)
  return checkStatement(text, { catalogue, world, attachedTo, denyEnabled })
}

describe('A1 names are bound to ids', () => {
  test.for([
    [
      "Allow group Ops, default/'DEVS' to read instances in compartment Prod:web",
      'c-acme',
      { 'group:default/ops': 'g-Ops', 'group:default/devs': 'g-Devs', 'compartment:prod:web': 'c-Web' },
    ],
    ['Allow any-user to read instances in compartment Prod', 'c-Prod', { 'compartment:prod': 'c-Prod' }],
    ['Allow any-user to read instances in compartment Web:Blue', 'c-Prod', { 'compartment:web:blue': 'c-Blue' }],
    ['Allow any-user to read instances in compartment id c-Blue', 'c-Prod', {}],
    ['Allow any-user to read instances in tenancy', 'c-acme', {}],
    [
      "Allow dynamic-group Fleet, 'default'/functions to read instances in tenancy",
      'c-acme',
      { 'dynamic-group:default/fleet': 'dg-Fleet', 'dynamic-group:default/functions': 'dg-Functions' },
    ],
    ['Allow service blockstorage, OKE to use buckets in tenancy', 'c-acme', {}],
    [
      'Allow resource loganalyticsvrp LogAnalyticsVirtualResource to {BUCKET_READ} in compartment Dev',
      'c-acme',
      { 'compartment:dev': 'c-Dev' },
    ],
    ["Allow any-user to use buckets in tenancy where request.principal.group.tag.a.b = '*'", 'c-acme', {}],
    ['Allow any-user to read instances in compartment acme', 'c-acme', { 'compartment:acme': 'c-acme' }],
  ] as const)('%s', ([text, at, bindings]) => {
    const { faults, ...rest } = check(text, at)
    expect(faults.map(lineOf)).toEqual([])
    expect(rest.bindings).toEqual(bindings)
  })
})

describe('A6 refused at write time, with the remedy', () => {
  test.for([
    [
      'Allow group Nobody to read instances in tenancy',
      'c-acme',
      '1:13 there is no group `Nobody` in domain `default`; create the group first',
    ],
    [
      'Allow group nowhere/Ops to read instances in tenancy',
      'c-acme',
      '1:13 there is no identity domain `nowhere`; use one of `default`, `partners`',
    ],
    [
      'Allow group partners/Ops to read instances in tenancy',
      'c-acme',
      '1:22 there is no group `Ops` in domain `partners`; write `default/Ops`',
    ],
    ['Allow group id g-x to read instances in tenancy', 'c-acme', '1:16 there is no group with the id `g-x`'],
    [
      'Allow any-user to read instances in compartment Nope',
      'c-acme',
      '1:49 there is no compartment `Nope` in `acme`, which the policy is attached to; there are `Dev`, `Finance`, `Prod`',
    ],
    [
      'Allow any-user to read instances in compartment Blue',
      'c-acme',
      '1:49 there is no compartment `Blue` in `acme`, which the policy is attached to; write `in compartment Prod:Web:Blue`',
    ],
    [
      'Allow any-user to read instances in compartment Blue',
      'c-Prod',
      '1:49 there is no compartment `Blue` in `Prod`, which the policy is attached to; write `in compartment Web:Blue`',
    ],
    [
      'Allow any-user to read instances in compartment Dev',
      'c-Prod',
      '1:49 there is no compartment `Dev` in `Prod`, which the policy is attached to; there are `Db`, `Web`',
    ],
    [
      'Allow any-user to read instances in compartment id c-Dev',
      'c-Prod',
      '1:52 a policy attached to `Prod` covers that compartment and what lies below it; attach the policy to a compartment above both',
    ],
    [
      'Allow any-user to read instances in compartment id c-none',
      'c-Prod',
      '1:52 there is no compartment with the id `c-none`',
    ],
    [
      'Allow any-user to read instances in tenancy',
      'c-Prod',
      '1:1 `in tenancy` holds only in policies attached to the root, this one is attached to `Prod`; write `in compartment Prod`',
    ],
    [
      'Allow dynamic-group Ops to use buckets in tenancy',
      'c-acme',
      '1:21 there is no dynamic group `Ops` in domain `default`; it is a group: write `group Ops`',
    ],
    [
      'Allow group Fleet to use buckets in tenancy',
      'c-acme',
      '1:13 there is no group `Fleet` in domain `default`; it is a dynamic group: write `dynamic-group Fleet`',
    ],
    [
      'Allow dynamic-group id dg-x to use buckets in tenancy',
      'c-acme',
      '1:24 there is no dynamic group with the id `dg-x`',
    ],
    [
      "Allow any-user to use buckets in tenancy where foo.bar = 'x'",
      'c-acme',
      '1:48 there is no variable `foo.bar`; variables begin with `request.` or `target.`',
    ],
    [
      "Allow any-user to use buckets in tenancy where request.utc-timestamp = '2030-01-01Z'",
      'c-acme',
      "1:48 `request.utc-timestamp` is compared with `before` and `after` only; write `request.utc-timestamp before '…'`",
    ],
    [
      "Allow any-user to use buckets in tenancy where request.region before '2030-01-01Z'",
      'c-acme',
      '1:48 `before` compares `request.utc-timestamp` only; use `=` or `!=`',
    ],
    [
      "Allow any-user to use buckets in tenancy where request.utc-timestamp before '2030-02-30Z'",
      'c-acme',
      "1:77 `2030-02-30Z` is not a time in UTC; write `'2030-01-31Z'` or `'2030-01-31T09:30:00Z'`",
    ],
    [
      "Allow any-user to use buckets in tenancy where request.utc-timestamp.time-of-day between '9' and '17:00:00Z'",
      'c-acme',
      "1:90 `9` is not a time of day in UTC; write `'17:00:00Z'`",
    ],
  ] as const)('%s', ([text, at, line]) => {
    const { faults, bindings } = check(text, at)
    expect(faults.filter((f) => f.severity === 'error').map(lineOf)).toEqual([line])
    expect(bindings).toEqual({})
  })
  test('A5 a Deny before it was enabled', () => {
    expect(check('Deny any-user to inspect instances in tenancy', 'c-acme', false).faults.map((f) => f.code)).toEqual([
      'deny-not-enabled',
    ])
  })
})

describe('A1 what the catalogue does not know is warned of', () => {
  test.for([
    [
      'Allow any-user to read spaceships in tenancy',
      'no resource-type or family is called `spaceships`: the statement has no effect until there is one',
    ],
    [
      'Allow any-user to read object in tenancy',
      'no resource-type or family is called `object`: the statement has no effect until there is one; did you mean `objects`',
    ],
    [
      'Allow any-user to {NOPE} in tenancy',
      'no resource-type has the permission `NOPE`: it has no effect until one does',
    ],
    [
      "Allow any-user to read objects in tenancy where target.moon.phase = 'full'",
      'no resource-type has the variable `target.moon.phase`: the test is false wherever it is not supplied',
    ],
  ] as const)('%s', ([text, message]) => {
    const { faults } = check(text)
    expect(faults.map((f) => [f.severity, lineOf(f).replace(/^\S+ /, '')])).toEqual([['warning', message]])
  })
})
