// One page of a list: filtered by what the caller may see and by what they ask for, sorted, and cut where the next page begins. The cursor
// names the last row, not its number, so that rows that come and go meanwhile are neither repeated nor skipped.
import { z } from 'zod'
import type { Secrets } from '../../ports/secrets.ts'
import { Problem } from '../../problem.ts'
import { openedCursor, sealedCursor } from '../cursor.ts'
import { canonical } from './etag.ts'
import { type Matches, matchesOf, type Shown, type Test, testsIn } from './filter.ts'

export const MOST_ROWS = 200
export const listQuery = {
  limit: z.coerce.number().int().min(1).max(MOST_ROWS).default(50).describe('rows per page'),
  cursor: z.string().max(2000).optional().describe('`next` of the page before'),
  filter: z.string().max(1000).optional().describe('`attribute operator value`, joined by `and`'),
  sort: z.string().max(100).optional().describe('an attribute, with `-` before it to turn the order round'),
}
export type ListQuery = {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly filter?: string | undefined
  readonly sort?: string | undefined
}
export type Page = { readonly items: readonly Shown[]; readonly next?: string }

/** A row on its way to the page. `key`: unique and in the order of the source. */
export type Candidate<R> = { readonly row: R; readonly key: string }
/**
 * What is shown of a row is cheap to say, so whether the caller may see it is asked of those that the filter leaves; unless the list is theirs
 * only if they may see something in it.
 */
export type Look<R> = {
  readonly shown: (row: R) => Promise<Shown>
  readonly visible: (row: R) => Promise<boolean>
  readonly askFirst: boolean
}
const passing = async <R>(
  row: R,
  matches: Matches,
  { shown, visible, askFirst }: Look<R>,
): Promise<Shown | undefined> => {
  if (askFirst && !(await visible(row))) return undefined
  const shows = await shown(row)
  return matches(shows) && (askFirst || (await visible(row))) ? shows : undefined
}
export type Reading = {
  readonly query: ListQuery
  /** Names the list and what was asked for: a cursor is good for nothing else. */
  readonly about: string
  readonly attributes: readonly string[]
  readonly secrets: Pick<Secrets, 'seal' | 'open'>
}
type Position = { readonly value: string | number | boolean | null; readonly key: string }

const refuse = (field: string, expected: string): never => {
  throw new Problem('request-malformed', `\`${field}\`: ${expected}`, { fields: [{ field, expected }] })
}

export const refuseOrder = (orders: readonly string[]): never =>
  refuse('sort', `this list is sorted by ${orders.map((a) => `\`${a}\``).join(', ')} only`)

/** A cursor opens only for the list, filter and sort it was given for. */
const boundTo = ({ query, about }: Reading): string =>
  `cursor:${canonical([about, query.filter ?? '', query.sort ?? ''])}`

const cursorAfter = (reading: Reading, { value, key }: Position): string =>
  sealedCursor(reading.secrets, boundTo(reading), [value, key])

const positionIn = (reading: Reading): Position | undefined => {
  const { cursor } = reading.query
  if (cursor === undefined) return undefined
  const opened = openedCursor(reading.secrets, boundTo(reading), cursor) as [Position['value'], string] | undefined
  if (!opened) return refuse('cursor', 'expected `next` of the page before, with the same `filter` and `sort`')
  const [value, key] = opened
  return { value, key }
}

const testsOf = ({ query, attributes }: Reading): readonly Test[] =>
  query.filter === undefined || query.filter.trim() === '' ? [] : testsIn(query.filter, attributes)

type Sorting = { readonly attribute: string; readonly down: boolean }
const sortingOf = ({ query, attributes }: Reading, only?: readonly string[]): Sorting | undefined => {
  if (query.sort === undefined) return undefined
  const down = query.sort.startsWith('-')
  const attribute = down ? query.sort.slice(1) : query.sort
  if (only && !only.includes(query.sort)) refuseOrder(only)
  if (!attributes.includes(attribute))
    refuse('sort', `expected one of ${attributes.map((a) => `\`${a}\``).join(', ')}, with or without \`-\` before it`)
  return { attribute, down }
}

const sortable = (value: unknown): Position['value'] =>
  typeof value === 'string'
    ? value.toLowerCase()
    : typeof value === 'number' || typeof value === 'boolean'
      ? value
      : null
const rank = (value: Position['value']): number =>
  value === null ? 0 : typeof value === 'boolean' ? 1 : typeof value === 'number' ? 2 : 3
const before = (a: Position, b: Position): number => {
  if (rank(a.value) !== rank(b.value)) return rank(a.value) - rank(b.value)
  if (a.value !== b.value) return (a.value ?? 0) < (b.value ?? 0) ? -1 : 1
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0
}

/** Rows that were all read: not many, as administrators define them. */
export const pageOfAll = async <R>(
  reading: Reading,
  rows: readonly Candidate<R>[],
  unseen: (row: R) => Shown,
  look: Look<R>,
): Promise<Page> => {
  const matches: Matches = matchesOf(testsOf(reading))
  const after = positionIn(reading)
  const sorting = sortingOf(reading)
  const turn = sorting?.down ? -1 : 1
  const placed = rows
    .map(({ row, key }) => ({
      row,
      position: { value: sorting ? sortable(unseen(row)[sorting.attribute]) : key.toLowerCase(), key },
    }))
    .sort((a, b) => turn * before(a.position, b.position))
  const items: Shown[] = []
  let last: Position | undefined
  for (const { row, position } of placed) {
    if (after && turn * before(position, after) <= 0) continue
    const shown = await passing(row, matches, look)
    if (!shown) continue
    if (items.length === reading.query.limit) return { items, ...(last ? { next: cursorAfter(reading, last) } : {}) }
    items.push(shown)
    last = position
  }
  return { items }
}

/** How many rows one request may look at: whoever may see few of many is given short pages and a cursor. */
const MOST_LOOKED_AT = 1000
const AT_ONCE = 200

/** Rows too many to read all: the source gives them in its own order, from after a key. */
export const pageOfMany = async <R>(
  reading: Reading,
  source: (after: string | undefined, limit: number, tests: readonly Test[]) => Promise<readonly Candidate<R>[]>,
  look: Look<R>,
  orders: readonly string[],
): Promise<Page> => {
  const tests = testsOf(reading)
  sortingOf(reading, orders)
  const matches = matchesOf(tests)
  const items: Shown[] = []
  let key = positionIn(reading)?.key
  for (let looked = 0; looked < MOST_LOOKED_AT; ) {
    // the first part is usually the page, and one more tells whether there is another
    const wanted = looked === 0 ? reading.query.limit + 1 : AT_ONCE
    const rows = await source(key, wanted, tests)
    for (const candidate of rows) {
      const shown = await passing(candidate.row, matches, look)
      if (shown) {
        if (items.length === reading.query.limit)
          return { items, ...(key === undefined ? {} : { next: cursorAfter(reading, { value: null, key }) }) }
        items.push(shown)
      }
      key = candidate.key
    }
    looked += rows.length
    if (rows.length < wanted) return { items }
  }
  return { items, ...(key === undefined ? {} : { next: cursorAfter(reading, { value: null, key }) }) }
}
