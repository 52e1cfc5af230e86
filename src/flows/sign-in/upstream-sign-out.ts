// The identity provider ended its session: ours that came from it end too, every one it named. Nothing it did not name.
import type { DomainId, IdpId } from '../../core/model/ids.ts'
import type { Participant, Session } from '../../core/model/session.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Store } from '../../ports/store.ts'
import type { Source } from './api.ts'
import { endSession } from './end-session.ts'

type Deps = { readonly store: Store; readonly clock: Clock; readonly random: Random }

export type UpstreamSignOut = (q: {
  readonly domainId: DomainId
  readonly idpId: IdpId
  readonly nameId: string
  /** None named: every session of that name (SAML Core §3.7.1). */
  readonly sessionIndexes: readonly string[]
  readonly source: Source
}) => Promise<readonly { readonly ended: Session; readonly participants: readonly Participant[] }[]>

export const upstreamSignerOut =
  ({ store, clock, random }: Deps): UpstreamSignOut =>
  ({ domainId, idpId, nameId, sessionIndexes, source }) =>
    store.write(async (tx) => {
      const indexes = sessionIndexes.length === 0 ? [undefined] : sessionIndexes
      const ended: { ended: Session; participants: readonly Participant[] }[] = []
      for (const index of indexes)
        for (const session of await tx.sessions.byUpstream(idpId, nameId, index)) {
          if (session.domainId !== domainId) continue
          const one = await endSession(tx, random, session.id, {
            reason: 'signed-out-upstream',
            at: clock(),
            requestId: source.requestId,
          })
          if (one) ended.push(one)
        }
      return ended
    })
