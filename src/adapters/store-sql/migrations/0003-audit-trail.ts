// The audit trail as chains of seals, one per tenancy and trail, each with a signed checkpoint; what events are searched by; and an order
// of arrival for decision records, which sealing follows.
import { type Kysely, sql } from 'kysely'
import type { Engine } from '../dialect.ts'
import { type Words, words } from './words.ts'

// None of them refers to a tenancy: what was recorded outlives what it speaks of.
const sealing = ({ t, n, end }: Words): readonly string[] => [
  `create table audit_seal (
    tenancy_id ${t} not null, trail ${t} not null, n ${n} not null, at ${n} not null, hash ${t} not null,
    body ${t} not null, primary key (tenancy_id, trail, n)) ${end}`,
  `create table audit_checkpoint (
    tenancy_id ${t} not null, trail ${t} not null, body ${t} not null, primary key (tenancy_id, trail)) ${end}`,
  `create table audit_sealing (trail ${t} primary key, version ${n} not null, body ${t} not null) ${end}`,
  `create table audit_key (
    id ${t} primary key, tenancy_id ${t} not null, created_at ${n} not null, private_sealed ${t} not null) ${end}`,
  'create index audit_key_tenancy on audit_key (tenancy_id, created_at)',
]

// nullable: an older node goes on writing without them
const searching = ({ t }: Words): readonly string[] => [
  `alter table audit_event add column outcome ${t}`,
  `alter table audit_event add column request_key ${t}`,
  'create index audit_event_request on audit_event (tenancy_id, request_key, at, seq) where request_key is not null',
  'create index audit_event_domain on audit_event (tenancy_id, domain_id, at, seq) where domain_id is not null',
]

/** SQLite adds no such column to a table that is there: the table is made anew around its rows. */
const arrival: Record<Engine, (words: Words) => readonly string[]> = {
  postgres: () => [
    'alter table decision_record add column seq bigint generated always as identity',
    'create unique index decision_record_seq on decision_record (seq)',
    'drop index decision_record_time',
    'create index decision_record_time on decision_record (tenancy_id, at, seq)',
  ],
  sqlite: ({ t, n, serial, end }) => [
    `create table decision_record_in_order (
      seq ${serial}, id ${t} not null unique, tenancy_id ${t} not null, at ${n} not null,
      compartment_id ${t}, allow ${n}, body ${t} not null) ${end}`,
    `insert into decision_record_in_order (id, tenancy_id, at, compartment_id, allow, body)
      select id, tenancy_id, at, compartment_id, allow, body from decision_record order by at, id`,
    'drop table decision_record',
    'alter table decision_record_in_order rename to decision_record',
    'create index decision_record_time on decision_record (tenancy_id, at, seq)',
  ],
}

export const auditTrail = (engine: Engine) => ({
  up: async (db: Kysely<unknown>): Promise<void> => {
    const spoken = words[engine]
    for (const statement of [...sealing(spoken), ...searching(spoken), ...arrival[engine](spoken)])
      await sql.raw(statement).execute(db)
  },
})
