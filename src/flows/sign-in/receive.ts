// The first half of the way back from an identity provider. No cookie is needed: a cross-site POST arrives without one. The message is
// judged once; what it proves waits under a one-time token for the browser that began (`arrive`).
import type { Idp } from '../../core/model/idp.ts'
import type { JourneyId } from '../../core/model/ids.ts'
import type { Journey } from '../../core/model/journey.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { secondsLater } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store } from '../../ports/store.ts'
import { type Assertion, isRefusal, type Refusal, type Upstream } from '../../ports/upstream.ts'
import { Problem } from '../../problem.ts'
import { actorOf, eventOf } from '../audit-event.ts'
import type { Receive } from './api.ts'
import { stateKey } from './go-upstream.ts'

type Deps = {
  readonly store: Store
  readonly secrets: Secrets
  readonly clock: Clock
  readonly random: Random
  readonly upstreams: { readonly [protocol: string]: Upstream }
}
type Q = Parameters<Receive>[0]

/** Seconds that the browser has to come back with the token: one redirect. */
const ARRIVAL_SECONDS = 120
export const arrivalKey = (secrets: Pick<Secrets, 'digest'>, token: string): string =>
  `upstream-arrival:${secrets.digest(token)}`

export type Arrival = {
  readonly idpId: string
  readonly journeyId: string | null // null: unsolicited, IdP-initiated
  readonly startedAt: number | null
  readonly assertion: JsonObject
}

const idpOf = async ({ store }: Deps, q: Q): Promise<Idp> => {
  const idp = await store.read((tx) => tx.idps.byName(q.domainId, q.idp))
  if (!idp?.enabled)
    throw new Problem('not-found', `there is no identity provider \`${q.idp}\` here`, { reason: 'idp-unknown' })
  return idp
}

/** The journey that this state was made for, once. Undefined: unknown, used or foreign state. */
const awaited = async ({ store, secrets, clock }: Deps, q: Q, idp: Idp): Promise<Journey | undefined> => {
  if (q.state === undefined || q.state === '') return undefined
  const state = q.state
  return store.write(async (tx) => {
    const held = await tx.once.take(stateKey(secrets, state), clock())
    const journey = typeof held?.journeyId === 'string' ? await tx.journeys.get(held.journeyId as JourneyId) : undefined
    const pending = journey?.pending.upstream
    const fits =
      journey?.domainId === q.domainId &&
      pending?.idpId === idp.id &&
      secrets.same(pending.state, secrets.digest(state))
    return fits && journey && journey.expiresAt > clock() ? journey : undefined
  })
}

const refused = async ({ store, random, clock }: Deps, q: Q, idp: Idp, refusal: Refusal): Promise<never> => {
  await store.write((tx) =>
    tx.audit.add(
      eventOf(random, clock(), {
        tenancyId: idp.tenancyId,
        domainId: idp.domainId,
        action: idp.trust.protocol === 'saml' ? 'saml.response-refused' : 'oidc.response-refused',
        reason: refusal.refused,
        actor: actorOf(undefined),
        target: { type: 'idp', id: idp.id, name: idp.name },
        details: {
          detail: refusal.detail,
          expected: refusal.expected ?? null,
          received: refusal.received?.slice(0, 500) ?? null,
          address: q.source.address,
        },
        requestId: q.source.requestId,
      }),
    ),
  )
  throw new Problem('upstream-refused', refusal.detail, { reason: refusal.refused })
}

/** Assertion ids and the like, all of them or none. */
const seenBefore = async ({ store }: Deps, idp: Idp, assertion: Assertion): Promise<boolean> => {
  const answers = await store.write(async (tx) => {
    const seen: boolean[] = []
    for (const { key, until } of assertion.onceOnly) seen.push(await tx.once.see(`replay:${idp.id}:${key}`, until))
    return seen
  })
  return answers.includes(false)
}

export const receiver =
  (deps: Deps): Receive =>
  async (q) => {
    const { store, secrets, clock, random, upstreams } = deps
    const idp = await idpOf(deps, q)
    const upstream = upstreams[idp.trust.protocol]
    if (!upstream) throw new Problem('not-found', `\`${idp.name}\` speaks a protocol that is not served here`)
    const journey = await awaited(deps, q, idp)
    const pending = journey?.pending.upstream
    const answer = await upstream.finish(idp, pending?.remember, q.returned, clock())
    if (isRefusal(answer)) return refused(deps, q, idp, answer)
    if (await seenBefore(deps, idp, answer))
      return refused(deps, q, idp, { refused: 'replayed', detail: 'this answer was used before' })
    const token = random.token()
    const arrival: Arrival = {
      idpId: idp.id,
      journeyId: journey?.id ?? null,
      startedAt: pending?.startedAt ?? null,
      assertion: JSON.parse(JSON.stringify(answer)) as JsonObject,
    }
    await store.write((tx) => tx.once.keep(arrivalKey(secrets, token), arrival, secondsLater(clock(), ARRIVAL_SECONDS)))
    return { token }
  }
