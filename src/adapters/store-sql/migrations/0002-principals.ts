// Principals that are not people, roles, what applications register, invitations and access requests; and what lets a snapshot follow
// a change without reading everything: which rows each revision changed.
import { type Kysely, sql } from 'kysely'
import type { Engine } from '../dialect.ts'
import { type Words, words } from './words.ts'

const principals = ({ t, n, end }: Words): readonly string[] => [
  `create table dynamic_group (
    id ${t} primary key, tenancy_id ${t} not null, domain_id ${t} not null references domain (id) on delete cascade,
    name_key ${t} not null, body ${t} not null, unique (domain_id, name_key)) ${end}`,
  'create index dynamic_group_tenancy on dynamic_group (tenancy_id, name_key)',
  `create table service_id (
    id ${t} primary key, tenancy_id ${t} not null references tenancy (id) on delete cascade,
    compartment_id ${t} not null references compartment (id),
    name_key ${t} not null, body ${t} not null, unique (tenancy_id, name_key)) ${end}`,
  'create index service_id_compartment on service_id (compartment_id)',
  `create table api_key (
    id ${t} primary key, tenancy_id ${t} not null references tenancy (id) on delete cascade,
    person_id ${t} references person (id) on delete cascade,
    service_id_id ${t} references service_id (id) on delete cascade,
    hash ${t} not null unique, created_at ${n} not null, last_used_at ${n}, body ${t} not null) ${end}`,
  'create index api_key_tenancy on api_key (tenancy_id, created_at)',
  'create index api_key_person on api_key (person_id)',
  'create index api_key_service_id on api_key (service_id_id)',
  `create table role_assignment (
    id ${t} primary key, tenancy_id ${t} not null references tenancy (id) on delete cascade,
    compartment_id ${t} not null references compartment (id),
    person_id ${t} references person (id) on delete cascade,
    group_id ${t} references directory_group (id) on delete cascade,
    service_id_id ${t} references service_id (id) on delete cascade,
    name_key ${t} not null, body ${t} not null, unique (tenancy_id, name_key)) ${end}`,
  'create index role_assignment_compartment on role_assignment (compartment_id)',
  'create index role_assignment_person on role_assignment (person_id)',
  'create index role_assignment_group on role_assignment (group_id)',
  'create index role_assignment_service_id on role_assignment (service_id_id)',
]

const registered = ({ t, end }: Words): readonly string[] => [
  `create table registered_service (
    id ${t} primary key, tenancy_id ${t} not null references tenancy (id) on delete cascade,
    name_key ${t} not null, body ${t} not null, unique (tenancy_id, name_key)) ${end}`,
  `create table resource (
    id ${t} primary key, tenancy_id ${t} not null references tenancy (id) on delete cascade,
    compartment_id ${t} not null references compartment (id), type_key ${t} not null,
    name_key ${t} not null, body ${t} not null, unique (tenancy_id, type_key, name_key)) ${end}`,
  'create index resource_compartment on resource (compartment_id, type_key, name_key)',
]

const access = ({ t, n, end }: Words): readonly string[] => [
  `create table invitation (
    id ${t} primary key, tenancy_id ${t} not null references tenancy (id) on delete cascade,
    domain_id ${t} not null references domain (id) on delete cascade, token_hash ${t} not null unique,
    status ${t} not null, name_key ${t} not null, created_at ${n} not null, version ${n} not null, body ${t} not null) ${end}`,
  'create index invitation_tenancy on invitation (tenancy_id, created_at)',
  'create index invitation_domain on invitation (domain_id)',
  // an address may be invited again, but not twice at a time
  "create unique index invitation_pending on invitation (tenancy_id, name_key) where status = 'pending'",
  `create table access_request (
    id ${t} primary key, tenancy_id ${t} not null references tenancy (id) on delete cascade,
    group_id ${t} not null references directory_group (id) on delete cascade,
    person_id ${t} not null references person (id) on delete cascade,
    status ${t} not null, created_at ${n} not null, version ${n} not null, body ${t} not null) ${end}`,
  'create index access_request_tenancy on access_request (tenancy_id, created_at)',
  'create index access_request_group on access_request (group_id, created_at)',
  'create index access_request_person on access_request (person_id, created_at)',
  "create unique index access_request_pending on access_request (person_id, group_id) where status = 'pending'",
]

const following = ({ t, n, end }: Words): readonly string[] => [
  `create table revision_change (
    tenancy_id ${t} not null references tenancy (id) on delete cascade, revision ${n} not null,
    noun ${t} not null, noun_id ${t} not null, primary key (tenancy_id, revision)) ${end}`,
  // nullable: an older node goes on writing without them
  `alter table decision_record add column compartment_id ${t}`,
  `alter table decision_record add column allow ${n}`,
  `alter table audit_event add column domain_id ${t}`,
]

export const principalsAndRoles = (engine: Engine) => ({
  up: async (db: Kysely<unknown>): Promise<void> => {
    const spoken = words[engine]
    for (const statement of [...principals(spoken), ...registered(spoken), ...access(spoken), ...following(spoken)])
      await sql.raw(statement).execute(db)
  },
})
