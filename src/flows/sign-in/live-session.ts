// Which session does a cookie name, and is it still alive? The one definition of alive.
import type { DomainId } from '../../core/model/ids.ts'
import type { Session } from '../../core/model/session.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Tx } from '../../ports/store.ts'

export const isAlive = (session: Session, domain: Pick<Domain, 'session'>, now: EpochMs): boolean =>
  session.endedAt === undefined &&
  now < session.expiresAt &&
  now < secondsLater(session.lastSeenAt, domain.session.idleSeconds)

export const liveSession = async (
  tx: Tx,
  secrets: Pick<Secrets, 'digest'>,
  domainId: DomainId,
  token: string | undefined,
  now: EpochMs,
): Promise<Session | undefined> => {
  if (token === undefined || token === '') return undefined
  const session = await tx.sessions.byToken(secrets.digest(token))
  // A cookie of another domain on the same host is not ours to honour, whatever its name.
  if (session?.domainId !== domainId) return undefined
  const domain = await tx.domains.get(domainId)
  return domain && isAlive(session, domain, now) ? session : undefined
}
