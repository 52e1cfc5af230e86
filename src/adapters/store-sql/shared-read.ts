// Reads that come together share one snapshot and one `tx`. It is taken after all of them were asked for, so each sees whatever was
// committed before it; one that fails fails alone. Nobody waits for a clock: the snapshot is taken as soon as the event loop has looked at
// every socket that was ready, or, for what those ask next who have just been answered, as soon as all of them had a chance to.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { View } from '../../ports/store.ts'
import type { Outcome, Work } from './transaction.ts'
import type { Turn } from './turn.ts'

/** More would hold a snapshot, and with it the write-ahead log, for too long. */
const MOST = 500

type Waiting = {
  readonly work: Work<unknown>
  readonly done: (value: unknown) => void
  readonly failed: (cause: unknown) => void
}

/** Until everything is settled that waits for nothing outside of this process. */
const settled = (): Promise<void> => new Promise((done) => process.nextTick(done))

/**
 * `transact`: one transaction for all of it, in which a statement that fails dooms nothing else. `writes`: how many this process has
 * committed until now.
 */
export const sharedReads = (
  turn: Turn,
  transact: (work: Work<void>) => Promise<Outcome<void>>,
  writes: () => number = () => 0,
) => {
  let waiting: Waiting[] = []
  /** Begins a work in the snapshot that is open; false: it must have a newer one. */
  let joins: (one: Waiting) => boolean = () => false

  const together = async (batch: readonly Waiting[]): Promise<void> => {
    const all: Waiting[] = []
    const seen = writes() // before the snapshot is taken
    let looked = (): void => undefined
    const outcome = await transact(async (tx, db) => {
      looked = turn.looking() // not before: whoever waits for a connection is in nobody's way
      const inside = AsyncLocalStorage.snapshot() // whoever joins is within this transaction, too
      const pending = new Set<Promise<void>>()
      const begin = (one: Waiting): void => {
        all.push(one)
        const { work, done, failed } = one
        const under: Promise<void> = startOf(work)(tx, db)
          .then(done, failed)
          .finally(() => pending.delete(under))
        pending.add(under)
      }
      for (const one of batch) begin(one)
      // As long as the event loop has not looked at a socket nobody can know of anything newer, save of a write of this process: so whoever
      // was answered may ask on.
      const mine: typeof joins = (one) => {
        if (all.length >= MOST || seen !== writes()) return false
        inside(() => begin(one))
        return true
      }
      joins = mine
      for (let before = 0; all.length > before; ) {
        before = all.length
        await settled()
        if (pending.size > 0) break // on something outside
      }
      if (pending.size > 0) looked()
      if (joins === mine) joins = () => false
      await Promise.all(pending)
    })
    looked()
    // Whoever has an answer by now does not hear of it.
    if (!outcome.ok) for (const { failed } of all.length > 0 ? all : batch) failed(outcome.error)
  }
  const start = (): void => {
    const all = waiting
    waiting = []
    turn.answering()
    for (let from = 0; from < all.length; from += MOST) void together(all.slice(from, from + MOST))
  }
  return <T>(work: Work<T>, view: View = 'newest'): Promise<T> =>
    new Promise<T>((done, failed) => {
      const one: Waiting = { work, done: done as (value: unknown) => void, failed }
      if (view === 'at hand' && joins(one)) return
      if (waiting.length === 0) turn.whenAllHaveCome(start)
      waiting.push(one)
    })
}

/** Work that throws before it has a promise must not keep the others from starting. */
const startOf =
  (work: Work<unknown>): Work<unknown> =>
  async (tx, db) =>
    work(tx, db)
