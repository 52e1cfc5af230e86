// The account: its owner, its members, and what nobody is given by being there. Every answer comes from the decision point over HTTP.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PersonId } from '../../src/core/model/ids.ts'
import { type Account, account, roles } from './bed.ts'

let a: Account
let owner: PersonId
let member: PersonId
beforeAll(async () => {
  a = await account()
  owner = await a.person(['account-owner'])
  member = await a.person()
})
afterAll(() => a.close())

const ownersOnly = {
  'E.1-2': [
    'tenancies GetTenancy',
    'users ListUsers',
    'users GetUser',
    'billing GetBilling',
    'spending-notifications GetSpendingNotifications',
    'spending-notifications SetSpendingNotifications',
    'usage GetUsage',
  ],
  'E.1-3': [
    'invitations CreateInvitation',
    'invitations ListInvitations',
    'role-assignments CreateRoleAssignment',
    'role-assignments UpdateRoleAssignment',
    'role-assignments DeleteRoleAssignment',
  ],
  'E.1-4': [
    'credits AddCredit',
    'billing-limits SetBillingLimit',
    'compartments CreateCompartment',
    'compartments DeleteCompartment',
    'role-assignments CreateRoleAssignment',
  ],
  'E.1-5': [
    'users CreateUser',
    'users UpdateUser',
    'users DeleteUser',
    'users ResetUserPassword',
    'compartments UpdateCompartment',
    'policies CreatePolicy',
    'role-assignments ListRoleAssignments',
  ],
} as const

describe('B1 the owner', () => {
  test.for(Object.entries(ownersOnly))('%s may all of it', async ([, pairs]) => {
    expect(await a.granted(owner, pairs)).toEqual(pairs)
  })
  test('E.1-5 in organisations and spaces as well', async () => {
    expect(await a.may(owner, 'CreateCompartment', 'compartments', { at: 'Shop' })).toBe(true)
    expect(await a.may(owner, 'UpdateUser', 'users', { at: 'Shop:Front' })).toBe(true)
  })
  test('E.1-24 holds the role administrator by being owner, and the record says so', async () => {
    const { body } = await a.answer(owner, 'DeleteCluster', 'clusters')
    const { context } = body as { decision: boolean; context: { id: string } }
    const record = await a.store.read((tx) => tx.audit.decision(context.id as never))
    expect(record?.because).toEqual([expect.stringMatching(/^assignment:.*#administrator$/)])
  })
  test('is not above Deny', async () => {
    const b = await account()
    await b.enableDeny()
    const other = await b.person(['account-owner'])
    await b.put('stop', ['Deny any-user to manage credits in tenancy'])
    expect(await b.may(other, 'AddCredit', 'credits')).toBe(false)
    expect(await b.may(other, 'GetCredits', 'credits')).toBe(true)
    await b.close()
  })
})

describe('B1 a member', () => {
  test('E.1-1 there are two account roles', () => {
    expect([...roles.values()].filter((r) => r.kind === 'account').map((r) => r.name)).toEqual([
      'account-owner',
      'account-member',
    ])
  })
  test('E.1-6 sees the own profile, who is active, credits and the billing limit', async () => {
    expect(await a.may(member, 'GetUser', 'users', { id: member })).toBe(true)
    const shown = ['account-members ListAccountMembers', 'credits GetCredits', 'billing-limits GetBillingLimit']
    expect(await a.granted(member, shown)).toEqual(shown)
  })
  test.for(Object.entries(ownersOnly))('E.1-7 of what the owner alone may (%s), nothing', async ([, pairs]) => {
    expect(await a.granted(member, pairs, { id: owner })).toEqual([])
  })
  test('E.1-7 nor the profile of somebody else, nor any change of the own', async () => {
    expect(await a.may(member, 'GetUser', 'users', { id: owner })).toBe(false)
    for (const change of ['UpdateUser', 'DeleteUser', 'UpdateUserState'])
      expect(await a.may(member, change, 'users', { id: member })).toBe(false)
  })
  test('E.1-7 a claimed `target.user.id` does not make somebody else’s profile the own', async () => {
    const facts = { id: member, 'target.user.id': member, 'request.user.id': owner }
    expect(await a.may(member, 'GetUser', 'users', { id: owner, facts })).toBe(false)
  })
  test('E.1-8 everybody who is added is one, with nothing done', async () => {
    const added = await a.person()
    expect(await a.may(added, 'GetCredits', 'credits')).toBe(true)
    expect(await a.store.read((tx) => tx.roleAssignments.ofHolder({ kind: 'person', id: added }))).toEqual([])
  })
  test('E.1-8 a program is none', async () => {
    await a.serviceId('robot')
    expect(await a.may('robot', 'GetCredits', 'credits', { kind: 'service-id' })).toBe(false)
    expect(await a.may('robot', 'ListAccountMembers', 'account-members', { kind: 'service-id' })).toBe(false)
  })
  test('U1 on resources of applications and of the gateway a new user may nothing until a policy grants it', async () => {
    const added = await a.person()
    const pairs = [
      'reports GetReport',
      'reports ListReports',
      'instances LaunchInstance',
      'buckets ListBuckets',
      'groups ListGroups',
      'users ListUsers',
      'policies ListPolicies',
      'clusters ListClusters',
    ]
    expect(await a.granted(added, pairs)).toEqual([])
    await a.put('all', ['Allow any-user to read reports in tenancy'])
    expect(await a.granted(added, pairs)).toEqual(['reports GetReport', 'reports ListReports'])
  })
  test('what members may see can be denied: it is no system policy', async () => {
    const b = await account()
    await b.enableDeny()
    await b.put('private', ['Deny any-user to inspect account-members in tenancy'])
    const other = await b.person()
    expect(await b.may(other, 'ListAccountMembers', 'account-members')).toBe(false)
    expect(await b.may(other, 'GetCredits', 'credits')).toBe(true)
    await b.close()
  })
})
