// The administrative API of a running gateway, for commands that work on a tenancy from afar. Knows how to ask and what an error says;
// what the rows mean is for the command. The key goes to the one server that was named, over TLS, and nowhere it may redirect to.
import { Problem, type ProblemField, type Slug, catalogue as slugs } from '../problem.ts'

export type ApiRequest = {
  readonly method: string
  /** Below the tenancy, with its query. */
  readonly path: string
  readonly body?: unknown
  readonly headers?: { readonly [name: string]: string }
}
export type ApiAnswer = {
  readonly status: number
  /** Undefined: there is none, or it is no JSON. */
  readonly body: unknown
  readonly text: string
  readonly etag: string | undefined
}
export type ApiClient = {
  readonly ask: (request: ApiRequest) => Promise<ApiAnswer>
  readonly get: (path: string) => Promise<unknown>
  readonly post: (path: string, body: unknown) => Promise<unknown>
  /** All rows of a list, page by page. */
  readonly all: (path: string) => Promise<readonly unknown[]>
}
export type Reach = {
  readonly server: string
  readonly tenancy: string
  /** An API key, an access token, or where the current one is had from. */
  readonly key: string | (() => Promise<string>)
}

const WAIT_MS = 30_000
const PAGE = 200
/** A list that never ends is not ours. */
const MOST_PAGES = 10_000

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host)

/** @throws Problem('request-malformed') for what is no address, or one on whose way everybody could read along */
export const serverUrl = (server: string): URL => {
  const url = URL.parse(server)
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Problem('request-malformed', `expected an address such as \`https://id.example.com\`, got \`${server}\``)
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw new Problem('request-malformed', `\`${server}\` would show the key to everybody on the way: use https`)
  return url
}

const baseOf = ({ server, tenancy }: Reach): URL => {
  const url = serverUrl(server)
  return new URL(`${url.pathname.replace(/\/+$/, '')}/api/v1/tenancies/${encodeURIComponent(tenancy)}`, url)
}

const clean = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').slice(0, 4000)
/** Several faults are told in a line each, and stay so. */
const cleanLines = (text: string): string => text.split('\n').map(clean).join('\n').slice(0, 4000)
const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isSlug = (word: string): word is Slug => Object.hasOwn(slugs, word)

const fieldsIn = (errors: unknown): readonly ProblemField[] =>
  (Array.isArray(errors) ? errors : []).filter(isObject).map(({ field, expected, remedy }) => ({
    field: clean(String(field ?? '')),
    expected: clean(String(expected ?? '')),
    ...(typeof remedy === 'string' ? { remedy: clean(remedy) } : {}),
  }))

/** Field, expectation and remedy, a line each; what the sentence before says already is not said twice. */
const linesOf = (detail: string, fields: readonly ProblemField[]): string =>
  fields
    .filter(({ expected, remedy }) => !detail.includes(expected) || (remedy !== undefined && !detail.includes(remedy)))
    .map(({ field, expected, remedy }) => `\n  ${field}: ${expected}${remedy === undefined ? '' : `; ${remedy}`}`)
    .join('')

const UNKNOWN =
  'the gateway does not know the API key or the sign-in: it is wrong, revoked, expired or of another tenancy; sign in with `gwanmun login`, or set GWANMUN_API_KEY'

/** RFC 9457: `type` names our own slug, `detail` the remedy. */
const problemIn = (status: number, body: unknown): Problem => {
  const said = isObject(body) ? body : {}
  const slug = String(said.type ?? '').replace(/^urn:gwanmun:problem:/, '')
  const fallback: Slug =
    status === 401 ? 'sign-in-required' : status === 403 ? 'not-permitted' : status === 404 ? 'not-found' : 'internal'
  const told = typeof said.detail === 'string' ? said.detail : typeof said.title === 'string' ? said.title : undefined
  const detail = cleanLines(status === 401 ? UNKNOWN : (told ?? `the gateway answered with status ${status}`))
  const fields = fieldsIn(said.errors)
  const reference = typeof said.reference === 'string' && status >= 500 ? ` (reference ${clean(said.reference)})` : ''
  return new Problem(isSlug(slug) ? slug : fallback, `${detail}${linesOf(detail, fields)}${reference}`, { fields })
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

export const apiClient = (reach: Reach): ApiClient => {
  const base = baseOf(reach)
  const ask = async ({ method, path, body, headers }: ApiRequest): Promise<ApiAnswer> => {
    const key = typeof reach.key === 'string' ? reach.key : await reach.key()
    try {
      const answer = await fetch(`${base.href}${path}`, {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(WAIT_MS),
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
          authorization: `Bearer ${key}`,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      if (!answer.ok) throw problemIn(answer.status, parsed(text))
      return { status: answer.status, body: parsed(text), text, etag: answer.headers.get('etag') ?? undefined }
    } catch (cause) {
      if (cause instanceof Problem) throw cause
      throw new Problem('upstream-unreachable', `\`${base.origin}\` cannot be reached: is the gateway running there?`, {
        cause,
      })
    }
  }
  return {
    ask,
    get: async (path) => (await ask({ method: 'GET', path })).body,
    post: async (path, body) => (await ask({ method: 'POST', path, body })).body,
    all: async (path) => {
      const rows: unknown[] = []
      let cursor: string | undefined
      for (let page = 0; page < MOST_PAGES; page++) {
        const query = new URLSearchParams({ limit: String(PAGE), ...(cursor === undefined ? {} : { cursor }) })
        const { body } = await ask({ method: 'GET', path: `${path}?${query}` })
        if (!isObject(body) || !Array.isArray(body.items))
          throw new Problem('internal', `\`${base.origin}${base.pathname}${path}\` did not answer with a list`)
        rows.push(...body.items)
        if (typeof body.next !== 'string') return rows
        cursor = body.next
      }
      throw new Problem('internal', 'the list has no end')
    },
  }
}
