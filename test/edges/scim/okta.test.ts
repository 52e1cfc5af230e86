// What Okta sends: operations without a path, whole users by PUT, groups that are pushed, emptied and renamed.
import { GROUP, patchOf, USER } from './bed.ts'
import { cycle, eq, none, type Step } from './cycle.ts'

const okta: readonly Step[] = [
  {
    title: 'the connection is tried',
    send: ['GET', '/Users?startIndex=1&count=2'],
    status: 200,
    like: { startIndex: 1 },
  },
  {
    title: 'the user is looked for',
    send: ['GET', `/Users?${eq('userName', 'okta.user@example.com')}&startIndex=1&count=100`],
    status: 200,
    like: none,
  },
  {
    title: 'and made, with a password we do not keep',
    send: [
      'POST',
      '/Users',
      {
        schemas: [USER],
        userName: 'okta.user@example.com',
        name: { givenName: 'Okta', familyName: 'User' },
        emails: [{ primary: true, value: 'okta.user@example.com', type: 'work' }],
        displayName: 'Okta User',
        locale: 'en-US',
        externalId: '00u1',
        groups: [],
        password: '1mz050nq',
        active: true,
      },
    ],
    status: 201,
    like: { active: true, externalId: '00u1', name: { givenName: 'Okta' } },
    as: 'user',
  },
  { title: 'it is read', send: ['GET', '/Users/{user}'], status: 200, like: { userName: 'okta.user@example.com' } },
  {
    title: 'and replaced',
    send: [
      'PUT',
      '/Users/{user}',
      {
        schemas: [USER],
        id: '{user}',
        userName: 'okta.user@example.com',
        name: { givenName: 'Another', middleName: 'Excited', familyName: 'User' },
        emails: [{ primary: true, value: 'okta.user@example.com', type: 'work', display: 'okta.user@example.com' }],
        active: true,
        groups: [],
        meta: { resourceType: 'User' },
      },
    ],
    status: 200,
    like: { name: { givenName: 'Another', middleName: 'Excited' } },
  },
  {
    title: 'deactivated',
    send: ['PATCH', '/Users/{user}', patchOf({ op: 'replace', value: { active: false } })],
    status: 200,
    like: { active: false },
  },
  {
    title: 'reactivated',
    send: ['PATCH', '/Users/{user}', patchOf({ op: 'replace', value: { active: true } })],
    status: 200,
    like: { active: true },
  },
  {
    title: 'groups are imported',
    send: ['GET', '/Groups?startIndex=1&count=100'],
    status: 200,
    like: { startIndex: 1 },
  },
  {
    title: 'a group is pushed',
    send: ['POST', '/Groups', { schemas: [GROUP], displayName: 'Test SCIMv2', members: [] }],
    status: 201,
    like: { displayName: 'Test SCIMv2' },
    as: 'group',
  },
  {
    title: 'its name is confirmed without a path',
    send: [
      'PATCH',
      '/Groups/{group}',
      patchOf({ op: 'replace', value: { id: '{group}', displayName: 'Test SCIMv2' } }),
    ],
    status: 204,
  },
  {
    title: 'members are added',
    send: [
      'PATCH',
      '/Groups/{group}',
      patchOf({ op: 'add', path: 'members', value: [{ value: '{user}', display: 'okta.user@example.com' }] }),
    ],
    status: 204,
  },
  {
    title: 'a rename says nothing of members',
    send: ['PATCH', '/Groups/{group}', patchOf({ op: 'replace', value: { id: '{group}', displayName: 'Renamed' } })],
    status: 204,
  },
  {
    title: 'they are still there',
    send: ['GET', '/Groups/{group}'],
    status: 200,
    like: { displayName: 'Renamed', members: [{ value: '{user}' }] },
  },
  {
    title: 'a member is removed by path',
    send: ['PATCH', '/Groups/{group}', patchOf({ op: 'remove', path: 'members[value eq "{user}"]' })],
    status: 204,
  },
  {
    title: 'the whole group is pushed',
    send: [
      'PATCH',
      '/Groups/{group}',
      patchOf({ op: 'replace', path: 'members', value: [{ value: '{user}', display: 'x' }] }),
    ],
    status: 204,
  },
  {
    title: 'an empty group is pushed',
    send: [
      'PATCH',
      '/Groups/{group}',
      { Operations: [{ op: 'replace', value: { members: [], id: '{group}', displayName: 'Renamed' } }] },
    ],
    status: 204,
  },
  { title: 'nobody is left', send: ['GET', '/Groups/{group}'], status: 200, like: { members: [] } },
  { title: 'the group is deleted', send: ['DELETE', '/Groups/{group}'], status: 204 },
]

cycle('Okta', okta)
