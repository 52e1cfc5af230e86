// What the account pages need of the flows, and nothing more. A person acts only on their own things: every call carries the session's
// token, and an id that is not theirs is as good as none.
import type { AccessFlows } from '../../flows/account/access.ts'
import type { AccountFlows } from '../../flows/account/api.ts'
import type { OwnEmail } from '../../flows/account/own-email.ts'
import type { Assess, Begin, FindDomain, SignOut } from '../../flows/sign-in/api.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { AfterSignOut } from '../after-sign-out.ts'
import type { LoginCookies } from '../cookies.ts'
import type { Pages } from '../sign-in/pages.ts'
import type { Render } from '../sign-in/render.ts'

export type AccountDeps = {
  readonly findDomain: FindDomain
  readonly assess: Assess
  readonly begin: Begin
  readonly signOut: SignOut
  readonly afterSignOut: AfterSignOut
  readonly flows: AccountFlows
  readonly access: AccessFlows
  readonly email: OwnEmail
  readonly cookies: LoginCookies
  readonly secrets: Pick<Secrets, 'mac' | 'same'>
  readonly render: Render
  readonly pages: Pages
  readonly baseUrl: string
}
