// People of a domain: made, changed, disabled, locked and deleted; their sessions and factors are in sessions.ts and credentials.ts.
import { z } from 'zod'
import type { PersonId } from '../../../core/model/ids.ts'
import type { Person } from '../../../core/model/person.ts'
import type { Domain } from '../../../core/model/tenancy.ts'
import { sourceInWords } from '../../../core/release/attribute-bag.ts'
import {
  endAllSessions,
  type PersonInput,
  putPerson,
  removePerson,
  resetFactors,
  revokeDevices,
  sendPasswordReset,
  setStatus,
} from '../../../flows/directory/write-people.ts'
import type { Tx } from '../../../ports/store.ts'
import type { PeoplePage } from '../../../ports/store-people.ts'
import { beginning, equal } from '../filter.ts'
import { inDomain, targetIn } from '../in-domain.ts'
import type { Many, Noun } from '../noun.ts'
import { actionRoute } from '../noun-act.ts'
import { nounRoutes } from '../noun-write.ts'
import { personFacts, personIn } from '../people-facts.ts'
import type { Route } from '../route.ts'
import { given, notAnId, text, whenOf } from '../shapes.ts'

const statuses = ['active', 'disabled', 'locked'] as const
const username = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\s\p{Cc}\p{Cs}]+$/u, 'must not contain spaces or control characters')
  .refine(notAnId, 'must not look like an id')
const attribute = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'expected letters, digits, `_` and `-`')
const document = z.strictObject({
  displayName: text(200).min(1).optional().describe('by default the user name'),
  givenName: text(200).optional(),
  familyName: text(200).optional(),
  email: z.email().max(254).optional().describe('unproven until the person has proven it'),
  locale: z
    .string()
    .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, 'expected a language tag such as `en` or `ko-KR`')
    .optional(),
  attributes: z.record(attribute, z.array(text(1000)).max(100)).default({}),
  serviceAccount: z.boolean().default(false).describe('exempt from expiry; cannot sign in through a browser'),
})
type Body = z.infer<typeof document>

const inputOf = (name: string, body: Body): PersonInput => ({
  username: name,
  displayName: body.displayName ?? name,
  givenName: body.givenName,
  familyName: body.familyName,
  email: body.email,
  locale: body.locale,
  attributes: body.attributes,
  serviceAccount: body.serviceAccount,
})

type Asked = Parameters<Many<Person, Domain>['read']>[2]
/** Of names that begin alike the list is in their order, where nobody asked for another. */
const partOf = ({ tests, sort }: Asked): Omit<PeoplePage, 'limit' | 'after'> => {
  const displayName = beginning(tests, 'displayName')
  const down = sort?.startsWith('-') ?? false
  if (sort?.endsWith('displayName') ?? (displayName !== undefined && beginning(tests, 'username') === undefined))
    return { by: 'displayName', down, ...given({ beginning: displayName }) }
  const status = statuses.find((one) => one === equal(tests, 'status')?.toLowerCase())
  return { by: 'username', down, ...given({ beginning: beginning(tests, 'username'), status }) }
}

/** A user name has no line break in it. */
const candidate = (row: Person) => ({ row, key: `${row.username}\n${row.displayName}` })
const behind = (key: string): Pick<Person, 'username' | 'displayName'> => {
  const [username = '', ...displayName] = key.split('\n')
  return { username, displayName: displayName.join('\n') }
}

const rows = async (tx: Tx, domain: Domain, asked: Asked): Promise<readonly Person[]> => {
  const { tests, after, limit } = asked
  const [name, id] = [equal(tests, 'username'), equal(tests, 'id')]
  if (name === undefined && id === undefined) {
    const from = after === undefined ? {} : { after: behind(after) }
    return tx.people.page(domain.id, { ...partOf(asked), ...from, limit })
  }
  const found =
    name === undefined ? await tx.people.get((id ?? '') as PersonId) : await tx.people.byUsername(domain.id, name)
  return found?.domainId === domain.id && after === undefined ? [found] : []
}

const body = { displayName: 'Kim Minji', givenName: 'Minji', familyName: 'Kim', email: 'kim@example.com', locale: 'ko' }

export const user: Noun<Person, Domain, Body> = {
  tag: 'users',
  one: 'user',
  path: '/domains/{domain}/users',
  itemPath: '/domains/{domain}/users/{user}',
  resourceType: 'users',
  operations: { list: 'ListUsers', get: 'GetUser', create: 'CreateUser', update: 'UpdateUser', delete: 'DeleteUser' },
  scope: inDomain,
  find: (tx, domain, called) => personIn(tx, domain.id, called),
  rows: {
    sortedBy: 'username',
    alsoBy: ['-username', 'displayName', '-displayName'],
    read: async (tx, domain, asked) => (await rows(tx, domain, asked)).map(candidate),
  },
  idOf: (row) => row.id,
  nameOf: (row) => row.username,
  target: async (tx, row, domain, standing) =>
    targetIn(domain, { id: row.id, name: row.username }, { facts: await personFacts(tx, row, standing) }),
  view: z.strictObject({
    id: z.string(),
    username: z.string(),
    domain: z.string(),
    ...document.shape,
    displayName: z.string(),
    emailVerified: z.boolean(),
    status: z.enum(statuses),
    createdAt: z.string(),
    updatedAt: z.string(),
    groups: z.array(z.strictObject({ id: z.string(), name: z.string(), because: z.string() })).optional(),
  }),
  summary: ['id', 'username', 'domain', 'displayName', 'status'],
  show: (_tx, row, domain) =>
    given({
      id: row.id,
      username: row.username,
      domain: domain.name,
      displayName: row.displayName,
      givenName: row.givenName,
      familyName: row.familyName,
      email: row.email,
      emailVerified: row.emailVerified,
      locale: row.locale,
      attributes: row.attributes,
      serviceAccount: row.serviceAccount,
      status: row.status,
      createdAt: whenOf(row.createdAt),
      updatedAt: whenOf(row.updatedAt),
    }),
  beside: async (tx, row) => {
    const groups: { id: string; name: string; because: string }[] = []
    for (const { groupId, provenance } of await tx.memberships.ofPerson(row.id))
      groups.push({
        id: groupId,
        name: (await tx.groups.get(groupId))?.name ?? groupId,
        because: sourceInWords(provenance),
      })
    return { groups }
  },
  nameShape: username,
  body: document,
  write: (work, { scope, before, name, body: said }) => putPerson(work, scope, before, inputOf(name, said)),
  remove: (work, row) => removePerson(work, row),
  example: {
    body,
    view: {
      id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
      username: 'kim',
      domain: 'default',
      ...body,
      attributes: {},
      serviceAccount: false,
      emailVerified: false,
      status: 'active',
      createdAt: '2030-01-16T12:00:00.000Z',
      updatedAt: '2030-01-16T12:00:00.000Z',
      groups: [],
    },
  },
}

const state = (path: string, status: Person['status'], summary: string): Route =>
  actionRoute(user, {
    path: `/${path}`,
    operation: 'UpdateUserState',
    operationId: `${path}User`,
    summary,
    answers: [
      {
        status: 200,
        description: `The user is ${status}`,
        schema: user.view,
        example: { ...user.example.view, status },
        etag: true,
      },
    ],
    run: (work, { row }) => setStatus(work, row, status),
  })

export const userRoutes: readonly Route[] = [
  ...nounRoutes(user),
  state('disable', 'disabled', 'Stop a user: sessions, tokens and API keys end at once'),
  state('lock', 'locked', 'Lock a user: sessions, tokens and API keys end at once'),
  state('enable', 'active', 'Let a disabled or locked user in again'),
  actionRoute(user, {
    path: '/reset-password',
    operation: 'ResetUserPassword',
    summary: 'Mail a user a link to set a new password, good once and for half an hour',
    answers: [{ status: 204, description: 'Sent' }],
    run: async (work, { row, scope, flows }) => {
      await sendPasswordReset(work, scope, row, flows.baseUrl)
      return { status: 204 }
    },
  }),
  actionRoute(user, {
    path: '/reset-factors',
    operation: 'ResetUserFactors',
    summary: 'Remove second factors, recovery codes and trusted devices, and end all sessions',
    answers: [{ status: 204, description: 'Reset' }],
    run: async (work, { row }) => {
      await resetFactors(work, row)
      return { status: 204 }
    },
  }),
  actionRoute(user, {
    method: 'DELETE',
    path: '/sessions',
    operation: 'EndUserSessions',
    summary: 'End all sessions of a user',
    answers: [{ status: 200, description: 'Ended', schema: z.strictObject({ ended: z.int() }), example: { ended: 2 } }],
    run: async (work, { row }) => ({ status: 200, body: { ended: await endAllSessions(work, row) } }),
  }),
  actionRoute(user, {
    method: 'DELETE',
    path: '/trusted-devices',
    operation: 'RevokeUserDevices',
    summary: 'Trust no device of a user any more, and end the sessions that were begun on one without a second factor',
    answers: [
      { status: 200, description: 'Revoked', schema: z.strictObject({ revoked: z.int() }), example: { revoked: 2 } },
    ],
    run: async (work, { row }) => ({ status: 200, body: { revoked: await revokeDevices(work, row) } }),
  }),
]
