// Random requests of receivers of shared signals: their stream made, read, changed, paused, verified, fetched from and removed (SSF 1.0, RFC 8936).
import fc from 'fast-check'
import { z } from 'zod'
import { offeredTypes, POLL, PUSH } from '../../../../src/core/model/event-stream.ts'
import { encoded, glimpsed, type Seen, wordsOf } from './attempt.ts'
import { hostileValue, hostileWords } from './hostile.ts'
import { type Door, faultsOf, jsonIn, type Operation } from './neighbour-requests.ts'
import { problem } from './promises.ts'
import type { Got } from './send.ts'
import type { World } from './world.ts'

type Words = fc.Arbitrary<string>
const refusals = [400, 401, 403, 404, 405, 409, 413, 415]
const promised =
  (...good: readonly (readonly [status: number, shape: z.ZodType | undefined])[]) =>
  (got: Got): readonly string[] => {
    if (got.status >= 400)
      return [
        ...(refusals.includes(got.status) ? [] : [`status ${got.status}: ${got.text.slice(0, 300)}`]),
        ...faultsOf(problem, jsonIn(got)),
      ]
    const found = good.find(([status]) => status === got.status)
    if (!found) return [`status ${got.status} is not promised`]
    const [, shape] = found
    return shape === undefined
      ? got.text === ''
        ? []
        : ['a body where none is promised']
      : faultsOf(shape, jsonIn(got))
  }
const stream = z.strictObject({
  stream_id: z.string(),
  iss: z.string(),
  aud: z.string(),
  delivery: z.strictObject({ method: z.enum([PUSH, POLL]), endpoint_url: z.string() }),
  events_supported: z.array(z.string()),
  events_requested: z.array(z.string()),
  events_delivered: z.array(z.string()),
  description: z.string().optional(),
})
const status = z.strictObject({
  stream_id: z.string(),
  status: z.enum(['enabled', 'paused', 'disabled']),
  reason: z.string().optional(),
})
const polled = z.strictObject({
  sets: z.record(z.string(), z.string().regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)),
  moreAvailable: z.boolean(),
})

const operationsOf = (words: Words, streams: Words, jtis: Words, planted: string): readonly Operation[] => {
  const text = fc.oneof(words, fc.constantFrom('plain', ''))
  const delivery = fc.oneof(
    fc.record(
      {
        method: fc.constantFrom(PUSH, PUSH, 'urn:x'),
        endpoint_url: fc.oneof(
          fc.constantFrom('https://receiver.example/events', 'http://127.0.0.1:1/x', 'https://a:b@c.example/'),
          words,
        ),
        authorization_header: fc.oneof(words, fc.constant('Bearer of-the-receiver')),
      },
      { requiredKeys: ['method'] },
    ),
    fc.constant({ method: POLL }),
  )
  const events = fc.array(fc.oneof(fc.constantFrom(...offeredTypes), words), { maxLength: 3 })
  const wish = { delivery, events_requested: events, description: text, aud: words, iss: words }
  const made = fc.record(wish, { requiredKeys: [] })
  const change = fc.record({ ...wish, stream_id: streams }, { requiredKeys: ['stream_id'] })
  const named = (path: string) => streams.map((id) => `${path}?stream_id=${encoded(id)}`)
  const right = `/ssf/streams?stream_id=${planted}`
  const ofStream = [
    fc.record(
      { stream_id: streams, status: fc.constantFrom('enabled', 'paused', 'disabled', 'on'), reason: text },
      { requiredKeys: ['stream_id', 'status'] },
    ),
    fc.record({ stream_id: streams, state: text }, { requiredKeys: ['stream_id'] }),
    fc.record(
      {
        maxEvents: fc.constantFrom(0, 1, 100, 1e9, -1),
        returnImmediately: fc.boolean(),
        ack: fc.array(fc.oneof(jtis, words), { maxLength: 3 }),
        setErrs: fc.dictionary(
          fc.oneof(jtis, words),
          fc.record({ err: text, description: hostileValue(words) }, { requiredKeys: ['err'] }),
          { maxKeys: 2 },
        ),
      },
      { requiredKeys: [] },
    ),
  ] as const
  const either = z.union([stream, z.array(stream)])
  return [
    {
      method: 'GET',
      path: '/.well-known/ssf-configuration',
      faults: promised([200, z.looseObject({ issuer: z.string() })], [304, undefined]),
    },
    {
      method: 'POST',
      path: '/ssf/streams',
      bodies: made,
      right: () => ({ body: {} }),
      faults: promised([201, stream]),
    },
    {
      method: 'GET',
      path: '/ssf/streams',
      paths: fc.oneof(fc.constant('/ssf/streams'), named('/ssf/streams')),
      faults: promised([200, either], [304, undefined]),
    },
    ...(['PATCH', 'PUT'] as const).map(
      (method): Operation => ({
        method,
        path: '/ssf/streams',
        bodies: change,
        right: () => ({ body: { stream_id: planted } }),
        faults: promised([200, stream]),
      }),
    ),
    {
      method: 'GET',
      path: '/ssf/status',
      paths: named('/ssf/status'),
      right: () => ({ path: `/ssf/status?stream_id=${planted}` }),
      faults: promised([200, status], [304, undefined]),
    },
    {
      method: 'POST',
      path: '/ssf/status',
      bodies: ofStream[0],
      right: () => ({ body: { stream_id: planted, status: 'enabled' } }),
      faults: promised([200, status]),
    },
    {
      method: 'POST',
      path: '/ssf/verify',
      bodies: ofStream[1],
      right: () => ({ body: { stream_id: planted } }),
      faults: promised([204, undefined]),
    },
    {
      method: 'POST',
      path: '/ssf/poll',
      bodies: ofStream[2],
      right: () => ({ body: {} }),
      faults: promised([200, polled]),
    },
    {
      method: 'DELETE',
      path: '/ssf/streams',
      paths: named('/ssf/streams'),
      right: () => ({ path: right }),
      faults: promised([204, undefined]),
    },
  ]
}

export const signalDoor = (world: World, seen: Seen): Door => {
  const words = wordsOf(world, hostileWords)
  const { url, ssf, streams } = world.neighbours
  const known = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...streams) }, { weight: 1, arbitrary: words })
  return {
    name: 'SSF',
    seen,
    words,
    url,
    callers: ssf,
    type: 'application/json',
    place: '/d/{tenancy}/{domain}',
    isPrivate: (path) => path.startsWith('/ssf/'),
    operations: operationsOf(words, known, glimpsed(seen.cursors, 'none'), streams[0] ?? ''),
  }
}
