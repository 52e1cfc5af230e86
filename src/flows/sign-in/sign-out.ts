// Sign-out, whoever asks: the person, an application, the upstream or an administrator. One path, one event.

import type { Session } from '../../core/model/session.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store } from '../../ports/store.ts'
import type { Send, Upstream } from '../../ports/upstream.ts'
import type { SignOut } from './api.ts'
import { endSession } from './end-session.ts'

type Deps = {
  readonly store: Store
  readonly secrets: Secrets
  readonly clock: Clock
  readonly random: Random
  readonly upstreams: { readonly [protocol: string]: Upstream }
}

/** The company's own session ends too, unless it was the company that ended ours. */
const upstreamLogout = async (
  { store, upstreams, clock }: Deps,
  ended: Session,
  returnTo: string,
): Promise<Send | undefined> => {
  const upstream = ended.upstream
  const idp = upstream && (await store.read((tx) => tx.idps.get(upstream.idpId)))
  if (!upstream || !idp?.enabled) return undefined
  return upstreams[idp.trust.protocol]?.logout(idp, upstream, returnTo, clock())
}

export const signerOut =
  (deps: Deps): SignOut =>
  async ({ domainId, session, reason, exceptApp, source, returnTo }) => {
    const { store, secrets, clock, random } = deps
    const ending = await store.write(async (tx) => {
      const found =
        'id' in session ? await tx.sessions.get(session.id) : await tx.sessions.byToken(secrets.digest(session.token))
      // An id of another domain's session ends nothing here.
      if (found?.domainId !== domainId) return undefined
      return endSession(tx, random, found.id, { reason, at: clock(), exceptApp, requestId: source.requestId })
    })
    if (!ending) return { ended: undefined, participants: [], upstream: undefined }
    const walk = returnTo !== undefined && reason !== 'signed-out-upstream'
    return { ...ending, upstream: walk ? await upstreamLogout(deps, ending.ended, returnTo) : undefined }
  }
