// What Microsoft Entra ID sends: capitalised operations, booleans as text, paths with filters, members by value.
import { ENTERPRISE } from '../../../src/core/scim/user-schema.ts'
import { GROUP, patchOf, USER } from './bed.ts'
import { cycle, eq, none, type Step } from './cycle.ts'

const entra: readonly Step[] = [
  {
    title: 'the connection is tried',
    send: ['GET', `/Users?${eq('userName', '7b2a1ee0-probe')}`],
    status: 200,
    like: none,
  },
  {
    title: 'a user is made',
    send: [
      'POST',
      '/Users',
      {
        schemas: [USER, ENTERPRISE],
        externalId: 'ent-1',
        userName: 'Test_User_1@contoso.example',
        active: true,
        addresses: [{ primary: false, type: 'work', country: 'KR', formatted: '1 Main' }],
        displayName: 'BobIsAmazing',
        emails: [{ primary: true, type: 'work', value: 'test1@contoso.example' }],
        meta: { resourceType: 'User' },
        name: { formatted: 'Ryan Leenay', familyName: 'Leenay', givenName: 'Ryan' },
        phoneNumbers: [{ primary: true, type: 'work', value: '555' }],
        roles: [],
        title: 'Eng',
        [ENTERPRISE]: { department: 'R&D', employeeNumber: '7' },
      },
    ],
    status: 201,
    like: { userName: 'Test_User_1@contoso.example', active: true, addresses: [{ type: 'work', formatted: '1 Main' }] },
    as: 'user',
  },
  {
    title: 'a second one is refused',
    send: ['POST', '/Users', { schemas: [USER], externalId: 'ent-1', userName: 'test_user_1@contoso.example' }],
    status: 409,
    like: { scimType: 'uniqueness' },
  },
  {
    title: 'it is found by user name',
    send: ['GET', `/Users?${eq('userName', 'test_user_1@contoso.example')}`],
    status: 200,
    like: { totalResults: 1, Resources: [{ externalId: 'ent-1' }] },
  },
  {
    title: 'by external id',
    send: ['GET', `/Users?${eq('externalId', 'ent-1')}`],
    status: 200,
    like: { totalResults: 1 },
  },
  {
    title: 'by address',
    send: ['GET', `/Users?filter=${encodeURIComponent('emails[type eq "work"].value eq "test1@contoso.example"')}`],
    status: 200,
    like: { totalResults: 1 },
  },
  {
    title: 'attributes are replaced by paths',
    send: [
      'PATCH',
      '/Users/{user}',
      patchOf(
        { op: 'Replace', path: 'emails[type eq "work"].value', value: 'updated@contoso.example' },
        { op: 'Replace', path: 'name.familyName', value: 'updated' },
        { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '010' },
        { op: 'Replace', path: 'addresses[type eq "work"].formatted', value: '2 Main' },
        { op: 'Add', path: `${ENTERPRISE}:manager`, value: 'mgr-1' },
        {
          op: 'Add',
          path: 'roles',
          value: [{ primary: 'False', type: 'WindowsAzureActiveDirectoryRole', display: 'Admin', value: 'Admin' }],
        },
      ),
    ],
    status: 200,
    like: {
      emails: [{ value: 'updated@contoso.example' }],
      name: { familyName: 'updated', givenName: 'Ryan' },
      addresses: [{ formatted: '2 Main', country: 'KR' }],
      [ENTERPRISE]: { manager: { value: 'mgr-1' }, department: 'R&D' },
      roles: [{ primary: false, value: 'Admin' }],
    },
  },
  {
    title: 'several attributes without a path',
    send: [
      'PATCH',
      '/Users/{user}',
      patchOf({
        op: 'replace',
        value: {
          displayName: 'Bob',
          'name.givenName': 'Bob',
          [`${ENTERPRISE}:department`]: 'Sales',
          'emails[type eq "work"].value': 'bob@contoso.example',
        },
      }),
    ],
    status: 200,
    like: {
      displayName: 'Bob',
      name: { givenName: 'Bob' },
      emails: [{ value: 'bob@contoso.example' }],
      [ENTERPRISE]: { department: 'Sales' },
    },
  },
  {
    title: 'an attribute is removed',
    send: [
      'PATCH',
      '/Users/{user}',
      patchOf({ op: 'Remove', path: 'title' }, { op: 'Remove', path: `${ENTERPRISE}:manager` }),
    ],
    status: 200,
    like: { displayName: 'Bob' },
  },
  {
    title: 'it is disabled with a text',
    send: ['PATCH', '/Users/{user}', patchOf({ op: 'Replace', path: 'active', value: 'False' })],
    status: 200,
    like: { active: false },
  },
  {
    title: 'and enabled without a path',
    send: ['PATCH', '/Users/{user}', patchOf({ op: 'Add', value: { active: 'True' } })],
    status: 200,
    like: { active: true },
  },
  {
    title: 'a group is looked for',
    send: ['GET', `/Groups?excludedAttributes=members&${eq('displayName', 'Entra Group')}`],
    status: 200,
    like: none,
  },
  {
    title: 'a group is made',
    send: [
      'POST',
      '/Groups',
      {
        schemas: [GROUP, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
        externalId: '8aa1a0c0',
        displayName: 'Entra Group',
        meta: { resourceType: 'Group' },
      },
    ],
    status: 201,
    like: { externalId: '8aa1a0c0' },
    as: 'group',
  },
  {
    title: 'a member is added',
    send: [
      'PATCH',
      '/Groups/{group}',
      patchOf({ op: 'Add', path: 'members', value: [{ $ref: null, value: '{user}' }] }),
    ],
    status: 204,
  },
  {
    title: 'is it a member?',
    send: [
      'GET',
      '/Groups?excludedAttributes=members&filter=id%20eq%20%22{group}%22%20and%20members%5Bvalue%20eq%20%22{user}%22%5D',
    ],
    status: 200,
    like: { totalResults: 1 },
  },
  {
    title: 'the group is read without members',
    send: ['GET', '/Groups/{group}?excludedAttributes=members'],
    status: 200,
    like: { displayName: 'Entra Group' },
  },
  {
    title: 'it is renamed',
    send: ['PATCH', '/Groups/{group}', patchOf({ op: 'Replace', path: 'displayName', value: 'Entra Group 2' })],
    status: 204,
  },
  {
    title: 'the member is removed',
    send: [
      'PATCH',
      '/Groups/{group}',
      patchOf({ op: 'Remove', path: 'members', value: [{ $ref: null, value: '{user}' }] }),
    ],
    status: 204,
  },
  {
    title: 'nobody is left',
    send: ['GET', '/Groups/{group}'],
    status: 200,
    like: { displayName: 'Entra Group 2', members: [] },
  },
  { title: 'the group is deleted', send: ['DELETE', '/Groups/{group}'], status: 204 },
  { title: 'the user is deleted', send: ['DELETE', '/Users/{user}'], status: 204 },
  { title: 'and is gone', send: ['GET', '/Users/{user}'], status: 404, like: { status: '404' } },
]

cycle('Entra ID', entra)
