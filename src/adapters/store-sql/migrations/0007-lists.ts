// What lists of a large tenancy are sorted and narrowed by: display names and states of people, the upstream group that a mapping rule names,
// and the members of a group in order.
import { type Kysely, sql } from 'kysely'
import { lookedUpBy } from '../../../core/mapping/rule.ts'
import type { MappingRule } from '../../../core/model/idp.ts'
import type { Person } from '../../../core/model/person.ts'
import type { Engine } from '../dialect.ts'
import { exactKey, fromBody, textKey } from '../text.ts'
import { type Words, words } from './words.ts'

const looked = ({ t }: Words): readonly string[] => [
  // with a default: an older node goes on writing without them
  `alter table person add column display_key ${t} not null default ''`,
  `alter table person add column status ${t} not null default ''`,
  // nullable: a rule of an older node is tried on every value, as a pattern is
  `alter table mapping_rule add column value_key ${t}`,
  'create index membership_group_person on membership (group_id, person_id)',
  'drop index membership_group', // the one before begins with it
]
const indexed: readonly string[] = [
  'create index person_display on person (domain_id, display_key, username_key)',
  'create index person_status on person (domain_id, status, username_key)',
  'create index mapping_rule_value on mapping_rule (idp_id, value_key)',
]

type Db = Kysely<unknown>
type Row = { readonly id: string; readonly body: string }
const AT_ONCE = 500

const fill = async (
  db: Db,
  table: string,
  columns: readonly string[],
  cellsOf: (body: string) => readonly (string | null)[],
): Promise<void> => {
  const made = sql.join(columns.map((column) => sql.ref(column)))
  const moved = sql.join(columns.map((column) => sql`${sql.ref(column)} = made.${sql.ref(column)}`))
  for (let last = '', more = true; more; ) {
    const { rows } = await sql<Row>`select id, body from ${sql.table(table)} where id > ${last} order by id
      limit ${AT_ONCE}`.execute(db)
    const values = rows.map(({ id, body }) => sql`(${sql.join([id, ...cellsOf(body)])})`)
    if (values.length > 0)
      await sql`with made (row_id, ${made}) as (values ${sql.join(values)})
        update ${sql.table(table)} set ${moved} from made where id = made.row_id`.execute(db)
    last = rows.at(-1)?.id ?? last
    more = rows.length === AT_ONCE
  }
}

const personCells = (body: string): readonly string[] => {
  const { displayName, status } = fromBody<Person>(body)
  return [textKey(displayName), status]
}
const ruleCells = (body: string): readonly (string | null)[] => {
  const key = lookedUpBy(fromBody<MappingRule>(body).match)
  return [key === undefined ? null : exactKey(key)]
}

export const lists = (engine: Engine) => ({
  up: async (db: Db): Promise<void> => {
    for (const statement of looked(words[engine])) await sql.raw(statement).execute(db)
    await fill(db, 'person', ['display_key', 'status'], personCells)
    await fill(db, 'mapping_rule', ['value_key'], ruleCells)
    for (const statement of indexed) await sql.raw(statement).execute(db)
  },
})
