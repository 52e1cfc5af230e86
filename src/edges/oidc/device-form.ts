// The form in which somebody types the code of a device. It is taken from our own page in the same browser only: what it must carry hangs on the
// browser's name, which nobody else is shown.
import type { Request, Response } from 'express'
import type { Domain } from '../../core/model/tenancy.ts'
import { secondsLater } from '../../core/model/time.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Found, OidcDeps } from './deps.ts'
import { DEVICE_SECONDS } from './device-codes.ts'
import type { CodeFault } from './pages.ts'

export const PATH = '/device'
const MOST_CODE = 40

/** What a form must carry to be taken for one of our pages in this browser. */
export const formSecretOf = (secrets: Pick<Secrets, 'mac'>, domain: Pick<Domain, 'id'>, browser: string): string =>
  secrets.mac('device-form', `${domain.id} ${browser}`)

type FormDeps = Pick<OidcDeps, 'cookies' | 'secrets' | 'random' | 'clock' | 'pages'>

/** The browser is given a name when it has none: its form hangs on it. */
export const fieldsFor = (
  { cookies, secrets, random, clock }: FormDeps,
  req: Request,
  res: Response,
  domain: Domain,
): { readonly [name: string]: string } => {
  const known = cookies.browser(req, domain)
  const browser = known ?? random.token()
  if (known === undefined) cookies.setBrowser(res, domain, browser, secondsLater(clock(), DEVICE_SECONDS))
  return { xsrf: formSecretOf(secrets, domain, browser) }
}

export const drawCode = (
  deps: FormDeps,
  { domain, issuer }: Found,
  req: Request,
  res: Response,
  page: { readonly userCode: string; readonly fault?: CodeFault; readonly waitSeconds?: number },
): void | Promise<void> =>
  deps.pages.deviceCode(req, res, {
    domain,
    action: `${issuer}${PATH}`,
    fields: fieldsFor(deps, req, res, domain),
    fault: undefined,
    ...page,
    userCode: page.userCode.slice(0, MOST_CODE),
  })
