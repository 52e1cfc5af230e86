// Credentials and trusted devices.
import { expect } from 'vitest'
import { atOnce } from '../at-once.ts'
import { credential, DAY, device, domain, id, NOW, passkey, password, person } from '../rows.ts'
import { seed } from '../traffic-rows.ts'
import type { Promises } from './promise.ts'

export const factorPromises: Promises = (promise) => {
  promise('M2: a passkey is found by its WebAuthn id, which is unique in the domain', async (store) => {
    await seed(store, 'ann', 'bob')
    const add = (name: string, who: string) =>
      store.write((tx) => tx.credentials.add(credential(name, who, passkey('raw-id'))))
    expect([await add('k1', 'ann'), await add('k2', 'bob'), await add('k1', 'ann')]).toEqual([
      'ok',
      'duplicate',
      'duplicate',
    ])
    await store.write(async (tx) => {
      await tx.domains.put(domain('second'))
      await tx.people.put(person('cas', { domainId: id('second') }))
    })
    expect(await add('k3', 'cas')).toBe('ok')
    const found = await store.read(async (tx) => [
      (await tx.credentials.byWebauthnId(id('default'), 'raw-id'))?.id,
      (await tx.credentials.byWebauthnId(id('second'), 'raw-id'))?.id,
      (await tx.credentials.byWebauthnId(id('default'), 'RAW-ID'))?.id,
    ])
    expect(found).toEqual(['k1', 'k3', undefined])
  })
  promise('P1: a person has one password, whoever sets it at the same time', async (store) => {
    await seed(store, 'ann')
    const answers = await atOnce(5, (index) =>
      store.write((tx) => tx.credentials.add(credential(`c${index}`, 'ann', password(`phc ${index}`)))),
    )
    expect(answers.filter((answer) => answer === 'ok')).toHaveLength(1)
    expect(await store.read((tx) => tx.credentials.ofPerson(id('ann')))).toHaveLength(1)
  })
  promise('M1: of two saves of one version one is stale, so one code counts once', async (store) => {
    await seed(store, 'ann')
    const totp = (lastStep: number) => credential('t', 'ann', { kind: 'totp', secretSealed: 's', lastStep })
    await store.write((tx) => tx.credentials.add(totp(-1)))
    const saves = await atOnce(20, () => store.write((tx) => tx.credentials.save(totp(7))))
    expect(saves.filter((answer) => answer === 'saved')).toHaveLength(1)
    const kept = await store.read((tx) => tx.credentials.get(id('t')))
    expect(kept).toEqual({ ...totp(7), version: 1 })
    expect(await store.write((tx) => tx.credentials.save({ ...totp(8), version: 1 }))).toBe('saved')
  })
  promise('a removed credential is not brought back by a late save', async (store) => {
    await seed(store, 'ann')
    const kept = credential('k', 'ann', passkey('raw'))
    await store.write((tx) => tx.credentials.add(kept))
    const remove = () => store.write((tx) => tx.credentials.remove(id('k')))
    expect([await remove(), await remove()]).toEqual([true, false])
    expect(await store.write((tx) => tx.credentials.save(kept))).toBe('stale')
    expect(await store.read((tx) => tx.credentials.ofPerson(id('ann')))).toEqual([])
  })
  promise('M3: trusted devices come newest first, are found by token, and go singly or all at once', async (store) => {
    await seed(store, 'ann', 'bob')
    await store.write(async (tx) => {
      await tx.devices.put(device('old', 'ann', { createdAt: NOW - DAY }))
      await tx.devices.put(device('new', 'ann'))
      await tx.devices.put(device('of bob', 'bob'))
      await tx.devices.put(device('old', 'ann', { createdAt: NOW - DAY, lastUsedAt: NOW + 5 }))
    })
    const names = () => store.read(async (tx) => (await tx.devices.ofPerson(id('ann'))).map((one) => one.id))
    expect(await names()).toEqual(['new', 'old'])
    expect((await store.read((tx) => tx.devices.byToken('hash of old')))?.lastUsedAt).toBe(NOW + 5)
    expect(await store.read((tx) => tx.devices.byToken('hash of none'))).toBeUndefined()
    expect(await store.write((tx) => tx.devices.remove(id('new')))).toBe(true)
    expect(await store.write((tx) => tx.devices.remove(id('new')))).toBe(false)
    expect(await store.write((tx) => tx.devices.removeOfPerson(id('ann')))).toBe(1)
    expect(await names()).toEqual([])
    expect(await store.read((tx) => tx.devices.ofPerson(id('bob')))).toHaveLength(1)
  })
}
