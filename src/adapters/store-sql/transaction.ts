// One transaction over one connection, the same for both engines: what dooms it, when it is over, and that none begins
// inside another. Knows no SQL; how to connect, begin, commit and undo is handed in.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Tx } from '../../ports/store.ts'
import { type Db, type Engine, kyselyOver, type Rows, type Run } from './dialect.ts'
import { fromColumn, toColumn } from './text.ts'
import { txOf } from './tx.ts'

/** A connection that belongs to this transaction alone until it is released. */
export type Connection = {
  readonly run: Run
  begin(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
  /** The engine has ended the transaction by itself: what follows would stand outside it. */
  lost?(): boolean
  /** `broken`: it failed in a way after which nothing should trust it. */
  release(broken: boolean): void
}
export type Work<T> = (tx: Tx, db: Db) => Promise<T>
/**
 * `stage`: where the database failed; `undefined` if the work itself did. Nothing is stored, save that a connection lost
 * during `commit` leaves the question open.
 */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown; readonly stage: 'begin' | 'work' | 'commit' | undefined }
/** `shared`: several reads in one transaction. A statement that failed dooms nothing but itself. */
export type Options = { readonly shared: boolean }
export type Transactions = {
  readonly transact: <T>(connect: () => Promise<Connection>, work: Work<T>, options?: Options) => Promise<Outcome<T>>
  /** Throws inside a transaction: another would wait for the connection that this one holds, for ever. */
  readonly refuseInside: () => void
}

/** `last`: the statement that was asked for last, settled either way. */
type State = {
  open: boolean
  last: Promise<unknown>
  readonly dooms: () => boolean // a statement that fails now
  fault?: { readonly error: unknown }
}

/** One statement of a transaction: refused when that is over, and after the first that failed. */
const guardedRun = async (run: Run, state: State, text: string, parameters: readonly unknown[]): Promise<Rows> => {
  // Without this, a call on `tx` that nobody awaited would run inside whichever transaction comes next.
  if (!state.open) throw new Error('a statement came after its transaction was over: await every call on `tx`')
  if (state.fault) throw state.fault.error
  try {
    const { rows, changes } = await run(text, parameters.map(toColumn))
    for (const row of rows) for (const column in row) row[column] = fromColumn(row[column])
    return { rows, changes }
  } catch (error) {
    // work that swallows this error must not commit the other half (PostgreSQL agrees by itself)
    if (state.dooms()) state.fault = { error }
    throw error
  }
}

/** Work may ask for several things at once; a connection answers one after another. SQLite answers before it returns. */
const inTurn = (engine: Engine, run: Run, state: State): Run => {
  if (engine === 'sqlite') return (text, parameters) => guardedRun(run, state, text, parameters)
  return (text, parameters) => {
    const answer = state.last.then(() => guardedRun(run, state, text, parameters))
    state.last = answer.catch(() => {})
    return answer
  }
}

/** False if the connection would not even roll back: the engine did so already, or nobody is there any more. */
const undo = async (connection: Connection): Promise<boolean> => {
  try {
    await connection.rollback()
    return true
  } catch {
    return false
  }
}

export const transactions = (engine: Engine): Transactions => {
  const current = new AsyncLocalStorage<State>()

  const attempt = async <T>(connection: Connection, state: State, work: Work<T>): Promise<Outcome<T>> => {
    const db = kyselyOver(engine, inTurn(engine, connection.run, state))
    let outcome: Outcome<T>
    try {
      outcome = {
        ok: true,
        value: await current.run(state, () => work(txOf(db, engine), db)),
      }
    } catch (error) {
      outcome = { ok: false, error, stage: undefined }
    }
    state.open = false
    await state.last // one that nobody awaited may still be under way; those behind it are refused
    return state.fault ? { ok: false, error: state.fault.error, stage: 'work' } : outcome
  }

  const run = async <T>(connection: Connection, work: Work<T>, { shared }: Options): Promise<Outcome<T>> => {
    try {
      await connection.begin()
    } catch (error) {
      connection.release(true)
      return { ok: false, error, stage: 'begin' }
    }
    const dooms = (): boolean => !shared || connection.lost?.() === true
    const outcome = await attempt(connection, { open: true, last: Promise.resolve(), dooms }, work)
    if (!outcome.ok) {
      connection.release(!(await undo(connection)))
      return outcome
    }
    try {
      await connection.commit()
    } catch (error) {
      connection.release(!(await undo(connection)))
      return { ok: false, error, stage: 'commit' }
    }
    connection.release(false)
    return outcome
  }

  const refuseInside = (): void => {
    if (current.getStore()?.open) throw new Error('a transaction was begun inside another: pass `tx` along instead')
  }
  const transact = async <T>(
    connect: () => Promise<Connection>,
    work: Work<T>,
    options: Options = { shared: false },
  ): Promise<Outcome<T>> => {
    refuseInside()
    let connection: Connection
    try {
      connection = await connect()
    } catch (error) {
      return { ok: false, error, stage: 'begin' }
    }
    return run(connection, work, options)
  }
  return { transact, refuseInside }
}
