// Gwanmun as the SAML 2.0 identity provider of a domain, mounted at `/d/:tenancy/:domain`: what each address takes and how a refusal
// is shown. Web Browser SSO and Single Logout profiles (SAML Profiles §4.1, §4.4), HTTP-Redirect and HTTP-POST (SAML Bindings §3.4, §3.5).
import { type Request, type RequestHandler, type Response, Router } from 'express'
import { within } from '../domain-of.ts'
import { writeDown } from './audit.ts'
import type { Exchange, SamlDeps } from './deps.ts'
import type { Delivered } from './inbound.ts'
import { idpMetadata } from './metadata.ts'
import { isFormFault, readForm } from './read-form.ts'
import { isRefused, type Refused, refused } from './refuse.ts'
import { proceedLogout, receiveRequest, receiveResponse } from './slo.ts'
import { proceed, receive, start } from './sso.ts'
import { metadataType } from './urns.ts'

type Served = (exchange: Exchange) => Promise<Refused | undefined>

/** Audit events are for people to read: nothing in them is longer than what a person would. */
const short = (text: string | undefined): string | null => (text === undefined ? null : text.slice(0, 500))

const show = async (deps: SamlDeps, { req, res, found }: Exchange, why: Refused): Promise<void> => {
  await deps.store.write((tx) =>
    writeDown(tx, deps, found, deps.source(req), {
      action: 'saml.request-refused',
      reason: why.refused,
      app: why.app,
      details: {
        detail: short(why.detail),
        issuer: short(
          why.claimedIssuer ?? (why.app?.settings.protocol === 'saml' ? why.app.settings.entityId : undefined),
        ),
        expected: short(why.expected),
        received: short(why.received),
      },
    }),
  )
  deps.pages.error(req, res, {
    status: why.status,
    code: why.refused,
    detail: why.detail,
    slug: 'saml-request-refused',
    domain: found.domain,
    home: why.app?.homeUrl === undefined ? undefined : { name: why.app.displayName, url: why.app.homeUrl },
  })
}

/** Everything that happens in a domain, which must exist and be active; a refusal is written down and shown. */
const serving = (deps: SamlDeps, served: Served): RequestHandler =>
  within(deps.findDomain, async (req, res, found) => {
    res.set('Cache-Control', 'no-store')
    // Express answers HEAD with what GET does, and what GET does here uses requests up: link checkers must not.
    if (req.method === 'HEAD') {
      res.status(405).set('Allow', 'GET, POST').end()
      return
    }
    const exchange: Exchange = { req, res, found }
    const why = await served(exchange)
    if (why) await show(deps, exchange, why)
  })

const rawQueryOf = (req: Request): string => {
  const at = req.originalUrl.indexOf('?')
  return at < 0 ? '' : req.originalUrl.slice(at + 1)
}

/** One value of the query; given twice it has none, for two readers could pick different ones. */
const queryValue = (req: Request, name: string): string | undefined => {
  const values = new URLSearchParams(rawQueryOf(req)).getAll(name)
  return values.length === 1 ? values[0] : undefined
}

const byRedirect = (req: Request): Delivered => ({
  binding: 'redirect',
  rawQuery: rawQueryOf(req),
  relayState: queryValue(req, 'RelayState'),
})

const byPost = async (
  req: Request,
  res: Response,
): Promise<{ readonly delivered: Delivered; readonly isResponse: boolean } | Refused> => {
  const form = await readForm(req)
  if (isFormFault(form)) {
    res.set('Connection', 'close')
    return refused(form.code, form.detail, { status: form.status })
  }
  return {
    delivered: { binding: 'post', form, relayState: form.RelayState },
    isResponse: form.SAMLResponse !== undefined,
  }
}

export const samlEdge = (deps: SamlDeps): Router => {
  const router = Router({ mergeParams: true })

  router.get(
    '/saml/metadata',
    within(deps.findDomain, async (_req, res, { domain, issuer }) => {
      const { saml } = await deps.keyRing(domain.id)
      const signedOnly = deps.config.wantAuthnRequestsSigned ?? false
      res.set('Content-Type', metadataType)
      res.send(idpMetadata(issuer, saml.publishedCertificates, signedOnly, deps.secrets))
    }),
  )

  router.get(
    '/saml/sso',
    serving(deps, (exchange) => receive(deps, exchange, byRedirect(exchange.req))),
  )
  router.post(
    '/saml/sso',
    serving(deps, async (exchange) => {
      const posted = await byPost(exchange.req, exchange.res)
      return isRefused(posted) ? posted : receive(deps, exchange, posted.delivered)
    }),
  )
  router.get(
    '/saml/sso/continue',
    serving(deps, (exchange) => proceed(deps, exchange, queryValue(exchange.req, 'id') ?? '')),
  )
  router.get(
    '/saml/sso/start',
    serving(deps, (exchange) =>
      start(deps, exchange, queryValue(exchange.req, 'app') ?? '', queryValue(exchange.req, 'RelayState')),
    ),
  )

  router.get(
    '/saml/slo',
    serving(deps, (exchange) => {
      const isResponse = new URLSearchParams(rawQueryOf(exchange.req)).has('SAMLResponse')
      return (isResponse ? receiveResponse : receiveRequest)(deps, exchange, byRedirect(exchange.req))
    }),
  )
  router.post(
    '/saml/slo',
    serving(deps, async (exchange) => {
      const posted = await byPost(exchange.req, exchange.res)
      if (isRefused(posted)) return posted
      return (posted.isResponse ? receiveResponse : receiveRequest)(deps, exchange, posted.delivered)
    }),
  )
  router.get(
    '/saml/slo/continue',
    serving(deps, (exchange) => proceedLogout(deps, exchange, queryValue(exchange.req, 'id') ?? '')),
  )
  return router
}
