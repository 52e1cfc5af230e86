// Permission sets of the infrastructure: what may be chosen with an invitation, and the device that none of them reaches.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Account, account, roles } from './bed.ts'

let a: Account
beforeAll(async () => {
  a = await account()
})
afterAll(() => a.close())

const reads = [
  'tickets ListTickets',
  'tickets GetTicket',
  'devices ListDevices',
  'infrastructure-networks ListInfrastructureNetworks',
  'infrastructure-networks GetInfrastructureNetwork',
]
const basic = ['tickets CreateTicket', 'tickets UpdateTicket']
const every = [
  ...basic,
  'tickets CloseTicket',
  'devices OrderDevice',
  'infrastructure-networks CreateInfrastructureNetwork',
  'infrastructure-networks UpdateInfrastructureNetwork',
  'infrastructure-networks DeleteInfrastructureNetwork',
]
const onDevice = [
  'devices GetDevice',
  'devices UpdateDevice',
  'devices RebootDevice',
  'devices CancelDevice',
  'device-access AccessDevice',
]
const all = [...reads, ...every, ...onDevice]
const sets = ['view-only', 'basic-user', 'super-user'] as const

describe('B7 the initial sets', () => {
  test('E.1-45 there are three', () => {
    const kind = [...roles.values()].filter((r) => r.kind === 'permission-set')
    expect(kind.filter((r) => r.invitable).map((r) => r.name)).toEqual(sets)
  })
  test.for([
    ['E.1-45 E.1-46 view only changes nothing', 'view-only', reads],
    ['E.1-45 basic user opens tickets', 'basic-user', [...reads, ...basic]],
    ['E.1-45 E.1-46 super user may every action that there is', 'super-user', [...reads, ...every]],
  ] as const)('%s', async ([, set, pairs]) => {
    expect(await a.granted(await a.person([set]), all)).toEqual(pairs)
  })
  test('E.1-46 view only holds no permission beyond reading, whatever the catalogue says of the types', () => {
    expect(roles.get('view-only')?.grants.every(({ action }) => action.kind === 'verb' && action.verb === 'read')).toBe(
      true,
    )
  })
  test.for(sets)('E.1-48 %s reaches no device, by no spelling', async (set) => {
    const holder = await a.person([set])
    expect(await a.granted(holder, onDevice)).toEqual([])
    for (const facts of [{ device: 'r1' }, { 'target.device.id': 'r1' }, { id: 'r1' }])
      expect(await a.granted(holder, onDevice, { facts })).toEqual([])
    expect(await a.may(holder, '{DEVICE_ACCESS}', 'devices')).toBe(false)
    expect(await a.may(holder, 'use', 'device-access')).toBe(false)
  })
  test('E.1-48 not all three together', async () => {
    expect(await a.granted(await a.person(sets), onDevice)).toEqual([])
  })
})

describe('B7 device access', () => {
  const device = (id: string) => ({ id, facts: {} })
  test('E.1-47 cannot be chosen with an invitation', () => {
    expect(roles.get('device-access')?.invitable).toBe(false)
  })
  test('E.1-48 after an explicit grant, that device, with what the set permits', async () => {
    const holder = await a.person(['super-user'])
    await a.give({ kind: 'person', id: holder }, ['device-access'], { type: 'devices', id: 'd-1' })
    expect(await a.granted(holder, onDevice, device('d-1'))).toEqual(onDevice.slice(0, 4))
    expect(await a.granted(holder, onDevice, device('d-2'))).toEqual([])
    const basicUser = await a.person(['basic-user'])
    await a.give({ kind: 'person', id: basicUser }, ['device-access'], { attributes: { device: 'd-1' } })
    expect(await a.granted(basicUser, onDevice, device('d-1'))).toEqual([
      'devices GetDevice',
      'devices UpdateDevice',
      'devices RebootDevice',
    ])
    const viewer = await a.person(['view-only'])
    await a.give({ kind: 'person', id: viewer }, ['device-access'], { attributes: { device: 'd-1' } })
    expect(await a.granted(viewer, onDevice, device('d-1'))).toEqual(['devices GetDevice'])
  })
  test('E.1-48 access alone, without a set, permits nothing that is done to it', async () => {
    const holder = await a.person(['device-access'], { type: 'devices', id: 'd-1' })
    expect(await a.granted(holder, onDevice, device('d-1'))).toEqual([])
    expect(await a.may(holder, 'AccessDevice', 'device-access', { facts: { 'target.device.id': 'd-1' } })).toBe(true)
  })
  test('E.1-48 without a device named, an assignment of device access is empty', async () => {
    const holder = await a.person(['super-user', 'device-access'])
    expect(await a.granted(holder, onDevice, device('d-1'))).toEqual([])
  })
})
