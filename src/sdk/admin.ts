// A client of the administrative API, typed by its own document (admin.gen.ts): operations by name, with their path, query, body and answer.
import { type Operations, operations } from './admin.gen.ts'
import { failure } from './failure.ts'
import { type TokenSource, tokenOf } from './token.ts'
import { isObject, type Received, refusal, type TransportOptions, transport } from './transport.ts'

export type AdminOptions = TransportOptions & {
  /** `https://id.example.com`. */
  readonly server: string
  readonly tenancy: string
  /** An API key with the scope `admin`, or an access token of an administrator. */
  readonly token: TokenSource
}
export type OperationId = keyof Operations
type Nothing = { readonly [name: string]: never }
type Given<Name extends string, T> = T extends undefined
  ? { readonly [N in Name]?: undefined }
  : T extends Nothing
    ? { readonly [N in Name]?: undefined }
    : { readonly [N in Name]: T }
export type Input<K extends OperationId> = Given<'path', Operations[K]['path']> &
  Given<'body', Operations[K]['body']> & {
    readonly query?: Operations[K]['query']
    /** The entity tag as last seen: changed only if it is still that. */
    readonly ifMatch?: string
    /** `*`: only if it is not there. */
    readonly ifNoneMatch?: string
  }
type NeedsNothing<K extends OperationId> = Record<string, never> extends Input<K> ? true : false
export type Inputs<K extends OperationId> = NeedsNothing<K> extends true ? [input?: Input<K>] : [input: Input<K>]
export type Answer<K extends OperationId> = {
  readonly status: number
  readonly body: Operations[K]['answer']
  readonly etag: string | undefined
}
/** Operations that answer with pages. */
export type ListId = {
  [K in OperationId]: Operations[K]['answer'] extends { readonly items: readonly unknown[] } ? K : never
}[OperationId]
export type ItemOf<K extends ListId> = Operations[K]['answer'] extends { readonly items: readonly (infer T)[] }
  ? T
  : never

export type AdminClient = {
  /** @throws GwanmunError, with the problem and the faults of the fields */
  readonly call: <K extends OperationId>(id: K, ...input: Inputs<K>) => Promise<Answer<K>>
  /** Every row of a list, page after page. */
  readonly each: <K extends ListId>(id: K, ...input: Inputs<K>) => AsyncGenerator<ItemOf<K>>
}
type Loose = {
  readonly path?: { readonly [name: string]: string }
  readonly query?: { readonly [name: string]: unknown }
  readonly body?: unknown
  readonly ifMatch?: string
  readonly ifNoneMatch?: string
}

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host)

const baseOf = ({ server, tenancy }: AdminOptions): string => {
  const url = URL.parse(server)
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))))
    throw failure('malformed', `expected an https address, got \`${server}\`: the token would be shown to everybody`)
  return `${url.href.replace(/\/+$/, '')}/api/v1/tenancies/${encodeURIComponent(tenancy)}`
}

/** @throws when a part of the path was not given */
export const pathWith = (template: string, given: { readonly [name: string]: string } = {}): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = given[name]
    // `.` and `..` would be taken for steps in the path, whatever they are encoded as
    if (value === undefined || value === '' || /^\.{1,2}$/.test(value))
      throw failure('malformed', `expected a value for \`${name}\` of the path`)
    return encodeURIComponent(value)
  })

const queryOf = (query: Loose['query'] = {}): string => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}

export const adminClient = (options: AdminOptions): AdminClient => {
  const base = baseOf(options)
  const send = transport({ timeoutMs: 30_000, ...options })

  const ask = async (id: OperationId, { path, query, body, ifMatch, ifNoneMatch }: Loose): Promise<Received> => {
    const [method, template] = operations[id]
    const conditional = ifMatch !== undefined || ifNoneMatch !== undefined
    const answer = await send({
      method,
      url: `${base}${pathWith(template, path)}${queryOf(query)}`,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${await tokenOf(options.token)}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        ...(ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // PUT says what there shall be: twice is once. With a condition the second would be told that it came too late.
      safe: method === 'GET' || (method === 'PUT' && !conditional),
    })
    if (answer.status >= 400) throw refusal(answer)
    return answer
  }
  // Written for any operation, and typed for each: the compiler cannot follow a hundred and more of them through one function.
  const call = async (id: OperationId, input: Loose = {}) => {
    const { status, headers, body } = await ask(id, input)
    return { status, body: body === '' ? undefined : body, etag: headers.get('etag') ?? undefined }
  }
  async function* each(id: OperationId, input: Loose = {}) {
    let next: string | undefined
    do {
      const query = { ...input.query, ...(next === undefined ? {} : { cursor: next }) }
      const { body } = await ask(id, { ...input, query })
      if (!isObject(body) || !Array.isArray(body.items))
        throw failure('malformed', `\`${id}\` did not answer with a list`)
      yield* body.items
      next = typeof body.next === 'string' ? body.next : undefined
    } while (next !== undefined)
  }
  return { call: call as unknown as AdminClient['call'], each: each as unknown as AdminClient['each'] }
}
