// What the account pages need of the flows, and nothing more. A person acts only on their own things: every call carries the session's
// token, and an id that is not theirs is as good as none.
import type { Request, Response } from 'express'
import type { Participant, Session } from '../../core/model/session.ts'
import type { AccountFlows } from '../../flows/account/api.ts'
import type { Assess, Begin, FindDomain, SignOut } from '../../flows/sign-in/api.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Send } from '../../ports/upstream.ts'
import type { LoginCookies } from '../cookies.ts'
import type { Found } from '../domain-of.ts'
import type { Pages } from '../sign-in/pages.ts'
import type { Render } from '../sign-in/render.ts'

/** What else the browser must visit once a session has ended. False: nothing, and nothing was answered. */
export type AfterSignOut = (
  req: Request,
  res: Response,
  walk: {
    readonly found: Found
    readonly ended: Session
    readonly participants: readonly Participant[]
    readonly upstream: Send | undefined
    readonly returnTo: string
  },
) => Promise<boolean>

export type AccountDeps = {
  readonly findDomain: FindDomain
  readonly assess: Assess
  readonly begin: Begin
  readonly signOut: SignOut
  readonly afterSignOut: AfterSignOut
  readonly flows: AccountFlows
  readonly cookies: LoginCookies
  readonly secrets: Pick<Secrets, 'mac' | 'same'>
  readonly render: Render
  readonly pages: Pages
  readonly baseUrl: string
}
