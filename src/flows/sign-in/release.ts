// The attributes an application is told: from the person and the live groups, every time anew. Cuts off whoever is gone or disabled.
import type { AppId, PersonId, SessionId } from '../../core/model/ids.ts'
import type { Participant } from '../../core/model/session.ts'
import { release } from '../../core/release/attribute-bag.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import { groupsOf } from '../directory/groups-of.ts'
import type { Join, Release } from './api.ts'
import { isAlive } from './live-session.ts'

type Deps = { readonly store: Store; readonly clock: Clock }

export const releaser =
  ({ store, clock }: Deps): Release =>
  ({ appId, personId, sessionId }: { appId: AppId; personId: PersonId; sessionId: SessionId | undefined }) =>
    store.read(async (tx) => {
      const now = clock()
      const app = await tx.apps.get(appId)
      const person = await tx.people.get(personId)
      if (!app?.enabled || !person || person.status !== 'active' || !app.domainIds.includes(person.domainId))
        return undefined
      const domain = await tx.domains.get(person.domainId)
      if (domain?.status !== 'active') return undefined
      const session = sessionId === undefined ? undefined : await tx.sessions.get(sessionId)
      if (sessionId !== undefined && !(session?.personId === personId && isAlive(session, domain, now)))
        return undefined
      const memberships = await tx.memberships.ofPerson(personId)
      const groups = await groupsOf(tx, domain.id, memberships)
      return {
        ...release({ person, memberships, groups, app, evidence: session?.evidence ?? [] }, now),
        sid: session?.id,
      }
    })

export const joiner =
  ({ store }: Pick<Deps, 'store'>): Join =>
  (participant: Participant) =>
    store.write((tx) => tx.sessions.join(participant))
