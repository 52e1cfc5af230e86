// Rows of whole numbers, those of one subject side by side and in order: a segment. Segments are written behind one another and never
// again; what changes is written anew, and the old one stays for whoever still looks at it. Knows numbers of clauses and no clause.
import { ALL, typeIn } from './reach.ts'
import { letThrough, type Sieve } from './sieve.ts'

/** `key`: type and mark; `place`: the top of what it covers; `clause` and `condition`: their numbers, 0 where there is no condition. */
export type Row = readonly [key: number, place: number, clause: number, condition: number]

/** Shared by all that came from one another, and only ever added to: nobody looks past what was there in his time. */
export type Ground = {
  readonly blocks: Int32Array[]
  used: number // of the last block
  readonly sieve: Sieve
}
export type Segments = {
  readonly ground: Ground
  /** By subject: 0 has no rows; positive: block and offset; negative: one of `large`. */
  readonly spots: Int32Array
  /** Segments too long to leave behind at every change. */
  readonly large: readonly Int32Array[]
  /** Cells of the ground that these are made of; the others are looked at by older ones, or by nobody. */
  readonly live: number
}
export type Draft = { readonly ground: Ground; readonly spots: Int32Array; readonly large: Int32Array[]; live: number }

/**
 * A segment of up to FEW rows: how many, then for each BUCKET of types the number of its first row, four to a cell, then the rows, four cells
 * each. What is for all types comes first, so that one look at the beginning of a segment says where the two or three rows are that can
 * matter. A longer one: how many, the keys in order, then place, clause and condition of each, to be searched.
 */
export const FEW = 64
export const BUCKETS = 16
export const HEAD = 1 + BUCKETS / 4
export const LARGE = 4096 // rows
const BLOCK_BITS = 18
export const BLOCK = 1 << BLOCK_BITS
const FIRST_BLOCK = 1024

const cellsOf = (rows: number): number => (rows <= FEW ? HEAD : 1) + rows * 4
const nothing = new Int32Array(1)
export type Segment = { readonly block: Int32Array; readonly at: number }

/** Room for a segment; says where it is. */
const roomFor = (draft: Draft, subject: number, cells: number): Segment => {
  const { ground, spots, large } = draft
  const before = spots[subject] ?? 0
  if (cells > cellsOf(LARGE)) {
    const block = new Int32Array(cells)
    if (before >= 0) spots[subject] = -large.push(block)
    else large[-before - 1] = block
    return { block, at: 0 }
  }
  if (before < 0) large[-before - 1] = nothing
  let block = ground.blocks.at(-1)
  if (!block || ground.used + cells > block.length) {
    block = new Int32Array(Math.min(BLOCK, Math.max(cells + 1, (block?.length ?? FIRST_BLOCK / 2) * 2)))
    ground.used = ground.blocks.push(block) === 1 ? 1 : 0 // the very first cell is nobody's: 0 means none
  }
  const at = ground.used
  ground.used += cells
  draft.live += cells
  spots[subject] = ((ground.blocks.length - 1) << BLOCK_BITS) | at
  return { block, at }
}

export const segmentAt = ({ ground, large }: Pick<Segments, 'ground' | 'large'>, spot: number): Segment => {
  if (spot === 0) return { block: nothing, at: 0 }
  return spot > 0
    ? { block: ground.blocks[spot >>> BLOCK_BITS] ?? nothing, at: spot & (BLOCK - 1) }
    : { block: large[-spot - 1] ?? nothing, at: 0 }
}

const bucketOf = (key: number): number => {
  const type = typeIn(key)
  return type === ALL ? -1 : type & (BUCKETS - 1)
}

const rowAt = ({ block, at }: Segment, count: number, k: number): Row => {
  const cells = count <= FEW ? at + HEAD + k * 4 : at + 1 + k
  const rest = count <= FEW ? cells + 1 : at + 1 + count + k * 3
  return [block[cells] ?? 0, block[rest] ?? 0, block[rest + 1] ?? 0, block[rest + 2] ?? 0]
}
const writeRow = ({ block, at }: Segment, count: number, k: number, row: Row): void => {
  const cells = count <= FEW ? at + HEAD + k * 4 : at + 1 + k
  const rest = count <= FEW ? cells + 1 : at + 1 + count + k * 3
  block[cells] = row[0]
  block[rest] = row[1]
  block[rest + 1] = row[2]
  block[rest + 2] = row[3]
}
const byKey = (a: Row, b: Row): number => a[0] - b[0] || a[1] - b[1]

const writeFew = (to: Segment, rows: readonly Row[]): void => {
  const inBuckets = rows.toSorted((a, b) => bucketOf(a[0]) - bucketOf(b[0]) || byKey(a, b))
  for (const [k, row] of inBuckets.entries()) writeRow(to, rows.length, k, row)
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const first = inBuckets.findIndex((row) => bucketOf(row[0]) >= bucket)
    const cell = to.at + 1 + (bucket >>> 2)
    to.block[cell] = (to.block[cell] ?? 0) | ((first < 0 ? rows.length : first) << ((bucket & 3) * 8))
  }
}

/** Rows in order, `added` among those of an old segment that stay. */
const writeMerged = (
  to: Segment,
  total: number,
  old: Segment,
  count: number,
  added: readonly Row[],
  gone: ReadonlySet<number>,
): void => {
  let [k, m] = [0, 0]
  for (let out = 0; out < total; ) {
    const row = k < count ? rowAt(old, count, k) : undefined
    const next = added[m]
    if (row && gone.has(row[2])) k++
    else if (row && (next === undefined || byKey(row, next) <= 0)) {
      writeRow(to, total, out++, row)
      k++
    } else if (next) {
      writeRow(to, total, out++, next)
      m++
    }
  }
}

/** Writes a subject's segment anew: what it was without the clauses that are gone, and with these rows. */
export const rewrite = (draft: Draft, subject: number, added: readonly Row[], gone: ReadonlySet<number>): void => {
  const spot = draft.spots[subject] ?? 0
  const old = segmentAt(draft, spot)
  const count = old.block[old.at] ?? 0
  let total = added.length
  for (let k = 0; k < count; k++) if (!gone.has(rowAt(old, count, k)[2])) total++
  if (spot > 0) draft.live -= cellsOf(count)
  for (const [key, place] of added) letThrough(draft.ground.sieve, subject, typeIn(key), place)
  if (total === 0 && spot >= 0) {
    draft.spots[subject] = 0
    return
  }
  const to = roomFor(draft, subject, cellsOf(total))
  to.block[to.at] = total
  if (count > FEW && total > FEW) {
    writeMerged(to, total, old, count, added.toSorted(byKey), gone)
    return
  }
  const stay = Array.from({ length: count }, (_, k) => rowAt(old, count, k)).filter((row) => !gone.has(row[2]))
  const rows = [...stay, ...added]
  if (total <= FEW) writeFew(to, rows)
  else for (const [k, row] of rows.toSorted(byKey).entries()) writeRow(to, total, k, row)
}

/** Cells that were ever written. */
export const cellsIn = ({ blocks, used }: Ground): number =>
  blocks.reduce((sum, block) => sum + block.length, used - (blocks.at(-1)?.length ?? 0))
