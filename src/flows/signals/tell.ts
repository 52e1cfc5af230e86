// Security events on their way: whatever is recorded and is a signal for others is queued for every stream that asked for it, in the
// transaction of what happened. A push is an item of the outbox; what is polled waits in its own queue.

import type { AuditEvent } from '../../core/model/audit.ts'
import type { EventStream, SecurityEvent } from '../../core/model/event-stream.ts'
import { POLL } from '../../core/model/event-stream.ts'
import type { DomainId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { isSignal, signalOf } from '../../core/signals/caep.ts'
import type { Random } from '../../ports/random.ts'
import type { Store, Tx } from '../../ports/store.ts'

export const SECURITY_EVENT = 'security-event'
type Deps = { readonly random: Pick<Random, 'id'> }

export const tell = async (tx: Tx, { random }: Deps, stream: EventStream, event: SecurityEvent): Promise<void> => {
  const jti = random.id()
  if (stream.delivery.method === POLL) return tx.eventStreams.queue({ jti, streamId: stream.id, event })
  const payload: JsonObject = JSON.parse(JSON.stringify({ streamId: stream.id, jti, event }))
  await tx.outbox.add({
    id: random.id(),
    tenancyId: stream.tenancyId,
    kind: SECURITY_EVENT,
    payload,
    attempts: 0,
    dueAt: event.at,
    lastError: undefined,
  })
}

const signal = async (tx: Tx, deps: Deps, audited: AuditEvent): Promise<void> => {
  if (audited.domainId === undefined || !isSignal(audited)) return
  const event = signalOf(audited)
  if (!event) return
  for (const stream of await tx.eventStreams.ofDomain(audited.domainId as DomainId))
    if (stream.status !== 'disabled' && stream.requested.includes(event.type)) await tell(tx, deps, stream, event)
}

const signallingTx = (tx: Tx, deps: Deps): Tx => {
  const audit: Tx['audit'] = {
    ...tx.audit,
    add: async (event) => {
      await tx.audit.add(event)
      await signal(tx, deps, event)
    },
    addAll: async (events) => {
      await tx.audit.addAll(events)
      for (const event of events) await signal(tx, deps, event)
    },
  }
  return Object.create(tx, { audit: { value: audit } }) as Tx
}

/** Everything as the store itself, save that what is recorded reaches those who asked to be told. */
export const signallingStore = (store: Store, deps: Deps): Store => ({
  ...store,
  write: (work, flush) => store.write((tx) => work(signallingTx(tx, deps)), flush),
})
