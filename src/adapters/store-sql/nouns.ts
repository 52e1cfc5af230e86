// Rows that administrators define, the same for every noun: id, a place among siblings, a name unique there, a body.
// What differs per noun is its Shape; what it means is nobody's business here.
import { sql } from 'kysely'
import type { Nouns, Paged } from '../../ports/store.ts'
import type { Db } from './dialect.ts'
import { keptAs } from './kept.ts'
import { beginningWith, fromBody, nameKey, textKey, toBody } from './text.ts'

export type Cells = { readonly [column: string]: string | number | null }
export type Shape<T, Scope> = {
  readonly table: string
  /** Columns beside id, name_key and body. */
  readonly cells: (row: T) => Cells
  /** The columns that a scope fixes; an empty one means every row. */
  readonly within: (scope: Scope) => Cells
  /** Where a row's name must be unique. */
  readonly siblings: (row: T) => Cells
  /** Further column sets that nobody else may hold: whatever else is a name on some wire. */
  readonly alsoUnique?: (row: T) => readonly Cells[]
}
type Row = { body: string }
/** Ids per statement: few texts for any number of them. */
const SIZES = [64, 8, 1] as const

const matches = (cells: Cells) => {
  const tests = Object.entries(cells).map(([column, value]) => sql`${sql.ref(column)} = ${value}`)
  return tests.length === 0 ? sql`1 = 1` : sql.join(tests, sql` and `)
}

/** Inserts, or replaces every given column by id. `kept` are columns that a replacement leaves alone. */
export const upsert = async (db: Db, table: string, cells: Cells, kept: readonly string[] = []): Promise<void> => {
  const columns = Object.keys(cells)
  const moved = columns.filter((column) => column !== 'id' && !kept.includes(column))
  await sql`insert into ${sql.table(table)} (${sql.join(columns.map((c) => sql.ref(c)))})
    values (${sql.join(Object.values(cells).map((value) => sql`${value}`))})
    on conflict (id) do update set ${sql.join(moved.map((c) => sql`${sql.ref(c)} = ${sql.ref(`excluded.${c}`)}`))}`.execute(
    db,
  )
}

export const isTaken = async (db: Db, table: string, id: string, rivals: readonly Cells[]): Promise<boolean> => {
  for (const rival of rivals) {
    const found = await sql`select id from ${sql.table(table)} where ${matches(rival)} and id <> ${id} limit 1`.execute(
      db,
    )
    if (found.rows.length > 0) return true
  }
  return false
}

export const removeById = async (db: Db, table: string, id: string): Promise<boolean> => {
  const gone = await sql`delete from ${sql.table(table)} where id = ${id}`.execute(db)
  return Number(gone.numAffectedRows ?? 0n) > 0
}

export const nouns = <T extends { readonly id: I; readonly name: string }, I extends string, Scope>(
  db: Db,
  { table, cells, within, siblings, alsoUnique }: Shape<T, Scope>,
): Nouns<T, I, Scope> & Paged<T, Scope> => {
  const rows = sql.table(table)
  return {
    get: async (id) => {
      const [row] = await keptAs(db, `${table} get`, () => sql<Row>`select body from ${rows} where id = ${id}`, [id])
      return row && fromBody<T>(row.body)
    },
    byName: async (scope, name) => {
      const place = { ...within(scope), name_key: nameKey(name) }
      const text = () => sql<Row>`select body from ${rows} where ${matches(place)} order by id limit 1`
      const [row] = await keptAs(db, `${table} ${Object.keys(place)} byName`, text, Object.values(place))
      return row && fromBody<T>(row.body)
    },
    some: async (ids) => {
      const all = [...new Set(ids)]
      const found: T[] = []
      let from = 0
      for (const size of SIZES)
        for (; all.length - from >= size; from += size) {
          const part = all.slice(from, from + size)
          const text = () => sql<Row>`select body from ${rows} where id in (${sql.join(part)})`
          for (const row of await keptAs(db, `${table} some ${size}`, text, part)) found.push(fromBody<T>(row.body))
        }
      return found
    },
    list: async (scope) => {
      const place = within(scope)
      const text = () => sql<Row>`select body from ${rows} where ${matches(place)} order by name_key, id`
      const found = await keptAs(db, `${table} ${Object.keys(place)} list`, text, Object.values(place))
      return found.map((row) => fromBody<T>(row.body))
    },
    page: async (scope, after, limit, { down = false, beginning, skip = 0 } = {}) => {
      const [more, most, way] = down ? [sql`<`, sql`<=`, sql`desc`] : [sql`>`, sql`>=`, sql`asc`]
      const key = after && nameKey(after.name)
      const behind = after
        ? sql`and name_key ${most} ${key} and (name_key ${more} ${key} or id ${more} ${after.id})` // one range of the index in both engines
        : sql``
      const [from, to] = beginningWith(textKey(beginning ?? ''))
      const begins = beginning === undefined ? sql`` : sql`and name_key >= ${from} and name_key < ${to}`
      const found = await sql<Row>`select body from ${rows} where ${matches(within(scope))} ${begins} ${behind}
        order by name_key ${way}, id ${way} limit ${limit} offset ${skip}`.execute(db)
      return found.rows.map((row) => fromBody<T>(row.body))
    },
    count: async (scope) => {
      const found = await sql<{
        n: number | string
      }>`select count(*) as n from ${rows} where ${matches(within(scope))}`.execute(db)
      return Number(found.rows[0]?.n ?? 0)
    },
    // Two statements: the transaction is serialisable, and the unique index stands behind them.
    put: async (row) => {
      const name_key = nameKey(row.name)
      const rivals = [{ ...siblings(row), name_key }, ...(alsoUnique?.(row) ?? [])]
      if (await isTaken(db, table, row.id, rivals)) return 'name-taken'
      await upsert(db, table, { id: row.id, ...cells(row), name_key, body: toBody(row) })
      return 'ok'
    },
    remove: (id) => removeById(db, table, id),
  }
}
