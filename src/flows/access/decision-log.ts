// Decisions on record before they are told. One transaction per decision would cost a disk flush each, so those that come while one is
// being written share the next; every answer still waits for its own to be on disk.
import type { AuditEvent, DecisionRecord } from '../../core/model/audit.ts'
import type { Store } from '../../ports/store.ts'

export type Entry = { readonly record: DecisionRecord; readonly event: AuditEvent | undefined }
export type DecisionLog = (entry: Entry) => Promise<void>

const MOST = 500

type Waiting = { readonly entry: Entry; readonly done: () => void; readonly failed: (cause: unknown) => void }

export const decisionLog = ({ store }: { readonly store: Pick<Store, 'write'> }): DecisionLog => {
  let waiting: Waiting[] = []
  let writing = false

  const put = (entries: readonly Entry[]): Promise<void> =>
    store.write(async (tx) => {
      for (const { record, event } of entries) {
        await tx.audit.addDecision(record)
        if (event) await tx.audit.add(event)
      }
    })
  // One that cannot be written (text the database refuses, say) must not take the others of its batch with it.
  const alone = async ({ entry, done, failed }: Waiting): Promise<void> => put([entry]).then(done, failed)

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MOST)
      waiting = waiting.slice(MOST)
      try {
        await put(batch.map((w) => w.entry))
        for (const { done } of batch) done()
      } catch (cause) {
        if (batch.length === 1) batch[0]?.failed(cause)
        else for (const one of batch) await alone(one)
      }
    }
    writing = false
  }

  return (entry) =>
    new Promise<void>((done, failed) => {
      waiting.push({ entry, done, failed })
      if (writing) return
      writing = true
      void drain()
    })
}
