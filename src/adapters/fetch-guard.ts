// The only way out of the house. The address is checked where the connection is made, so a name that resolves differently the second
// time (DNS rebinding) gains nothing; redirects are followed by hand and checked like the first request; bodies and time have limits.
import { lookup } from 'node:dns'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent, fetch as undiciFetch } from 'undici'
import type { Fetch, FetchFailure } from '../ports/fetcher.ts'

type Options = {
  readonly timeoutSeconds: number
  readonly maxBytes: number
  /** Host names, addresses or CIDR ranges inside private networks that may be called. */
  readonly allowPrivate: readonly string[]
}
type Reason = FetchFailure['reason']

const MAX_REDIRECTS = 3

const failure = (reason: Reason, message: string, cause?: unknown): FetchFailure =>
  Object.assign(new Error(message, { cause }), { reason })
const isFailure = (x: unknown): x is FetchFailure => x instanceof Error && 'reason' in x

const isPublic = (address: string): boolean => {
  const parsed = ipaddr.process(address) // IPv4-mapped IPv6 becomes IPv4
  return parsed.range() === 'unicast'
}

const inRange = (address: string, range: string): boolean => {
  try {
    const parsed = ipaddr.process(address)
    const [network, bits] = range.includes('/') ? ipaddr.parseCIDR(range) : [ipaddr.process(range), undefined]
    if (network.kind() !== parsed.kind()) return false
    return parsed.match([network, bits ?? (parsed.kind() === 'ipv4' ? 32 : 128)])
  } catch {
    return false
  }
}

const mayConnect = (host: string, address: string, { allowPrivate }: Options): boolean =>
  isPublic(address) ||
  allowPrivate.some((allowed) => allowed.toLowerCase() === host.toLowerCase() || inRange(address, allowed))

/** Every address a name has must be allowed: a list that mixes public and private ones is an attempt to slip through. */
const guardedAgent = (options: Options): Agent =>
  new Agent({
    connect: {
      timeout: options.timeoutSeconds * 1000,
      lookup: (host, how, done) => {
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
const limited = async (response: Awaited<ReturnType<typeof undiciFetch>>, maxBytes: number): Promise<ArrayBuffer> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) throw failure('too-large', `the answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks)).buffer
}

const reasonOf = (thrown: unknown): FetchFailure => {
  if (isFailure(thrown)) return thrown
  const cause = thrown instanceof Error ? thrown.cause : undefined
  if (isFailure(cause)) return cause
  const name = thrown instanceof Error ? thrown.name : ''
  if (name === 'TimeoutError' || name === 'AbortError') return failure('timeout', 'there was no answer in time', thrown)
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
  return failure('unreachable', `there was no answer${code}`, thrown)
}

export const guardedFetch = (options: Options): Fetch => {
  const dispatcher = guardedAgent(options)
  const once = async (url: URL, init: RequestInit, redirectsLeft: number): Promise<Response> => {
    checkedUrl(url, options)
    const limits = [AbortSignal.timeout(options.timeoutSeconds * 1000), ...(init.signal ? [init.signal] : [])]
    const answer = await undiciFetch(url, {
      ...(init as Parameters<typeof undiciFetch>[1]),
      redirect: 'manual',
      dispatcher,
      signal: AbortSignal.any(limits),
    })
    const location = answer.headers.get('location')
    const follow = init.redirect !== 'manual' && answer.status >= 300 && answer.status < 400 && location !== null
    if (follow) {
      await answer.body?.cancel()
      const safe = (init.method ?? 'GET') === 'GET' || init.method === 'HEAD'
      // A body or credentials must not be carried to where an answer points.
      if (!safe || redirectsLeft === 0 || init.redirect === 'error')
        throw failure('redirect', `\`${url.host}\` answers with a redirect that is not followed`)
      const next = new URL(location, url)
      const headers = new Headers(init.headers)
      if (next.origin !== url.origin) headers.delete('authorization')
      return once(next, { ...init, headers }, redirectsLeft - 1)
    }
    const body = await limited(answer, options.maxBytes)
    const empty = [101, 204, 205, 304].includes(answer.status)
    const made = new Response(empty ? null : body, {
      status: answer.status,
      statusText: answer.statusText,
      headers: [...answer.headers],
    })
    Object.defineProperty(made, 'url', { value: url.href }) // openid-client compares it
    return made
  }
  return async (url, init = {}) => {
    try {
      return await once(new URL(url), init, MAX_REDIRECTS)
    } catch (thrown) {
      throw reasonOf(thrown)
    }
  }
}
