// Service IDs: identities of programs, each in a compartment. They act by API keys (api-keys.ts).
import { z } from 'zod'
import type { ServiceIdId } from '../../../core/model/ids.ts'
import type { Tenancy } from '../../../core/model/tenancy.ts'
import type { ServiceId } from '../../../core/model/workload.ts'
import type { Tree } from '../../../core/policy/tree.ts'
import { putServiceId, removeServiceId } from '../../../flows/directory/write-service-ids.ts'
import type { Tx } from '../../../ports/store.ts'
import { compartmentNamed, pathOf, placeNamed, ROOT, targetAt, treeIn } from '../in-compartment.ts'
import type { Noun } from '../noun.ts'
import { nounRoutes } from '../noun-write.ts'
import type { Route } from '../route.ts'
import { description, reference, whenOf } from '../shapes.ts'

type Scope = { readonly tenancy: Tenancy; readonly tree: Tree }
type Body = { readonly compartment: string; readonly description: string; readonly status: ServiceId['status'] }
const body = { compartment: 'Prod', description: 'Deploys the web tier', status: 'active' as const }

export const serviceIdCalled = async (tx: Tx, tenancy: Tenancy, called: string): Promise<ServiceId | undefined> => {
  const named = await tx.serviceIds.byName(tenancy.id, called)
  if (named) return named
  const found = await tx.serviceIds.get(called as ServiceIdId)
  return found?.tenancyId === tenancy.id ? found : undefined
}

export const serviceId: Noun<ServiceId, Scope, Body> = {
  tag: 'service IDs',
  one: 'service ID',
  path: '/service-ids',
  itemPath: '/service-ids/{serviceId}',
  resourceType: 'service-ids',
  operations: {
    list: 'ListServiceIds',
    get: 'GetServiceId',
    create: 'CreateServiceId',
    update: 'UpdateServiceId',
    delete: 'DeleteServiceId',
  },
  scope: async (tx, _params, tenancy) => ({
    scope: { tenancy, tree: await treeIn(tx, tenancy) },
    place: { compartmentId: undefined },
  }),
  find: (tx, { tenancy }, called) => serviceIdCalled(tx, tenancy, called),
  rows: (tx, { tenancy }) => tx.serviceIds.list(tenancy.id),
  idOf: (row) => row.id,
  nameOf: (row) => row.name,
  target: (_tx, row) => targetAt(row.compartmentId, row),
  making: ({ scope: { tree }, body: { compartment } }) => ({ compartmentId: placeNamed(tree, compartment)?.id }),
  // changing its compartment is an update there as well as here
  also: async (_tx, { tree }, before, { compartment }) => {
    const to = placeNamed(tree, compartment)
    if (!before || !to || to.id === before.compartmentId) return []
    const permission = { operation: 'UpdateServiceId', resourceType: 'service-ids' }
    return [{ permission, target: targetAt(to.id, before) }]
  },
  view: z.strictObject({
    id: z.string(),
    name: z.string(),
    compartment: z.string(),
    compartmentId: z.string(),
    description: z.string(),
    status: z.enum(['active', 'inactive']),
    createdAt: z.string(),
    updatedAt: z.string(),
  }),
  show: (_tx, row, { tree }) => ({
    id: row.id,
    name: row.name,
    compartment: pathOf(tree, row.compartmentId),
    compartmentId: row.compartmentId,
    description: row.description,
    status: row.status,
    createdAt: whenOf(row.createdAt),
    updatedAt: whenOf(row.updatedAt),
  }),
  body: z.strictObject({
    compartment: reference.default(ROOT),
    description,
    status: z.enum(['active', 'inactive']).default('active'),
  }),
  write: (work, { scope, before, name, body: { compartment, ...rest } }) =>
    putServiceId(work, before, { ...rest, name, compartmentId: compartmentNamed(scope.tree, compartment) }),
  remove: (work, row) => removeServiceId(work, row),
  example: {
    body,
    view: {
      id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
      name: 'deployer',
      compartmentId: '01JCXM4ZV7Q2T8N5R3W6Y9B0KC',
      ...body,
      createdAt: '2030-01-16T12:00:00.000Z',
      updatedAt: '2030-01-16T12:00:00.000Z',
    },
  },
}

export const serviceIdRoutes: readonly Route[] = nounRoutes(serviceId)
