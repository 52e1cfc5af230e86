// What an application tells the gateway before it asks: its resource-types, and resources with their facts.
import type { CompartmentId, RegisteredServiceId, ResourceId } from '../../../src/core/model/ids.ts'
import type { JsonObject } from '../../../src/core/model/json.ts'
import type { CatalogueData } from '../../../src/core/policy/catalogue.ts'
import type { Office } from '../../flows/access/office.ts'

export const registerService = (o: Office, data: Pick<CatalogueData, 'service' | 'types'>): Promise<unknown> =>
  o.store.write(async (tx) => {
    const id = o.random.id() as RegisteredServiceId
    const whole = { families: {}, aliases: {}, regions: {}, ...data }
    await tx.services.put({ id, tenancyId: o.tenancyId, name: data.service, data: whole, createdAt: 0, updatedAt: 0 })
    await tx.tenancies.bumpRevision(o.tenancyId, { noun: 'service', id })
  })

type Resource = {
  readonly type: string
  readonly name: string
  readonly facts?: JsonObject
  readonly at?: CompartmentId
}
export const registerResources = (o: Office, resources: readonly Resource[]): Promise<unknown> =>
  o.store.write(async (tx) => {
    for (const { type, name, facts = {}, at = o.places.acme } of resources)
      await tx.resources.put({
        id: o.random.id() as ResourceId,
        tenancyId: o.tenancyId,
        compartmentId: at,
        type,
        name,
        tags: {},
        facts,
        createdAt: 0,
        updatedAt: 0,
      })
  })

const one = (permission: string) => ({ needs: [permission], kind: 'other' as const })

/** The fixture of the conformance scenario of the Authorization API 1.0: two people, two records, three actions. */
export const recordFixture = async (o: Office): Promise<void> => {
  await registerService(o, {
    service: 'archive',
    types: {
      record: {
        noun: 'record',
        permissions: { read: ['RECORD_READ'], use: ['RECORD_WRITE'], manage: ['RECORD_DELETE'] },
        variables: ['status'],
        operations: { read: one('RECORD_READ'), write: one('RECORD_WRITE'), delete: one('RECORD_DELETE') },
      },
    },
  })
  const [writers, archivists] = [await o.addGroup('writers'), await o.addGroup('archivists')]
  await o.join(await o.addPerson('alice'), writers)
  await o.join(await o.addPerson('bob'), archivists)
  await o.put('records', [
    'Allow group writers, archivists to read record in tenancy',
    "Allow group writers to {RECORD_WRITE} in tenancy where target.record.status != 'archived'",
    "Allow group archivists to {RECORD_WRITE} in tenancy where target.record.status = 'archived'",
    "Allow any-user to {RECORD_WRITE} in tenancy where all { request.subject.role = 'admin', target.record.status = 'archived' }",
    "Allow group writers to {RECORD_DELETE} in tenancy where request.action.soft = 'true'",
  ])
  await registerResources(o, [
    { type: 'record', name: 'record-1', facts: { status: 'active' } },
    { type: 'record', name: 'record-2', facts: { status: 'archived' } },
  ])
}
