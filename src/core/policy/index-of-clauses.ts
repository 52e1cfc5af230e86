// From a subject to the clauses that can matter for some types at some place, without touching the others. Rows of whole numbers in one
// array, those of a subject side by side: with a hundred thousand statements it is the number of memory cells visited that costs.
import type { Clause } from './clause.ts'
import type { Tree } from './tree.ts'

export type Placed = {
  readonly clause: Clause
  /** Index of the compartment it covers, or why it covers none. */
  readonly covers: number | 'compartment-gone' | 'moved-away'
}
/** Row: type (ALL for `all-resources`), first and past-the-last place covered, ordinal of the clause. Sorted by type and first place. */
export type ClauseIndex = {
  readonly subjects: ReadonlyMap<string, number>
  readonly starts: Int32Array // of a subject's rows; one more than subjects
  readonly rows: Int32Array
  readonly clauses: readonly Clause[]
}

const ALL = -1
const WIDTH = 4
const FEW = 64 // up to here it is quicker to look at all rows of a subject than to search them

type Row = readonly [type: number, from: number, end: number, clause: number]

const rowsBySubject = (placed: readonly Placed[], tree: Tree): ReadonlyMap<string, readonly Row[]> => {
  const out = new Map<string, Row[]>()
  for (const [ordinal, { clause, covers }] of placed.entries()) {
    const place = typeof covers === 'number' ? tree.places[covers] : undefined
    if (!place) continue
    const types = clause.types === 'all' ? [ALL] : clause.types
    for (const subject of clause.subjects) {
      const rows = out.get(subject) ?? []
      if (rows.length === 0) out.set(subject, rows)
      for (const type of types) rows.push([type, place.index, place.end, ordinal])
    }
  }
  return out
}

export const indexOf = (placed: readonly Placed[], tree: Tree): ClauseIndex => {
  const bySubject = rowsBySubject(placed, tree)
  const total = [...bySubject.values()].reduce((sum, rows) => sum + rows.length, 0)
  const subjects = new Map<string, number>()
  const starts = new Int32Array(bySubject.size + 1)
  const rows = new Int32Array(total * WIDTH)
  let at = 0
  for (const [subject, own] of bySubject) {
    starts[subjects.size] = at
    subjects.set(subject, subjects.size)
    for (const row of [...own].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
      rows.set(row, at)
      at += WIDTH
    }
  }
  starts[subjects.size] = at
  return { subjects, starts, rows, clauses: placed.map((p) => p.clause) }
}

/** The first row in [low, high) that is not before (type, from). */
const lowerBound = (rows: Int32Array, low: number, high: number, type: number, from: number): number => {
  let [a, b] = [low / WIDTH, high / WIDTH]
  while (a < b) {
    const middle = (a + b) >>> 1
    const at = middle * WIDTH
    const t = rows[at] ?? 0
    if (t < type || (t === type && (rows[at + 1] ?? 0) < from)) a = middle + 1
    else b = middle
  }
  return a * WIDTH
}

type Visit<T> = (clause: Clause, state: T) => void

const see = <T>({ rows, clauses }: ClauseIndex, at: number, visit: Visit<T>, state: T): void => {
  const clause = clauses[rows[at + 3] ?? -1]
  if (clause !== undefined) visit(clause, state)
}

const scan = <T>(
  index: ClauseIndex,
  low: number,
  high: number,
  types: readonly number[],
  here: number,
  visit: Visit<T>,
  state: T,
): void => {
  const { rows } = index
  for (let at = low; at < high; at += WIDTH) {
    if (here < (rows[at + 1] ?? 0) || here >= (rows[at + 2] ?? 0)) continue
    const type = rows[at] ?? 0
    if (type === ALL || types.includes(type)) see(index, at, visit, state)
  }
}

/** Calls `visit` with every clause of the subject for one of the types, or for all of them, that covers the place with this chain. */
export const visitClauses = <T>(
  index: ClauseIndex,
  subject: string,
  types: readonly number[],
  chain: readonly number[],
  visit: Visit<T>,
  state: T,
): void => {
  const ordinal = index.subjects.get(subject)
  if (ordinal === undefined) return
  const { rows } = index
  const low = index.starts[ordinal] ?? 0
  const high = index.starts[ordinal + 1] ?? 0
  const here = chain[0] ?? -1
  if (high - low <= FEW * WIDTH) {
    scan(index, low, high, types, here, visit, state)
    return
  }
  for (let n = -1; n < types.length; n++) {
    const type = types[n] ?? ALL
    const first = lowerBound(rows, low, high, type, 0)
    const last = lowerBound(rows, first, high, type + 1, 0)
    if (last - first <= FEW * WIDTH) scan(index, first, last, n < 0 ? [ALL] : types, here, visit, state)
    else
      for (const place of chain)
        for (let at = lowerBound(rows, first, last, type, place); at < last && rows[at + 1] === place; at += WIDTH)
          see(index, at, visit, state)
  }
}
