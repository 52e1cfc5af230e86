// Who is at the account pages: a live session that owes nothing, or the way to a sign-in that comes back here. And the token that our own
// forms carry, bound to the session.
import type { Request, RequestHandler, Response } from 'express'
import type { Level } from '../../core/assurance/level.ts'
import type { Person } from '../../core/model/person.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { AccountRef } from '../../flows/account/api.ts'
import type { OwnPerson } from '../../flows/account/own-session.ts'
import { Problem } from '../../problem.ts'
import { type Found, within } from '../domain-of.ts'
import { requireSameOrigin } from '../same-origin.ts'
import { type Form, formOf } from '../sign-in/answer.ts'
import { sourceOf } from '../source.ts'
import type { AccountDeps } from './deps.ts'

export type Visit = { readonly req: Request; readonly res: Response; readonly found: Found; readonly ref: AccountRef }

const PURPOSE = 'account-form'
export const formToken = ({ secrets }: Pick<AccountDeps, 'secrets'>, { ref }: Visit): string =>
  secrets.mac(PURPOSE, ref.sessionToken)

type Asked = { readonly level: Level; readonly freshAfter: EpochMs | undefined }

/** Off to a sign-in; `page` below the issuer is where it comes back to. */
export const signInFirst = async (
  { begin, cookies }: AccountDeps,
  { req, res, found }: Omit<Visit, 'ref'>,
  page: string,
  { level, freshAfter }: Asked,
): Promise<void> => {
  const { domain, issuer } = found
  const begun = await begin({
    domainId: domain.id,
    wants: {
      appId: undefined,
      level,
      freshAfter,
      silent: false,
      loginHint: undefined,
      idpHint: undefined,
      uiLocales: [],
      resume: page,
    },
    browserToken: cookies.browser(req, domain),
    sessionToken: cookies.session(req, domain),
    deviceToken: cookies.device(req, domain),
    source: sourceOf(req),
  })
  cookies.setBrowser(res, domain, begun.browserToken, begun.expiresAt)
  res.redirect(303, `${issuer}/sign-in/${begun.journeyId}`)
}

/** Who is signed in here and owes nothing, for pages that are for everybody. */
export const visitorBy =
  ({ assess, cookies, ownPerson }: Pick<AccountDeps, 'assess' | 'cookies'> & { readonly ownPerson: OwnPerson }) =>
  async (
    req: Request,
    { domain }: Found,
  ): Promise<{ readonly person: Person; readonly sessionToken: string } | undefined> => {
    const sessionToken = cookies.session(req, domain)
    if (sessionToken === undefined) return undefined
    const wants = { appId: undefined, level: 0, freshAfter: undefined } as const
    const { step, session } = await assess({ domainId: domain.id, sessionToken, wants })
    const person = step.do === 'done' && session ? await ownPerson({ domainId: domain.id, sessionToken }) : undefined
    return person && { person, sessionToken }
  }

/** The handler runs only for somebody who is signed in and owes nothing; everybody else is sent to sign in and back to `page`. */
export const visiting = (deps: AccountDeps, page: string, handle: (visit: Visit) => Promise<void>): RequestHandler =>
  within(deps.findDomain, async (req, res, found) => {
    const sessionToken = deps.cookies.session(req, found.domain)
    const wants = { appId: undefined, level: 0, freshAfter: undefined } as const
    const { step, session } = await deps.assess({ domainId: found.domain.id, sessionToken, wants })
    if (step.do !== 'done' || !session || sessionToken === undefined)
      return signInFirst(deps, { req, res, found }, page, { level: 0, freshAfter: undefined })
    const deviceToken = deps.cookies.device(req, found.domain)
    const ref = { domainId: found.domain.id, sessionToken, deviceToken, source: sourceOf(req) }
    await handle({ req, res, found, ref })
  })

/** A posted form of ours. @throws request-malformed for another site's, or one made for another session */
export const postedForm = (deps: AccountDeps, visit: Visit): Form => {
  requireSameOrigin(visit.req, deps.baseUrl)
  const form = formOf(visit.req.body)
  if (!deps.secrets.same(form.hop ?? '', formToken(deps, visit)))
    throw new Problem('request-malformed', 'this form belongs to another session: load the page again', {
      reason: 'form-token-wrong',
    })
  return form
}
