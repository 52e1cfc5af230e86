// A process that applies a tenancy file and is killed, as by `kill -9`, at the last write of its transaction: `killed-apply.ts kind url text`.
import { openPostgres } from '../../../src/adapters/store-sql/postgres.ts'
import { openSqlite } from '../../../src/adapters/store-sql/sqlite.ts'
import { systemClock, systemRandom } from '../../../src/adapters/system.ts'
import { failingLate, house } from './house.ts'

const [kind, url = '', text = ''] = process.argv.slice(2)
const store = await (kind === 'postgres' ? openPostgres({ url }) : openSqlite({ path: url }))
const h = await house(
  failingLate(store, async () => {
    process.kill(process.pid, 'SIGKILL')
  }),
  { random: systemRandom(systemClock) },
)
await h.apply(text)
