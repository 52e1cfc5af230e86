// The pages of a connection test, `federation/<idp>/test`: what will happen, and what was found. Whoever goes on is told first that what
// their provider says of them will be shown to the administrator who asked.
import type { Request, Response, Router } from 'express'
import express from 'express'
import type { ConnectionTests, TestShown } from '../../flows/connection/api.ts'
import type { FindDomain } from '../../flows/sign-in/api.ts'
import type { Send } from '../../ports/upstream.ts'
import { Problem } from '../../problem.ts'
import type { LoginCookies } from '../cookies.ts'
import { type Found, within } from '../domain-of.ts'
import { requireSameOrigin } from '../same-origin.ts'
import { requestIdOf, sourceOf } from '../source.ts'
import { formOf } from './answer.ts'
import { queryOf } from './language.ts'
import type { Pages } from './pages.ts'
import type { Render } from './render.ts'

export type ConnectionTestDeps = {
  readonly findDomain: FindDomain
  readonly tests: ConnectionTests
  readonly cookies: LoginCookies
  readonly pages: Pick<Pages, 'autoPost'>
  readonly render: Render
  readonly baseUrl: string
}

const linkOver = () =>
  new Problem('not-found', 'this test is over, belongs to another browser or never was: ask for a new link', {
    reason: 'connection-test-over',
  })

const idpOf = (req: Request): string => String(req.params.idp)

const draw = (
  { render }: ConnectionTestDeps,
  req: Request,
  res: Response,
  found: Found,
  shown: TestShown,
  token?: string,
) =>
  render(req, res, {
    status: 200,
    view: 'connection-test',
    title: ({ say }) =>
      say(shown.report ? `test.${shown.report.outcome}.title` : 'test.title', { idp: shown.provider.displayName }),
    domain: found.domain,
    keep: ['token'],
    repeatable: true,
    leavesTo: 'anywhere', // the form's answer is a redirect to the provider
    data: (words) => ({
      wide: shown.report !== undefined,
      token,
      idp: shown.provider.displayName,
      what: words.rich('test.what', { idp: shown.provider.displayName, by: shown.startedBy }),
      report: shown.report,
      attributes: Object.entries(shown.report?.said?.attributes ?? {}),
      reference: requestIdOf(req),
    }),
  })

const go = (deps: ConnectionTestDeps, req: Request, res: Response, found: Found, to: Send): void => {
  if (to.kind === 'redirect') res.redirect(303, to.url)
  else deps.pages.autoPost(req, res, { action: to.url, fields: to.fields, domain: found.domain })
}

const page = async (deps: ConnectionTestDeps, req: Request, res: Response, found: Found): Promise<void> => {
  const token = queryOf(req).get('token') ?? ''
  const shown = await deps.tests.behind({ domainId: found.domain.id, idp: idpOf(req), token })
  if (!shown) throw linkOver()
  draw(deps, req, res, found, shown, token)
}

const leave = async (deps: ConnectionTestDeps, req: Request, res: Response, found: Found): Promise<void> => {
  requireSameOrigin(req, deps.baseUrl)
  const { domain } = found
  const token = formOf(req.body).token ?? ''
  const left = await deps.tests.leave({
    domainId: domain.id,
    idp: idpOf(req),
    token,
    browserToken: deps.cookies.browser(req, domain),
    source: sourceOf(req),
  })
  if (!left) throw linkOver()
  if ('failed' in left) return draw(deps, req, res, found, left.failed, token)
  deps.cookies.setBrowser(res, domain, left.browserToken, left.expiresAt)
  go(deps, req, res, found, left.send)
}

const landed = async (deps: ConnectionTestDeps, req: Request, res: Response, found: Found): Promise<void> => {
  const { domain } = found
  const shown = await deps.tests.arrive({
    domainId: domain.id,
    idp: idpOf(req),
    token: queryOf(req).get('token') ?? '',
    browserToken: deps.cookies.browser(req, domain),
    source: sourceOf(req),
  })
  if (!shown) throw linkOver()
  draw(deps, req, res, found, shown)
}

/** Mounted at `/d/:tenancy/:domain/federation/:idp`. */
export const connectionTestRoutes = (deps: ConnectionTestDeps): Router => {
  const router = express.Router({ mergeParams: true })
  const at = (handle: typeof page) => within(deps.findDomain, (req, res, found) => handle(deps, req, res, found))
  router.get('/test', at(page))
  router.post('/test', express.urlencoded({ extended: false, limit: '16kb', parameterLimit: 10 }), at(leave))
  router.get('/tested', at(landed))
  return router
}
