// Whom a question need not ask after: for every subject and every few types, which parts of the tree any of its rows covers, as bits. Most
// groups of an asker have nothing to say about the type at hand where it lies; their rows, each somewhere else in memory, are not touched.
// Bits are only ever added, so that all indexes that came from one another share one sieve: what is gone is asked after in vain.
import { ALL } from './reach.ts'
import type { Tree } from './tree.ts'

export type Sieve = {
  /** A word for each bucket of types and subject, those of a bucket side by side: what one question looks at lies close together. */
  words: Int32Array
  room: number // in subjects
  /** Of every place the number after the last one below it. */
  readonly ends: Int32Array
  readonly zone: number // in places
}
const BUCKETS = 32
const ZONES = 32 // bits of a word
const FIRST_ROOM = 16

/** For an empty index over this tree, or one of the same shape. */
export const sieveFor = ({ places }: Tree, subjects: number): Sieve => ({
  words: new Int32Array(subjects * BUCKETS),
  room: subjects,
  ends: Int32Array.from(places, ({ end }) => end),
  zone: Math.max(1, Math.ceil(places.length / ZONES)),
})

/** Makes room for so many subjects. */
export const widen = (sieve: Sieve, subjects: number): void => {
  const { words, room } = sieve
  if (subjects <= room) return
  sieve.room = Math.max(subjects, room * 2, FIRST_ROOM)
  sieve.words = new Int32Array(sieve.room * BUCKETS)
  for (let bucket = 0; bucket < BUCKETS; bucket++)
    sieve.words.set(words.subarray(bucket * room, (bucket + 1) * room), bucket * sieve.room)
}

/** Bits of the zones that a place and all below it lie in. */
const zonesFrom = ({ zone, ends }: Sieve, place: number): number => {
  const first = Math.floor(place / zone)
  const last = Math.floor(((ends[place] ?? 0) - 1) / zone)
  return (-1 << first) & (-1 >>> (ZONES - 1 - last))
}

/** From now on the subject is asked after for this type, or all, at this place and below. */
export const letThrough = (sieve: Sieve, subject: number, type: number, place: number): void => {
  const { words, room } = sieve
  const zones = zonesFrom(sieve, place)
  const [first, last] = type === ALL ? [0, BUCKETS - 1] : [type & (BUCKETS - 1), type & (BUCKETS - 1)]
  for (let bucket = first; bucket <= last; bucket++) {
    const at = bucket * room + subject
    words[at] = (words[at] ?? 0) | zones
  }
}

/** Those of the subjects that may have a row for one of the types, or for all, that covers the place. */
export const sifted = (
  { words, room, zone }: Sieve,
  subjects: readonly number[],
  types: readonly number[],
  place: number,
): readonly number[] => {
  const out: number[] = []
  const bit = 1 << Math.floor(place / zone)
  for (let k = 0; k < subjects.length; k++) {
    const subject = subjects[k] ?? 0
    let zones = 0
    for (let n = 0; n < types.length; n++) zones |= words[((types[n] ?? 0) & (BUCKETS - 1)) * room + subject] ?? 0
    if ((zones & bit) !== 0) out.push(subject)
  }
  return out
}
