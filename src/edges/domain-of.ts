// `/d/:tenancy/:domain` → the identity domain behind it, once per request. Unknown and inactive ones are told apart: an administrator
// switched the one off, the other was never there.
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import type { FindDomain } from '../flows/sign-in/api.ts'
import { Problem } from '../problem.ts'

export type Found = NonNullable<Awaited<ReturnType<FindDomain>>>

export const foundOn = (res: Response): Found | undefined => (res.locals as { found?: Found }).found

/** @throws not-found (404), domain-inactive (403) */
export const openDomain = async (findDomain: FindDomain, req: Request, res: Response): Promise<Found> => {
  const { tenancy, domain } = req.params as { tenancy?: string; domain?: string }
  const found = await findDomain(tenancy ?? '', domain ?? '')
  if (!found)
    throw new Problem('not-found', 'there is no such tenancy or identity domain', { reason: 'domain-unknown' })
  res.locals.found = found // render-problem.ts dresses its page with it
  if (found.domain.status !== 'active') throw new Problem('domain-inactive')
  return found
}

/** A handler that gets the domain too. */
export const within =
  (findDomain: FindDomain, handle: (req: Request, res: Response, found: Found) => Promise<void>): RequestHandler =>
  async (req: Request, res: Response, _next: NextFunction) =>
    handle(req, res, await openDomain(findDomain, req, res))
