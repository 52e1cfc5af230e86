// The way back from an identity provider, `federation/<idp>/…`. What came is handed to the flow as it came (raw query, unrepeated fields);
// a refusal is a page with status 4xx and the stable reason code.
import express, { type Request, type Response, type Router } from 'express'
import type { DomainId } from '../../core/model/ids.ts'
import type { ConnectionTests } from '../../flows/connection/api.ts'
import type { Arrive, FindDomain, Receive } from '../../flows/sign-in/api.ts'
import { Problem } from '../../problem.ts'
import type { LoginCookies } from '../cookies.ts'
import { type Found, within } from '../domain-of.ts'
import { sourceOf } from '../source.ts'
import { formOf } from './answer.ts'
import type { Pages } from './pages.ts'

export type FederationDeps = {
  readonly findDomain: FindDomain
  readonly receive: Receive
  readonly arrive: Arrive
  readonly cookies: LoginCookies
  readonly pages: Pick<Pages, 'signedOut'>
  /** Answers to a connection test come back to the same addresses. */
  readonly tests?: ConnectionTests
  /** SP metadata for the administrator of the IdP; undefined where there is no such SAML IdP. */
  readonly spMetadata: (domainId: DomainId, idp: string) => Promise<string | undefined>
}

/** A SAML response with many attributes and its signature; anything larger is not one. */
const ACS_LIMIT = '1mb'

const rawQueryOf = (req: Request): string => {
  const at = req.originalUrl.indexOf('?')
  return at < 0 ? '' : req.originalUrl.slice(at + 1)
}

/** One parameter, or none; twice is refused, because the provider and we might read different ones. */
const single = (rawQuery: string, name: string): string | undefined => {
  const values = new URLSearchParams(rawQuery).getAll(name)
  if (values.length > 1)
    throw new Problem('request-malformed', `the parameter \`${name}\` came more than once`, {
      reason: 'parameter-repeated',
    })
  return values[0]
}

const arriveAt = async (
  deps: FederationDeps,
  req: Request,
  res: Response,
  found: Found,
  token: string,
): Promise<void> => {
  const { domain, issuer } = found
  const { journeyId, browserToken, expiresAt } = await deps.arrive({
    domainId: domain.id,
    token,
    browserToken: deps.cookies.browser(req, domain),
    source: sourceOf(req),
  })
  deps.cookies.setBrowser(res, domain, browserToken, expiresAt)
  res.redirect(303, `${issuer}/sign-in/${journeyId}`)
}

const idpOf = (req: Request): string => String(req.params.idp)

const onwards = (found: Found, req: Request, place: 'arrive' | 'tested', token: string): string =>
  `${found.issuer}/federation/${encodeURIComponent(idpOf(req))}/${place}?token=${encodeURIComponent(token)}`

/** True: it was the answer to a test, and the browser is on its way to the report. */
const wasTest = async (
  { tests }: FederationDeps,
  req: Request,
  res: Response,
  found: Found,
  answer: Omit<Parameters<Receive>[0], 'domainId' | 'idp' | 'source'>,
): Promise<boolean> => {
  const tested = await tests?.receive({ ...answer, domainId: found.domain.id, idp: idpOf(req), source: sourceOf(req) })
  if (tested) res.redirect(303, onwards(found, req, 'tested', tested.token))
  return tested !== undefined
}

/** OpenID Connect: a redirect, with our cookie. */
const callback = async (deps: FederationDeps, req: Request, res: Response, found: Found): Promise<void> => {
  const rawQuery = rawQueryOf(req)
  const answer = { state: single(rawQuery, 'state'), returned: { method: 'GET', rawQuery, form: {} } } as const
  if (await wasTest(deps, req, res, found, answer)) return
  const { token } = await deps.receive({
    ...answer,
    domainId: found.domain.id,
    idp: idpOf(req),
    source: sourceOf(req),
  })
  await arriveAt(deps, req, res, found, token)
}

/**
 * SAML: a POST from another site, so without our cookie (SameSite=Lax). The message is judged at once; the browser comes back by GET with
 * its cookie and a token that is good for one use.
 */
const acs = async (deps: FederationDeps, req: Request, res: Response, found: Found): Promise<void> => {
  const form = formOf(req.body)
  const answer = { state: form.RelayState, returned: { method: 'POST', rawQuery: rawQueryOf(req), form } } as const
  if (await wasTest(deps, req, res, found, answer)) return
  const { token } = await deps.receive({
    ...answer,
    domainId: found.domain.id,
    idp: idpOf(req),
    source: sourceOf(req),
  })
  res.redirect(303, onwards(found, req, 'arrive', token))
}

const arrival = async (deps: FederationDeps, req: Request, res: Response, found: Found): Promise<void> => {
  const token = single(rawQueryOf(req), 'token')
  if (token === undefined) throw new Problem('request-malformed', 'expected `token` in the query')
  await arriveAt(deps, req, res, found, token)
}

/** Where to go on was our own word; anything that is not below this issuer was put there by somebody else. */
export const onwardIn = ({ issuer }: Found, said: string | undefined): string | undefined =>
  said?.startsWith(`${issuer}/`) === true ? said : undefined

/** OpenID Connect RP-Initiated Logout 1.0 §3: back from the provider, where its session is over too. */
const signedOut = async (deps: FederationDeps, req: Request, res: Response, found: Found): Promise<void> => {
  const onward = onwardIn(found, single(rawQueryOf(req), 'state'))
  if (onward === undefined) deps.pages.signedOut(req, res, { domain: found.domain, partial: [] })
  else res.redirect(303, onward)
}

const metadata = async (deps: FederationDeps, req: Request, res: Response, found: Found): Promise<void> => {
  const xml = await deps.spMetadata(found.domain.id, idpOf(req))
  if (xml === undefined)
    throw new Problem('not-found', `there is no SAML identity provider \`${idpOf(req).slice(0, 60)}\` here`, {
      reason: 'idp-unknown',
    })
  res.setHeader('Content-Type', 'application/samlmetadata+xml; charset=utf-8')
  res.setHeader('Cache-Control', 'public, max-age=300')
  res.end(xml)
}

export const federationRoutes = (deps: FederationDeps): Router => {
  const router = express.Router({ mergeParams: true })
  const at = (handle: (deps: FederationDeps, req: Request, res: Response, found: Found) => Promise<void>) =>
    within(deps.findDomain, (req, res, found) => handle(deps, req, res, found))
  router.get('/callback', at(callback))
  router.post('/acs', express.urlencoded({ extended: false, limit: ACS_LIMIT, parameterLimit: 20 }), at(acs))
  router.get('/arrive', at(arrival))
  router.get('/metadata', at(metadata))
  router.get('/signed-out', at(signedOut))
  return router
}
