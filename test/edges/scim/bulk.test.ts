// Bulk: many operations in one request, speaking of what each other makes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ENTERPRISE } from '../../../src/core/scim/user-schema.ts'
import { stores } from '../admin/bed.ts'
import { type Bed, GROUP, openBed, patchOf, USER } from './bed.ts'

const schemas = ['urn:ietf:params:scim:api:messages:2.0:BulkRequest']
const user = (bulkId: string, userName: string, more: object = {}) => ({
  method: 'POST',
  path: '/Users',
  bulkId,
  data: { schemas: [USER], userName, ...more },
})

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  beforeAll(async () => {
    bed = await openBed(open)
  })
  afterAll(() => bed.close())
  const bulk = (Operations: readonly object[], more: object = {}, key = bed.key) =>
    bed.scim('POST', '/Bulk', { body: { schemas, Operations, ...more }, key })
  const statuses = (body: { Operations: { status: string }[] }) => body.Operations.map((o) => o.status)

  test('U9: operations speak of each other, in whatever order they are written', async () => {
    const { status, body } = await bulk([
      {
        method: 'POST',
        path: '/Groups',
        bulkId: 'g',
        data: { schemas: [GROUP], displayName: 'Bulk', members: [{ value: 'bulkId:a' }, { value: 'bulkId:b' }] },
      },
      user('b', 'bulk-b', { [ENTERPRISE]: { manager: { value: 'bulkId:a' } } }),
      user('a', 'bulk-a'),
      { method: 'patch', path: '/Users/bulkId:a', data: patchOf({ op: 'replace', path: 'title', value: 'Boss' }) },
    ])
    expect([status, body.schemas]).toEqual([200, ['urn:ietf:params:scim:api:messages:2.0:BulkResponse']])
    expect(body.Operations).toMatchObject([
      {
        method: 'POST',
        bulkId: 'g',
        status: '201',
        version: expect.stringMatching(/^W\//),
        location: expect.stringMatching(/\/Groups\/\w+$/),
      },
      { method: 'POST', bulkId: 'b', status: '201' },
      { method: 'POST', bulkId: 'a', status: '201' },
      { method: 'PATCH', status: '200' },
    ])
    const [g, b, a] = body.Operations.map((o: { location: string }) => o.location.split('/').at(-1))
    const { body: group } = await bed.scim('GET', `/Groups/${g}`)
    expect(group.members.map((m: { value: string }) => m.value).sort()).toEqual([a, b].sort())
    const { body: second } = await bed.scim('GET', `/Users/${b}`)
    expect(second[ENTERPRISE].manager.value).toBe(a)
    expect((await bed.scim('GET', `/Users/${a}`)).body.title).toBe('Boss')
  })

  test('U9: each is done alone: what fails says why and stops nothing, unless so many were enough', async () => {
    const operations = [
      user('1', 'bulk-1'),
      user('2', 'bulk-1'),
      user('3', 'bad name'),
      user('4', 'bulk-4'),
      { method: 'DELETE', path: '/Users/nobody' },
    ]
    const { body } = await bulk(operations)
    expect(statuses(body)).toEqual(['201', '409', '400', '201', '404'])
    expect(body.Operations[1]).toMatchObject({ bulkId: '2', response: { scimType: 'uniqueness', status: '409' } })
    expect(body.Operations[1]).not.toHaveProperty('location')
    const again = [user('1', 'bulk-11'), user('2', 'bulk-11'), user('3', 'bad name'), user('4', 'bulk-14')]
    expect(statuses((await bulk(again, { failOnErrors: 2 })).body)).toEqual(['201', '409', '400'])
    expect((await bed.scim('GET', '/Users?filter=userName%20eq%20%22bulk-14%22')).body.totalResults).toBe(0)
    expect(statuses((await bulk(again.slice(1), { failOnErrors: 1 })).body)).toEqual(['409'])
  })

  test('U9: what waits for each other, for what failed, or for nothing', async () => {
    const manager = (value: string) => ({ [ENTERPRISE]: { manager: { value } } })
    const { body } = await bulk([
      user('x', 'circle-x', manager('bulkId:y')),
      user('y', 'circle-y', manager('bulkId:x')),
      user('z', 'bad name'),
      user('w', 'waits', manager('bulkId:z')),
      user('v', 'nobody-there', manager('bulkId:nowhere')),
    ])
    expect(statuses(body)).toEqual(['409', '409', '400', '409', '400'])
  })

  test('U9: versions hold in it', async () => {
    const made = (await bed.scim('POST', '/Users', { body: { schemas: [USER], userName: 'bulk-version' } })).body
    const change = (title: string) => ({
      method: 'PATCH',
      path: `/Users/${made.id}`,
      version: made.meta.version,
      data: patchOf({ op: 'replace', path: 'title', value: title }),
    })
    expect(statuses((await bulk([change('a'), change('b')])).body)).toEqual(['200', '412'])
  })

  test('U9: it can do no more than the client can', async () => {
    const key = await bed.client('bulk-reader', ['read users'])
    const { body } = await bulk(
      [user('1', 'bulk-unpermitted'), { method: 'DELETE', path: `/Users/${bed.root}` }],
      {},
      key,
    )
    expect(statuses(body)).toEqual(['403', '403'])
  })

  test.each<[string, unknown, number, string | undefined]>([
    ['too many', { schemas, Operations: Array(1001).fill({ method: 'DELETE', path: '/Users/x' }) }, 413, undefined],
    ['too large', { schemas, Operations: [], padding: 'x'.repeat(1_100_000) }, 413, undefined],
    ['the same bulkId twice', { schemas, Operations: [user('1', 'a'), user('1', 'b')] }, 400, 'invalidValue'],
    ['no schemas', { Operations: [] }, 400, 'invalidSyntax'],
    ['another method', { schemas, Operations: [{ method: 'GET', path: '/Users' }] }, 400, 'invalidSyntax'],
    ['no operations', { schemas }, 400, 'invalidSyntax'],
  ])('U9: %s is refused as a whole', async (_title, body, status, scimType) => {
    const refused = await bed.scim('POST', '/Bulk', { body })
    expect([refused.status, refused.body.scimType, refused.body.status]).toEqual([status, scimType, String(status)])
  })
  test.each<[string, object, string]>([
    ['a POST without bulkId', { method: 'POST', path: '/Users', data: {} }, 'invalidSyntax'],
    ['another place', { method: 'POST', path: '/Shoes', bulkId: '1' }, 'invalidPath'],
    ['an address', { method: 'DELETE', path: 'https://evil.example/Users/1' }, 'invalidPath'],
    ['a way round', { method: 'DELETE', path: '/Users/../Groups/1' }, 'invalidPath'],
    ['no id', { method: 'DELETE', path: '/Users' }, 'invalidPath'],
    ['an id in a POST', { method: 'POST', path: '/Users/1', bulkId: '1' }, 'invalidPath'],
    ['no data', { method: 'POST', path: '/Users', bulkId: '1' }, 'invalidSyntax'],
    [
      'bottomless data',
      { method: 'POST', path: '/Users', bulkId: '1', data: JSON.parse(`${'{"a":'.repeat(50)}1${'}'.repeat(50)}`) },
      'invalidSyntax',
    ],
  ])('U9: %s fails alone', async (_title, operation, scimType) => {
    const { status, body } = await bulk([operation])
    expect([status, body.Operations]).toMatchObject([200, [{ status: '400', response: { scimType } }]])
    expect(bed.logged).toEqual([])
  })
})
