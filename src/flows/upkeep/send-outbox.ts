// What was promised in a transaction and must happen after it, at least once, on any node: mails, back-channel logout. An item is
// leased, so a node that dies gives it back; one that fails waits longer each time and is given up, loudly, after a day or so.
import type { JsonObject } from '../../core/model/json.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { OutboxItem, Store } from '../../ports/store.ts'
import { eventOf } from '../audit-event.ts'

/** Delivers one item. `failed`: try again later. `gone`: nobody will ever want it, so stop. */
export type Deliver = (
  payload: JsonObject,
  item: OutboxItem,
) => Promise<'sent' | { readonly failed: string } | { readonly gone: string }>
export type Delivered = {
  readonly kind: string
  readonly id: string
  readonly outcome: 'sent' | 'retry' | 'given-up'
  readonly detail: string | undefined
}

type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly deliver: { readonly [kind: string]: Deliver }
}

const LEASE_SECONDS = 120
const BATCH = 20
const FIRST_WAIT_SECONDS = 5
const LONGEST_WAIT_SECONDS = 3600
const MOST_ATTEMPTS = 30 // about a day with the waits above

/** 5 s, 10 s, 20 s … 1 h. `attempts` counts the one that just failed. */
export const retryAt = (now: EpochMs, attempts: number): EpochMs =>
  secondsLater(now, Math.min(FIRST_WAIT_SECONDS * 2 ** Math.min(attempts - 1, 20), LONGEST_WAIT_SECONDS))

const attempt = async (deps: Deps, item: OutboxItem): ReturnType<Deliver> => {
  const deliver = Object.hasOwn(deps.deliver, item.kind) ? deps.deliver[item.kind] : undefined
  if (!deliver) return { failed: `nobody here delivers \`${item.kind}\`` } // an older node during an upgrade; a newer one will
  try {
    return await deliver(item.payload, item)
  } catch (thrown) {
    return { failed: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}

const giveUp = (deps: Deps, item: OutboxItem, why: string): Promise<void> =>
  deps.store.write(async (tx) => {
    await tx.outbox.done(item.id)
    await tx.audit.add(
      eventOf(deps.random, deps.clock(), {
        tenancyId: item.tenancyId,
        action: 'outbox.given-up',
        reason: 'not-delivered',
        actor: { kind: 'system', id: 'gwanmun', name: 'outbox' },
        target: { type: 'outbox', id: item.id, name: item.kind },
        details: { attempts: item.attempts, detail: why },
      }),
    )
  })

const send = async (deps: Deps, item: OutboxItem): Promise<Delivered> => {
  const result = await attempt(deps, item)
  const about = { kind: item.kind, id: item.id }
  if (result === 'sent') {
    await deps.store.write((tx) => tx.outbox.done(item.id))
    return { ...about, outcome: 'sent', detail: undefined }
  }
  const why = 'gone' in result ? result.gone : result.failed
  if ('gone' in result || item.attempts >= MOST_ATTEMPTS) {
    await giveUp(deps, item, why)
    return { ...about, outcome: 'given-up', detail: why }
  }
  await deps.store.write((tx) => tx.outbox.retry(item.id, retryAt(deps.clock(), item.attempts), why))
  return { ...about, outcome: 'retry', detail: why }
}

/** Everything that is due, one batch at a time. One dead receiver does not hold up the others. */
export type SendOutbox = () => Promise<readonly Delivered[]>
export const sendOutbox =
  (deps: Deps): SendOutbox =>
  async () => {
    const delivered: Delivered[] = []
    for (;;) {
      const now = deps.clock()
      const items = await deps.store.write((tx) => tx.outbox.claim(now, secondsLater(now, LEASE_SECONDS), BATCH))
      if (items.length === 0) return delivered
      delivered.push(...(await Promise.all(items.map((item) => send(deps, item)))))
    }
  }
