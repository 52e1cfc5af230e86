// Streams of security events, and events that wait to be fetched.
import { expect } from 'vitest'
import { type EventStream, eventTypes, POLL, type QueuedEvent } from '../../../src/core/model/event-stream.ts'
import type { Store } from '../../../src/ports/store.ts'
import { atOnce } from '../at-once.ts'
import { DAY, id, NOW, oidcApp } from '../rows.ts'
import { seed } from '../traffic-rows.ts'
import type { Promises } from './promise.ts'

const stream = (name: string, app: string, differs: Partial<EventStream> = {}): EventStream => ({
  id: id(name),
  tenancyId: id('acme'),
  domainId: id('default'),
  appId: id(app),
  audience: app,
  description: undefined,
  delivery: { method: POLL },
  requested: [eventTypes.sessionRevoked],
  status: 'enabled',
  reason: undefined,
  createdAt: NOW,
  updatedAt: NOW,
  version: 0,
  ...differs,
})
const queued = (jti: string, name = 's1'): QueuedEvent => ({
  jti,
  streamId: id(name),
  event: {
    type: eventTypes.sessionRevoked,
    personId: id('ann'),
    sessionId: undefined,
    claims: { why: '끝' },
    txn: undefined,
    at: NOW,
  },
})
const withApps = async (store: Store): Promise<void> => {
  await seed(store)
  await store.write(async (tx) => {
    for (const name of ['one', 'two']) await tx.apps.put(oidcApp(name, name))
  })
}

export const signalPromises: Promises = (promise) => {
  promise('I7: one stream per application and domain, saved by version', async (store) => {
    await withApps(store)
    const answers = await atOnce(8, (n) => store.write((tx) => tx.eventStreams.add(stream(`s${n}`, 'one'))))
    expect(answers.filter((answer) => answer === 'ok')).toHaveLength(1)
    const [first] = await store.read((tx) => tx.eventStreams.ofDomain(id('default')))
    expect(first && (await store.read((tx) => tx.eventStreams.ofApp(id('default'), id('one'))))).toEqual(first)
    const saves = await atOnce(5, () =>
      store.write((tx) => tx.eventStreams.save({ ...(first ?? stream('x', 'one')), status: 'paused' })),
    )
    expect(saves.filter((saved) => saved === 'saved')).toHaveLength(1)
    expect(first && (await store.read((tx) => tx.eventStreams.get(first.id)))).toMatchObject({
      status: 'paused',
      version: 1,
    })
  })
  promise('I7: events come oldest first, once each, until they are acknowledged by their own stream', async (store) => {
    await withApps(store)
    await store.write(async (tx) => {
      await tx.eventStreams.add(stream('s1', 'one'))
      await tx.eventStreams.add(stream('s2', 'two'))
      for (const jti of ['z', 'a', 'm']) await tx.eventStreams.queue(queued(jti))
    })
    const jtis = async (name: string, limit = 9) =>
      (await store.read((tx) => tx.eventStreams.queued(id(name), limit))).map((one) => one.jti)
    expect([await jtis('s1'), await jtis('s1', 2), await jtis('s2')]).toEqual([['z', 'a', 'm'], ['z', 'a'], []])
    expect(await store.read((tx) => tx.eventStreams.queued(id('s1'), 1))).toEqual([queued('z')])
    const acknowledge = (name: string) => store.write((tx) => tx.eventStreams.acknowledge(id(name), ['a', 'z', 'none']))
    expect([await acknowledge('s2'), await acknowledge('s1'), await acknowledge('s1')]).toEqual([0, 2, 0])
    await expect(store.write((tx) => tx.eventStreams.queue(queued('m')))).rejects.toThrow()
  })
  promise(
    'I7: nobody fetched it for a week: it goes; with the application or the domain all of it goes',
    async (store) => {
      await withApps(store)
      await store.write(async (tx) => {
        await tx.eventStreams.add(stream('s1', 'one'))
        await tx.eventStreams.add(stream('s2', 'two'))
        await tx.eventStreams.queue(queued('e'))
      })
      expect(await store.sweep(NOW + 7 * DAY - 1)).toBe(0)
      expect(await store.sweep(NOW + 7 * DAY)).toBe(1)
      await store.write((tx) => tx.apps.remove(id('one')))
      expect((await store.read((tx) => tx.eventStreams.ofDomain(id('default')))).map(({ appId }) => appId)).toEqual([
        'two',
      ])
      await store.write((tx) => tx.domains.remove(id('default')))
      expect(await store.read((tx) => tx.eventStreams.get(id('s2')))).toBeUndefined()
    },
  )
}
