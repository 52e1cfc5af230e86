// Subjects that are not people: service IDs, workloads in dynamic groups, services, acting resources; and what the gateway knows of
// groups, compartments and registered resources, which no caller can overrule.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DynamicGroupId, ResourceId, ServiceIdId } from '../../../src/core/model/ids.ts'
import type { JsonObject } from '../../../src/core/model/json.ts'
import type { Tags } from '../../../src/core/model/tag.ts'
import { type Ask, type Office, office, questionOf } from './office.ts'

let o: Office
beforeEach(async () => {
  o = await office()
})
afterEach(() => o.store.close())

const readReports: Ask = { action: 'read', type: 'reports' }
const decide = (type: string, id: string, properties: JsonObject = {}, more: Partial<Ask> = {}) =>
  o.authorize(o.pdp, { ...questionOf({ ...readReports, ...more }), subject: { type, id, properties } })
const may = async (...asked: Parameters<typeof decide>): Promise<boolean> => (await decide(...asked)).allow

const defaultDomain = () => o.store.read(async (tx) => (await tx.domains.byName(o.tenancyId, 'default'))?.id)
const addDynamicGroup = async (name: string, rule: string): Promise<void> => {
  const domainId = await defaultDomain()
  if (!domainId) throw new Error('unreachable')
  await o.store.write((tx) =>
    tx.dynamicGroups.put({
      id: `dg-${name}` as DynamicGroupId,
      tenancyId: o.tenancyId,
      domainId,
      name,
      description: '',
      rule,
      createdAt: 0,
      updatedAt: 0,
    }),
  )
  await o.bump()
}
const tagGroup = async (id: Awaited<ReturnType<Office['addGroup']>>, tags: Tags): Promise<void> => {
  await o.store.write(async (tx) => {
    const group = await tx.groups.get(id)
    if (group) await tx.groups.put({ ...group, tags })
  })
  await o.bump()
}
const tagCompartment = async (id: Office['places']['Prod'], tags: Tags): Promise<void> => {
  await o.store.write(async (tx) => {
    const row = await tx.compartments.get(id)
    if (row) await tx.compartments.put({ ...row, tags })
  })
  await o.bump()
}

describe('A8 workloads', () => {
  const vm = { compartment: 'Prod', tags: { ops: { team: 'Red' } } }
  test('belong to dynamic groups by their rules, and are recorded with them', async () => {
    await addDynamicGroup('fleet', `all { instance.compartment.id = '${o.places.Prod}', tag.ops.team.value = 'red' }`)
    await o.put('p', ['Allow dynamic-group fleet to read reports in tenancy'])
    expect([
      await may('instance', 'vm1', vm),
      await may('Instance', 'vm1', { ...vm, compartment: o.places.Prod }),
      await may('instance', 'vm1', { ...vm, compartment: 'Prod:Web' }),
      await may('instance', 'vm1', { compartment: 'Prod' }),
      await may('cluster', 'vm1', vm),
    ]).toEqual([true, true, false, false, false])
    const { id } = await decide('instance', 'vm1', vm)
    const record = await o.store.read((tx) => tx.audit.decision(id))
    expect(record?.principal).toMatchObject({
      id: 'vm1',
      type: 'instance',
      groups: [{ id: 'dg-fleet', name: 'default/fleet', because: ['matching rule'] }],
    })
  })
  test('a rule that changes counts from the moment it is committed; a group that goes takes its grants along', async () => {
    await addDynamicGroup('fns', "resource.type = 'fnfunc'")
    await o.put('p', ['Allow dynamic-group fns to read reports in tenancy'])
    expect(await may('fnfunc', 'f', { compartment: 'Test' })).toBe(true)
    await addDynamicGroup('fns', "resource.type = 'cluster'")
    expect([
      await may('fnfunc', 'f', { compartment: 'Test' }),
      await may('cluster', 'c', { compartment: 'Test' }),
    ]).toEqual([false, true])
    await o.store.write((tx) => tx.dynamicGroups.remove('dg-fns' as DynamicGroupId))
    await o.bump()
    expect(await may('cluster', 'c', { compartment: 'Test' })).toBe(false)
  })
  test('say of themselves what their application vouches for, and nothing that is the gateway’s to say', async () => {
    await o.put('p', [
      "Allow any-user to read reports in compartment Prod where all { request.principal.type = 'workload', request.principal.namespace = 'shop', request.principal.service_account in ('till', 'desk') }",
      'Allow any-user to use reports in tenancy where target.compartment.id = request.principal.compartment.id',
      "Allow any-user to manage reports in tenancy where any { request.principal.group.tag.a.b = 'x', request.principal.id = 'boss', request.user.name = 'boss', request.principal.compartment.tag.a.b = 'x' }",
    ])
    const pod = { compartment: 'Test', namespace: 'Shop', service_account: 'till' }
    expect([
      await may('workload', 'w', pod, { at: 'Prod' }),
      await may('workload', 'w', { ...pod, namespace: 'bank' }, { at: 'Prod' }),
      await may('workload', 'w', pod, { at: 'Test', action: 'use' }),
      await may('workload', 'w', pod, { at: 'Prod', action: 'use' }),
      await may(
        'workload',
        'w',
        { ...pod, 'group.tag.a.b': 'x', id: 'boss', 'compartment.tag.a.b': 'x', user: { name: 'boss' } },
        { at: 'Prod', action: 'manage' },
      ),
    ]).toEqual([true, false, true, false, false])
  })
  test('whose id is a person’s are still nobody’s holder, and a slip in the type is no way around a Deny', async () => {
    const kim = await o.addPerson('kim')
    const devs = await o.addGroup('devs')
    await o.join(kim, devs)
    await o.enableDeny()
    await o.put('p', ['Allow any-user to read reports in tenancy', 'Deny group devs to read reports in tenancy'])
    for (const type of ['User', 'users', 'person', 'group', 'dynamic-group', 'service-id ', 'a b', ''])
      expect(await decide(type, 'kim', { compartment: 'Prod' })).toMatchObject({ reason: 'subject-type-unsupported' })
    expect(await decide('robot', 'kim')).toMatchObject({ reason: 'subject-type-unsupported' })
    expect(await decide('robot', 'kim', { compartment: 'Nowhere' })).toMatchObject({ reason: 'subject-unknown' })
    expect(await may('user', 'kim')).toBe(false)
  })
})

describe('A1 services and acting resources', () => {
  test('a service is under its own name and any-user, never under any-group', async () => {
    await o.put('p', [
      'Allow service Streaming, OKE to read reports in compartment Prod',
      'Allow any-group to use reports in tenancy',
    ])
    expect([
      await may('service', 'oke', {}, { at: 'Prod' }),
      await may('service', 'STREAMING', {}, { at: 'Prod:Web' }),
      await may('service', 'oke'),
      await may('service', 'oke', {}, { at: 'Prod', action: 'use' }),
      await may('service', 'ok', {}, { at: 'Prod' }),
      await may('user', 'oke', {}, { at: 'Prod' }),
    ]).toEqual([true, true, false, false, false, false])
    await o.put('p', ["Allow any-user to use reports in tenancy where request.principal.type = 'service'"])
    expect(await may('service', 'whichever', {}, { action: 'use' })).toBe(true)
  })
  test('a resource acts under the words of its kind', async () => {
    await o.put('p', ['Allow resource loganalyticsvrp LogAnalyticsVirtualResource to read reports in tenancy'])
    expect([
      await may('resource', 'LogAnalyticsVRP  loganalyticsvirtualresource'),
      await may('resource', 'loganalyticsvrp'),
      await may('service', 'loganalyticsvrp LogAnalyticsVirtualResource'),
    ]).toEqual([true, false, false])
  })
})

describe('A1 service IDs', () => {
  const serviceId = (id: string, name: string, status: 'active' | 'inactive' = 'active') =>
    o.store.write((tx) =>
      tx.serviceIds.put({
        id: id as ServiceIdId,
        tenancyId: o.tenancyId,
        compartmentId: o.places.Prod,
        name,
        description: '',
        status,
        createdAt: 0,
        updatedAt: 0,
      }),
    )
  test('are found by id or name, with the compartment they are in', async () => {
    await serviceId('s-1', 'deployer')
    await serviceId('s-2', 'old', 'inactive')
    await serviceId('s-3', 's-1') // takes another one's id for a name
    await o.put('p', [
      "Allow any-user to read reports in tenancy where all { request.principal.type = 'service-id', request.principal.name = 'deployer', request.principal.compartment.name = 'Prod' }",
    ])
    expect([
      await may('service-id', 'Deployer'),
      (await decide('service-id', 's-1')).reason,
      (await decide('service-id', 'old')).reason,
      (await decide('service-id', 'nobody')).reason,
      await may('user', 'deployer'),
    ]).toEqual([true, 'subject-unknown', 'subject-not-active', 'subject-unknown', false])
  })
})

describe('A3 tags that the gateway keeps', () => {
  test('of a person’s groups and of compartments: compared with each other, and not for the caller to say', async () => {
    const kim = await o.addPerson('kim')
    const [red, blue] = [await o.addGroup('red'), await o.addGroup('blue')]
    await tagGroup(red, { 'ops.env': 'Prod' })
    await tagGroup(blue, { 'ops.env': 'test' })
    await o.join(kim, red)
    await tagCompartment(o.places.Prod, { 'ops.env': 'prod' })
    await tagCompartment(o.places.Test, { 'ops.env': 'test' })
    await o.put('p', [
      'Allow any-user to read reports in tenancy where target.resource.compartment.tag.ops.env = request.principal.group.tag.ops.env',
    ])
    const at = (place: string, resource: JsonObject = {}) =>
      o.may({ ...readReports, at: place, resource, context: { 'request.principal.group.tag.ops.env': 'test' } })
    expect([
      await at('Prod'),
      await at('Test'),
      await at('Prod:Web'), // its own tags count, and it has none
      await at('Prod:Web', { 'target.resource.compartment.tag.ops.env': 'prod' }),
    ]).toEqual([true, false, false, false])
    expect(await o.may({ ...readReports, action: 'ListReports', at: 'Prod' })).toBe(true)
    await o.join(kim, blue)
    expect([await at('Prod'), await at('Test')]).toEqual([true, true])
  })
  test('of registered resources, with their place and facts; of the others the caller says all', async () => {
    await o.addPerson('kim')
    await o.put('p', [
      "Allow any-user to read reports in compartment Prod where all { target.resource.tag.ops.env = 'open', target.report.owner = request.user.name }",
    ])
    await o.store.write((tx) =>
      tx.resources.put({
        id: 'res-1' as ResourceId,
        tenancyId: o.tenancyId,
        compartmentId: o.places.Prod,
        type: 'reports',
        name: 'known',
        tags: { 'ops.env': 'Open' },
        facts: { owner: 'kim' },
        createdAt: 0,
        updatedAt: 0,
      }),
    )
    const claims = { tags: { ops: { env: 'open' } }, owner: 'kim' }
    const lies = { tags: { ops: { env: 'secret' } }, owner: 'lee' }
    expect([
      await o.may({ ...readReports, id: 'known' }),
      await o.may({ ...readReports, id: 'known', at: 'Test', resource: lies }),
      await o.may({ ...readReports, id: 'other', at: 'Prod', resource: claims }),
      await o.may({ ...readReports, id: 'other', at: 'Prod', resource: lies }),
    ]).toEqual([true, true, true, false])
    await o.store.write(async (tx) => {
      const row = await tx.resources.get('res-1' as ResourceId)
      if (row) await tx.resources.put({ ...row, compartmentId: o.places.Test })
    })
    expect(await o.may({ ...readReports, id: 'known', at: 'Prod', resource: claims })).toBe(false)
  })
})

test('A4 everybody may read the identity domain they belong to, whatever a Deny says; other domains are another matter', async () => {
  await o.addPerson('kim')
  await o.enableDeny()
  await o.put('p', ['Deny any-user to inspect all-resources in tenancy'])
  const [own, other] = await o.store.read(async (tx) =>
    Promise.all(['default', 'partners'].map(async (name) => (await tx.domains.byName(o.tenancyId, name))?.id ?? '')),
  )
  const read = (id: string | undefined, action = 'GetDomain', context: JsonObject = {}) =>
    o.may({ action, type: 'domains', id: id ?? '', context })
  expect([
    await read(own),
    await read(other),
    await read(other, 'GetDomain', { 'request.domain.id': other ?? '' }),
    await read(own, 'UpdateDomain'),
    await read(own, 'ListDomains'),
  ]).toEqual([true, false, false, false, false])
})
