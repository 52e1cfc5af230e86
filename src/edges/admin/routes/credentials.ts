// What a person can prove themselves with: kinds and dates, never secrets. Removing one is for a lost phone; all at once is `reset-factors`.
import { z } from 'zod'
import type { Credential } from '../../../core/model/credential.ts'
import type { CredentialId } from '../../../core/model/ids.ts'
import { removeCredential } from '../../../flows/directory/write-people.ts'
import type { Noun } from '../noun.ts'
import { nounRoutes } from '../noun-write.ts'
import { type OfUser, ofUser, targetOfUser } from '../of-user.ts'
import type { Route } from '../route.ts'
import { given, whenOf } from '../shapes.ts'

const credential: Noun<Credential, OfUser, never> = {
  tag: 'credentials',
  one: 'credential',
  path: '/domains/{domain}/users/{user}/credentials',
  itemPath: '/domains/{domain}/users/{user}/credentials/{credential}',
  resourceType: 'credentials',
  operations: { list: 'ListCredentials', get: 'GetCredential', delete: 'DeleteCredential' },
  scope: ofUser,
  find: async (tx, { person }, called) => {
    const found = await tx.credentials.get(called as CredentialId)
    return found?.personId === person.id ? found : undefined
  },
  rows: (tx, { person }) => tx.credentials.ofPerson(person.id),
  idOf: (row) => row.id,
  nameOf: (row) => row.id,
  target: (tx, row, scope, standing) =>
    targetOfUser(tx, scope, { id: row.id, name: row.label }, standing, { type: row.data.kind }),
  view: z.strictObject({
    id: z.string(),
    kind: z.enum(['password', 'totp', 'passkey', 'recovery-code']),
    label: z.string(),
    createdAt: z.string(),
    lastUsedAt: z.string().optional(),
    mustChange: z.boolean().optional(),
  }),
  show: (_tx, row) =>
    given({
      id: row.id,
      kind: row.data.kind,
      label: row.label,
      createdAt: whenOf(row.createdAt),
      lastUsedAt: row.lastUsedAt === undefined ? undefined : whenOf(row.lastUsedAt),
      mustChange: row.data.kind === 'password' ? row.data.mustChange : undefined,
    }),
  remove: (work, row, { person }) => removeCredential(work, person, row),
  example: {
    view: {
      id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
      kind: 'totp',
      label: 'phone',
      createdAt: '2030-01-16T12:00:00.000Z',
    },
  },
}

export const credentialRoutes: readonly Route[] = nounRoutes(credential)
