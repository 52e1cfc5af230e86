// Begins a journey: with the evidence of the browser's session in hand, if it has one, so that SSO and step-up are not special cases.
import type { Evidence } from '../../core/assurance/level.ts'
import { homeRealm, type InRange, routed } from '../../core/journey/home-realm.ts'
import type { JourneyId } from '../../core/model/ids.ts'
import type { Journey } from '../../core/model/journey.ts'
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

type Deps = {
  readonly store: Store
  readonly secrets: Secrets
  readonly clock: Clock
  readonly random: Random
  readonly inRange: InRange
}

export const JOURNEY_SECONDS = 30 * 60

/** Where the evidence of a session points a re-authentication: back to the IdP that vouched, or to the local form. */
const routeOf = (evidence: readonly Evidence[]): Journey['route'] => {
  const upstream = evidence.findLast((e) => e.kind === 'upstream')
  return upstream ? upstream.idpId : evidence.length > 0 ? 'local' : undefined
}

const ledKey = (browserHash: string): string => `led:${browserHash}`
/** Signed in: the next time the browser is led on without a question. */
export const forgetLed = (tx: Tx, { led, browserHash }: Journey, now: EpochMs): Promise<unknown> | undefined =>
  led && tx.once.take(ledKey(browserHash), now)

/** Where somebody of whom nothing is known yet goes. Led once and back without having signed in, they are asked: no circles. */
const arrival = async (
  tx: Tx,
  { inRange }: Deps,
  { domainId, wants, source, choosing = false }: Parameters<Begin>[0],
  { localSignIn, browserHash, now }: { localSignIn: boolean; browserHash: string; now: EpochMs },
): Promise<Pick<Journey, 'route' | 'choice' | 'led'>> => {
  const arriving = {
    hint: wants.idpHint,
    username: undefined,
    appId: choosing ? undefined : wants.appId,
    address: choosing ? undefined : source.address,
    localSignIn,
  }
  const realm = homeRealm(await tx.idps.list(domainId), arriving, inRange)
  const going = routed(realm)
  if (going.route === undefined || (realm?.ground !== 'application' && realm?.ground !== 'network')) return going
  const again = (await tx.once.kept(ledKey(browserHash), now)) !== undefined
  await tx.once.keep(ledKey(browserHash), {}, secondsLater(now, JOURNEY_SECONDS))
  return { ...going, led: { again } }
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
  (deps: Deps): Begin =>
  async (q) => {
    const { store, secrets, clock, random } = deps
    const { domainId, wants, browserToken, sessionToken, deviceToken } = q
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
      const browserHash = secrets.digest(browser)
      const ids = { id, tenancyId: domain.tenancyId, domainId, browserHash, wants, deviceHash }
      const fresh = newJourney(ids, session, person?.username, now)
      const device = person && (await trustedDeviceEvidence(tx, fresh, person.id, now))
      const journey: Journey = {
        ...fresh,
        ...(fresh.route === undefined
          ? await arrival(tx, deps, q, { localSignIn: domain.localSignIn, browserHash, now })
          : {}),
        evidence: device ? [...fresh.evidence.filter((e) => e.kind !== 'trusted-device'), device] : fresh.evidence,
      }
      await tx.journeys.add(journey)
      return journey.expiresAt
    })
    return { journeyId: id, browserToken: browser, expiresAt }
  }
