// Begins a journey: with the evidence of the browser's session in hand, if it has one, so that SSO and step-up are not special cases.
import type { Evidence } from '../../core/assurance/level.ts'
import type { DomainId, JourneyId } from '../../core/model/ids.ts'
import type { Journey, Wants } from '../../core/model/journey.ts'
import type { Session } from '../../core/model/session.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import type { Begin } from './api.ts'
import { trustedDeviceEvidence } from './device-evidence.ts'
import { liveSession } from './live-session.ts'

type Deps = { readonly store: Store; readonly secrets: Secrets; readonly clock: Clock; readonly random: Random }

export const JOURNEY_SECONDS = 30 * 60

/** Where the evidence of a session points a re-authentication: back to the IdP that vouched, or to the local form. */
const routeOf = (evidence: readonly Evidence[]): Journey['route'] => {
  const upstream = evidence.findLast((e) => e.kind === 'upstream')
  return upstream ? upstream.idpId : evidence.length > 0 ? 'local' : undefined
}

/** The IdP an application named (`idp_hint`), or the only way in there is. */
const hintedRoute = async (tx: Tx, domainId: DomainId, wants: Wants): Promise<Journey['route']> => {
  const enabled = (await tx.idps.list(domainId)).filter((idp) => idp.enabled)
  const hinted = wants.idpHint === undefined ? undefined : enabled.find((idp) => idp.name === wants.idpHint)
  if (hinted) return hinted.id
  const domain = await tx.domains.get(domainId)
  return domain?.localSignIn === false && enabled.length === 1 ? enabled[0]?.id : undefined
}

export const newJourney = (
  q: Pick<Journey, 'id' | 'tenancyId' | 'domainId' | 'browserHash' | 'wants' | 'deviceHash'>,
  session: Session | undefined,
  username: string | undefined,
  now: EpochMs,
): Journey => ({
  ...q,
  username,
  personId: session?.personId,
  route: session && routeOf(session.evidence),
  sessionId: session?.id,
  beganIn: session?.id,
  evidence: session?.evidence ?? [],
  trustDevice: false,
  pending: {},
  path: [],
  upstreamSession: session?.upstream,
  createdAt: now,
  expiresAt: secondsLater(now, JOURNEY_SECONDS),
  version: 0,
})

export const beginner =
  ({ store, secrets, clock, random }: Deps): Begin =>
  async ({ domainId, wants, browserToken, sessionToken, deviceToken }) => {
    const now = clock()
    // A cookie of unexpected shape is replaced: a fixed or guessed browser token must not bind a journey.
    const browser = browserToken !== undefined && /^[\w-]{43}$/.test(browserToken) ? browserToken : random.token()
    const id = random.id() as JourneyId
    const expiresAt = await store.write(async (tx) => {
      const domain = await tx.domains.get(domainId)
      if (!domain) throw new Problem('not-found', 'this identity domain does not exist')
      if (domain.status !== 'active') throw new Problem('domain-inactive', `\`${domain.displayName}\` is not active`)
      const session = await liveSession(tx, secrets, domainId, sessionToken, now)
      const person = session && (await tx.people.get(session.personId))
      const deviceHash = deviceToken === undefined ? undefined : secrets.digest(deviceToken)
      const ids = { id, tenancyId: domain.tenancyId, domainId, browserHash: secrets.digest(browser), wants, deviceHash }
      const fresh = newJourney(ids, session, person?.username, now)
      const device = person && (await trustedDeviceEvidence(tx, fresh, person.id, now))
      const journey: Journey = {
        ...fresh,
        route: fresh.route ?? (await hintedRoute(tx, domainId, wants)),
        evidence: device ? [...fresh.evidence.filter((e) => e.kind !== 'trusted-device'), device] : fresh.evidence,
      }
      await tx.journeys.add(journey)
      return journey.expiresAt
    })
    return { journeyId: id, browserToken: browser, expiresAt }
  }
