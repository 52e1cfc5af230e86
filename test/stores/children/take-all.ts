// Takes journeys j0 … j9 twenty times each, all at once, after a word on stdin; prints how many it was given.
import { once } from 'node:events'
import { openPostgres } from '../../../src/adapters/store-sql/postgres.ts'
import { openSqlite } from '../../../src/adapters/store-sql/sqlite.ts'
import { atOnce } from '../at-once.ts'
import { id } from '../rows.ts'

const [kind, place = ''] = process.argv.slice(2)
const store = kind === 'postgres' ? await openPostgres({ url: place }) : await openSqlite({ path: place })
await store.ready()
console.log('ready')
await once(process.stdin, 'data')
const taken = await atOnce(200, (index) => store.write((tx) => tx.journeys.take(id(`j${index % 10}`))))
console.log(taken.filter(Boolean).length)
await store.close()
process.stdin.destroy()
