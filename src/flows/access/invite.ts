// Inviting people by e-mail, with groups and roles already chosen. What is kept of the link is its digest, and sending again makes every
// older link worthless. Whoever invites can give no more than they hold; what is promised is given when it is accepted, never before.
import type { Invitation } from '../../core/model/access.ts'
import { isEmailAddress } from '../../core/model/email.ts'
import type { DomainId, GroupId, InvitationId, TenancyId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { RoleHolder } from '../../core/model/role.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Roles } from '../../core/policy/roles.ts'
import type { Random } from '../../ports/random.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem, type ProblemField } from '../../problem.ts'
import { eventOf } from '../audit-event.ts'
import type { Administer, Asking, Work } from './administer.ts'
import { refuseUngivable } from './assign-role.ts'
import { type InvitationPlace, sendInvitation } from './invitation-letter.ts'
import type { Administrator, Demand, Standing } from './permits.ts'
import { checkedRoles } from './role-input.ts'

export type InviterDeps = {
  readonly administer: Administer
  readonly roles: Roles
  readonly random: Pick<Random, 'token'>
  readonly baseUrl: string
}
export type InvitationInput = {
  readonly domainId: DomainId
  readonly email: string
  readonly locale: 'en' | 'ko' | undefined // undefined: the domain's
  readonly groups: readonly GroupId[]
  readonly roles: Invitation['roles']
  readonly validDays: number | undefined
}
/** What the caller is shown, read in the transaction that wrote it. */
type Show<T> = (tx: Tx, invitation: Invitation, now: EpochMs) => Promise<T>
export type Inviter = {
  readonly invite: <T>(who: Administrator, input: InvitationInput, show: Show<T>) => Promise<T>
  readonly resend: <T>(who: Administrator, id: InvitationId, show: Show<T>) => Promise<T>
  readonly revoke: <T>(who: Administrator, id: InvitationId, show: Show<T>) => Promise<T>
}

const DAY_SECONDS = 86_400
const DEFAULT_DAYS = 7
const MOST_DAYS = 30
export const invitationKey = (token: string): string => `invitation:${token}`
export const stateOf = ({ status, expiresAt }: Invitation, now: EpochMs): Invitation['status'] | 'expired' =>
  status === 'pending' && expiresAt <= now ? 'expired' : status

const checkInput = ({ email, validDays }: InvitationInput): void => {
  const fields: ProblemField[] = []
  if (!isEmailAddress(email))
    fields.push({ field: 'email', expected: `an e-mail address, got \`${email.slice(0, 100)}\`` })
  const days = validDays ?? DEFAULT_DAYS
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS)
    fields.push({ field: 'validDays', expected: `1 to ${MOST_DAYS} whole days` })
  if (fields.length > 0)
    throw new Problem('request-malformed', fields.map((f) => `\`${f.field}\` expects ${f.expected}`).join('; '), {
      fields,
    })
}

const placeOf = async (tx: Tx, tenancyId: TenancyId, domainId: DomainId): Promise<InvitationPlace | undefined> => {
  const tenancy = await tx.tenancies.get(tenancyId)
  const domain = await tx.domains.get(domainId)
  return tenancy && domain?.tenancyId === tenancyId ? { tenancy, domain } : undefined
}
const usable = (place: InvitationPlace | undefined): InvitationPlace => {
  if (!place) throw new Problem('not-found', 'there is no such identity domain')
  if (place.domain.status !== 'active') throw new Problem('domain-inactive')
  return place
}

const demandFor = (
  operation: 'CreateInvitation' | 'ResendInvitation' | 'RevokeInvitation',
  { id, email }: { readonly id: string; readonly email: string },
  domain: Domain | undefined,
): readonly [Demand] => [
  {
    permission: { operation, resourceType: 'invitations' },
    target: {
      id,
      name: email,
      compartmentId: domain?.compartmentId,
      facts: domain ? { 'target.domain.id': domain.id, 'target.domain.name': domain.name } : {},
    },
  },
]

/** Belonging to a group is worth what its policies grant: nobody gives it who does not hold that. */
const refuseUnheldGroups = async (tx: Tx, standing: Standing, { groups, domainId }: InvitationInput): Promise<void> => {
  for (const id of groups) {
    const group = await tx.groups.get(id)
    if (group?.domainId !== domainId)
      throw new Problem('not-found', `there is no group with the id \`${id.slice(0, 100)}\` in this domain`)
    const lacked = standing.isAdministrator ? [] : standing.lacks(id, 'gateway')
    if (lacked.length > 0 || (group.system && !standing.isAdministrator))
      throw new Problem('not-permitted', `group \`${group.name}\` grants what you do not hold`, { reason: 'not-held' })
  }
}

/** A role that an invitation may promise is one that opens nothing by itself before the person is there. */
const refuseUnheldRoles = ({ standing, now }: Work, roles: Roles, promised: Invitation['roles']): void => {
  const { asker } = standing
  if (!asker) throw new Problem('not-permitted', undefined, { reason: 'not-permitted' })
  const { catalogue, tree } = asker.snapshot
  const nobodyYet: RoleHolder = { kind: 'person', id: '' as never }
  for (const promise of promised) {
    const input = { ...promise, holder: nobodyYet, expiresAt: undefined }
    const early = checkedRoles(input, { roles, catalogue, tree, now }).find((role) => !role.invitable)
    if (early)
      throw new Problem('config-invalid', `role \`${early.name}\` is given only to people who have joined`, {
        reason: 'role-not-invitable',
      })
    refuseUngivable(standing, roles, input)
  }
}

const shownOf = (invitation: Invitation): JsonObject => ({
  email: invitation.email,
  status: invitation.status,
  groups: invitation.groups,
  roles: invitation.roles.map(({ roles, service, compartmentId }) => ({
    roles,
    service: service ?? null,
    compartmentId,
  })),
  expiresAt: invitation.expiresAt,
})

const record = (
  { tx, random, now, who }: Work,
  action: string,
  before: Invitation | undefined,
  after: Invitation,
): Promise<void> =>
  tx.audit.add(
    eventOf(random, now, {
      tenancyId: after.tenancyId,
      domainId: after.domainId,
      action,
      actor: who.actor,
      target: { type: 'invitation', id: after.id, name: after.email },
      before: before && shownOf(before),
      after: shownOf(after),
      requestId: who.requestId,
    }),
  )

const begin = (
  { random, secrets, who, now }: Work,
  input: InvitationInput,
  domain: Domain,
  token: string,
): Invitation => ({
  id: random.id() as InvitationId,
  tenancyId: who.tenancyId,
  domainId: input.domainId,
  name: input.email,
  email: input.email,
  locale: input.locale ?? domain.locale,
  groups: [...new Set(input.groups)],
  roles: input.roles,
  status: 'pending',
  tokenHash: secrets.digest(invitationKey(token)),
  personId: undefined,
  createdBy: who.actor.name,
  createdAt: now,
  sentAt: now,
  expiresAt: secondsLater(now, (input.validDays ?? DEFAULT_DAYS) * DAY_SECONDS),
  decidedAt: undefined,
  version: 0,
})

/** @throws Problem('changed-meanwhile') when it is no longer pending, or somebody else was first */
export const saveInvitation = async (tx: Tx, before: Invitation, after: Invitation): Promise<Invitation> => {
  if (before.status !== 'pending')
    throw new Problem('changed-meanwhile', `this invitation is \`${before.status}\` already`, {
      reason: 'invitation-over',
    })
  if ((await tx.invitations.save(after)) === 'stale')
    throw new Problem('changed-meanwhile', undefined, { reason: 'invitation-over' })
  return { ...after, version: after.version + 1 }
}

type Found = { readonly before: Invitation; readonly place: InvitationPlace | undefined }
/** What is not there is asked about like what is, so that nobody learns by trying. */
const asking =
  (operation: 'ResendInvitation' | 'RevokeInvitation', { tenancyId }: Administrator, id: InvitationId) =>
  async (tx: Tx): Promise<Asking<Found | undefined>> => {
    const row = await tx.invitations.get(id)
    const before = row?.tenancyId === tenancyId ? row : undefined
    const place = before && (await placeOf(tx, tenancyId, before.domainId))
    const demands = demandFor(operation, before ?? { id, email: id }, place?.domain)
    return { demands, found: before && { before, place } }
  }
const there = (found: Found | undefined): Found & { readonly place: InvitationPlace } => {
  if (!found) throw new Problem('not-found', 'there is no such invitation')
  return { before: found.before, place: usable(found.place) }
}

export const inviter = ({ administer, roles, random, baseUrl }: InviterDeps): Inviter => ({
  invite: async (who, asked, show) => {
    const input = { ...asked, email: asked.email.trim() }
    checkInput(input)
    const token = random.token()
    return administer.write(
      who,
      async (tx) => {
        const place = await placeOf(tx, who.tenancyId, input.domainId)
        return { demands: demandFor('CreateInvitation', { id: '', email: input.email }, place?.domain), found: place }
      },
      async (work, found) => {
        const place = usable(found)
        await refuseUnheldGroups(work.tx, work.standing, input)
        refuseUnheldRoles(work, roles, input.roles)
        const invitation = begin(work, input, place.domain, token)
        if ((await work.tx.invitations.add(invitation)) === 'name-taken')
          throw new Problem('name-taken', `\`${input.email}\` is invited already: resend or revoke that invitation`, {
            reason: 'already-invited',
          })
        await record(work, 'invitation.created', undefined, invitation)
        await sendInvitation(work.tx, work.random, place, invitation, { baseUrl, token, now: work.now })
        return show(work.tx, invitation, work.now)
      },
    )
  },
  resend: (who, id, show) => {
    const token = random.token()
    return administer.write(who, asking('ResendInvitation', who, id), async (work, found) => {
      const { before, place } = there(found)
      const { tx, now, secrets } = work
      const after = await saveInvitation(tx, before, {
        ...before,
        tokenHash: secrets.digest(invitationKey(token)),
        sentAt: now,
        expiresAt: now + (before.expiresAt - before.sentAt),
      })
      await record(work, 'invitation.resent', before, after)
      await sendInvitation(tx, work.random, place, after, { baseUrl, token, now })
      return show(work.tx, after, work.now)
    })
  },
  revoke: (who, id, show) =>
    administer.write(who, asking('RevokeInvitation', who, id), async (work, found) => {
      const { before } = there(found)
      const after = await saveInvitation(work.tx, before, { ...before, status: 'revoked', decidedAt: work.now })
      await record(work, 'invitation.revoked', before, after)
      return show(work.tx, after, work.now)
    }),
})
