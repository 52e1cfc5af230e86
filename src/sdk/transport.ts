// One request to the gateway within one time limit, tries included. Tried again only where that is harmless: the caller says which requests are
// safe, and of those only what was not answered, or answered with "not now". Never follows a redirect: a token goes where it was sent.
import { type FieldFault, failure, type GwanmunError } from './failure.ts'

export type TransportOptions = {
  /** For all tries together. */
  readonly timeoutMs?: number
  /** How often a safe request may be tried again. */
  readonly retries?: number
  readonly fetch?: typeof fetch
}
export type Sent = {
  readonly method: string
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly body?: string
  /** The same request twice does no more than once. */
  readonly safe: boolean
}
export type Received = { readonly status: number; readonly headers: Headers; readonly body: unknown }
export type Transport = (request: Sent) => Promise<Received>

const TIMEOUT_MS = 5_000
const RETRIES = 2
const FIRST_WAIT_MS = 50
/** Not now, or not from here: nothing was done. */
const again: ReadonlySet<number> = new Set([429, 502, 503, 504])

type Loose = { readonly [name: string]: unknown }
export const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const textIn = (value: Loose, name: string): string | undefined => {
  const found = value[name]
  return typeof found === 'string' ? found : undefined
}

const secondsIn = (headers: Headers): number | undefined => {
  const value = headers.get('retry-after')
  return value !== null && /^\d{1,6}$/.test(value) ? Number(value) : undefined
}

const fieldsIn = (body: Loose): readonly FieldFault[] =>
  (Array.isArray(body.errors) ? body.errors : []).filter(isObject).map((row) => {
    const remedy = textIn(row, 'remedy')
    const fault = { field: textIn(row, 'field') ?? '', expected: textIn(row, 'expected') ?? '' }
    return remedy === undefined ? fault : { ...fault, remedy }
  })

/** RFC 9457 for the administrative API, RFC 6749 §5.2 for tokens, AuthZEN §10.1 for decisions. */
export const refusal = ({ status, headers, body }: Received): GwanmunError => {
  const said = isObject(body) ? body : {}
  const message =
    textIn(said, 'detail') ??
    textIn(said, 'error_description') ??
    textIn(said, 'message') ??
    textIn(said, 'error') ??
    textIn(said, 'title') ??
    (typeof body === 'string' && body !== '' ? body.slice(0, 300) : `the gateway answered with status ${status}`)
  return failure('refused', message, {
    status,
    problem: textIn(said, 'type')?.replace(/^urn:gwanmun:problem:/, '') ?? textIn(said, 'error'),
    reason: textIn(said, 'reason'),
    fields: fieldsIn(said),
    reference: textIn(said, 'reference') ?? headers.get('x-request-id') ?? undefined,
    retryAfterSeconds: secondsIn(headers),
  })
}

const bodyOf = async (answer: Response): Promise<unknown> => {
  const text = await answer.text()
  if (!/\bjson\b/.test(answer.headers.get('content-type') ?? '')) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

const waited = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

export const transport = ({
  timeoutMs = TIMEOUT_MS,
  retries = RETRIES,
  fetch: ask = fetch,
}: TransportOptions = {}): Transport => {
  const once = async ({ method, url, headers, body }: Sent, leftMs: number): Promise<Received> => {
    try {
      const answer = await ask(url, {
        method,
        headers,
        redirect: 'error',
        signal: AbortSignal.timeout(Math.max(1, Math.ceil(leftMs))),
        ...(body === undefined ? {} : { body }),
      })
      return { status: answer.status, headers: answer.headers, body: await bodyOf(answer) }
    } catch (cause) {
      const late = cause instanceof Error && cause.name === 'TimeoutError'
      const { origin } = new URL(url)
      throw failure(
        'unreachable',
        late ? `\`${origin}\` did not answer within ${timeoutMs} ms` : `\`${origin}\` cannot be reached`,
        {},
        cause,
      )
    }
  }
  return async (request) => {
    const until = performance.now() + timeoutMs
    for (let tried = 0; ; tried++) {
      const last = !request.safe || tried >= retries
      let waitMs = FIRST_WAIT_MS * 2 ** tried * (0.5 + Math.random())
      try {
        const received = await once(request, until - performance.now())
        if (last || !again.has(received.status)) return received
        waitMs = (secondsIn(received.headers) ?? 0) * 1000 || waitMs
        if (performance.now() + waitMs >= until) return received
      } catch (thrown) {
        if (last || performance.now() + waitMs >= until) throw thrown
      }
      await waited(waitMs)
    }
  }
}
