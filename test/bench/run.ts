// `npm run bench`: every figure beside a reference measured in the same run. `npm run bench -- oidc saml` for some of them, `--full` for
// longer rounds and the large sizes. Prints a table and keeps nothing.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { admin } from './admin.ts'
import { authzen } from './authzen.ts'
import { memory } from './memory.ts'
import { oidc } from './oidc.ts'
import { saml } from './saml.ts'
import { scim } from './scim.ts'
import { size } from './size.ts'
import { startUp } from './start-up.ts'
import { type Bench, type Row, tableOf } from './table.ts'

const benches: { readonly [name: string]: Bench } = {
  oidc,
  authzen,
  saml,
  scim,
  'start-up': startUp,
  memory,
  size,
  admin,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { full: { type: 'boolean', default: false }, 'cpu-prof': { type: 'boolean', default: false } },
})
const slow = ['memory', 'size', 'admin'] // by name, or with `--full`
const chosen =
  positionals.length > 0 ? positionals : Object.keys(benches).filter((name) => values.full || !slow.includes(name))
const unknown = chosen.filter((name) => !Object.hasOwn(benches, name))
if (unknown.length > 0) {
  console.error(`no bench is called ${unknown.join(', ')}: there are ${Object.keys(benches).join(', ')}`)
  process.exit(2)
}

const began = performance.now()
const rows: Row[] = []
for (const name of chosen) {
  const since = performance.now()
  rows.push(...((await benches[name]?.({ full: values.full })) ?? []))
  console.error(`${name}: ${((performance.now() - since) / 1000).toFixed(0)} s`)
}
const [cpu] = cpus()
console.log(tableOf(rows))
console.log(
  `\nNode ${process.version}, ${cpus().length} × ${cpu?.model ?? 'unknown processor'}, ${((performance.now() - began) / 1000).toFixed(0)} s`,
)
