// The two ways a browser comes to the page of device codes. Guesses are counted before the provider sees them (RFC 8628 §5.1).
import type { Request, Response } from 'express'
import { deviceTries } from '../../flows/sign-in/device-tries.ts'
import { requireSameOrigin } from '../same-origin.ts'
import type { OidcDeps } from './deps.ts'
import { drawCode } from './device-form.ts'
import type { DomainProvider } from './provider.ts'

type Visit = { readonly req: Request; readonly res: Response; readonly on: DomainProvider }

/** `GET device`: a code that came with the address is filled in, and only that: whoever made the link must not have pressed the button too. */
export const showCodePage = async (deps: OidcDeps, { req, res, on }: Visit): Promise<void> => {
  const given = req.query.user_code
  await drawCode(deps, on.found, req, res, { userCode: typeof given === 'string' ? given : '' })
}

/** `POST device`: counted, then the provider's. */
export const takeCode = async (deps: OidcDeps, { req, res, on }: Visit): Promise<void> => {
  requireSameOrigin(req, new URL(on.found.issuer).origin)
  const wait = await deviceTries(deps).take(deps.source(req).address)
  if (wait) return drawCode(deps, on.found, req, res, { userCode: '', fault: 'wait', ...wait })
  await on.handle(req, res)
}
