// Stores for tests of every room: migrated, empty, closed by the caller. PostgreSQL needs PG_URL; each store gets a
// schema of its own there, so that test files running side by side never meet.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { migrate } from '../../src/adapters/store-sql/migrate-command.ts'
import { openPostgres } from '../../src/adapters/store-sql/postgres.ts'
import { openSqlite } from '../../src/adapters/store-sql/sqlite.ts'
import type { Store } from '../../src/ports/store.ts'

export const postgresUrl: string | undefined = process.env.PG_URL
export const noPostgres =
  'PG_URL is not set: point it at a PostgreSQL 15 or later, e.g. PG_URL=postgres://postgres@127.0.0.1:5432/test'

/** In memory; nothing to clean up but `close()`. */
export const testStore = (): Promise<Store> => openSqlite({ path: ':memory:' })

/** A directory that is gone afterwards. */
export const temporaryDirectory = (): { readonly path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'gwanmun-store-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Closes once, then cleans up once, however often it is asked. */
const closing = (store: Store, cleanUp: () => void | Promise<void>): Store => {
  let closed: Promise<void> | undefined
  return {
    ...store,
    close: () => {
      closed ??= store.close().finally(cleanUp)
      return closed
    },
  }
}

/** On disk, as in production; `close()` removes it. */
export const testFileStore = async (): Promise<Store> => {
  const directory = temporaryDirectory()
  const path = join(directory.path, 'gateway.db')
  await migrate({ kind: 'embedded', path }, 'up')
  return closing(await openSqlite({ path }), directory.remove)
}

/** One statement on a connection of its own. */
export const ask = async (url: string, statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** An empty schema of its own, named in the address. */
export const postgresSchema = async (
  base = postgresUrl,
): Promise<{ readonly url: string; remove(): Promise<void> }> => {
  if (base === undefined) throw new Error(noPostgres)
  const name = `gwanmun_${randomBytes(6).toString('hex')}`
  await ask(base, `create schema ${name}`)
  const url = new URL(base)
  url.searchParams.set('options', `-c search_path=${name}`)
  return { url: url.href, remove: () => ask(base, `drop schema ${name} cascade`) }
}

/** `close()` drops its schema. */
export const testPostgres = async (base = postgresUrl): Promise<Store> => {
  const schema = await postgresSchema(base)
  await migrate({ kind: 'postgres', url: schema.url }, 'up')
  return closing(await openPostgres({ url: schema.url }), schema.remove)
}
