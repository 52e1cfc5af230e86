// The only way out of the house. The address is checked where the connection is made, so a name that resolves differently the second
// time (DNS rebinding) gains nothing; redirects are followed by hand and checked like the first request; bodies and time have limits.
import { lookup as systemLookup } from 'node:dns'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { Agent, Response as UndiciResponse, fetch as undiciFetch } from 'undici'
import type { Fetch, FetchFailure } from '../ports/fetcher.ts'

type Options = {
  readonly timeoutSeconds: number
  readonly maxBytes: number
  /** Host names, addresses or CIDR ranges inside private networks that may be called. */
  readonly allowPrivate: readonly string[]
  /** How names become addresses; a test brings its own. */
  readonly lookup?: typeof systemLookup
}
type Reason = FetchFailure['reason']
type Undici = { readonly Agent: typeof Agent }

const MAX_REDIRECTS = 3

const failure = (reason: Reason, message: string, cause?: unknown): FetchFailure =>
  Object.assign(new Error(message, { cause }), { reason })
const isFailure = (x: unknown): x is FetchFailure => x instanceof Error && 'reason' in x

const globalIpv6 = ipaddr.parseCIDR('2000::/3') // the only global unicast (IANA); `::127.0.0.1` and the like lie outside

/** Everything that is not plainly public is private: also tunnels that carry a private address inside (6to4, NAT64, Teredo). */
const isPublic = (address: string): boolean => {
  if (isIP(address) === 0) return false
  const parsed = ipaddr.process(address) // IPv4-mapped IPv6 becomes IPv4
  return parsed.range() === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(globalIpv6))
}

/** Written out: the library would read `127` as 0.0.0.127 and `0/0` as everywhere. */
const isRange = (text: string): boolean => isIP(text.split('/')[0] ?? '') !== 0

export const inRange = (address: string, range: string): boolean => {
  if (!isRange(range) || isIP(address) === 0) return false
  try {
    const parsed = ipaddr.process(address)
    const [network, bits] = range.includes('/') ? ipaddr.parseCIDR(range) : [ipaddr.process(range), undefined]
    if (network.kind() !== parsed.kind()) return false
    return parsed.match([network, bits ?? (parsed.kind() === 'ipv4' ? 32 : 128)])
  } catch {
    return false // a range that is none, such as `10.0.0.0/40`
  }
}

const mayConnect = (host: string, address: string, { allowPrivate }: Options): boolean =>
  isPublic(address) ||
  allowPrivate.some((allowed) => allowed.toLowerCase() === host.toLowerCase() || inRange(address, allowed))

/** Every address a name has must be allowed: a list that mixes public and private ones is an attempt to slip through. */
const guardedAgent = ({ Agent }: Undici, options: Options): Agent =>
  new Agent({
    connect: {
      timeout: options.timeoutSeconds * 1000,
      lookup: (host, how, done) => {
        const lookup = options.lookup ?? systemLookup
        lookup(host, { ...how, all: true }, (error, addresses) => {
          const list = addresses ?? []
          if (error) return done(error, [])
          const refused = list.find(({ address }) => !mayConnect(host, address, options))
          if (refused || list.length === 0)
            return done(
              failure(
                'address-not-allowed',
                `\`${host}\` is at the private address ${refused?.address ?? '(none)'}: add it to outgoing.allowPrivate if it is yours`,
              ),
              [],
            )
          if (how.all) return done(null, list)
          const [first] = list
          return done(null, first?.address ?? '', first?.family)
        })
      },
    },
  })

const checkedUrl = (url: URL, options: Options): void => {
  if (!/^https?:$/.test(url.protocol))
    throw failure('address-not-allowed', `\`${url.protocol}\` is not fetched: use https`)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  // A literal address is connected to without a look-up.
  if (isIP(host) && !mayConnect(host, host, options))
    throw failure(
      'address-not-allowed',
      `the address \`${host}\` is private: add it to outgoing.allowPrivate if it is yours`,
    )
}

/** The body, never more of it than allowed, whatever the headers promised. */
const limited = async (response: UndiciResponse, maxBytes: number): Promise<ArrayBuffer> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw failure('too-large', `the answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks)).buffer
}

const reasonOf = (thrown: unknown, outOfTime: boolean): FetchFailure => {
  if (isFailure(thrown)) return thrown
  const cause = thrown instanceof Error ? thrown.cause : undefined
  if (isFailure(cause)) return cause
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (outOfTime || code === 'UND_ERR_CONNECT_TIMEOUT') return failure('timeout', 'there was no answer in time', thrown)
  return failure('unreachable', `there was no answer${code && ` (${code})`}`, thrown)
}

/** Where a redirect leads, or why it is not followed: no body, no credentials and no downgrade are carried to where an answer points. */
const redirected = (from: URL, location: string, init: RequestInit, left: number): readonly [URL, RequestInit] => {
  const to = URL.parse(location, from)
  const safe = ['GET', 'HEAD'].includes(init.method ?? 'GET') && init.redirect !== 'error'
  if (!to || !safe || left === 0 || (from.protocol === 'https:' && to.protocol !== 'https:'))
    throw failure('redirect', `\`${from.host}\` answers with a redirect that is not followed`)
  const headers = new Headers(init.headers)
  if (to.origin !== from.origin) for (const name of ['authorization', 'cookie']) headers.delete(name)
  return [to, { ...init, headers }]
}

/** The body is decoded and counted by now: what its headers said of its wire form no longer holds. */
const answerOf = (answer: UndiciResponse, body: ArrayBuffer, url: URL): Response => {
  const headers = new Headers([...answer.headers])
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) headers.delete(name)
  const empty = [204, 205, 304].includes(answer.status)
  const made = new Response(empty ? null : body, { status: answer.status, statusText: answer.statusText, headers })
  Object.defineProperty(made, 'url', { value: url.href }) // openid-client compares it
  return made
}

export const guardedFetch = (options: Options): Fetch => {
  let loaded: Promise<{ readonly fetch: typeof undiciFetch; readonly dispatcher: Agent }> | undefined
  const load = async () => {
    const undici = await import('undici') // with the first request: a gateway without partners makes none
    return { fetch: undici.fetch, dispatcher: guardedAgent(undici, options) }
  }
  const follow = async (url: URL, init: RequestInit, signal: AbortSignal, redirectsLeft: number): Promise<Response> => {
    checkedUrl(url, options)
    loaded ??= load()
    const { fetch, dispatcher } = await loaded
    const answer = await fetch(url, {
      ...(init as Parameters<typeof fetch>[1]),
      redirect: 'manual',
      dispatcher,
      signal,
    })
    const location = answer.headers.get('location')
    if (init.redirect !== 'manual' && answer.status >= 300 && answer.status < 400 && location !== null) {
      await answer.body?.cancel()
      const [to, next] = redirected(url, location, init, redirectsLeft)
      return follow(to, next, signal, redirectsLeft - 1)
    }
    return answerOf(answer, await limited(answer, options.maxBytes), url)
  }
  return async (url, init = {}) => {
    const deadline = AbortSignal.timeout(options.timeoutSeconds * 1000) // one for all hops
    const signal = AbortSignal.any([deadline, ...(init.signal ? [init.signal] : [])])
    try {
      return await follow(new URL(url), init, signal, MAX_REDIRECTS)
    } catch (thrown) {
      throw reasonOf(thrown, signal.aborted)
    }
  }
}
