// A store whose rows can be looked at from beside it, on a connection of its own: whether a request changed anything is asked of the tables,
// not of the code under test. Left out is what may change with a refusal: decisions on record, denials in the audit log, when a key was used.
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { migrate } from '../../../../src/adapters/store-sql/migrate-command.ts'
import { openPostgres } from '../../../../src/adapters/store-sql/postgres.ts'
import { openSqlite } from '../../../../src/adapters/store-sql/sqlite.ts'
import type { Store } from '../../../../src/ports/store.ts'
import { postgresSchema, temporaryDirectory } from '../../../stores/open-test-store.ts'

type Row = { readonly [column: string]: unknown }
/** Table → its rows as text, in an order of their own. */
export type State = ReadonlyMap<string, readonly string[]>
export type Watched = {
  readonly store: Store
  readonly state: () => Promise<State>
  readonly close: () => Promise<void>
}

const leftOut = new Set(['decision_record', 'throttle', 'audit_seal', 'audit_checkpoint', 'audit_sealing', 'audit_key'])
const isKept = (table: string): boolean => !leftOut.has(table) && !/^(?:kysely|sqlite)_/.test(table)
const shown = (table: string, row: Row): string | undefined => {
  if (table === 'audit_event' && row.action === 'policy.denied') return undefined
  const { last_used_at: _, seq: __, ...kept } = row
  return JSON.stringify(kept)
}
const rowsOf = (table: string, rows: readonly Row[]): readonly string[] =>
  rows
    .map((row) => shown(table, row))
    .filter((row) => row !== undefined)
    .sort()

export const watchedSqlite = async (): Promise<Watched> => {
  const directory = temporaryDirectory()
  const path = `${directory.path}/gateway.db`
  await migrate({ kind: 'embedded', path }, 'up')
  const store = await openSqlite({ path })
  const beside = new DatabaseSync(path, { readOnly: true })
  const tables = beside.prepare("select name from sqlite_master where type = 'table' order by name").all() as Row[]
  const reads = tables
    .map(({ name }) => String(name))
    .filter(isKept)
    .map((table) => [table, beside.prepare(`select * from "${table}"`)] as const)
  return {
    store,
    state: async () => new Map(reads.map(([table, read]) => [table, rowsOf(table, read.all() as Row[])])),
    close: async () => {
      beside.close()
      await store.close()
      directory.remove()
    },
  }
}

export const watchedPostgres = async (): Promise<Watched> => {
  const schema = await postgresSchema()
  const hurried = new URL(schema.url) // what is asked here is not whether anything outlives a power cut
  hurried.searchParams.set('options', `${hurried.searchParams.get('options') ?? ''} -c synchronous_commit=off`)
  const url = hurried.href
  await migrate({ kind: 'postgres', url }, 'up')
  const store = await openPostgres({ url })
  const beside = new pg.Client({ connectionString: url })
  await beside.connect()
  const { rows } = await beside.query(
    'select table_name from information_schema.tables where table_schema = current_schema()',
  )
  const tables = (rows as Row[]).map((row) => String(row.table_name)).filter(isKept)
  // what a table looks like from afar: every row that is written gets the number of its transaction
  const marks = tables
    .map(
      (table) =>
        `select '${table}' as name, count(*) || ' ' || coalesce(sum(xmin::text::bigint), 0) as mark from "${table}"`,
    )
    .join(' union all ')
  const known = new Map<string, { readonly mark: string; readonly rows: readonly string[] }>()
  const state = async (): Promise<State> => {
    const { rows: all } = await beside.query({ name: 'marks', text: marks })
    for (const { name, mark } of all as { name: string; mark: string }[]) {
      if (known.get(name)?.mark === mark) continue
      const { rows: found } = await beside.query(`select to_jsonb(t) as row from "${name}" t`)
      known.set(name, {
        mark,
        rows: rowsOf(
          name,
          (found as { row: Row }[]).map((r) => r.row),
        ),
      })
    }
    return new Map(tables.map((table) => [table, known.get(table)?.rows ?? []]))
  }
  const close = async (): Promise<void> => {
    await beside.end()
    await store.close()
    await schema.remove()
  }
  return { store, state, close }
}

/** What is in one and not in the other, one line each; none: nothing changed. */
export const changesBetween = (
  before: State,
  after: State,
  counts: (table: string, row: string) => boolean = () => true,
): readonly string[] => {
  const out: string[] = []
  for (const [table, rows] of after) {
    const old = before.get(table) ?? []
    if (rows === old || (rows.length === old.length && rows.every((row, n) => row === old[n]))) continue
    const [was, is] = [new Set(old), new Set(rows)]
    for (const row of rows) if (!was.has(row) && counts(table, row)) out.push(`+ ${table} ${row.slice(0, 300)}`)
    for (const row of old) if (!is.has(row) && counts(table, row)) out.push(`- ${table} ${row.slice(0, 300)}`)
  }
  return out
}
