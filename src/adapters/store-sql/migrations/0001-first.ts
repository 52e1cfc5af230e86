// The first schema, whole. Text ids, epoch-ms integers, the row itself as JSON text in `body`; columns beside it exist
// to be looked up, compared or changed by one statement, and hold what the body does not (version, revision, counters).
// INVARIANT: never edited once released; later changes are later files, expand first, contract a release after.
import { type Kysely, sql } from 'kysely'
import type { Engine } from '../dialect.ts'

type Words = { readonly t: string; readonly n: string; readonly serial: string; readonly end: string }

// Collation "C": both engines then order and compare text byte by byte, whatever the database's locale is.
const words: Record<Engine, Words> = {
  sqlite: { t: 'text', n: 'integer', serial: 'integer primary key autoincrement', end: 'strict' },
  postgres: { t: 'text collate "C"', n: 'bigint', serial: 'bigint generated always as identity primary key', end: '' },
}

/** What administrators define. A parent takes its children along, save compartments, which must be empty. */
const directory = ({ t, n, end }: Words): readonly string[] => [
  `create table tenancy (
    id ${t} primary key, name_key ${t} not null unique, revision ${n} not null, body ${t} not null) ${end}`,
  `create table compartment (
    id ${t} primary key, tenancy_id ${t} not null references tenancy (id) on delete cascade,
    parent_id ${t} references compartment (id), parent_key ${t} not null,
    name_key ${t} not null, body ${t} not null, unique (tenancy_id, parent_key, name_key)) ${end}`,
  'create index compartment_parent on compartment (parent_id)',
  `create table domain (
    id ${t} primary key, tenancy_id ${t} not null references tenancy (id) on delete cascade,
    compartment_id ${t} not null references compartment (id),
    name_key ${t} not null, body ${t} not null, unique (tenancy_id, name_key)) ${end}`,
  'create index domain_compartment on domain (compartment_id)',
  `create table person (
    id ${t} primary key, domain_id ${t} not null references domain (id) on delete cascade,
    username_key ${t} not null, email_key ${t}, handle ${t} not null, body ${t} not null,
    unique (domain_id, username_key), unique (domain_id, handle)) ${end}`,
  'create index person_email on person (domain_id, email_key)',
  `create table directory_group (
    id ${t} primary key, tenancy_id ${t} not null, domain_id ${t} not null references domain (id) on delete cascade,
    name_key ${t} not null, body ${t} not null, unique (domain_id, name_key)) ${end}`,
  'create index directory_group_tenancy on directory_group (tenancy_id, name_key)',
  `create table idp (
    id ${t} primary key, domain_id ${t} not null references domain (id) on delete cascade,
    name_key ${t} not null, body ${t} not null, unique (domain_id, name_key)) ${end}`,
  `create table idp_email_domain (
    domain_id ${t} not null, email_domain_key ${t} not null, idp_id ${t} not null references idp (id) on delete cascade,
    primary key (domain_id, email_domain_key, idp_id)) ${end}`,
  'create index idp_email_domain_idp on idp_email_domain (idp_id)',
  `create table mapping_rule (
    id ${t} primary key, idp_id ${t} not null references idp (id) on delete cascade,
    name_key ${t} not null, body ${t} not null, unique (idp_id, name_key)) ${end}`,
  `create table app (
    id ${t} primary key, tenancy_id ${t} not null references tenancy (id) on delete cascade,
    client_id ${t}, entity_id ${t}, name_key ${t} not null, body ${t} not null,
    unique (tenancy_id, name_key), unique (tenancy_id, client_id), unique (tenancy_id, entity_id)) ${end}`,
  `create table sign_on_rule (
    id ${t} primary key, domain_id ${t} not null references domain (id) on delete cascade,
    name_key ${t} not null, body ${t} not null, unique (domain_id, name_key)) ${end}`,
  `create table password_policy (
    id ${t} primary key, domain_id ${t} not null references domain (id) on delete cascade,
    name_key ${t} not null, body ${t} not null, unique (domain_id, name_key)) ${end}`,
  `create table policy (
    id ${t} primary key, tenancy_id ${t} not null references tenancy (id) on delete cascade,
    compartment_id ${t} not null references compartment (id),
    name_key ${t} not null, body ${t} not null, unique (compartment_id, name_key)) ${end}`,
  'create index policy_tenancy on policy (tenancy_id, name_key)',
  `create table signing_key (
    id ${t} primary key, domain_id ${t} not null references domain (id) on delete cascade,
    status ${t} not null, created_at ${n} not null, body ${t} not null) ${end}`,
  'create index signing_key_domain on signing_key (domain_id, created_at)',
]

/** What hangs on a person and goes with them. `idp_id` of a membership: mapped ones go with their identity provider. */
const people = ({ t, n, end }: Words): readonly string[] => [
  `create table link (
    idp_id ${t} not null references idp (id) on delete cascade, subject_key ${t} not null,
    person_id ${t} not null references person (id) on delete cascade,
    last_sign_in_at ${n} not null, body ${t} not null, primary key (idp_id, subject_key)) ${end}`,
  'create index link_person on link (person_id)',
  `create table membership (
    person_id ${t} not null references person (id) on delete cascade,
    group_id ${t} not null references directory_group (id) on delete cascade,
    source ${t} not null, idp_id ${t} references idp (id) on delete cascade,
    body ${t} not null, primary key (person_id, group_id, source)) ${end}`,
  'create index membership_group on membership (group_id)',
  'create index membership_idp on membership (idp_id)',
  `create table credential (
    id ${t} primary key, person_id ${t} not null references person (id) on delete cascade,
    domain_id ${t} not null, kind ${t} not null, webauthn_key ${t}, version ${n} not null, body ${t} not null,
    unique (domain_id, webauthn_key)) ${end}`,
  'create index credential_person on credential (person_id)',
  "create unique index credential_one_password on credential (person_id) where kind = 'password'",
  `create table device (
    id ${t} primary key, person_id ${t} not null references person (id) on delete cascade,
    token_hash ${t} not null unique, created_at ${n} not null, expires_at ${n} not null, body ${t} not null) ${end}`,
  'create index device_person on device (person_id, created_at)',
  'create index device_expires on device (expires_at)',
]

/** What comes and goes with every sign-in. No foreign keys into the directory: a hot path locks no directory row. */
const traffic = ({ t, n, end }: Words): readonly string[] => [
  `create table journey (id ${t} primary key, version ${n} not null, expires_at ${n} not null, body ${t} not null) ${end}`,
  'create index journey_expires on journey (expires_at)',
  `create table session (
    id ${t} primary key, token_hash ${t} not null unique, domain_id ${t} not null, person_id ${t} not null,
    upstream_idp_id ${t}, upstream_name_key ${t}, upstream_index_key ${t}, last_seen_at ${n} not null,
    expires_at ${n} not null, ended_at ${n}, end_reason ${t}, version ${n} not null, body ${t} not null) ${end}`,
  'create index session_domain on session (domain_id)',
  'create index session_person on session (person_id, ended_at)',
  'create index session_upstream on session (upstream_idp_id, upstream_name_key)',
  'create index session_ended on session (ended_at)',
  'create index session_expires on session (expires_at)',
  `create table participant (
    session_id ${t} not null references session (id) on delete cascade, app_id ${t} not null,
    joined_at ${n} not null, body ${t} not null, primary key (session_id, app_id)) ${end}`,
  `create table payload (
    scope ${t} not null, model ${t} not null, id ${t} not null, grant_id ${t}, uid ${t}, user_code ${t},
    consumed_at ${n}, expires_at ${n}, body ${t} not null, primary key (scope, model, id)) ${end}`,
  'create index payload_uid on payload (scope, model, uid)',
  'create index payload_user_code on payload (scope, model, user_code)',
  'create index payload_grant on payload (scope, grant_id)',
  'create index payload_expires on payload (expires_at)',
  `create table once (
    purpose ${t} not null, key ${t} not null, until_at ${n} not null, body ${t}, primary key (purpose, key)) ${end}`,
  'create index once_until on once (until_at)',
  `create table throttle (
    key ${t} primary key, failures ${n} not null, last_at ${n} not null, forget_at ${n} not null) ${end}`,
  'create index throttle_forget on throttle (forget_at)',
]

/** What is kept for people to read later. It outlives everything it speaks of, hence no foreign keys. */
const records = ({ t, n, serial, end }: Words): readonly string[] => [
  `create table audit_event (
    seq ${serial}, id ${t} not null unique, tenancy_id ${t} not null, at ${n} not null, action ${t} not null,
    actor_key ${t} not null, target_key ${t}, body ${t} not null) ${end}`,
  'create index audit_event_time on audit_event (tenancy_id, at, seq)',
  'create index audit_event_action on audit_event (tenancy_id, action, at, seq)',
  'create index audit_event_actor on audit_event (tenancy_id, actor_key, at, seq)',
  'create index audit_event_target on audit_event (tenancy_id, target_key, at, seq)',
  `create table decision_record (
    id ${t} primary key, tenancy_id ${t} not null, at ${n} not null, body ${t} not null) ${end}`,
  'create index decision_record_time on decision_record (tenancy_id, at)',
  `create table outbox (
    id ${t} primary key, tenancy_id ${t} not null, due_at ${n} not null, attempts ${n} not null,
    last_error ${t}, body ${t} not null) ${end}`,
  'create index outbox_due on outbox (due_at, id)',
  'create index outbox_tenancy on outbox (tenancy_id, due_at)',
]

export const first = (engine: Engine) => ({
  up: async (db: Kysely<unknown>): Promise<void> => {
    const spoken = words[engine]
    for (const statement of [...directory(spoken), ...people(spoken), ...traffic(spoken), ...records(spoken)])
      await sql.raw(statement).execute(db)
  },
})
