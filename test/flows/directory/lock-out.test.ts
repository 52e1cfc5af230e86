// A13: whatever is written through the guarded store, somebody who can sign in goes on to administer. Each dangerous write is refused with
// its reason and leaves nothing behind; its harmless sibling passes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { workingAdministrators } from '../../../src/flows/directory/administrators.ts'
import { guardedStore } from '../../../src/flows/directory/lock-out.ts'
import type { Store, Tx } from '../../../src/ports/store.ts'
import { noPostgres, postgresUrl, testPostgres, testStore } from '../../stores/open-test-store.ts'
import { corp, dangerous, given, harmless, key, person, type Scene, sceneIn, type Write } from './lock-out-cases.ts'

const suite = (open: () => Promise<Store>): void => {
  let store: Store
  let s: Scene
  const rolledBack = Symbol('rolled back')
  beforeAll(async () => {
    store = await open()
    s = await sceneIn(store)
    await store.write((tx) => tx.keys.add(key('first', 'active', s.domainId)))
  })
  afterAll(() => store.close())

  /** Everything happens in one transaction that is undone at the end: each row starts from the same scene. */
  const attempt = async (preparation: readonly Write[], write: Write): Promise<unknown> => {
    let refused: unknown
    await store
      .write(async (tx) => {
        refused = undefined
        for (const step of preparation) await step(tx, s)
        const inside = { ...store, write: <T>(work: (t: Tx) => Promise<T>) => work(tx) } as Store
        await guardedStore(inside, s.h.deps.clock)
          .write((t) => write(t, s))
          .catch((thrown: unknown) => {
            refused = thrown
          })
        throw rolledBack
      })
      .catch((thrown: unknown) => {
        if (thrown !== rolledBack) throw thrown
      })
    return refused
  }

  test.for(dangerous)('A13 refused: %s (%s)', async ([, before, write]) => {
    expect(await attempt(given[before], write)).toMatchObject({
      slug: 'not-permitted',
      reason: 'last-administrator',
      detail: expect.stringMatching(/without an administrator who can sign in: .* could until now; give somebody else/),
    })
  })
  test.for(harmless)('A13 accepted: %s (%s)', async ([, before, write]) => {
    expect(await attempt(given[before], write)).toBeUndefined()
  })

  test('A13: a refused write leaves nothing behind', async () => {
    const write = s.guarded.write(async (tx) => {
      await person('local', { status: 'disabled' })(tx, s)
      await corp({ enabled: false })(tx, s)
    })
    await expect(write).rejects.toMatchObject({ reason: 'last-administrator' })
    const names = await store.read((tx) => workingAdministrators(tx, s.h.tenancyId(), s.h.deps.clock()))
    expect(names.map((p) => p.username).sort()).toEqual(['federated', 'local'])
  })
  test('A13: of two concurrent writes that each pass alone, not both pass', async () => {
    const both = await Promise.allSettled([
      s.guarded.write((tx) => person('local', { status: 'disabled' })(tx, s)),
      s.guarded.write((tx) => corp({ enabled: false })(tx, s)),
    ])
    expect(both.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(both.find((r) => r.status === 'rejected')).toMatchObject({ reason: { reason: 'last-administrator' } })
  })
  test('A13: a tenancy that had no working administrator anyway can be written, and repaired', async () => {
    await store.write(async (tx) => {
      await person('local', { status: 'disabled' })(tx, s)
      await corp({ enabled: false })(tx, s)
    })
    await s.guarded.write((tx) => person('colleague', { status: 'disabled' })(tx, s))
    await s.guarded.write((tx) => person('local', { status: 'active' })(tx, s))
    await expect(s.guarded.write((tx) => person('local', { status: 'locked' })(tx, s))).rejects.toMatchObject({
      reason: 'last-administrator',
    })
  })
}

describe('SQLite', () => suite(testStore))
describe.skipIf(postgresUrl === undefined)(
  postgresUrl === undefined ? `PostgreSQL (skipped: ${noPostgres})` : 'PostgreSQL',
  () => suite(testPostgres),
)
