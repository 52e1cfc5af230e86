// The operations of an OpenAPI document, flat, and what the command line calls them: a noun and a verb, both read off the path, so that a new
// route is a new command without anybody writing one.
import type { Schema } from './typescript.ts'

export type Parameter = { readonly name: string; readonly schema: Schema; readonly description: string | undefined }
export type Operation = {
  readonly id: string
  readonly method: string
  /** Below `/tenancies/{tenancy}`. */
  readonly path: string
  readonly summary: string
  readonly description: string | undefined
  readonly permissions: readonly string[]
  readonly params: readonly string[]
  readonly query: readonly Parameter[]
  readonly body: Schema | undefined
  readonly bodyExample: unknown
  readonly conditional: boolean
  readonly answer: Schema | undefined
  readonly answerExample: unknown
  readonly isList: boolean
  readonly isPaged: boolean
}
export type Command = { readonly noun: string; readonly verb: string }

const BASE = '/tenancies/{tenancy}'
const methods = ['get', 'put', 'post', 'patch', 'delete']

type Loose = { readonly [key: string]: Loose } & { readonly length?: number }
const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Loose | undefined)?.[key], value)
const textAt = (value: unknown, key: string): string => String(at(value, key) ?? '')
const contentOf = (value: unknown): unknown =>
  at(value, 'content', 'application/json') ?? at(value, 'content', 'application/merge-patch+json')

const operationOf = (path: string, method: string, row: unknown): Operation => {
  const parameters = (at(row, 'parameters') as readonly unknown[] | undefined) ?? []
  const within = (place: string): readonly unknown[] => parameters.filter((p) => at(p, 'in') === place)
  const responses = Object.entries((at(row, 'responses') ?? {}) as object)
  const good = responses.filter(([status]) => status.startsWith('2')).map(([, answer]) => contentOf(answer))
  const answer = good.find((content) => content !== undefined)
  const schema = at(answer, 'schema') as Schema | undefined
  const body = contentOf(at(row, 'requestBody'))
  const query = within('query').map((p) => ({
    name: textAt(p, 'name'),
    schema: at(p, 'schema') as Schema,
    description: at(p, 'schema', 'description') as string | undefined,
  }))
  return {
    id: textAt(row, 'operationId'),
    method: method.toUpperCase(),
    path: path.slice(BASE.length),
    summary: textAt(row, 'summary'),
    description: at(row, 'description') as string | undefined,
    permissions: (
      (at(row, 'x-gwanmun-permissions') ?? []) as readonly { operation: string; resourceType: string }[]
    ).map((p) => `${p.operation} on ${p.resourceType}`),
    params: [...path.slice(BASE.length).matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? ''),
    query,
    body: at(body, 'schema') as Schema | undefined,
    bodyExample: at(body, 'example'),
    conditional: within('header').some((p) => at(p, 'name') === 'If-Match'),
    answer: schema,
    answerExample: at(answer, 'example'),
    isList: method === 'get' && !path.endsWith('}') && at(schema, 'properties', 'items') !== undefined,
    isPaged: query.some((p) => p.name === 'cursor'),
  }
}

export const operationsIn = (document: unknown): readonly Operation[] =>
  Object.entries((at(document, 'paths') ?? {}) as object).flatMap(([path, item]) =>
    path.startsWith(BASE)
      ? methods.flatMap((method) =>
          at(item, method) === undefined ? [] : [operationOf(path, method, at(item, method))],
        )
      : [],
  )

const isParam = (segment: string | undefined): boolean => segment?.startsWith('{') === true

const literalsOf = (path: string): readonly string[] => path.split('/').filter((s) => s !== '' && !isParam(s))
/** `/audit-trail/seals`: said about the first, and no collection of its own. */
const isBelowWord = (segments: readonly string[]): boolean => segments.length > 1 && !isParam(segments.at(-2))

/** Collections are what has a list; everything else is done to, or read of, the collection before it. */
const commandOf = ({ method, path, isList }: Operation, collections: ReadonlySet<string>): Command => {
  const segments = path.split('/').filter((s) => s !== '')
  const literals = literalsOf(path)
  const last = literals.at(-1)
  const verb = method.toLowerCase()
  if (last === undefined) return { noun: 'tenancy', verb }
  const before = literals.at(-2) ?? 'tenancy'
  if (isParam(segments.at(-1)))
    return collections.has(last) ? { noun: last, verb } : { noun: before, verb: `${verb}-${last}` }
  if (isBelowWord(segments)) return { noun: before, verb: last }
  if (isList) return { noun: last, verb: 'list' }
  if (collections.has(last)) return { noun: last, verb: method === 'POST' ? 'create' : `${verb}-all` }
  return { noun: before, verb: last }
}

export const commandsOf = (operations: readonly Operation[]): ReadonlyMap<string, Command> => {
  const lists = operations.filter((o) => o.isList && !isBelowWord(o.path.split('/').filter((s) => s !== '')))
  const collections = new Set(lists.map((o) => literalsOf(o.path).at(-1) ?? ''))
  return new Map(operations.map((o) => [o.id, commandOf(o, collections)]))
}
