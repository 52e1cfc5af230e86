// Runs in a thread of its own: folds the write-ahead log back into the file whenever it is told to, and says when it has.
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'

const database = new DatabaseSync((workerData as { path: string }).path)
database.exec('pragma synchronous = normal; pragma trusted_schema = off') // the log is on the disk before any of it is in the file

parentPort?.on('message', (told: 'fold' | 'end') => {
  if (told === 'fold') {
    try {
      // Waits for nobody; what is in use stays for the next time. https://sqlite.org/pragma.html#pragma_wal_checkpoint
      database.exec('pragma wal_checkpoint(passive)')
    } catch {
      // a full disk, say: whoever commits next hears of it, and says so
    }
    parentPort?.postMessage('ready')
  } else {
    database.close()
    parentPort?.close()
  }
})
parentPort?.postMessage('ready')
