// Work after commit: at least once, later each time, and one dead receiver holds up nobody (I7).
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Deliver, retryAt, sendOutbox } from '../../../src/flows/upkeep/send-outbox.ts'
import { type House, house } from '../directory/house.ts'

let h: House
beforeEach(async () => {
  h = await house()
  await h.apply('tenancy: { name: acme }')
})
afterEach(() => h.close())

const queue = (id: string, kind = 'mail') =>
  h.store.write((tx) =>
    tx.outbox.add({
      id,
      tenancyId: h.tenancyId(),
      kind,
      payload: { to: id },
      attempts: 0,
      dueAt: h.deps.clock(),
      lastError: undefined,
    }),
  )
const waiting = () => h.store.read((tx) => tx.outbox.list(h.tenancyId()))
const send = (deliver: { readonly [kind: string]: Deliver }) => sendOutbox({ ...h.deps, deliver })()
const sent: Deliver = async () => 'sent'

test('what was delivered is gone', async () => {
  await queue('a')
  await queue('b')
  expect((await send({ mail: sent })).map((d) => d.outcome)).toEqual(['sent', 'sent'])
  expect(await waiting()).toEqual([])
})
test('what failed waits longer each time; the others are delivered', async () => {
  await queue('good')
  await queue('bad')
  const deliver: Deliver = async ({ to }) => (to === 'bad' ? { failed: 'nobody home' } : 'sent')
  expect((await send({ mail: deliver })).map((d) => d.outcome).sort()).toEqual(['retry', 'sent'])
  expect(await waiting()).toMatchObject([
    { id: 'bad', attempts: 1, dueAt: retryAt(h.deps.clock(), 1), lastError: 'nobody home' },
  ])
  expect(await send({ mail: deliver })).toEqual([])
  h.later(5)
  await send({ mail: deliver })
  expect(await waiting()).toMatchObject([{ attempts: 2, dueAt: h.deps.clock() + 10_000 }])
})
test('waits double up to an hour', () => {
  expect([1, 2, 3, 10, 11, 500].map((n) => retryAt(0, n) / 1000)).toEqual([5, 10, 20, 2560, 3600, 3600])
})
test('what throws is a failure like any other', async () => {
  await queue('a')
  await send({ mail: () => Promise.reject(new Error('boom')) })
  expect(await waiting()).toMatchObject([{ lastError: 'boom' }])
})
test('what nobody will ever want is given up at once, on record', async () => {
  await queue('a')
  expect(await send({ mail: async () => ({ gone: 'the application was deleted' }) })).toMatchObject([
    { outcome: 'given-up' },
  ])
  expect(await waiting()).toEqual([])
  const [event] = await h.store.read((tx) => tx.audit.list(h.tenancyId(), { limit: 1 }))
  expect(event).toMatchObject({
    action: 'outbox.given-up',
    outcome: 'failure',
    details: { detail: 'the application was deleted' },
  })
})
test('what fails for a day is given up', async () => {
  await queue('a')
  let last: readonly { readonly outcome: string }[] = []
  let tries = 0
  for (; (await waiting()).length > 0; tries++) {
    last = await send({ mail: async () => ({ failed: 'no' }) })
    h.later(3600)
  }
  expect([tries, last[0]?.outcome]).toEqual([30, 'given-up'])
})
test('an item of a kind this node does not know waits for one that does', async () => {
  await queue('a', 'pigeon')
  expect(await send({ mail: sent })).toMatchObject([{ outcome: 'retry' }])
  h.later(5)
  expect(await send({ pigeon: sent })).toMatchObject([{ outcome: 'sent' }])
})
test('an item in the hands of a node that died comes back', async () => {
  await queue('a')
  await h.store.write((tx) => tx.outbox.claim(h.deps.clock(), h.deps.clock() + 120_000, 20))
  expect(await send({ mail: sent })).toEqual([])
  h.later(121)
  expect(await send({ mail: sent })).toMatchObject([{ outcome: 'sent' }])
})
