// How a promise is checked: against a store of its own, which is closed whatever happens.
import { test } from 'vitest'
import type { Store } from '../../../src/ports/store.ts'

export type Check = (store: Store) => Promise<void>
export type Promises = (promise: (name: string, check: Check) => void) => void

/** A skip must say why, and the reason is printed. */
export const promiseOf =
  (open: () => Promise<Store>, skip: Readonly<Record<string, string>>) =>
  (name: string, check: Check): void => {
    const reason = skip[name]
    test.skipIf(reason !== undefined)(reason === undefined ? name : `${name} (skipped: ${reason})`, async () => {
      const store = await open()
      try {
        await check(store)
      } finally {
        await store.close()
      }
    })
  }
