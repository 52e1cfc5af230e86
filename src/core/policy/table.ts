// Values by id, where a change makes a new table and leaves the old one as it was, without copying what both share: each id is given a
// number once, a table is a list by that number, cut in pages, and only the pages that change are copied. Knows nothing of what it holds.

export type Table<V> = {
  readonly get: (id: string) => V | undefined
  readonly has: (id: string) => boolean
  readonly size: number
  readonly values: () => Iterable<V>
  readonly entries: () => Iterable<readonly [id: string, value: V]>
  /** The same with these set, or taken out where there is no value. */
  readonly with: (changes: Iterable<readonly [id: string, value: V | undefined]>) => Table<V>
}

const PAGE_BITS = 8
const PAGE = 1 << PAGE_BITS
type Pages<V> = readonly (readonly (V | undefined)[])[]

const valueAt = <V>(pages: Pages<V>, number: number): V | undefined =>
  pages[number >>> PAGE_BITS]?.[number & (PAGE - 1)]

/** Sets values in a copy of the pages; whatever it touches first is copied first. */
const settingIn = <V>(pages: Pages<V>) => {
  const next = pages.slice()
  const own = new Map<number, (V | undefined)[]>()
  const set = (number: number, value: V | undefined): void => {
    const at = number >>> PAGE_BITS
    while (next.length < at) next.push([]) // given out by a table that grew out of the same one
    const page = own.get(at) ?? next[at]?.slice() ?? []
    own.set(at, page)
    next[at] = page
    while (page.length < (number & (PAGE - 1))) page.push(undefined)
    page[number & (PAGE - 1)] = value
  }
  return { next, set }
}

/** `numbers` is shared and only ever added to: an id that a table does not know has a number past its end, or a place without a value. */
const tableOver = <V>(numbers: Map<string, number>, pages: Pages<V>, size: number): Table<V> => {
  const get = (id: string): V | undefined => {
    const number = numbers.get(id)
    return number === undefined ? undefined : valueAt(pages, number)
  }
  return {
    get,
    has: (id) => get(id) !== undefined,
    size,
    values: function* () {
      for (const page of pages) for (const value of page) if (value !== undefined) yield value
    },
    entries: function* () {
      for (const [id, number] of numbers) {
        const value = valueAt(pages, number)
        if (value !== undefined) yield [id, value]
      }
    },
    with: (changes) => {
      const { next, set } = settingIn(pages)
      let left = size
      for (const [id, value] of changes) {
        const known = numbers.get(id)
        if (known === undefined && value === undefined) continue
        const number = known ?? numbers.size
        if (known === undefined) numbers.set(id, number)
        left += (value === undefined ? 0 : 1) - (valueAt(next, number) === undefined ? 0 : 1)
        set(number, value)
      }
      // ids that nobody has any more are left behind once they are the greater part
      return numbers.size > 2 * left + SPARE ? renumbered(numbers, next) : tableOver(numbers, next, left)
    },
  }
}

const SPARE = 1000
const renumbered = <V>(old: ReadonlyMap<string, number>, pages: Pages<V>): Table<V> => {
  const numbers = new Map<string, number>()
  const { next, set } = settingIn<V>([])
  for (const [id, number] of old) {
    const value = valueAt(pages, number)
    if (value === undefined) continue
    set(numbers.size, value)
    numbers.set(id, numbers.size)
  }
  return tableOver(numbers, next, numbers.size)
}

export const emptyTable = <V>(): Table<V> => tableOver<V>(new Map(), [], 0)
