// I3: the administrative client of the SDK, typed by the OpenAPI document, against the real API: reading, writing, lists page by page, refusals.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pathWith } from '../../src/sdk/admin.ts'
import { type AdminClient, adminClient, type GwanmunError, isGwanmunError } from '../../src/sdk/sdk.ts'
import { type Bed, openBed } from '../edges/admin/bed.ts'
import { openPoint } from './point.ts'

let bed: Bed
let api: AdminClient
beforeAll(async () => {
  bed = await openBed()
  api = adminClient({ server: bed.url, tenancy: 'acme', token: async () => bed.rootKey })
})
afterAll(() => bed.close())

const refusalOf = async (work: Promise<unknown>): Promise<GwanmunError> => {
  const thrown = await work.then(
    () => expect.fail('it was not refused'),
    (e: unknown) => e,
  )
  return isGwanmunError(thrown) ? thrown : expect.fail(String(thrown))
}

describe('I3 administration by program', () => {
  test('make, read, change with the tag last seen, delete', async () => {
    const path = { domain: 'default', group: 'Finance' }
    const made = await api.call('putGroup', { path, body: { description: 'Closes the books' } })
    expect([made.status, made.body.name, made.body.description]).toEqual([201, 'Finance', 'Closes the books'])
    const read = await api.call('getGroup', { path })
    expect(read.etag).toBe(made.etag)
    const changed = await api.call('patchGroup', { path, body: { description: 'new' }, ifMatch: String(read.etag) })
    expect(changed.body.description).toBe('new')
    const late = await refusalOf(api.call('deleteGroup', { path, ifMatch: String(read.etag) }))
    expect([late.kind, late.status, late.problem]).toEqual(['refused', 412, 'precondition-failed'])
    expect((await api.call('deleteGroup', { path })).body).toBe(undefined)
    expect((await refusalOf(api.call('getGroup', { path }))).problem).toBe('not-found')
  })

  test('a list goes on from page to page, filtered by the gateway', async () => {
    for (let n = 0; n < 7; n++) await bed.addGroup(`team-${n}`)
    const names: string[] = []
    const query = { limit: 2, filter: 'name sw "team-"', sort: '-name' }
    for await (const group of api.each('listGroups', { path: { domain: 'default' }, query })) names.push(group.name)
    expect(names).toEqual([6, 5, 4, 3, 2, 1, 0].map((n) => `team-${n}`))
  })

  test('a refusal names the field, what is expected, and the request in the audit log', async () => {
    const body = { description: 1 } as unknown as { description: string }
    const why = await refusalOf(api.call('putGroup', { path: { domain: 'default', group: 'Finance' }, body }))
    expect([why.status, why.fields[0]?.field, why.reference]).toEqual([400, 'description', 'ours-1'])
  })

  test('what is not typed does not compile', () => {
    const wrong = async (): Promise<void> => {
      // @ts-expect-error a part of the path is missing
      await api.call('getGroup', { path: { domain: 'default' } })
      // @ts-expect-error no such operation
      await api.call('getGruppe', { path: {} })
      // @ts-expect-error a member that the document does not have
      await api.call('putGroup', { path: { domain: 'd', group: 'g' }, body: { descriptoin: '' } })
      // @ts-expect-error a policy without statements
      await api.call('putPolicy', { path: { compartment: 'root', policy: 'p' }, body: {} })
      // @ts-expect-error no list
      api.each('getGroup', { path: { domain: 'd', group: 'g' } })
      await api.call('getTenancy')
    }
    expect(typeof wrong).toBe('function')
  })
})

describe('I3 the token goes where it was meant to go', () => {
  test.each(['http://id.example.com', 'ftp://127.0.0.1', 'nonsense'])('%s is not asked', (server) => {
    expect(() => adminClient({ server, tenancy: 'acme', token: 't' })).toThrow(/https/)
  })
  test.each(['..', '.', ''])('`%s` is no part of a path', (group) => {
    expect(() => pathWith('/groups/{group}', { group })).toThrow(/`group`/)
  })
  test('names are put into the path whole', () => {
    expect(pathWith('/groups/{group}/members', { group: '../a b?c#d/%2e' })).toBe(
      '/groups/..%2Fa%20b%3Fc%23d%2F%252e/members',
    )
  })
  test('a write is not sent twice, unless twice is once', async () => {
    const point = await openPoint()
    const lame = adminClient({ server: point.base, tenancy: 'acme', token: 't' })
    const path = { domain: 'default', group: 'g' }
    const tried = async (work: Promise<unknown>): Promise<number> => {
      await work.catch(() => undefined)
      return point.asked.length
    }
    point.answers({ status: 503 }, { body: {} })
    expect(await tried(lame.call('putGroup', { path, body: {} }))).toBe(2)
    point.answers({ status: 503 }, { body: {} })
    expect(await tried(lame.call('putGroup', { path, body: {}, ifMatch: '"x"' }))).toBe(1)
    point.answers({ status: 503 }, { body: {} })
    expect(await tried(lame.call('deleteGroup', { path }))).toBe(1)
    point.answers('hang-up', { body: {} })
    expect(await tried(lame.call('patchGroup', { path, body: {} }))).toBe(1)
    point.answers('hang-up', { body: {} })
    expect(await tried(lame.call('getGroup', { path }))).toBe(2)
    await point.close()
  })
})
