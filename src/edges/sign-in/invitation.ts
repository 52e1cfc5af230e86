// The page behind the link of an invitation: make an account, or join with the one that is signed in. What the link is worth is the flow's
// decision; a used, replaced or made-up one is told apart from nothing.
import express, { type Request, type Response, type Router } from 'express'
import type { Person } from '../../core/model/person.ts'
import type { InvitationAccepter, InvitationShown, NotAccepted } from '../../flows/access/accept-invitation.ts'
import type { FindDomain } from '../../flows/sign-in/api.ts'
import type { Secrets } from '../../ports/secrets.ts'
import { Problem } from '../../problem.ts'
import { type Found, within } from '../domain-of.ts'
import { requireSameOrigin } from '../same-origin.ts'
import { requestIdOf } from '../source.ts'
import { type Form, formOf } from './answer.ts'
import { languageOf, queryOf } from './language.ts'
import type { Render, Words } from './render.ts'
import { invalidOf } from './step-page.ts'

export type InvitationDeps = {
  readonly findDomain: FindDomain
  readonly invitations: InvitationAccepter
  /** Who is signed in in this browser and owes nothing, with the token that names the session. */
  readonly visitor: (
    req: Request,
    found: Found,
  ) => Promise<{ readonly person: Person; readonly sessionToken: string } | undefined>
  readonly secrets: Pick<Secrets, 'mac' | 'same'>
  readonly render: Render
  readonly baseUrl: string
}
type Wrong = { readonly field: string; readonly text: (words: Words) => string }
type Open = { readonly found: Found; readonly token: string; readonly shown: InvitationShown }

const PURPOSE = 'invitation-form'
const linkOver = () =>
  new Problem(
    'not-found',
    'this invitation was used, revoked, sent again or has expired: ask whoever invited you for a new one',
    {
      reason: 'invitation-over',
    },
  )

const wrongOf = (not: NotAccepted): Wrong => {
  if (not.refused === 'link-unknown') throw linkOver()
  if (not.refused === 'password') {
    const { code, ...parameters } = not.faults[0] ?? { code: 'too-short' as const, min: 8 }
    return { field: 'password', text: ({ say }) => say(`fault.password-${code}`, parameters) }
  }
  if (not.refused === 'name-malformed') return { field: 'name', text: ({ say }) => say('fault.name-malformed') }
  const { refused } = not
  return { field: 'username', text: ({ say }) => say(`invitation.${refused}`) }
}

const draw = async (
  deps: InvitationDeps,
  req: Request,
  res: Response,
  { found, token, shown }: Open,
  form: Form,
  wrong?: Wrong,
): Promise<void> => {
  const visitor = await deps.visitor(req, found)
  deps.render(req, res, {
    status: wrong ? 400 : 200,
    view: 'invitation',
    title: ({ say }) => say('invitation.title', { tenancy: shown.tenancy }),
    domain: found.domain,
    scripts: ['forms.js'],
    keep: ['token'],
    repeatable: true,
    data: (words) => ({
      ...shown,
      token,
      hop: visitor && deps.secrets.mac(PURPOSE, visitor.sessionToken),
      as: visitor?.person.displayName,
      what: words.rich('invitation.what', { email: shown.email, tenancy: shown.tenancy }),
      groupsText: words.rich('invitation.groups', { groups: shown.groups.join(', ') }),
      signIn: `${found.issuer}/account`,
      values: { username: form.username ?? '', name: form.name ?? '' },
      fault: wrong && { text: wrong.text(words) },
      invalid: (field: string) =>
        wrong?.field === field ? ' aria-invalid="true" aria-describedby="error"' : invalidOf(undefined)(field),
      reference: requestIdOf(req),
    }),
  })
}

const accept = async (deps: InvitationDeps, req: Request, open: Open, form: Form) => {
  const { found, token } = open
  if (form.do !== 'join') {
    const { username = '', name = '', password = '' } = form
    const wanted = {
      username: username.normalize('NFKC').trim(),
      displayName: name.normalize('NFC').trim().slice(0, 200) || username,
      password,
      locale: languageOf(req, [], found.domain.locale),
    }
    return deps.invitations.acceptAsNew(found.domain.id, token, wanted, requestIdOf(req))
  }
  const visitor = await deps.visitor(req, found)
  if (!visitor || !deps.secrets.same(form.hop ?? '', deps.secrets.mac(PURPOSE, visitor.sessionToken)))
    throw new Problem('request-malformed', 'this form belongs to another session: load the page again', {
      reason: 'form-token-wrong',
    })
  return deps.invitations.acceptAs(visitor.person.id, token, requestIdOf(req))
}

const answer = async (deps: InvitationDeps, req: Request, res: Response, open: Open, form: Form): Promise<void> => {
  requireSameOrigin(req, deps.baseUrl)
  if (form.do !== 'join' && (form.password ?? '') !== (form.password_repeat ?? ''))
    return draw(deps, req, res, open, form, {
      field: 'password_repeat',
      text: ({ say }) => say('fault.password-mismatch'),
    })
  const accepted = await accept(deps, req, open, form)
  if ('refused' in accepted) return draw(deps, req, res, open, form, wrongOf(accepted))
  deps.render(req, res, {
    status: 201,
    view: 'invitation-done',
    title: ({ say }) => say('invitation.done.title'),
    domain: open.found.domain,
    data: () => ({ username: accepted.person.username, href: `${open.found.issuer}/account` }),
  })
}

/** Mounted at `/d/:tenancy/:domain`. */
export const invitationEdge = (deps: InvitationDeps): Router => {
  const router = express.Router({ mergeParams: true })
  const open = async (found: Found, token: string): Promise<Open> => {
    const shown = await deps.invitations.behind(found.domain.id, token)
    if (!shown) throw linkOver()
    return { found, token, shown }
  }
  router.get(
    '/invitation',
    within(deps.findDomain, async (req, res, found) =>
      draw(deps, req, res, await open(found, queryOf(req).get('token') ?? ''), {}),
    ),
  )
  router.post(
    '/invitation',
    express.urlencoded({ extended: false, limit: '16kb', parameterLimit: 20 }),
    within(deps.findDomain, async (req, res, found) => {
      const form = formOf(req.body)
      await answer(deps, req, res, await open(found, form.token ?? ''), form)
    }),
  )
  return router
}
