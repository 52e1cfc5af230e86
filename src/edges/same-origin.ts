// Did our own page send this form? Every browser that knows Fetch Metadata says so (W3C Fetch Metadata §2.2), every other one sends Origin
// with a POST (Fetch §3.2). A client that sends neither is no browser with a victim in front of it; the form's own token still has to fit.
import type { Request } from 'express'
import { Problem } from '../problem.ts'

/** @throws request-malformed (400) for a form that another site sent */
export const requireSameOrigin = (req: Pick<Request, 'headers'>, baseUrl: string): void => {
  const site = req.headers['sec-fetch-site']
  const { origin } = req.headers
  const foreign = (site !== undefined && site !== 'same-origin') || (origin !== undefined && origin !== baseUrl)
  if (foreign)
    throw new Problem(
      'request-malformed',
      'this form was sent by another site: open the page here and answer it here',
      {
        reason: 'cross-site',
      },
    )
}
