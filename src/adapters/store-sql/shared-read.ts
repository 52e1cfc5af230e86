// Reads that come together share one snapshot and one `tx`. It is taken after all of them were asked for, so each sees whatever was
// committed before it; one that fails fails alone. Nobody waits for a clock: the snapshot is taken as soon as the event loop has looked at
// every socket that was ready, or, for what those ask next who have just been answered, as soon as all of them had a chance to.
import type { Outcome, Work } from './transaction.ts'
import type { Turn } from './turn.ts'

/** More would hold a snapshot, and with it the write-ahead log, for too long. */
const MOST = 500

type Waiting = {
  readonly work: Work<unknown>
  readonly done: (value: unknown) => void
  readonly failed: (cause: unknown) => void
}

/** `transact`: one transaction for all of it, in which a statement that fails dooms nothing else. */
export const sharedReads = (turn: Turn, transact: (work: Work<void>) => Promise<Outcome<void>>) => {
  let waiting: Waiting[] = []

  const together = async (batch: readonly Waiting[]): Promise<void> => {
    const outcome = await transact(async (tx, db) => {
      await Promise.all(batch.map(({ work, done, failed }) => startOf(work)(tx, db).then(done, failed)))
    })
    // Whoever has an answer by now does not hear of it.
    if (!outcome.ok) for (const { failed } of batch) failed(outcome.error)
  }
  const start = (): void => {
    const all = waiting
    waiting = []
    turn.answering()
    for (let from = 0; from < all.length; from += MOST) void together(all.slice(from, from + MOST))
  }
  return <T>(work: Work<T>): Promise<T> =>
    new Promise<T>((done, failed) => {
      if (waiting.length === 0) turn.whenAllHaveCome(start)
      waiting.push({ work, done: done as (value: unknown) => void, failed })
    })
}

/** Work that throws before it has a promise must not keep the others from starting. */
const startOf =
  (work: Work<unknown>): Work<unknown> =>
  async (tx, db) =>
    work(tx, db)
