// How a promise is checked: against a store of its own, which is closed whatever happens.
import { test } from 'vitest'
import type { Store } from '../../../src/ports/store.ts'

export type Check = (store: Store) => Promise<void>
export type Promises = (promise: (name: string, check: Check) => void) => void

/** All answers of the same call made many times at once. */
export const atOnce = <T>(times: number, call: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: times }, (_, index) => call(index)))

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
