// The shipped roles are whole, and a broken one says where.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseCatalogue, readCatalogue } from '../../../src/adapters/yaml/catalogue-file.ts'
import { parseRoles, readRoles } from '../../../src/adapters/yaml/roles-file.ts'

const config = join(import.meta.dirname, '../../../config')
const catalogueOf = (): Parameters<typeof parseRoles>[1] => {
  const read = readCatalogue(join(config, 'catalogue'))
  if ('faults' in read) throw new Error(JSON.stringify(read.faults))
  return read.catalogue
}
const catalogue = catalogueOf()

describe('B1–B7, T5 the shipped roles', () => {
  const shipped = readRoles(join(config, 'roles'), catalogue)
  test('have no fault', () => expect(shipped).not.toHaveProperty('faults'))
  test.for([
    ['account (E.1-1)', ['account-owner', 'account-member']],
    ['organisation', ['organisation-manager', 'organisation-billing-manager', 'organisation-auditor']],
    ['space', ['space-manager', 'space-developer', 'space-auditor']],
    ['platform (E.1-33)', ['viewer', 'operator', 'editor', 'administrator', 'billing-manager']],
    ['service-access (E.1-34)', ['reader', 'writer', 'manager']],
    ['permission-set (E.1-45)', ['view-only', 'basic-user', 'super-user', 'device-access']],
    [
      'domain-administrator (T5)',
      [
        'identity-domain-administrator',
        'security-administrator',
        'application-administrator',
        'user-administrator',
        'user-manager',
        'help-desk-administrator',
        'audit-administrator',
      ],
    ],
  ] as const)('of kind %s', ([kind, names]) => {
    if ('faults' in shipped) throw new Error('faults')
    expect([...shipped.roles.values()].filter((r) => r.kind === kind.split(' ')[0]).map((r) => r.name)).toEqual(names)
  })
  test('A7 above Deny are the three that administer identity, and no other', () => {
    if ('faults' in shipped) throw new Error('faults')
    expect([...shipped.roles.values()].filter((r) => r.aboveDeny).map((r) => r.name)).toEqual([
      'identity-domain-administrator',
      'security-administrator',
      'user-administrator',
    ])
  })
})

const role = (body: string): string =>
  `roles:\n  helper:\n    kind: platform\n    title: { en: H, ko: H }\n    description: { en: H, ko: H }\n${body}`
const faults = (...texts: readonly string[]): readonly string[] => {
  const read = parseRoles(
    texts.map((text, n) => ({ name: `${'abc'[n]}.yaml`, text })),
    catalogue,
  )
  return 'faults' in read ? read.faults.map((f) => `${f.where} ${f.message}`) : []
}

describe('faults name file, line and column, all at once', () => {
  test('of shape', () => {
    expect(faults(role('    grants: [read users]\n    power: 9\n    everyType: own\n'))).toEqual([
      'a.yaml:8:16 `roles.helper.everyType` expected `inspect` or `read` or `use` or `manage`, got text `own`',
      'a.yaml:7:5 unknown key `roles.helper.power`',
    ])
  })
  test('not YAML', () => expect(faults('roles: [')[0]).toMatch(/^a\.yaml:\d+:\d+ not valid yaml/))
  test.for([
    [
      'a type that is not there',
      'grants: [read user-s]',
      'a.yaml:6:14 `read user-s`: no resource-type or family is called `user-s`',
    ],
    [
      'a permission that is not there',
      'grants: ["{USER_READ, USER_EAT}"]',
      'a.yaml:6:14 `{USER_READ, USER_EAT}`: no resource-type has the permission `USER_EAT`',
    ],
    [
      'a variable that is not there',
      `grants: ["read users where target.usr.id = 'x'"]`,
      "a.yaml:6:14 `read users where target.usr.id = 'x'`: no resource-type has the variable `target.usr.id`",
    ],
    ['a verb that is none', 'grants: [eat users]', /^a\.yaml:6:14 `eat users`: /],
    ['a place smuggled in', 'grants: [read users in compartment id x where]', /^a\.yaml:6:14 /],
    ['a statement smuggled in', 'grants: ["read users in tenancy where request.user.id = \'x\'"]', /^a\.yaml:6:14 /],
    ['associate', 'grants: [associate users]', /^a\.yaml:6:14 /],
    [
      'a service that is not there',
      'services: { nonsense: [read users] }',
      'a.yaml:6:27 no service is called `nonsense`',
    ],
    ['nothing', 'invitable: true', 'a.yaml:3:5 role `helper` grants nothing'],
    ['a role that is not there', 'includes: [nobody]', 'a.yaml:6:16 there is no role `nobody`'],
    ['itself', 'includes: [helper]', 'a.yaml:6:15 role `helper` includes itself'],
  ] as const)('%s', ([, line, expected]) => {
    const [first = ''] = faults(role(`    ${line}\n`))
    if (typeof expected === 'string') expect(first).toBe(expected)
    else expect(first).toMatch(expected)
  })
  test('a name twice, in two files', () => {
    const text = role('    grants: [read users]\n')
    expect(faults(text, text)).toEqual(['b.yaml:3:5 role `helper` is already defined'])
  })
  test('what everybody holds requires no attribute; only roles of services have tables', () => {
    expect(faults(role('    grants: [read users]\n    everybody: true\n    requires: [group]\n'))).toHaveLength(1)
    expect(faults(role('    grants: [read users]\n    everyType: read\n').replace('platform', 'space'))).toHaveLength(1)
  })
  test('a folder that is not there', () => {
    expect(readRoles('/nowhere', catalogue)).toEqual({
      faults: [{ where: '/nowhere', message: 'cannot be read (ENOENT)' }],
    })
  })
  test('an empty catalogue makes every role of it a fault', () => {
    const empty = parseCatalogue([{ name: 'x.yaml', text: '{}' }])
    if ('faults' in empty) throw new Error('faults')
    expect(readRoles(join(config, 'roles'), empty.catalogue)).toHaveProperty('faults')
  })
})
