// I2, I3: what a Terraform provider needs of every noun: the same document again, and what was read written back, change nothing: the same entity
// tag, no audit event, no new revision. The routes come from the table, so that a new PUT without a row here fails.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiDocuments } from '../../../src/adapters/yaml/api-documents.ts'
import { tableOf } from '../../../src/edges/admin/table.ts'
import { type Bed, openBed, stores } from './bed.ts'

const table = tableOf(apiDocuments())
const puts = table.filter((r) => r.method === 'PUT')
const exampleOf = (id: string): object => (puts.find((r) => r.operationId === id)?.bodyExample ?? {}) as object

/** In an order in which what comes later stands on what is there by then. */
type Row = { readonly id: string; readonly path: string; readonly differs: { readonly [member: string]: unknown } }
const row = (id: string, path: string, differs: Row['differs'] = {}): Row => ({ id, path, differs })
const rows: readonly Row[] = [
  row('putCompartment', '/compartments/Prod'),
  row('putGroup', '/domains/default/groups/Finance'),
  row('putPolicy', '/compartments/root/policies/finance'),
  row('putUser', '/domains/default/users/kim'),
  row('putGroupMembership', '/domains/default/groups/Finance/members/kim'),
  row('putDynamicGroup', '/domains/default/dynamic-groups/builders'),
  row('putServiceId', '/service-ids/deployer'),
  row('putService', '/services/workshop', {
    types: {
      lathes: {
        noun: 'lathe',
        permissions: { inspect: ['LATHE_INSPECT'], manage: ['LATHE_CREATE'] },
        operations: { CreateLathe: { needs: ['LATHE_CREATE'], kind: 'create' } },
      },
    },
    families: { 'workshop-family': ['lathes'] },
    aliases: { lathe: 'lathes' },
  }),
  row('putResource', '/resources/reports/yearly'),
  row('putDomain', '/domains/eu'),
  row('putSignOnPolicy', '/domains/default/sign-on-rules/mfa', { groups: ['Finance'] }),
  row('putPasswordPolicy', '/domains/default/password-policies/strong', { groups: ['Finance'] }),
  row('putIdentityProvider', '/domains/default/identity-providers/corp'),
  row('putGroupMapping', '/domains/default/identity-providers/corp/group-mappings/finance'),
  row('putApplication', '/applications/reports'),
  row('putRoleAssignment', '/role-assignments/first', {
    holder: { kind: 'person', name: 'kim' },
    compartment: 'Prod',
  }),
]

test('I3 every PUT of the table is tried', () => {
  expect(rows.map(({ id }) => id).sort()).toEqual(puts.map((r) => r.operationId).sort())
})

/** As the shape of the route says; a document of a tenancy file names its members elsewhere. */
const membersOf = (id: string): readonly string[] | undefined => {
  const shape = puts.find((r) => r.operationId === id)?.body as { shape?: object } | undefined
  return shape?.shape && Object.keys(shape.shape)
}

describe.each(stores)('%s', (_, open) => {
  describe.skipIf(open === undefined)('I3 a document that is put again', () => {
    let bed: Bed
    beforeAll(async () => {
      bed = await openBed(open)
    })
    afterAll(() => bed.close())

    const state = async () => ({ events: (await bed.audit()).map((e) => e.id), revision: await bed.revision() })

    test.each(rows)('$id', async ({ id, path, differs }) => {
      const body = Object.fromEntries(
        Object.entries({ ...exampleOf(id), ...differs }).filter(([, value]) => value !== undefined),
      )
      const first = await bed.call('PUT', path, { body })
      expect([first.status, first.body]).toEqual([201, expect.objectContaining({ id: expect.any(String) })])
      const etag = first.headers.get('etag')
      expect(etag).toMatch(/^"[\w-]+"$/)
      const before = await state()

      bed.later(60)
      const again = await bed.call('PUT', path, { body })
      expect([again.status, again.headers.get('etag')]).toEqual([200, etag])
      const guarded = await bed.call('PUT', path, { body, headers: { 'if-match': etag ?? '' } })
      expect([guarded.status, guarded.headers.get('etag')]).toEqual([200, etag])

      const read = await bed.call('GET', path)
      expect(read.headers.get('etag')).toBe(etag)
      const known = membersOf(id) ?? Object.keys(body)
      const back = Object.fromEntries(Object.entries(read.body).filter(([name]) => known.includes(name)))
      const written = await bed.call('PUT', path, { body: { ...back, ...differs } })
      expect([written.status, written.headers.get('etag')]).toEqual([200, etag])
      expect(await state()).toEqual(before)
      expect(bed.thrown).toEqual([])
    })
  })
})
