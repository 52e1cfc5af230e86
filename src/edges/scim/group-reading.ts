// The Groups of a domain and who is in them, found and shown. A group may have very many members: they are read only where an answer shows them.
import type { Group } from '../../core/model/group.ts'
import type { GroupId, PersonId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import { isLive } from '../../core/release/attribute-bag.ts'
import { group as type } from '../../core/scim/group-schema.ts'
import { projected, shows } from '../../core/scim/project.ts'
import type { Asking, Eyes } from '../../flows/access/administer.ts'
import type { Demand, Permission, Standing, Target } from '../../flows/access/permits.ts'
import type { Tx } from '../../ports/store.ts'
import { targetIn } from '../admin/in-domain.ts'
import { groupTarget } from '../admin/routes/members.ts'
import {
  type Call,
  domainNow,
  isReference,
  notThere,
  type Query,
  type Reply,
  type ScimEdge,
  tagMatches,
} from './call.ts'
import type { Source } from './find.ts'
import { groupDocument, groupTag } from './group-document.ts'
import { pageOf } from './pages.ts'

export const may = (operation: string): Permission => ({ operation, resourceType: 'groups' })
const members: Permission = { operation: 'ListGroupMemberships', resourceType: 'group-memberships' }
/** A page of groups ends early when it shows this many members. */
const MOST_MEMBERS = 50_000
const AT_ONCE = 500

const groupIn = async (tx: Tx, domain: Domain, id: string): Promise<Group | undefined> => {
  const group = isReference(id) ? await tx.groups.get(id as GroupId) : undefined
  return group?.domainId === domain.id ? group : undefined
}
const targetOf = (domain: Domain, group: Group, standing: Standing): Target =>
  targetIn(domain, group, { tags: group.tags, facts: { administrative: standing.isAdministrative(group.id) } })
export const everywhere = (domain: Domain): Target => targetIn(domain, { id: '', name: '' })

export type There = { readonly domain: Domain; readonly group: Group | undefined }
export const asking = async (
  tx: Tx,
  standing: Standing,
  call: Call,
  id: string,
  operation: string,
): Promise<Asking<There>> => {
  const domain = await domainNow(tx, call)
  const group = await groupIn(tx, domain, id)
  const target = group ? targetOf(domain, group, standing) : targetIn(domain, { id, name: id })
  return { demands: [{ permission: may(operation), target }], found: { domain, group } }
}
export const thereIn = ({ group }: There, id: string): Group => {
  if (!group) throw notThere('group', id)
  return group
}

/** Asked about this one group: a list operation names no resource, so that no condition about the group or its domain could hold. */
const membersDemand = async (
  tx: Tx,
  standing: Standing,
  { domain, group, id }: { readonly domain: Domain; readonly group: Group | undefined; readonly id: string },
): Promise<Demand> => ({
  permission: { ...members, operation: standing.listed(members) },
  target: group ? await groupTarget(tx, { domain, group }, undefined, standing) : targetIn(domain, { id, name: id }),
})
/** Undefined: the caller may not know. */
export const seenMembersOf = async (
  tx: Tx,
  standing: Standing,
  domain: Domain,
  group: Group,
): Promise<readonly string[] | undefined> =>
  standing.may(await membersDemand(tx, standing, { domain, group, id: group.id }))
    ? memberIdsOf(tx, group, standing.asker?.now ?? 0)
    : undefined

/** Everybody who is in it now, for whatever reason. */
export const memberIdsOf = async (tx: Tx, { id }: Group, now: number): Promise<readonly string[]> => [
  ...new Set((await tx.memberships.ofGroup(id)).filter((m) => isLive(m, now)).map((m) => m.personId)),
]

/** With members it has an entity tag: without them nothing is known of who is in it. */
export const shownWith = (
  { secrets }: ScimEdge,
  { base, projection }: Pick<Call, 'base' | 'projection'>,
  group: Group,
  members: readonly string[] | undefined,
): { readonly body: JsonObject; readonly etag: string | undefined } => {
  const document = groupDocument(group, base, members)
  const etag = members && groupTag(secrets.digest, group, members)
  const meta = { ...(document.meta as JsonObject), ...(etag === undefined ? {} : { version: etag }) }
  return { body: projected(type, { ...document, meta }, projection), etag }
}

const sourceOf = (tx: Tx, call: Call, domain: Domain, eyes: Eyes): Source<Group> => ({
  type,
  keys: ['id', 'externalId', 'displayName', 'members.value'],
  lookUp: async (key, value) => {
    if (key === 'externalId') return tx.groups.byExternalId(domain.id, value)
    if (key === 'members.value') {
      const groups: Group[] = []
      for (const { groupId } of isReference(value) ? await tx.memberships.ofPerson(value as PersonId) : []) {
        const group = await groupIn(tx, domain, groupId)
        if (group) groups.push(group)
      }
      return groups
    }
    const one = key === 'id' ? await groupIn(tx, domain, value) : await tx.groups.byName(domain.id, value)
    return one ? [one] : []
  },
  count: () => tx.groups.count(domain.id),
  window: (skip, limit) => tx.groups.page(domain.id, undefined, limit, { skip }),
  async *parts(from) {
    for (let after = from && { id: from.id as GroupId, name: from.name }, more = true; more; ) {
      const part = await tx.groups.page(domain.id, after, AT_ONCE)
      yield part
      after = part.at(-1)
      more = part.length === AT_ONCE
    }
  },
  idOf: ({ id }) => id,
  nameOf: ({ name }) => name,
  visible: async (group) => eyes.visible(targetOf(domain, group, eyes.standing)),
  document: async (group, filter) =>
    groupDocument(
      group,
      call.base,
      /members/i.test(filter) ? await seenMembersOf(tx, eyes.standing, domain, group) : undefined,
    ),
  seesAll: eyes.standing.may({ permission: may('GetGroup'), target: everywhere(domain) }),
})

export const listGroups = (edge: ScimEdge) => (call: Call, query: Query) =>
  edge.administer.list(
    call.who,
    async (tx) => {
      const domain = await domainNow(tx, call)
      return { permission: may('GetGroup'), place: everywhere(domain), found: domain }
    },
    async (tx, domain, eyes): Promise<Reply> => {
      const { rows, body } = await pageOf(edge, domain, sourceOf(tx, call, domain, eyes), query)
      const withMembers = shows(type, 'members', call.projection)
      const resources: JsonObject[] = []
      let shown = 0
      for (const row of rows) {
        const ids = withMembers ? await seenMembersOf(tx, eyes.standing, domain, row) : undefined
        shown += ids?.length ?? 0
        if (shown > MOST_MEMBERS && resources.length > 0) break
        resources.push(shownWith(edge, call, row, ids).body)
      }
      return { status: 200, body: body(resources) }
    },
  )

export const getGroup = (edge: ScimEdge) => (call: Call, id: string) => {
  const withMembers = shows(type, 'members', call.projection)
  return edge.administer.read<There, Reply>(
    call.who,
    async (tx, standing) => {
      const asked = await asking(tx, standing, call, id, 'GetGroup')
      if (!withMembers) return asked
      return { ...asked, demands: [...asked.demands, await membersDemand(tx, standing, { ...asked.found, id })] }
    },
    async (tx, there, now) => {
      const group = thereIn(there, id)
      const { body, etag } = shownWith(edge, call, group, withMembers ? await memberIdsOf(tx, group, now) : undefined)
      const { ifNoneMatch } = call.conditions
      if (etag !== undefined && ifNoneMatch !== undefined && tagMatches(ifNoneMatch, etag)) return { status: 304, etag }
      return { status: 200, body, etag, location: `${call.base}${type.endpoint}/${id}` }
    },
  )
}
