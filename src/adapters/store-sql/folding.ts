// SQLite folds its log back into the file (a checkpoint) in the commit that has made it a thousand pages long, and so long the event loop
// stands still: 10 ms and more. Where much is written a second thread does that instead. It is not there before it is needed, and
// without it all goes on as before. https://sqlite.org/wal.html#ckpt
import { Worker } from 'node:worker_threads'

/** Commits between two times. */
const EVERY = 20
/** So many commits within a second are worth a thread. */
const MANY = 100
const SECOND = 1000 // ms
/** Pages. While others read and write all the time the thread never gets to the very end; here somebody who commits does, quickly. */
const AT_LAST = 2000
const USUAL = 1000

export type Folding = {
  /** To be told of every commit. */
  readonly committed: () => void
  readonly close: () => Promise<void>
}

/** `exec`: of the connection that commits. */
export const folding = (path: string, exec: (text: string) => void): Folding => {
  let thread: Worker | undefined
  let [ready, failed] = [false, false]
  let commits = 0
  let [counted, since] = [0, performance.now()]

  const foldAt = (pages: number): void => exec(`pragma wal_autocheckpoint = ${pages}`)
  const gone = (worker: Worker) => (): void => {
    if (thread !== worker) return // told already
    ;[ready, failed] = [false, true]
    thread = undefined
    foldAt(USUAL)
  }
  const start = (): Worker => {
    const worker = new Worker(new URL('./folding-thread.ts', import.meta.url), { workerData: { path }, execArgv: [] })
    worker.unref() // it keeps no process alive
    worker.once('message', () => foldAt(AT_LAST))
    worker.on('message', () => {
      ready = true
    })
    worker.on('error', gone(worker))
    worker.once('exit', gone(worker))
    return worker
  }
  /** Whether there were many of late; asked once for so many. */
  const isBusy = (): boolean => {
    const now = performance.now()
    const busy = now - since < SECOND
    since = now
    return busy
  }
  return {
    committed: () => {
      commits += 1
      if (ready && commits >= EVERY) {
        ready = false
        commits = 0
        thread?.postMessage('fold')
      }
      if (thread || failed) return
      counted += 1
      if (counted < MANY) return
      counted = 0
      if (isBusy()) thread = start()
    },
    close: async () => {
      const worker = thread
      thread = undefined
      if (!worker) return
      worker.ref()
      const ended = new Promise((done) => worker.once('exit', done)) // also after an error
      worker.postMessage('end')
      await ended
    },
  }
}
