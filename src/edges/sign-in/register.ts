// The two pages of a self-registration: asking for a link, and the page behind it. Asking is answered alike for every address; the account
// exists only once the second page is answered.
import express, { type Request, type Response, type Router } from 'express'
import type { RegisterShown, SelfRegistering } from '../../flows/account/register.ts'
import type { Answered, FindDomain } from '../../flows/sign-in/api.ts'
import { Problem } from '../../problem.ts'
import { type Found, within } from '../domain-of.ts'
import { requireSameOrigin } from '../same-origin.ts'
import { requestIdOf, sourceOf } from '../source.ts'
import { type Form, formOf } from './answer.ts'
import { languageOf, queryOf } from './language.ts'
import type { Render, Words } from './render.ts'
import { faultText, invalidOf } from './step-page.ts'

export type RegisterDeps = {
  readonly findDomain: FindDomain
  readonly registering: SelfRegistering
  readonly render: Render
  readonly baseUrl: string
}
type Fault = Extract<Answered, { kind: 'fault' }>
type Wrong = { readonly status: number; readonly text: (words: Words) => string }

const linkOver = () =>
  new Problem('not-found', 'this link was used, has expired or never was: ask for a new one', {
    reason: 'registration-over',
  })

const refuseOff = ({ domain }: Found): void => {
  if (domain.selfRegistration === undefined || !domain.localSignIn)
    throw new Problem('not-found', 'here accounts are made by administrators: ask yours', {
      reason: 'registration-off',
    })
}

const drawAsk = ({ render }: RegisterDeps, req: Request, res: Response, found: Found, form: Form, wrong?: Wrong) =>
  render(req, res, {
    status: wrong?.status ?? 200,
    view: 'register',
    title: ({ say }) => say('register.title'),
    domain: found.domain,
    scripts: ['forms.js'],
    repeatable: true,
    data: (words) => ({
      only: found.domain.selfRegistration?.emailDomains?.join(', '),
      values: { email: form.email ?? '' },
      fault: wrong && { text: wrong.text(words) },
      invalid: invalidOf(wrong && 'email-malformed'),
      signIn: `${found.issuer}/account`,
      reference: requestIdOf(req),
    }),
  })

const ask = async (deps: RegisterDeps, req: Request, res: Response, found: Found): Promise<void> => {
  requireSameOrigin(req, deps.baseUrl)
  refuseOff(found)
  const form = formOf(req.body)
  const { domain } = found
  const language = languageOf(req, [], domain.locale)
  const asked = await deps.registering.ask(domain.id, form.email ?? '', language, sourceOf(req))
  if (asked === 'mailed')
    return deps.render(req, res, {
      status: 200,
      view: 'notice',
      title: ({ say }) => say('register.mailed.title'),
      domain,
      data: ({ say }) => ({ text: say('register.mailed.what'), href: undefined }),
    })
  if ('waitSeconds' in asked) {
    res.setHeader('Retry-After', String(asked.waitSeconds))
    const text = ({ say }: Words) => say('forgot.wait', { count: asked.waitSeconds })
    return drawAsk(deps, req, res, found, form, { status: 429, text })
  }
  const only = domain.selfRegistration?.emailDomains?.join(', ') ?? ''
  const text = ({ say }: Words) =>
    asked.fault === 'email-domain' ? say('register.email-domain', { domains: only }) : say('fault.email-malformed')
  drawAsk(deps, req, res, found, form, { status: 400, text })
}

type Open = { readonly found: Found; readonly token: string; readonly shown: RegisterShown }
const drawAccount = (
  { render }: RegisterDeps,
  req: Request,
  res: Response,
  { found, token, shown }: Open,
  form: Form,
  fault?: Fault,
): void =>
  render(req, res, {
    status: fault ? 400 : 200,
    view: 'register-account',
    title: ({ say }) => say('register.account.title'),
    domain: found.domain,
    scripts: ['forms.js'],
    keep: ['token'],
    repeatable: true,
    data: (words) => ({
      token,
      who: words.rich('register.account.who', { email: shown.email }),
      username: shown.email,
      rules: shown.rules,
      terms: shown.terms,
      termsText: shown.terms?.text[words.language],
      values: { name: form.name ?? '', accepted: form.accepted },
      invalid: invalidOf(fault?.fault),
      fault: fault && { text: faultText(words, fault) },
      reference: requestIdOf(req),
    }),
  })

const answer = async (deps: RegisterDeps, req: Request, res: Response, open: Open, form: Form): Promise<void> => {
  requireSameOrigin(req, deps.baseUrl)
  const { found, token } = open
  const { name = '', new_password: password = '', new_password_repeat: repeat = '', accepted, version } = form
  const given = { name, password, repeat, terms: accepted === 'yes' ? version : undefined }
  const answered = await deps.registering.register(found.domain.id, token, given, sourceOf(req))
  if (answered === 'link-unknown') throw linkOver()
  if (answered.kind === 'fault') return drawAccount(deps, req, res, open, form, answered)
  deps.render(req, res, {
    status: 201,
    view: 'notice',
    title: ({ say }) => say('register.done.title'),
    domain: found.domain,
    data: ({ say }) => ({
      text: say('register.done.what', { username: open.shown.email }),
      href: `${found.issuer}/account`,
      action: say('password.submit'),
    }),
  })
}

/** Mounted at `/d/:tenancy/:domain`. */
export const registerEdge = (deps: RegisterDeps): Router => {
  const router = express.Router({ mergeParams: true })
  const body = express.urlencoded({ extended: false, limit: '16kb', parameterLimit: 20 })
  const open = async (found: Found, token: string): Promise<Open> => {
    const shown = await deps.registering.behind(found.domain.id, token)
    if (!shown) throw linkOver()
    return { found, token, shown }
  }
  router.get(
    '/register',
    within(deps.findDomain, async (req, res, found) => {
      refuseOff(found)
      drawAsk(deps, req, res, found, {})
    }),
  )
  router.post(
    '/register',
    body,
    within(deps.findDomain, (req, res, found) => ask(deps, req, res, found)),
  )
  router.get(
    '/register/account',
    within(deps.findDomain, async (req, res, found) =>
      drawAccount(deps, req, res, await open(found, queryOf(req).get('token') ?? ''), {}),
    ),
  )
  router.post(
    '/register/account',
    body,
    within(deps.findDomain, async (req, res, found) => {
      const form = formOf(req.body)
      await answer(deps, req, res, await open(found, form.token ?? ''), form)
    }),
  )
  return router
}
