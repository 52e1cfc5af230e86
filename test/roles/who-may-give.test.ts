// Who may give which role on what: account administrators, administrators of one service, of one instance, managers of organisations and
// spaces; and that nobody gives what he does not hold.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PersonId } from '../../src/core/model/ids.ts'
import { aPerson, type Giving, giving } from './giving.ts'

let g: Giving
let somebody: PersonId
const OK = 'ok'
const NO = 'not-permitted'
const UNHELD = 'not-permitted not-held'
const whole = {}
const service = { service: 'containers' }
const instance = { service: 'containers', type: 'service-instances', id: 'i-1' }
const otherInstance = { ...instance, id: 'i-2' }

const holders: { [name: string]: PersonId } = {}
const holder = (name: string): PersonId => holders[name] ?? somebody
beforeAll(async () => {
  g = await giving()
  somebody = await g.person()
  const make = async (name: string, role: string, given = {}) => {
    holders[name] = await g.person([role], given)
  }
  await make('account owner', 'account-owner')
  await make('account administrator', 'administrator')
  await make('administrator of the service', 'administrator', service)
  await make('administrator of another service', 'administrator', { service: 'streaming' })
  await make('administrator of the instance', 'administrator', instance)
  for (const role of ['editor', 'operator', 'viewer', 'billing-manager']) {
    await make(`${role} of everything`, role)
    await make(`${role} of the service`, role, service)
  }
  for (const role of ['manager', 'writer', 'reader']) await make(`${role} of the service`, role, service)
  holders.member = await g.person()
})
afterAll(() => g.close())

const everybody = () => Object.keys(holders)
const whoMay = async (given: object): Promise<readonly string[]> => {
  const out: string[] = []
  for (const name of everybody())
    if ((await g.tries(holder(name), aPerson(somebody), ['viewer'], given)) === OK) out.push(name)
  return out
}
const whoMayMakeAnInstance = async (facts: { readonly service: string }): Promise<readonly string[]> => {
  const out: string[] = []
  for (const name of everybody())
    if (await g.may(holder(name), 'CreateServiceInstance', 'service-instances', { facts })) out.push(name)
  return out
}

describe('B4 who may give', () => {
  test('E.1-28 E.1-32 for all services and instances: account administrators', async () => {
    expect(await whoMay(whole)).toEqual(['account owner', 'account administrator'])
  })
  test('E.1-29 E.1-32 for one service: those, and administrators of that service', async () => {
    expect(await whoMay(service)).toEqual(['account owner', 'account administrator', 'administrator of the service'])
  })
  test('E.1-31 E.1-32 for one instance: those, and administrators of that instance', async () => {
    expect(await whoMay(instance)).toEqual([
      'account owner',
      'account administrator',
      'administrator of the service',
      'administrator of the instance',
    ])
    expect(await whoMay(otherInstance)).toEqual([
      'account owner',
      'account administrator',
      'administrator of the service',
    ])
  })
  test('E.1-30 E.1-32 an instance is made by account administrators, administrators and editors of the service', async () => {
    expect(await whoMayMakeAnInstance(service)).toEqual([
      'account owner',
      'account administrator',
      'administrator of the service',
      'editor of everything',
      'editor of the service',
    ])
  })
  test('E.1-42 administrators give every role that applies, their own included', async () => {
    for (const role of ['viewer', 'operator', 'editor', 'administrator', 'reader', 'writer', 'manager'])
      expect([role, await g.tries(holder('administrator of the service'), aPerson(somebody), [role], service)]).toEqual(
        [role, OK],
      )
    expect(await g.tries(holder('administrator of the instance'), aPerson(somebody), ['administrator'], instance)).toBe(
      OK,
    )
  })
  test('members of Administrators give everything', async () => {
    const root = await g.person()
    await g.join(root, g.administrators)
    for (const role of ['account-owner', 'identity-domain-administrator', 'super-user', 'administrator'])
      expect(await g.tries(root, aPerson(somebody), [role])).toBe(OK)
  })
})

describe('B4 not by detours', () => {
  test.for([
    ['the service in an attribute', { attributes: { service: 'containers' } }],
    ['the service as a resource', { type: 'services', id: 'containers' }],
    ['the instance without its service', { type: 'service-instances', id: 'i-1' }],
    ['another service beside it', { service: 'streaming', type: 'service-instances', id: 'i-1' }],
    ['a type of the service', { service: 'containers', type: 'clusters' }],
    ['the instance of another name', { service: 'containers', attributes: { 'service-instance': 'i-2' } }],
  ] as const)('%s: the administrator of one instance is refused', async ([, given]) => {
    expect(await g.tries(holder('administrator of the instance'), aPerson(somebody), ['viewer'], given)).not.toBe(OK)
  })
  test('a list of roles is allowed only if each of them is', async () => {
    const spaceManager = await g.person(['space-manager'], { at: 'Shop:Front' })
    const give = (names: readonly string[]) => g.tries(spaceManager, aPerson(somebody), names, { at: 'Shop:Front' })
    expect(await give(['space-auditor'])).toBe(OK)
    expect(await give(['space-auditor', 'viewer'])).toBe(NO)
    expect(await give(['viewer', 'space-auditor'])).toBe(NO)
  })
  test('an attribute that claims to be the role does not pass for it', async () => {
    const spaceManager = await g.person(['space-manager'], { at: 'Shop:Front' })
    for (const given of [{ attributes: { role: 'space-auditor' } }, { type: 'roles', id: 'space-auditor' }])
      expect(await g.tries(spaceManager, aPerson(somebody), ['administrator'], { at: 'Shop:Front', ...given })).toBe(NO)
  })
  test('whoever may write assignments gives no more than he holds', async () => {
    const clerk = await g.person()
    const id = await g.group('clerks', [clerk])
    await g.put('clerks', ['Allow group clerks to manage role-assignments in tenancy'])
    expect(await g.tries(clerk, aPerson(clerk), ['administrator'])).toBe(UNHELD)
    expect(await g.tries(clerk, { kind: 'group', id }, ['reader'], { service: 'objectstorage' })).toBe(UNHELD)
    await g.put('clerks-read', ['Allow group clerks to read object-family in tenancy'])
    expect(await g.tries(clerk, { kind: 'group', id }, ['reader'], { service: 'objectstorage' })).toBe(OK)
    expect(await g.tries(clerk, { kind: 'group', id }, ['writer'], { service: 'objectstorage' })).toBe(UNHELD)
  })
  test('nor more widely, nor without the condition under which he holds it', async () => {
    const keeper = await g.person()
    await g.group('keepers', [keeper])
    const gives = (given: object) =>
      g.tries(keeper, aPerson(somebody), ['reader'], { service: 'objectstorage', ...given })
    await g.put('keepers', [
      'Allow group keepers to manage role-assignments in tenancy',
      'Allow group keepers to read object-family in compartment Shop',
    ])
    expect(await gives({})).toBe(UNHELD)
    expect(await gives({ at: 'Shop' })).toBe(OK)
    expect(await gives({ at: 'Shop:Front' })).toBe(OK)
    for (const where of [
      "target.bucket.id = 'b1'",
      "target.bucket.id != 'b2'",
      'not target.bucket.service-instance',
      "target.resource.tag.env.stage != 'live'",
      "request.networkSource.name = 'office'",
      "request.permission != 'OBJECT_READ'",
      "target.compartment.name = 'Lab'",
    ]) {
      const lines = [
        'Allow group keepers to manage role-assignments in tenancy',
        `Allow group keepers to read object-family in compartment Lab where ${where}`,
      ]
      await g.put('keepers', lines)
      expect([where, await gives({ at: 'Lab' })]).toEqual([where, UNHELD])
    }
    expect(await gives({ at: 'Lab', type: 'buckets', id: 'b1' })).toBe(UNHELD)
    await g.put('keepers', [
      'Allow group keepers to manage role-assignments in tenancy',
      "Allow group keepers to read buckets in compartment Lab where target.bucket.id = 'b1'",
    ])
    expect(await gives({ at: 'Lab', type: 'buckets', id: 'b1' })).toBe(UNHELD) // objects of the bucket as well
  })
})

describe('B4 named for a role', () => {
  const write = "manage role-assignments in compartment Shop where target.role-assignment.role = 'organisation-auditor'"
  const delegate = 'use role-delegations in compartment Shop'
  test.for([
    [`${delegate} where target.role-assignment.role = 'organisation-auditor'`, OK],
    [`${delegate} where target.role-assignment.role in ('organisation-auditor', 'space-auditor')`, OK],
    [`${delegate} where target.role-assignment.role = /organisation-*/`, OK],
    [delegate, UNHELD], // names none
    [`${delegate} where target.role-assignment.role = '*'`, UNHELD],
    [`${delegate} where target.role-assignment.role != 'account-owner'`, UNHELD],
    [`${delegate} where target.role-assignment.role = 'space-auditor'`, UNHELD],
    [`${delegate} where not target.role-assignment.colour`, UNHELD],
  ] as const)('%s: %s', async ([action, expected]) => {
    const clerk = await g.person()
    const name = `desk-${clerk}`
    await g.group(name, [clerk])
    await g.put(
      name,
      [write, action].map((a) => `Allow group ${name} to ${a}`),
    )
    expect(await g.tries(clerk, aPerson(somebody), ['organisation-auditor'], { at: 'Shop' })).toBe(expected)
    expect(await g.tries(clerk, aPerson(somebody), ['organisation-manager'], { at: 'Shop' })).toBe(NO)
  })
  test('not for roles above Deny', async () => {
    const clerk = await g.person()
    await g.group('desk', [clerk])
    await g.put('desk', [
      'Allow group desk to manage role-assignments in tenancy',
      "Allow group desk to use role-delegations in tenancy where target.role-assignment.role = 'user-administrator'",
    ])
    expect(await g.tries(clerk, aPerson(somebody), ['user-administrator'])).toBe(UNHELD)
  })
})

describe('B4 under a Deny', () => {
  test('what is denied further down cannot be given from above', async () => {
    const b = await giving()
    await b.enableDeny()
    const keeper = await b.person()
    const friend = await b.person()
    await b.group('keepers', [keeper])
    await b.put('keepers', [
      'Allow group keepers to manage role-assignments in tenancy',
      'Allow group keepers to read object-family in tenancy',
    ])
    const gives = (given: object) =>
      b.tries(keeper, aPerson(friend), ['reader'], { service: 'objectstorage', ...given })
    expect(await gives({ at: 'Shop' })).toBe(OK)
    await b.put('no', ['Deny group keepers to read objects in compartment Shop:Front'])
    expect(await gives({ at: 'Shop' })).toBe(UNHELD)
    expect(await gives({})).toBe(UNHELD)
    expect(await gives({ at: 'Lab' })).toBe(OK)
    await b.put('no', [
      "Deny group keepers to read objects in tenancy where any {target.resource.tag.env.stage = 'live', target.bucket.name}",
    ])
    expect(await gives({ at: 'Lab' })).toBe(UNHELD)
    await b.close()
  })
  test('roles above Deny are given by those who are above Deny', async () => {
    const b = await giving()
    const owner = await b.person(['account-owner'])
    const domainAdministrator = await b.person(['identity-domain-administrator'])
    const root = await b.person()
    await b.join(root, b.administrators)
    expect(await b.tries(owner, aPerson(somebody), ['user-administrator'])).toBe(UNHELD)
    expect(await b.tries(owner, aPerson(owner), ['help-desk-administrator'])).toBe(OK)
    expect(await b.tries(domainAdministrator, aPerson(owner), ['security-administrator'])).toBe(NO)
    expect(await b.tries(root, aPerson(owner), ['user-administrator'])).toBe(OK)
    await b.close()
  })
})
