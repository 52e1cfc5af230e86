// SSO sessions and their participants. Ended is final: no save and no touch reaches a session after `end`.
import { sql } from 'kysely'
import type { EndReason, Participant, Session } from '../../core/model/session.ts'
import type { Sessions } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { kept } from './kept.ts'
import { exactKey, fromBody, toBody } from './text.ts'

const columns = ['body', 'version', 'last_seen_at', 'ended_at', 'end_reason'] as const
type Row = {
  body: string
  version: number
  last_seen_at: number
  ended_at: number | null
  end_reason: string | null
}

const fromRow = (row: Row): Session => ({
  ...fromBody<Session>(row.body),
  version: row.version,
  lastSeenAt: row.last_seen_at,
  endedAt: row.ended_at ?? undefined,
  endReason: (row.end_reason ?? undefined) as EndReason | undefined,
})

/** What `save` may move; the rest of a session is fixed when it begins. */
const changing = (session: Session) => ({
  upstream_idp_id: session.upstream?.idpId ?? null,
  upstream_name_key: session.upstream ? exactKey(session.upstream.nameId) : null,
  upstream_index_key: session.upstream?.sessionIndex === undefined ? null : exactKey(session.upstream.sessionIndex),
  token_hash: session.tokenHash,
  expires_at: session.expiresAt,
  ended_at: session.endedAt ?? null,
  end_reason: session.endReason ?? null,
  body: toBody(session),
})

const byId = kept((db, key: { id: string }) => db.selectFrom('session').select(columns).where('id', '=', key.id))
const byToken = kept((db, key: { hash: string }) =>
  db.selectFrom('session').select(columns).where('token_hash', '=', key.hash),
)
const sessionIn = ([row]: readonly Row[]): Session | undefined => row && fromRow(row)

const found = (db: Db): Pick<Sessions, 'get' | 'byToken' | 'ofPerson' | 'byUpstream'> => {
  const rows = db.selectFrom('session').select(columns)
  return {
    get: async (id) => sessionIn(await byId(db, { id })),
    byToken: async (tokenHash) => sessionIn(await byToken(db, { hash: tokenHash })),
    ofPerson: async (person) =>
      (await rows.where('person_id', '=', person).where('ended_at', 'is', null).orderBy('id').execute()).map(fromRow),
    // No SessionIndex names every session of that NameID (SAML Core §3.7.1).
    byUpstream: async (idp, nameId, sessionIndex) => {
      const named = rows
        .where('upstream_idp_id', '=', idp)
        .where('upstream_name_key', '=', exactKey(nameId))
        .where('ended_at', 'is', null)
        .orderBy('id')
      const chosen = sessionIndex === undefined ? named : named.where('upstream_index_key', '=', exactKey(sessionIndex))
      return (await chosen.execute()).map(fromRow)
    },
  }
}

const participation = (db: Db): Pick<Sessions, 'join' | 'participants'> => ({
  join: async (participant) => {
    const body = toBody(participant)
    await db
      .insertInto('participant')
      .values({ session_id: participant.sessionId, app_id: participant.appId, joined_at: participant.joinedAt, body })
      .onConflict((clash) => clash.columns(['session_id', 'app_id']).doUpdateSet({ body }))
      .execute()
  },
  participants: async (id) => {
    const rows = await db
      .selectFrom('participant')
      .select(['body', 'joined_at'])
      .where('session_id', '=', id)
      .orderBy('joined_at')
      .orderBy('app_id')
      .execute()
    return rows.map((row) => ({ ...fromBody<Participant>(row.body), joinedAt: row.joined_at }))
  },
})

export const sessions = (db: Db): Sessions => ({
  ...found(db),
  ...participation(db),
  add: async (session) => {
    const { id, domainId, personId, lastSeenAt, version } = session
    await db
      .insertInto('session')
      .values({
        id,
        domain_id: domainId,
        person_id: personId,
        last_seen_at: lastSeenAt,
        version,
        ...changing(session),
      })
      .execute()
  },
  save: async (session) => {
    const saved = await db
      .updateTable('session')
      .set({
        ...changing(session),
        version: session.version + 1,
        // A save that was begun before a touch must not make the browser look idle again.
        last_seen_at: sql<number>`case when last_seen_at > ${session.lastSeenAt} then last_seen_at
          else cast(${session.lastSeenAt} as bigint) end`,
      })
      .where('id', '=', session.id)
      .where('version', '=', session.version)
      .where('ended_at', 'is', null)
      .returning('id')
      .executeTakeFirst()
    return saved ? 'saved' : 'stale'
  },
  touch: async (id, at) => {
    await db
      .updateTable('session')
      .set({ last_seen_at: at })
      .where('id', '=', id)
      .where('last_seen_at', '<', at)
      .where('ended_at', 'is', null)
      .execute()
  },
  // The version moves too, so that a save loaded before the end is stale and cannot revive the session.
  end: async (id, at, reason) => {
    const row = await db
      .updateTable('session')
      .set({ ended_at: at, end_reason: reason, version: sql<number>`version + 1` })
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .returning(columns)
      .executeTakeFirst()
    return row && fromRow(row)
  },
})
