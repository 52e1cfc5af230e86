// The only minter of sessions, and only from `done`. Takes the journey, so of two tabs that finish together one does.
import { amrOf, type Evidence, type Level, levelOf } from '../../core/assurance/level.ts'
import { nextStep } from '../../core/journey/next-step.ts'
import type { DeviceId, SessionId } from '../../core/model/ids.ts'
import type { Journey } from '../../core/model/journey.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Person } from '../../core/model/person.ts'
import type { Session } from '../../core/model/session.ts'
import { daysLater, type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { actorOf, eventOf, targetOf } from '../audit-event.ts'
import type { Finish, JourneyRef, Source } from './api.ts'
import { forgetLed } from './begin.ts'
import { endSession } from './end-session.ts'
import { isAlive } from './live-session.ts'
import { askingOf, type Loaded, loadFacts } from './load-facts.ts'
import { openJourney } from './open-journey.ts'

type Deps = { readonly store: Store; readonly secrets: Secrets; readonly clock: Clock; readonly random: Random }
type Done = {
  readonly journey: Journey
  readonly loaded: Loaded
  readonly person: Person
  readonly level: Level
  readonly source: Source
  readonly now: EpochMs
}

/** A renewed session keeps its id, so that applications stay in it, and gets a new token: what was overheard before is worthless. */
const renewed = async (tx: Tx, { journey, loaded, person, now }: Done): Promise<Session | undefined> => {
  const held = journey.sessionId === undefined ? undefined : await tx.sessions.get(journey.sessionId)
  return held?.personId === person.id && isAlive(held, loaded.domain, now) ? held : undefined
}

const mint = async (tx: Tx, { secrets, random }: Deps, done: Done) => {
  const { journey, loaded, person, now } = done
  const token = random.token()
  const held = await renewed(tx, done)
  const levelBefore = held && levelOf(held.evidence)
  const fresh: Session = {
    id: held?.id ?? (random.id() as SessionId),
    tokenHash: secrets.digest(token),
    tenancyId: person.tenancyId,
    domainId: person.domainId,
    personId: person.id,
    evidence: loaded.facts.evidence,
    upstream: journey.upstreamSession,
    deviceId: held?.deviceId,
    startedAt: held?.startedAt ?? now,
    lastSeenAt: now,
    expiresAt: held?.expiresAt ?? secondsLater(now, loaded.domain.session.absoluteSeconds),
    endedAt: undefined,
    endReason: undefined,
    version: held?.version ?? 0,
  }
  if (!held) await tx.sessions.add(fresh)
  else if ((await tx.sessions.save(fresh)) === 'stale') {
    const anew: Session = { ...fresh, id: random.id() as SessionId, startedAt: now, version: 0 }
    await tx.sessions.add(anew)
    return { token, session: anew, levelBefore: undefined }
  }
  return { token, session: fresh, levelBefore }
}

const provedSecondFactorHere = (evidence: readonly Evidence[], since: EpochMs): boolean =>
  evidence.some((e) => (e.kind === 'totp' || e.kind === 'passkey') && e.at >= since)

/** Trusts this browser when its owner asked, policy allows and a real second factor was proved just now. Oldest devices make room. */
const trust = async (tx: Tx, { secrets, random }: Deps, { journey, loaded, person, source, now }: Done) => {
  const policy = loaded.need.trustedDevice?.value
  if (!journey.trustDevice || !policy || policy.days <= 0 || policy.count <= 0) return undefined
  if (!provedSecondFactorHere(journey.evidence, journey.createdAt)) return undefined
  const others = (await tx.devices.ofPerson(person.id)).filter((d) => d.tokenHash !== journey.deviceHash)
  const same = journey.deviceHash === undefined ? undefined : await tx.devices.byToken(journey.deviceHash)
  const crowded = others.slice(Math.max(0, policy.count - 1))
  for (const old of same?.personId === person.id ? [...crowded, same] : crowded) await tx.devices.remove(old.id)
  const value = random.token()
  const expiresAt = daysLater(now, policy.days)
  const id = random.id() as DeviceId
  await tx.devices.put({
    id,
    personId: person.id,
    tokenHash: secrets.digest(value),
    label: source.userAgent.slice(0, 120),
    createdAt: now,
    lastUsedAt: now,
    expiresAt,
  })
  await tx.audit.add(
    eventOf(random, now, {
      tenancyId: person.tenancyId,
      domainId: person.domainId,
      action: 'device.trusted',
      actor: actorOf(person),
      target: { type: 'device', id, name: source.userAgent.slice(0, 120) },
      details: { days: policy.days },
      requestId: source.requestId,
    }),
  )
  return { value, expiresAt }
}

/** A device that was evidence was used. */
const noteDeviceUse = async (tx: Tx, { journey, now }: Done): Promise<void> => {
  const used = journey.evidence.some((e) => e.kind === 'trusted-device') && journey.deviceHash !== undefined
  const device = used && journey.deviceHash !== undefined ? await tx.devices.byToken(journey.deviceHash) : undefined
  if (device) await tx.devices.put({ ...device, lastUsedAt: now })
}

const MOST_GROUPS = 200
/** What a replay of this sign-in under other rules needs to know: the provider's word, and since when the device was trusted. */
const cameBy = ({ evidence, upstreamGroups }: Journey): JsonObject => {
  const device = evidence.find((e) => e.kind === 'trusted-device')
  const vouched = evidence.find((e) => e.kind === 'upstream')
  const groups = upstreamGroups?.slice(0, MOST_GROUPS).map((value) => value.slice(0, 200))
  return {
    ...(device ? { deviceTrustedAt: device.trustedAt } : {}),
    ...(vouched ? { upstream: { idp: vouched.idpId, level: vouched.level, ...(groups ? { groups } : {}) } } : {}),
  }
}

const record = (
  tx: Tx,
  random: Random,
  { journey, loaded, person, level, source, now }: Done,
  session: Session,
  levelBefore: Level | undefined,
): Promise<void> =>
  tx.audit.add(
    eventOf(random, now, {
      tenancyId: person.tenancyId,
      domainId: person.domainId,
      action: 'sign-in.succeeded',
      actor: actorOf(person),
      target: targetOf(person),
      details: {
        path: journey.path as unknown as JsonObject[],
        level,
        ...(levelBefore === undefined ? {} : { levelBefore }),
        amr: amrOf(journey.evidence),
        app: loaded.app?.name ?? null,
        needed: loaded.need.level.value,
        because: loaded.need.level.because as unknown as JsonObject,
        rules: loaded.need.applied,
        groups: loaded.groups.map((g) => g.name),
        ...cameBy(journey),
        session: session.id,
        address: source.address,
      },
      requestId: source.requestId,
    }),
  )

const load = async (tx: Tx, { secrets }: Deps, ref: JourneyRef, now: EpochMs): Promise<Done | undefined> => {
  const { journey } = await openJourney(tx, secrets, ref, now)
  const loaded = await loadFacts(tx, askingOf(journey), now)
  const step = nextStep(loaded.facts, now)
  if (step.do !== 'done' || !loaded.person) return undefined
  return { journey, loaded, person: loaded.person, level: step.level, source: ref.source, now }
}

export const finisher =
  (deps: Deps): Finish =>
  async (ref) => {
    const now = deps.clock()
    return deps.store.write(async (tx) => {
      const done = await load(tx, deps, ref, now)
      // INVARIANT: asked and taken in one transaction: nothing that nextStep saw can change in between.
      if (!done || !(await tx.journeys.take(ref.journeyId))) return undefined
      await forgetLed(tx, done.journey, now)
      const { token, session, levelBefore } = await mint(tx, deps, done)
      // One browser, one session: who signs in as somebody else leaves nobody signed in behind them.
      const before = done.journey.beganIn
      if (before !== undefined && before !== session.id)
        await endSession(tx, deps.random, before, { reason: 'replaced', at: now, requestId: ref.source.requestId })
      const deviceToken = await trust(tx, deps, done)
      await noteDeviceUse(tx, done)
      await record(tx, deps.random, done, session, levelBefore)
      return { sessionToken: token, session, deviceToken, resume: done.journey.wants.resume }
    })
  }
