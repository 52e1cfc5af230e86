// Which migrations a database has, lacks, or has from somewhere else; and running those it lacks.
// Kysely's Migrator runs them; locking out a second node is the business of each engine.
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { Problem } from '../../problem.ts'
import type { Db, Engine } from './dialect.ts'
import { migrations } from './migrations/all.ts'

const TABLE = 'schema_migration'
const LOCK_TABLE = 'schema_migration_lock'

/** `unknown`: applied by a build that is newer than this one, or by something that is not gwanmun. */
export type SchemaState = {
  readonly applied: readonly string[]
  readonly pending: readonly string[]
  readonly unknown: readonly string[]
}

const hasTable = async (db: Db, engine: Engine): Promise<boolean> => {
  const query =
    engine === 'sqlite'
      ? sql`select name from sqlite_master where type = 'table' and name = ${TABLE}`
      : sql`select table_name from information_schema.tables
          where table_schema = current_schema() and table_name = ${TABLE}`
  return (await query.execute(db)).rows.length > 0
}

export const schemaState = async (db: Db, engine: Engine): Promise<SchemaState> => {
  const known = Object.keys(migrations(engine)).toSorted()
  const found = (await hasTable(db, engine))
    ? (await sql<{ name: string }>`select name from ${sql.table(TABLE)} order by name`.execute(db)).rows
    : []
  const done = new Set(found.map(({ name }) => name))
  return {
    applied: known.filter((name) => done.has(name)),
    pending: known.filter((name) => !done.has(name)),
    unknown: [...done].filter((name) => !known.includes(name)),
  }
}

const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')

/** The sentence that a node refuses to start with; undefined if the schema is exactly ours. */
export const schemaFault = ({ pending, unknown }: SchemaState, place: string): string | undefined => {
  if (unknown.length > 0) {
    return `the store ${place} has migrations that this build does not know: ${quoted(unknown)}; start the release that made them or a later one (its \`gwanmun migrate up\` made them)`
  }
  return pending.length > 0
    ? `the store ${place} lacks the migrations ${quoted(pending)}: run \`gwanmun migrate up\``
    : undefined
}

/** Runs what is pending and names it. `schema`: where PostgreSQL keeps the tables, lest a neighbour's be taken for ours. */
export const migrateUp = async (db: Db, engine: Engine, place: string, schema?: string): Promise<readonly string[]> => {
  const { unknown } = await schemaState(db, engine)
  const fault = schemaFault({ applied: [], pending: [], unknown }, place)
  if (fault) throw new Problem('storage-unavailable', fault)
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations(engine) }) },
    migrationTableName: TABLE,
    migrationLockTableName: LOCK_TABLE,
    ...(schema === undefined ? {} : { migrationTableSchema: schema }),
  })
  const { error, results = [] } = await migrator.migrateToLatest()
  if (error) throw error
  return results.map(({ migrationName }) => migrationName)
}
