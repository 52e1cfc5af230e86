// Registered resources, invitations and access requests: names, order, and who wins when several decide at once.
import { expect } from 'vitest'
import type { Store, Tx } from '../../../src/ports/store.ts'
import { accessRequest, invitation, resource } from '../access-rows.ts'
import { atOnce } from '../at-once.ts'
import { compartment, domain, group, id, NOW, person } from '../rows.ts'
import { seed } from '../traffic-rows.ts'
import type { Promises } from './promise.ts'

const withGroups = async (store: Store): Promise<void> => {
  await seed(store, 'ann', 'bob')
  await store.write(async (tx) => {
    for (const name of ['staff', 'ops']) await tx.groups.put(group(name))
  })
}
const ids = (rows: readonly { readonly id: string }[]): readonly string[] => rows.map((row) => row.id)

const resourcePromises: Promises = (promise) => {
  promise('T3: a resource is found by type and name without case, and its name is its own per type', async (store) => {
    await seed(store)
    const row = resource('database', 'Orders')
    const put = (one: typeof row) => store.write((tx) => tx.resources.put(one))
    const answers = [
      await put(row),
      await put({ ...resource('Database', 'ORDERS'), id: id('second') }),
      await put(resource('queue', 'orders')),
      await put({ ...row, tags: {} }),
      await put({ ...row, name: 'renamed', tags: {} }),
      await put({ ...resource('database', 'orders'), id: id('second') }),
    ]
    expect(answers).toEqual(['ok', 'name-taken', 'ok', 'ok', 'ok', 'ok'])
    const found = await store.read(async (tx) => [
      (await tx.resources.byName(id('acme'), 'DATABASE', 'Renamed'))?.id,
      (await tx.resources.byName(id('acme'), 'database', 'orders'))?.id,
      (await tx.resources.byName(id('other'), 'database', 'orders'))?.id,
      (await tx.resources.get(row.id))?.tags,
    ])
    expect(found).toEqual([row.id, 'second', undefined, {}])
    const remove = () => store.write((tx) => tx.resources.remove(row.id))
    expect([await remove(), await remove()]).toEqual([true, false])
  })
  promise('T3: resources come by type and name, in parts, of one type or compartment, and are moved', async (store) => {
    await seed(store)
    const rows = ['db/b', 'db/A', 'queue/b', 'queue/a', 'db/c'].map((name) => {
      const [type = '', own = ''] = name.split('/')
      return resource(type, own, { compartmentId: id(own === 'b' ? 'below' : 'root') })
    })
    await store.write(async (tx) => {
      await tx.compartments.put(compartment('below'))
      for (const row of rows) await tx.resources.put(row)
    })
    const walk = (scope: { type?: string; compartmentId?: never }, limit: number) =>
      store.read(async (tx) => {
        const all: string[] = []
        for (let after: { type: string; name: string } | undefined; ; ) {
          const page = await tx.resources.list(id('acme'), { ...scope, ...(after ? { after } : {}), limit })
          all.push(...ids(page))
          after = page.at(-1)
          if (page.length < limit) return all
        }
      })
    for (const limit of [1, 2, 9]) expect(await walk({}, limit)).toEqual(['db/A', 'db/b', 'db/c', 'queue/a', 'queue/b'])
    expect(await walk({ type: 'QUEUE' }, 1)).toEqual(['queue/a', 'queue/b'])
    expect(await walk({ compartmentId: id('below') as never }, 1)).toEqual(['db/b', 'queue/b'])
    const counts = () =>
      store.read(async (tx) => [
        await tx.resources.count(id('acme'), id('root')),
        await tx.resources.count(id('acme'), id('below')),
        await tx.resources.count(id('other'), id('below')),
      ])
    expect(await counts()).toEqual([3, 2, 0])
    await store.write((tx) => tx.resources.put(resource('db', 'b')))
    expect(await counts()).toEqual([4, 1, 0])
    await expect(store.write((tx) => tx.compartments.remove(id('below')))).rejects.toThrow()
  })
}

const invitationPromises: Promises = (promise) => {
  promise(
    'U10: one pending invitation per name; another when it is decided, and they come newest first',
    async (store) => {
      await withGroups(store)
      const first = invitation('ann@x')
      const second = invitation('Ann@X', { id: id('second'), createdAt: NOW + 1 })
      const add = (row: typeof first) => store.write((tx) => tx.invitations.add(row))
      expect([await add(first), await add(second)]).toEqual(['ok', 'name-taken'])
      const save = (row: typeof first) => store.write((tx) => tx.invitations.save(row))
      expect(await save({ ...first, status: 'revoked', decidedAt: NOW })).toBe('saved')
      expect(await add(second)).toBe('ok')
      expect(ids(await store.read((tx) => tx.invitations.ofTenancy(id('acme'))))).toEqual(['second', first.id])
      expect(await store.read((tx) => tx.invitations.ofTenancy(id('other')))).toEqual([])
    },
  )
  promise('E.1-46: only the newest link leads to an invitation', async (store) => {
    await withGroups(store)
    const row = invitation('ann')
    await store.write((tx) => tx.invitations.add(row))
    await store.write((tx) => tx.invitations.save({ ...row, tokenHash: 'newest', sentAt: NOW + 9 }))
    const found = await store.read(async (tx) => [
      await tx.invitations.byToken(row.tokenHash),
      await tx.invitations.byToken('NEWEST'),
      await tx.invitations.byToken('newest'),
    ])
    expect(found).toEqual([undefined, undefined, { ...row, tokenHash: 'newest', sentAt: NOW + 9, version: 1 }])
  })
  promise('U10: of an acceptance and a revocation at the same moment, one counts', async (store) => {
    await withGroups(store)
    const row = invitation('ann')
    await store.write((tx) => tx.invitations.add(row))
    const answers = await atOnce(10, (index) =>
      store.write((tx) => tx.invitations.save({ ...row, status: index % 2 === 0 ? 'accepted' : 'revoked' })),
    )
    expect(answers.filter((answer) => answer === 'saved')).toHaveLength(1)
    expect(await store.read((tx) => tx.invitations.get(row.id))).toMatchObject({ version: 1 })
  })
  promise('U10: of many who invite one address at once, one does; it goes with its domain', async (store) => {
    await withGroups(store)
    const answers = await atOnce(10, (index) =>
      store.write((tx) => tx.invitations.add(invitation('ann', { id: id(`i${index}`) }))),
    )
    expect(answers.filter((answer) => answer === 'ok')).toHaveLength(1)
    await store.write(async (tx) => {
      await tx.domains.put(domain('second'))
      await tx.invitations.add(invitation('bob', { domainId: id('second') }))
      await tx.domains.remove(id('default'))
    })
    expect((await store.read((tx) => tx.invitations.ofTenancy(id('acme')))).map(({ name }) => name)).toEqual(['bob'])
    const gone = await store.write((tx) => tx.invitations.remove(id('invitation of bob')))
    expect([gone, await store.write((tx) => tx.invitations.remove(id('invitation of bob')))]).toEqual([true, false])
  })
}

const requestPromises: Promises = (promise) => {
  promise('S2: one pending request per person and group; another when it is decided', async (store) => {
    await withGroups(store)
    const add = (name: string, who: string, where: string, createdAt = NOW) =>
      store.write((tx) => tx.accessRequests.add(accessRequest(name, who, where, { createdAt })))
    expect([
      await add('r1', 'ann', 'staff'),
      await add('r2', 'ann', 'staff'),
      await add('r3', 'ann', 'ops', NOW + 1),
      await add('r4', 'bob', 'staff', NOW + 2),
    ]).toEqual(['ok', 'duplicate', 'ok', 'ok'])
    const denied = {
      ...accessRequest('r1', 'ann', 'staff'),
      status: 'denied' as const,
      decidedBy: 'bob',
      decidedAt: NOW,
    }
    expect(await store.write((tx) => tx.accessRequests.save(denied))).toBe('saved')
    expect(await add('r5', 'ann', 'staff', NOW + 3)).toBe('ok')
    const lists = await store.read(async (tx) => [
      ids(await tx.accessRequests.ofGroup(id('staff'))),
      ids(await tx.accessRequests.ofPerson(id('ann'))),
      ids(await tx.accessRequests.ofTenancy(id('acme'))),
      ids(await tx.accessRequests.ofTenancy(id('other'))),
    ])
    expect(lists).toEqual([['r5', 'r4', 'r1'], ['r5', 'r3', 'r1'], ['r5', 'r4', 'r3', 'r1'], []])
    expect(await store.read((tx) => tx.accessRequests.get(id('r1')))).toEqual({ ...denied, version: 1 })
  })
  promise('S2: of many requests of one person for one group at once, one is pending', async (store) => {
    await withGroups(store)
    const answers = await atOnce(15, (index) =>
      store.write((tx) => tx.accessRequests.add(accessRequest(`r${index}`, 'ann', 'staff'))),
    )
    expect(answers.filter((answer) => answer === 'ok')).toHaveLength(1)
    expect(answers.filter((answer) => answer === 'duplicate')).toHaveLength(14)
  })
  promise('S4: of many who decide on one request at once, one does', async (store) => {
    await withGroups(store)
    const request = accessRequest('r', 'ann', 'staff')
    await store.write((tx) => tx.accessRequests.add(request))
    const decide = (index: number) =>
      store.write(async (tx) => {
        const seen = await tx.accessRequests.get(request.id)
        if (seen?.status !== 'pending') return 'stale'
        const status = index % 2 === 0 ? 'approved' : 'denied'
        return tx.accessRequests.save({ ...seen, status, decidedBy: `admin ${index}` })
      })
    const answers = await atOnce(12, decide)
    const winner = answers.indexOf('saved')
    expect(answers.filter((answer) => answer === 'saved')).toHaveLength(1)
    expect(await store.read((tx) => tx.accessRequests.get(request.id))).toMatchObject({
      decidedBy: `admin ${winner}`,
      version: 1,
    })
    expect(await store.write((tx) => tx.accessRequests.save(request))).toBe('stale')
  })
  promise('S5: requests go with their person and their group', async (store) => {
    await withGroups(store)
    const left: (readonly string[])[] = []
    await store.write(async (tx) => {
      await tx.people.put(person('eve'))
      for (const [who, where] of [
        ['ann', 'staff'],
        ['bob', 'ops'],
        ['eve', 'staff'],
      ] as const)
        await tx.accessRequests.add(accessRequest(`${who} for ${where}`, who, where))
    })
    for (const remove of [(tx: Tx) => tx.people.remove(id('ann')), (tx: Tx) => tx.groups.remove(id('staff'))]) {
      await store.write(remove)
      left.push(ids(await store.read((tx) => tx.accessRequests.ofTenancy(id('acme')))))
    }
    expect(left).toEqual([['eve for staff', 'bob for ops'], ['bob for ops']])
  })
}

export const accessPromises: Promises = (promise) => {
  resourcePromises(promise)
  invitationPromises(promise)
  requestPromises(promise)
}
