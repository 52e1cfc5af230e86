// Audit events, decision records, and work to be done after commit.
import { expect } from 'vitest'
import type { AuditEvent } from '../../../src/core/model/audit.ts'
import type { Store } from '../../../src/ports/store.ts'
import { atOnce } from '../at-once.ts'
import { id, NOW } from '../rows.ts'
import { auditEvent, decision, outboxItem } from '../traffic-rows.ts'
import type { Promises } from './promise.ts'

const add = (store: Store, ...events: readonly AuditEvent[]) =>
  store.write(async (tx) => {
    for (const event of events) await tx.audit.add(event)
  })

export const recordPromises: Promises = (promise) => {
  promise(
    'I4: audit events come newest first, those of one instant in the order they came, page by page',
    async (store) => {
      await add(store, auditEvent('z'), auditEvent('a'), auditEvent('m'), auditEvent('old', { at: NOW - 1 }))
      await add(store, auditEvent('new', { at: NOW + 1 }), auditEvent('elsewhere', { tenancyId: id('other') }))
      const page = (before?: string) =>
        store.read(async (tx) => {
          const filter = before === undefined ? { limit: 2 } : { limit: 2, before: id<'audit'>(before) }
          return (await tx.audit.list(id('acme'), filter)).map((event) => event.id)
        })
      expect([await page(), await page('m'), await page('z'), await page('old')]).toEqual([
        ['new', 'm'],
        ['a', 'z'],
        ['old'],
        [],
      ])
      expect(await page('unknown')).toEqual([])
    },
  )
  promise('I4: an event comes back as it went in, and is found by action, target and actor', async (store) => {
    const gained = auditEvent('1', {
      action: 'sign-in.succeeded',
      actor: { kind: 'person', id: 'ann', name: 'Ann' },
      target: undefined,
      before: null,
      details: { path: [{ asked: 'password' }], groups: ['직원'] },
      requestId: 'r',
      decisionId: id('d'),
    })
    await add(store, gained, auditEvent('2'), auditEvent('3', { target: { type: 'person', id: 'ann', name: 'Ann' } }))
    const ids = (filter: { action?: string; targetId?: string; actorId?: string }) =>
      store.read(async (tx) => (await tx.audit.list(id('acme'), { ...filter, limit: 10 })).map((event) => event.id))
    expect(await store.read((tx) => tx.audit.list(id('acme'), { action: 'sign-in.succeeded', limit: 1 }))).toEqual([
      gained,
    ])
    expect(await ids({ targetId: 'ann' })).toEqual(['3'])
    expect(await ids({ actorId: 'ann' })).toEqual(['1'])
    expect(await ids({ actorId: 'root', action: 'group.created', targetId: 'staff' })).toEqual(['2'])
  })
  promise('I4: an event is written once', async (store) => {
    await add(store, auditEvent('1'))
    await expect(add(store, auditEvent('1', { action: 'forged' }))).rejects.toThrow()
    expect(await store.read((tx) => tx.audit.list(id('acme'), { limit: 9 }))).toEqual([auditEvent('1')])
  })
  promise('A10: a decision record comes back as it went in', async (store) => {
    await store.write((tx) => tx.audit.addDecisions([decision('d')]))
    expect(await store.read((tx) => tx.audit.decision(id('d')))).toEqual(decision('d'))
    expect(await store.read((tx) => tx.audit.decision(id('D')))).toBeUndefined()
  })
  promise('A10: any number of decisions and events at once, all of them or none', async (store) => {
    for (const count of [0, 1, 7, 8, 31, 33, 100]) {
      const names = Array.from({ length: count }, (_, n) => `d${count}-${n}`)
      await store.write(async (tx) => {
        await tx.audit.addDecisions(names.map((name) => decision(name)))
        await tx.audit.addAll(names.map((name) => auditEvent(name)))
      })
      const found = await store.read((tx) => Promise.all(names.map((name) => tx.audit.decision(id(name)))))
      expect(found).toEqual(names.map((name) => decision(name)))
      const events = await store.read((tx) => tx.audit.list(id('acme'), { limit: 200 }))
      expect(events.slice(0, count)).toEqual(names.map((name) => auditEvent(name)).reverse())
    }
    const twice = store.write((tx) => tx.audit.addDecisions([decision('new'), decision('d1-0')]))
    await expect(twice).rejects.toThrow()
    expect(await store.read((tx) => tx.audit.decision(id('new')))).toBeUndefined()
  })
  promise(
    'A10: decision records come newest first, those of one instant in the order they came, of a time, page by page',
    async (store) => {
      const at = (name: string, time: number) => ({ ...decision(name), at: time })
      const rows = [at('b', NOW), at('a', NOW), at('c', NOW), at('old', NOW - 5), at('new', NOW + 5)]
      await store.write((tx) => tx.audit.addDecisions([...rows, { ...decision('theirs'), tenancyId: id('other') }]))
      const page = (filter: { from?: number; to?: number; limit: number; before?: never }) =>
        store.read(async (tx) => (await tx.audit.decisions(id('acme'), filter)).map((record) => record.id))
      expect(await page({ limit: 9 })).toEqual(['new', 'c', 'a', 'b', 'old'])
      expect(await page({ limit: 2, before: id('c') as never })).toEqual(['a', 'b'])
      expect(await page({ limit: 9, from: NOW, to: NOW + 5 })).toEqual(['c', 'a', 'b'])
      expect(await page({ limit: 9, before: id('unknown') as never })).toEqual([])
      expect(await store.read((tx) => tx.audit.decisions(id('acme'), { limit: 1 }))).toEqual([at('new', NOW + 5)])
    },
  )
  promise(
    'T3: decisions are counted per compartment and events per domain, in a time of one tenancy',
    async (store) => {
      const counted = (name: string, allow: boolean, compartmentId: string | undefined, at = NOW) => ({
        ...decision(name),
        allow,
        compartmentId,
        at,
      })
      await store.write(async (tx) => {
        await tx.audit.addDecisions([
          counted('1', true, 'root'),
          counted('2', false, 'root'),
          counted('3', true, 'root'),
          counted('4', false, 'below'),
          counted('nowhere', true, undefined),
          counted('too early', true, 'root', NOW - 1),
          counted('too late', true, 'root', NOW + 10),
          { ...counted('theirs', true, 'root'), tenancyId: id('other') },
        ])
        const signIn = (name: string, domainId: string | undefined, at = NOW) =>
          auditEvent(name, { action: 'sign-in.succeeded', domainId, at })
        await tx.audit.addAll([
          signIn('a', 'default'),
          signIn('b', 'default'),
          signIn('c', 'second'),
          signIn('d', undefined),
          signIn('e', 'default', NOW + 10),
          auditEvent('f'),
        ])
      })
      const found = await store.read(async (tx) => [
        await tx.audit.usage(id('acme'), NOW, NOW + 10),
        await tx.audit.countByDomain(id('acme'), 'sign-in.succeeded', NOW, NOW + 10),
        await tx.audit.usage(id('acme'), NOW + 11, NOW + 12),
      ])
      expect(found).toEqual([
        [
          { compartmentId: 'below', allowed: 0, denied: 1 },
          { compartmentId: 'root', allowed: 2, denied: 1 },
        ],
        [
          { domainId: 'default', count: 2 },
          { domainId: 'second', count: 1 },
        ],
        [],
      ])
    },
  )
  promise('I7: workers side by side never claim the same item, and together claim all', async (store) => {
    const names = Array.from({ length: 30 }, (_, index) => `item-${String(index).padStart(2, '0')}`)
    await store.write(async (tx) => {
      for (const name of names) await tx.outbox.add(outboxItem(name, NOW))
      await tx.outbox.add(outboxItem('later', NOW + 1))
    })
    const claims = await atOnce(10, () => store.write((tx) => tx.outbox.claim(NOW, NOW + 60_000, 5)))
    const claimed = claims.flat().map((item) => item.id)
    expect(new Set(claimed).size).toBe(claimed.length)
    const rest = await store.write((tx) => tx.outbox.claim(NOW, NOW + 60_000, 100))
    expect([...claimed, ...rest.map((item) => item.id)].toSorted()).toEqual(names)
    expect(Math.max(...claims.map((claim) => claim.length))).toBeLessThanOrEqual(5)
  })
  promise('I7: a claim counts as an attempt and lapses with its lease; retry and done settle it', async (store) => {
    const claim = (now: number) => store.write((tx) => tx.outbox.claim(now, now + 100, 5))
    await store.write((tx) => tx.outbox.add(outboxItem('mail', NOW)))
    expect(await claim(NOW - 1)).toEqual([])
    expect(await claim(NOW)).toEqual([{ ...outboxItem('mail', NOW + 100), attempts: 1 }])
    expect(await claim(NOW + 99)).toEqual([])
    expect((await claim(NOW + 100)).map((item) => item.attempts)).toEqual([2]) // its first worker died
    await store.write((tx) => tx.outbox.retry('mail', NOW + 500, 'mail host says 421'))
    expect(await store.read((tx) => tx.outbox.list(id('acme')))).toEqual([
      { ...outboxItem('mail', NOW + 500), attempts: 2, lastError: 'mail host says 421' },
    ])
    expect(await store.read((tx) => tx.outbox.list(id('other')))).toEqual([])
    expect(await claim(NOW + 499)).toEqual([])
    await store.write((tx) => tx.outbox.done('mail'))
    expect(await claim(NOW + 500)).toEqual([])
  })
  promise('I7: what waits is read page by page in the order it came, hurried, and found by id', async (store) => {
    await store.write(async (tx) => {
      for (const name of ['c', 'a', 'b']) await tx.outbox.add(outboxItem(name, NOW + 900))
      await tx.outbox.retry('b', NOW + 900, 'mail host says 421')
      await tx.outbox.claim(NOW + 900, NOW + 999, 9)
    })
    const names = (after: string | undefined, tenancy = 'acme') =>
      store.read(async (tx) => (await tx.outbox.page(id(tenancy), { after, limit: 2 })).map((item) => item.id))
    expect([await names(undefined), await names('b'), await names(undefined, 'other')]).toEqual([['a', 'b'], ['c'], []])
    expect(await store.write((tx) => tx.outbox.hurry('b', NOW))).toBe(true)
    expect(await store.write((tx) => tx.outbox.hurry('none', NOW))).toBe(false)
    expect(await store.read((tx) => tx.outbox.get('b'))).toEqual({
      ...outboxItem('b', NOW),
      attempts: 0,
      lastError: 'mail host says 421',
    })
    expect(await store.read((tx) => tx.outbox.get('none'))).toBeUndefined()
    expect((await store.write((tx) => tx.outbox.claim(NOW, NOW + 10, 9))).map((item) => item.id)).toEqual(['b'])
  })
}
