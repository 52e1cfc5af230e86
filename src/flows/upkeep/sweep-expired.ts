// Rows whose time has passed go away. The store knows which; this knows only when.
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'

type Deps = { readonly store: Pick<Store, 'sweep'>; readonly clock: Clock }

/** How many rows went. */
export type SweepExpired = () => Promise<number>
export const sweepExpired =
  ({ store, clock }: Deps): SweepExpired =>
  () =>
    store.sweep(clock())
