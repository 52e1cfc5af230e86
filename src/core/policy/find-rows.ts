// Finds the rows that matter to one question: asks the sieve whose segments to look at, and of these reads the two or three rows that are
// for all types or for the types at hand.
import { ALL, EVERY_MARK, isAmong, keyOf, typeIn } from './reach.ts'
import { BUCKETS, FEW, HEAD, type Segment, type Segments, segmentAt } from './segments.ts'
import { sifted } from './sieve.ts'

/** The first of the cells in [low, high) that is not below. */
const firstNotBelow = (block: Int32Array, low: number, high: number, key: number): number => {
  let [a, b] = [low, high]
  while (b - a > FEW) {
    const middle = (a + b) >>> 1
    if ((block[middle] ?? 0) < key) a = middle + 1
    else b = middle
  }
  while (a < b && (block[a] ?? 0) < key) a++
  return a
}
/** The same of the triples, by first place. */
const firstFrom = (block: Int32Array, low: number, high: number, from: number): number => {
  let [a, b] = [0, (high - low) / 3]
  while (a < b) {
    const middle = (a + b) >>> 1
    if ((block[low + middle * 3] ?? 0) < from) a = middle + 1
    else b = middle
  }
  return low + a * 3
}

/** Of very many rows, those of one key at a time, and of these the ones at each place of the chain. */
const searchRun = (
  block: Int32Array,
  first: number,
  last: number,
  triples: number, // where that of the cell 0 would be
  marks: number,
  chain: readonly number[],
  out: number[],
): void => {
  for (let a = first; a < last; ) {
    const key = block[a] ?? 0
    const b = firstNotBelow(block, a, last, key + 1)
    if (isAmong(marks, key))
      for (const place of chain)
        for (let at = firstFrom(block, triples + a * 3, triples + b * 3, place); ; at += 3) {
          if (at >= triples + b * 3 || block[at] !== place) break
          out.push(key, block[at + 1] ?? -1, block[at + 2] ?? 0)
        }
    a = b
  }
}

/** Adds the rows of a long segment for the type, with one of the marks, that cover the place with this chain. */
const findInMany = (
  { block, at }: Segment,
  type: number,
  marks: number,
  chain: readonly number[],
  out: number[],
): void => {
  const low = at + 1
  const high = low + (block[at] ?? 0)
  const first = firstNotBelow(block, low, high, keyOf(type, 0))
  const last = firstNotBelow(block, first, high, keyOf(type + 1, 0))
  searchRun(block, first, last, high - low * 3, marks, chain, out)
}

const countIn = ({ block, at }: Segment): number => block[at] ?? 0

const firstOfBucket = ({ block, at }: Segment, bucket: number): number =>
  bucket === BUCKETS ? (block[at] ?? 0) : ((block[at + 1 + (bucket >>> 2)] ?? 0) >>> ((bucket & 3) * 8)) & 0xff

/** The same of a short one, where the rows for all types come first and those of the others by buckets. */
const findInFew = (
  segment: Segment,
  type: number,
  marks: number,
  ends: Int32Array,
  here: number,
  out: number[],
): void => {
  const { block, at } = segment
  const bucket = type & (BUCKETS - 1)
  const from = type === ALL ? 0 : firstOfBucket(segment, bucket)
  const end = firstOfBucket(segment, type === ALL ? 0 : bucket + 1)
  for (let a = at + HEAD + from * 4; a < at + HEAD + end * 4; a += 4) {
    const key = block[a] ?? 0
    if (typeIn(key) !== type || !isAmong(marks, key)) continue
    const place = block[a + 1] ?? 0
    if (here >= place && here < (ends[place] ?? 0)) out.push(key, block[a + 2] ?? -1, block[a + 3] ?? 0)
  }
}

/** Of a question: the types it needs and, if those will do, the marks of `reach.ts` for all types and for each of them. */
export type Wanted = { readonly types: readonly number[]; readonly marks?: readonly number[] }

/**
 * Key, clause and condition, one behind the other, of every row of these subjects for one of the types, or for all of them, that has one of
 * its marks (the first of `marks` is that of ALL) and covers the place with this chain. The beginning of
 * every segment is asked for before the first is searched, so that they come from memory together.
 */
export const found = (
  segments: Segments,
  subjects: readonly number[],
  { types, marks }: Wanted,
  chain: readonly number[],
): readonly number[] => {
  const out: number[] = []
  const { spots, ground } = segments
  const { ends } = ground.sieve
  const here = chain[0] ?? -1
  const some: Segment[] = []
  for (const subject of sifted(ground.sieve, subjects, types, here)) {
    const segment = segmentAt(segments, spots[subject] ?? 0) // a later index may know more subjects
    if (countIn(segment) > 0) some.push(segment)
  }
  for (const segment of some) {
    const isLong = countIn(segment) > FEW
    for (let n = 0; n <= types.length; n++) {
      const type = n === 0 ? ALL : (types[n - 1] ?? ALL)
      const wanted = marks?.[n] ?? EVERY_MARK
      if (isLong) findInMany(segment, type, wanted, chain, out)
      else findInFew(segment, type, wanted, ends, here, out)
    }
  }
  return out
}
