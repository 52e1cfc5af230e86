// From subjects to the clauses that can matter for some types at some place. With a hundred thousand statements it is the memory visited
// that costs: one word of a sieve for each of the asker's subjects says who has anything to say here (sieve.ts), and of these the rows are
// read (segments.ts, find-rows.ts). A row holds what its clause says, so that a clause is touched only when it is named. A change writes the
// rows of the subjects it touches anew and shares the rest with the index it came from.
import type { Clause } from './clause.ts'
import type { Predicate } from './condition.ts'
import { found, type Wanted } from './find-rows.ts'
import { ALL, keyOf, markOf } from './reach.ts'
import { BLOCK, cellsIn, type Draft, LARGE, type Row, rewrite, type Segments } from './segments.ts'
import { sieveFor, widen } from './sieve.ts'
import type { Tree } from './tree.ts'

export type Placed = {
  readonly clause: Clause
  /** Index of the compartment it covers, or why it covers none. */
  readonly covers: number | 'compartment-gone' | 'moved-away'
}
/** Clauses with the numbers `first`, `first + 1` … */
export type Numbered = { readonly first: number; readonly placed: readonly Placed[] }

/** `subjects`, `clauses` and `conditions` are shared like the ground of the segments, and like it only ever added to. */
export type ClauseIndex = Segments & {
  readonly subjects: Map<string, number>
  readonly clauses: Clause[]
  /** Different ones: statements that ask the same share one. */
  readonly conditions: Conditions
  /** How many of the clauses are this index's own. */
  readonly count: number
}
type Conditions = { readonly numbers: Map<Predicate, number>; readonly all: (Predicate | undefined)[] }
type Names = Pick<ClauseIndex, 'subjects' | 'clauses' | 'conditions'>

const CLAUSE_CELLS = 64 // what a clause that is gone weighs, in cells

type RowsBySubject = Map<number, Row[]>

const subjectNumber = ({ subjects }: Names, subject: string): number => {
  const known = subjects.get(subject)
  if (known !== undefined) return known
  subjects.set(subject, subjects.size)
  return subjects.size - 1
}

/** 0 is none. */
const conditionNumber = ({ conditions: { numbers, all } }: Names, where: Predicate | undefined): number => {
  if (where === undefined) return 0
  const known = numbers.get(where)
  if (known !== undefined) return known
  numbers.set(where, all.length)
  return all.push(where) - 1
}

/** Adds the rows of one clause; says how many. A half of an agreement between tenancies has none: it is weighed apart. */
const addRows = (names: Names, tree: Tree, { clause, covers }: Placed, number: number, out: RowsBySubject): number => {
  const place = typeof covers === 'number' ? tree.places[covers] : undefined
  if (!place || clause.kind !== 'local') return 0
  const mark = markOf(clause)
  const condition = conditionNumber(names, clause.where)
  const keys = clause.types === 'all' ? [keyOf(ALL, mark)] : [...clause.types].map((type) => keyOf(type, mark))
  for (const subject of clause.subjects) {
    const own = subjectNumber(names, subject)
    const rows = out.get(own) ?? []
    if (rows.length === 0) out.set(own, rows)
    for (const key of keys) rows.push([key, place.index, number, condition])
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

/** Copies of the names, of which a question looks up a dozen: they were parts of the texts of statements, all over the memory. */
function* sideBySide(subjects: ReadonlyMap<string, number>): Generator<undefined, Map<string, number>> {
  const names = [...subjects.keys()]
  const copy = new Map<string, number>()
  for (let from = 0; from < names.length; from += PART) {
    const some: readonly string[] = JSON.parse(JSON.stringify(names.slice(from, from + PART)))
    for (const name of some) copy.set(name, copy.size)
    yield
  }
  return copy
}

type Indexed = { readonly index: ClauseIndex; readonly numbered: readonly Numbered[] }

/**
 * An index from nothing, in parts that take a millisecond or two: whoever runs it decides what happens between them. `lists` and the
 * numbers returned are in the same order.
 */
export function* indexing(lists: Iterable<readonly Placed[]>, tree: Tree): Generator<undefined, Indexed> {
  const names: Names = { subjects: new Map(), clauses: [], conditions: { numbers: new Map(), all: [undefined] } }
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
  const subjects = yield* sideBySide(names.subjects)
  const sieve = sieveFor(tree, subjects.size)
  const draft: Draft = { ground: { blocks: [], used: 0, sieve }, spots, large: [], live: 0 }
  const none: ReadonlySet<number> = new Set()
  for (const [subject, rows] of bySubject)
    for (let from = 0; from < rows.length; from += LARGE) {
      const part = rows.length <= LARGE ? rows : rows.slice(from, from + LARGE)
      rewrite(draft, subject, part, none)
      if (isPartDone(part.length + (from >> 4))) yield
    }
  return { index: { ...names, subjects, ...draft, count: names.clauses.length }, numbered }
}

/** The index without these clauses and with those. */
export const changedIndex = (
  index: ClauseIndex,
  tree: Tree,
  gone: readonly Numbered[],
  come: readonly (readonly Placed[])[],
): Indexed => {
  const { subjects, clauses, conditions, ground } = index
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
  widen(ground.sieve, subjects.size)
  const draft: Draft = { ground, spots, large: [...index.large], live: index.live }
  for (const [subject, rows] of bySubject) rewrite(draft, subject, rows, left)
  const count = index.count - left.size + numbered.reduce((sum, { placed }) => sum + placed.length, 0)
  return { index: { subjects, clauses, conditions, count, ...draft }, numbered }
}

/** More is left behind than it is made of, by itself or by others that came from the same: it is time to index anew. */
export const isWasteful = ({ ground, clauses, live, count }: ClauseIndex): boolean => {
  const left = cellsIn(ground) - live + (clauses.length - count) * CLAUSE_CELLS
  return left > BLOCK && left > live + count * CLAUSE_CELLS
}

/** Calls `visit` with every clause of the subjects with these numbers for one of the types, or for all of them, that covers the place with this chain. */
export const visitClauses = <T>(
  index: ClauseIndex,
  numbers: readonly number[],
  wanted: Wanted,
  chain: readonly number[],
  visit: (clause: Clause, state: T) => void,
  state: T,
): void => {
  const rows = found(index, numbers, wanted, chain)
  for (let n = 1; n < rows.length; n += 3) {
    const clause = index.clauses[rows[n] ?? -1]
    if (clause !== undefined) visit(clause, state)
  }
}
