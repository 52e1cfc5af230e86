// node test/fuzz/api.ts [count] [seed] [--postgres]: random requests to every operation of the administrative API, SCIM, AuthZEN and SSF. Every
// answer is of a declared status and shape, nothing is a 500, nobody writes or reads what they may not, and no secret is told.
import { parseArgs } from 'node:util'
import { fuzz, type Tally } from '../edges/admin/attack/fuzz-run.ts'
import { watchedPostgres, watchedSqlite } from '../edges/admin/attack/watched-store.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { postgres: { type: 'boolean', default: false } },
})
const count = Number(positionals[0] ?? 20_000)
const seed = Number(positionals[1] ?? 20_300_116)
if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
  console.error('usage: node test/fuzz/api.ts [count] [seed] [--postgres]')
  process.exit(2)
}
const statusesOf = ({ statuses }: Tally): string =>
  [...statuses]
    .sort(([a], [b]) => a - b)
    .map(([status, n]) => `${status}: ${n}`)
    .join(', ')

const began = performance.now()
let shown = 0
const told = (tally: Tally): void => {
  for (const what of tally.wrong.slice(shown, 40)) console.error(`${what}\n`)
  shown = tally.wrong.length
  console.log(`${tally.requests} requests, ${tally.changes} changed something, ${tally.wrong.length} wrong`)
}
const tally = await fuzz(values.postgres ? watchedPostgres : watchedSqlite, { count, seed, told })
console.log(statusesOf(tally))
console.log(
  `${tally.validBodies} of ${tally.bodies} documents were valid; slowest ${tally.slowestMs.toFixed(0)} ms: ${tally.slowest}`,
)
console.log(`never answered with success: ${[...tally.untouched].join(', ') || 'none'}`)
const classes = Map.groupBy(tally.statuses, ([status]) => `${Math.floor(status / 100)}xx`)
const byClass = ['2xx', '3xx', '4xx', '5xx'].map(
  (name) => `${name}: ${(classes.get(name) ?? []).reduce((sum, [, n]) => sum + n, 0)}`,
)
const reached = tally.operations.size - tally.untouched.size
console.log(
  `${values.postgres ? 'postgres' : 'sqlite'}, seed ${seed}: ${tally.requests} requests in ${((performance.now() - began) / 1000).toFixed(0)} s (${byClass.join(', ')}), ${reached} of ${tally.operations.size} operations reached with 2xx, findings ${tally.wrong.length}`,
)
process.exit(tally.wrong.length > 0 ? 1 : 0)
