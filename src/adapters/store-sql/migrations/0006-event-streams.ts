// Streams of security events (Shared Signals Framework), and the events that wait to be fetched.
import { type Kysely, sql } from 'kysely'
import type { Engine } from '../dialect.ts'
import { type Words, words } from './words.ts'

const streams = ({ t, n, serial, end }: Words): readonly string[] => [
  `create table event_stream (
    id ${t} primary key, domain_id ${t} not null references domain (id) on delete cascade,
    app_id ${t} not null references app (id) on delete cascade,
    version ${n} not null, body ${t} not null, unique (domain_id, app_id)) ${end}`,
  'create index event_stream_app on event_stream (app_id)',
  `create table queued_event (
    seq ${serial}, stream_id ${t} not null references event_stream (id) on delete cascade, jti ${t} not null,
    forget_at ${n} not null, body ${t} not null, unique (stream_id, jti)) ${end}`,
  'create index queued_event_order on queued_event (stream_id, seq)',
  'create index queued_event_forget on queued_event (forget_at)',
]

export const eventStreams = (engine: Engine) => ({
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of streams(words[engine])) await sql.raw(statement).execute(db)
  },
})
