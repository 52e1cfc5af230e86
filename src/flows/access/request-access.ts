// Asking for a group: by its id and the name of the tenancy, both obtained from somebody who may tell. A pair that does not fit is refused
// without saying which half was wrong.
import type { AccessRequest } from '../../core/model/access.ts'
import type { AccessRequestId, GroupId, PersonId, TenancyId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { isLive } from '../../core/release/attribute-bag.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { actorOf, eventOf, targetOf } from '../audit-event.ts'
import { write } from './access-letters.ts'
import { type AccessDeps, adminsOf } from './group-administration.ts'

export type AccessAsked = {
  readonly tenancy: string // its name, as a person types it
  readonly groupId: string
  readonly reason: string
  readonly until?: EpochMs
}
export type RequestAccess = (person: PersonId, asked: AccessAsked, requestId?: string) => Promise<AccessRequest>

const MOST_REASON = 1000

const noSuchGroup = (): Problem =>
  new Problem(
    'not-found',
    'no group of that id in a tenancy of that name takes requests from you: check both with your administrator',
    {
      reason: 'group-or-tenancy-unknown',
    },
  )

const checkAsked = ({ reason, until }: AccessAsked, now: EpochMs): void => {
  if (reason.trim() === '' || reason.length > MOST_REASON)
    throw new Problem('request-malformed', `expected a reason of 1 to ${MOST_REASON} characters`, { reason: 'reason' })
  if (until !== undefined && until <= now)
    throw new Problem('request-malformed', 'expected a time to come for `until`', { reason: 'until' })
}

/** Active, and in the domain whose groups it may ask for. */
export const activePerson = async (tx: Tx, id: PersonId): Promise<Person> => {
  const person = await tx.people.get(id)
  if (person?.status !== 'active') throw new Problem('sign-in-required')
  return person
}

export const accessRequester =
  ({ store, clock, random }: AccessDeps): RequestAccess =>
  (personId, asked, requestId) =>
    store.write(async (tx) => {
      const now = clock()
      checkAsked(asked, now)
      const person = await activePerson(tx, personId)
      const tenancy = await tx.tenancies.get(person.tenancyId)
      const group = await tx.groups.get(asked.groupId.trim() as GroupId)
      const fits = tenancy !== undefined && tenancy.name === asked.tenancy.trim().toLowerCase()
      if (!fits || group?.domainId !== person.domainId) throw noSuchGroup()
      const held = (await tx.memberships.ofPerson(person.id)).some((m) => m.groupId === group.id && isLive(m, now))
      if (held) throw new Problem('name-taken', `you are in \`${group.name}\` already`, { reason: 'already-a-member' })
      const request: AccessRequest = {
        id: random.id() as AccessRequestId,
        tenancyId: person.tenancyId as TenancyId,
        groupId: group.id,
        personId: person.id,
        reason: asked.reason.trim(),
        until: asked.until,
        status: 'pending',
        role: undefined,
        decidedBy: undefined,
        decidedAt: undefined,
        createdAt: now,
        version: 0,
      }
      if ((await tx.accessRequests.add(request)) === 'duplicate')
        throw new Problem('name-taken', `your request for \`${group.name}\` waits already`, { reason: 'already-asked' })
      await tx.audit.add(
        eventOf(random, now, {
          tenancyId: group.tenancyId,
          domainId: group.domainId,
          action: 'access-request.created',
          actor: actorOf(person),
          target: { type: 'group', id: group.id, name: group.name },
          after: { reason: request.reason, ...(request.until === undefined ? {} : { until: request.until }) },
          details: { accessRequestId: request.id, person: targetOf(person) },
          requestId,
        }),
      )
      for (const admin of await adminsOf(tx, group, now))
        await write(tx, random, admin, group, { kind: 'asked', by: person, reason: request.reason }, now)
      return request
    })
