// Administrators of an identity domain: each may its part and no more, in its domain and no other, and cannot climb by it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Account, account } from './bed.ts'

let a: Account
beforeAll(async () => {
  a = await account()
})
afterAll(() => a.close())

const parts = {
  users: ['users CreateUser', 'users UpdateUser', 'users DeleteUser'],
  help: ['users UpdateUserState', 'users ResetUserPassword', 'users ResetUserFactors'],
  usersSeen: ['users GetUser'],
  usersListed: ['users ListUsers'],
  groups: [
    'groups CreateGroup',
    'groups UpdateGroup',
    'groups DeleteGroup',
    'groups AddUserToGroup',
    'groups RemoveUserFromGroup',
  ],
  groupsSeen: ['groups GetGroup'],
  applications: [
    'applications CreateApplication',
    'applications UpdateApplication',
    'applications RotateApplicationSecret',
  ],
  security: [
    'identity-providers CreateIdentityProvider',
    'identity-providers UpdateIdentityProvider',
    'group-mappings CreateGroupMapping',
    'sign-on-policies UpdateSignOnPolicy',
    'password-policies UpdatePasswordPolicy',
    'sessions EndSession',
    'signing-keys RotateSigningKeys',
    'domains UpdateDomain',
  ],
  audit: ['audit-events ListAuditEvents', 'audit-events GetAuditEvent', 'audit-events ExplainDecision'],
  beyond: [
    'policies CreatePolicy',
    'compartments CreateCompartment',
    'tenancies EnableDeny',
    'role-assignments CreateRoleAssignment',
    'domains DeleteDomain',
    'reports GetReport',
    'buckets DeleteBucket',
  ],
}
const all = Object.values(parts).flat()
const of = (...names: readonly (keyof typeof parts)[]): readonly string[] =>
  all.filter((pair) => names.some((name) => parts[name].includes(pair)))
const somebody = {
  'target.user.administrative': 'false',
  'target.group.administrative': 'false',
  'target.domain.name': 'default',
}
const anAdministrator = { ...somebody, 'target.user.administrative': 'true', 'target.group.administrative': 'true' }

const expected = {
  'identity-domain-administrator': of(
    'users',
    'help',
    'usersSeen',
    'usersListed',
    'groups',
    'groupsSeen',
    'applications',
    'security',
    'audit',
  ),
  'security-administrator': of('security'),
  'application-administrator': of('applications', 'usersListed', 'groupsSeen'),
  'user-administrator': of('users', 'help', 'usersSeen', 'usersListed', 'groups', 'groupsSeen'),
  'help-desk-administrator': of('help', 'usersSeen', 'usersListed'),
  'audit-administrator': of('audit'),
} as const

describe('T5 each may its part and no more', () => {
  test.for(Object.entries(expected))('%s', async ([role, pairs]) => {
    expect(await a.granted(await a.person([role]), all, { facts: somebody })).toEqual(pairs)
  })
  test.for(Object.entries(expected))('%s of one domain, in another: nothing', async ([role]) => {
    const holder = await a.person([role], { attributes: { 'target.domain.name': 'default' } })
    const elsewhere = { ...somebody, 'target.domain.name': 'partners' }
    const bound = all.filter((p) => !/^(?:applications|audit-events|domains) /.test(p))
    expect(await a.granted(holder, bound, { facts: elsewhere })).toEqual([])
    const { 'target.domain.name': _, ...unsaid } = somebody
    expect(await a.granted(holder, bound, { facts: unsaid })).toEqual([])
  })
  test('user administrator of one domain, there', async () => {
    const holder = await a.person(['user-administrator'], { attributes: { 'target.domain.name': 'default' } })
    expect(await a.granted(holder, [...parts.users, ...parts.groups], { facts: somebody })).toEqual([
      ...parts.users,
      ...parts.groups,
    ])
  })
})

describe('T5 user manager', () => {
  test('only over the people of named groups', async () => {
    const sales = await a.group('sales', [])
    const other = await a.group('engineering', [])
    const holder = await a.person(['user-manager'], { type: 'groups', id: sales })
    const may = ['users GetUser', 'users UpdateUser', ...parts.help]
    const facts = (group: string) => ({ facts: { ...somebody, group } })
    expect(await a.granted(holder, [...parts.users, ...parts.help, ...parts.usersSeen], facts(sales))).toEqual(
      [...parts.users, ...parts.help, ...parts.usersSeen].filter((p) => may.includes(p)),
    )
    expect(await a.granted(holder, all, facts(other))).toEqual([])
    expect(await a.granted(holder, [...parts.users, ...parts.help, ...parts.usersSeen], { facts: somebody })).toEqual(
      [],
    )
    const both = { ...somebody, group: [other, sales] }
    expect(await a.may(holder, 'UpdateUser', 'users', { facts: both })).toBe(true)
  })
  test('sees the group itself, and changes no membership', async () => {
    const sales = await a.group('sales-2', [])
    const holder = await a.person(['user-manager'], { attributes: { group: sales } })
    expect(await a.may(holder, 'GetGroup', 'groups', { id: sales })).toBe(true)
    expect(await a.may(holder, 'GetGroup', 'groups', { id: 'another' })).toBe(false)
    expect(await a.may(holder, 'AddUserToGroup', 'groups', { id: sales, facts: { ...somebody, group: sales } })).toBe(
      false,
    )
  })
  test('without a group named it is empty', async () => {
    expect(await a.granted(await a.person(['user-manager']), all, { facts: somebody })).toEqual([])
  })
})

describe('T5 nobody climbs by looking after others', () => {
  test.for(['user-administrator', 'help-desk-administrator', 'user-manager'])(
    '%s does not touch administrators',
    async (role) => {
      const group = await a.group(`of-${role}`, [])
      const holder = await a.person([role], role === 'user-manager' ? { attributes: { group } } : {})
      const changes = [...parts.users.slice(1), ...parts.help, ...parts.groups.slice(1)]
      expect(await a.granted(holder, changes, { facts: { ...anAdministrator, group } })).toEqual([])
      // and whether somebody is one must be said: silence opens nothing
      expect(await a.granted(holder, changes, { facts: { group } })).toEqual([])
    },
  )
  test('user administrator adds nobody to a group that administers, whoever it is', async () => {
    const holder = await a.person(['user-administrator'])
    const facts = { ...somebody, 'target.group.administrative': 'true' }
    expect(await a.may(holder, 'AddUserToGroup', 'groups', { facts })).toBe(false)
  })
})

describe('A7 above Deny', () => {
  test.for([
    ['identity-domain-administrator', 'users UpdateUser', true],
    ['security-administrator', 'sign-on-policies UpdateSignOnPolicy', true],
    ['user-administrator', 'users UpdateUser', true],
    ['help-desk-administrator', 'users ResetUserPassword', false],
    ['application-administrator', 'applications UpdateApplication', false],
    ['account-owner', 'users UpdateUser', false],
  ] as const)('%s under a Deny of everything: %s %s', async ([role, pair, survives]) => {
    const b = await account()
    await b.enableDeny()
    const holder = await b.person([role])
    expect(await b.granted(holder, [pair], { facts: somebody })).toEqual([pair])
    await b.put('lock-out', ['Deny any-user to inspect all-resources in tenancy'])
    expect(await b.granted(holder, [pair], { facts: somebody })).toEqual(survives ? [pair] : [])
    await b.close()
  })
})
