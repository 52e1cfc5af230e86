// The live sessions of a person, and ending one: at once, with every token that hangs on it.
import { z } from 'zod'
import type { SessionId } from '../../../core/model/ids.ts'
import type { Session } from '../../../core/model/session.ts'
import { refuseAbove } from '../../../flows/directory/power.ts'
import { endSession } from '../../../flows/sign-in/end-session.ts'
import type { Noun } from '../noun.ts'
import { nounRoutes } from '../noun-write.ts'
import { type OfUser, ofUser, targetOfUser } from '../of-user.ts'
import type { Route } from '../route.ts'
import { given, whenOf } from '../shapes.ts'

const session: Noun<Session, OfUser, never> = {
  tag: 'sessions',
  one: 'session',
  path: '/domains/{domain}/users/{user}/sessions',
  itemPath: '/domains/{domain}/users/{user}/sessions/{session}',
  resourceType: 'sessions',
  operations: { list: 'ListSessions', get: 'GetSession', delete: 'EndSession' },
  scope: ofUser,
  find: async (tx, { person }, called) => {
    const found = await tx.sessions.get(called as SessionId)
    return found?.personId === person.id && found.endedAt === undefined ? found : undefined
  },
  rows: (tx, { person }) => tx.sessions.ofPerson(person.id),
  idOf: (row) => row.id,
  nameOf: (row) => row.id,
  target: (tx, row, scope, standing) => targetOfUser(tx, scope, { id: row.id, name: row.id }, standing),
  view: z.strictObject({
    id: z.string(),
    evidence: z.array(z.string()).describe('what was proven'),
    identityProvider: z.string().optional(),
    startedAt: z.string(),
    lastSeenAt: z.string(),
    expiresAt: z.string(),
    applications: z.array(z.string()),
  }),
  show: async (tx, row) => {
    const applications: string[] = []
    for (const { appId } of await tx.sessions.participants(row.id))
      applications.push((await tx.apps.get(appId))?.name ?? appId)
    const idp = row.upstream && (await tx.idps.get(row.upstream.idpId))
    return given({
      id: row.id,
      evidence: row.evidence.map((e) => e.kind),
      identityProvider: idp?.name,
      startedAt: whenOf(row.startedAt),
      lastSeenAt: whenOf(row.lastSeenAt),
      expiresAt: whenOf(row.expiresAt),
      applications,
    })
  },
  remove: async (work, row, { person }) => {
    await refuseAbove(work, person)
    const { tx, random, now, who } = work
    await endSession(tx, random, row.id, { reason: 'revoked', at: now, requestId: who.requestId, by: who.actor })
  },
  example: {
    view: {
      id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
      evidence: ['password', 'totp'],
      startedAt: '2030-01-16T12:00:00.000Z',
      lastSeenAt: '2030-01-16T12:30:00.000Z',
      expiresAt: '2030-01-17T00:00:00.000Z',
      applications: ['Reports'],
    },
  },
}

export const sessionRoutes: readonly Route[] = nounRoutes(session)
