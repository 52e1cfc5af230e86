// Values by id, where a change makes a new table and leaves the old one as it was, without copying what both share: each id is given a
// number once, a table is a list by that number, and a list is copied in one go. Knows nothing of what it holds.

export type Table<V> = {
  readonly get: (id: string) => V | undefined
  readonly has: (id: string) => boolean
  readonly size: number
  readonly values: () => Iterable<V>
  readonly entries: () => Iterable<readonly [id: string, value: V]>
  /** The same with these set, or taken out where there is no value. */
  readonly with: (changes: Iterable<readonly [id: string, value: V | undefined]>) => Table<V>
}

/** `numbers` is shared and only ever added to: an id that a table does not know has a number past its end, or a place without a value. */
const tableOver = <V>(numbers: Map<string, number>, list: readonly (V | undefined)[], size: number): Table<V> => {
  const get = (id: string): V | undefined => {
    const number = numbers.get(id)
    return number === undefined ? undefined : list[number]
  }
  return {
    get,
    has: (id) => get(id) !== undefined,
    size,
    values: function* () {
      for (const value of list) if (value !== undefined) yield value
    },
    entries: function* () {
      for (const [id, number] of numbers) {
        const value = list[number]
        if (value !== undefined) yield [id, value]
      }
    },
    with: (changes) => {
      const next = list.slice()
      let left = size
      for (const [id, value] of changes) {
        const known = numbers.get(id)
        if (known === undefined && value === undefined) continue
        const number = known ?? numbers.size
        if (known === undefined) numbers.set(id, number)
        while (next.length < number) next.push(undefined) // given out by a table that grew out of the same one
        left += (value === undefined ? 0 : 1) - (next[number] === undefined ? 0 : 1)
        next[number] = value
      }
      // ids that nobody has any more are left behind once they are the greater part
      return numbers.size > 2 * left + SPARE ? renumbered(numbers, next) : tableOver(numbers, next, left)
    },
  }
}

const SPARE = 1000
const renumbered = <V>(old: ReadonlyMap<string, number>, list: readonly (V | undefined)[]): Table<V> => {
  const numbers = new Map<string, number>()
  const values: V[] = []
  for (const [id, number] of old) {
    const value = list[number]
    if (value === undefined) continue
    numbers.set(id, values.length)
    values.push(value)
  }
  return tableOver(numbers, values, values.length)
}

export const emptyTable = <V>(): Table<V> => tableOver<V>(new Map(), [], 0)
