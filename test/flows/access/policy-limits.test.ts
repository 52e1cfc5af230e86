// Limits at the moment of writing: the message says which, how much and where, and a refused write changes nothing.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { policyWriter } from '../../../src/flows/access/write-policy.ts'
import { catalogue, type Office, office, operator } from './office.ts'

let o: Office
beforeEach(async () => {
  o = await office()
  await o.addGroup('devs')
})
afterEach(() => o.store.close())

const limits = { policiesPerTenancy: 3, statementsPerPolicy: 3, statementsPerPath: 5 }
const many = (n: number): readonly string[] => Array(n).fill('Allow group devs to read reports in compartment Prod')
const put = (name: string, statements: readonly string[], place: 'acme' | 'Prod' | 'Web' | 'Test' = 'acme') => {
  let count = Number(`${name.length}${statements.length}0`)
  const random = { id: () => `limits-${name}-${++count}` }
  const writer = policyWriter({ store: o.store, clock: () => 1, random, catalogue, limits })
  return writer.putPolicy(
    operator,
    { tenancyId: o.tenancyId, compartmentId: o.places[place], name, description: '', statements },
    undefined,
  )
}
const kept = () => o.store.read((tx) => tx.policies.list({ tenancyId: o.tenancyId }))

test('A10 G1 statements per policy, by default 50', async () => {
  await expect(put('p', many(4))).rejects.toMatchObject({
    slug: 'config-invalid',
    reason: 'limit-statements-per-policy',
    detail: expect.stringContaining('the limit of 3 statements in one policy (attached to `acme`)'),
  })
  await expect(o.put('p', many(51))).rejects.toMatchObject({ detail: expect.stringContaining('the limit of 50') })
  expect(await kept()).toEqual([])
  await o.put('p', many(50))
})
test('A10 G1 policies per tenancy', async () => {
  for (const name of ['a', 'bb', 'ccc']) await put(name, many(1))
  const revision = await o.revision()
  await expect(put('dddd', many(1), 'Prod')).rejects.toMatchObject({
    reason: 'limit-policies-per-tenancy',
    detail: expect.stringContaining('3 in use, 4 wanted'),
  })
  expect([(await kept()).length, await o.revision()]).toEqual([3, revision])
  await put('a', many(2)) // not a further one
})
test('A10 G1 statements from the root to a leaf; siblings apart', async () => {
  const web = 'Allow group devs to read reports in compartment Web'
  await put('a', many(3))
  await put('bb', [web, web], 'Web')
  await expect(put('a', [...many(2), ...many(1)])).resolves.toMatchObject({ changed: false })
  await expect(put('ccc', many(1), 'Prod')).rejects.toMatchObject({
    reason: 'limit-statements-per-path',
    detail: expect.stringContaining('`acme > Prod > Web` would be exceeded: 5 in use, 6 wanted'),
  })
  await put('ccc', Array(2).fill('Allow group devs to read reports in compartment Test'), 'Test')
})
