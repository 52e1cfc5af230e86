// Lists and single rows of a noun. A list leaves out what the caller may not see, row by row, and shows of the rest what its inspecting
// permission shows.
import { z } from 'zod'
import type { Eyes } from '../../flows/access/administer.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import type { Shown } from './filter.ts'
import {
  finding,
  lowerFirst,
  type Many,
  type Noun,
  nothing,
  operationName,
  type Params,
  paramsIn,
  permissionOf,
  there,
} from './noun.ts'
import { type ListQuery, listQuery, type Page, pageOfAll, pageOfMany, type Reading, refuseOrder } from './page.ts'
import { type Route, route, shownReply } from './route.ts'

const attributesOf = <R, S, B>({ view, summary }: Noun<R, S, B>): readonly string[] =>
  Object.keys(view.shape).filter((key) => summary?.includes(key) ?? true)

const summaryOf = <R, S, B>({ summary }: Noun<R, S, B>, shown: Shown): Shown =>
  summary === undefined ? shown : Object.fromEntries(Object.entries(shown).filter(([key]) => summary.includes(key)))

const ordersOf = <R, S>({ sortedBy, alsoBy = [] }: Many<R, S>): readonly string[] => [sortedBy, ...alsoBy]

const pageOf = async <R, S, B>(
  noun: Noun<R, S, B>,
  reading: Reading,
  tx: Tx,
  scope: S,
  { standing, now, whole, visible, goesOn }: Eyes,
): Promise<Page> => {
  const look = {
    shown: async (row: R): Promise<Shown> => summaryOf(noun, await noun.show(tx, row, scope, now)),
    visible: async (row: R): Promise<boolean> => visible(await noun.target(tx, row, scope, standing)),
    askFirst: !whole,
  }
  const { sort } = reading.query
  const { rows: all, paged } = noun
  const inOrder = (source: typeof paged) => source && (sort === undefined || ordersOf(source).includes(sort))
  const many = typeof all !== 'function' ? all : inOrder(paged) ? paged : undefined
  if (many) {
    const page = await pageOfMany(
      reading,
      (after, limit, tests) => many.read(tx, scope, { after, limit, tests, sort }),
      look,
      ordersOf(many),
    )
    if (page.items.length === 0 && page.next !== undefined) goesOn()
    return page
  }
  if (paged && (await paged.isLong?.(tx, scope))) refuseOrder(ordersOf(paged))
  const rows = typeof all === 'function' ? await all(tx, scope) : []
  const order = new Map<R, Shown>()
  if (sort !== undefined) for (const row of rows) order.set(row, await look.shown(row))
  return pageOfAll(
    reading,
    rows.map((row) => ({ row, key: `${noun.nameOf(row)}\n${noun.idOf(row)}` })),
    (row) => order.get(row) ?? {},
    look,
  )
}

export const listRoute = <R, S, B>(noun: Noun<R, S, B>): Route => {
  const attributes = attributesOf(noun)
  const item = z.object(Object.fromEntries(attributes.map((key) => [key, noun.view.shape[key] ?? z.unknown()])))
  const permission = permissionOf(noun, noun.operations.list)
  return route<Params, ListQuery, undefined>({
    method: 'GET',
    path: noun.path,
    operationId: lowerFirst(operationName(noun.operations.list)),
    tag: noun.tag,
    summary: `List ${noun.tag}`,
    description: 'Rows that the caller may not see are left out.',
    permissions: [permission],
    params: paramsIn(noun.path),
    query: z.strictObject(listQuery),
    body: undefined,
    answers: [
      {
        status: 200,
        description: 'A page',
        schema: z.strictObject({ items: z.array(item), next: z.string().optional() }),
        example: { items: [summaryOf(noun, noun.example.view)] },
      },
    ],
    handle: async ({ administer, secrets }, call) => {
      const about = { query: call.query, about: `${call.tenancy.id} ${call.at}`, attributes, secrets }
      const body = await administer.list(
        call.who,
        async (tx) => {
          const { scope, place, missing } = await noun.scope(tx, call.params, call.tenancy)
          return { permission, place: { ...place, id: '', name: '' }, found: { scope, missing } }
        },
        async (tx, { scope, missing }, eyes) => {
          if (scope === undefined) throw new Problem('not-found', missing)
          return pageOf(noun, about, tx, scope, eyes)
        },
      )
      return { status: 200, body }
    },
  })
}

export const getRoute = <R, S, B>(noun: Noun<R, S, B>): Route => {
  const { get } = noun.operations
  return route<Params, object, undefined>({
    method: 'GET',
    path: noun.itemPath,
    operationId: lowerFirst(operationName(get)),
    tag: noun.tag,
    summary: `Read one ${noun.one}`,
    permissions: [permissionOf(noun, get)],
    params: paramsIn(noun.itemPath),
    query: nothing,
    body: undefined,
    answers: [
      { status: 200, description: `The ${noun.one}`, schema: noun.view, example: noun.example.view, etag: true },
    ],
    handle: async (edge, call) => {
      const { shown, beside } = await edge.administer.read(
        call.who,
        finding(noun, call, { there: get, absent: get }),
        async (tx, found, now) => {
          const { scope, row } = there(noun, call.params, found)
          const beside = (await noun.beside?.(tx, row, scope, edge.flows)) ?? {}
          return { shown: await noun.show(tx, row, scope, now), beside }
        },
      )
      return shownReply(edge, call, shown, beside)
    },
  })
}
