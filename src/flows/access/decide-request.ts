// Deciding on an access request, once: by somebody who administers the group and is not the one who asked. The membership, the decision,
// its audit event and the mail to the person are one transaction.
import type { AccessRequest } from '../../core/model/access.ts'
import type { Actor } from '../../core/model/audit.ts'
import type { Group } from '../../core/model/group.ts'
import type { AccessRequestId, PersonId, TenancyId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { actorOf, eventOf } from '../audit-event.ts'
import { write } from './access-letters.ts'
import { type AccessDeps, administered, type MemberRole, recordMembership } from './group-administration.ts'
import { activePerson } from './request-access.ts'

export type AccessDecision =
  | { readonly approve: true; readonly role: MemberRole; readonly until?: EpochMs }
  | { readonly approve: false }
export type DecideRequest = (
  decider: PersonId,
  id: AccessRequestId,
  decision: AccessDecision,
  requestId?: string,
) => Promise<AccessRequest>
export type WithdrawRequest = (person: PersonId, id: AccessRequestId, requestId?: string) => Promise<AccessRequest>

const decided = (status: AccessRequest['status']): Problem =>
  new Problem('changed-meanwhile', `this request is \`${status}\` already: a request is decided once`, {
    reason: 'already-decided',
  })

const settle = async (tx: Tx, before: AccessRequest, after: AccessRequest): Promise<AccessRequest> => {
  if (before.status !== 'pending') throw decided(before.status)
  if ((await tx.accessRequests.save(after)) === 'stale') throw decided('approved')
  return { ...after, version: after.version + 1 }
}

const found = async (tx: Tx, tenancyId: TenancyId, id: AccessRequestId): Promise<AccessRequest> => {
  const request = await tx.accessRequests.get(id)
  if (request?.tenancyId !== tenancyId) throw new Problem('not-found', 'there is no such access request')
  return request
}

/** Sooner of what was asked for and what is given. */
const endOf = (asked: EpochMs | undefined, given: EpochMs | undefined): EpochMs | undefined =>
  given === undefined ? asked : asked === undefined ? given : Math.min(asked, given)

/** Who decides: a person who administers the group, or a program that the policies let decide. */
export type Decider = { readonly actor: Actor; readonly personId: PersonId | undefined }

type Settled = {
  readonly request: AccessRequest
  readonly group: Group
  readonly person: Person
  readonly by: Actor
  readonly requestId: string | undefined
}

const admit = async (
  tx: Tx,
  deps: Pick<AccessDeps, 'random'>,
  now: EpochMs,
  { request, group, person, by, requestId }: Settled,
  { role, until }: { readonly role: MemberRole; readonly until: EpochMs | undefined },
): Promise<void> => {
  if (until !== undefined && until <= now)
    throw new Problem('request-malformed', 'the time that was asked for is over: give another `until`', {
      reason: 'until',
    })
  await tx.memberships.put({
    personId: person.id,
    groupId: group.id,
    provenance: { kind: 'direct', by: `${by.name} (access request ${request.id})` },
    role,
    since: now,
    expiresAt: until,
  })
  const action = 'membership.added'
  await recordMembership(tx, deps, now, {
    action,
    actor: by,
    group,
    person,
    before: undefined,
    after: role,
    until,
    requestId,
  })
}

const record = (
  tx: Tx,
  { random }: Pick<AccessDeps, 'random'>,
  now: EpochMs,
  { request, group, person, by, requestId }: Settled,
  after: AccessRequest,
): Promise<void> =>
  tx.audit.add(
    eventOf(random, now, {
      tenancyId: group.tenancyId,
      domainId: group.domainId,
      action: `access-request.${after.status}`,
      actor: by,
      target: { type: 'group', id: group.id, name: group.name },
      before: { status: request.status },
      after: { status: after.status, ...(after.role === undefined ? {} : { role: after.role }) },
      details: { accessRequestId: request.id, person: { id: person.id, name: person.username } },
      requestId,
    }),
  )

/** In a transaction that the caller owns, and in which it was asked whether this decider may decide for this group. */
export const decideIn = async (
  tx: Tx,
  deps: Pick<AccessDeps, 'random'>,
  now: EpochMs,
  what: {
    readonly request: AccessRequest
    readonly group: Group
    readonly by: Decider
    readonly decision: AccessDecision
    readonly requestId: string | undefined
  },
): Promise<AccessRequest> => {
  const { request, group, by, decision, requestId } = what
  if (request.personId === by.personId)
    throw new Problem('not-permitted', 'nobody decides on a request of their own: ask another administrator', {
      reason: 'own-request',
    })
  const person = await tx.people.get(request.personId)
  if (!person) throw new Problem('not-found', 'whoever asked is gone')
  const role = decision.approve ? decision.role : undefined
  const until = decision.approve ? endOf(request.until, decision.until) : undefined
  const after = await settle(tx, request, {
    ...request,
    status: decision.approve ? 'approved' : 'denied',
    role,
    decidedBy: by.actor.name,
    decidedAt: now,
  })
  const settled = { request, group, person, by: by.actor, requestId }
  await record(tx, deps, now, settled, after)
  if (role === undefined) await write(tx, deps.random, person, group, { kind: 'denied' }, now)
  else {
    await admit(tx, deps, now, settled, { role, until })
    await write(tx, deps.random, person, group, { kind: 'approved', role, until }, now)
  }
  return after
}

export const requestDecider =
  (deps: AccessDeps): DecideRequest =>
  (deciderId, id, decision, requestId) =>
    deps.store.write(async (tx) => {
      const now = deps.clock()
      const admin = await activePerson(tx, deciderId)
      const request = await found(tx, admin.tenancyId, id)
      const group = await administered(tx, admin.tenancyId, request.groupId, admin.id, now)
      const by = { actor: actorOf(admin), personId: admin.id }
      return decideIn(tx, deps, now, { request, group, by, decision, requestId })
    })

export const requestWithdrawer =
  ({ store, clock, random }: AccessDeps): WithdrawRequest =>
  (personId, id, requestId) =>
    store.write(async (tx) => {
      const now = clock()
      const person = await activePerson(tx, personId)
      const request = await found(tx, person.tenancyId, id)
      if (request.personId !== person.id) throw new Problem('not-found', 'there is no such access request')
      const after = await settle(tx, request, {
        ...request,
        status: 'withdrawn',
        decidedBy: person.username,
        decidedAt: now,
      })
      await tx.audit.add(
        eventOf(random, now, {
          tenancyId: person.tenancyId,
          domainId: person.domainId,
          action: 'access-request.withdrawn',
          actor: actorOf(person),
          target: { type: 'group', id: request.groupId, name: request.groupId },
          details: { accessRequestId: request.id },
          requestId,
        }),
      )
      return after
    })
