// Statements that are spelled out once. Kysely builds a tree and compiles it at every call, which takes longer than SQLite takes to answer;
// but what a statement looks like never depends on its values. So it is compiled with slots, and the values are put in when it runs.
import { type Compilable, CompiledQuery } from 'kysely'
import type { Db } from './dialect.ts'

type Slot = { readonly slot: string }
type Text = { readonly sql: string; readonly places: readonly unknown[] }

const isSlot = (place: unknown): place is Slot => typeof place === 'object' && place !== null && 'slot' in place

/** Every member of it is a slot of that name, whatever its type is said to be. */
const slots = new Proxy({}, { get: (_, name) => ({ slot: String(name) }) })

/**
 * `build` is run once per engine and must put every value where a parameter goes: it cannot look at them. Columns are named one by one.
 */
export const kept = <Values extends object, Row>(build: (db: Db, values: Values) => Compilable<Row>) => {
  const texts = new Map<unknown, Text>()
  const textFor = (db: Db): Text => {
    const engine = db.getExecutor().adapter.constructor
    const known = texts.get(engine)
    if (known) return known
    const { sql, parameters } = build(db, slots as Values).compile()
    const text = { sql, places: parameters }
    texts.set(engine, text)
    return text
  }
  return async (db: Db, values: Values): Promise<readonly Row[]> => {
    const { sql, places } = textFor(db)
    const parameters = places.map((place) =>
      isSlot(place) ? (values as { [name: string]: unknown })[place.slot] : place,
    )
    return (await db.executeQuery<Row>(CompiledQuery.raw(sql, parameters))).rows
  }
}
