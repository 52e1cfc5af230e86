// The public HTTP application: the order of everything that happens to a request, as one list. Edges are handed in; there is no body parser
// for all of them, because oidc-provider reads its own bodies and every other edge knows what it expects and how large it may be.
import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express'
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
import { REQUEST_ID } from './source.ts'

export type HttpDeps = {
  readonly baseUrl: string
  readonly trustedProxies: readonly string[]
  readonly log: Pick<Logger, 'error' | 'warn' | 'info' | 'child'>
  readonly clock: Clock
  readonly random: Pick<Random, 'id'>
  readonly pages: Pages
  readonly limits?: readonly Limit[]
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
  ({ random }: HttpDeps): RequestHandler =>
  (req: Request, res: Response, next: NextFunction) => {
    const id = random.id()
    req.headers[REQUEST_ID] = id
    res.setHeader(REQUEST_ID, id)
    next()
  }

const securityHeaders = ({ baseUrl }: HttpDeps): readonly RequestHandler[] => [
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
  (_req, res, next) => {
    res.setHeader(
      'Permissions-Policy',
      'publickey-credentials-create=(self), publickey-credentials-get=(self), camera=(), geolocation=(), microphone=()',
    )
    next()
  },
]

/** RFC 9110 §7.2: host and optional port, compared without case. The scheme's own port may be spelled out. */
const isHostOf = (base: URL, header: string | undefined): boolean => {
  const usualPort = base.protocol === 'https:' ? ':443' : ':80'
  const host = header?.toLowerCase()
  return host === base.host || (base.port === '' && host === `${base.host}${usualPort}`)
}

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
    for (const name of ['x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'forwarded'])
      delete req.headers[name]
    next()
  }
}

const nothingHere: RequestHandler = (req: Request) => {
  throw new Problem('not-found', `nothing answers ${req.method} \`${req.path.slice(0, 200)}\``)
}

export const httpApp = (deps: HttpDeps): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('trust proxy', deps.trustedProxies.length > 0 ? [...deps.trustedProxies] : false)
  app.use(
    identify(deps),
    requestLog(deps.log, deps.clock),
    ...securityHeaders(deps),
    pinHost(deps),
    staticEdge(),
    rateLimit(deps.limits ?? usualLimits),
  )
  for (const [path, edge] of deps.edges) app.use(path, edge)
  app.use(nothingHere, problemRenderer(deps))
  return app
}
