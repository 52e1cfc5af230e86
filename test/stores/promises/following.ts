// What changed since a revision: every change once, in order, or the plain admission that it is no longer known.
import { expect } from 'vitest'
import type { Change, Store } from '../../../src/ports/store.ts'
import { atOnce } from '../at-once.ts'
import { id, tenancy } from '../rows.ts'
import { seed } from '../traffic-rows.ts'
import type { Promises } from './promise.ts'

const bump = (store: Store, change?: Change) => store.write((tx) => tx.tenancies.bumpRevision(id('acme'), change))
const since = (store: Store, revision: number, name = 'acme') =>
  store.read((tx) => tx.tenancies.changesSince(id(name), revision))
const policyChange = (name: string): Change => ({ noun: 'policy', id: name })

export const followingPromises: Promises = (promise) => {
  promise('changes come in the order of their revisions, those after the one that is known', async (store) => {
    await seed(store)
    const group: Change = { noun: 'group', id: '직원' }
    expect([await bump(store, policyChange('p')), await bump(store, group)]).toEqual([1, 2])
    expect(await since(store, 0)).toEqual([policyChange('p'), group])
    expect(await since(store, 1)).toEqual([group])
    expect(await since(store, 2)).toEqual([])
    expect(await since(store, 3)).toBeUndefined() // a future that this store does not know
    expect(await since(store, 0, 'none')).toBeUndefined()
  })
  promise('a bump that does not say what changed is a gap: everything must be read anew', async (store) => {
    await seed(store)
    await bump(store, policyChange('a'))
    await bump(store)
    await bump(store, policyChange('b'))
    expect(await since(store, 0)).toBeUndefined()
    expect(await since(store, 1)).toBeUndefined()
    expect(await since(store, 2)).toEqual([policyChange('b')])
    await store.write((tx) => tx.tenancies.put(tenancy('acme', { revision: 9 }))) // restored from elsewhere, say
    expect(await since(store, 2)).toBeUndefined()
    expect(await since(store, 9)).toEqual([])
  })
  promise('a write that fails leaves neither a revision nor a change', async (store) => {
    await seed(store)
    const work = store.write(async (tx) => {
      await tx.tenancies.bumpRevision(id('acme'), policyChange('p'))
      throw new Error('no, after all')
    })
    await expect(work).rejects.toThrow(/after all/)
    expect(await since(store, 0)).toEqual([])
  })
  promise(
    'of many writers at once each gets a revision of its own, and none of their changes is lost',
    async (store) => {
      await seed(store)
      const revisions = await atOnce(20, (index) => bump(store, policyChange(`p${index}`)))
      const changes = await since(store, 0)
      expect(changes).toHaveLength(20)
      revisions.forEach((revision, index) => {
        expect(changes?.[revision - 1]).toEqual(policyChange(`p${index}`))
      })
    },
  )
  promise('what lies a thousand revisions back is forgotten, and said to be', async (store) => {
    await seed(store)
    await store.write(async (tx) => {
      for (let n = 1; n <= 1005; n += 1) await tx.tenancies.bumpRevision(id('acme'), policyChange(`p${n}`))
    })
    expect(await since(store, 4)).toBeUndefined()
    const known = await since(store, 5)
    expect([known?.length, known?.[0], known?.at(-1)]).toEqual([1000, policyChange('p6'), policyChange('p1005')])
  })
}
