// What goes by itself when its time has passed, and what stays.
import { expect } from 'vitest'
import { atOnce } from '../at-once.ts'
import { DAY, device, id, NOW } from '../rows.ts'
import { auditEvent, journey, outboxItem, participant, payload, seed, session } from '../traffic-rows.ts'
import type { Promises } from './promise.ts'

export const sweepPromises: Promises = (promise) => {
  promise('what has expired goes, and nothing else', async (store) => {
    await seed(store, 'ann')
    await store.write(async (tx) => {
      for (const [name, at] of [
        ['gone', NOW],
        ['kept', NOW + 1],
      ] as const) {
        await tx.journeys.add(journey(name, { expiresAt: at }))
        await tx.payloads.put(payload(name, { expiresAt: at }))
        await tx.once.keep(name, {}, at)
        await tx.once.see(name, at)
        await tx.devices.put(device(name, 'ann', { expiresAt: at }))
        await tx.throttles.fail(name, at - 60_000, 60)
      }
      await tx.payloads.put(payload('for ever', { expiresAt: undefined }))
      await tx.audit.add(auditEvent('e', { at: 0 }))
      await tx.outbox.add(outboxItem('o', 0))
    })
    expect(await store.sweep(NOW)).toBe(6)
    expect(await store.sweep(NOW)).toBe(0)
    const left = async (name: string) =>
      store.read(async (tx) => [
        (await tx.journeys.get(id(name)))?.id,
        (await tx.payloads.get('default', 'AuthorizationCode', name))?.id,
        await tx.once.kept(name, 0),
        (await tx.devices.byToken(`hash of ${name}`))?.id,
        (await tx.throttles.get(name))?.failures,
      ])
    expect(await left('gone')).toEqual(Array(5).fill(undefined))
    expect(await left('kept')).toEqual(['kept', 'kept', {}, 'kept', 1])
    expect(await store.write((tx) => tx.once.see('kept', NOW))).toBe(false)
    const rest = await store.read(async (tx) => [
      await tx.payloads.get('default', 'AuthorizationCode', 'for ever'),
      (await tx.audit.list(id('acme'), { limit: 1 }))[0],
      (await tx.outbox.list(id('acme')))[0],
    ])
    expect(rest.filter(Boolean)).toHaveLength(3)
  })
  promise('a session goes thirty days after its end, its participants with it', async (store) => {
    await store.write(async (tx) => {
      await tx.sessions.add(session('long ended', 'ann'))
      await tx.sessions.join(participant('long ended', 'mail'))
      await tx.sessions.end(id('long ended'), NOW, 'signed-out')
      await tx.sessions.add(session('ended', 'ann'))
      await tx.sessions.end(id('ended'), NOW + 1, 'signed-out')
      await tx.sessions.add(session('long expired', 'ann', { expiresAt: NOW }))
      await tx.sessions.add(session('expired', 'ann', { expiresAt: NOW + 1 }))
    })
    expect(await store.sweep(NOW + 30 * DAY)).toBe(2)
    const left = await store.read(async (tx) => [
      (await tx.sessions.get(id('long ended')))?.id,
      (await tx.sessions.participants(id('long ended'))).length,
      (await tx.sessions.get(id('ended')))?.id,
      (await tx.sessions.get(id('long expired')))?.id,
      (await tx.sessions.get(id('expired')))?.id,
    ])
    expect(left).toEqual([undefined, 0, 'ended', undefined, 'expired'])
  })
  promise('T7: nodes that sweep at once do not fail each other, and more than a batch goes', async (store) => {
    await store.write(async (tx) => {
      for (let index = 0; index < 1200; index += 1) await tx.once.see(`key ${index}`, NOW)
    })
    const counts = await atOnce(4, () => store.sweep(NOW))
    const rest = await store.sweep(NOW)
    expect([...counts, rest].reduce((sum, count) => sum + count, 0)).toBe(1200)
  })
}
