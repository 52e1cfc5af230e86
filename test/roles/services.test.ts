// Platform roles and service access roles: what they permit on which service, instance and service ID. Two services are looked at closely:
// `containers`, whose platform roles are a table of its own, and `objectstorage`, whose access roles are.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appliesTo } from '../../src/core/policy/roles.ts'
import { catalogue } from '../flows/access/office.ts'
import { type Account, account, roles } from './bed.ts'

let a: Account
beforeAll(async () => {
  a = await account()
})
afterAll(() => a.close())

const instances = {
  view: ['service-instances ListServiceInstances', 'service-instances GetServiceInstance'],
  bind: ['service-instances BindServiceInstance', 'service-instances OpenServiceDashboard'],
  edit: [
    'service-instances CreateServiceInstance',
    'service-instances UpdateServiceInstance',
    'service-instances SuspendServiceInstance',
    'service-instances ResumeServiceInstance',
    'service-instances DeleteServiceInstance',
  ],
}
const everyInstance = Object.values(instances).flat()
const ids = {
  view: ['service-ids ListServiceIds', 'service-ids GetServiceId', 'api-keys ListApiKeys'],
  delete: ['service-ids DeleteServiceId'],
  keys: ['api-keys CreateApiKey', 'api-keys DeleteApiKey'],
  create: ['service-ids CreateServiceId'],
}
const everyId = [...ids.view, ...ids.delete, ...ids.keys, ...ids.create]
const redis = { facts: { service: 'streaming' } }
const assignments = [
  'role-assignments CreateRoleAssignment',
  'role-assignments UpdateRoleAssignment',
  'role-assignments DeleteRoleAssignment',
]

describe('B5 platform roles on instances', () => {
  test.for([
    ['E.1-36 viewer', 'viewer', instances.view],
    ['E.1-37 E.1-41 operator', 'operator', [...instances.view, ...instances.bind]],
    ['E.1-38 E.1-40 editor', 'editor', everyInstance],
    ['E.1-39 E.1-42 administrator', 'administrator', everyInstance],
    ['billing manager', 'billing-manager', []],
  ] as const)('%s', async ([, role, pairs]) => {
    const holder = await a.person([role], { service: 'streaming' })
    expect(await a.granted(holder, everyInstance, redis)).toEqual(order(everyInstance, pairs))
    expect(await a.granted(holder, everyInstance, { facts: { service: 'containers' } })).toEqual([])
    expect(await a.granted(holder, everyInstance)).toEqual([]) // of no service that is said
  })
  test('E.1-40 the editor neither manages the account nor gives access', async () => {
    const editor = await a.person(['editor'])
    const account = [
      'users UpdateUser',
      'billing UpdateBilling',
      'credits AddCredit',
      'quotas SetQuota',
      'policies CreatePolicy',
      'compartments CreateCompartment',
    ]
    expect(await a.granted(editor, [...account, ...assignments], redis)).toEqual([])
  })
  test('E.1-33 each platform role is offered for every service, and each access role where it has a meaning', () => {
    const services = [...new Set(catalogue.all.map((t) => t.service))]
    for (const name of ['viewer', 'operator', 'editor', 'administrator', 'billing-manager'])
      for (const service of services) expect(appliesTo(roleOf(name), service, catalogue)).toBe(true)
    expect(services.filter((s) => appliesTo(roleOf('reader'), s, catalogue))).toContain('objectstorage')
    expect(services.filter((s) => appliesTo(roleOf('reader'), s, catalogue))).not.toContain('identity')
  })
  test('the billing manager manages billing and quotas of the account', async () => {
    const holder = await a.person(['billing-manager'])
    const may = [
      'billing UpdateBilling',
      'billing-limits SetBillingLimit',
      'usage GetUsage',
      'quotas SetQuota',
      'credits AddCredit',
    ]
    expect(await a.granted(holder, may)).toEqual(may)
    expect(await a.granted(holder, [...everyInstance, ...everyId, 'users UpdateUser'])).toEqual([])
  })
})

describe('B9 platform roles on service IDs and API keys', () => {
  test.for([
    ['E.1-36 viewer', 'viewer', ids.view],
    ['E.1-37 operator', 'operator', []],
    ['E.1-38 editor', 'editor', [...ids.view, ...ids.delete, ...ids.keys]],
    ['E.1-39 administrator', 'administrator', everyId],
  ] as const)('%s', async ([, role, pairs]) => {
    for (const service of [undefined, 'identity']) {
      const holder = await a.person([role], service === undefined ? {} : { service })
      expect(await a.granted(holder, everyId)).toEqual(order(everyId, pairs))
    }
    expect(await a.granted(await a.person([role], { service: 'streaming' }), everyId)).toEqual([])
  })
  test('E.1-39 the administrator assigns policies to service IDs', async () => {
    const facts = { role: 'viewer', service: 'identity', 'holder-type': 'service-id' }
    const holder = await a.person(['administrator'], { service: 'identity' })
    expect(await a.may(holder, 'CreateRoleAssignment', 'role-assignments', { facts })).toBe(true)
  })
  test('E.1-25 a service ID holds a role like a person', async () => {
    const id = await a.serviceId('deployer')
    const robot = { kind: 'service-id', facts: { service: 'streaming' } }
    expect(await a.granted('deployer', everyInstance, robot)).toEqual([])
    await a.give({ kind: 'service-id', id }, ['operator'], { service: 'streaming' })
    expect(await a.granted('deployer', everyInstance, robot)).toEqual([...instances.view, ...instances.bind])
  })
})

const clusters = ['clusters ListClusters', 'clusters GetCluster']
const workers = [
  'cluster-workers AddWorker',
  'cluster-workers RemoveWorker',
  'cluster-workers RebootWorker',
  'cluster-workers ReloadWorker',
]
const bindCluster = ['cluster-bindings BindServiceToCluster']
const webhook = ['cluster-webhooks CreateWebhook']
const make = ['clusters CreateCluster', 'clusters DeleteCluster']
const everyCluster = [...clusters, ...workers, ...bindCluster, ...webhook, ...make]

describe('B5 the table of `containers`', () => {
  test.for([
    ['viewer', clusters],
    ['editor', [...bindCluster, ...webhook]],
    ['operator', [...workers, ...bindCluster]],
    ['administrator', everyCluster],
  ] as const)('E.1-43 %s', async ([role, pairs]) => {
    const ofService = await a.person([role], { service: 'containers' })
    const ofAll = await a.person([role])
    for (const holder of [ofService, ofAll])
      expect(await a.granted(holder, everyCluster)).toEqual(order(everyCluster, pairs))
    expect(await a.granted(await a.person([role], { service: 'streaming' }), everyCluster)).toEqual([])
  })
  test('E.1-43 is no ladder: editor and operator each may what the other may not', async () => {
    const both = await a.person(['editor', 'operator'], { service: 'containers' })
    const together = [...workers, ...bindCluster, ...webhook]
    expect(await a.granted(both, everyCluster)).toEqual(order(everyCluster, together))
  })
  test('E.1-42 E.1-43 the administrator updates access policies of the service, and holds what the others hold', async () => {
    const holder = await a.person(['administrator'], { service: 'containers' })
    expect(await a.granted(holder, assignments, { facts: { role: 'viewer', service: 'containers' } })).toEqual(
      assignments,
    )
    for (const role of ['viewer', 'editor', 'operator']) {
      const lesser = await a.person([role], { service: 'containers' })
      const may = await a.granted(lesser, [...everyCluster, ...everyInstance], { facts: { service: 'containers' } })
      expect(await a.granted(holder, may, { facts: { service: 'containers' } })).toEqual(may)
    }
  })
})

const list = ['buckets ListBuckets', 'buckets GetBucket', 'buckets ListObjects', 'objects GetObject']
const writes = [
  'buckets CreateBucket',
  'buckets DeleteBucket',
  'buckets UpdateBucket',
  'objects PutObject',
  'objects DeleteObject',
]
const privileged = ['buckets {RETENTION_RULE_LOCK}', 'buckets {PAR_MANAGE}', 'objects {OBJECT_VERSION_DELETE}']
const everyObject = [...list, ...writes, ...privileged]

describe('B6 service access roles of `objectstorage`', () => {
  test.for([
    ['reader', list],
    ['writer', [...list, ...writes]],
    ['manager', everyObject],
  ] as const)('E.1-44 %s', async ([role, pairs]) => {
    const holder = await a.person([role], { service: 'objectstorage' })
    expect(await a.granted(holder, everyObject)).toEqual(order(everyObject, pairs))
    const nothing = [...everyInstance, ...everyCluster, ...assignments]
    expect(await a.granted(holder, nothing, { facts: { service: 'objectstorage' } })).toEqual([])
  })
  test('E.1-34 each service defines them: unless it does, they are read, use and manage of its types', async () => {
    const reader = await a.person(['reader'], { service: 'finance' })
    const pairs = ['reports ListReports', 'reports GetReport', 'reports UpdateReport', 'reports DeleteReport']
    expect(await a.granted(reader, pairs)).toEqual(['reports ListReports', 'reports GetReport'])
    expect(await a.granted(await a.person(['writer'], { service: 'finance' }), pairs)).toEqual(pairs.slice(0, 3))
    expect(await a.granted(await a.person(['manager'], { service: 'finance' }), pairs)).toEqual(pairs)
  })
  test('E.1-35 a role that does not apply to the service grants nothing, even if it were stored', async () => {
    const holder = await a.person(['reader', 'space-developer', 'super-user'], { service: 'identity' })
    expect(
      await a.granted(holder, ['users GetUser', 'apps StartApp', 'tickets CreateTicket', 'policies ListPolicies']),
    ).toEqual([])
  })
})

describe('B3 the scope of an assignment', () => {
  test('E.1-26 one instance: that one, what says that it belongs to it, and no other', async () => {
    const holder = await a.person(['operator', 'viewer'], {
      service: 'containers',
      type: 'service-instances',
      id: 'i-1',
    })
    const at = (id: string) => ({ id, facts: { service: 'containers' } })
    expect(await a.may(holder, 'BindServiceInstance', 'service-instances', at('i-1'))).toBe(true)
    expect(await a.may(holder, 'BindServiceInstance', 'service-instances', at('i-2'))).toBe(false)
    const worker = (instance: string) => ({ facts: { 'service-instance': instance } })
    expect(await a.may(holder, 'RebootWorker', 'cluster-workers', worker('i-1'))).toBe(true)
    expect(await a.may(holder, 'RebootWorker', 'cluster-workers', worker('i-2'))).toBe(false)
    expect(await a.may(holder, 'RebootWorker', 'cluster-workers')).toBe(false)
  })
  test('E.1-26 a combination of attributes: all of them', async () => {
    const attributes = { plan: 'gold', 'tag.env.stage': 'test' }
    const holder = await a.person(['editor'], { service: 'streaming', attributes })
    const on = (plan: string, stage: string) =>
      a.may(holder, 'DeleteServiceInstance', 'service-instances', {
        facts: { service: 'streaming', plan, tags: { env: { stage } } },
      })
    expect(await Promise.all([on('gold', 'test'), on('gold', 'live'), on('free', 'test')])).toEqual([
      true,
      false,
      false,
    ])
  })
  test('E.1-26 one type of a service', async () => {
    const holder = await a.person(['manager'], { service: 'objectstorage', type: 'objects' })
    expect(await a.granted(holder, ['objects DeleteObject', 'buckets DeleteBucket'])).toEqual(['objects DeleteObject'])
  })
  test('E.1-26 a compartment and what lies below', async () => {
    const holder = await a.person(['reader'], { service: 'objectstorage', at: 'Shop' })
    const here = (at: string) => a.may(holder, 'GetObject', 'objects', { at })
    expect(await Promise.all(['Shop', 'Shop:Front', 'Lab', ''].map(here))).toEqual([true, true, false, false])
  })
  test('E.1-27 one assignment carries several roles', async () => {
    const holder = await a.person(['viewer', 'writer'], { service: 'objectstorage' })
    const pairs = [...instances.view, ...list, ...writes]
    expect(
      await a.granted(holder, [...everyInstance, ...everyObject], { facts: { service: 'objectstorage' } }),
    ).toEqual(pairs)
  })
  test('a wildcard in a stored assignment is no wildcard: it grants nothing', async () => {
    const holder = await a.person(['reader'], { service: 'objectstorage', type: 'buckets', id: '*' })
    expect(await a.granted(holder, everyObject, { id: 'b1' })).toEqual([])
    expect(await a.granted(holder, everyObject, { id: '*' })).toEqual([])
  })
})

const roleOf = (name: string) => {
  const role = roles.get(name)
  if (!role) throw new Error(name)
  return role
}
const order = (every: readonly string[], pairs: readonly string[]): readonly string[] =>
  every.filter((p) => pairs.includes(p))
