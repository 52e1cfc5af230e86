// The one "session ended (reason)" event: ends a session once, writes it down, and queues what others must be told. Everything that
// ends a session (sign-out, password change, disabling, revocation) comes through here.
import type { Actor } from '../../core/model/audit.ts'
import type { AppId, PersonId, SessionId } from '../../core/model/ids.ts'
import type { EndReason, Participant, Session } from '../../core/model/session.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Random } from '../../ports/random.ts'
import type { Tx } from '../../ports/store.ts'
import { eventOf } from '../audit-event.ts'

export type Ending = {
  readonly reason: EndReason
  readonly at: EpochMs
  readonly exceptApp?: AppId | undefined // it knows already
  readonly requestId?: string | undefined
  /** Who ends it, when it is not the person whose session it is. */
  readonly by?: Actor | undefined
}

export const endSession = async (
  tx: Tx,
  random: Random,
  id: SessionId,
  { reason, at, exceptApp, requestId, by }: Ending,
): Promise<{ readonly ended: Session; readonly participants: readonly Participant[] } | undefined> => {
  const ended = await tx.sessions.end(id, at, reason)
  if (!ended) return undefined
  const participants = await tx.sessions.participants(id)
  const person = await tx.people.get(ended.personId)
  for (const { appId, protocol } of participants) {
    const app = protocol === 'oidc' && appId !== exceptApp ? await tx.apps.get(appId) : undefined
    if (app?.settings.protocol !== 'oidc' || app.settings.backchannelLogoutUri === undefined) continue
    await tx.outbox.add({
      id: random.id(),
      tenancyId: ended.tenancyId,
      kind: 'backchannel-logout',
      payload: { domainId: ended.domainId, appId, personId: ended.personId, sid: ended.id },
      attempts: 0,
      dueAt: at,
      lastError: undefined,
    })
  }
  await tx.audit.add(
    eventOf(random, at, {
      tenancyId: ended.tenancyId,
      domainId: ended.domainId,
      action: 'session.ended',
      actor:
        by ??
        (person
          ? { kind: 'person', id: person.id, name: person.username }
          : { kind: 'system', id: 'gwanmun', name: 'gwanmun' }),
      target: { type: 'session', id: ended.id, name: person?.username ?? '' },
      details: { why: reason, person: ended.personId, applications: participants.map((p) => p.appId) },
      requestId,
    }),
  )
  return { ended, participants }
}

export const endSessionsOf = async (
  tx: Tx,
  random: Random,
  q: { readonly personId: PersonId; readonly except: SessionId | undefined } & Ending,
): Promise<number> => {
  const live = (await tx.sessions.ofPerson(q.personId)).filter((s) => s.id !== q.except)
  for (const session of live) await endSession(tx, random, session.id, q)
  return live.length
}
