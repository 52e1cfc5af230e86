// Streams as the Shared Signals Framework spells them (SSF 1.0 §8, RFC 8936 §2). Members that we do not know are passed over: receivers send
// back what they were given, and more.
import { z } from 'zod'
import { type EventStream, offeredTypes, POLL, PUSH } from '../../core/model/event-stream.ts'
import type { Poll, Wish } from '../../flows/signals/streams.ts'
import { Problem } from '../../problem.ts'

const MOST_POLLED = 100
const text = (most: number) => z.string().max(most)

/** Loopback is for trying things out; whether it may be called is for the guard of outgoing requests to say. */
const isEndpoint = (url: string): boolean => {
  const at = URL.parse(url)
  if (at === null || [at.username, at.password, at.hash].some((part) => part !== '')) return false
  return (
    at.protocol === 'https:' || (at.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(at.hostname))
  )
}
const delivery = z.discriminatedUnion('method', [
  z.looseObject({
    method: z.literal(PUSH),
    endpoint_url: text(2000).refine(isEndpoint, 'expected an https address without user or fragment'),
    authorization_header: text(4000)
      .regex(/^[\x20-\x7e]+$/, 'expected the value of a header')
      .optional(),
  }),
  z.looseObject({ method: z.literal(POLL) }),
])
const wish = z.looseObject({
  stream_id: text(100).optional(),
  delivery: delivery.optional(),
  events_requested: z.array(text(300)).max(100).optional(),
  description: text(500).optional(),
})
const streamed = wish.required({ stream_id: true })
const status = z.looseObject({
  stream_id: text(100),
  status: z.enum(['enabled', 'paused', 'disabled']),
  reason: text(500).optional(),
})
const verification = z.looseObject({ stream_id: text(100), state: text(1000).optional() })
const poll = z.looseObject({
  maxEvents: z.int().min(0).optional(),
  returnImmediately: z.boolean().optional(),
  ack: z.array(text(100)).max(1000).default([]),
  setErrs: z
    .record(text(100), z.looseObject({ err: text(200), description: text(1000).optional() }))
    .refine((errors) => Object.keys(errors).length <= 100, 'expected at most 100')
    .default({}),
})

const read = <T>(shape: z.ZodType<T>, body: unknown): T => {
  const found = shape.safeParse(body ?? {})
  if (found.success) return found.data
  const [issue] = found.error.issues
  const place = issue?.path.map(String).join('.') || 'body'
  throw new Problem('request-malformed', `\`${place.slice(0, 200)}\`: ${issue?.message ?? 'not understood'}`, {
    reason: 'shape',
  })
}

const wishOf = ({ delivery: how, events_requested, description }: z.infer<typeof wish>): Wish => ({
  ...(how === undefined
    ? {}
    : how.method === PUSH
      ? { delivery: { method: PUSH, endpoint: how.endpoint_url, authorization: how.authorization_header } }
      : { delivery: { method: POLL } }),
  requested: events_requested,
  description,
})

export const readWish = (body: unknown): Wish => wishOf(read(wish, body))
export const readChange = (body: unknown): { readonly id: string; readonly wish: Wish } => {
  const found = read(streamed, body)
  return { id: found.stream_id, wish: wishOf(found) }
}
export const readStatus = (body: unknown) => read(status, body)
export const readVerification = (body: unknown) => read(verification, body)
export const readPoll = (body: unknown): Poll => {
  const { ack, setErrs, maxEvents } = read(poll, body)
  return { ack, errors: setErrs, most: Math.min(maxEvents ?? MOST_POLLED, MOST_POLLED) }
}

/** The authorization header is never told again. */
export const streamShown = (issuer: string, stream: EventStream): object => ({
  stream_id: stream.id,
  iss: issuer,
  aud: stream.audience,
  delivery:
    stream.delivery.method === PUSH
      ? { method: PUSH, endpoint_url: stream.delivery.endpoint }
      : { method: POLL, endpoint_url: `${issuer}/ssf/poll` },
  events_supported: offeredTypes,
  events_requested: stream.requested,
  events_delivered: stream.requested,
  ...(stream.description === undefined ? {} : { description: stream.description }),
})
export const statusShown = ({ id, status: now, reason }: EventStream): object => ({
  stream_id: id,
  status: now,
  ...(reason === undefined ? {} : { reason }),
})
