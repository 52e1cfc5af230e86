// Journeys, sessions, participants, throttles.
import { expect } from 'vitest'
import { atOnce } from '../at-once.ts'
import { id, NOW } from '../rows.ts'
import { journey, participant, seed, session, upstream } from '../traffic-rows.ts'
import type { Promises } from './promise.ts'

export const signInPromises: Promises = (promise) => {
  promise('ids that differ only in case are different ids', async (store) => {
    await store.write((tx) => tx.journeys.add(journey('J1')))
    expect(await store.read((tx) => tx.journeys.get(id('j1')))).toBeUndefined()
    expect(await store.read((tx) => tx.journeys.get(id('J1')))).toEqual(journey('J1'))
  })
  promise('a journey is taken by one of twenty, and a late save cannot undo it', async (store) => {
    await store.write((tx) => tx.journeys.add(journey('j')))
    const taken = await atOnce(20, () => store.write((tx) => tx.journeys.take(id('j'))))
    expect(taken.filter(Boolean)).toEqual([journey('j')])
    expect(await store.write((tx) => tx.journeys.save(journey('j')))).toBe('stale')
    expect(await store.read((tx) => tx.journeys.get(id('j')))).toBeUndefined()
  })
  promise('of twenty saves of one version one is saved; the next needs the new version', async (store) => {
    await store.write((tx) => tx.journeys.add(journey('j')))
    const saves = await atOnce(20, (index) =>
      store.write((tx) => tx.journeys.save(journey('j', { username: `u${index}` }))),
    )
    expect(saves.filter((answer) => answer === 'saved')).toHaveLength(1)
    const kept = await store.read((tx) => tx.journeys.get(id('j')))
    expect([kept?.version, kept?.username]).toEqual([1, `u${saves.indexOf('saved')}`])
  })
  promise('a journey id is used once', async (store) => {
    await store.write((tx) => tx.journeys.add(journey('j')))
    await expect(store.write((tx) => tx.journeys.add(journey('j')))).rejects.toThrow()
  })
  promise('a session is found by token, ended ones too; lists of a person hold live ones only', async (store) => {
    await store.write(async (tx) => {
      await tx.sessions.add(session('s1', 'ann'))
      await tx.sessions.add(session('s2', 'ann'))
      await tx.sessions.end(id('s1'), NOW + 1, 'revoked')
    })
    const ended = await store.read((tx) => tx.sessions.byToken('hash of s1'))
    expect([ended?.id, ended?.endedAt, ended?.endReason]).toEqual(['s1', NOW + 1, 'revoked'])
    expect(await store.read((tx) => tx.sessions.ofPerson(id('ann')))).toEqual([session('s2', 'ann')])
    expect(await store.read((tx) => tx.sessions.byToken('HASH OF S1'))).toBeUndefined()
  })
  promise('a session ends for one of twenty, stays ended, and keeps its first reason', async (store) => {
    const live = session('s', 'ann')
    await store.write((tx) => tx.sessions.add(live))
    const ends = await atOnce(20, (index) => store.write((tx) => tx.sessions.end(id('s'), NOW + index, 'signed-out')))
    expect(ends.filter(Boolean)).toHaveLength(1)
    // The attack: a request that read the session before it was ended writes it back afterwards.
    expect(await store.write((tx) => tx.sessions.save(live))).toBe('stale')
    const kept = await store.read((tx) => tx.sessions.get(id('s')))
    expect(kept?.endedAt).toBe(NOW + ends.findIndex(Boolean))
    if (!kept) return
    expect(await store.write((tx) => tx.sessions.save({ ...kept, endedAt: undefined, endReason: undefined }))).toBe(
      'stale',
    )
    await store.write((tx) => tx.sessions.touch(id('s'), NOW + 99))
    expect((await store.read((tx) => tx.sessions.get(id('s'))))?.lastSeenAt).toBe(NOW)
  })
  promise('touches never fail each other nor a save, and time does not run backwards', async (store) => {
    const live = session('s', 'ann')
    await store.write((tx) => tx.sessions.add(live))
    await atOnce(10, (index) => store.write((tx) => tx.sessions.touch(id('s'), NOW + index)))
    await store.write((tx) => tx.sessions.touch(id('s'), NOW - 5))
    const evidence = [...live.evidence, { kind: 'recovery-code' as const, at: NOW }]
    expect(await store.write((tx) => tx.sessions.save({ ...live, evidence }))).toBe('saved')
    const kept = await store.read((tx) => tx.sessions.get(id('s')))
    expect(kept).toEqual({ ...live, evidence, lastSeenAt: NOW + 9, version: 1 })
    expect(await store.write((tx) => tx.sessions.save({ ...live, lastSeenAt: NOW + 50, version: 1 }))).toBe('saved')
    expect((await store.read((tx) => tx.sessions.get(id('s'))))?.lastSeenAt).toBe(NOW + 50)
  })
  promise('F1: a logout of the upstream names one session, or all of a NameID', async (store) => {
    await store.write(async (tx) => {
      await tx.sessions.add(session('a1', 'ann', { upstream: upstream('Ann', 'i1') }))
      await tx.sessions.add(session('a2', 'ann', { upstream: upstream('Ann', 'i2') }))
      await tx.sessions.add(session('a3', 'ann', { upstream: upstream('Ann', undefined) }))
      await tx.sessions.add(session('b1', 'bob', { upstream: upstream('ann', 'i1') }))
      await tx.sessions.end(id('a3'), NOW, 'expired')
    })
    const found = (nameId: string, index?: string) =>
      store.read(async (tx) => (await tx.sessions.byUpstream(id('corp'), nameId, index)).map((one) => one.id))
    expect([await found('Ann', 'i1'), await found('Ann'), await found('ANN'), await found('ann')]).toEqual([
      ['a1'],
      ['a1', 'a2'],
      [],
      ['b1'],
    ])
  })
  promise('I7: an application joins a session once; its newest NameID stays, its first time too', async (store) => {
    await store.write(async (tx) => {
      await tx.sessions.add(session('s', 'ann'))
      await tx.sessions.join(participant('s', 'mail', NOW + 1, 'first'))
      await tx.sessions.join(participant('s', 'wiki', NOW))
      await tx.sessions.join(participant('s', 'mail', NOW + 2, 'second'))
      await tx.sessions.end(id('s'), NOW + 3, 'signed-out')
    })
    expect(await store.read((tx) => tx.sessions.participants(id('s')))).toEqual([
      participant('s', 'wiki', NOW),
      participant('s', 'mail', NOW + 1, 'second'),
    ])
  })
  promise('M12: guesses sent in parallel are all counted, by whichever node', async (store) => {
    await atOnce(20, () => store.write((tx) => tx.throttles.fail('password:ann', NOW, 60)))
    expect(await store.read((tx) => tx.throttles.get('password:ann'))).toEqual({ failures: 20, lastAt: NOW })
    expect(await store.read((tx) => tx.throttles.get('totp:ann'))).toBeUndefined()
  })
  promise('M12: counting starts anew after the window, not at its end', async (store) => {
    const fail = (at: number) => store.write((tx) => tx.throttles.fail('key', at, 60))
    expect(await fail(NOW)).toEqual({ failures: 1, lastAt: NOW })
    expect(await fail(NOW + 60_000)).toEqual({ failures: 2, lastAt: NOW + 60_000 })
    expect(await fail(NOW + 120_001)).toEqual({ failures: 1, lastAt: NOW + 120_001 })
    expect(await fail(NOW + 100_000)).toEqual({ failures: 2, lastAt: NOW + 120_001 }) // a node whose clock is behind
    await store.write((tx) => tx.throttles.clear('key'))
    expect(await store.read((tx) => tx.throttles.get('key'))).toBeUndefined()
  })
  promise('sessions need no directory row, so that a hot path locks none', async (store) => {
    await seed(store)
    await store.write((tx) => tx.sessions.add(session('s', 'nobody')))
    expect(await store.read((tx) => tx.sessions.ofPerson(id('nobody')))).toHaveLength(1)
  })
}
