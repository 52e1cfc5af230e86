// The person behind a session's cookie, for everything on the account pages, and whether what the session proved is fresh enough for
// something that an open laptop must not be able to do.
import { type Level, levelOf } from '../../core/assurance/level.ts'
import type { Credential } from '../../core/model/credential.ts'
import type { Person } from '../../core/model/person.ts'
import type { Session } from '../../core/model/session.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { liveSession } from '../sign-in/live-session.ts'
import { type Loaded, loadFacts } from '../sign-in/load-facts.ts'
import type { AccountRef, Prove } from './api.ts'

export type Own = { readonly session: Session; readonly person: Person; readonly loaded: Loaded }

/** Undefined: the session is over, or its person may no longer sign in. */
export const ownSession = async (
  tx: Tx,
  secrets: Secrets,
  ref: Pick<AccountRef, 'domainId' | 'sessionToken'>,
  now: EpochMs,
): Promise<Own | undefined> => {
  const session = await liveSession(tx, secrets, ref.domainId, ref.sessionToken, now)
  if (!session) return undefined
  const loaded = await loadFacts(
    tx,
    {
      domainId: ref.domainId,
      appId: undefined,
      personId: session.personId,
      identified: true,
      route: undefined,
      level: 0,
      freshAfter: undefined,
      evidence: session.evidence,
      recoveryCodesToKeep: false,
    },
    now,
  )
  return loaded.person?.status === 'active' ? { session, person: loaded.person, loaded } : undefined
}

/** Who is behind a session that is alive; whether it owes anything is not asked here. */
export type OwnPerson = (ref: Pick<AccountRef, 'domainId' | 'sessionToken'>) => Promise<Person | undefined>
export const ownPerson =
  ({
    store,
    secrets,
    clock,
  }: {
    readonly store: Pick<Store, 'read'>
    readonly secrets: Secrets
    readonly clock: Clock
  }): OwnPerson =>
  (ref) =>
    store.read(async (tx) => (await ownSession(tx, secrets, ref, clock()))?.person)

/** A change of factors needs what an attacker with the open browser does not have: as much as the person can prove, just now. */
const FRESH_SECONDS = 600

const provable = (credentials: readonly Credential[]): Level =>
  credentials.some((c) => c.data.kind === 'totp' || c.data.kind === 'passkey') ? 2 : 1

export const owedFirst = ({ session, loaded }: Own, now: EpochMs): Prove | undefined => {
  const level = provable(loaded.credentials)
  const since = secondsLater(now, -FRESH_SECONDS)
  const fresh = session.evidence.filter((e) => e.at >= since)
  return levelOf(fresh) >= level ? undefined : { kind: 'prove-first', level, freshAfter: now }
}
