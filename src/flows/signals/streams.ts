// A receiver's own stream: made, changed, paused and removed by the application that it belongs to, which sees no other. What it asked for is
// kept as far as it is offered.
import type { Actor } from '../../core/model/audit.ts'
import {
  type Delivery,
  type EventStream,
  offeredTypes,
  POLL,
  PUSH,
  verificationType,
} from '../../core/model/event-stream.ts'
import type { AppId, EventStreamId } from '../../core/model/ids.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { eventOf } from '../audit-event.ts'
import { tell } from './tell.ts'

type Deps = { readonly store: Store; readonly clock: Clock; readonly random: Random; readonly secrets: Secrets }
/** An application that speaks for itself, in a domain. */
export type Receiver = {
  readonly domain: Domain
  readonly appId: AppId
  readonly clientId: string
  readonly requestId: string | undefined
}
export type Wish = {
  readonly delivery?:
    | { readonly method: typeof PUSH; readonly endpoint: string; readonly authorization?: string | undefined }
    | { readonly method: typeof POLL }
    | undefined
  readonly requested?: readonly string[] | undefined
  readonly description?: string | undefined
}
export type Polled = {
  readonly stream: EventStream
  readonly events: Awaited<ReturnType<Tx['eventStreams']['queued']>>
  readonly more: boolean
}
export type Poll = {
  readonly ack: readonly string[]
  readonly errors: { readonly [jti: string]: { readonly err: string; readonly description?: string | undefined } }
  readonly most: number
}
export type StreamFlows = {
  readonly create: (who: Receiver, wish: Wish) => Promise<EventStream>
  readonly find: (who: Receiver, id?: string) => Promise<EventStream>
  /** `whole`: what is left out goes back to its default. */
  readonly change: (who: Receiver, id: string, wish: Wish, whole: boolean) => Promise<EventStream>
  readonly setStatus: (
    who: Receiver,
    id: string,
    status: EventStream['status'],
    reason?: string,
  ) => Promise<EventStream>
  readonly remove: (who: Receiver, id: string) => Promise<void>
  readonly verify: (who: Receiver, id: string, state?: string) => Promise<void>
  readonly poll: (who: Receiver, poll: Poll) => Promise<Polled>
}

export const authorizationFor = (id: EventStreamId): string => `event-stream:${id}`
const offered = (wanted: readonly string[]): readonly string[] => offeredTypes.filter((type) => wanted.includes(type))
const missing = (): Problem => new Problem('not-found', 'there is no such stream of this application: make one first')
const meanwhile = (): Problem => new Problem('changed-meanwhile', 'the stream changed meanwhile: read it and try again')

const actorOf = (who: Receiver): Actor => ({ kind: 'app', id: who.appId, name: who.clientId })

const shownIn = ({ delivery, requested, status }: EventStream) => ({
  method: delivery.method,
  endpoint: delivery.method === PUSH ? delivery.endpoint : null,
  requested: [...requested],
  status,
})
type Verb = 'created' | 'updated' | 'removed'
const record = (
  tx: Tx,
  { random, clock }: Deps,
  who: Receiver,
  verb: Verb,
  stream: EventStream,
  before?: EventStream,
) =>
  tx.audit.add(
    eventOf(random, clock(), {
      tenancyId: stream.tenancyId,
      domainId: stream.domainId,
      action: `event-stream.${verb}`,
      actor: actorOf(who),
      target: { type: 'event-stream', id: stream.id, name: who.clientId },
      before: before && shownIn(before),
      after: verb === 'removed' ? undefined : shownIn(stream),
      requestId: who.requestId,
    }),
  )

const own = async (tx: Tx, who: Receiver, id?: string): Promise<EventStream> => {
  const found = await tx.eventStreams.ofApp(who.domain.id, who.appId)
  if (!found || (id !== undefined && found.id !== id)) throw missing()
  return found
}

const deliveryOf = ({ secrets }: Deps, id: EventStreamId, wish: Wish['delivery'], before?: Delivery): Delivery => {
  if (!wish) return before ?? { method: POLL }
  if (wish.method === POLL) return { method: POLL }
  const { endpoint, authorization } = wish
  // a secret that is left out is kept, but never sent to another address
  const kept = before?.method === PUSH && before.endpoint === endpoint ? before.authorizationSealed : undefined
  const authorizationSealed = authorization === undefined ? kept : secrets.seal(authorization, authorizationFor(id))
  return { method: PUSH, endpoint, authorizationSealed }
}

const newStream = (deps: Deps, who: Receiver, { delivery, requested, description }: Wish): EventStream => {
  const now = deps.clock()
  const id = deps.random.id() as EventStreamId
  return {
    id,
    tenancyId: who.domain.tenancyId,
    domainId: who.domain.id,
    appId: who.appId,
    audience: who.clientId,
    description,
    delivery: deliveryOf(deps, id, delivery),
    requested: offered(requested ?? []),
    status: 'enabled',
    reason: undefined,
    createdAt: now,
    updatedAt: now,
    version: 0,
  }
}
const changed = (deps: Deps, before: EventStream, wish: Wish, whole: boolean): EventStream => ({
  ...before,
  delivery: deliveryOf(deps, before.id, wish.delivery, whole && !wish.delivery ? undefined : before.delivery),
  requested: wish.requested ? offered(wish.requested) : whole ? [] : before.requested,
  description: wish.description ?? (whole ? undefined : before.description),
})

/** What a receiver could not take is on record; sending it again would change nothing. */
const recordRefusals = async (
  tx: Tx,
  { random, clock }: Deps,
  who: Receiver,
  stream: EventStream,
  errors: Poll['errors'],
) => {
  for (const [jti, { err, description }] of Object.entries(errors))
    await tx.audit.add(
      eventOf(random, clock(), {
        tenancyId: stream.tenancyId,
        domainId: stream.domainId,
        action: 'security-event.refused',
        reason: 'receiver-error',
        actor: actorOf(who),
        target: { type: 'event-stream', id: stream.id, name: who.clientId },
        details: { jti, err, description: description ?? null },
        requestId: who.requestId,
      }),
    )
}
const poll = async (tx: Tx, deps: Deps, who: Receiver, { ack, errors, most }: Poll): Promise<Polled> => {
  const stream = await own(tx, who)
  if (stream.delivery.method !== POLL)
    throw new Problem('request-malformed', 'the stream of this application is pushed: there is nothing to poll')
  await recordRefusals(tx, deps, who, stream, errors)
  await tx.eventStreams.acknowledge(stream.id, [...ack, ...Object.keys(errors)])
  if (stream.status !== 'enabled') return { stream, events: [], more: false }
  const events = await tx.eventStreams.queued(stream.id, most + 1)
  return { stream, events: events.slice(0, most), more: events.length > most }
}

export const streamFlows = (deps: Deps): StreamFlows => {
  const { store, clock } = deps
  const replace = (who: Receiver, id: string, after: (before: EventStream) => EventStream): Promise<EventStream> =>
    store.write(async (tx) => {
      const before = await own(tx, who, id)
      const stream = { ...after(before), updatedAt: clock() }
      if ((await tx.eventStreams.save(stream)) === 'stale') throw meanwhile()
      await record(tx, deps, who, 'updated', stream, before)
      return { ...stream, version: stream.version + 1 }
    })
  return {
    create: (who, wish) =>
      store.write(async (tx) => {
        const stream = newStream(deps, who, wish)
        if ((await tx.eventStreams.add(stream)) === 'duplicate')
          throw new Problem('name-taken', 'this application has a stream already: change that one')
        await record(tx, deps, who, 'created', stream)
        return stream
      }),
    find: (who, id) => store.read((tx) => own(tx, who, id)),
    change: (who, id, wish, whole) => replace(who, id, (before) => changed(deps, before, wish, whole)),
    setStatus: (who, id, status, reason) => replace(who, id, (before) => ({ ...before, status, reason })),
    remove: (who, id) =>
      store.write(async (tx) => {
        const before = await own(tx, who, id)
        await tx.eventStreams.remove(before.id)
        await record(tx, deps, who, 'removed', before, before)
      }),
    verify: (who, id, state) =>
      store.write(async (tx) => {
        const claims = state === undefined ? {} : { state }
        const about = { personId: undefined, sessionId: undefined, txn: undefined }
        await tell(tx, deps, await own(tx, who, id), { type: verificationType, claims, ...about, at: clock() })
      }),
    poll: (who, asked) => store.write((tx) => poll(tx, deps, who, asked)),
  }
}
