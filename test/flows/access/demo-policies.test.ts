// The policies of the shipped tenancy are sound, and give each of its people what the demonstration promises.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { secretReader } from '../../../src/adapters/yaml/secret-field.ts'
import { parseTenancy } from '../../../src/adapters/yaml/tenancy-file.ts'
import type { DeclaredCompartment } from '../../../src/core/model/declared.ts'
import type { CompartmentId } from '../../../src/core/model/ids.ts'
import { type Office, office, operator } from './office.ts'

const file = join(import.meta.dirname, '../../../config/tenancies/acme.yaml')
const parsed = parseTenancy(readFileSync(file, 'utf8'), file, secretReader({}))
if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
const declared = parsed.document

let o: Office
const warnings: string[] = []
const compartmentsBelow = async (all: readonly DeclaredCompartment[], parentId: CompartmentId): Promise<void> => {
  for (const { name, compartments } of all) {
    const there = await o.store.read((tx) => tx.compartments.byName({ tenancyId: o.tenancyId, parentId }, name))
    await compartmentsBelow(compartments, there?.id ?? (await o.addCompartment(name, parentId)))
  }
}

beforeAll(async () => {
  o = await office()
  await compartmentsBelow(declared.compartments, o.places.acme)
  for (const domain of declared.domains)
    for (const { name } of domain.groups) {
      const group = await o.addGroup(name, domain.name === 'partners' ? 'partners' : 'default')
      const member = await o.addPerson(`in-${name}`, {}, domain.name === 'partners' ? 'partners' : 'default')
      await o.join(member, group)
    }
  await o.addPerson('heidi')
  for (const { name, description, statements, compartment } of declared.policies) {
    if (compartment.length > 0) throw new Error('this test attaches everything to the root')
    const input = { tenancyId: o.tenancyId, compartmentId: o.places.acme, name, description, statements }
    const written = await o.writer.putPolicy(operator, input)
    warnings.push(...written.warnings.map((w) => w.message))
  }
})
afterAll(() => o.store.close())

test('A1 no statement of it is warned of', () => expect(warnings).toEqual([]))

test.for([
  ['in-finance', 'manage', 'payslips', 'Prod:Data', true],
  ['in-finance', 'CreateReport', 'reports', 'Prod:Data', true],
  ['in-employees', 'GetReport', 'reports', 'Prod:Data', true],
  ['in-employees', 'UpdateReport', 'reports', 'Prod:Data', false],
  ['in-employees', 'read', 'payslips', 'Prod:Data', false],
  ['in-developers', 'manage', 'deployments', 'Test', true],
  ['in-developers', 'read', 'deployments', 'Prod:Web', true],
  ['in-developers', 'manage', 'deployments', 'Prod:Web', false],
  ['in-operators', 'manage', 'deployments', 'Prod:Web', true],
  ['partners/in-contractors', 'use', 'deployments', 'Test', true],
  ['in-contractors', 'use', 'deployments', 'Test', false],
  ['in-auditors', 'inspect', 'payslips', 'Prod:Data', true],
  ['in-auditors', 'read', 'payslips', 'Prod:Data', false],
  ['heidi', 'inspect', 'reports', 'Prod:Data', false],
] as const)('U1 U5 %s may %s %s in %s: %s', async ([subject, action, type, at, allowed]) => {
  expect(await o.may({ subject, action, type, at })).toBe(allowed)
})
