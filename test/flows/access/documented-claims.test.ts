// What the public documentation of this language claims, each claim as a case of our own: with known-examples.test.ts, all of them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DynamicGroupId, PersonId } from '../../../src/core/model/ids.ts'
import { type Ask, type Office, office } from './office.ts'

let o: Office
beforeEach(async () => {
  o = await office()
  await o.enableDeny()
})
afterEach(() => o.store.close())

const verbs = ['inspect', 'read', 'use', 'manage'] as const
const levels = async (subject: string, type: string, at?: string, more: Partial<Ask> = {}): Promise<string> => {
  const may: string[] = []
  for (const action of verbs)
    if (await o.may({ subject, action, type, ...(at === undefined ? {} : { at }), ...more })) may.push(action)
  return may.join(' ')
}
const ALL = 'inspect read use manage'
const member = async (username: string, ...groups: readonly string[]): Promise<PersonId> => {
  const id = await o.addPerson(username)
  for (const group of groups) await o.join(id, await o.addGroup(group))
  return id
}

describe('A1 U1 grants', () => {
  test('a new user may do nothing at all; the first administrator may do everything, everywhere', async () => {
    await member('new')
    await o.join(await o.addPerson('first'), o.administrators)
    for (const type of ['instances', 'users', 'policies', 'compartments', 'domains'])
      expect([await levels('new', type), await levels('first', type, 'Prod:Web')]).toEqual(['', ALL])
  })
  test('administrators of one compartment: everything in it and below, nothing beside it', async () => {
    await member('hana', 'HRAdministrator')
    await o.put('hr', ['Allow group HRAdministrator to manage all-resources in compartment Prod'])
    expect([
      await levels('hana', 'instances', 'Prod'),
      await levels('hana', 'buckets', 'Prod:Web'),
      await levels('hana', 'instances', 'Test'),
      await levels('hana', 'instances'),
    ]).toEqual([ALL, ALL, '', ''])
  })
  test('developers use instances of their project, and cannot create or delete one', async () => {
    await member('dev', 'Developers')
    await o.put('p', ['Allow group Developers to use instances in compartment Test'])
    expect(await levels('dev', 'instance', 'Test')).toBe('inspect read use')
    expect(await o.may({ subject: 'dev', action: 'TerminateInstance', type: 'instances', at: 'Test' })).toBe(false)
  })
  test('U5 permissions add up over groups: instances through one, volumes through another', async () => {
    await member('both', 'InstanceUsers', 'VolumeManagers')
    await o.put('p', [
      'Allow group InstanceUsers to use instances in tenancy',
      'Allow group VolumeManagers to manage volumes in tenancy',
    ])
    expect([
      await levels('both', 'instances'),
      await levels('both', 'volumes'),
      await levels('both', 'buckets'),
    ]).toEqual(['inspect read use', ALL, ''])
  })
  test('A6 a grant in the root reaches every compartment', async () => {
    await member('ina', 'InstanceAdmins')
    await o.put('p', ['Allow group InstanceAdmins to manage instances in tenancy'])
    for (const at of [undefined, 'Prod', 'Prod:Web', 'Test']) expect(await levels('ina', 'instances', at)).toBe(ALL)
  })
  test('A6 where a policy is attached decides who may change it', async () => {
    await member('chief', 'Chiefs')
    await o.put('delegated', ['Allow group Chiefs to manage all-resources in compartment Prod'])
    const change = (at: string | undefined) =>
      o.may({
        subject: 'chief',
        action: 'UpdatePolicy',
        type: 'policies',
        ...(at ? { at } : {}),
        resource: { type: 'allow' },
      })
    expect([await change('Prod'), await change('Prod:Web'), await change('Test'), await change(undefined)]).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
  test('people who were provisioned from elsewhere are governed by the same policies, and lose a group’s grants with the group', async () => {
    const fed = await o.addPerson('fed')
    const group = await o.addGroup('Mapped')
    await o.put('p', ['Allow group Mapped to read buckets in tenancy'])
    await o.join(fed, group, {
      provenance: { kind: 'scim', client: 'directory' },
      expiresAt: Date.UTC(2030, 0, 16, 13),
    })
    expect(await levels('fed', 'buckets')).toBe('inspect read')
    o.later(7200)
    expect(await levels('fed', 'buckets')).toBe('')
  })
})

describe('A2 A4 Deny', () => {
  test('one policy holds both: interns read what administrators manage', async () => {
    await member('intern', 'Interns')
    await member('admin', 'Admins')
    await o.put('finance', [
      'Deny group Interns to use instance in compartment Prod',
      'Allow group Admins to manage all-resources in compartment Prod',
      'Allow group Interns to manage all-resources in compartment Prod',
    ])
    expect([await levels('intern', 'instances', 'Prod'), await levels('admin', 'instances', 'Prod')]).toEqual([
      'inspect read',
      ALL,
    ])
  })
  test.for([
    ['inspect', ''],
    ['read', 'inspect'],
    ['use', 'inspect read'],
    ['manage', 'inspect read use'],
    ['access', ''], // no verb: read as the lowest
  ] as const)('the inverted ladder: deny %s keeps `%s`', async ([verb, kept]) => {
    await member('devops', 'DevOps')
    await o.put('p', [
      'Allow group DevOps to manage all-resources in tenancy',
      `Deny group DevOps to ${verb} instance in compartment Prod`,
    ])
    expect([await levels('devops', 'instances', 'Prod'), await levels('devops', 'buckets', 'Prod')]).toEqual([
      kept,
      ALL,
    ])
  })
  test('default administrators manage what a Deny takes from everybody else', async () => {
    await member('dev', 'Devs')
    await o.join(await o.addPerson('ada'), o.administrators)
    await o.put('prod', [
      'Deny group Devs to manage instance-family in compartment Prod',
      'Allow group Devs to manage all-resources in compartment Prod',
      'Deny any-user to manage instances in tenancy',
    ])
    expect([await levels('dev', 'instances', 'Prod'), await levels('ada', 'instances', 'Prod')]).toEqual([
      'inspect read use',
      ALL,
    ])
  })
  test('Administrators of another domain are not exempt', async () => {
    const eve = await o.addPerson('eve', {}, 'partners')
    await o.join(eve, await o.addGroup('Administrators', 'partners'))
    await o.put('p', [
      'Allow group partners/Administrators to manage all-resources in tenancy',
      'Deny any-user to inspect all-resources in tenancy',
    ])
    expect(await levels('eve', 'instances', undefined, { domain: 'partners' })).toBe('')
  })
  test('A5 writing Deny is kept to the default administrators by one statement of the root', async () => {
    await member('chief', 'Chiefs')
    await o.join(await o.addPerson('ada'), o.administrators)
    await o.put('p', [
      'Allow group Chiefs to manage all-resources in tenancy',
      "Deny any-user to manage policies in tenancy where target.policy.type='DENY'",
    ])
    const write = (subject: string, type: readonly string[]) =>
      o.may({ subject, action: 'CreatePolicy', type: 'policies', resource: { type } })
    expect([
      await write('chief', ['allow']),
      await write('chief', ['deny']),
      await write('chief', ['allow', 'deny']),
      await write('ada', ['deny']),
    ]).toEqual([true, false, false, true])
  })
  test('delegation: instances of a project, but neither its networks nor Deny statements', async () => {
    await member('lead', 'ProjectAdmins')
    await o.put('project', [
      'Allow group ProjectAdmins to manage instance-family in compartment Test',
      'Allow group ProjectAdmins to manage policies in compartment Test',
      'Allow group ProjectAdmins to manage virtual-network-family in compartment Test',
      'Deny group ProjectAdmins to manage network-family in compartment Test',
      "Deny group ProjectAdmins to manage policies in compartment Test where target.policy.type='DENY'",
    ])
    const policy = (type: string) =>
      o.may({ subject: 'lead', action: 'CreatePolicy', type: 'policies', at: 'Test', resource: { type } })
    expect([
      await levels('lead', 'instances', 'Test'),
      await levels('lead', 'subnets', 'Test'),
      await policy('allow'),
      await policy('deny'),
    ]).toEqual([ALL, 'inspect read use', true, false])
  })
  test('what is marked as production cannot be deleted, whoever may manage it', async () => {
    await member('ops', 'Ops')
    await o.put('p', [
      'Allow group Ops to manage instance-family in tenancy',
      "Deny group Ops to {INSTANCE_DELETE} in tenancy where target.resource.tag.Ops.environment = 'production'",
    ])
    const { may } = o
    const terminate = (environment: string | undefined) =>
      may({
        subject: 'ops',
        action: '{INSTANCE_DELETE}',
        type: 'instances',
        resource: environment === undefined ? {} : { tags: { ops: { environment } } },
      })
    // whoever says nothing of the tags could be about production
    expect([await terminate('test'), await terminate('Production'), await terminate(undefined)]).toEqual([
      true,
      false,
      false,
    ])
  })
  test('narrowing a Deny that hit too many: from everybody to the group that was meant', async () => {
    await member('intern', 'Interns')
    await member('driver', 'Drivers')
    await o.put('work', ['Allow any-user to use cloud-shell in tenancy'])
    const shell = (subject: string) => o.may({ subject, action: 'use', type: 'cloud-shell' })
    const { policy } = await o.put('shell', ['Deny any-user to inspect cloud-shell in tenancy'])
    expect([await shell('intern'), await shell('driver')]).toEqual([false, false])
    const [first] = await o.audit('policy.denied')
    expect(first?.details).toMatchObject({ denied: [{ ref: `${policy.id}#1`, policy: 'shell' }] })
    await o.put('shell', ['Deny group Interns to inspect cloud-shell in tenancy'])
    expect([await shell('intern'), await shell('driver')]).toEqual([false, true])
  })
  test('A4 a shipped policy is above a Deny: one’s own identity domain stays readable', async () => {
    await member('user', 'Users')
    const domain = await o.store.read(async (tx) => (await tx.domains.byName(o.tenancyId, 'default'))?.id ?? '')
    await o.put('p', ['Deny group Users to read domains in tenancy'])
    expect(await o.may({ subject: 'user', action: 'GetDomain', type: 'domains', id: domain })).toBe(true)
  })
})

test('A8 compute instances act by a dynamic group, without a stored secret; a Deny is their last gate, whatever the network lets through', async () => {
  const domainId = await o.store.read(async (tx) => (await tx.domains.byName(o.tenancyId, 'default'))?.id)
  if (!domainId) throw new Error('unreachable')
  await o.store.write((tx) =>
    tx.dynamicGroups.put({
      id: 'dg' as DynamicGroupId,
      tenancyId: o.tenancyId,
      domainId,
      name: 'FrontEnd',
      description: '',
      rule: `instance.compartment.id = '${o.places.Prod}'`,
      createdAt: 0,
      updatedAt: 0,
    }),
  )
  await o.bump()
  await o.put('p', [
    'Allow dynamic-group FrontEnd to manage instance-family in tenancy',
    'Deny dynamic-group FrontEnd to manage instance-family in compartment Test',
  ])
  const run = (id: string, compartment: string, action: string, at: string) =>
    o.authorize(o.pdp, {
      subject: { type: 'instance', id, properties: { compartment } },
      action: { name: action, properties: {} },
      resource: { type: 'instances', id: 'i9', properties: { compartment: at } },
      context: {},
    })
  const answers = [
    await run('i1', 'Prod', 'manage', 'Prod'),
    await run('i1', 'Prod', 'use', 'Test'),
    await run('i1', 'Prod', 'manage', 'Test'),
    await run('i2', 'Test', 'use', 'Prod'),
  ]
  expect(answers.map((a) => a.reason)).toEqual(['granted', 'granted', 'denied-by-policy', 'not-granted'])
})
