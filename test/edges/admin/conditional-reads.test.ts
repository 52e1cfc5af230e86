// I2: what a GET answers to `If-None-Match` (RFC 9110 §13.1.2): `*` fails on whatever is there, with an entity tag or without, and is no way
// to learn what one may not read.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { declared } from './attack/promises.ts'
import { table } from './attack/world.ts'
import { type Bed, openBed, stores } from './bed.ts'

test('I2 every GET declares 304, and says when', () => {
  const reads = table.filter((r) => r.method === 'GET')
  expect(reads.filter((r) => !declared(r).includes(304))).toEqual([])
  expect(table.filter((r) => r.method !== 'GET' && declared(r).includes(304))).toEqual([])
})

describe.each(stores)('I2 If-None-Match on %s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  beforeAll(async () => {
    bed = await openBed(open)
    await bed.call('PUT', '/domains/default/groups/Finance', { body: {} })
  })
  afterAll(() => bed.close())
  const get = (path: string, tag: string, token?: string) =>
    bed.call('GET', path, { headers: { 'if-none-match': tag } }, token)

  test.each(['', '/domains/default/groups/Finance', '/policies', '/export', '/audit-events', '/audit-trail/seals'])(
    '`*` on %s: it is there',
    async (path) => {
      const { status, body, headers } = await get(path, '*')
      expect([status, body]).toEqual([304, undefined])
      expect(headers.get('content-type')).toBeNull()
      expect(headers.get('cache-control')).toBe('no-store')
    },
  )
  test('a tag: only where it is that of today, weak or not, and it comes again', async () => {
    const path = '/domains/default/groups/Finance'
    const tag = String((await bed.call('GET', path)).headers.get('etag'))
    for (const sent of [tag, `W/${tag}`, `"other", ${tag}`]) {
      const { status, headers } = await get(path, sent)
      expect([status, headers.get('etag')]).toEqual([304, tag])
    }
    expect((await get(path, '"other"')).status).toBe(200)
  })
  test('a list has no tag that could be met', async () => {
    expect((await get('/policies', '"other"')).status).toBe(200)
  })
  test('what is not there, or not for the caller, is refused as ever', async () => {
    const { key } = await bed.somebody('nobody')
    expect((await get('/domains/default/groups/none', '*')).status).toBe(404)
    expect((await get('/domains/default/groups/Finance', '*', key)).status).toBe(403)
    expect((await get('/domains/default/groups/Finance', '*', 'gwm_unknown')).status).toBe(401)
  })
})
