// One connection to one SQLite file, or to a database in memory. Knows pragmas, statements and locks; not what is stored.
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { Problem } from '../../problem.ts'
import type { Run } from './dialect.ts'
import { isBusy } from './sqlite-problem.ts'

export const MEMORY = ':memory:'
const OPENING_WAITS_MS = 5000
const STATEMENTS_KEPT = 300

export type SqliteConnection = {
  readonly run: Run
  readonly exec: (text: string) => void
  /** Some failures end a transaction by themselves. */
  readonly inTransaction: () => boolean
  close(): void
}

type Prepared = { readonly statement: StatementSync; readonly returnsRows: boolean }

/** Statements are prepared once: preparing costs more than running most of ours. */
const preparer = (database: DatabaseSync): ((text: string) => Prepared) => {
  const known = new Map<string, Prepared>()
  return (text) => {
    const before = known.get(text)
    if (before) return before
    const statement = database.prepare(text)
    const prepared = { statement, returnsRows: statement.columns().length > 0 }
    if (known.size >= STATEMENTS_KEPT) known.clear() // texts are ours, but lists of values make them vary
    known.set(text, prepared)
    return prepared
  }
}

const connectionOver = (database: DatabaseSync): SqliteConnection => {
  const prepare = preparer(database)
  return {
    run: async (text, parameters) => {
      const { statement, returnsRows } = prepare(text)
      const values = parameters as readonly SQLInputValue[]
      if (!returnsRows) return { rows: [], changes: Number(statement.run(...values).changes) }
      const rows = statement.all(...values)
      return { rows, changes: rows.length }
    },
    exec: (text) => database.exec(text),
    inTransaction: () => database.isTransaction,
    close: () => database.close(),
  }
}

/** Not `recursive`: where a file system answers ENOENT below a directory that exists (/proc), Node 24 then loops for ever. */
const makeDirectory = (path: string): void => {
  if (existsSync(path)) return
  makeDirectory(dirname(path))
  try {
    mkdirSync(path, 0o700)
  } catch (error) {
    if (!existsSync(path)) throw error // else another process was faster
  }
}

/** Made by us before SQLite would, so that only its owner may read it; the -wal and -shm files take over its mode. */
const createFile = (path: string): void => {
  makeDirectory(dirname(path))
  closeSync(openSync(path, 'a', 0o600))
}

const commits = new Map<string, number>()
/** How often this process has committed to that file, whichever of its connections it was. */
export const commitsTo = (path: string): number => commits.get(path) ?? 0

const counting = (path: string, connection: SqliteConnection): SqliteConnection => ({
  ...connection,
  exec: (text) => {
    connection.exec(text)
    if (text === 'commit') commits.set(path, commitsTo(path) + 1)
  },
})

/** Opens and, if need be, creates. FULL: what was acknowledged survives a power cut, not only a crash. */
export const openWriter = (path: string): SqliteConnection => {
  if (path !== MEMORY) createFile(path)
  const database = new DatabaseSync(path, { timeout: OPENING_WAITS_MS, enableForeignKeyConstraints: true })
  try {
    const mode = database.prepare('pragma journal_mode = wal').get()?.journal_mode
    if (mode !== 'wal' && path !== MEMORY) {
      const detail = `the store ${path} is on a file system without shared memory: move it to a local disk`
      throw new Problem('storage-unavailable', detail)
    }
    database.exec('pragma synchronous = full; pragma trusted_schema = off; pragma journal_size_limit = 67108864')
    // What a statement may have to undo is as well kept in memory as in a file in /var/tmp, which may not even be writable.
    database.exec('pragma temp_store = memory')
    // Waiting inside SQLite stops the whole event loop, and with it the transaction that is waited for if it is in this
    // process. From here on `begin` waits instead, asynchronously.
    database.exec('pragma busy_timeout = 0')
  } catch (error) {
    database.close()
    throw error
  }
  return counting(path, connectionOver(database))
}

/** Read-only by the way it is opened: no statement, however it came about, writes through it. */
export const openReader = (path: string): SqliteConnection =>
  connectionOver(new DatabaseSync(path, { readOnly: true, timeout: OPENING_WAITS_MS }))

/** Takes the write lock now, so that nothing read afterwards can be outdated by another writer. */
export const beginImmediate = async ({ exec }: SqliteConnection, waitMs: number): Promise<void> => {
  const until = performance.now() + waitMs
  for (;;) {
    try {
      exec('begin immediate')
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error
      await wait(1 + Math.random() * 9)
    }
  }
}

/** First come, first served: what makes the transactions of one connection serial. */
export const turnstile = () => {
  let last: Promise<void> = Promise.resolve()
  let waiting = 0
  return {
    waiting: () => waiting,
    enter: async (): Promise<() => void> => {
      const before = last
      const { promise, resolve } = Promise.withResolvers<void>()
      last = promise
      waiting += 1
      await before
      return () => {
        waiting -= 1
        resolve()
      }
    },
  }
}
