// Writes rows one after another and tells each one only after the store acknowledged it. Ends by being killed.
import { writeSync } from 'node:fs'
import { openSqlite } from '../../../src/adapters/store-sql/sqlite.ts'
import { auditEvent } from '../traffic-rows.ts'

const store = await openSqlite({ path: process.argv[2] ?? '' })
for (let count = 0; ; count += 1) {
  await store.write((tx) => tx.audit.add(auditEvent(`event-${count}`, { details: { filler: 'x'.repeat(2000) } })))
  writeSync(1, `event-${count}\n`)
}
