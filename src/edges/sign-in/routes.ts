// The journey in a browser: show what is owed, take the answer, send the browser on. Post, redirect, get: every answer that counts is
// followed by a 303, so that neither "back" nor "reload" answers twice. Nothing is decided here.
import express, { type Request, type RequestHandler, type Response, type Router } from 'express'
import type { JourneyId } from '../../core/model/ids.ts'
import type {
  Answered,
  Begin,
  FindDomain,
  Finish,
  GoUpstream,
  JourneyRef,
  Respond,
  Show,
  View,
} from '../../flows/sign-in/api.ts'
import type { Send } from '../../ports/upstream.ts'
import { Problem } from '../../problem.ts'
import type { LoginCookies } from '../cookies.ts'
import { type Found, within } from '../domain-of.ts'
import { requireSameOrigin } from '../same-origin.ts'
import { requestIdOf, sourceOf } from '../source.ts'
import { answerOf, type Form, formOf } from './answer.ts'
import { connectionTestRoutes } from './connection-test.ts'
import { type FederationDeps, federationRoutes } from './federation.ts'
import { queryOf } from './language.ts'
import type { Pages } from './pages.ts'
import { addressOf, type Render } from './render.ts'
import { type Shown, stepPage } from './step-page.ts'

export type SignInDeps = Omit<FederationDeps, 'pages'> & {
  readonly findDomain: FindDomain
  readonly begin: Begin
  readonly show: Show
  readonly respond: Respond
  readonly goUpstream: GoUpstream
  readonly finish: Finish
  readonly cookies: LoginCookies
  readonly render: Render
  readonly pages: Pages
  readonly baseUrl: string
  /** Logout messages of the IdP itself, at `federation/<idp>/slo`. */
  readonly slo?: RequestHandler
}

type At = { readonly req: Request; readonly res: Response; readonly found: Found; readonly ref: JourneyRef }

const refOf = ({ cookies }: SignInDeps, req: Request, found: Found): JourneyRef => ({
  domainId: found.domain.id,
  journeyId: String(req.params.journey) as JourneyId,
  browserToken: cookies.browser(req, found.domain),
  source: sourceOf(req),
})

const pageOf = ({ render }: SignInDeps, { req, res, found }: At, view: View, more: Partial<Shown>): void =>
  render(
    req,
    res,
    stepPage({
      domain: found.domain,
      view,
      with: queryOf(req).get('with') ?? undefined,
      fault: undefined,
      values: {},
      reference: requestIdOf(req),
      ...more,
    }),
  )

export const send = (
  { pages }: Pick<SignInDeps, 'pages'>,
  req: Request,
  res: Response,
  found: Found,
  to: Send,
): void => {
  if (to.kind === 'redirect') res.redirect(303, to.url)
  else pages.autoPost(req, res, { action: to.url, fields: to.fields, domain: found.domain })
}

const leave = async (deps: SignInDeps, at: At, view: View): Promise<void> => {
  const { req, res, found, ref } = at
  // Whoever presses "back" at the provider gets a page, or he could never choose another way.
  if (view.upstream?.begun && queryOf(req).get('with') !== 'upstream') return pageOf(deps, at, view, {})
  try {
    send(deps, req, res, found, await deps.goUpstream(ref))
  } catch (error) {
    if (!(error instanceof Problem) || error.slug !== 'upstream-unreachable') throw error
    pageOf(deps, at, view, { unreachable: { code: error.reason ?? error.slug, detail: error.detail } })
  }
}

const complete = async (deps: SignInDeps, { req, res, found, ref }: At): Promise<void> => {
  const finished = await deps.finish(ref)
  if (!finished) return res.redirect(303, addressOf(req, { with: undefined })) // something was added to the debt meanwhile
  const { sessionToken, session, deviceToken, resume } = finished
  deps.cookies.setSession(res, found.domain, sessionToken, session.expiresAt)
  if (deviceToken) deps.cookies.setDevice(res, found.domain, deviceToken.value, deviceToken.expiresAt)
  res.redirect(303, `${found.issuer}${resume}`)
}

/** Whatever the step is now: its page, the way to the provider, or the end. */
const stepOrOnward = async (deps: SignInDeps, at: At): Promise<void> => {
  const view = await deps.show(at.ref)
  if (view.step.do === 'done') return complete(deps, at)
  return view.step.do === 'upstream' ? leave(deps, at, view) : pageOf(deps, at, view, {})
}

/** What may stand in the form again: nothing that is a secret. */
const keptValues = (form: Form): Shown['values'] => {
  const { username = '', trust_device = '', label = '' } = form
  const kept = { username: username.slice(0, 320), trust_device, label: label.slice(0, 60) }
  const typed = ['email', 'name', 'country', 'phone', 'time_zone'].filter((field) => form[field] !== undefined)
  return { ...kept, ...Object.fromEntries(typed.map((field) => [field, String(form[field]).slice(0, 320)])) }
}

const showFault = async (
  deps: SignInDeps,
  at: At,
  form: Form,
  answered: Extract<Answered, { kind: 'fault' }>,
): Promise<void> => {
  const { fault, waitSeconds } = answered
  const view = await deps.show(at.ref)
  // A double click: the first answer was the last one owed.
  if (fault === 'stale' && view.step.do === 'done') return complete(deps, at)
  if (view.step.do === 'done') return at.res.redirect(303, addressOf(at.req))
  if (waitSeconds !== undefined) at.res.setHeader('Retry-After', String(waitSeconds))
  pageOf(deps, at, view, {
    fault: { fault, button: form.do ?? '', ...(waitSeconds === undefined ? {} : { waitSeconds }) },
    values: keptValues(form),
  })
}

const answer = async (deps: SignInDeps, at: At): Promise<void> => {
  const { req, res, ref } = at
  requireSameOrigin(req, deps.baseUrl)
  const form = formOf(req.body)
  const given = await answerOf(form, async () => (await deps.show(ref)).step)
  const answered = await deps.respond(ref, form.hop ?? '', given)
  if (answered.kind === 'fault') return showFault(deps, at, form, answered)
  res.redirect(303, addressOf(req, { with: undefined }))
}

/** No journey in the address: whoever opens the sign-in page by itself wants the account pages. */
const beginForAccount = async (
  { begin, cookies }: SignInDeps,
  req: Request,
  res: Response,
  found: Found,
): Promise<void> => {
  const { domain, issuer } = found
  const begun = await begin({
    domainId: domain.id,
    wants: {
      appId: undefined,
      level: 0,
      freshAfter: undefined,
      silent: false,
      loginHint: undefined,
      idpHint: undefined,
      uiLocales: [],
      resume: '/account',
    },
    browserToken: cookies.browser(req, domain),
    sessionToken: cookies.session(req, domain),
    deviceToken: cookies.device(req, domain),
    source: sourceOf(req),
    choosing: true,
  })
  cookies.setBrowser(res, domain, begun.browserToken, begun.expiresAt)
  res.redirect(303, `${issuer}/sign-in/${begun.journeyId}`)
}

/** Mounted at `/d/:tenancy/:domain`. */
export const signInEdge = (deps: SignInDeps): Router => {
  const router = express.Router({ mergeParams: true })
  const form = express.urlencoded({ extended: false, limit: '64kb', parameterLimit: 30 })
  const at = (handle: (at: At) => Promise<void>): RequestHandler =>
    within(deps.findDomain, (req, res, found) => handle({ req, res, found, ref: refOf(deps, req, found) }))

  router.get(
    '/sign-in',
    within(deps.findDomain, (req, res, found) => beginForAccount(deps, req, res, found)),
  )
  router.get(
    '/sign-in/:journey',
    at((at) => stepOrOnward(deps, at)),
  )
  router.post(
    '/sign-in/:journey',
    form,
    at((at) => answer(deps, at)),
  )
  router.use('/federation/:idp', federationRoutes(deps))
  if (deps.tests) router.use('/federation/:idp', connectionTestRoutes({ ...deps, tests: deps.tests }))
  if (deps.slo) router.all('/federation/:idp/slo', deps.slo)
  return router
}
