// Organisations and spaces (acme > Shop > Front, Back; acme > Lab > Bench): what each role may, where, and what it may not.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PersonId } from '../../src/core/model/ids.ts'
import { type Account, account, roles } from './bed.ts'

let a: Account
const people: { [role: string]: PersonId } = {}
const who = (role: string): PersonId => {
  const id = people[role]
  if (!id) throw new Error(`nobody holds ${role}`)
  return id
}
beforeAll(async () => {
  a = await account()
  for (const role of ['organisation-manager', 'organisation-billing-manager', 'organisation-auditor'])
    people[role] = await a.person([role], { at: 'Shop' })
  for (const role of ['space-manager', 'space-developer', 'space-auditor'])
    people[role] = await a.person([role], { at: 'Shop:Front' })
})
afterAll(() => a.close())

const shopOf = { at: 'Shop' }
const front = { at: 'Shop:Front' }
const elsewhere = [{ at: 'Lab' }, { at: 'Lab:Bench' }, {}]
const besideFront = [{ at: 'Shop:Back' }, { at: 'Shop' }, { at: 'Lab:Bench' }, {}]

const appWrites = [
  'apps CreateApp',
  'apps DeployApp',
  'apps StartApp',
  'apps StopApp',
  'apps RenameApp',
  'apps DeleteApp',
  'app-services CreateAppService',
  'app-services UpdateAppService',
  'app-services DeleteAppService',
  'app-bindings BindService',
  'app-bindings UnbindService',
  'app-routes MapRoute',
  'app-routes UnmapRoute',
]
const appFigures = ['apps GetAppFigures', 'app-bindings ListAppBindings']
const appReads = [
  'apps ListApps',
  'apps GetApp',
  'app-services ListAppServices',
  'app-services GetAppService',
  ...appFigures,
]
const spaces = ['compartments CreateCompartment', 'compartments UpdateCompartment', 'compartments DeleteCompartment']
const spaceReads = ['compartments ListCompartments', 'compartments GetCompartment']
const accountWrites = [
  'credits AddCredit',
  'billing-limits SetBillingLimit',
  'users CreateUser',
  'users UpdateUser',
  'policies CreatePolicy',
  'quotas SetQuota',
]
const people2 = ['role-assignments ListRoleAssignments', 'roles ListRoles']
const domains = [
  'custom-domains ListCustomDomains',
  'custom-domains CreateCustomDomain',
  'custom-domains DeleteCustomDomain',
]
const figures = ['usage GetUsage', 'quotas GetQuota']
const all = [
  ...appWrites,
  ...appReads,
  ...spaces,
  ...spaceReads,
  ...accountWrites,
  ...people2,
  ...domains,
  ...figures,
  'app-environments GetVcapServices',
  'app-routes ListAppRoutes',
  'invitations CreateInvitation',
]
const order = (pairs: readonly string[]): readonly string[] => all.filter((p) => pairs.includes(p))

const assign = (holder: PersonId, role: string, place: { readonly at?: string }, more = {}): Promise<boolean> =>
  a.may(holder, 'CreateRoleAssignment', 'role-assignments', { ...place, facts: { role, ...more } })

describe('B2 an organisation’s', () => {
  test('E.1-14 E.1-15 manager: spaces, usage and quota, invitations, custom domains; no application', async () => {
    const may = order([...spaces, ...spaceReads, ...figures, ...domains, ...people2, 'invitations CreateInvitation'])
    expect(await a.granted(who('organisation-manager'), all, shopOf)).toEqual(may)
    expect(await a.granted(who('organisation-manager'), all, front)).toEqual(may) // its spaces are within
  })
  test('E.1-15 manager: manages who has access with which role of the organisation', async () => {
    for (const role of ['organisation-manager', 'organisation-auditor', 'space-developer'])
      expect(await assign(who('organisation-manager'), role, shopOf)).toBe(true)
    for (const role of ['administrator', 'account-owner', 'super-user', 'identity-domain-administrator'])
      expect(await assign(who('organisation-manager'), role, shopOf)).toBe(false)
  })
  test('E.1-16 billing manager: usage, and nothing else', async () => {
    expect(await a.granted(who('organisation-billing-manager'), all, shopOf)).toEqual(['usage GetUsage'])
  })
  test('E.1-17 auditor: applications and services, people with their roles, the quota; no change', async () => {
    const may = order([...appReads, ...spaceReads, ...people2, 'quotas GetQuota'])
    expect(await a.granted(who('organisation-auditor'), all, shopOf)).toEqual(may)
    expect(await a.granted(who('organisation-auditor'), all, front)).toEqual(may)
  })
  test('E.1-12 nothing in another organisation, nor in the account', async () => {
    for (const role of ['organisation-manager', 'organisation-billing-manager', 'organisation-auditor'])
      for (const place of elsewhere) {
        expect(await a.granted(who(role), all, place)).toEqual([])
        expect(await assign(who(role), 'organisation-auditor', place)).toBe(false)
      }
  })
})

describe('B2 a space’s', () => {
  test('E.1-18 E.1-19 E.1-23 manager: people and their roles, figures of applications, their environment', async () => {
    const may = order([...appFigures, 'apps ListApps', ...spaceReads, ...people2, 'app-environments GetVcapServices'])
    expect(await a.granted(who('space-manager'), all, front)).toEqual(may)
    for (const role of ['space-manager', 'space-developer', 'space-auditor'])
      expect(await assign(who('space-manager'), role, front)).toBe(true)
    for (const role of ['organisation-manager', 'organisation-auditor', 'administrator'])
      expect(await assign(who('space-manager'), role, front)).toBe(false)
  })
  test('E.1-20 E.1-21 E.1-23 developer: applications, services, bindings, URLs, the name of the space, the environment', async () => {
    const may = order([
      ...appWrites,
      ...appReads,
      ...spaceReads,
      'compartments UpdateCompartment',
      'app-routes ListAppRoutes',
      'app-environments GetVcapServices',
    ])
    expect(await a.granted(who('space-developer'), all, front)).toEqual(may)
    expect(await assign(who('space-developer'), 'space-auditor', front)).toBe(false)
  })
  test('E.1-22 auditor: reads everything about the space, changes nothing', async () => {
    const may = order([...appReads, ...spaceReads, ...people2, ...figures, 'app-routes ListAppRoutes'])
    expect(await a.granted(who('space-auditor'), all, front)).toEqual(may)
  })
  test('E.1-23 VCAP_SERVICES is for manager and developer, not for the auditor', async () => {
    const reads = (role: string) => a.may(who(role), 'GetVcapServices', 'app-environments', front)
    expect(await Promise.all(['space-manager', 'space-developer', 'space-auditor'].map(reads))).toEqual([
      true,
      true,
      false,
    ])
    expect(await a.may(who('space-auditor'), 'read', 'app-environments', front)).toBe(false)
    expect(await a.may(who('space-auditor'), '{APP_ENVIRONMENT_READ}', 'apps', front)).toBe(false)
  })
  test('E.1-12 nothing in the space beside it, in the organisation above, or elsewhere', async () => {
    for (const role of ['space-manager', 'space-developer', 'space-auditor'])
      for (const place of besideFront) {
        expect(await a.granted(who(role), all, place)).toEqual([])
        expect(await assign(who(role), 'space-auditor', place)).toBe(false)
      }
  })
})

describe('B2', () => {
  test('E.1-13 none of these roles permits an action inside a service', async () => {
    const inside = [
      'clusters ListClusters',
      'clusters GetCluster',
      'cluster-workers RebootWorker',
      'buckets ListBuckets',
      'objects GetObject',
      'service-instances GetServiceInstance',
      'service-instances CreateServiceInstance',
      'devices ListDevices',
      'tickets CreateTicket',
    ]
    for (const role of Object.keys(people))
      for (const place of [shopOf, front, {}]) expect(await a.granted(who(role), inside, place)).toEqual([])
  })
  test('E.1-9 E.1-10 these roles are among those that may be chosen with an invitation', () => {
    for (const role of Object.keys(people)) expect(roles.get(role)?.invitable).toBe(true)
    expect(roles.get('account-owner')?.invitable).toBe(false)
  })
  test('a role through a group, and what both roles of one person give together', async () => {
    const member = await a.person(['space-auditor'], front)
    expect(await a.may(member, 'StartApp', 'apps', front)).toBe(false)
    await a.give({ kind: 'group', id: await a.group('front-team', [member]) }, ['space-developer'], front)
    expect(await a.may(member, 'StartApp', 'apps', front)).toBe(true)
    expect(await a.may(member, 'GetQuota', 'quotas', front)).toBe(true)
  })
  test('a role that ends grants until then and not after, without anything being written', async () => {
    const b = await account()
    const member = await b.person(['space-developer'], { at: 'Shop:Front', expiresAt: b.clock() + 60_000 })
    expect(await b.may(member, 'StartApp', 'apps', front)).toBe(true)
    const revision = await b.revision()
    b.later(61)
    expect(await b.may(member, 'StartApp', 'apps', front)).toBe(false)
    expect(await b.revision()).toBe(revision)
    await b.close()
  })
})
