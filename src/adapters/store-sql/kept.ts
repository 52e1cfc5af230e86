// Statements that are spelled out once. Kysely builds a tree and compiles it at every call, which takes longer than SQLite takes to answer;
// but what a statement looks like never depends on its values. So it is compiled with slots, and the values are put in when it runs.
import type { Compilable, RawBuilder } from 'kysely'
import { type Db, directOf, type Engine } from './dialect.ts'
import type { Schema } from './schema.ts'

type Slot = { readonly slot: string }
type Text = { readonly sql: string; readonly places: readonly unknown[] }

const isSlot = (place: unknown): place is Slot => typeof place === 'object' && place !== null && 'slot' in place

/** Every member of it is a slot of that name, whatever its type is said to be. */
const slots = new Proxy({}, { get: (_, name) => ({ slot: String(name) }) })

/**
 * `build` is run once per engine and must put every value where a parameter goes: it cannot look at them. Columns are named one by one.
 */
export const kept = <Values extends object, Row>(build: (db: Db, values: Values) => Compilable<Row>) => {
  const texts = new Map<Engine, Text>()
  const textFor = (engine: Engine, db: Db): Text => {
    const known = texts.get(engine)
    if (known) return known
    const { sql, parameters } = build(db, slots as Values).compile()
    const text = { sql, places: parameters }
    texts.set(engine, text)
    return text
  }
  return async (db: Db, values: Values): Promise<readonly Row[]> => {
    const { engine, run } = directOf(db)
    const { sql, places } = textFor(engine, db)
    const parameters = places.map((place) =>
      isSlot(place) ? (values as { [name: string]: unknown })[place.slot] : place,
    )
    return (await run(sql, parameters)).rows as readonly Row[]
  }
}

const alike = new Map<string, string>()
/** For statements that many tables have: `key` tells them apart, and the values go in as they stand in the text. */
export const keptAs = async <Row>(
  db: Db,
  key: string,
  build: () => RawBuilder<Row>,
  values: readonly unknown[],
): Promise<readonly Row[]> => {
  const { engine, run } = directOf(db)
  const of = `${engine} ${key}`
  let text = alike.get(of)
  if (text === undefined) {
    text = build().compile(db).sql
    alike.set(of, text)
  }
  return (await run(text, values)).rows as readonly Row[]
}

/** Rows per statement: few texts for any number of rows, and far below the parameters that an engine takes. */
const sizes = [32, 8, 1] as const

/** Inserts any number of rows, many at a time. Every row has exactly these columns. */
export const keptRows = <Table extends keyof Schema, Column extends keyof Schema[Table] & string>(
  table: Table,
  columns: readonly Column[],
) => {
  const texts = new Map<string, string>()
  const textFor = (engine: Engine, db: Db, size: number): string => {
    const key = `${engine} ${size}`
    const known = texts.get(key)
    if (known !== undefined) return known
    const row = Object.fromEntries(columns.map((column) => [column, null]))
    const { sql } = db
      .insertInto(table)
      .values(Array(size).fill(row) as never)
      .compile()
    texts.set(key, sql)
    return sql
  }
  return async (db: Db, rows: readonly { readonly [C in Column]: unknown }[]): Promise<void> => {
    const { engine, run } = directOf(db)
    let from = 0
    for (const size of sizes)
      for (; rows.length - from >= size; from += size) {
        const values = rows.slice(from, from + size).flatMap((row) => columns.map((column) => row[column]))
        await run(textFor(engine, db, size), values)
      }
  }
}
