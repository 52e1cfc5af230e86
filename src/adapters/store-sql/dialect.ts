// Kysely over one connection that somebody else opens, begins, commits and closes. Knows how each engine spells SQL,
// and nothing of transactions: Kysely never sends BEGIN here.
import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import type { Schema } from './schema.ts'

export type Engine = 'sqlite' | 'postgres'
export type Db = Kysely<Schema>
export type Rows = { readonly rows: readonly Record<string, unknown>[]; readonly changes: number }
/** One statement, answered. */
export type Run = (text: string, parameters: readonly unknown[]) => Promise<Rows>

const driverOver = (run: Run): Driver => {
  const connection: DatabaseConnection = {
    executeQuery: async <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
      const { rows, changes } = await run(query.sql, query.parameters)
      return { rows: rows as R[], numAffectedRows: BigInt(changes) }
    },
    streamQuery: () => {
      throw new Error('this store reads whole answers and does not stream')
    },
  }
  const send = async (text: string): Promise<void> => {
    await connection.executeQuery(CompiledQuery.raw(text))
  }
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: () => send('begin'),
    commitTransaction: () => send('commit'),
    rollbackTransaction: () => send('rollback'),
    releaseConnection: async () => {},
    destroy: async () => {},
  }
}

/**
 * What the Migrator asks, about our schema only. Kysely's own answer walks every schema of the database and fails when one
 * of them is dropped meanwhile.
 */
const postgresIntrospector = (db: Kysely<unknown>): DatabaseIntrospector => ({
  getSchemas: async () =>
    (await sql<{ name: string }>`select schema_name as name from information_schema.schemata`.execute(db)).rows,
  getTables: async () => {
    const found = await sql<{ name: string; schema: string }>`select table_name as name, table_schema as schema
      from information_schema.tables where table_schema = current_schema()`.execute(db)
    return found.rows.map((row) => ({ ...row, isView: false, isForeign: false, columns: [] }))
  },
})

export const dialectOver = (engine: Engine, run: Run): Dialect => ({
  createAdapter: () => (engine === 'sqlite' ? new SqliteAdapter() : new PostgresAdapter()),
  createDriver: () => driverOver(run),
  createQueryCompiler: () => (engine === 'sqlite' ? new SqliteQueryCompiler() : new PostgresQueryCompiler()),
  createIntrospector: (db) => (engine === 'sqlite' ? new SqliteIntrospector(db) : postgresIntrospector(db)),
})

const runs = new WeakMap<Db, { readonly engine: Engine; readonly run: Run }>()

/** Made when it is first used for what is not spelled out (kept.ts): making one costs more than a statement. */
export const kyselyOver = (engine: Engine, run: Run): Db => {
  let made: Db | undefined
  const db: Db = new Proxy({} as Db, {
    get: (_, name) => {
      made ??= new Kysely<Schema>({ dialect: dialectOver(engine, run) })
      const member: unknown = Reflect.get(made, name)
      return typeof member === 'function' ? member.bind(made) : member
    },
  })
  runs.set(db, { engine, run })
  return db
}

/** The way past Kysely, for statements whose text is known. */
export const directOf = (db: Db): { readonly engine: Engine; readonly run: Run } => {
  const direct = runs.get(db)
  if (!direct) throw new Error('this Kysely was not made by `kyselyOver`')
  return direct
}
