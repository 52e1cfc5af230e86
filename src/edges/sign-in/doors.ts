// The pages for people who are not signed in and have no sign-in under way: a forgotten password, an invitation, an account
// of their own, the set-up link.
import express, { type Router } from 'express'
import { type InvitationDeps, invitationEdge } from './invitation.ts'
import { type RecoveryDeps, recoveryEdge } from './recovery.ts'
import { type RegisterDeps, registerEdge } from './register.ts'
import { type SetUpDeps, setUpEdge } from './set-up.ts'

/** Mounted at `/d/:tenancy/:domain`. */
export const doors = (deps: RecoveryDeps & InvitationDeps & RegisterDeps & SetUpDeps): Router => {
  const router = express.Router({ mergeParams: true })
  for (const edge of [recoveryEdge, invitationEdge, registerEdge, setUpEdge]) router.use(edge(deps))
  return router
}
