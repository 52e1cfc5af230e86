// The store of several nodes: PostgreSQL 15 or later. Writes are SERIALIZABLE, because flows decide by what they read
// ("another administrator remains") and two such decisions must not pass each other; what that costs is being run again.
// Reads are one snapshot and cannot write. https://www.postgresql.org/docs/15/transaction-iso.html
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import type { Store } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import type { Run } from './dialect.ts'
import { schemaFault, schemaState } from './migrate.ts'
import { isConflict, isDuplicate, isLost, isReadOnly, isUnsent, placeOf, postgresProblem } from './postgres-problem.ts'
import { sweepWith } from './sweep.ts'
import { type Connection, type Outcome, transactions, type Work } from './transaction.ts'

const CONNECTING_WAITS_MS = 10_000
const STATEMENT_WAITS_MS = 30_000
const CONFLICTS_WAIT_MS = 15_000
const MORE_TRIES = 3 // after a lost connection or a duplicate key; conflicts are retried until their time is up

export type PostgresPlace = { readonly url: string; readonly poolSize?: number }

/** `bigint` columns hold epoch milliseconds and counters: below 2^53 until the year 287396. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text'),
}

export const runOver =
  (client: pg.ClientBase): Run =>
  async (text, parameters) => {
    const { rows, rowCount } = await client.query<Record<string, unknown>>(text, [...parameters])
    return { rows, changes: rowCount ?? 0 }
  }

// A sequential scan locks its whole table against other serialisable writers (§13.2.3), and the planner loves them while
// tables are small. Every statement of ours has an index. JIT compiles for costs that this setting only pretends.
const settings = `; set local enable_seqscan = off; set local jit = off;
  set local idle_in_transaction_session_timeout = '60s'`
const begins = {
  write: `begin isolation level serializable${settings}`,
  'write, flush soon': `begin isolation level serializable${settings}; set local synchronous_commit = off`,
  read: `begin isolation level repeatable read read only${settings}`,
}
type Mode = keyof typeof begins

/** What an error says about the connection it came through: nothing more should be sent on these. */
const spoils = (error: unknown, mode: Mode): boolean => isLost(error) || (mode !== 'read' && isReadOnly(error)) // a standby: the pool must look for the primary again

const takeClient = async (pool: pg.Pool, mode: Mode): Promise<Connection> => {
  const client = await pool.connect()
  const ask = runOver(client)
  let spoilt = false
  const noting = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer
    } catch (error) {
      spoilt ||= spoils(error, mode)
      throw error
    }
  }
  return {
    run: (text, parameters) => noting(ask(text, parameters)),
    begin: async () => {
      await noting(client.query(begins[mode]))
    },
    commit: async () => {
      await noting(client.query('commit'))
    },
    rollback: async () => {
      if (!spoilt) await noting(client.query('rollback'))
    },
    release: (broken) => client.release(broken || spoilt),
  }
}

/** Milliseconds to wait before another try, or undefined if there is none. */
const pauseBefore = (outcome: Outcome<unknown>, tries: number, elapsedMs: number): number | undefined => {
  if (outcome.ok || outcome.stage === undefined) return undefined
  // Random, and growing: those that collided must not meet again.
  if (isConflict(outcome.error)) {
    return elapsedMs < CONFLICTS_WAIT_MS ? Math.random() * Math.min(2 ** tries, 100) : undefined
  }
  if (tries >= MORE_TRIES) return undefined
  if (isDuplicate(outcome.error)) return Math.random() * 10
  // Not after `commit` was sent: it may have been heard, and the change would be made twice.
  return isLost(outcome.error) && (outcome.stage !== 'commit' || isUnsent(outcome.error)) ? 20 * 2 ** tries : undefined
}

const openPool = ({ url, poolSize }: PostgresPlace): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize ?? 10,
    connectionTimeoutMillis: CONNECTING_WAITS_MS,
    query_timeout: STATEMENT_WAITS_MS,
    keepAlive: true,
    application_name: 'gwanmun',
    types,
  })
  // A server that goes away tells idle connections so; unheard, that event would end the process. Whoever uses the
  // connection next gets the error from the statement itself.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** Connects once, so that a wrong address is told at start; does not migrate. */
export const openPostgres = async (given: PostgresPlace): Promise<Store> => {
  const place = placeOf(given.url)
  const pool = openPool(given)
  const { transact } = transactions('postgres')
  let closed = false
  let known = false

  const connect = (mode: Mode) => async (): Promise<Connection> => {
    if (closed) throw new Error('the store is closed')
    return takeClient(pool, mode)
  }
  const within = async <T>(mode: Mode, work: Work<T>): Promise<T> => {
    const start = performance.now()
    for (let tries = 0; ; tries += 1) {
      const outcome = await transact(connect(mode), work)
      if (outcome.ok) return outcome.value
      const pause = pauseBefore(outcome, tries, performance.now() - start)
      if (pause === undefined) throw refusal(outcome, mode)
      await wait(pause)
    }
  }
  const refusal = ({ error, stage }: Extract<Outcome<unknown>, { ok: false }>, mode: Mode): unknown => {
    if (stage === undefined) return error
    if (mode === 'read' && isReadOnly(error)) {
      return new Error('a write was tried inside a read: use `store.write`', { cause: error })
    }
    return postgresProblem(error, place, stage)
  }

  try {
    ;(await pool.connect()).release()
  } catch (error) {
    await pool.end()
    throw postgresProblem(error, place, 'begin')
  }
  return {
    read: (work) => within('read', work),
    write: (work, flush) => within(flush === 'soon' ? 'write, flush soon' : 'write', work),
    // Once it was right it is not asked again: a later release may expand the schema under a running node.
    ready: async () => {
      const state = await within('read', (_, db) => schemaState(db, 'postgres'))
      const fault = known ? undefined : schemaFault(state, place)
      if (fault) throw new Problem('storage-unavailable', fault)
      known = true
    },
    sweep: (now) => sweepWith((work) => within('write', (_, db) => work(db)), 'postgres', now),
    close: async () => {
      if (closed) return
      closed = true
      await pool.end()
    },
  }
}
