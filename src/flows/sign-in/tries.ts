// Counting tries. A try is counted before it is judged and forgiven after success, so that a hundred parallel guesses are a hundred
// tries, not one. Counters are rows: every node sees them. Never a permanent lock (ASVS 6.3.1): waiting doubles up to a limit.
import { waitMs } from '../../core/assurance/password-policy.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store, Tx } from '../../ports/store.ts'

export type Counter = { readonly key: string; readonly freeTries: number; readonly maxWaitSeconds: number }

/** Counters start anew after a quiet day. */
const WINDOW_SECONDS = 86_400

export type Tries = {
  /** Counts one try on every counter, or counts nothing and says how long to wait. */
  readonly take: (counters: readonly Counter[]) => Promise<{ readonly waitSeconds: number } | undefined>
  readonly forgive: (tx: Tx, counters: readonly Counter[]) => Promise<void>
}

type Deps = { readonly store: Store; readonly clock: Clock }

export const tries = ({ store, clock }: Deps): Tries => ({
  take: (counters) =>
    store.write(async (tx) => {
      const now = clock()
      let wait = 0
      for (const counter of counters) {
        const held = await tx.throttles.get(counter.key)
        if (held) wait = Math.max(wait, waitMs(counter, held.failures, held.lastAt, now))
      }
      if (wait > 0) return { waitSeconds: Math.ceil(wait / 1000) }
      for (const counter of counters) await tx.throttles.fail(counter.key, now, WINDOW_SECONDS)
      return undefined
    }),
  forgive: async (tx, counters) => {
    for (const counter of counters) await tx.throttles.clear(counter.key)
  },
})
