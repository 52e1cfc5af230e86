// Counting guesses at user codes, per address (RFC 8628 §5.1). A try is counted before it is judged and forgiven when the code was right; a wrong
// one is also kept on a counter that nothing forgives, because a code of one's own is to be had for the asking.
import { waitMs } from '../../core/assurance/password-policy.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'

const RULE = { freeTries: 10, maxWaitSeconds: 300 }
const WINDOW_SECONDS = 86_400

export type DeviceTries = {
  /** Undefined: go on, it is counted. */
  readonly take: (address: string) => Promise<{ readonly waitSeconds: number } | undefined>
  readonly judged: (address: string, found: boolean) => Promise<void>
}

export const deviceTries = ({ store, clock }: { readonly store: Store; readonly clock: Clock }): DeviceTries => {
  const triesOf = (address: string): string => `device-code:tries:${address}`
  const missesOf = (address: string): string => `device-code:misses:${address}`
  return {
    take: (address) =>
      store.write(async (tx) => {
        const now = clock()
        let wait = 0
        for (const key of [triesOf(address), missesOf(address)]) {
          const held = await tx.throttles.get(key)
          if (held) wait = Math.max(wait, waitMs(RULE, held.failures, held.lastAt, now))
        }
        if (wait > 0) return { waitSeconds: Math.ceil(wait / 1000) }
        await tx.throttles.fail(triesOf(address), now, WINDOW_SECONDS)
        return undefined
      }),
    judged: (address, found) =>
      store.write(async (tx) => {
        if (found) await tx.throttles.clear(triesOf(address))
        else await tx.throttles.fail(missesOf(address), clock(), WINDOW_SECONDS)
      }),
  }
}
