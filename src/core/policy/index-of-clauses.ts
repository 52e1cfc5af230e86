// From subjects to the clauses that can matter for some types at some place, without touching the others: with a hundred thousand
// statements it is the number of memory cells visited that costs. A change writes the rows of the subjects it touches anew and shares the
// rest with the index it came from.
import type { Clause } from './clause.ts'
import { markOf } from './reach.ts'
import { ALL, BLOCK, cellsIn, type Draft, found, keyOf, LARGE, type Row, rewrite, type Segments } from './segments.ts'
import type { Tree } from './tree.ts'

export type Placed = {
  readonly clause: Clause
  /** Index of the compartment it covers, or why it covers none. */
  readonly covers: number | 'compartment-gone' | 'moved-away'
}
/** Clauses with the numbers `first`, `first + 1` … */
export type Numbered = { readonly first: number; readonly placed: readonly Placed[] }

/** `subjects` and `clauses` are shared like the ground of the segments, and like it only ever added to. */
export type ClauseIndex = Segments & {
  readonly subjects: Map<string, number>
  readonly clauses: Clause[]
  /** How many of the clauses are this index's own. */
  readonly count: number
}
type Names = Pick<ClauseIndex, 'subjects' | 'clauses'>

const CLAUSE_CELLS = 64 // what a clause that is gone weighs, in cells

type RowsBySubject = Map<number, Row[]>

const subjectNumber = ({ subjects }: Names, subject: string): number => {
  const known = subjects.get(subject)
  if (known !== undefined) return known
  subjects.set(subject, subjects.size)
  return subjects.size - 1
}

/** Adds the rows of one clause; says how many. A half of an agreement between tenancies has none: it is weighed apart. */
const addRows = (names: Names, tree: Tree, { clause, covers }: Placed, number: number, out: RowsBySubject): number => {
  const place = typeof covers === 'number' ? tree.places[covers] : undefined
  if (!place || clause.kind !== 'local') return 0
  const mark = markOf(clause)
  const keys = clause.types === 'all' ? [keyOf(ALL, mark)] : [...clause.types].map((type) => keyOf(type, mark))
  for (const subject of clause.subjects) {
    const own = subjectNumber(names, subject)
    const rows = out.get(own) ?? []
    if (rows.length === 0) out.set(own, rows)
    for (const key of keys) rows.push([key, place.index, place.end, number])
  }
  return keys.length * clause.subjects.length
}

const number = ({ clauses }: Names, placed: readonly Placed[]): Numbered => {
  const first = clauses.length
  for (const { clause } of placed) clauses.push(clause)
  return { first, placed }
}

/** How much work is done between two pauses, in rows. */
const PART = 2000

type Indexed = { readonly index: ClauseIndex; readonly numbered: readonly Numbered[] }

/**
 * An index from nothing, in parts that take a millisecond or two: whoever runs it decides what happens between them. `lists` and the
 * numbers returned are in the same order.
 */
export function* indexing(lists: Iterable<readonly Placed[]>, tree: Tree): Generator<undefined, Indexed> {
  const names: Names = { subjects: new Map(), clauses: [] }
  const bySubject: RowsBySubject = new Map()
  const numbered: Numbered[] = []
  let done = 0
  const isPartDone = (work: number): boolean => {
    done += work
    if (done < PART) return false
    done = 0
    return true
  }
  for (const placed of lists) {
    const own = number(names, placed)
    numbered.push(own)
    for (const [n, one] of placed.entries())
      if (isPartDone(1 + addRows(names, tree, one, own.first + n, bySubject))) yield
  }
  const spots = new Int32Array(names.subjects.size)
  const draft: Draft = { ground: { blocks: [], used: 0 }, spots, large: [], live: 0 }
  const none: ReadonlySet<number> = new Set()
  for (const [subject, rows] of bySubject)
    for (let from = 0; from < rows.length; from += LARGE) {
      const part = rows.length <= LARGE ? rows : rows.slice(from, from + LARGE)
      rewrite(draft, subject, part, none)
      if (isPartDone(part.length + (from >> 4))) yield
    }
  return { index: { ...names, ...draft, count: names.clauses.length }, numbered }
}

/** The index without these clauses and with those. */
export const changedIndex = (
  index: ClauseIndex,
  tree: Tree,
  gone: readonly Numbered[],
  come: readonly (readonly Placed[])[],
): Indexed => {
  const { subjects, clauses, ground } = index
  const bySubject: RowsBySubject = new Map()
  const left = new Set<number>()
  for (const { first, placed } of gone)
    for (const [n, { clause }] of placed.entries()) {
      left.add(first + n)
      for (const subject of clause.subjects) {
        const own = subjects.get(subject)
        if (own !== undefined && !bySubject.has(own)) bySubject.set(own, [])
      }
    }
  const numbered = come.map((placed) => number(index, placed))
  for (const { first, placed } of numbered)
    for (const [n, one] of placed.entries()) addRows(index, tree, one, first + n, bySubject)
  const spots = new Int32Array(subjects.size)
  spots.set(index.spots)
  const draft: Draft = { ground, spots, large: [...index.large], live: index.live }
  for (const [subject, rows] of bySubject) rewrite(draft, subject, rows, left)
  const count = index.count - left.size + numbered.reduce((sum, { placed }) => sum + placed.length, 0)
  return { index: { subjects, clauses, count, ...draft }, numbered }
}

/** More is left behind than it is made of, by itself or by others that came from the same: it is time to index anew. */
export const isWasteful = ({ ground, clauses, live, count }: ClauseIndex): boolean => {
  const left = cellsIn(ground) - live + (clauses.length - count) * CLAUSE_CELLS
  return left > BLOCK && left > live + count * CLAUSE_CELLS
}

/** Of a question: the types it needs and, if those will do, the marks of `reach.ts` for all types and for each of them. */
export type Wanted = { readonly types: readonly number[]; readonly marks?: readonly number[] }

/** Calls `visit` with every clause of the subjects with these numbers for one of the types, or for all of them, that covers the place with this chain. */
export const visitClauses = <T>(
  index: ClauseIndex,
  numbers: readonly number[],
  { types, marks }: Wanted,
  chain: readonly number[],
  visit: (clause: Clause, state: T) => void,
  state: T,
): void => {
  for (const n of found(index, numbers, types, marks, chain)) {
    const clause = index.clauses[n]
    if (clause !== undefined) visit(clause, state)
  }
}
