// Writes that come together share one flush to the disk. Each is a savepoint of its own: it fails alone, sees what those before it did,
// and is acknowledged only when all of them are committed. Nobody outside sees any of them before. https://sqlite.org/lang_savepoint.html
import type { Flush } from '../../ports/store.ts'
import type { SqliteConnection, turnstile } from './sqlite-connection.ts'
import type { Connection } from './transaction.ts'
import type { Turn } from './turn.ts'

type Lane = { readonly connection: SqliteConnection; readonly gate: ReturnType<typeof turnstile> }
type Batch = {
  readonly flush: Flush
  readonly committed: Promise<void>
  readonly kept: () => void
  readonly lost: (cause: unknown) => void
}

const newBatch = (flush: Flush): Batch => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  promise.catch(() => {}) // whoever waits for it is told; it may be that all of them had failed by themselves
  return { flush, committed: promise, kept: resolve, lost: reject }
}

/** `begin` takes the write lock. */
export const sharedCommits = (
  { connection, gate }: Lane,
  turn: Turn,
  begin: (connection: SqliteConnection) => Promise<void>,
) => {
  let current: Batch | undefined
  let flushing: Flush = 'first' // as the connection was opened

  /** It can be said between transactions only. https://sqlite.org/pragma.html#pragma_synchronous */
  const flushingAs = (wanted: Flush): void => {
    if (flushing === wanted) return
    connection.exec(`pragma synchronous = ${wanted === 'first' ? 'full' : 'normal'}`)
    flushing = wanted
  }
  const flush = (): void => {
    const batch = current
    if (!batch) return
    current = undefined
    try {
      connection.exec('commit')
      turn.answering()
      batch.kept()
    } catch (error) {
      batch.lost(error)
      if (connection.inTransaction()) connection.exec('rollback')
    }
  }
  const close = async (batch: Batch): Promise<void> => {
    await turn.looked() // the log can begin anew only when nobody reads in it
    const leave = await gate.enter()
    try {
      if (batch === current) flush()
    } finally {
      leave()
    }
  }
  /** The first one begins; those that come until the turn is over share. */
  const join = async (wanted: Flush): Promise<Batch> => {
    if (current && (wanted === 'soon' || current.flush === 'first')) return current
    flush()
    flushingAs(wanted)
    await begin(connection)
    const batch = newBatch(wanted)
    current = batch
    turn.whenAllHaveCome(() => void close(batch))
    return batch
  }
  /** A full disk, say, ends the whole transaction and with it everyone who shared it. */
  const ifAllIsLost = (batch: Batch, cause: unknown): void => {
    if (connection.inTransaction()) return
    if (batch === current) current = undefined
    batch.lost(cause)
  }

  const connect = async (wanted: Flush): Promise<Connection> => {
    const leave = await gate.enter()
    let batch: Batch | undefined
    let released = false // what happens to the connection from here on is others' business
    return {
      run: async (text, parameters) => {
        try {
          return await connection.run(text, parameters)
        } catch (error) {
          if (batch) ifAllIsLost(batch, error)
          throw error
        }
      },
      begin: async () => {
        batch = await join(wanted)
        connection.exec('savepoint one')
      },
      commit: async () => {
        connection.exec('release one')
        released = true
        leave()
        await batch?.committed
      },
      rollback: async () => {
        if (!released && connection.inTransaction()) connection.exec('rollback to one; release one')
      },
      release: () => {
        if (!released) leave()
      },
    }
  }
  return { connect, flush }
}
