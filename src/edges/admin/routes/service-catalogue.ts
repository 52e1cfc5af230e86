// Services that applications register: the resource-types, permissions and operations that policies and questions may then name.
import { z } from 'zod'
import type { RegisteredServiceId, TenancyId } from '../../../core/model/ids.ts'
import type { RegisteredService } from '../../../core/model/resource.ts'
import type { CatalogueData } from '../../../core/policy/catalogue.ts'
import { putService, removeService } from '../../../flows/directory/write-service-catalogue.ts'
import type { Noun } from '../noun.ts'
import { nounRoutes } from '../noun-write.ts'
import type { Route } from '../route.ts'
import { given, whenOf } from '../shapes.ts'

const word = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'expected lower-case letters, digits and `-`')
const permission = z.string().regex(/^[A-Z][A-Z0-9_]{0,99}$/, 'expected capitals, digits and `_`')
const permissions = z.array(permission).max(200)
const variable = z.string().regex(/^[A-Za-z][\w.-]{0,199}$/, 'expected a name such as `owner`')
const type = z.strictObject({
  noun: word.describe('the word in `target.<noun>.id`'),
  permissions: z
    .strictObject({
      inspect: permissions.optional(),
      read: permissions.optional(),
      use: permissions.optional(),
      manage: permissions.optional(),
    })
    .describe('each under the first verb that holds it'),
  variables: z.array(variable).max(100).default([]),
  operations: z
    .record(
      z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,99}$/, 'expected a name such as `GetReport`'),
      z.strictObject({ needs: permissions.min(1), kind: z.enum(['list', 'create', 'other']).default('other') }),
    )
    .default({}),
})
const body = z.strictObject({
  types: z.record(word, type),
  families: z.record(word, z.array(word).max(200)).default({}),
  aliases: z.record(word, word).default({}),
})
type Body = z.infer<typeof body>

const example = {
  types: {
    reports: {
      noun: 'report',
      permissions: { inspect: ['REPORT_INSPECT'], read: ['REPORT_READ'], manage: ['REPORT_CREATE'] },
      variables: ['owner'],
      operations: {
        ListReports: { needs: ['REPORT_INSPECT'], kind: 'list' },
        CreateReport: { needs: ['REPORT_CREATE'], kind: 'create' },
      },
    },
  },
  families: { 'report-family': ['reports'] },
  aliases: { report: 'reports' },
}

const dataOf = (service: string, { types, families, aliases }: Body): CatalogueData => ({
  service,
  types: Object.fromEntries(
    Object.entries(types).map(([key, t]) => [key, { ...t, permissions: given(t.permissions) }]),
  ),
  families,
  aliases,
  regions: {},
})

export const service: Noun<RegisteredService, { readonly tenancyId: TenancyId }, Body> = {
  tag: 'services',
  one: 'service',
  path: '/services',
  itemPath: '/services/{service}',
  resourceType: 'services',
  operations: {
    list: 'ListServices',
    get: 'GetService',
    create: 'CreateService',
    update: 'UpdateService',
    delete: 'DeleteService',
  },
  scope: async (_tx, _params, { id }) => ({ scope: { tenancyId: id }, place: { compartmentId: undefined } }),
  find: async (tx, { tenancyId }, called) => {
    const named = await tx.services.byName(tenancyId, called)
    if (named) return named
    const found = await tx.services.get(called as RegisteredServiceId)
    return found?.tenancyId === tenancyId ? found : undefined
  },
  rows: (tx, { tenancyId }) => tx.services.list(tenancyId),
  idOf: (row) => row.id,
  nameOf: (row) => row.name,
  target: (_tx, row) => ({ id: row.id, name: row.name, compartmentId: undefined }),
  view: z.strictObject({
    id: z.string(),
    name: z.string(),
    ...body.shape,
    createdAt: z.string(),
    updatedAt: z.string(),
  }),
  summary: ['id', 'name', 'createdAt', 'updatedAt'],
  show: (_tx, row) => ({
    id: row.id,
    name: row.name,
    types: row.data.types,
    families: row.data.families,
    aliases: row.data.aliases,
    createdAt: whenOf(row.createdAt),
    updatedAt: whenOf(row.updatedAt),
  }),
  nameShape: word,
  fixedName: true, // `request.service.name` of policies
  body,
  write: (work, { before, name, body: document, flows }) =>
    putService(work, before, name, dataOf(name, document), flows.catalogueFor([])),
  remove: (work, row) => removeService(work, row),
  example: {
    body: example,
    view: {
      id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
      name: 'reporting',
      ...example,
      createdAt: '2030-01-16T12:00:00.000Z',
      updatedAt: '2030-01-16T12:00:00.000Z',
    },
  },
}

export const serviceRoutes: readonly Route[] = nounRoutes(service)
