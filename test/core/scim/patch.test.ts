// PATCH of a resource: RFC 7644 §3.5.2, and the shapes that Entra ID and Okta send.
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/core/model/json.ts'
import { group } from '../../../src/core/scim/group-schema.ts'
import { memberIds, splitMembers } from '../../../src/core/scim/members.ts'
import { type Operation, type PatchOp, patched } from '../../../src/core/scim/patch.ts'
import { projected, shows } from '../../../src/core/scim/project.ts'
import { readDocument } from '../../../src/core/scim/read-document.ts'
import { isFault } from '../../../src/core/scim/schema.ts'
import { ENTERPRISE, user } from '../../../src/core/scim/user-schema.ts'

const kim: JsonObject = {
  userName: 'kim',
  name: { givenName: 'Minji', familyName: 'Kim' },
  active: true,
  emails: [
    { value: 'kim@acme.example', type: 'work', primary: true },
    { value: 'mj@home.example', type: 'home' },
  ],
  [ENTERPRISE]: { department: 'Finance' },
}
const op = (name: PatchOp, path: string | undefined, value?: unknown): Operation => ({ op: name, path, value })
const result = (...operations: readonly Operation[]): JsonObject | string => {
  const out = patched(user, kim, operations)
  return isFault(out) ? `${out.scimType}: ${out.detail}` : out
}
const [work, home] = kim.emails as readonly JsonObject[]

describe('U9: operations', () => {
  test.each<[string, Operation, JsonObject]>([
    ['an attribute', op('replace', 'title', 'CFO'), { title: 'CFO' }],
    [
      'names compare without case',
      op('replace', 'NAME.givenname', 'MJ'),
      { name: { givenName: 'MJ', familyName: 'Kim' } },
    ],
    ['a boolean as text', op('replace', 'active', 'False'), { active: false }],
    [
      'a number as text',
      op('add', `${ENTERPRISE}:employeeNumber`, 4711),
      { [ENTERPRISE]: { department: 'Finance', employeeNumber: '4711' } },
    ],
    ['without a path', op('replace', undefined, { active: 'False', title: 'CFO' }), { active: false, title: 'CFO' }],
    [
      'members that are paths',
      op('add', undefined, {
        'name.givenName': 'MJ',
        [`${ENTERPRISE}:department`]: 'Sales',
        'emails[type eq "work"].value': 'new@acme.example',
      }),
      {
        name: { givenName: 'MJ', familyName: 'Kim' },
        [ENTERPRISE]: { department: 'Sales' },
        emails: [{ ...work, value: 'new@acme.example' }, home as JsonObject],
      },
    ],
    [
      'an extension as an object',
      op('replace', undefined, { [ENTERPRISE]: { costCenter: '7' } }),
      { [ENTERPRISE]: { department: 'Finance', costCenter: '7' } },
    ],
    [
      'an extension by its path',
      op('add', ENTERPRISE, { costCenter: '7' }),
      { [ENTERPRISE]: { department: 'Finance', costCenter: '7' } },
    ],
    [
      'the dotted form of an extension',
      op('replace', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.department', 'Sales'),
      { [ENTERPRISE]: { department: 'Sales' } },
    ],
    [
      'the manager as text',
      op('add', `${ENTERPRISE}:manager`, '42'),
      { [ENTERPRISE]: { department: 'Finance', manager: { value: '42' } } },
    ],
    [
      'a value chosen',
      op('replace', 'emails[type eq "work"].value', 'new@acme.example'),
      { emails: [{ ...work, value: 'new@acme.example' }, home as JsonObject] },
    ],
    [
      'a value chosen by a boolean as text',
      op('replace', 'emails[primary eq "True"].value', 'n@acme.example'),
      { emails: [{ ...work, value: 'n@acme.example' }, home as JsonObject] },
    ],
    [
      'a value that the path describes is made',
      op('add', 'phoneNumbers[type eq "mobile"].value', '+82 10'),
      { phoneNumbers: [{ type: 'mobile', value: '+82 10' }] },
    ],
    [
      'by `replace` too',
      op('replace', 'roles[primary eq "True"].value', 'Editor'),
      { roles: [{ primary: true, value: 'Editor' }] },
    ],
    [
      'a value added',
      op('add', 'emails', [{ value: 'x@x.example', type: 'other' }]),
      { emails: [...(kim.emails as []), { value: 'x@x.example', type: 'other' }] },
    ],
    ['a value added twice', op('add', 'emails', { value: 'mj@home.example', type: 'home' }), {}],
    [
      'a new primary one',
      op('add', 'emails', { value: 'x@x.example', primary: true }),
      { emails: [{ ...work, primary: false }, home as JsonObject, { value: 'x@x.example', primary: true }] },
    ],
    ['a list replaced', op('replace', 'emails', [{ value: 'x@x.example' }]), { emails: [{ value: 'x@x.example' }] }],
    ['a value removed', op('remove', 'emails[type eq "home"]'), { emails: [work as JsonObject] }],
    ['what it is about removed', op('remove', 'emails[type eq "home"].value'), { emails: [work as JsonObject] }],
    [
      'values removed by naming them',
      op('remove', 'emails', [{ value: 'mj@home.example' }]),
      { emails: [work as JsonObject] },
    ],
    ['nothing to remove', op('remove', 'emails[type eq "fax"]'), {}],
    [
      'read-only and unknown members of a value are left out',
      op('replace', undefined, {
        id: 'other',
        meta: {},
        schemas: [],
        shoeSize: 42,
        groups: [{ value: '1' }],
        title: 'CFO',
      }),
      { title: 'CFO' },
    ],
    [
      'roles of Entra ID',
      op('add', 'roles', [
        { primary: 'False', type: 'WindowsAzureActiveDirectoryRole', display: 'Admin', value: 'Admin' },
      ]),
      { roles: [{ primary: false, type: 'WindowsAzureActiveDirectoryRole', display: 'Admin', value: 'Admin' }] },
    ],
  ])('%s', (_, operation, change) => expect(result(operation)).toEqual({ ...kim, ...change }))

  test('attributes go: by `remove`, by null, by an empty text', () => {
    const { name: _, ...noName } = kim
    expect(result(op('remove', 'name'))).toEqual(noName)
    expect(result(op('replace', 'name.givenName', ''))).toEqual({ ...kim, name: { familyName: 'Kim' } })
    expect(result(op('replace', undefined, { [`${ENTERPRISE}:department`]: null }))).toEqual(
      Object.fromEntries(Object.entries(kim).filter(([key]) => key !== ENTERPRISE)),
    )
    const { emails: __, ...noEmails } = kim
    expect(result(op('remove', 'emails'))).toEqual(noEmails)
  })
  test.each<[string, Operation]>([
    ['mutability', op('replace', 'id', 'x')],
    ['mutability', op('add', 'groups', [{ value: 'x' }])],
    ['mutability', op('replace', 'meta.version', 'x')],
    ['mutability', op('remove', 'userName')],
    ['mutability', op('replace', 'userName', '')],
    ['invalidPath', op('replace', 'shoeSize', 42)],
    ['invalidPath', op('replace', 'emails[type eq "work"', 'x')],
    ['invalidPath', op('replace', 'emails[type eq "work"].colour', 'x')],
    ['invalidPath', op('replace', 'title[value eq "x"]', 'x')],
    ['invalidFilter', op('replace', 'emails[colour eq "x"].value', 'x')],
    ['noTarget', op('remove', undefined)],
    ['noTarget', op('replace', 'emails[type eq "fax"]', { value: 'x' })],
    ['noTarget', op('replace', 'emails[type ne "work" and type ne "home"].value', 'x')],
    ['invalidValue', op('replace', 'active', 'perhaps')],
    ['invalidValue', op('replace', undefined, 'text')],
    ['invalidValue', op('replace', 'title', { a: 1 })],
    ['invalidValue', op('replace', 'title', 'a\u0000b')],
    ['invalidValue', op('replace', 'title', 'x'.repeat(2001))],
    [
      'invalidValue',
      op('add', 'emails', [
        { value: 'a', primary: true },
        { value: 'b', primary: true },
      ]),
    ],
  ])('%s: %o changes nothing', (scimType, operation) => {
    expect(result(op('replace', 'title', 'CFO'), operation)).toMatch(new RegExp(`^${scimType}: `))
  })
  test('a list does not grow for ever', () => {
    const more = (from: number) =>
      op(
        'add',
        'roles',
        Array.from({ length: 60 }, (_, n) => ({ value: `role-${from + n}` })),
      )
    expect(result(more(0))).toMatchObject({ roles: { length: 60 } })
    expect(result(more(0), more(60))).toMatch(/^invalidValue: `roles`: expected at most 100/)
  })
  test('names of objects are no way to their prototype', () => {
    const value = JSON.parse(
      '{"__proto__":{"active":false},"constructor":"x","name":{"__proto__":{"givenName":"x"}}}',
    ) as object
    expect(result(op('replace', undefined, value))).toEqual(kim)
    expect(result(op('replace', '__proto__', value))).toMatch(/^invalidPath/)
  })
})

describe('U9: members of a group are told apart', () => {
  const split = (...operations: readonly Operation[]) => splitMembers(group, operations)
  test.each<[string, Operation, unknown]>([
    ['Entra ID adds', op('add', 'members', [{ value: 'a' }, { value: 'b' }]), [{ op: 'add', ids: ['a', 'b'] }]],
    ['Okta adds', op('add', 'members', [{ value: 'a', display: 'kim' }]), [{ op: 'add', ids: ['a'] }]],
    ['one alone', op('add', 'members', { value: 'a' }), [{ op: 'add', ids: ['a'] }]],
    ['removes by path', op('remove', 'members[value eq "a"]'), [{ op: 'remove', ids: ['a'] }]],
    [
      'removes several by path',
      op('remove', 'members[value eq "a" or value eq "b"]'),
      [{ op: 'remove', ids: ['a', 'b'] }],
    ],
    ['removes by value', op('remove', 'members', [{ value: 'a' }]), [{ op: 'remove', ids: ['a'] }]],
    ['removes all', op('remove', 'members'), [{ op: 'clear' }]],
    ['replaces', op('replace', 'members', [{ value: 'a' }, { value: 'a' }]), [{ op: 'replace', ids: ['a'] }]],
    [
      'replaces with nobody, without a path',
      op('replace', undefined, { id: 'g', displayName: 'G', members: [] }),
      [{ op: 'replace', ids: [] }],
    ],
    ['says nothing of members', op('replace', undefined, { id: 'g', displayName: 'G' }), []],
  ])('%s', (_, operation, members) => expect(split(operation)).toMatchObject({ members }))
  test('the rest stays', () => {
    expect(split(op('replace', undefined, { displayName: 'G', members: [] }))).toMatchObject({
      rest: [{ value: { displayName: 'G' } }],
    })
  })
  test.each<[string, Operation]>([
    ['mutability', op('replace', 'members[value eq "a"].value', 'b')],
    ['mutability', op('add', 'members.value', 'b')],
    ['invalidFilter', op('remove', 'members[display co "a"]')],
    ['invalidValue', op('add', 'members', [{ display: 'kim' }])],
    ['invalidValue', op('add', 'members', [{ value: 'g', type: 'Group' }])],
    ['tooMany', op('add', 'members', Array(10_001).fill({ value: 'a' }))],
  ])('%s', (scimType, operation) => expect(split(operation)).toMatchObject({ scimType }))
  test('values of a PUT', () => expect(memberIds([{ Value: 'a' }, 'b', { value: 'a' }])).toEqual(['a', 'b']))
})

describe('U9: whole resources', () => {
  test('unknown and read-only members are left out, texts become what they stand for', () => {
    const body = {
      USERNAME: 'kim',
      Active: 'true',
      id: 'mine',
      password: 'secret',
      emails: 'k@x.example',
      groups: [{ value: 'g' }],
      title: '',
      [ENTERPRISE.toUpperCase()]: { DEPARTMENT: 'x', shoeSize: 1 },
    }
    expect(readDocument(user, body)).toEqual({
      userName: 'kim',
      active: true,
      emails: [{ value: 'k@x.example' }],
      [ENTERPRISE]: { department: 'x' },
    })
  })
  test('what is required is', () =>
    expect(readDocument(user, { displayName: 'x' })).toMatchObject({ scimType: 'invalidValue' }))
  test.each<[string, string, readonly string[]]>([
    ['userName', '', ['userName']],
    ['emails.value,name', '', ['name', 'emails']],
    [ENTERPRISE, '', [ENTERPRISE]],
    [`${ENTERPRISE}:department,nonsense[`, '', [ENTERPRISE]],
    ['', 'emails,name,active', ['userName', ENTERPRISE]],
    ['', `${ENTERPRISE}:department`, ['userName', 'name', 'active', 'emails']],
  ])('attributes=%s excludedAttributes=%s', (only, except, keys) => {
    const list = (text: string) => (text === '' ? [] : text.split(','))
    const shown = projected(user, kim, { only: only === '' ? undefined : list(only), except: list(except) })
    expect(Object.keys(shown)).toEqual(keys)
  })
  test('a sub-attribute alone', () => {
    expect(projected(user, kim, { only: ['emails.value'], except: [] })).toEqual({
      emails: [{ value: 'kim@acme.example' }, { value: 'mj@home.example' }],
    })
    expect(projected(user, kim, { only: undefined, except: ['name.givenName'] }).name).toEqual({ familyName: 'Kim' })
  })
  test('what would not be shown need not be found', () => {
    expect(shows(group, 'members', { only: undefined, except: ['Members'] })).toBe(false)
    expect(shows(group, 'members', { only: ['displayName'], except: [] })).toBe(false)
    expect(shows(group, 'members', { only: ['members.value'], except: [] })).toBe(true)
    expect(shows(group, 'members', { only: undefined, except: [] })).toBe(true)
  })
})
