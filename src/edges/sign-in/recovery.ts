// The two pages of a forgotten password: asking for a link, and the page behind it. Asking is answered alike for every name; a link that is
// worth nothing is told apart from nothing.
import express, { type Request, type Response, type Router } from 'express'
import type { PasswordRecovery, ResetRules } from '../../flows/account/recover-password.ts'
import type { FindDomain } from '../../flows/sign-in/api.ts'
import { Problem } from '../../problem.ts'
import { type Found, within } from '../domain-of.ts'
import { requireSameOrigin } from '../same-origin.ts'
import { requestIdOf, sourceOf } from '../source.ts'
import { formOf } from './answer.ts'
import { queryOf } from './language.ts'
import type { Render } from './render.ts'
import { faultText, invalidOf } from './step-page.ts'

export type RecoveryDeps = {
  readonly findDomain: FindDomain
  readonly recovery: PasswordRecovery
  readonly render: Render
  readonly baseUrl: string
}
type Answered = Exclude<Awaited<ReturnType<PasswordRecovery['reset']>>, 'link-unknown'>
type Fault = Extract<Answered, { kind: 'fault' }>

const linkOver = () =>
  new Problem('not-found', 'this link was used, has expired or never was: ask for a new one', {
    reason: 'reset-over',
  })

/** A domain that does not let people reset says so instead of taking names. */
const refuseOff = ({ domain }: Found): void => {
  if (domain.passwordReset === false || !domain.localSignIn)
    throw new Problem('not-found', 'here passwords are not reset by mail: ask your administrator', {
      reason: 'reset-off',
    })
}

const drawAsk = ({ render }: RecoveryDeps, req: Request, res: Response, found: Found, waitSeconds?: number): void => {
  if (waitSeconds !== undefined) res.setHeader('Retry-After', String(waitSeconds))
  render(req, res, {
    status: waitSeconds === undefined ? 200 : 429,
    view: 'forgot-password',
    title: ({ say }) => say('forgot.title'),
    domain: found.domain,
    scripts: ['forms.js'],
    repeatable: true,
    data: ({ say }) => ({
      fault: waitSeconds === undefined ? undefined : { text: say('forgot.wait', { count: waitSeconds }) },
      reference: requestIdOf(req),
    }),
  })
}

const drawReset = (
  { render }: RecoveryDeps,
  req: Request,
  res: Response,
  found: Found,
  token: string,
  rules: ResetRules,
  fault?: Fault,
): void =>
  render(req, res, {
    status: fault ? 400 : 200,
    view: 'reset-password',
    title: ({ say }) => say('reset.title'),
    domain: found.domain,
    scripts: ['forms.js'],
    keep: ['token'],
    repeatable: true,
    data: (words) => ({
      token,
      rules,
      who: words.rich('reset.who', { username: rules.username }),
      username: rules.username,
      invalid: invalidOf(fault?.fault),
      fault: fault && { text: faultText(words, fault) },
      reference: requestIdOf(req),
    }),
  })

const asked = async (deps: RecoveryDeps, req: Request, res: Response, found: Found): Promise<void> => {
  requireSameOrigin(req, deps.baseUrl)
  refuseOff(found)
  const wait = await deps.recovery.ask(found.domain.id, formOf(req.body).name ?? '', sourceOf(req))
  if (wait) return drawAsk(deps, req, res, found, wait.waitSeconds)
  deps.render(req, res, {
    status: 200,
    view: 'notice',
    title: ({ say }) => say('forgot.done.title'),
    domain: found.domain,
    data: ({ say }) => ({ text: say('forgot.done.what'), href: undefined }),
  })
}

const reset = async (deps: RecoveryDeps, req: Request, res: Response, found: Found): Promise<void> => {
  requireSameOrigin(req, deps.baseUrl)
  const { token = '', new_password: password = '', new_password_repeat: repeat = '' } = formOf(req.body)
  const rules = await deps.recovery.behind(found.domain.id, token)
  if (!rules) throw linkOver()
  const answered = await deps.recovery.reset(found.domain.id, token, { password, repeat }, sourceOf(req))
  if (answered === 'link-unknown') throw linkOver()
  if (answered.kind === 'fault') return drawReset(deps, req, res, found, token, rules, answered)
  deps.render(req, res, {
    status: 200,
    view: 'notice',
    title: ({ say }) => say('reset.done.title'),
    domain: found.domain,
    data: ({ say }) => ({
      text: say('reset.done.what'),
      href: `${found.issuer}/account`,
      action: say('password.submit'),
    }),
  })
}

/** Mounted at `/d/:tenancy/:domain`. */
export const recoveryEdge = (deps: RecoveryDeps): Router => {
  const router = express.Router({ mergeParams: true })
  const body = express.urlencoded({ extended: false, limit: '16kb', parameterLimit: 20 })
  router.get(
    '/forgot-password',
    within(deps.findDomain, async (req, res, found) => {
      refuseOff(found)
      drawAsk(deps, req, res, found)
    }),
  )
  router.post(
    '/forgot-password',
    body,
    within(deps.findDomain, (req, res, found) => asked(deps, req, res, found)),
  )
  router.get(
    '/reset-password',
    within(deps.findDomain, async (req, res, found) => {
      const token = queryOf(req).get('token') ?? ''
      const rules = await deps.recovery.behind(found.domain.id, token)
      if (!rules) throw linkOver()
      drawReset(deps, req, res, found, token, rules)
    }),
  )
  router.post(
    '/reset-password',
    body,
    within(deps.findDomain, (req, res, found) => reset(deps, req, res, found)),
  )
  return router
}
