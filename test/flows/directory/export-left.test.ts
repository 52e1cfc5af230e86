// What an export leaves out: people and what is theirs, the gateway's own, and whatever names only things that are gone; a file never grants or
// asks more than the store did (I5).
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { tenancyText } from '../../../src/adapters/yaml/tenancy-text.ts'
import type { DeclaredDomain } from '../../../src/core/model/declared.ts'
import { isOwnApp } from '../../../src/core/model/own-apps.ts'
import type { RoleAssignment } from '../../../src/core/model/role.ts'
import type { Domain } from '../../../src/core/model/tenancy.ts'
import { exportTenancy } from '../../../src/flows/directory/export-tenancy.ts'
import { type House, house } from './house.ts'

let h: House
beforeEach(async () => {
  h = await house()
})
afterEach(() => h.close())
const exported = async () => {
  const { document, left } = await h.store.read((tx) => exportTenancy(tx, h.tenancyId(), h.deps.clock()))
  return { document, left, text: tenancyText(document).text }
}
const dropGroup = (name: string) =>
  h.store.write(async (tx) => {
    const domain = await tx.domains.byName(h.tenancyId(), 'default')
    const group = domain && (await tx.groups.byName(domain.id, name))
    if (group) await tx.groups.remove(group.id)
  })
const small = `
tenancy: { name: acme, denyEnabled: true }
domains:
  - name: default
    groups: [{ name: staff }, { name: guests }]
    passwordPolicies: [{ name: strict, groups: [guests] }]
    signOnRules: [{ name: no-guests, groups: [guests], deny: true }, { name: both, groups: [guests, staff], level: mfa }]
    idps:
      - name: corp
        saml: { metadataUrl: 'https://idp.example/' }
        groupsFrom: [g]
        mappings: [{ name: guests, exact: G, groups: [guests] }, { name: both, exact: B, groups: [guests, staff] }]
roleAssignments: [{ name: guests-view, group: guests, roles: [viewer] }]
policies:
  - { name: guests, statements: [Allow group guests to read users in tenancy] }
  - { name: both, statements: [Allow group guests to read users in tenancy, "Deny group guests, staff to manage users in tenancy"] }
`

describe('what names only what is gone', () => {
  test('I5: is left out and told: without its names it would be about everybody', async () => {
    await h.apply(small)
    await dropGroup('guests')
    const { document, left } = await exported()
    const [domain] = document.domains
    expect(domain?.signOnRules).toMatchObject([{ name: 'both', groups: ['staff'] }])
    expect(domain?.passwordPolicies).toEqual([])
    expect(domain?.idps[0]?.mappings).toMatchObject([{ name: 'both', groups: ['staff'] }])
    expect(document.roleAssignments).toEqual([])
    expect(document.policies).toMatchObject([
      { name: 'both', statements: ['Deny group staff to manage users in tenancy'] },
    ])
    expect([...left].sort()).toEqual([
      'mapping `default/corp/guests`: whom or what it named is gone',
      'password policy `default/strict`: whom or what it named is gone',
      'policy `both`, of statement 1: group `guests` is gone',
      'policy `both`, of statement 2: group `guests` is gone',
      'policy `guests`, of statement 1: group `guests` is gone',
      'policy `guests`: nothing is left of it',
      'sign-on rule `default/no-guests`: whom or what it named is gone',
    ])
  })
  test('I5: a name that changed is written as it is now, and the file can be applied', async () => {
    await h.apply(small)
    await h.store.write(async (tx) => {
      const domain = await tx.domains.byName(h.tenancyId(), 'default')
      const group = domain && (await tx.groups.byName(domain.id, 'guests'))
      if (group) await tx.groups.put({ ...group, name: 'visitors' })
      await tx.tenancies.bumpRevision(h.tenancyId())
    })
    const { text } = await exported()
    expect(text).toContain('Allow group visitors to read users in tenancy')
    await h.apply(text)
    expect(await h.plan(text)).toEqual([])
  })
})

test('I5: every field of a domain has its place in the file: a new one without it does not compile', () => {
  const places: {
    readonly [K in Exclude<keyof Domain, 'id' | 'tenancyId' | 'compartmentId' | 'status' | 'version'>]-?: K &
      keyof DeclaredDomain
  } = {
    name: 'name',
    displayName: 'displayName',
    locale: 'locale',
    session: 'session',
    accessTokenSeconds: 'accessTokenSeconds',
    refreshTokenSeconds: 'refreshTokenSeconds',
    localSignIn: 'localSignIn',
    passwordReset: 'passwordReset',
    onboarding: 'onboarding',
    selfRegistration: 'selfRegistration',
    branding: 'branding',
  }
  return h.apply(small).then(async () => {
    const [domain] = (await exported()).document.domains
    expect(Object.keys(domain ?? {})).toEqual(expect.arrayContaining(Object.values(places)))
  })
})

describe('people', () => {
  const give = (name: string, holder: RoleAssignment['holder']) =>
    h.store.write(async (tx) => {
      const [root] = await tx.compartments.list({ tenancyId: h.tenancyId() })
      if (!root) throw new Error('no root')
      await tx.roleAssignments.put({
        id: h.deps.random.id() as RoleAssignment['id'],
        tenancyId: h.tenancyId(),
        name,
        holder,
        roles: ['viewer'],
        service: undefined,
        compartmentId: root.id,
        resource: { type: undefined, id: undefined, attributes: {} },
        createdBy: 'ada',
        createdAt: 1,
        updatedAt: 1,
        expiresAt: undefined,
      })
    })
  test('I5: users, credentials and memberships are in no export, nor are roles that people were given by hand', async () => {
    await h.apply(small)
    const id = await h.addPerson('carol', { direct: ['staff'], password: true })
    await give('carols', { kind: 'person', id })
    const { text, left } = await exported()
    expect(text).not.toContain('carol')
    expect(left).toEqual(['role assignment `carols` of person `carol`'])
  })
  test('I5: roles of people that a file gave stay in the file', async () => {
    await h.apply(small)
    await h.addPerson('carol', {})
    await h.apply(
      `${small}`.replace('roleAssignments: [', 'roleAssignments: [{ name: carols, person: carol, roles: [viewer] }, '),
    )
    const { text } = await exported()
    expect(text).toContain('person: carol')
    expect(await h.plan(text)).toEqual([])
  })
})

test('I5: the gateway’s own applications are not exported, and cannot be declared', async () => {
  await h.apply(small)
  const apps = await h.store.read((tx) => tx.apps.list(h.tenancyId()))
  expect(apps.filter(isOwnApp).map((a) => a.name)).toEqual(['gwanmun-cli', 'gwanmun-console'])
  expect((await exported()).document.applications).toEqual([])
  const thief = (name: string, client: string) =>
    `${small}applications: [{ name: ${name}, oidc: { clientId: ${client}, tokenEndpointAuth: none, redirectUris: ['https://evil.example/'] } }]\n`
  for (const [name, client] of [
    ['gwanmun-cli', 'x'],
    ['mine', 'gwanmun-console'],
    ['mine', 'Gwanmun-CLI'],
  ] as const)
    await expect(h.apply(thief(name, client))).rejects.toThrow('are the gateway')
})
test('I5: variables of names that look alike are told apart, the same way every time', async () => {
  const app = (name: string) =>
    `  - { name: ${name}, oidc: { clientId: 'c${name}', clientSecrets: [{ literal: s }], redirectUris: ['https://a.example/'] } }\n`
  await h.apply(
    `tenancy: { name: acme }\napplications:\n${app('my.app')}${app('my app')}${app('my_app')}demo: {}\n`.replaceAll(
      "'cmy app'",
      "'c-my-app'",
    ),
  )
  const { document } = await exported()
  const names = tenancyText(document).variables.map((v) => v.name)
  expect(names).toEqual([
    'GWANMUN_ACME_MY_APP_CLIENT_SECRET_1',
    'GWANMUN_ACME_MY_APP_2_CLIENT_SECRET_1',
    'GWANMUN_ACME_MY_APP_3_CLIENT_SECRET_1',
  ])
  expect(tenancyText(document).text).toBe((await exported()).text)
})
