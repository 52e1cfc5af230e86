// What every noun that administrators define promises, whichever it is.
import { expect } from 'vitest'
import type { Nouns, Store, Tx } from '../../../src/ports/store.ts'

type Named = { readonly id: string; readonly name: string }
/** What every noun promises: `make` gives a row of a name; `rename` the same row under another. */
export const nounPromises = async <T extends Named, I extends T['id'], Scope>(
  store: Store,
  of: (tx: Tx) => Nouns<T, I, Scope>,
  scope: Scope,
  make: (name: string) => T,
): Promise<void> => {
  const [zeta, alpha] = [make('Zeta'), make('alpha')]
  const put = (row: T) => store.write((tx) => of(tx).put(row))
  const list = async () => (await store.read((tx) => of(tx).list(scope))).map(({ name }) => name)
  const before = await list()
  expect([await put(zeta), await put(alpha)]).toEqual(['ok', 'ok'])
  expect(await store.read((tx) => of(tx).get(zeta.id as I))).toEqual(zeta)
  expect(await store.read((tx) => of(tx).byName(scope, 'ZETA'))).toEqual(zeta)
  expect((await list()).filter((name) => !before.includes(name))).toEqual(['alpha', 'Zeta'])
  // Taken, without case, by another; free for oneself.
  expect(await put({ ...make('other'), name: 'ALPHA' })).toBe('name-taken')
  expect(await put({ ...alpha, name: 'Alpha' })).toBe('ok')
  expect(await put({ ...alpha, name: 'omega' })).toBe('ok')
  expect(await store.read((tx) => of(tx).byName(scope, 'alpha'))).toBeUndefined()
  expect(await put(make('alpha2'))).toBe('ok')
  const remove = () => store.write((tx) => of(tx).remove(alpha.id as I))
  expect([await remove(), await remove()]).toEqual([true, false])
  expect(await store.read((tx) => of(tx).get(alpha.id as I))).toBeUndefined()
}
