// The Groups of a domain, made, changed and removed. A change of a few members looks at those few, and asks about each of them.
import type { Group } from '../../core/model/group.ts'
import type { GroupId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import { group as type } from '../../core/scim/group-schema.ts'
import { type MemberChange, memberIds, splitMembers } from '../../core/scim/members.ts'
import { patched } from '../../core/scim/patch.ts'
import { shows } from '../../core/scim/project.ts'
import { readDocument } from '../../core/scim/read-document.ts'
import type { Work } from '../../flows/access/administer.ts'
import type { Demand, Standing } from '../../flows/access/permits.ts'
import { carryOutMembers, type MembersPlan, planMembers } from '../../flows/directory/provision-members.ts'
import { type GroupInput, putGroup, removeGroup } from '../../flows/directory/write-groups.ts'
import type { Tx } from '../../ports/store.ts'
import { targetIn } from '../admin/in-domain.ts'
import { groupTarget } from '../admin/routes/members.ts'
import { type Call, domainNow, type Reply, type Resource, refuseStale, type ScimEdge, sound } from './call.ts'
import { groupDocument, groupInput, groupTag } from './group-document.ts'
import {
  asking,
  getGroup,
  listGroups,
  may,
  memberIdsOf,
  seenMembersOf,
  shownWith,
  type There,
  thereIn,
} from './group-reading.ts'
import { patchBody, resourceBody } from './read-body.ts'

/** One question for each person who comes or goes: it is about both sides. */
const memberDemands = async (
  tx: Tx,
  standing: Standing,
  domain: Domain,
  group: Group,
  plan: MembersPlan,
): Promise<readonly Demand[]> => {
  const demands: Demand[] = []
  for (const [operation, people] of [
    ['AddUserToGroup', plan.add],
    ['RemoveUserFromGroup', plan.remove],
  ] as const)
    for (const person of people)
      demands.push({ permission: may(operation), target: await groupTarget(tx, { domain, group }, person, standing) })
  return demands
}

type Wanted = { readonly input: GroupInput; readonly members: readonly MemberChange[] }
type Planned = There & { readonly wanted: Wanted | undefined; readonly plan: MembersPlan | undefined }
const nobody: MembersPlan = { add: [], remove: [], kept: [] }

/** What was answered after a change shows members only where the caller may see them. */
const replyAfter = async (edge: ScimEdge, call: Call, work: Work, group: Group, status: number): Promise<Reply> => {
  const { tx, standing } = work
  const domain = await domainNow(tx, call)
  const ids = shows(type, 'members', call.projection) ? await seenMembersOf(tx, standing, domain, group) : undefined
  const { body, etag } = shownWith(edge, call, group, ids)
  return { status, body, etag, location: `${call.base}${type.endpoint}/${group.id}` }
}

/** As questions about it see it before it has an id. */
const newGroup = ({ id: domainId, tenancyId }: Domain, input: GroupInput): Group => ({
  id: input.name as GroupId,
  tenancyId,
  domainId,
  name: input.name,
  description: '',
  system: false,
})

const create = (edge: ScimEdge) => async (call: Call, body: unknown) => {
  const sent = resourceBody(type, body)
  const input = groupInput(sound(readDocument(type, withoutMembers(sent))), undefined)
  const ids = sound(memberIds(membersOf(sent)))
  const adds: readonly MemberChange[] = ids.length === 0 ? [] : [{ op: 'add', ids }]
  return edge.administer.write<{ domain: Domain; plan: MembersPlan }, Reply>(
    call.who,
    async (tx, standing) => {
      const domain = await domainNow(tx, call)
      const target = targetIn(domain, { id: input.name, name: input.name })
      const first: Demand = { permission: may('CreateGroup'), target }
      if (!standing.may(first)) return { demands: [first], found: { domain, plan: nobody } }
      const plan = await planMembers(tx, domain, undefined, adds, 0)
      const made = newGroup(domain, input)
      const more = await memberDemands(tx, standing, domain, made, plan)
      return { demands: [first, ...more], found: { domain, plan } }
    },
    async (work, { domain, plan }) => {
      const group = await putGroup(work, domain, undefined, input)
      await carryOutMembers(work, group, plan)
      return replyAfter(edge, call, work, group, 201)
    },
  )
}

const changing = (
  edge: ScimEdge,
  call: Call,
  id: string,
  wanted: (group: Group) => Wanted,
  reply: (work: Work, group: Group) => Promise<Reply>,
) =>
  edge.administer.write<Planned, Reply>(
    call.who,
    async (tx, standing) => {
      const asked = await asking(tx, standing, call, id, 'UpdateGroup')
      const { domain, group } = asked.found
      const [first] = asked.demands
      // whoever may do neither is told nothing of the group
      if (!group || !standing.may(first))
        return { ...asked, found: { ...asked.found, wanted: undefined, plan: undefined } }
      const want = wanted(group)
      const plan = await planMembers(tx, domain, group, want.members, standing.asker?.now ?? 0)
      const more = await memberDemands(tx, standing, domain, group, plan)
      return { demands: [first, ...more], found: { domain, group, wanted: want, plan } }
    },
    async (work, { domain, group: before, wanted: want, plan }) => {
      const group = thereIn({ domain, group: before }, id)
      await refuseStale(call.conditions, async () =>
        groupTag(edge.secrets.digest, group, await memberIdsOf(work.tx, group, work.now)),
      )
      const after = want ? await putGroup(work, domain, group, want.input) : group
      await carryOutMembers(work, after, plan ?? nobody)
      return reply(work, after)
    },
  )

const replace = (edge: ScimEdge) => async (call: Call, id: string, body: unknown) => {
  const sent = resourceBody(type, body)
  const document = sound(readDocument(type, withoutMembers(sent)))
  const ids = sound(memberIds(membersOf(sent)))
  const wanted = (group: Group): Wanted => ({
    input: groupInput(document, group),
    members: [{ op: 'replace', ids }],
  })
  return changing(edge, call, id, wanted, (work, group) => replyAfter(edge, call, work, group, 200))
}

const patch = (edge: ScimEdge) => async (call: Call, id: string, body: unknown) => {
  const { rest, members } = sound(splitMembers(type, patchBody(body)))
  const wanted = (group: Group): Wanted => ({
    input: groupInput(sound(patched(type, groupDocument(group, call.base, undefined), rest)), group),
    members,
  })
  // A body only where one was asked for: everybody in the group, for one who came, would cost more with each (RFC 7644 §3.5.2).
  return changing(edge, call, id, wanted, async (work, group) =>
    call.projection.only === undefined ? { status: 204 } : replyAfter(edge, call, work, group, 200),
  )
}

const remove = (edge: ScimEdge) => (call: Call, id: string) =>
  edge.administer.write<There, Reply>(
    call.who,
    (tx, standing) => asking(tx, standing, call, id, 'DeleteGroup'),
    async (work, there) => {
      const group = thereIn(there, id)
      await refuseStale(call.conditions, async () =>
        groupTag(edge.secrets.digest, group, await memberIdsOf(work.tx, group, work.now)),
      )
      await removeGroup(work, there.domain, group)
      return { status: 204 }
    },
  )

const isMembers = (key: string): boolean => key.toLowerCase() === 'members'
const membersOf = (body: JsonObject): unknown => Object.entries(body).find(([key]) => isMembers(key))?.[1]
const withoutMembers = (body: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(body).filter(([key]) => !isMembers(key)))

export const groups = (edge: ScimEdge): Resource => ({
  list: listGroups(edge),
  get: getGroup(edge),
  create: create(edge),
  replace: replace(edge),
  patch: patch(edge),
  remove: remove(edge),
})
