// The OpenID Connect edge: which addresses below an issuer are the provider's and which are ours around it. Everything else is somebody
// else's. Must stand before any body parser: the provider reads its own bodies.
import express, { type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express'
import type { Deliver } from '../../flows/upkeep/send-outbox.ts'
import { openDomain } from '../domain-of.ts'
import { backchannelLogout } from './backchannel-logout.ts'
import { routes } from './configuration.ts'
import type { OidcDeps } from './deps.ts'
import { showCodePage, takeCode } from './device-visit.ts'
import { resumeInteraction, startInteraction } from './interaction.ts'
import { pinHost } from './pin-host.ts'
import type { DomainProvider } from './provider.ts'
import { providersOf } from './providers.ts'
import { recorderOf } from './recorder.ts'
import { confirmSignOut, requestSignOut, signOutDone } from './sign-out.ts'

export type OidcEdge = {
  /** At `/d/:tenancy/:domain`. */
  readonly issuer: Router
  /** At `/.well-known/oauth-authorization-server/d/:tenancy/:domain` (RFC 8414 §3.1: the path goes behind the well-known part). */
  readonly metadata: Router
  /** For the outbox, kind `backchannel-logout`. */
  readonly backchannelLogout: Deliver
  /** Before the store is closed: audit events still on their way. */
  settled(): Promise<void>
}

/** The provider's own addresses and how they may be asked. HEAD is not among them where asking begins something. */
const own: readonly (readonly [path: string, methods: readonly string[]])[] = [
  ['/.well-known/openid-configuration', ['GET', 'HEAD', 'OPTIONS']],
  [routes.jwks, ['GET', 'HEAD', 'OPTIONS']],
  [routes.authorization, ['GET']],
  [`${routes.authorization}/:uid`, ['GET']],
  [routes.token, ['POST', 'OPTIONS']],
  [routes.userinfo, ['GET', 'POST', 'OPTIONS']],
  [routes.introspection, ['POST', 'OPTIONS']],
  [routes.revocation, ['POST', 'OPTIONS']],
  [routes.pushed_authorization_request, ['POST', 'OPTIONS']],
  [routes.device_authorization, ['POST', 'OPTIONS']],
  [`${routes.code_verification}/:uid`, ['GET']],
]

type Visit = { readonly req: Request; readonly res: Response; readonly on: DomainProvider }
type Visited = (visit: Visit) => Promise<void>

const wrongMethod = (res: Response, allowed: readonly string[]): void => {
  res
    .status(405)
    .set('Allow', allowed.join(', '))
    .json({ error: 'invalid_request', error_description: `this address answers ${allowed.join(', ')} only` })
}

const rawForm = express.text({ type: 'application/x-www-form-urlencoded', limit: '56kb' })
const formOf = (req: Request): string => (typeof req.body === 'string' ? req.body : '')

/**
 * An authorization or logout request by POST (OIDC Core 1.0 §3.1.2.1) from another site comes without cookies (SameSite=Lax). Sent round
 * as a GET it has them.
 */
const asGet: Visited = async ({ req, res, on }) => {
  const query = formOf(req)
  if (query.length > 8000) {
    res
      .status(414)
      .json({ error: 'invalid_request', error_description: 'too long: push it to the `par` endpoint instead' })
    return
  }
  res.setHeader('Cache-Control', 'no-store')
  res.redirect(303, `${on.found.issuer}${req.path}${query === '' ? '' : `?${query}`}`)
}

export const oidcEdge = (deps: OidcDeps): OidcEdge => {
  const recorder = recorderOf(deps)
  const providers = providersOf(deps, recorder)

  const visiting =
    (visited: Visited): RequestHandler =>
    async (req: Request, res: Response, _next: NextFunction) => {
      const found = await openDomain(providers.find, req, res)
      pinHost(req, found.issuer)
      await visited({ req, res, on: await providers.of(found) })
    }
  const ask: Visited = async ({ req, res, on }) => on.handle(req, res)

  const issuer = Router({ mergeParams: true, caseSensitive: true, strict: true })
  issuer.post(routes.authorization, rawForm, visiting(asGet))
  issuer.post(routes.end_session, rawForm, visiting(asGet))
  for (const [path, methods] of own) {
    issuer.all(path, (req, res, next) => {
      if (methods.includes(req.method)) return visiting(ask)(req, res, next)
      return wrongMethod(res, path === routes.authorization ? [...methods, 'POST'] : methods)
    })
  }
  issuer.get(
    routes.code_verification,
    visiting((visit) => showCodePage(deps, visit)),
  )
  issuer.post(
    routes.code_verification,
    visiting((visit) => takeCode(deps, visit)),
  )
  issuer.get(
    '/oidc/interaction/:uid',
    visiting((visit) => startInteraction(deps, visit)),
  )
  issuer.get(
    '/oidc/interaction/:uid/resume',
    visiting((visit) => resumeInteraction(deps, visit)),
  )
  issuer.get(
    routes.end_session,
    visiting((visit) => requestSignOut(deps, recorder, visit)),
  )
  issuer.get(
    `${routes.end_session}/done`,
    visiting((visit) => signOutDone(deps, visit)),
  )
  issuer.post(
    `${routes.end_session}/confirm`,
    rawForm,
    visiting((visit) => confirmSignOut(deps, recorder, visit, new URLSearchParams(formOf(visit.req)))),
  )

  const metadata = Router({ mergeParams: true })
  metadata.all(
    '/',
    visiting(async (visit) => {
      visit.req.url = '/.well-known/oauth-authorization-server'
      await ask(visit)
    }),
  )

  return {
    issuer,
    metadata,
    backchannelLogout: backchannelLogout({ store: deps.store, providers }),
    settled: recorder.settled,
  }
}
