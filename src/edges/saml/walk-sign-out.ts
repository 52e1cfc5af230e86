// For sign-outs that begin elsewhere (an OpenID Connect application, the account pages, an administrator): tells the SAML applications
// of the ended session through the browser, then the upstream, and ends at `returnTo`.
import type { Request, Response } from 'express'
import type { Participant } from '../../core/model/session.ts'
import type { Send } from '../../ports/upstream.ts'
import type { Found, SamlDeps } from './deps.ts'
import { advance } from './logout-chain.ts'

export type WalkSignOut = (
  req: Request,
  res: Response,
  walk: {
    readonly found: Found
    readonly participants: readonly Participant[]
    readonly upstream: Send | undefined
    /** Ours, absolute. With an `upstream` the way ends where that was told to return. Neither: a page says that it is done. */
    readonly returnTo: string | undefined
  },
) => Promise<boolean>

/** False when there is nobody to visit: then nothing was answered and the caller goes straight on. */
export const signOutWalker =
  (deps: SamlDeps): WalkSignOut =>
  async (req, res, { found, participants, upstream, returnTo }) => {
    const remaining = participants.filter((p) => p.protocol === 'saml')
    if (remaining.length === 0 && !upstream) return false
    const chain = { initiator: undefined, remaining, asked: undefined, failed: [], upstream, returnTo }
    await advance(deps, { req, res, found }, deps.random.token(), chain)
    return true
  }
