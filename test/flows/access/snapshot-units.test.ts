// What else a snapshot is made of: role assignments, and the services that applications registered.
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readRoles } from '../../../src/adapters/yaml/roles-file.ts'
import type { PersonId, PolicyId, RegisteredServiceId, RoleAssignmentId } from '../../../src/core/model/ids.ts'
import type { RegisteredService } from '../../../src/core/model/resource.ts'
import type { RoleAssignment } from '../../../src/core/model/role.ts'
import { evaluate } from '../../../src/core/policy/evaluate.ts'
import { askOf } from '../../../src/core/policy/question.ts'
import { type Known, snapshots } from '../../../src/flows/access/snapshots.ts'
import type { Change, Tx } from '../../../src/ports/store.ts'
import { catalogue, type Office, office } from './office.ts'

const read = readRoles(join(import.meta.dirname, '../../../config/roles'), catalogue)
if ('faults' in read) throw new Error(JSON.stringify(read.faults))
const { roles } = read

let o: Office
let person: PersonId
beforeEach(async () => {
  o = await office()
  person = await o.addPerson('kim')
})
afterEach(() => o.store.close())

const change = (noun: Change['noun'], id: string, work: (tx: Tx) => Promise<unknown>): Promise<void> =>
  o.store.write(async (tx) => {
    await work(tx)
    await tx.tenancies.bumpRevision(o.tenancyId, { noun, id })
  })
const decide = (known: Known | undefined, action: string, type: string, compartment = ''): boolean | string => {
  if (!known) throw new Error('no tenancy')
  const { snapshot } = known
  const asked = { action, resourceType: type, resourceId: 'x', resource: { compartment }, context: {} }
  const ask = askOf(snapshot, { id: person, name: 'kim', groupIds: [] }, asked, 0)
  return typeof ask === 'string' ? ask : evaluate(snapshot, ask).allow
}

test('a role assignment is effective with the next question, there and below, and gone with it', async () => {
  const known = snapshots({ store: o.store, catalogue, roles })
  const now = () => known.read(o.tenancyId, async (_, k) => k)
  const assignment: RoleAssignment = {
    id: 'ra1' as RoleAssignmentId,
    tenancyId: o.tenancyId,
    name: 'kim administers',
    holder: { kind: 'person', id: person },
    roles: ['administrator'],
    service: undefined,
    compartmentId: o.places.Prod,
    resource: { type: undefined, id: undefined, attributes: {} },
    createdBy: 'test',
    createdAt: 0,
    updatedAt: 0,
    expiresAt: undefined,
  }
  expect(decide(await now(), 'use', 'buckets', 'Prod:Web')).toBe(false)
  await change('role-assignment', assignment.id, (tx) => tx.roleAssignments.put(assignment))
  const after = await now()
  expect(['Prod:Web', 'Prod', 'Test'].map((at) => decide(after, 'use', 'buckets', at))).toEqual([true, true, false])
  const other = await snapshots({ store: o.store, catalogue, roles }).read(o.tenancyId, async (_, k) => k)
  expect(decide(other, 'use', 'buckets', 'Prod')).toBe(true)
  await change('role-assignment', assignment.id, (tx) => tx.roleAssignments.remove(assignment.id))
  expect(decide(await now(), 'use', 'buckets', 'Prod')).toBe(false)
})

const service = (name: string, type: string): RegisteredService => ({
  id: name as RegisteredServiceId,
  tenancyId: o.tenancyId,
  name,
  data: {
    service: name,
    types: {
      [type]: { noun: 'thing', permissions: { read: [`${name.toUpperCase()}_READ`] }, variables: [], operations: {} },
    },
    families: {},
    aliases: {},
    regions: {},
  },
  createdAt: 0,
  updatedAt: 0,
})

test('statements about a type that is registered later hold from then on, and a service that does not fit hides no other', async () => {
  const known = snapshots({ store: o.store, catalogue })
  const now = () => known.read(o.tenancyId, async (_, k) => k)
  await o.put('things', ['Allow any-user to read gadgets in tenancy'])
  expect(decide(await now(), 'read', 'gadgets')).toBe('resource-type-unknown')
  await change('service', 'acme', (tx) => tx.services.put(service('acme', 'gadgets')))
  expect(decide(await now(), 'read', 'gadgets')).toBe(true)
  // `buckets` ships with the product: nobody takes it over
  await change('service', 'bad', (tx) => tx.services.put(service('bad', 'buckets')))
  const after = await now()
  expect([decide(after, 'read', 'gadgets'), decide(after, 'read', 'buckets')]).toEqual([true, false])
  const again = await snapshots({ store: o.store, catalogue }).read(o.tenancyId, async (_, k) => k)
  expect(decide(again, 'read', 'gadgets')).toBe(true)
})

test('the same services give the same catalogue, so that clauses need not be made again', async () => {
  const known = snapshots({ store: o.store, catalogue })
  const now = () => known.read(o.tenancyId, async (_, k) => k)
  await change('service', 'acme', (tx) => tx.services.put(service('acme', 'gadgets')))
  const first = await now()
  await o.bump()
  expect((await now())?.snapshot.catalogue).toBe(first?.snapshot.catalogue)
  await change('service', 'acme', (tx) => tx.services.remove('acme' as RegisteredServiceId))
  expect((await now())?.snapshot.catalogue).toBe(catalogue)
})

test('what many changes leave behind is cleared away beside the questions, and the answers stay', async () => {
  const known = snapshots({ store: o.store, catalogue })
  const now = () => known.read(o.tenancyId, async (_, k) => k)
  const policyId = 'p' as PolicyId
  const statements = Array.from({ length: 50 }, (_, n) => `Allow group id g${n} to read buckets in tenancy`)
  const row = {
    id: policyId,
    tenancyId: o.tenancyId,
    compartmentId: o.places.acme,
    name: 'p',
    description: '',
    statements,
  }
  let most = 0
  for (let n = 0; n < 120; n++) {
    const bindings = statements.map(() => ({}))
    const policy = { ...row, bindings, system: false, createdAt: 0, updatedAt: n }
    await change('policy', policyId, (tx) => tx.policies.put(policy))
    most = Math.max(most, (await now())?.snapshot.index.clauses.length ?? 0)
  }
  const written = 120 * statements.length
  let after = await now()
  for (let turn = 0; turn < 1000 && (after?.snapshot.index.clauses.length ?? 0) >= most; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
    after = await now()
  }
  expect(after?.snapshot.index.clauses.length).toBeLessThan(written)
  expect(after?.snapshot.index.count).toBe(after?.snapshot.clauses.length)
  expect(after?.snapshot.revision).toBe((await o.revision()) ?? -1)
})
