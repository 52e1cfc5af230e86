// The devices on which a person skips the second factor. They are credentials of the type `trusted-device`: whoever may see and remove the others
// may see and revoke these.
import { z } from 'zod'
import type { TrustedDevice } from '../../../core/model/credential.ts'
import { revokeDevice } from '../../../flows/directory/write-people.ts'
import type { Noun } from '../noun.ts'
import { nounRoutes } from '../noun-write.ts'
import { type OfUser, ofUser, targetOfUser } from '../of-user.ts'
import type { Route } from '../route.ts'
import { whenOf } from '../shapes.ts'

const trustedDevice: Noun<TrustedDevice, OfUser, never> = {
  tag: 'trusted devices',
  one: 'trusted device',
  path: '/domains/{domain}/users/{user}/trusted-devices',
  itemPath: '/domains/{domain}/users/{user}/trusted-devices/{device}',
  resourceType: 'credentials',
  operations: { list: 'ListTrustedDevices', get: 'GetTrustedDevice', delete: 'RevokeTrustedDevice' },
  scope: ofUser,
  find: async (tx, { person }, called) => (await tx.devices.ofPerson(person.id)).find((d) => d.id === called),
  rows: (tx, { person }) => tx.devices.ofPerson(person.id),
  idOf: (row) => row.id,
  nameOf: (row) => row.id,
  target: (tx, row, scope, standing) =>
    targetOfUser(tx, scope, { id: row.id, name: row.label }, standing, { type: 'trusted-device' }),
  view: z.strictObject({
    id: z.string(),
    label: z.string().describe('as the browser called itself'),
    createdAt: z.string(),
    lastUsedAt: z.string(),
    expiresAt: z.string(),
  }),
  show: (_tx, row) => ({
    id: row.id,
    label: row.label,
    createdAt: whenOf(row.createdAt),
    lastUsedAt: whenOf(row.lastUsedAt),
    expiresAt: whenOf(row.expiresAt),
  }),
  remove: (work, row, { person }) => revokeDevice(work, person, row),
  example: {
    view: {
      id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
      label: 'Firefox on Linux',
      createdAt: '2030-01-16T12:00:00.000Z',
      lastUsedAt: '2030-01-20T08:30:00.000Z',
      expiresAt: '2030-02-15T12:00:00.000Z',
    },
  },
}

export const trustedDeviceRoutes: readonly Route[] = nounRoutes(trustedDevice)
