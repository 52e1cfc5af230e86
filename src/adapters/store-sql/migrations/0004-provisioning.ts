// What people and groups are looked up by when another directory provisions them: its own identifiers, and every address it gave.
import { type Kysely, sql } from 'kysely'
import type { Engine } from '../dialect.ts'
import { type Words, words } from './words.ts'

const lookedUp = ({ t, end }: Words): readonly string[] => [
  // nullable: an older node goes on writing without them
  `alter table person add column external_key ${t}`,
  'create index person_external on person (domain_id, external_key) where external_key is not null',
  `alter table directory_group add column external_key ${t}`,
  'create index directory_group_external on directory_group (domain_id, external_key) where external_key is not null',
  `create table person_address (
    person_id ${t} not null references person (id) on delete cascade, domain_id ${t} not null, email_key ${t} not null,
    primary key (person_id, email_key)) ${end}`,
  'create index person_address_email on person_address (domain_id, email_key)',
]

export const provisioning = (engine: Engine) => ({
  up: async (db: Kysely<unknown>): Promise<void> => {
    for (const statement of lookedUp(words[engine])) await sql.raw(statement).execute(db)
  },
})
