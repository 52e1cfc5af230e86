// The person behind a code or token, asked for anew each time it is used: whoever is gone, disabled or signed out is not found.
import type { Account, FindAccount } from 'oidc-provider'
import type { PersonId, SessionId } from '../../core/model/ids.ts'
import { secondsLater } from '../../core/model/time.ts'
import { claimsOf } from './claims.ts'
import { appOf } from './clients.ts'
import type { OidcDeps } from './deps.ts'

/** An application that works for the person counts as the person being there, at most this often. */
const TOUCH_SECONDS = 30

type Deps = Pick<OidcDeps, 'release' | 'join' | 'store' | 'clock'>
type Token = NonNullable<Parameters<FindAccount>[2]>

const sidOf = (token: Token): SessionId | undefined =>
  'sid' in token && token.sid !== undefined ? (token.sid as SessionId) : undefined

/**
 * A refresh token that ends with the session keeps the session from idling out: otherwise somebody who works in an application for an
 * hour would be asked to sign in again because they never came back here. The absolute lifetime still holds.
 */
const keepAwake = async ({ store, clock }: Deps, sid: SessionId): Promise<void> => {
  const now = clock()
  const session = await store.read((tx) => tx.sessions.get(sid))
  if (session && now > secondsLater(session.lastSeenAt, TOUCH_SECONDS))
    await store.write((tx) => tx.sessions.touch(sid, now))
}

export const accountFinder =
  (deps: Deps): FindAccount =>
  async (ctx, sub, token): Promise<Account | undefined> => {
    // Without a token this is the person of the session at hand, whom `assess` judges in the same request.
    if (!token) return { accountId: sub, claims: () => ({ sub }) }
    const app = appOf(ctx.oidc.client)
    const sid = sidOf(token)
    const bound = 'expiresWithSession' in token && token.expiresWithSession === true
    const personId = sub as PersonId
    const released = await deps.release({ appId: app.id, personId, sessionId: bound ? sid : undefined })
    if (!released) return undefined
    // Before the tokens are: an application that holds one must be told when the session ends.
    if ((token.kind === 'AuthorizationCode' || token.kind === 'DeviceCode') && sid !== undefined)
      await deps.join({ sessionId: sid, appId: app.id, protocol: 'oidc', nameId: undefined, joinedAt: deps.clock() })
    if (token.kind === 'RefreshToken' && bound && sid !== undefined) await keepAwake(deps, sid)
    return { accountId: sub, claims: () => ({ ...claimsOf(released, app.groupsClaim) }), username: released.username }
  }
