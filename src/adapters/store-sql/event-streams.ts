// Streams of security events, and events that wait to be fetched, in the order in which they came.
import type { EventStream, QueuedEvent, SecurityEvent } from '../../core/model/event-stream.ts'
import { daysLater } from '../../core/model/time.ts'
import type { EventStreams } from '../../ports/store-streams.ts'
import type { Db } from './dialect.ts'
import { isTaken, removeById } from './nouns.ts'
import { fromBody, toBody } from './text.ts'

const KEPT_DAYS = 7
const columns = ['body', 'version'] as const
const fromRow = ({ body, version }: { body: string; version: number }): EventStream => ({
  ...fromBody<EventStream>(body),
  version,
})

export const eventStreams = (db: Db): EventStreams => {
  const rows = db.selectFrom('event_stream').select(columns)
  return {
    get: async (id) => {
      const row = await rows.where('id', '=', id).executeTakeFirst()
      return row && fromRow(row)
    },
    ofApp: async (domain, app) => {
      const row = await rows.where('domain_id', '=', domain).where('app_id', '=', app).executeTakeFirst()
      return row && fromRow(row)
    },
    ofDomain: async (domain) => (await rows.where('domain_id', '=', domain).orderBy('app_id').execute()).map(fromRow),
    add: async (stream) => {
      const { id, domainId, appId, version } = stream
      if (await isTaken(db, 'event_stream', id, [{ domain_id: domainId, app_id: appId }])) return 'duplicate'
      await db
        .insertInto('event_stream')
        .values({ id, domain_id: domainId, app_id: appId, version, body: toBody(stream) })
        .execute()
      return 'ok'
    },
    save: async (stream) => {
      const saved = await db
        .updateTable('event_stream')
        .set({ version: stream.version + 1, body: toBody(stream) })
        .where('id', '=', stream.id)
        .where('version', '=', stream.version)
        .executeTakeFirst()
      return saved.numUpdatedRows > 0n ? 'saved' : 'stale'
    },
    remove: (id) => removeById(db, 'event_stream', id),
    queue: async ({ jti, streamId, event }) => {
      await db
        .insertInto('queued_event')
        .values({ stream_id: streamId, jti, forget_at: daysLater(event.at, KEPT_DAYS), body: toBody(event) })
        .execute()
    },
    queued: async (streamId, limit) => {
      const found = await db
        .selectFrom('queued_event')
        .select(['jti', 'body'])
        .where('stream_id', '=', streamId)
        .orderBy('seq')
        .limit(limit)
        .execute()
      return found.map(({ jti, body }): QueuedEvent => ({ jti, streamId, event: fromBody<SecurityEvent>(body) }))
    },
    acknowledge: async (streamId, jtis) => {
      if (jtis.length === 0) return 0
      const gone = await db
        .deleteFrom('queued_event')
        .where('stream_id', '=', streamId)
        .where('jti', 'in', jtis)
        .executeTakeFirst()
      return Number(gone.numDeletedRows)
    },
  }
}
