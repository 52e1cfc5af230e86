// One operation of the administrative API from the command line: its path from arguments, its document from a file, its answer printed. Knows no noun.
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { Problem } from '../../problem.ts'
import { type Connected, type Connection, connect } from '../account/connect.ts'
import type { ApiClient } from '../api-client.ts'
import type { Shell } from '../house.ts'
import type { Format } from '../print.ts'
import { argumentsOf, type Operation, placesOf, wordOf } from './operations.ts'
import { documentText, listText } from './show.ts'

export type Flags = Connection & {
  readonly output: Format
  readonly domain?: string
  readonly compartment?: string
  readonly file?: string
  readonly data?: string
  readonly ifMatch?: string
  readonly create?: boolean
  readonly filter?: string
  readonly sort?: string
  readonly limit?: number
  readonly all?: boolean
  readonly columns?: string
  readonly [query: string]: unknown
}

const MOST_PER_PAGE = 200
/** Who waits longer than this for a list is told how far it is. */
const PROGRESS_PAGES = 2

const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isStep = (text: string): boolean => /^\.{0,2}$/.test(text)

/** @throws Problem('request-malformed') for what would be a step in a path */
export const pathOf = (
  operation: Operation,
  given: readonly string[],
  places: { readonly [name: string]: string },
): string => {
  const names = argumentsOf(operation)
  return operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = names.includes(name) ? given[names.indexOf(name)] : places[name]
    if (value === undefined || isStep(value))
      throw new Problem('request-malformed', `\`${value ?? ''}\` is no ${wordOf(name)}`)
    return encodeURIComponent(value)
  })
}

const queryOf = ({ query = [] }: Operation, flags: Flags): readonly (readonly [string, string])[] =>
  query.flatMap(({ name }) => {
    const value = flags[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
const withQuery = (path: string, query: readonly (readonly [string, string])[]): string =>
  query.length === 0 ? path : `${path}?${new URLSearchParams(query.map(([name, value]) => [name, value]))}`

const textIn = (file: string): string => {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (cause) {
    throw new Problem('request-malformed', `\`${file}\` cannot be read`, { cause })
  }
}
const parsed = (text: string, where: string): unknown => {
  try {
    return parse(text) as unknown // JSON is YAML
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : ''
    throw new Problem('request-malformed', `${where} is neither YAML nor JSON: ${why}`, { cause })
  }
}

/** The document to send: what a `get` printed may be sent back, edited. */
export const bodyOf = ({ body, verb }: Operation, { file, data }: Pick<Flags, 'file' | 'data'>): unknown => {
  if (body === undefined) return undefined
  if ((file === undefined) === (data === undefined))
    throw new Problem(
      'request-malformed',
      'expected a document: `-f <file>` (`-f -` for standard input) or `--data <json>`',
    )
  const found = file === undefined ? parsed(data ?? '', '`--data`') : parsed(textIn(file), `\`${file}\``)
  if (!isObject(found)) throw new Problem('request-malformed', 'expected a document with members')
  // in a patch each member is meant
  const shown = verb === 'patch' ? [] : body.shownOnly
  return Object.fromEntries(Object.entries(found).filter(([name]) => !shown.includes(name)))
}

const itemsIn = (body: unknown): { readonly items: readonly unknown[]; readonly next: string | undefined } => {
  if (!isObject(body) || !Array.isArray(body.items))
    throw new Problem('internal', 'the gateway did not answer with a list')
  return { items: body.items, next: typeof body.next === 'string' ? body.next : undefined }
}

type Listing = { readonly operation: Operation; readonly path: string; readonly flags: Flags }

const listed = async (shell: Shell, api: ApiClient, { operation, path, flags }: Listing): Promise<void> => {
  const { columns, filter, limit, next: nextName } = operation.list ?? { columns: [] }
  const most = flags.all ? Number.POSITIVE_INFINITY : (flags.limit ?? 50)
  const rows: unknown[] = []
  let next: string | undefined
  for (let page = 1; ; page++) {
    const wanted = Math.min(MOST_PER_PAGE, most - rows.length)
    const query: [string, string][] = [
      ...queryOf(operation, flags).map(([name, value]): [string, string] => [name, value]),
      ...(filter && flags.filter !== undefined ? [['filter', flags.filter] as [string, string]] : []),
      ...(filter && flags.sort !== undefined ? [['sort', flags.sort] as [string, string]] : []),
      ...(limit ? [['limit', String(wanted)] as [string, string]] : []),
      ...(nextName !== undefined && next !== undefined ? [[nextName, next] as [string, string]] : []),
    ]
    const found = itemsIn((await api.ask({ method: 'GET', path: withQuery(path, query) })).body)
    rows.push(...found.items.slice(0, most - rows.length))
    next = nextName === undefined ? undefined : found.next
    if (next === undefined || rows.length >= most) break
    if (page % PROGRESS_PAGES === 0) shell.err(`${rows.length} rows so far`)
  }
  shell.out(listText(flags.output, flags.columns?.split(',') ?? columns, rows))
  if (next !== undefined && flags.output === 'table')
    shell.err(`there are more: \`--limit\` takes more of them, \`--all\` takes all`)
}

const conditionsOf = ({ ifMatch, create }: Flags): { readonly [name: string]: string } => ({
  ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
  ...(create ? { 'if-none-match': '*' } : {}),
})

const wordFor: { readonly [method: string]: string } = {
  DELETE: 'deleted',
  PUT: 'as the document says',
  POST: 'done',
  PATCH: 'changed',
}

export const run = async (
  shell: Shell,
  operation: Operation,
  given: readonly string[],
  flags: Flags,
): Promise<void> => {
  const body = bodyOf(operation, flags)
  const { api, domain }: Connected = connect(flags)
  const places = { domain: flags.domain ?? domain, compartment: flags.compartment ?? 'root' }
  const path = pathOf(operation, given, placesOf(operation).length > 0 ? places : {})
  if (operation.list) return listed(shell, api, { operation, path, flags })
  const answer = await api.ask({
    method: operation.method,
    path: withQuery(path, queryOf(operation, flags)),
    headers: conditionsOf(flags),
    ...(body === undefined ? {} : { body }),
  })
  if (answer.text === '') return shell.out(wordFor[operation.method] ?? 'done')
  if (answer.body === undefined) return shell.out(answer.text.trimEnd()) // an export: lines that are documents of their own
  shell.out(documentText(flags.output, answer.body, answer.etag === undefined ? {} : { etag: answer.etag }))
}
