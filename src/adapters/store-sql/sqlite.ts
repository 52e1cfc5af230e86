// The embedded store: one file, several connections, several processes if need be. Writes take the write lock before they
// read (BEGIN IMMEDIATE), so they are serial; those that come together share a flush (shared-commit.ts). Reads have connections of their
// own and see one snapshot (WAL); those that come together share it (shared-read.ts).
// https://sqlite.org/wal.html, https://nodejs.org/api/sqlite.html
import type { Flush, Store, View } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { kyselyOver, type Run } from './dialect.ts'
import { folding } from './folding.ts'
import { migrateUp, schemaFault, schemaState } from './migrate.ts'
import { memories } from './remembering.ts'
import { sharedCommits } from './shared-commit.ts'
import { sharedReads } from './shared-read.ts'
import {
  beginImmediate,
  commitsTo,
  MEMORY,
  openReader,
  openWriter,
  type SqliteConnection,
  turnstile,
} from './sqlite-connection.ts'
import { isReadOnly, sqliteProblem } from './sqlite-problem.ts'
import { sweepWith } from './sweep.ts'
import { type Connection, transactions, type Work } from './transaction.ts'
import { turns } from './turn.ts'
import { txOf } from './tx.ts'

const WRITE_WAITS_MS = 10_000
const READERS = 4

/** `waitMs`: how long a write waits for another process to finish its own. */
export type SqlitePlace = { readonly path: string; readonly waitMs?: number }
type Lane = { readonly connection: SqliteConnection; readonly gate: ReturnType<typeof turnstile> }
const laneOf = (connection: SqliteConnection): Lane => ({ connection, gate: turnstile() })

/** The same, save that somebody hears of every commit. */
const telling = (of: SqliteConnection, committed: () => void): SqliteConnection => ({
  ...of,
  exec: (text) => {
    of.exec(text)
    if (text === 'commit') committed()
  },
})

type Begin = (connection: SqliteConnection) => Promise<void>

const takeLane = async ({ connection, gate }: Lane, begin: Begin): Promise<Connection> => {
  const leave = await gate.enter()
  return {
    run: connection.run,
    begin: () => begin(connection),
    commit: async () => connection.exec('commit'),
    rollback: async () => connection.exec('rollback'),
    lost: () => !connection.inTransaction(),
    release: leave,
  }
}

/** In memory there is one connection, which is made read-only for the time of a read. */
const beginIn =
  (memory: boolean, waitMs: number) =>
  (mode: 'read' | 'write'): Begin =>
  async (connection) => {
    if (memory) connection.exec(`pragma query_only = ${mode === 'read' ? 'on' : 'off'}`)
    if (mode === 'write') await beginImmediate(connection, waitMs)
    else connection.exec('begin')
  }

/** The least busy reader; opened when first needed. */
const readersOf = (path: string) => {
  const lanes: Lane[] = []
  return {
    pick: (): Lane => {
      const idle = lanes.toSorted((a, b) => a.gate.waiting() - b.gate.waiting())[0]
      if (idle && (idle.gate.waiting() === 0 || lanes.length >= READERS)) return idle
      const lane = laneOf(openReader(path))
      lanes.push(lane)
      return lane
    },
    all: lanes,
  }
}

/** A database in memory is empty whenever it is opened, so it alone is migrated here. */
const migrateMemory = async ({ run, exec }: SqliteConnection): Promise<void> => {
  exec('begin')
  await migrateUp(kyselyOver('sqlite', run), 'sqlite', MEMORY)
  exec('commit')
}

/** Creates the file and its directory if missing; does not migrate, save for `:memory:`. */
export const openSqlite = async ({ path, waitMs = WRITE_WAITS_MS }: SqlitePlace): Promise<Store> => {
  const memory = path === MEMORY
  const opened = (): SqliteConnection => {
    try {
      return openWriter(path)
    } catch (error) {
      throw sqliteProblem(error, path)
    }
  }
  const connection = opened()
  const fold = memory ? undefined : folding(path, connection.exec)
  const writer = laneOf(fold ? telling(connection, fold.committed) : connection)
  const readers = readersOf(path)
  if (memory) await migrateMemory(writer.connection)

  const { transact, refuseInside } = transactions('sqlite')
  const begin = beginIn(memory, waitMs)
  // In memory there is no flush to share, and the one connection must be free between transactions.
  const turn = turns()
  const shared = memory ? undefined : sharedCommits(writer, turn, begin('write'))
  let closed = false
  let known = false

  const refuseClosed = (): void => {
    if (closed) throw new Error('the store is closed')
  }
  const connectToWrite = (flush: Flush) => async (): Promise<Connection> => {
    refuseClosed()
    return shared ? shared.connect(flush) : takeLane(writer, begin('write'))
  }
  const write = async <T>(work: Work<T>, flush: Flush = 'first'): Promise<T> => {
    const outcome = await transact(connectToWrite(flush), work)
    if (outcome.ok) return outcome.value
    throw outcome.stage === undefined ? outcome.error : sqliteProblem(outcome.error, path)
  }
  const readProblem = (error: unknown): unknown =>
    isReadOnly(error)
      ? new Error('a write was tried inside a read: use `store.write`', { cause: error })
      : sqliteProblem(error, path)
  // Told at the statement: of several works in one transaction, each hears of its own.
  const toldAt =
    (run: Run): Run =>
    async (text, parameters) => {
      try {
        return await run(text, parameters)
      } catch (error) {
        throw readProblem(error)
      }
    }
  const connectToRead = async (): Promise<Connection> => {
    refuseClosed()
    const connection = await takeLane(memory ? writer : readers.pick(), begin('read'))
    return { ...connection, run: toldAt(connection.run) }
  }
  const memoryOf = memories()
  const share = sharedReads(
    turn,
    async (work) => {
      const remembered: Work<void> = async (_, db) => work(txOf(db, 'sqlite', await memoryOf(db)), db)
      const outcome = await transact(connectToRead, remembered, { shared: true })
      return outcome.ok || outcome.stage === undefined ? outcome : { ...outcome, error: readProblem(outcome.error) }
    },
    () => commitsTo(path),
  )
  const read = async <T>(work: Work<T>, view: View = 'newest'): Promise<T> => {
    refuseInside()
    return share(work, view)
  }

  return {
    read,
    write,
    // Once it was right it is not asked again: a later release may expand the schema under a running node.
    ready: async () => {
      const state = await read((_, db) => schemaState(db, 'sqlite'))
      const fault = known ? undefined : schemaFault(state, path)
      if (fault) throw new Problem('storage-unavailable', fault)
      known = true
    },
    sweep: (now) => sweepWith((work) => write((_, db) => work(db)), 'sqlite', now),
    close: async () => {
      if (closed) return
      closed = true
      await fold?.close()
      // Readers first: the last connection to close folds the write-ahead log back into the file.
      for (const { connection, gate } of [...readers.all, writer]) {
        const leave = await gate.enter()
        if (connection === writer.connection) shared?.flush()
        connection.close()
        leave()
      }
    },
  }
}
