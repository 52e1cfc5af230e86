// Part of what every store promises (store.ts): streams of security events, and events that wait to be fetched.
import type { EventStream, QueuedEvent } from '../core/model/event-stream.ts'
import type { AppId, DomainId, EventStreamId } from '../core/model/ids.ts'

/** Gone with their domain and with their application, and their events with them. */
export interface EventStreams {
  get(id: EventStreamId): Promise<EventStream | undefined>
  ofApp(domain: DomainId, app: AppId): Promise<EventStream | undefined>
  ofDomain(domain: DomainId): Promise<readonly EventStream[]>
  /** One per application and domain: a second is `'duplicate'`. */
  add(stream: EventStream): Promise<'ok' | 'duplicate'>
  /** Compare-and-swap on `version` (stored as version + 1). */
  save(stream: EventStream): Promise<'saved' | 'stale'>
  remove(id: EventStreamId): Promise<boolean>
  /** Kept until it is acknowledged, or for a week. */
  queue(event: QueuedEvent): Promise<void>
  queued(stream: EventStreamId, limit: number): Promise<readonly QueuedEvent[]> // oldest first
  /** How many there were. */
  acknowledge(stream: EventStreamId, jtis: readonly string[]): Promise<number>
}
