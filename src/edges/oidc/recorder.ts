// Audit events of things the provider did, written behind its back: its listeners may neither wait nor throw. What has gathered while
// the last transaction ran goes into the next, so that a busy token endpoint pays for few of them.

import type { AuditEvent } from '../../core/model/audit.ts'
import type { EventParts } from '../../flows/audit-event.ts'
import { eventOf } from '../../flows/audit-event.ts'
import type { OidcDeps } from './deps.ts'

export type Recorder = {
  record(parts: EventParts): void
  /** Settles when everything recorded so far is written, or has been reported as lost. */
  settled(): Promise<void>
}

/** Beyond this the store is not keeping up and the rest is lost; losing audit is reported, stopping sign-ins would be worse. */
const MOST_WAITING = 10_000

export const recorderOf = ({
  store,
  random,
  clock,
  report,
}: Pick<OidcDeps, 'store' | 'random' | 'clock' | 'report'>): Recorder => {
  let waiting: AuditEvent[] = []
  let writing: Promise<void> | undefined

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        await store.write(async (tx) => {
          for (const event of batch) await tx.audit.add(event)
        })
      } catch (error) {
        report(`${batch.length} audit events were lost`, error)
      }
    }
  }

  return {
    record: (parts) => {
      if (waiting.length >= MOST_WAITING)
        return report('an audit event was lost', new Error('the store does not keep up'))
      waiting.push(eventOf(random, clock(), parts))
      writing ??= drain().finally(() => {
        writing = undefined
      })
    },
    settled: async () => {
      while (writing) await writing
    },
  }
}
