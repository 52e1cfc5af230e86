// Groups as a signed-in person meets them: what they asked for, which groups they administer and who waits there. Each act is one of
// flows/access, done as the person behind the session.
import type { AccessRequest } from '../../core/model/access.ts'
import type { AccessRequestId, GroupId, PersonId } from '../../core/model/ids.ts'
import type { Secrets } from '../../ports/secrets.ts'
import { Problem } from '../../problem.ts'
import { type AccessDecision, requestDecider, requestWithdrawer } from '../access/decide-request.ts'
import type { AccessDeps, MemberRole } from '../access/group-administration.ts'
import { type AdministeredGroup, groupMembers } from '../access/group-members.ts'
import { type AccessAsked, accessRequester } from '../access/request-access.ts'
import type { AccountRef } from './api.ts'
import { ownSession } from './own-session.ts'

export type OwnRequest = Pick<AccessRequest, 'id' | 'reason' | 'status' | 'role' | 'createdAt' | 'until'> & {
  readonly group: string
}
export type AccessView = {
  readonly tenancy: string
  readonly requests: readonly OwnRequest[]
  readonly administered: readonly AdministeredGroup[]
}
export type AccessFlows = {
  /** Undefined: the session is over. */
  view(ref: AccountRef): Promise<AccessView | undefined>
  ask(ref: AccountRef, asked: AccessAsked): Promise<void>
  withdraw(ref: AccountRef, id: AccessRequestId): Promise<void>
  decide(ref: AccountRef, id: AccessRequestId, decision: AccessDecision): Promise<void>
  editRole(ref: AccountRef, group: GroupId, member: PersonId, role: MemberRole): Promise<void>
  removeMember(ref: AccountRef, group: GroupId, member: PersonId): Promise<void>
}

export const accessFlows = (deps: AccessDeps & { readonly secrets: Secrets }): AccessFlows => {
  const { store, secrets, clock } = deps
  const ask = accessRequester(deps)
  const withdraw = requestWithdrawer(deps)
  const decide = requestDecider(deps)
  const members = groupMembers(deps)
  const me = async (ref: AccountRef): Promise<PersonId> => {
    const own = await store.read((tx) => ownSession(tx, secrets, ref, clock()))
    if (!own) throw new Problem('sign-in-required')
    return own.person.id
  }
  return {
    view: async (ref) => {
      const seen = await store.read(async (tx) => {
        const own = await ownSession(tx, secrets, ref, clock())
        const tenancy = own && (await tx.tenancies.get(own.person.tenancyId))
        if (!own || !tenancy) return undefined
        const requests: OwnRequest[] = []
        for (const request of await tx.accessRequests.ofPerson(own.person.id)) {
          const { id, reason, status, role, createdAt, until } = request
          const group = (await tx.groups.get(request.groupId))?.name ?? request.groupId
          requests.push({ id, reason, status, role, createdAt, until, group })
        }
        return { person: own.person.id, tenancy: tenancy.name, requests }
      })
      return seen && { ...seen, administered: await members.administered(seen.person) }
    },
    ask: async (ref, asked) => {
      await ask(await me(ref), asked, ref.source.requestId)
    },
    withdraw: async (ref, id) => {
      await withdraw(await me(ref), id, ref.source.requestId)
    },
    decide: async (ref, id, decision) => {
      await decide(await me(ref), id, decision, ref.source.requestId)
    },
    editRole: async (ref, group, member, role) =>
      members.editRole(await me(ref), group, member, role, ref.source.requestId),
    removeMember: async (ref, group, member) =>
      members.removeMember(await me(ref), group, member, ref.source.requestId),
  }
}
