// Assignments as rows: what is accepted, what changes with them and at once, what stays on record, the last owner, and what people see of
// what they were given.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PersonId } from '../../src/core/model/ids.ts'
import { Problem } from '../../src/problem.ts'
import { roles } from './bed.ts'
import { aPerson, type Giving, giving } from './giving.ts'

let g: Giving
let root: PersonId
let kim: PersonId
beforeAll(async () => {
  g = await giving()
  root = await g.person()
  await g.join(root, g.administrators)
  kim = await g.person()
})
afterAll(() => g.close())

const put = (name: string, ...wanted: Parameters<Giving['inputOf']>) => g.giveAs(root, name, g.inputOf(...wanted))

describe('an assignment is effective at once, and until it is taken away', () => {
  test('E.1-3 given, changed, revoked; each with its audit event and a new revision', async () => {
    const lee = await g.person()
    const reads = () => g.may(lee, 'GetObject', 'objects')
    const writes = () => g.may(lee, 'DeleteObject', 'objects')
    const before = (await g.revision()) ?? 0
    await put('lee on storage', aPerson(lee), ['reader'], { service: 'objectstorage' })
    expect([await reads(), await writes()]).toEqual([true, false])
    await put('lee on storage', aPerson(lee), ['writer'], { service: 'objectstorage' })
    expect([await reads(), await writes()]).toEqual([true, true])
    await g.assign.remove(g.who(root), 'lee on storage')
    expect([await reads(), await writes()]).toEqual([false, false])
    expect(await g.revision()).toBe(before + 3)
    const events = ['created', 'updated', 'removed'].map((what) => g.audit(`role-assignment.${what}`))
    const [created, updated, removed] = (await Promise.all(events)).map(([event]) => event)
    expect(created).toMatchObject({
      actor: { kind: 'person', id: root },
      target: { type: 'role-assignment', name: 'lee on storage' },
      after: { roles: ['reader'], service: 'objectstorage', holder: { kind: 'person', id: lee } },
      requestId: 'req-1',
    })
    expect(updated).toMatchObject({ before: { roles: ['reader'] }, after: { roles: ['writer'] } })
    expect(removed).toMatchObject({ before: { roles: ['writer'] } })
  })
  test('the same again changes nothing and is not recorded', async () => {
    await put('kim on streams', aPerson(kim), ['viewer', 'viewer'], { service: 'streaming' })
    const [revision, events] = [await g.revision(), (await g.audit('role-assignment.updated')).length]
    expect(await put('kim on streams', aPerson(kim), ['viewer'], { service: 'streaming' })).toMatchObject({
      changed: false,
    })
    expect([await g.revision(), (await g.audit('role-assignment.updated')).length]).toEqual([revision, events])
  })
  test('E.1-10 not before the person is there', async () => {
    expect(await g.outcome(put('nobody', aPerson('p-to-come'), ['space-auditor'], { at: 'Shop:Front' }))).toBe(
      'not-found reference-unknown',
    )
    expect(await g.outcome(put('nobody', { kind: 'group', id: 'g-x' as never }, ['viewer']))).toBe(
      'not-found reference-unknown',
    )
  })
  test('a refused try changes nothing, and its denial is on record', async () => {
    const revision = await g.revision()
    expect(await g.outcome(g.giveAs(kim, 'mine', g.inputOf(aPerson(kim), ['administrator'])))).toBe('not-permitted')
    expect(await g.outcome(g.assign.remove(g.who(kim), 'kim on streams'))).toBe('not-permitted')
    expect(await g.outcome(g.assign.remove(g.who(kim), 'there is none'))).toBe('not-permitted')
    expect(await g.revision()).toBe(revision)
    const [denied] = await g.audit('policy.denied')
    expect(denied).toMatchObject({ actor: { id: kim }, details: { action: 'DeleteRoleAssignment' } })
  })
  test('what is not there is said to those who may remove it', async () => {
    expect(await g.outcome(g.assign.remove(g.who(root), 'there is none'))).toBe('not-found')
  })
  test('nobody takes away what he could not give', async () => {
    const clerk = await g.person()
    await g.group('takers', [clerk])
    await g.put('takers', ['Allow group takers to manage role-assignments in tenancy'])
    expect(await g.outcome(g.assign.remove(g.who(clerk), 'kim on streams'))).toBe('not-permitted not-held')
    const lesser = g.inputOf(aPerson(kim), ['reader'], { service: 'finance' })
    expect(await g.outcome(g.giveAs(clerk, 'kim on streams', lesser))).toBe('not-permitted not-held')
  })
  test('E.1-12 a manager of one organisation does not move an assignment out of another', async () => {
    const manager = await g.person(['organisation-manager'], { at: 'Shop' })
    await put('lab auditor', aPerson(kim), ['organisation-auditor'], { at: 'Lab' })
    const mine = g.inputOf(aPerson(kim), ['organisation-auditor'], { at: 'Shop' })
    expect(await g.outcome(g.giveAs(manager, 'lab auditor', mine))).toBe('not-permitted')
    expect(await g.outcome(g.giveAs(manager, 'shop auditor', mine))).toBe('ok')
    const away = g.inputOf(aPerson(kim), ['organisation-auditor'], { at: 'Lab' })
    expect(await g.outcome(g.giveAs(manager, 'shop auditor', away))).toBe('not-permitted')
  })
})

const faultsOf = async (...wanted: Parameters<Giving['inputOf']>): Promise<readonly string[]> => {
  try {
    await put('wrong', ...wanted)
    return []
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause
    return cause.fields.map((f) => `${f.field}: ${f.expected}`)
  }
}
describe('what cannot be meant is refused with every fault', () => {
  test.for([
    ['no role', [], {}, ['roles: 1 to 20 roles']],
    ['a role that is not there', ['king'], {}, ['roles: a role that there is, got `king`']],
    ['what everybody holds', ['account-member'], {}, ['roles: a role that is given, everybody holds `account-member`']],
    ['a service that is not there', ['viewer'], { service: 'nonsense' }, ['service: a service of the catalogue']],
    [
      'E.1-35 a role that is not for the service',
      ['reader'],
      { service: 'identity' },
      ['roles: a role that applies to the service `identity`'],
    ],
    [
      'E.1-35 a role that is for no service',
      ['space-developer'],
      { service: 'containers', at: 'Shop:Front' },
      ['roles: a role that applies to the service `containers`'],
    ],
    [
      'an account role in a compartment',
      ['account-owner'],
      { at: 'Shop' },
      ['roles: the root compartment for a role of kind `account`'],
    ],
    [
      'an organisation role at the root',
      ['organisation-manager'],
      {},
      ['roles: a compartment below the root for a role of kind `organisation`'],
    ],
    [
      'a space role in an organisation',
      ['space-manager'],
      { at: 'Shop' },
      ['roles: a compartment inside an organisation for a role of kind `space`'],
    ],
    [
      'T5 a user manager over everybody',
      ['user-manager'],
      {},
      ['roles: the attribute `group` for role `user-manager`'],
    ],
    [
      'E.1-48 access to every device',
      ['device-access'],
      {},
      ['roles: the attribute `device` for role `device-access`'],
    ],
    ['a type that is not there', ['viewer'], { type: 'nonsense' }, ['resource.type: a resource-type of the catalogue']],
    ['a resource of no type', ['viewer'], { id: 'x' }, ['resource.type: the resource-type of the resource']],
    [
      'a wildcard',
      ['viewer'],
      { type: 'service-instances', id: 'i-*' },
      ['resource: exact values of 1 to 256 characters without `*`'],
    ],
    [
      'an attribute that means nothing',
      ['viewer'],
      { attributes: { colour: 'red' } },
      ['resource.attributes.colour: an attribute that some resource-type knows'],
    ],
    [
      'a type that the role says nothing of',
      ['reader'],
      { service: 'objectstorage', type: 'clusters' },
      ['roles: a resource that role `reader` says something about'],
    ],
    ['the past', ['viewer'], { expiresAt: 1 }, ['expiresAt: a time to come']],
  ] as const)('%s', async ([, names, given, expected]) => {
    expect(await faultsOf(aPerson(kim), names, given)).toEqual(expected)
  })
  test('several at once', async () => {
    expect(await faultsOf(aPerson(kim), ['king', 'queen'], { service: 'nonsense', expiresAt: 1 })).toHaveLength(4)
  })
  test.for(['', ' x', 'a'.repeat(201), 'a\nb', '../x'])('the name %j', async (name) => {
    expect(await g.outcome(put(name, aPerson(kim), ['viewer']))).toBe('config-invalid')
  })
})

describe('B1 the last owner', () => {
  test('stays, whatever is tried; with a second one the first may go', async () => {
    const b = await giving()
    const admin = await b.person()
    await b.join(admin, b.administrators)
    const [one, two] = [await b.person(), await b.person()]
    const owner = (name: string, id: PersonId, given = {}, names: readonly string[] = ['account-owner']) =>
      b.outcome(b.giveAs(admin, name, b.inputOf(aPerson(id), names, given)))
    const LAST = 'not-permitted last-owner'
    expect(await owner('owner', one)).toBe('ok')
    expect(await b.outcome(b.assign.remove(b.who(admin), 'owner'))).toBe(LAST)
    expect(await owner('owner', one, {}, ['viewer'])).toBe(LAST)
    expect(await owner('owner', one, { expiresAt: b.clock() + 1000 })).toBe(LAST)
    expect(await owner('owner for a day', two, { expiresAt: b.clock() + 86_400_000 })).toBe('ok')
    expect(await b.outcome(b.assign.remove(b.who(admin), 'owner'))).toBe(LAST) // a day passes
    expect(await owner('second', two)).toBe('ok')
    expect(await b.outcome(b.assign.remove(b.who(admin), 'owner'))).toBe('ok')
    expect(await b.outcome(b.assign.remove(b.who(admin), 'second'))).toBe(LAST)
    expect(await owner('second', one)).toBe('ok') // handed over
    await b.close()
  })
})

describe('B8 what people see of what they were given', () => {
  test('E.1-11 somebody who was added sees roles, what they permit, where, through what and until when', async () => {
    const b = await giving()
    const lee = await b.person(['space-developer'], { at: 'Shop:Front', expiresAt: b.clock() + 1000 })
    const team = await b.group('team', [lee])
    await b.give({ kind: 'group', id: team }, ['viewer'], { service: 'containers' })
    await b.give({ kind: 'group', id: await b.group('others', []) }, ['administrator'])
    const seen = await b.own(b.tenancyId, { kind: 'person', id: lee, name: 'lee' })
    expect(seen.map((r) => [r.role, r.compartment, r.through.name, r.service])).toEqual([
      ['account-member', 'acme', 'lee', undefined],
      ['space-developer', 'Shop:Front', 'lee', undefined],
      ['viewer', 'acme', 'team', 'containers'],
    ])
    expect(seen[1]).toMatchObject({
      title: { en: 'Space developer', ko: '영역 개발자' },
      permits: ['use compartments', 'manage app-family'],
      expiresAt: b.clock() + 1000,
    })
    expect(seen[2]?.permits).toContain('read clusters')
    b.later(2)
    expect((await b.own(b.tenancyId, { kind: 'person', id: lee, name: 'lee' })).map((r) => r.role)).toEqual([
      'account-member',
      'viewer',
    ])
    await b.close()
  })
  test('E.1-24 the owner sees the role that comes with it', async () => {
    const owner = await g.person(['account-owner'])
    const seen = await g.own(g.tenancyId, { kind: 'person', id: owner, name: 'owner' })
    expect(seen.map((r) => r.role)).toEqual(['account-member', 'account-owner', 'administrator'])
  })
  test('a service ID sees its own and is no member', async () => {
    const id = await g.serviceId('robot')
    await g.give({ kind: 'service-id', id }, ['operator'], { service: 'streaming' })
    expect((await g.own(g.tenancyId, { kind: 'service-id', id, name: 'robot' })).map((r) => r.role)).toEqual([
      'operator',
    ])
  })
})

test('E.1-9 E.1-45 E.1-47 what may be chosen with an invitation', () => {
  const not = [...roles.values()].filter((r) => !r.invitable).map((r) => r.name)
  expect(not).toEqual([
    'account-owner',
    'account-member',
    'identity-domain-administrator',
    'security-administrator',
    'application-administrator',
    'user-administrator',
    'user-manager',
    'help-desk-administrator',
    'audit-administrator',
    'device-access',
  ])
})
