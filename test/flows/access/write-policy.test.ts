// Writing policies: all faults at once, nothing changed when there is one, names bound to ids, one revision per change.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RegisteredServiceId } from '../../../src/core/model/ids.ts'
import { type Office, office, operator } from './office.ts'

let o: Office
beforeEach(async () => {
  o = await office()
  await o.addGroup('devs')
  await o.addGroup('contractors', 'partners')
})
afterEach(() => o.store.close())

const kept = () => o.store.read((tx) => tx.policies.list({ tenancyId: o.tenancyId }))

test('A1 a policy is stored as written, with what its names meant, one revision and one audit event', async () => {
  const before = (await o.revision()) ?? 0
  const statements = ["allow GROUP Devs, 'partners'/contractors to READ reports in compartment prod:web"]
  const { policy, changed, warnings } = await o.put('reports', statements)
  expect([changed, warnings]).toEqual([true, []])
  expect(await kept()).toEqual([policy])
  expect(policy.statements).toEqual(statements)
  expect(Object.keys(policy.bindings[0] ?? {}).sort()).toEqual([
    'compartment:prod:web',
    'group:default/devs',
    'group:partners/contractors',
  ])
  expect(policy.bindings[0]?.['compartment:prod:web']).toBe(o.places.Web)
  expect(await o.revision()).toBe(before + 1)
  expect(await o.audit('policy.created')).toMatchObject([
    {
      target: { type: 'policy', id: policy.id, name: 'reports' },
      after: { statements },
      requestId: 'req-w',
      actor: operator,
    },
  ])
})
test('the same again changes nothing; other words replace it under the same id', async () => {
  const first = await o.put('reports', ['Allow group devs to read reports in tenancy'])
  const revision = await o.revision()
  expect(await o.put('reports', ['Allow group devs to read reports in tenancy'])).toMatchObject({
    changed: false,
    policy: { id: first.policy.id },
  })
  expect(await o.revision()).toBe(revision)
  o.later(60)
  const second = await o.put('REPORTS', ['Allow group devs to use reports in tenancy'])
  expect(second).toMatchObject({ changed: true, policy: { id: first.policy.id, createdAt: first.policy.createdAt } })
  expect(await kept()).toHaveLength(1)
  expect(await o.audit('policy.updated')).toMatchObject([
    { before: { statements: first.policy.statements }, after: { statements: second.policy.statements } },
  ])
})
test('the same name in two compartments is two policies', async () => {
  await o.put('p', ['Allow group devs to read reports in tenancy'])
  await o.put('p', ['Allow group devs to read reports in compartment Prod'], 'Prod')
  expect(await kept()).toHaveLength(2)
})
test('removed: one revision, one event; twice is not', async () => {
  const { policy } = await o.put('p', ['Allow group devs to read reports in tenancy'])
  const revision = (await o.revision()) ?? 0
  const remove = () => o.store.write((tx) => o.writer.removePolicyIn(tx, operator, policy))
  expect([await remove(), await remove()]).toEqual([true, false])
  expect(await o.revision()).toBe(revision + 1)
  expect(await o.audit('policy.removed')).toMatchObject([{ before: { name: 'p' } }])
})

describe('A1 faults of every statement, and nothing is written', () => {
  const refused = async (statements: readonly string[], at: 'acme' | 'Prod' = 'acme', name = 'p'): Promise<string> => {
    const revision = await o.revision()
    const problem = await o.put(name, statements, at).then(
      () => undefined,
      (cause: unknown) => cause as { slug: string; message: string },
    )
    expect(problem?.slug).toBe('config-invalid')
    expect(await kept()).toEqual([])
    expect(await o.revision()).toBe(revision)
    return problem?.message ?? ''
  }
  test('all at once, each with statement, line, column and remedy', async () => {
    expect(
      await refused([
        'Allow group nobody to read reports\nin compartment Nowhere',
        'Allow group devs to read reports in tenancy',
        'Allow group devs to frob reports',
      ]),
    ).toBe(
      [
        'the statements have 4 faults',
        '  statement 1, 1:13 there is no group `nobody` in domain `default`; create the group first',
        '  statement 1, 2:16 there is no compartment `Nowhere` in `acme`, which the policy is attached to; there are `Prod`, `Test`',
        '  statement 3, 1:21 expected `inspect`, `read`, `use` or `manage`, found `frob`',
        '  statement 3, 1:33 expected where it holds, found the end; add `in tenancy` or `in compartment NAME`',
      ].join('\n'),
    )
  })
  test.for([
    ['A5 Deny is opt-in', ['Deny any-user to inspect reports in tenancy'], 'acme', /Deny statements are not enabled/],
    [
      'A6 the tenancy only from the root',
      ['Allow any-user to inspect reports in tenancy'],
      'Prod',
      /`in tenancy` holds only in policies attached to the root/,
    ],
    [
      'A6 not beside the attachment',
      ['Allow any-user to inspect reports in compartment Test'],
      'Prod',
      /there is no compartment `Test` in `Prod`/,
    ],
    [
      'A7 another tenancy only from the root',
      ['Endorse any-user to use reports in any-tenancy'],
      'Prod',
      /statements about other tenancies belong to policies attached to the root/,
    ],
    [
      'A8 a dynamic group that is not there',
      ['Allow dynamic-group d to use reports in tenancy'],
      'acme',
      /there is no dynamic group `d` in domain `default`; create the dynamic group first/,
    ],
    ['no statement at all', [], 'acme', /at least one statement/],
    ['an empty statement', [''], 'acme', /expected a statement, found the end/],
  ] as const)('%s', async ([, statements, at, message]) => {
    expect(await refused(statements, at)).toMatch(message)
  })
  test.for(['', ' p', 'a/b', 'a#1', 'x'.repeat(101), 'a\nb'])('the name %j', async (name) => {
    expect(await refused(['Allow group devs to read reports in tenancy'], 'acme', name)).toMatch(
      /expected a policy name/,
    )
  })
})

test('A5 once enabled, Deny may be written', async () => {
  await o.enableDeny()
  expect(await o.put('p', ['Deny any-user to inspect reports in tenancy'])).toMatchObject({ changed: true })
})
test('an unknown resource-type is a warning, told by statement', async () => {
  const { warnings } = await o.put('p', [
    'Allow group devs to read reports in tenancy',
    'Allow group devs to read report in tenancy',
  ])
  expect(warnings).toMatchObject([{ statement: 2, code: 'resource-type-unknown', fix: 'did you mean `reports`' }])
})
test('a system policy row is not replaced or removed, and a caller cannot make one', async () => {
  const { policy } = await o.put('p', ['Allow group devs to read reports in tenancy'])
  await o.store.write((tx) => tx.policies.put({ ...policy, system: true }))
  await expect(o.put('p', ['Allow group devs to use reports in tenancy'])).rejects.toMatchObject({
    slug: 'not-permitted',
    reason: 'system-policy',
  })
  await expect(
    o.store.write((tx) => o.writer.removePolicyIn(tx, operator, { ...policy, system: true })),
  ).rejects.toMatchObject({ slug: 'not-permitted' })
})
test('a compartment of another tenancy is not found', async () => {
  const input = {
    tenancyId: o.tenancyId,
    name: 'p',
    description: '',
    statements: ['Allow group devs to read reports in tenancy'],
  }
  await expect(
    o.writer.putPolicy(operator, { ...input, compartmentId: 'c-elsewhere' as typeof o.places.acme }),
  ).rejects.toMatchObject({ slug: 'not-found' })
})
test('inside a transaction of the caller: what is rolled back was never written', async () => {
  const revision = await o.revision()
  const failing = o.store.write(async (tx) => {
    await o.writer.putPolicyIn(tx, operator, {
      tenancyId: o.tenancyId,
      compartmentId: o.places.acme,
      name: 'p',
      description: '',
      statements: ['Allow group devs to read reports in tenancy'],
    })
    throw new Error('changed my mind')
  })
  await expect(failing).rejects.toThrow('changed my mind')
  expect([await kept(), await o.revision(), await o.audit('policy.created')]).toEqual([[], revision, []])
})

test('A1 types that the tenancy registered are known, those of nobody are warned of', async () => {
  await o.store.write((tx) =>
    tx.services.put({
      id: 'svc' as RegisteredServiceId,
      tenancyId: o.tenancyId,
      name: 'till',
      data: {
        service: 'till',
        types: { tills: { noun: 'till', permissions: { read: ['TILL_READ'] }, variables: [], operations: {} } },
        families: {},
        aliases: {},
        regions: {},
      },
      createdAt: 0,
      updatedAt: 0,
    }),
  )
  const { warnings } = await o.put('p', [
    'Allow any-user to read tills in tenancy',
    'Allow any-user to read spaceships in tenancy',
  ])
  expect(warnings.map((w) => [w.statement, w.code])).toEqual([[2, 'resource-type-unknown']])
})
