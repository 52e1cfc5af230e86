// Decisions on record before they are told. One transaction per decision would cost a disk flush each, so those that are there when one
// begins share it, and those that come later the next; every answer waits for its own to be committed (`flush` says what that means).
import type { AuditEvent, DecisionRecord } from '../../core/model/audit.ts'
import type { Flush, Store, Tx } from '../../ports/store.ts'

export type Entry = { readonly record: DecisionRecord; readonly event: AuditEvent | undefined }
export type DecisionLog = (entry: Entry) => Promise<void>

const MOST = 500
const MOST_AT_ONCE = 4 // transactions: while one waits for the disk the next is written

type Waiting = { readonly entry: Entry; readonly done: () => void; readonly failed: (cause: unknown) => void }

type Deps = {
  readonly store: Pick<Store, 'write'>
  readonly flush: Flush
}

export const decisionLog = ({ store, flush }: Deps): DecisionLog => {
  const waiting: Waiting[] = []
  let writing = 0
  let asked = false // somebody is about to take those who wait

  const put = async (tx: Tx, entries: readonly Entry[]): Promise<void> => {
    await tx.audit.addDecisions(entries.map((e) => e.record))
    const events = entries.map((e) => e.event).filter((event) => event !== undefined)
    if (events.length > 0) await tx.audit.addAll(events)
  }
  // One that cannot be written (text the database refuses, say) must not take the others of its batch with it.
  const alone = ({ entry, done, failed }: Waiting): Promise<void> =>
    store.write((tx) => put(tx, [entry]), flush).then(done, failed)

  const together = async (): Promise<void> => {
    const batch: Waiting[] = []
    const take = (): void => {
      asked = false
      batch.push(...waiting.splice(0, MOST - batch.length))
    }
    try {
      await store.write((tx) => {
        take() // as late as can be; begun again, it writes those of before as well
        return put(
          tx,
          batch.map((w) => w.entry),
        )
      }, flush)
      for (const { done } of batch) done()
    } catch (cause) {
      if (batch.length === 0) take() // the store itself
      if (batch.length === 1) batch[0]?.failed(cause)
      else for (const one of batch) await alone(one)
    }
  }
  const writeSoon = async (): Promise<void> => {
    if (asked || writing >= MOST_AT_ONCE || waiting.length === 0) return
    asked = true
    writing += 1
    await together()
    writing -= 1
    await writeSoon()
  }

  return (entry) =>
    new Promise<void>((done, failed) => {
      waiting.push({ entry, done, failed })
      void writeSoon()
    })
}
