// oidc-provider's rows, and values used once.
import { expect } from 'vitest'
import { atOnce } from '../at-once.ts'
import { NOW } from '../rows.ts'
import { payload } from '../traffic-rows.ts'
import type { Promises } from './promise.ts'

const CODE = 'AuthorizationCode'

export const payloadPromises: Promises = (promise) => {
  promise('a payload is found in its scope and model only', async (store) => {
    const rows = [
      payload('id'),
      payload('id', { scope: 'second', body: { kind: 'other' } }),
      payload('id', { model: 'RefreshToken' }),
    ]
    await store.write(async (tx) => {
      for (const row of rows) await tx.payloads.put(row)
    })
    const got = await store.read(async (tx) => [
      await tx.payloads.get('default', CODE, 'id'),
      await tx.payloads.get('second', CODE, 'id'),
      await tx.payloads.get('default', 'RefreshToken', 'id'),
      await tx.payloads.get('second', 'RefreshToken', 'id'),
      await tx.payloads.get('default', CODE, 'ID'),
    ])
    expect(got).toEqual([...rows, undefined, undefined])
  })
  promise('a code is consumed by one of twenty (RFC 6749 §4.1.2), and is still there to tell', async (store) => {
    await store.write((tx) => tx.payloads.put(payload('code')))
    const consume = (at: number) => store.write((tx) => tx.payloads.consume('default', CODE, 'code', at))
    const won = await atOnce(20, (index) => consume(NOW + index))
    expect(won.filter(Boolean)).toHaveLength(1)
    const kept = await store.read((tx) => tx.payloads.get('default', CODE, 'code'))
    expect(kept?.consumedAt).toBe(NOW + won.indexOf(true))
    expect(await store.write((tx) => tx.payloads.consume('default', CODE, 'none', NOW))).toBe(false)
  })
  promise('a consumed payload does not become fresh by being saved again', async (store) => {
    await store.write(async (tx) => {
      await tx.payloads.put(payload('code'))
      await tx.payloads.consume('default', CODE, 'code', NOW)
      await tx.payloads.put(payload('code', { body: { late: true } }))
    })
    const kept = await store.read((tx) => tx.payloads.get('default', CODE, 'code'))
    expect(kept).toEqual(payload('code', { body: { late: true }, consumedAt: NOW }))
    expect(await store.write((tx) => tx.payloads.consume('default', CODE, 'code', NOW + 1))).toBe(false)
  })
  promise('a jti is added by one of twenty (RFC 9449 §11.1)', async (store) => {
    const added = await atOnce(20, () =>
      store.write((tx) => tx.payloads.add(payload('jti', { model: 'ReplayDetection' }))),
    )
    expect(added.filter(Boolean)).toHaveLength(1)
  })
  promise(
    'payloads are found by uid and user code; of a user code that came round again, the newest',
    async (store) => {
      await store.write(async (tx) => {
        await tx.payloads.put(payload('i', { model: 'Interaction', uid: 'u' }))
        await tx.payloads.put(payload('d2', { model: 'DeviceCode', userCode: 'WDJB', expiresAt: NOW + 2 }))
        await tx.payloads.put(payload('d1', { model: 'DeviceCode', userCode: 'WDJB', expiresAt: NOW + 1 }))
      })
      const found = await store.read(async (tx) => [
        (await tx.payloads.byUid('default', 'Interaction', 'u'))?.id,
        (await tx.payloads.byUid('second', 'Interaction', 'u'))?.id,
        (await tx.payloads.byUid('default', 'Session', 'u'))?.id,
        (await tx.payloads.byUserCode('default', 'DeviceCode', 'WDJB'))?.id,
        (await tx.payloads.byUserCode('default', 'DeviceCode', 'wdjb'))?.id,
      ])
      expect(found).toEqual(['i', undefined, undefined, 'd2', undefined])
    },
  )
  promise('a grant takes every payload of its domain along, of every model', async (store) => {
    const removed = await store.write(async (tx) => {
      for (const model of [CODE, 'AccessToken', 'RefreshToken'])
        await tx.payloads.put(payload('t', { model, grantId: 'g' }))
      await tx.payloads.put(payload('t', { scope: 'second', grantId: 'g' }))
      await tx.payloads.put(payload('own', { grantId: 'other' }))
      return tx.payloads.removeByGrant('default', 'g')
    })
    expect(removed).toBe(3)
    const left = await store.read(async (tx) => [
      await tx.payloads.get('default', 'RefreshToken', 't'),
      (await tx.payloads.get('second', CODE, 't'))?.id,
      (await tx.payloads.get('default', CODE, 'own'))?.id,
    ])
    expect(left).toEqual([undefined, 't', 'own'])
    await store.write((tx) => tx.payloads.remove('default', CODE, 'own'))
    expect(await store.read((tx) => tx.payloads.get('default', CODE, 'own'))).toBeUndefined()
  })
  promise('a value is seen first by one of twenty (replay of an assertion)', async (store) => {
    const seen = await atOnce(20, () => store.write((tx) => tx.once.see('assertion', NOW + 60_000)))
    expect(seen.filter(Boolean)).toHaveLength(1)
    expect(await store.write((tx) => tx.once.see('Assertion', NOW))).toBe(true)
  })
  promise('given the time, a value may be seen again when its own has passed, by one of twenty', async (store) => {
    const see = (now: number) => store.write((tx) => tx.once.see('cool-down', now + 10, now))
    expect([await see(NOW), await see(NOW + 9)]).toEqual([true, false])
    const again = await atOnce(20, () => see(NOW + 10))
    expect(again.filter(Boolean)).toHaveLength(1)
  })
  promise('what is kept is taken by one of twenty, the newest value, not after its time', async (store) => {
    await store.write(async (tx) => {
      await tx.once.keep('key', { n: 1 }, NOW + 1)
      await tx.once.keep('key', { n: 2 }, NOW + 10)
      await tx.once.keep('late', { n: 3 }, NOW)
    })
    const kept = await store.read(async (tx) => [
      await tx.once.kept('key', NOW + 9),
      await tx.once.kept('key', NOW + 10),
    ])
    expect(kept).toEqual([{ n: 2 }, undefined])
    const taken = await atOnce(20, () => store.write((tx) => tx.once.take('key', NOW)))
    expect(taken.filter(Boolean)).toEqual([{ n: 2 }])
    expect(await store.write((tx) => tx.once.take('late', NOW))).toBeUndefined()
  })
  promise('what was seen cannot be taken, nor does keeping make it unseen', async (store) => {
    await store.write((tx) => tx.once.see('key', NOW + 10))
    expect(await store.write((tx) => tx.once.take('key', NOW))).toBeUndefined()
    await store.write((tx) => tx.once.keep('key', {}, NOW + 10))
    await store.write((tx) => tx.once.take('key', NOW))
    expect(await store.write((tx) => tx.once.see('key', NOW + 10))).toBe(false)
  })
}
