// Which rows a list answers: those of an index where the filter names one, a window of all of them where there is no filter, and else what
// looking through them finds, up to a limit. What the caller may not see is neither shown nor counted, save in the count of a whole domain.
import type { JsonObject } from '../../core/model/json.ts'
import type { Filter } from '../../core/scim/filter.ts'
import { lookupsIn } from '../../core/scim/lookups.ts'
import { matchesOf } from '../../core/scim/match.ts'
import { parseFilter } from '../../core/scim/parse-filter.ts'
import type { ResourceType } from '../../core/scim/schema.ts'
import { type Query, sound } from './call.ts'
import { malformed } from './read-body.ts'

export type Found<R> = { readonly total: number; readonly rows: readonly R[] }

/** The last row of a page. */
export type Position = { readonly name: string; readonly id: string }
export const positionOf = <R>({ nameOf, idOf }: Pick<Source<R>, 'nameOf' | 'idOf'>, row: R): Position => ({
  name: nameOf(row),
  id: idOf(row),
})

/** How one type of row is found. */
export type Source<R> = {
  readonly type: ResourceType
  /** What has an index: `userName`, `emails.value`. */
  readonly keys: readonly string[]
  readonly lookUp: (key: string, value: string) => Promise<readonly R[]>
  readonly count: () => Promise<number>
  readonly window: (skip: number, limit: number) => Promise<readonly R[]>
  /** All of them, or those after one, in parts, in the order of `window`. */
  readonly parts: (after?: Position) => AsyncIterable<readonly R[]>
  readonly idOf: (row: R) => string
  /** Pages of what was looked up have an order too. */
  readonly nameOf: (row: R) => string
  readonly visible: (row: R) => Promise<boolean>
  /** For the filter: with members that cost more only where it speaks of them. */
  readonly document: (row: R, filter: string) => Promise<JsonObject>
  /** The caller may see every row. */
  readonly seesAll: boolean
}

/** How many rows one request looks through. */
const MOST_LOOKED_AT = 20_000

const tooMany = ({ keys }: { readonly keys: readonly string[] }) =>
  malformed(
    'tooMany',
    `more than ${MOST_LOOKED_AT} would have to be looked through: demand that one of ${keys.map((k) => `\`${k}\``).join(', ')} equals something`,
  )

type Judge<R> = (row: R) => Promise<boolean>
const judgeOf = <R>(source: Source<R>, filter: Filter | undefined, text: string): Judge<R> => {
  const matches = filter && sound(matchesOf(source.type, filter))
  return async (row) => (!matches || matches(await source.document(row, text))) && (await source.visible(row))
}

const lookedUp = async <R>(
  source: Source<R>,
  lookups: NonNullable<ReturnType<typeof lookupsIn>>,
  judge: Judge<R>,
): Promise<readonly R[]> => {
  const candidates = new Map<string, R>()
  for (const { key, value } of lookups)
    for (const row of await source.lookUp(key, value)) candidates.set(source.idOf(row), row)
  const rows: R[] = []
  const name = (row: R): string => source.nameOf(row).toLowerCase()
  for (const row of [...candidates.values()].sort((a, b) => (name(a) < name(b) ? -1 : 1)))
    if (await judge(row)) rows.push(row)
  return rows
}

const byLooking = async <R>(source: Source<R>, judge: Judge<R>, { startIndex, count }: Query): Promise<Found<R>> => {
  const rows: R[] = []
  let [total, looked] = [0, 0]
  for await (const part of source.parts()) {
    looked += part.length
    if (looked > MOST_LOOKED_AT) throw tooMany(source)
    for (const row of part) {
      if (!(await judge(row))) continue
      total += 1
      if (total >= startIndex && rows.length < count) rows.push(row)
    }
  }
  return { total, rows }
}

const asked = <R>(source: Source<R>, query: Query) => {
  const filter = query.filter === undefined ? undefined : sound(parseFilter(query.filter))
  return {
    filter,
    judge: judgeOf(source, filter, query.filter ?? ''),
    lookups: filter && lookupsIn(source.type, filter, source.keys),
  }
}

export const found = async <R>(source: Source<R>, query: Query): Promise<Found<R>> => {
  const { filter, judge, lookups } = asked(source, query)
  const { startIndex, count } = query
  if (lookups) {
    const all = await lookedUp(source, lookups, judge)
    return { total: all.length, rows: all.slice(startIndex - 1, startIndex - 1 + count) }
  }
  if (filter || !source.seesAll) return byLooking(source, judge, query)
  const rows: R[] = []
  if (count > 0) for (const row of await source.window(startIndex - 1, count)) if (await judge(row)) rows.push(row)
  return { total: await source.count(), rows }
}

/** `next`: after which row the next page begins; undefined: there is none. `total`: undefined where counting would be looking through all. */
export type FoundAfter<R> = {
  readonly rows: readonly R[]
  readonly total: number | undefined
  readonly next: Position | undefined
}

/** A page may be short: whoever looks for few in many is given what one request may look through, and goes on from there. */
const lookedAfter = async <R>(
  source: Source<R>,
  judge: Judge<R>,
  count: number,
  after: Position | undefined,
): Promise<Omit<FoundAfter<R>, 'total'>> => {
  const rows: R[] = []
  let last = after
  let looked = 0
  for await (const part of source.parts(after))
    for (const row of part) {
      if (looked >= MOST_LOOKED_AT) return { rows, next: last }
      looked += 1
      if (await judge(row)) {
        if (rows.length === count) return { rows, next: last }
        rows.push(row)
      }
      last = positionOf(source, row)
    }
  return { rows, next: undefined }
}

export const foundAfter = async <R>(
  source: Source<R>,
  query: Query,
  after: Position | undefined,
): Promise<FoundAfter<R>> => {
  const { filter, judge, lookups } = asked(source, query)
  const { count } = query
  if (lookups) {
    const all = await lookedUp(source, lookups, judge)
    const from = after?.name.toLowerCase()
    const rest = from === undefined ? all : all.filter((row) => source.nameOf(row).toLowerCase() > from)
    const rows = rest.slice(0, count)
    const last = rest.length > count ? rows.at(-1) : undefined
    return { rows, total: all.length, next: last && positionOf(source, last) }
  }
  const total = filter || !source.seesAll ? undefined : await source.count()
  if (count === 0) return { rows: [], total, next: undefined }
  return { ...(await lookedAfter(source, judge, count, after)), total }
}
