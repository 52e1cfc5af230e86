// Pushing one security event to its receiver (RFC 8935). Called by the outbox, which tries again; what a receiver says it will never take is
// not tried again, and that is on record.

import { PUSH, type QueuedEvent } from '../../core/model/event-stream.ts'
import type { DomainId, EventStreamId } from '../../core/model/ids.ts'
import { authorizationFor } from '../../flows/signals/streams.ts'
import type { Deliver } from '../../flows/upkeep/send-outbox.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Fetch } from '../../ports/fetcher.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store } from '../../ports/store.ts'
import type { TokenMaker } from './token.ts'

export type PushDeps = {
  readonly store: Pick<Store, 'read'>
  readonly secrets: Secrets
  readonly clock: Clock
  readonly fetch: Fetch
  readonly issuerOf: (domain: DomainId) => Promise<string>
  readonly makeToken: TokenMaker
}

/** RFC 8935 §2.4. Those that a correction on either side mends are worth another try. */
const hopeless = new Set(['invalid_request', 'invalid_issuer', 'invalid_audience'])

const refusalIn = async (response: Response): Promise<{ readonly err: string; readonly description: string }> => {
  try {
    const { err, description } = (await response.json()) as { readonly err?: unknown; readonly description?: unknown }
    return { err: String(err ?? ''), description: String(description ?? '').slice(0, 500) }
  } catch {
    return { err: '', description: '' }
  }
}

export const securityEventPush =
  ({ store, secrets, clock, fetch, issuerOf, makeToken }: PushDeps): Deliver =>
  async (payload) => {
    const { jti, event, streamId } = payload as unknown as QueuedEvent
    const stream = await store.read((tx) => tx.eventStreams.get(streamId as EventStreamId))
    if (stream?.delivery.method !== PUSH) return { gone: 'the receiver no longer wants to be told' }
    if (stream.status === 'disabled') return { gone: 'the stream is disabled' }
    if (stream.status === 'paused') return { failed: 'the stream is paused' }
    const { endpoint, authorizationSealed } = stream.delivery
    const token = await makeToken(await issuerOf(stream.domainId), stream, { jti, event, streamId }, clock())
    const authorization =
      authorizationSealed === undefined
        ? {}
        : { authorization: secrets.open(authorizationSealed, authorizationFor(stream.id)) }
    const response = await fetch(endpoint, {
      method: 'POST',
      redirect: 'error',
      headers: { 'content-type': 'application/secevent+jwt', accept: 'application/json', ...authorization },
      body: token,
    })
    if (response.status === 202 || response.status === 200) return 'sent'
    const { err, description } = await refusalIn(response)
    const why = `${endpoint} answered ${response.status} ${err} ${description}`.trim()
    return response.status === 400 && hopeless.has(err) ? { gone: why } : { failed: why }
  }
