// Dynamic groups of a domain: a name and a matching rule.
import { z } from 'zod'
import type { DynamicGroupId } from '../../../core/model/ids.ts'
import type { Domain } from '../../../core/model/tenancy.ts'
import type { DynamicGroup } from '../../../core/model/workload.ts'
import {
  type DynamicGroupInput,
  putDynamicGroup,
  removeDynamicGroup,
} from '../../../flows/directory/write-dynamic-groups.ts'
import { inDomain, targetIn } from '../in-domain.ts'
import type { Noun } from '../noun.ts'
import { nounRoutes } from '../noun-write.ts'
import type { Route } from '../route.ts'
import { description, text, whenOf } from '../shapes.ts'

type Body = Omit<DynamicGroupInput, 'name'>
const body = { description: 'The build machines', rule: "ANY {instance.compartment.id = '01JCXM4ZV7Q2T8N5R3W6Y9B0KC'}" }

const dynamicGroup: Noun<DynamicGroup, Domain, Body> = {
  tag: 'dynamic groups',
  one: 'dynamic group',
  path: '/domains/{domain}/dynamic-groups',
  itemPath: '/domains/{domain}/dynamic-groups/{dynamicGroup}',
  resourceType: 'dynamic-groups',
  operations: {
    list: 'ListDynamicGroups',
    get: 'GetDynamicGroup',
    create: 'CreateDynamicGroup',
    update: 'UpdateDynamicGroup',
    delete: 'DeleteDynamicGroup',
  },
  scope: inDomain,
  find: async (tx, domain, called) => {
    const named = await tx.dynamicGroups.byName(domain.id, called)
    if (named) return named
    const found = await tx.dynamicGroups.get(called as DynamicGroupId)
    return found?.domainId === domain.id ? found : undefined
  },
  rows: (tx, domain) => tx.dynamicGroups.list(domain.id),
  idOf: (row) => row.id,
  nameOf: (row) => row.name,
  target: (_tx, row, domain) => targetIn(domain, row),
  view: z.strictObject({
    id: z.string(),
    name: z.string(),
    domain: z.string(),
    description: z.string(),
    rule: z.string(),
    createdAt: z.string(),
    updatedAt: z.string(),
  }),
  show: (_tx, row, domain) => ({
    id: row.id,
    name: row.name,
    domain: domain.name,
    description: row.description,
    rule: row.rule,
    createdAt: whenOf(row.createdAt),
    updatedAt: whenOf(row.updatedAt),
  }),
  body: z.strictObject({ description, rule: text(10_000).min(1) }),
  write: (work, { scope, before, name, body: document }) => putDynamicGroup(work, scope, before, { name, ...document }),
  remove: (work, row, domain) => removeDynamicGroup(work, domain, row),
  example: {
    body,
    view: {
      id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
      name: 'builders',
      domain: 'default',
      ...body,
      createdAt: '2030-01-16T12:00:00.000Z',
      updatedAt: '2030-01-16T12:00:00.000Z',
    },
  },
}

export const dynamicGroupRoutes: readonly Route[] = nounRoutes(dynamicGroup)
