// The page behind the one-time link that a fresh gateway prints: whoever holds it makes the first administrator. Mounted with the sign-in.
import express, { type Request, type Response, type Router } from 'express'
import type { PasswordFault } from '../../core/assurance/password-policy.ts'
import type { ClaimSetUp, IsSetUpLink, NotMade } from '../../flows/directory/first-administrator.ts'
import type { FindDomain } from '../../flows/sign-in/api.ts'
import { Problem } from '../../problem.ts'
import { type Found, within } from '../domain-of.ts'
import { requireSameOrigin } from '../same-origin.ts'
import { requestIdOf } from '../source.ts'
import { type Form, formOf } from './answer.ts'
import { queryOf } from './language.ts'
import type { Render, Words } from './render.ts'
import { invalidOf } from './step-page.ts'

export type SetUpDeps = {
  readonly findDomain: FindDomain
  readonly isSetUpLink: IsSetUpLink
  readonly claimSetUp: ClaimSetUp
  readonly render: Render
  readonly baseUrl: string
}
type Wrong = { readonly field: string; readonly text: (words: Words) => string }

const linkOver = () =>
  new Problem(
    'not-found',
    'this set-up link was used, has expired or never was: start the gateway again for a new one',
    {
      reason: 'link-unknown',
    },
  )

const passwordWrong = (fault: PasswordFault | undefined): Wrong => ({
  field: 'password',
  text: ({ say }) => say(`fault.password-${fault?.code ?? 'too-short'}`),
})

const wrongOf = (notMade: NotMade): Wrong => {
  if (notMade.refused === 'password') return passwordWrong(notMade.faults[0])
  const { refused } = notMade
  if (refused === 'link-unknown' || refused === 'administrator-exists') throw linkOver()
  return { field: 'username', text: ({ say }) => say(`set-up.${refused}`) }
}

const draw = (
  { render }: SetUpDeps,
  req: Request,
  res: Response,
  found: Found,
  token: string,
  form: Form,
  wrong?: Wrong,
): void =>
  render(req, res, {
    status: wrong ? 400 : 200,
    view: 'set-up',
    title: ({ say }) => say('set-up.title'),
    domain: found.domain,
    scripts: ['forms.js'],
    keep: ['token'], // the form posts to this address too
    repeatable: true,
    data: (words) => ({
      token,
      values: { username: form.username ?? '', email: form.email ?? '' },
      fault: wrong && { text: wrong.text(words) },
      invalid: (field: string) =>
        wrong?.field === field ? ' aria-invalid="true" aria-describedby="error"' : invalidOf(undefined)(field),
      reference: requestIdOf(req),
    }),
  })

const claim = async (deps: SetUpDeps, req: Request, res: Response, found: Found): Promise<void> => {
  requireSameOrigin(req, deps.baseUrl)
  const form = formOf(req.body)
  const { token = '', username = '', email = '', password = '', password_repeat: repeat = '' } = form
  if (password !== repeat)
    return draw(deps, req, res, found, token, form, {
      field: 'password_repeat',
      text: ({ say }) => say('fault.password-mismatch'),
    })
  const wanted = { username: username.normalize('NFKC').trim(), password, email: email.trim() || undefined }
  const made = await deps.claimSetUp(found.tenancy.id, token, wanted)
  if ('refused' in made) return draw(deps, req, res, found, token, form, wrongOf(made))
  deps.render(req, res, {
    status: 201,
    view: 'set-up-done',
    title: ({ say }) => say('set-up.done.title'),
    domain: found.domain,
    data: () => ({ username: made.person.username, href: `${found.issuer}/sign-in` }),
  })
}

/** Mounted at `/d/:tenancy/:domain`. */
export const setUpEdge = (deps: SetUpDeps): Router => {
  const router = express.Router({ mergeParams: true })
  const page = async (req: Request, res: Response, found: Found) => {
    const token = queryOf(req).get('token') ?? ''
    if (!(await deps.isSetUpLink(found.tenancy.id, token))) throw linkOver()
    draw(deps, req, res, found, token, {})
  }
  router.get('/set-up', within(deps.findDomain, page))
  router.post(
    '/set-up',
    express.urlencoded({ extended: false, limit: '16kb', parameterLimit: 20 }),
    within(deps.findDomain, (req, res, found) => claim(deps, req, res, found)),
  )
  return router
}
