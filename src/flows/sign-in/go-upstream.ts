// Leaves for the identity provider. What the connector must remember travels in the journey; the opaque `state` finds it again.
import { secondsLater } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store } from '../../ports/store.ts'
import { isRefusal, type Upstream } from '../../ports/upstream.ts'
import { Problem } from '../../problem.ts'
import { actorOf, eventOf } from '../audit-event.ts'
import type { GoUpstream } from './api.ts'
import { openJourney, saveJourney } from './open-journey.ts'

type Deps = {
  readonly store: Store
  readonly secrets: Secrets
  readonly clock: Clock
  readonly random: Random
  readonly upstreams: { readonly [protocol: string]: Upstream }
}

/** People are away at their company's page: as long as a journey lives. */
export const stateKey = (secrets: Pick<Secrets, 'digest'>, state: string): string =>
  `upstream-state:${secrets.digest(state)}`

export const upstreamGoer =
  ({ store, secrets, clock, random, upstreams }: Deps): GoUpstream =>
  async (ref) => {
    const now = clock()
    const { open, idp } = await store.read(async (tx) => {
      const open = await openJourney(tx, secrets, ref, now)
      return { open, idp: open.step.do === 'upstream' ? await tx.idps.get(open.step.idpId) : undefined }
    })
    const upstream = idp && upstreams[idp.trust.protocol]
    if (!idp?.enabled || idp.domainId !== ref.domainId || !upstream)
      throw new Problem(
        'upstream-unreachable',
        'this identity provider is not available: choose another way to sign in',
        { reason: 'idp-unavailable' },
      )
    const state = random.token()
    const { journey } = open
    const begun = await upstream.begin(
      idp,
      {
        state,
        forceFresh: journey.wants.freshAfter !== undefined,
        level: open.need.level.value,
        loginHint: journey.username ?? journey.wants.loginHint,
        uiLocales: journey.wants.uiLocales,
      },
      now,
    )
    await store.write(async (tx) => {
      if (isRefusal(begun)) {
        await tx.audit.add(
          eventOf(random, now, {
            tenancyId: journey.tenancyId,
            domainId: journey.domainId,
            action: 'upstream.unreachable',
            reason: begun.refused,
            actor: actorOf(undefined),
            target: { type: 'idp', id: idp.id, name: idp.name },
            details: { detail: begun.detail },
            requestId: ref.source.requestId,
          }),
        )
        return
      }
      await saveJourney(tx, {
        ...journey,
        pending: {
          ...journey.pending,
          upstream: { idpId: idp.id, state: secrets.digest(state), remember: begun.remember, startedAt: now },
        },
      })
      await tx.once.keep(
        stateKey(secrets, state),
        { journeyId: journey.id },
        Math.max(journey.expiresAt, secondsLater(now, 60)),
      )
    })
    if (isRefusal(begun)) throw new Problem('upstream-unreachable', begun.detail, { reason: begun.refused })
    return begun.send
  }
