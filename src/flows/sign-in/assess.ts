// Is anything owed before this browser may have what the application wants? The same question as a journey's, about a session.
import { nextStep } from '../../core/journey/next-step.ts'
import { secondsLater } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store } from '../../ports/store.ts'
import type { Assess } from './api.ts'
import { liveSession } from './live-session.ts'
import { loadFacts } from './load-facts.ts'

type Deps = { readonly store: Store; readonly secrets: Secrets; readonly clock: Clock }

/** `lastSeenAt` moves at most this often: a busy browser must not turn every request into a write. */
const TOUCH_SECONDS = 30

export const assessor =
  ({ store, secrets, clock }: Deps): Assess =>
  async ({ domainId, sessionToken, wants }) => {
    const now = clock()
    const { session, loaded } = await store.read(async (tx) => {
      const session = await liveSession(tx, secrets, domainId, sessionToken, now)
      const loaded = await loadFacts(
        tx,
        {
          domainId,
          appId: wants.appId,
          personId: session?.personId,
          identified: false,
          route: undefined,
          level: wants.level,
          freshAfter: wants.freshAfter,
          evidence: session?.evidence ?? [],
          recoveryCodesToKeep: false,
        },
        now,
      )
      return { session, loaded }
    })
    if (session && now > secondsLater(session.lastSeenAt, TOUCH_SECONDS))
      await store.write((tx) => tx.sessions.touch(session.id, now))
    return { step: nextStep(loaded.facts, now), session, person: loaded.person }
  }
