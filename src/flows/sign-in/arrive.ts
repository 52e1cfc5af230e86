// The second half of the way back: in the browser that began the journey, what the IdP said becomes a person, groups and evidence, all
// in one transaction.

import type { Evidence } from '../../core/assurance/level.ts'
import { upstreamLevel } from '../../core/assurance/upstream-level.ts'
import { nextStep } from '../../core/journey/next-step.ts'
import type { Idp } from '../../core/model/idp.ts'
import type { IdpId, JourneyId } from '../../core/model/ids.ts'
import type { Journey } from '../../core/model/journey.ts'
import type { Person } from '../../core/model/person.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import type { Assertion } from '../../ports/upstream.ts'
import { Problem } from '../../problem.ts'
import { actorOf, eventOf } from '../audit-event.ts'
import { mapGroups, upstreamGroups } from '../directory/map-groups.ts'
import { personFromUpstream } from '../directory/person-from-upstream.ts'
import type { Arrive } from './api.ts'
import { newJourney } from './begin.ts'
import { trustedDeviceEvidence } from './device-evidence.ts'
import { askingOf, loadFacts } from './load-facts.ts'
import { noteRefusal } from './note-refusal.ts'
import { openJourney, saveJourney } from './open-journey.ts'
import { type Arrival, arrivalKey } from './receive.ts'

type Deps = { readonly store: Store; readonly secrets: Secrets; readonly clock: Clock; readonly random: Random }
type Q = Parameters<Arrive>[0]

/**
 * When the person proved something to the IdP. A provider's clock may run a little behind ours: inside the allowed skew a sign-in made
 * after we asked counts as made after we asked.
 */
const provenAt = (idp: Idp, said: EpochMs | undefined, startedAt: EpochMs | undefined, now: EpochMs): EpochMs => {
  const at = Math.min(said ?? now, now)
  const skewed = startedAt !== undefined && at < startedAt && at >= startedAt - idp.trust.clockSkewSeconds * 1000
  return skewed ? now : at
}

const evidenceOf = (idp: Idp, assertion: Assertion, startedAt: EpochMs | undefined, now: EpochMs): Evidence => {
  const at = provenAt(idp, assertion.authenticatedAt, startedAt, now)
  // Not `at`: a provider that does not say when must not pass for one that said "just now".
  const { level } = upstreamLevel(idp.assurance, assertion, now)
  return { kind: 'upstream', at, idpId: idp.id, level, acr: assertion.acr, amr: assertion.amr }
}

/** The journey that began this, or a new one for a sign-in that the IdP began (only reached when its trust allows that). */
const journeyFor = async (tx: Tx, { secrets, random }: Deps, q: Q, idp: Idp, arrival: Arrival, now: EpochMs) => {
  if (arrival.journeyId !== null) {
    const ref = {
      domainId: q.domainId,
      journeyId: arrival.journeyId as JourneyId,
      browserToken: q.browserToken,
      source: q.source,
    }
    const { journey } = await openJourney(tx, secrets, ref, now)
    return { journey, browserToken: q.browserToken ?? '' }
  }
  const browserToken = random.token()
  const wants = {
    appId: undefined,
    level: 0,
    freshAfter: undefined,
    silent: false,
    loginHint: undefined,
    idpHint: undefined,
    uiLocales: [],
    resume: '/account',
  } as const
  const ids = {
    id: random.id() as JourneyId,
    tenancyId: idp.tenancyId,
    domainId: idp.domainId,
    browserHash: secrets.digest(browserToken),
    wants,
    deviceHash: undefined,
  }
  const journey = newJourney(ids, undefined, undefined, now)
  await tx.journeys.add(journey)
  return { journey, browserToken }
}

/** Evidence of another person in this browser does not mix with this one's. */
const withPerson = (
  journey: Journey,
  idp: Idp,
  person: Person,
  evidence: Evidence,
  assertion: Assertion,
  now: EpochMs,
): Journey => {
  const same = journey.personId === person.id
  const { upstream: _used, ...pending } = journey.pending
  return {
    ...journey,
    personId: person.id,
    username: person.username,
    route: idp.id,
    sessionId: same ? journey.sessionId : undefined,
    evidence: [...(same ? journey.evidence.filter((e) => e.kind !== 'upstream') : []), evidence],
    pending: same ? pending : {},
    upstreamGroups: upstreamGroups(idp, assertion.attributes),
    upstreamSession: {
      idpId: idp.id,
      nameId: assertion.subject,
      nameIdFormat: assertion.nameIdFormat,
      sessionIndex: assertion.sessionIndex,
      logoutHint: assertion.logoutHint,
    },
    path: [
      ...journey.path,
      {
        at: now,
        asked: 'upstream',
        because: `idp ${idp.name}`,
        outcome: `level ${evidence.kind === 'upstream' ? evidence.level : 0}`,
      },
    ],
  }
}

/** What the IdP said was true and is still not enough: written down outside the transaction that it undid, and used up. */
const noteProblem = ({ store, secrets, random }: Deps, q: Q, problem: Problem, now: EpochMs): Promise<void> =>
  store.write(async (tx) => {
    const arrival = (await tx.once.take(arrivalKey(secrets, q.token), now)) as Arrival | undefined
    const idp = arrival && (await tx.idps.get(arrival.idpId as IdpId))
    if (!arrival || !idp) return
    const { subject } = arrival.assertion as unknown as Assertion
    await tx.audit.add(
      eventOf(random, now, {
        tenancyId: idp.tenancyId,
        domainId: idp.domainId,
        action: 'sign-in.refused',
        reason: problem.reason ?? problem.slug,
        actor: actorOf(undefined),
        target: { type: 'idp', id: idp.id, name: idp.name },
        details: { subject, detail: problem.detail ?? null, address: q.source.address },
        requestId: q.source.requestId,
      }),
    )
  })

const arriveOnce = async (tx: Tx, deps: Deps, q: Q, now: EpochMs): ReturnType<Arrive> => {
  const { secrets, random } = deps
  const { requestId } = q.source
  const arrival = (await tx.once.take(arrivalKey(secrets, q.token), now)) as Arrival | undefined
  const idp = arrival && (await tx.idps.get(arrival.idpId as IdpId))
  if (!arrival || idp?.domainId !== q.domainId)
    throw new Problem('journey-unknown', 'this answer was used already: start again from the application')
  const assertion = arrival.assertion as unknown as Assertion
  const { journey, browserToken } = await journeyFor(tx, deps, q, idp, arrival, now)
  const { person, isNew } = await personFromUpstream(tx, random, { idp, assertion, requestId, now })
  const journeyId = journey.id
  await mapGroups(tx, random, { idp, person, firstSignIn: isNew, assertion, journeyId, requestId, now })
  const evidence = evidenceOf(idp, assertion, arrival.startedAt ?? undefined, now)
  const arrived = withPerson(journey, idp, person, evidence, assertion, now)
  const device = await trustedDeviceEvidence(tx, arrived, person.id, now)
  const saved = device
    ? { ...arrived, evidence: [...arrived.evidence.filter((e) => e.kind !== 'trusted-device'), device] }
    : arrived
  // An IdP that ignores "sign in again" would send the browser round in circles.
  const loaded = await loadFacts(tx, askingOf(saved), now)
  const step = nextStep(loaded.facts, now)
  if (step.do === 'upstream')
    throw new Problem(
      'upstream-refused',
      `\`${idp.displayName}\` did not ask you to sign in again, which this application insists on`,
      { reason: 'authentication-too-old' },
    )
  await saveJourney(tx, saved)
  await noteRefusal(tx, random, { ...loaded, journey: saved, step }, q.source, now)
  return { journeyId, browserToken, expiresAt: Math.max(journey.expiresAt, secondsLater(now, 60)) }
}

export const arriver =
  (deps: Deps): Arrive =>
  async (q) => {
    const now = deps.clock()
    try {
      return await deps.store.write((tx) => arriveOnce(tx, deps, q, now))
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.slug === 'upstream-refused') await noteProblem(deps, q, thrown, now)
      throw thrown
    }
  }
