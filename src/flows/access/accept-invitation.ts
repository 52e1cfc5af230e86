// Accepting an invitation: by a new account, whose e-mail address the link has proven, or by somebody who is signed in. The account, its
// groups and roles, the spent link and the audit events are one transaction; of two who open one link, one joins.
import { type PasswordFault, passwordFaults, policyFor } from '../../core/assurance/password-policy.ts'
import type { Invitation } from '../../core/model/access.ts'
import type { Group } from '../../core/model/group.ts'
import type { DomainId, PersonId } from '../../core/model/ids.ts'
import { isDisplayName, type Person } from '../../core/model/person.ts'
import type { RoleHolder } from '../../core/model/role.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Hasher } from '../../ports/hasher.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { actorOf, eventOf, targetOf } from '../audit-event.ts'
import { isUsername, newPerson } from '../directory/new-person.ts'
import { newPassword } from '../directory/seed-people.ts'
import { recordMembership } from './group-administration.ts'
import { invitationKey, saveInvitation, stateOf } from './invite.ts'
import { writeAssignment } from './role-rows.ts'

export type AcceptDeps = {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly hasher: Hasher
  readonly secrets: Pick<Secrets, 'digest'>
  readonly isCommonPassword: (password: string) => boolean
}
export type InvitationShown = {
  readonly email: string
  readonly tenancy: string // display names
  readonly groups: readonly string[]
  readonly expiresAt: EpochMs
}
export type NotAccepted =
  | {
      readonly refused:
        | 'link-unknown'
        | 'username-malformed'
        | 'name-malformed'
        | 'username-taken'
        | 'local-sign-in-off'
    }
  | { readonly refused: 'password'; readonly faults: readonly PasswordFault[] }
export type Accepted = { readonly person: Person }
export type NewAccount = {
  readonly username: string
  readonly displayName: string
  readonly password: string
  /** In which the page was read: from now on their mails are. */
  readonly locale: string
}
export type InvitationAccepter = {
  /** Undefined: the link was used, revoked, replaced, has expired or never was. */
  readonly behind: (domain: DomainId, token: string) => Promise<InvitationShown | undefined>
  readonly acceptAsNew: (
    domain: DomainId,
    token: string,
    wanted: NewAccount,
    requestId?: string,
  ) => Promise<Accepted | NotAccepted>
  readonly acceptAs: (person: PersonId, token: string, requestId?: string) => Promise<Accepted | NotAccepted>
}

type Open = { readonly invitation: Invitation; readonly domain: Domain; readonly groups: readonly Group[] }

const openBehind = async (tx: Tx, deps: AcceptDeps, domainId: DomainId, token: string): Promise<Open | undefined> => {
  const invitation = await tx.invitations.byToken(deps.secrets.digest(invitationKey(token)))
  if (invitation?.domainId !== domainId || stateOf(invitation, deps.clock()) !== 'pending') return undefined
  const domain = await tx.domains.get(domainId)
  if (domain?.status !== 'active') return undefined
  const groups: Group[] = []
  for (const id of invitation.groups) {
    const group = await tx.groups.get(id) // one that was deleted meanwhile is not given
    if (group?.domainId === domainId) groups.push(group)
  }
  return { invitation, domain, groups }
}

const join = async (
  tx: Tx,
  deps: AcceptDeps,
  { invitation, groups }: Open,
  person: Person,
  requestId: string | undefined,
): Promise<void> => {
  const now = deps.clock()
  const actor = actorOf(person)
  const after = await saveInvitation(tx, invitation, {
    ...invitation,
    status: 'accepted',
    personId: person.id,
    decidedAt: now,
  })
  const held = await tx.memberships.ofPerson(person.id)
  for (const group of groups) {
    if (held.some((m) => m.groupId === group.id && m.provenance.kind === 'direct')) continue
    const provenance = { kind: 'direct' as const, by: `${invitation.createdBy} (invitation ${invitation.id})` }
    await tx.memberships.put({
      personId: person.id,
      groupId: group.id,
      provenance,
      role: 'user',
      since: now,
      expiresAt: undefined,
    })
    const action = 'membership.added'
    await recordMembership(tx, deps, now, { action, actor, group, person, before: undefined, after: 'user', requestId })
  }
  const holder: RoleHolder = { kind: 'person', id: person.id }
  for (const [nth, promise] of invitation.roles.entries())
    await writeAssignment({ tx, random: deps.random, now, actor, requestId }, undefined, {
      ...promise,
      holder,
      expiresAt: undefined,
      tenancyId: invitation.tenancyId,
      name: `${person.username.slice(0, 100)} invitation ${invitation.id} ${nth + 1}`,
      createdBy: invitation.createdBy,
    })
  await tx.audit.add(
    eventOf(deps.random, now, {
      tenancyId: person.tenancyId,
      domainId: person.domainId,
      action: 'invitation.accepted',
      actor,
      target: { type: 'invitation', id: invitation.id, name: invitation.email },
      before: { status: invitation.status },
      after: { status: after.status, person: person.username },
      requestId,
    }),
  )
}

const create = async (
  tx: Tx,
  deps: AcceptDeps,
  { invitation, domain }: Open,
  wanted: NewAccount & { readonly phc: string },
  requestId: string | undefined,
): Promise<Person | undefined> => {
  const now = deps.clock()
  const { username, displayName, locale } = wanted
  const { email } = invitation
  // the link was sent to this address and nowhere else
  const person = newPerson(deps.random, now, domain, { username, displayName, email, emailVerified: true, locale })
  if ((await tx.people.put(person)) === 'name-taken') return undefined
  await tx.credentials.add(newPassword(deps.random, now, person.id, wanted.phc))
  await tx.audit.add(
    eventOf(deps.random, now, {
      tenancyId: domain.tenancyId,
      domainId: domain.id,
      action: 'person.created',
      actor: actorOf(person),
      target: targetOf(person),
      after: { username, email, displayName },
      details: { by: 'invitation', invitationId: invitation.id },
      requestId,
    }),
  )
  return person
}

const faultsOf = (deps: AcceptDeps, open: Open, wanted: NewAccount): Promise<readonly PasswordFault[]> =>
  deps.store.read(async (tx) => {
    const { policy } = policyFor(await tx.passwordPolicies.list(open.domain.id), open.groups)
    const { username, displayName, password: candidate } = wanted
    const { email } = open.invitation
    return passwordFaults(policy, { candidate, username, email, displayName, isCommon: deps.isCommonPassword })
  })

export const invitationAccepter = (deps: AcceptDeps): InvitationAccepter => {
  const { store } = deps
  const opened = (domain: DomainId, token: string) => store.read((tx) => openBehind(tx, deps, domain, token))
  return {
    behind: (domainId, token) =>
      store.read(async (tx) => {
        const open = await openBehind(tx, deps, domainId, token)
        const tenancy = open && (await tx.tenancies.get(open.domain.tenancyId))
        if (!open || !tenancy) return undefined
        const { email, expiresAt } = open.invitation
        return { email, tenancy: tenancy.displayName, groups: open.groups.map((g) => g.name), expiresAt }
      }),
    acceptAsNew: async (domainId, token, wanted, requestId) => {
      if (!isUsername(wanted.username)) return { refused: 'username-malformed' }
      if (!isDisplayName(wanted.displayName)) return { refused: 'name-malformed' }
      const open = await opened(domainId, token) // before the slow hash: without a link nobody makes this server work
      if (!open) return { refused: 'link-unknown' }
      if (!open.domain.localSignIn) return { refused: 'local-sign-in-off' }
      const faults = await faultsOf(deps, open, wanted)
      if (faults.length > 0) return { refused: 'password', faults }
      const phc = await deps.hasher.hash(wanted.password)
      return store.write(async (tx): Promise<Accepted | NotAccepted> => {
        const still = await openBehind(tx, deps, domainId, token)
        if (!still) return { refused: 'link-unknown' }
        const person = await create(tx, deps, still, { ...wanted, phc }, requestId)
        if (!person) return { refused: 'username-taken' }
        await join(tx, deps, still, person, requestId)
        return { person }
      })
    },
    acceptAs: (personId, token, requestId) =>
      store.write(async (tx): Promise<Accepted | NotAccepted> => {
        const person = await tx.people.get(personId)
        if (person?.status !== 'active') return { refused: 'link-unknown' }
        const open = await openBehind(tx, deps, person.domainId, token)
        if (!open) return { refused: 'link-unknown' }
        await join(tx, deps, open, person, requestId)
        return { person }
      }),
  }
}
