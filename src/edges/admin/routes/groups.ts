// Groups of a domain, with their tags.
import { z } from 'zod'
import type { Group } from '../../../core/model/group.ts'
import type { GroupId } from '../../../core/model/ids.ts'
import type { Domain } from '../../../core/model/tenancy.ts'
import { type GroupInput, putGroup, removeGroup } from '../../../flows/directory/write-groups.ts'
import { byName } from '../by-name.ts'
import { inDomain, targetIn } from '../in-domain.ts'
import type { Noun } from '../noun.ts'
import { nounRoutes } from '../noun-write.ts'
import type { Route } from '../route.ts'
import { description, tags } from '../shapes.ts'

type Body = Omit<GroupInput, 'name'>
const example = { description: 'Closes the books', tags: { 'org.cost-center': '4711' } }

export const group: Noun<Group, Domain, Body> = {
  tag: 'groups',
  one: 'group',
  path: '/domains/{domain}/groups',
  itemPath: '/domains/{domain}/groups/{group}',
  resourceType: 'groups',
  operations: {
    list: 'ListGroups',
    get: 'GetGroup',
    create: 'CreateGroup',
    update: 'UpdateGroup',
    delete: 'DeleteGroup',
  },
  scope: inDomain,
  find: async (tx, domain, called) => {
    const named = await tx.groups.byName(domain.id, called)
    if (named) return named
    const found = await tx.groups.get(called as GroupId)
    return found?.domainId === domain.id ? found : undefined
  },
  rows: (tx, domain) => tx.groups.list(domain.id),
  paged: byName({
    source: (tx) => tx.groups,
    keyOf: (domain) => domain.id,
    within: (row, domain) => row.domainId === domain.id,
  }),
  idOf: (row) => row.id,
  nameOf: (row) => row.name,
  target: (_tx, row, domain, standing) =>
    targetIn(domain, row, { tags: row.tags, facts: { administrative: standing.isAdministrative(row.id) } }),
  view: z.strictObject({
    id: z.string(),
    name: z.string(),
    domain: z.string(),
    description: z.string(),
    tags: z.record(z.string(), z.string()),
    system: z.boolean().describe('true: `Administrators` of the domain `default`'),
  }),
  show: (_tx, row, domain) => ({
    id: row.id,
    name: row.name,
    domain: domain.name,
    description: row.description,
    tags: row.tags ?? {},
    system: row.system,
  }),
  body: z.strictObject({ description, tags }),
  write: (work, { scope, before, name, body }) => putGroup(work, scope, before, { name, ...body }),
  remove: (work, row, domain) => removeGroup(work, domain, row),
  example: {
    body: example,
    view: { id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD', name: 'Finance', domain: 'default', ...example, system: false },
  },
}

export const groupRoutes: readonly Route[] = nounRoutes(group)
