// `gwanmun migrate plan|up|status`, and what a node does before it starts: on a connection of its own, which nobody else
// needs. Several nodes may run `up` at once; one does the work, the others find it done.
import { existsSync } from 'node:fs'
import { sql } from 'kysely'
import pg from 'pg'
import { Problem } from '../../problem.ts'
import { kyselyOver } from './dialect.ts'
import { migrateUp, type SchemaState, schemaState } from './migrate.ts'
import { migrations } from './migrations/all.ts'
import { type PostgresPlace, runOver } from './postgres.ts'
import { placeOf, postgresProblem } from './postgres-problem.ts'
import type { SqlitePlace } from './sqlite.ts'
import { beginImmediate, MEMORY, openReader, openWriter } from './sqlite-connection.ts'
import { sqliteProblem } from './sqlite-problem.ts'

const LOCK_WAITS_MS = 60_000

export type StorePlace = ({ readonly kind: 'embedded' } & SqlitePlace) | ({ readonly kind: 'postgres' } & PostgresPlace)
export type MigrateCommand = 'plan' | 'up' | 'status'
/** `ran`: what `up` has just done. `pending`, for `plan`, is what `up` would do. */
export type MigrationReport = SchemaState & { readonly place: string; readonly ran: readonly string[] }

/** SQLite's DDL is transactional and the write lock keeps a second node out, so `up` is one immediate transaction. */
const upSqlite = async (path: string): Promise<readonly string[]> => {
  const connection = openWriter(path)
  try {
    await beginImmediate(connection, LOCK_WAITS_MS)
    try {
      const ran = await migrateUp(kyselyOver('sqlite', connection.run), 'sqlite', path)
      connection.exec('commit')
      return ran
    } catch (error) {
      connection.exec('rollback')
      throw error
    }
  } finally {
    connection.close()
  }
}

/** Looks without touching: a file that is not there is not made. */
const stateOfSqlite = async (path: string): Promise<SchemaState> => {
  if (!existsSync(path)) return { applied: [], pending: Object.keys(migrations('sqlite')), unknown: [] }
  const connection = openReader(path)
  try {
    return await schemaState(kyselyOver('sqlite', connection.run), 'sqlite')
  } finally {
    connection.close()
  }
}

const migrateSqlite = async (path: string, command: MigrateCommand): Promise<MigrationReport> => {
  if (path === MEMORY) throw new Problem('request-malformed', 'a store in memory is migrated when it is opened')
  try {
    const ran = command === 'up' ? await upSqlite(path) : []
    return { ...(await stateOfSqlite(path)), place: path, ran }
  } catch (error) {
    throw sqliteProblem(error, path)
  }
}

/** PostgreSQL's turn is taken by an advisory lock (Kysely's), held by this one connection. */
const withPostgres = async (url: string, command: MigrateCommand): Promise<MigrationReport> => {
  const place = placeOf(url)
  const client = new pg.Client({ connectionString: url, application_name: 'gwanmun migrate' })
  client.on('error', () => {}) // the statement that is under way reports it
  await client.connect()
  try {
    const db = kyselyOver('postgres', runOver(client))
    const found = await sql<{ schema: string | null }>`select current_schema() as schema`.execute(db)
    const schema = found.rows[0]?.schema
    if (!schema)
      throw new Problem('storage-unavailable', `the store ${place} has no schema named in search_path: create it`)
    const ran = command === 'up' ? await migrateUp(db, 'postgres', place, schema) : []
    return { ...(await schemaState(db, 'postgres')), place, ran }
  } finally {
    await client.end()
  }
}

const migratePostgres = async (url: string, command: MigrateCommand): Promise<MigrationReport> => {
  try {
    return await withPostgres(url, command)
  } catch (error) {
    throw postgresProblem(error, placeOf(url), 'work')
  }
}

export const migrate = (place: StorePlace, command: MigrateCommand): Promise<MigrationReport> =>
  place.kind === 'embedded' ? migrateSqlite(place.path, command) : migratePostgres(place.url, command)
