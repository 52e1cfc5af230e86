// Kysely over one connection that somebody else opens, begins, commits and closes. Knows how each engine spells SQL,
// and nothing of transactions: Kysely never sends BEGIN here.
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
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

export const dialectOver = (engine: Engine, run: Run): Dialect => ({
  createAdapter: () => (engine === 'sqlite' ? new SqliteAdapter() : new PostgresAdapter()),
  createDriver: () => driverOver(run),
  createQueryCompiler: () => (engine === 'sqlite' ? new SqliteQueryCompiler() : new PostgresQueryCompiler()),
  createIntrospector: (db) => (engine === 'sqlite' ? new SqliteIntrospector(db) : new PostgresIntrospector(db)),
})

export const kyselyOver = (engine: Engine, run: Run): Db => new Kysely<Schema>({ dialect: dialectOver(engine, run) })
