// read, write, close: all or nothing, one view, serial decisions.
import { AsyncLocalStorage } from 'node:async_hooks'
import { expect } from 'vitest'
import type { Tx } from '../../../src/ports/store.ts'
import { atOnce } from '../at-once.ts'
import { direct, group, id, membership, NOW, person, tenancy } from '../rows.ts'
import { seed } from '../traffic-rows.ts'
import type { Promises } from './promise.ts'

export const transactionPromises: Promises = (promise) => {
  promise('a write that throws leaves nothing, and its own error comes out', async (store) => {
    const refused = new Error('no, after all')
    const work = store.write(async (tx) => {
      await tx.tenancies.put(tenancy('acme'))
      throw refused
    })
    await expect(work).rejects.toBe(refused)
    expect(await store.read((tx) => tx.tenancies.list(undefined))).toEqual([])
  })
  promise('a write whose statement failed leaves nothing, even if it looks away', async (store) => {
    await seed(store)
    const work = store.write(async (tx) => {
      await tx.tenancies.put(tenancy('half'))
      await tx.memberships.put(membership('nobody', 'nothing', direct)).catch(() => {})
    })
    await expect(work).rejects.toThrow()
    expect(await store.read((tx) => tx.tenancies.byName(undefined, 'half'))).toBeUndefined()
  })
  promise(
    'a write that need not be on the disk at once is as whole as any, and seen by whoever comes next',
    async (store) => {
      const refused = store.write(async (tx) => {
        await tx.tenancies.put(tenancy('half'))
        throw new Error('no, after all')
      }, 'soon')
      await expect(refused).rejects.toThrow('no, after all')
      const names = ['a', 'b', 'c', 'd'] as const
      await Promise.all(
        names.map((name, n) => store.write((tx) => tx.tenancies.put(tenancy(name)), n % 2 === 0 ? 'soon' : 'first')),
      )
      const there = await store.read((tx) => tx.tenancies.list(undefined))
      expect(there.map((t) => t.name)).toEqual(names)
    },
  )
  promise('a write inside a read is refused, and the store goes on', async (store) => {
    await expect(store.read((tx) => tx.tenancies.put(tenancy('acme')))).rejects.toThrow(/use `store.write`/)
    await expect(store.read((tx) => tx.throttles.fail('key', NOW, 60))).rejects.toThrow(/use `store.write`/)
    await store.write((tx) => tx.tenancies.put(tenancy('acme')))
    expect(await store.read((tx) => tx.tenancies.list(undefined))).toHaveLength(1)
  })
  promise('a read sees one view, whatever is written meanwhile', async (store) => {
    await seed(store)
    const elsewhere = AsyncLocalStorage.snapshot() // another request, no part of the read below
    const [before, after] = await store.read(async (tx) => {
      const first = await tx.groups.list(id('default'))
      await elsewhere(() => store.write((inner) => inner.groups.put(group('staff'))))
      return [first, await tx.groups.list(id('default'))]
    })
    expect([before, after]).toEqual([[], []])
    expect(await store.read((tx) => tx.groups.list(id('default')))).toHaveLength(1)
  })
  promise('a write sees its own changes, and the next read sees them too', async (store) => {
    const seen = await store.write(async (tx) => {
      await tx.tenancies.put(tenancy('acme'))
      return tx.tenancies.byName(undefined, 'acme')
    })
    expect(seen).toEqual(tenancy('acme'))
    expect(await store.read((tx) => tx.tenancies.get(id('acme')))).toEqual(tenancy('acme'))
  })
  promise('a transaction inside another is refused instead of waiting for ever', async (store) => {
    const nested = store.write(() => store.read((tx) => tx.tenancies.list(undefined)))
    await expect(nested).rejects.toThrow(/inside another/)
    expect(await store.read((tx) => tx.tenancies.list(undefined))).toEqual([])
  })
  promise('a call that nobody awaited cannot slip into a later transaction', async (store) => {
    let leaked: Tx | undefined
    await store.write(async (tx) => {
      leaked = tx
    })
    await expect(leaked?.tenancies.put(tenancy('ghost'))).rejects.toThrow(/await every call/)
    expect(await store.read((tx) => tx.tenancies.list(undefined))).toEqual([])
  })
  promise('calls made at once inside one transaction are answered one by one, and fail as one', async (store) => {
    const warnings: string[] = []
    const note = (warning: Error) => warnings.push(warning.message)
    process.on('warning', note)
    await seed(store, 'ann', 'bob')
    const found = await store.read((tx) => Promise.all(['ann', 'bob', 'cas'].map((who) => tx.people.get(id(who)))))
    expect(found.map((row) => row?.username)).toEqual(['ann', 'bob', undefined])
    const broken = store.write((tx) =>
      Promise.all([
        tx.tenancies.put(tenancy('first')),
        tx.memberships.put(membership('nobody', 'nothing', direct)),
        tx.tenancies.put(tenancy('second')),
      ]),
    )
    await expect(broken).rejects.toThrow(/foreign key/i)
    expect((await store.read((tx) => tx.tenancies.list(undefined))).map(({ name }) => name)).toEqual(['acme'])
    process.off('warning', note)
    expect(warnings).toEqual([])
  })
  promise('A13: two decisions about what they read do not pass each other', async (store) => {
    await seed(store, 'ann', 'bob')
    const admins = async (tx: Tx) => tx.memberships.ofGroup(id('admins'))
    await store.write(async (tx) => {
      await tx.groups.put(group('admins'))
      for (const who of ['ann', 'bob']) await tx.memberships.put(membership(who, 'admins', direct))
    })
    const leave = (who: string) =>
      store.write(async (tx) => {
        if ((await admins(tx)).length < 2) return false
        return tx.memberships.remove(id(who), id('admins'), 'direct')
      })
    const left = await Promise.all([leave('ann'), leave('bob')])
    expect(left.filter(Boolean)).toHaveLength(1)
    expect(await store.read(admins)).toHaveLength(1)
  })
  promise('twenty writers of the same row all succeed, one after another', async (store) => {
    await seed(store)
    const revisions = await atOnce(20, () => store.write((tx) => tx.tenancies.bumpRevision(id('acme'))))
    expect(revisions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  })
  promise('of twenty people who want one user name at once, one gets it', async (store) => {
    await seed(store)
    const answers = await atOnce(20, (index) =>
      store.write((tx) => tx.people.put(person('Ann', { id: id(`p${index}`), handle: `h${index}` }))),
    )
    expect(answers.filter((answer) => answer === 'ok')).toHaveLength(1)
    expect(answers.filter((answer) => answer === 'name-taken')).toHaveLength(19)
  })
  promise('a closed store says so', async (store) => {
    await store.close()
    await expect(store.read((tx) => tx.tenancies.list(undefined))).rejects.toThrow(/store is closed/)
  })
}
