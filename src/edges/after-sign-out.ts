// What else the browser must visit once a session has ended: SAML participants, the upstream's own logout.
import type { Request, Response } from 'express'
import type { Participant, Session } from '../core/model/session.ts'
import type { FindDomain } from '../flows/sign-in/api.ts'
import type { Send } from '../ports/upstream.ts'

/** Answers the request and ends the walk at `returnTo` (ours); false when there was nothing to visit: then nothing was answered. */
export type AfterSignOut = (
  req: Request,
  res: Response,
  walk: {
    readonly found: NonNullable<Awaited<ReturnType<FindDomain>>>
    readonly ended: Session
    readonly participants: readonly Participant[]
    readonly upstream: Send | undefined
    readonly returnTo: string
  },
) => Promise<boolean>
