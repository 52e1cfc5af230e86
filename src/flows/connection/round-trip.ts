// The round trip of a test: the real connector, there and back, for a provider that may still be switched off. Bound to the browser that
// left, so that nobody is sent to the provider by somebody else's link and shown to them.
import type { Idp } from '../../core/model/idp.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { type Check, isRefusal, type Upstream } from '../../ports/upstream.ts'
import { Problem } from '../../problem.ts'
import { actorOf, eventOf } from '../audit-event.ts'
import type { Source } from '../sign-in/api.ts'
import type { ConnectionTest, ConnectionTests, Report, TestShown } from './api.ts'
import { idOf, keepTest, keptTest, landings, STATE_PREFIX, trips } from './kept.ts'
import { acceptedReport, refusedReport } from './report.ts'

export type RoundTripDeps = {
  readonly store: Store
  readonly secrets: Pick<Secrets, 'digest' | 'same'>
  readonly clock: Clock
  readonly random: Random
  readonly upstreams: { readonly [protocol: string]: Upstream }
}
type Place = { readonly domainId: Idp['domainId']; readonly idp: string }
type Open = { readonly test: ConnectionTest; readonly idp: Idp }

/** A cookie that a journey in this browser may need for longer than a test does. */
const BROWSER_SECONDS = 1800

const opened = async (tx: Tx, id: string, { domainId, idp: name }: Place, now: EpochMs): Promise<Open | undefined> => {
  const test = await keptTest(tx, id, now)
  const idp = test && (await tx.idps.get(test.idpId))
  return test && idp?.domainId === domainId && idp.name === name ? { test, idp } : undefined
}
const shownOf = ({ test, idp }: Open): TestShown => ({
  provider: { name: idp.name, displayName: idp.displayName, enabled: idp.enabled },
  startedBy: test.startedBy,
  report: test.report,
})

/** The report becomes the test's, and goes on record without what the provider said of a person beside the subject. */
const publish = async (
  tx: Tx,
  { random }: RoundTripDeps,
  { test, idp }: Open,
  report: Report,
  source: Source,
  now: EpochMs,
): Promise<TestShown> => {
  const finished: ConnectionTest = { ...test, report }
  await keepTest(tx, finished)
  await tx.audit.add(
    eventOf(random, now, {
      tenancyId: idp.tenancyId,
      domainId: idp.domainId,
      action: 'connection-test.finished',
      reason: report.reason ?? undefined,
      actor: actorOf(undefined),
      target: { type: 'idp', id: idp.id, name: idp.name },
      details: {
        startedBy: test.startedBy,
        subject: report.said?.subject ?? null,
        level: report.level?.level ?? null,
        groups: report.groups?.grants.map((g) => g.group) ?? [],
        failed: report.checks.filter((c) => !c.ok).map((c) => c.name),
        address: source.address,
      },
      requestId: source.requestId,
    }),
  )
  return shownOf({ test: finished, idp })
}

const upstreamOf = ({ upstreams }: RoundTripDeps, { name, trust }: Idp): Upstream => {
  const upstream = upstreams[trust.protocol]
  if (!upstream) throw new Problem('not-found', `\`${name}\` speaks a protocol that is not served here`)
  return upstream
}

const leave =
  (deps: RoundTripDeps): ConnectionTests['leave'] =>
  async ({ token, browserToken, source, ...place }) => {
    const { store, secrets, random, clock } = deps
    const now = clock()
    const open = await store.read((tx) => opened(tx, idOf(secrets, token), place, now))
    if (!open) return undefined
    const state = `${STATE_PREFIX}${random.token()}`
    const wish = { state, forceFresh: false, level: 0, loginHint: undefined, uiLocales: [] }
    const begun = await upstreamOf(deps, open.idp).begin(open.idp, wish, now)
    if (isRefusal(begun))
      return { failed: await store.write((tx) => publish(tx, deps, open, refusedReport(begun, [], now), source, now)) }
    // a token of unexpected shape is replaced: one that somebody planted must not bind anything
    const browser = browserToken !== undefined && /^[\w-]{43}$/.test(browserToken) ? browserToken : random.token()
    const trip = { testId: open.test.id, browserHash: secrets.digest(browser), remember: begun.remember }
    await store.write((tx) => trips.keep(tx, secrets, state, trip, open.test.expiresAt))
    return { send: begun.send, browserToken: browser, expiresAt: secondsLater(now, BROWSER_SECONDS) }
  }

const receive =
  (deps: RoundTripDeps): ConnectionTests['receive'] =>
  async ({ state, returned, source: _source, ...place }) => {
    if (!state?.startsWith(STATE_PREFIX)) return undefined
    const { store, secrets, random, clock } = deps
    const now = clock()
    const found = await store.write(async (tx) => {
      const trip = await trips.take(tx, secrets, state, now)
      const open = trip && (await opened(tx, trip.testId, place, now))
      return trip && open && { trip, open }
    })
    if (!found)
      throw new Problem('upstream-refused', 'this answer belongs to no test that is under way, or was used before', {
        reason: 'state-mismatch',
      })
    const { idp, test } = found.open
    const checks: Check[] = []
    const answer = await upstreamOf(deps, idp).finish(idp, found.trip.remember, returned, now, (c) => checks.push(c))
    const report = isRefusal(answer)
      ? refusedReport(answer, checks, now)
      : (await usedBefore(store, idp, answer.onceOnly))
        ? refusedReport({ refused: 'replayed', detail: 'this answer was used before' }, checks, now)
        : await acceptedReport(deps, idp, answer, checks, now)
    const token = random.token()
    const { browserHash } = found.trip
    await store.write((tx) =>
      landings.keep(tx, secrets, token, { testId: test.id, browserHash, report }, test.expiresAt),
    )
    return { token }
  }

/** What a test has seen is no sign-in afterwards: the same rows as flows/sign-in/receive.ts. */
const usedBefore = (
  store: Store,
  idp: Idp,
  once: readonly { readonly key: string; readonly until: EpochMs }[],
): Promise<boolean> =>
  store.write(async (tx) => {
    let used = false
    for (const { key, until } of once) used = !(await tx.once.see(`replay:${idp.id}:${key}`, until)) || used
    return used
  })

const arrive =
  (deps: RoundTripDeps): ConnectionTests['arrive'] =>
  ({ token, browserToken, source, ...place }) =>
    deps.store.write(async (tx) => {
      const { secrets } = deps
      const now = deps.clock()
      const landed = await landings.look(tx, secrets, token, now)
      const mine =
        landed && browserToken !== undefined && secrets.same(landed.browserHash, secrets.digest(browserToken))
      const open = mine ? await opened(tx, landed.testId, place, now) : undefined
      if (!open || !landed) return undefined
      // a page that is loaded again is no second end
      return open.test.report?.at === landed.report.at
        ? shownOf(open)
        : publish(tx, deps, open, landed.report, source, now)
    })

export const connectionTests = (deps: RoundTripDeps): ConnectionTests => ({
  behind: ({ token, ...place }) =>
    deps.store.read(async (tx) => {
      const open = await opened(tx, idOf(deps.secrets, token), place, deps.clock())
      return open && shownOf(open)
    }),
  leave: leave(deps),
  receive: receive(deps),
  arrive: arrive(deps),
})
