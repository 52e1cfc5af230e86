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
    await store.write((tx) => tx.audit.addDecision(decision('d')))
    expect(await store.read((tx) => tx.audit.decision(id('d')))).toEqual(decision('d'))
    expect(await store.read((tx) => tx.audit.decision(id('D')))).toBeUndefined()
  })
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
}
