// What people may do who are not signed in: reset a password, answer an invitation, make an account, use the set-up link. Put together once.
import type { Store } from '../../ports/store.ts'
import { type InvitationAccepter, invitationAccepter } from '../access/accept-invitation.ts'
import {
  type ClaimSetUp,
  claimSetUp,
  type FirstAdministratorDeps,
  type IsSetUpLink,
  isSetUpLink,
} from '../directory/first-administrator.ts'
import { type PasswordRecovery, passwordRecovery, type RecoverDeps } from './recover-password.ts'
import { type SelfRegistering, selfRegistering } from './register.ts'

export type OutsideFlows = {
  readonly recovery: PasswordRecovery
  readonly invitations: InvitationAccepter
  readonly registering: SelfRegistering
  readonly isSetUpLink: IsSetUpLink
  readonly claimSetUp: ClaimSetUp
}
type Deps = RecoverDeps &
  FirstAdministratorDeps &
  Parameters<typeof invitationAccepter>[0] & {
    /** Against lock-out: flows/directory/lock-out.ts. */
    readonly guarded: Store
  }

export const outsideFlows = (deps: Deps): OutsideFlows => ({
  recovery: passwordRecovery({ ...deps, store: deps.guarded }),
  invitations: invitationAccepter({ ...deps, store: deps.guarded }),
  registering: selfRegistering(deps),
  isSetUpLink: isSetUpLink(deps),
  claimSetUp: claimSetUp(deps),
})
