// Statements that the documentation of this language is known by, word for word, and what must come of them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Ask, type Office, office } from './office.ts'

let o: Office
const member = async (group: string): Promise<void> => {
  const id = await o.addGroup(group)
  await o.join(await o.addPerson(`in-${group}`), id)
}
beforeEach(async () => {
  o = await office()
  for (const group of [
    'Admins',
    'Interns',
    'DevOps',
    'Testers',
    'Auditors',
    'Viewers',
    'RegionalAdmins',
    'DevTeam',
    'StorageUsers',
    'ProjectAdmins',
    'PolicyAdmins',
    'Users',
    'Devs',
  ])
    await member(group)
  for (const name of ['Finance', 'Production', 'QA', 'Logging', 'Public', 'ProjectX', 'DataLake'])
    await o.addCompartment(name, o.places.acme)
  await o.enableDeny()
})
afterEach(() => o.store.close())

const levels = async (
  subject: string,
  type: string,
  at: string | undefined,
  more: Partial<Ask> = {},
): Promise<string> => {
  const may: string[] = []
  for (const action of ['inspect', 'read', 'use', 'manage'])
    if (await o.may({ subject, action, type, ...(at === undefined ? {} : { at }), ...more })) may.push(action)
  return may.join(' ')
}

describe('A2 A4 what a Deny leaves of `manage all-resources`', () => {
  test.for([
    [
      'Deny group DevOps to manage instance in compartment Production',
      'DevOps',
      'instances',
      'Production',
      'inspect read use',
    ],
    ['Deny group Testers to use bucket in compartment QA', 'Testers', 'buckets', 'QA', 'inspect read'],
    ['Deny group Auditors to read logs in compartment Logging', 'Auditors', 'logs', 'Logging', 'inspect'],
    ['Deny group Viewers to inspect instance in compartment Public', 'Viewers', 'instances', 'Public', ''],
    ['Deny group Interns to use instance in compartment Finance', 'Interns', 'instances', 'Finance', 'inspect read'],
    ['Deny group DevTeam to inspect instance in compartment ProjectX', 'DevTeam', 'instances', 'ProjectX', ''],
    [
      'Deny group StorageUsers to inspect object-family in compartment DataLake',
      'StorageUsers',
      'objects',
      'DataLake',
      '',
    ],
    [
      'Deny group ProjectAdmins to manage network-family in compartment ProjectX',
      'ProjectAdmins',
      'subnets',
      'ProjectX',
      'inspect read use',
    ],
    ['Deny group Devs to manage instance-family in compartment Prod', 'Devs', 'instances', 'Prod', 'inspect read use'],
    [
      'Deny group Users to manage instance-family in compartment Prod',
      'Users',
      'instances',
      'Prod',
      'inspect read use',
    ],
    ['Deny group Interns to inspect all-resources in compartment Public', 'Interns', 'vcns', 'Public', ''],
  ] as const)('%s', async ([deny, group, type, at, kept]) => {
    await o.put('p', [deny, `Allow group ${group} to manage all-resources in tenancy`])
    expect(await levels(`in-${group}`, type, at)).toBe(kept)
    expect(await levels(`in-${group}`, type, 'Test')).toMatch(/manage$/)
  })
})

describe('A3 A4 conditions', () => {
  test('one region is read-only', async () => {
    await o.put('p', [
      "Deny group RegionalAdmins to use all-resources in tenancy where request.region='sa-saopaulo-1'",
      'Allow group RegionalAdmins to manage all-resources in tenancy',
    ])
    const run = (region: string) => levels('in-RegionalAdmins', 'instances', undefined, { context: { region } })
    expect([await run('sa-saopaulo-1'), await run('GRU'), await run('iad')]).toEqual([
      'inspect read',
      'inspect read',
      'inspect read use manage',
    ])
    // a caller that does not say where it is could be there
    expect(await levels('in-RegionalAdmins', 'instances', undefined)).toBe('inspect read')
  })
  test.for(['request.service.name', 'request.service'])('a whole service is blocked by %s', async (variable) => {
    await o.put('p', [
      `Deny any-user to inspect all-resources in tenancy where ${variable}='streaming'`,
      'Allow any-user to manage all-resources in tenancy',
    ])
    expect([await levels('in-Users', 'streams', undefined), await levels('in-Users', 'instances', undefined)]).toEqual([
      '',
      'inspect read use manage',
    ])
  })
  test('private access only', async () => {
    const { warnings } = await o.put('p', [
      "Deny any-user to access object-family in tenancy where any {not request.gateway.id, request.gateway.type !='privateserviceaccess'}",
      'Allow any-user to read object-family in tenancy',
    ])
    expect(warnings.map((w) => w.code)).toEqual(['verb-access'])
    const run = (context: Ask['context']) => levels('in-Users', 'objects', undefined, { context: context ?? {} })
    expect(await run({})).toBe('')
    expect(await run({ gateway: { id: 'g1' } })).toBe('')
    expect(await run({ gateway: { id: 'g1', type: 'internetgateway' } })).toBe('')
    expect(await run({ gateway: { id: 'g1', type: 'privateserviceaccess' } })).toBe('inspect read')
  })
  test('A5 who may write Deny can be denied', async () => {
    await o.put('p', [
      "Deny group PolicyAdmins to manage policies in tenancy where target.policy.type='DENY'",
      'Allow group PolicyAdmins to manage policies in tenancy',
    ])
    const write = (type: readonly string[]) =>
      o.may({ subject: 'in-PolicyAdmins', action: 'CreatePolicy', type: 'policies', resource: { type } })
    expect([await write(['allow']), await write(['deny']), await write(['allow', 'deny'])]).toEqual([
      true,
      false,
      false,
    ])
  })
  test('users other than administrators; the list needs a statement of its own', async () => {
    const guarded = "Allow group DevTeam to use users in tenancy where target.group.name != 'Administrators'"
    await o.put('p', [guarded])
    const list = { subject: 'in-DevTeam', action: 'ListUsers', type: 'users' }
    expect(await o.may(list)).toBe(false)
    await o.put('p', [guarded, 'Allow group DevTeam to inspect users in tenancy'])
    expect(await o.may(list)).toBe(true)
  })
  test('a member of any group but the administrators: the user is changed like the group, which the question names', async () => {
    const but = "where target.group.name != 'Administrators'"
    const use = (type: string) => `Allow group DevTeam to use ${type} in tenancy ${but}`
    const add = (id: string) =>
      o.may({ subject: 'in-DevTeam', action: 'AddUserToGroup', type: 'groups', resource: { name: id } })
    await o.put('p', [use('users')])
    expect([await add('Devs'), await add('Administrators')]).toEqual([false, false]) // the group itself is not granted
    await o.put('p', [use('users'), use('groups')])
    expect([await add('Devs'), await add('Administrators')]).toEqual([true, false])
  })
  test('all but deletion', async () => {
    await o.put('p', ["Allow group Devs to manage groups in tenancy where request.permission != 'GROUP_DELETE'"])
    const run = (action: string) => o.may({ subject: 'in-Devs', action, type: 'groups' })
    expect([await run('CreateGroup'), await run('UpdateGroup'), await run('DeleteGroup')]).toEqual([true, true, false])
  })
})

describe('A4 A13 locked out and back', () => {
  test('a tenancy-wide Deny stops everybody but the default administrators, one of whom replaces it', async () => {
    const ada = await o.addPerson('ada')
    await o.join(ada, o.administrators)
    await o.put('work', ['Allow group Admins to manage all-resources in tenancy'])
    const { policy } = await o.put('lock', ['Deny any-user to inspect all-resources in tenancy'])
    const update = { action: 'UpdatePolicy', type: 'policies' }
    expect(await o.ask({ subject: 'in-Admins', ...update })).toMatchObject({ allow: false, denied: [`${policy.id}#1`] })
    expect(await o.may({ subject: 'ada', ...update })).toBe(true)
    await o.put('lock', ['Deny group Interns to inspect all-resources in tenancy'])
    expect(await o.may({ subject: 'in-Admins', ...update })).toBe(true)
    expect(await o.may({ subject: 'in-Interns', action: 'inspect', type: 'policies' })).toBe(false)
    const [event] = await o.audit('policy.denied')
    expect(event?.details).toMatchObject({ denied: [{ policy: 'lock' }] })
  })
  test('a Deny in a child compartment holds against the administrators of its parent', async () => {
    await o.put('above', ['Allow group Admins to manage all-resources in compartment Prod'])
    await o.put('below', ['Deny any-user to inspect all-resources in compartment Web'], 'Web')
    expect([
      await levels('in-Admins', 'instances', 'Prod'),
      await levels('in-Admins', 'instances', 'Prod:Web'),
    ]).toEqual(['inspect read use manage', ''])
  })
})

test('U5 A1 what needs permissions of two types may be granted by two groups', async () => {
  await o.put('p', [
    'Allow group Devs to use instances in tenancy',
    'Allow group Testers to manage volume-family in tenancy',
  ])
  const both = await o.addPerson('both')
  const [devs, testers] = await o.store.read(async (tx) => {
    const groups = await tx.groups.ofTenancy(o.tenancyId)
    return ['Devs', 'Testers'].map((name) => groups.find((g) => g.name === name)?.id)
  })
  if (!devs || !testers) throw new Error('unreachable')
  await o.join(both, devs)
  const attach = { subject: 'both', action: 'AttachVolume', type: 'volume-attachments' }
  expect(await o.may(attach)).toBe(false)
  await o.join(both, testers)
  expect(await o.may(attach)).toBe(true)
})
