// The public HTTP application: the order of everything that happens to a request, as one list. Edges are handed in; there is no body parser
// for all of them, because oidc-provider reads its own bodies and every other edge knows what it expects and how large it may be.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express'
import helmet from 'helmet'
import type { Logger } from 'pino'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import { Problem } from '../problem.ts'
import { requestLog } from './log.ts'
import { type Limit, rateLimit } from './rate-limit.ts'
import { problemRenderer } from './render-problem.ts'
import { staticEdge } from './sign-in/assets.ts'
import type { Pages } from './sign-in/pages.ts'
import { addressBehind, REQUEST_ID, requestIdOf } from './source.ts'

/** A whole answer. `headers`: names and values by turns, `Content-Type` among them. */
export type Told = { readonly status: number; readonly headers: readonly string[]; readonly body: string }
/**
 * For programs that ask thousands of times in a second: answers without what pages need. Undefined: not such a request, it goes the ordinary
 * way, which must come to the same answer.
 */
export type Quick = (req: IncomingMessage) => Promise<Told> | undefined

export type HttpDeps = {
  readonly baseUrl: string
  readonly trustedProxies: readonly string[]
  readonly log: Pick<Logger, 'error' | 'warn' | 'info' | 'child'>
  readonly clock: Clock
  readonly random: Pick<Random, 'id'>
  readonly pages: Pages
  readonly limits?: readonly Limit[]
  readonly quick?: Quick
  /** Path and edge, in the order in which they are asked. */
  readonly edges: readonly (readonly [path: string, edge: RequestHandler])[]
}

/** A company behind one address signs in at nine o'clock: these are for floods, not for people. */
export const usualLimits: readonly Limit[] = [
  { method: 'POST', path: /^\/d\/[^/]+\/[^/]+\/(sign-in|account)(\/|$)/, perMinute: 1200 },
  { method: 'POST', path: /^\/d\/[^/]+\/[^/]+\/(federation\/[^/]+|saml)\//, perMinute: 1200 },
  { method: 'GET', path: /^\/d\/[^/]+\/[^/]+\/(federation\/[^/]+|saml)\//, perMinute: 2400 },
  { method: 'POST', path: /^\/setup\//, perMinute: 30 },
]

/** Ours, always: a request id from outside could be made to collide with another's in the audit log. */
const identify =
  ({ random }: HttpDeps) =>
  (req: IncomingMessage): void => {
    req.headers[REQUEST_ID] = random.id()
  }

/** What helmet would say, which is the same for every answer: it is asked once. */
const saidBy = (middleware: ReturnType<typeof helmet>): readonly (readonly [string, string])[] => {
  const said = new Map<string, string>()
  const res = { setHeader: (name: string, value: string) => said.set(name, value), removeHeader: () => undefined }
  middleware({} as Request, res as unknown as Response, () => undefined)
  return [...said]
}

const securityHeaders = ({ baseUrl }: HttpDeps): readonly (readonly [string, string])[] => [
  ...saidBy(
    helmet({
      // For whatever is no page of ours; pages bring their own (sign-in/csp.ts). No form-action: oidc-provider's form_post answers go anywhere.
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], scriptSrc: ["'none'"], baseUri: ["'none'"], frameAncestors: ["'none'"] },
      },
      crossOriginOpenerPolicy: false, // applications may open the sign-in in a pop-up and wait for it
      frameguard: { action: 'deny' },
      referrerPolicy: { policy: 'same-origin' },
      strictTransportSecurity: baseUrl.startsWith('https:') ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    }),
  ),
  [
    'Permissions-Policy',
    'publickey-credentials-create=(self), publickey-credentials-get=(self), camera=(), geolocation=(), microphone=()',
  ],
]

/** RFC 9110 §7.2: host and optional port, compared without case. The scheme's own port may be spelled out. */
const isHostOf = (base: URL, header: string | undefined): boolean => {
  const usualPort = base.protocol === 'https:' ? ':443' : ':80'
  const host = header?.toLowerCase()
  return host === base.host || (base.port === '' && host === `${base.host}${usualPort}`)
}

const PROXY_HEADERS = ['x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'forwarded'] as const

/**
 * One address, from configuration. Another Host is refused, not believed: links, cookies and issuers made from it would be the attacker's
 * (host header injection, DNS rebinding). Whatever a proxy says about host and scheme is dropped; its X-Forwarded-For is Express's business.
 */
const pinHost = ({ baseUrl, pages }: HttpDeps): RequestHandler => {
  const base = new URL(baseUrl)
  return (req: Request, res: Response, next: NextFunction) => {
    if (!isHostOf(base, req.headers.host)) {
      const detail =
        'the Host header is not the one of `baseUrl`: open the address below, or let the proxy pass Host on'
      pages.error(req, res, {
        status: 421,
        code: 'misdirected',
        detail,
        go: { href: baseUrl, text: (say) => say('error.misdirected.go', { address: baseUrl }) },
      })
      return
    }
    for (const name of PROXY_HEADERS) if (name in req.headers) delete req.headers[name]
    next()
  }
}

type Headers = ReturnType<typeof securityHeaders>

/** Those that mean something where no page is shown. The others would be a third of what is sent. */
const forPrograms = new Set([
  'content-security-policy', // nothing, nowhere: should a browser take it for a page after all
  'cross-origin-resource-policy',
  'strict-transport-security',
  'x-content-type-options',
  'x-frame-options',
])

const dress =
  (headers: Headers): RequestHandler =>
  (req, res, next) => {
    res.setHeader(REQUEST_ID, requestIdOf(req))
    for (const [name, value] of headers) res.setHeader(name, value)
    next()
  }

/** Whether it was such a request. `failed` hears of what is no answer. */
const quickly = ({ baseUrl, quick }: HttpDeps, headers: Headers) => {
  const base = new URL(baseUrl)
  const flat = headers.filter(([name]) => forPrograms.has(name.toLowerCase())).flat()
  return (req: IncomingMessage, res: ServerResponse, failed: (error: unknown) => void): boolean => {
    const answer = quick && isHostOf(base, req.headers.host) ? quick(req) : undefined
    const tell = ({ status, headers: own, body }: Told): void => {
      const length = Buffer.byteLength(body)
      res.writeHead(status, [...flat, ...own, 'Content-Length', String(length)])
      res.end(body, length === body.length ? 'latin1' : 'utf8') // ASCII alone: bytes that need not be looked for
    }
    answer?.then(tell).catch(failed)
    return answer !== undefined
  }
}

/** As one step of the router, which looks at every request before every step. */
const inOne = (...steps: readonly RequestHandler[]): RequestHandler =>
  steps.reduceRight<RequestHandler>(
    (after, step) => (req, res, next) =>
      step(req, res, (stop?: unknown) => (stop === undefined ? after(req, res, next) : next(stop))),
    (_req, _res, next) => next(),
  )

const nothingHere: RequestHandler = (req: Request) => {
  throw new Problem('not-found', `nothing answers ${req.method} \`${req.path.slice(0, 200)}\``)
}

export const httpApp = (deps: HttpDeps): RequestListener => {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('trust proxy', deps.trustedProxies.length > 0 ? [...deps.trustedProxies] : false)
  const headers = securityHeaders(deps)
  // what went wrong with a request that was about to be answered quickly: it is told like everything else
  const failures = new WeakMap<IncomingMessage, unknown>()
  const fail: RequestHandler = (req, _res, next) => next(failures.get(req))
  app.use(inOne(dress(headers), fail, pinHost(deps)), staticEdge(), rateLimit(deps.limits ?? usualLimits))
  for (const [path, edge] of deps.edges) app.use(path, edge)
  app.use(nothingHere, problemRenderer(deps))

  const identified = identify(deps)
  const logged = requestLog(deps.log, deps.clock, addressBehind(app.get('trust proxy fn')))
  const isQuick = quickly(deps, headers)
  return (req, res) => {
    identified(req)
    const ordinarily = (): void => {
      app(req, res)
    }
    const failed = (error: unknown): void => {
      failures.set(req, error)
      ordinarily()
    }
    const often = isQuick(req, res, failed)
    logged(req, res, often)
    if (!often) ordinarily()
  }
}
