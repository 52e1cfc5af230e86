// Groups over HTTP: the conventions that all nouns share are tried here once, in full.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bed, openBed, stores } from './bed.ts'

const groups = '/domains/default/groups'
const document = { description: 'Closes the books', tags: { 'org.cost-center': '4711' } }
type List = { items: { name: string }[]; next?: string }

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  beforeAll(async () => {
    bed = await openBed(open)
  })
  afterAll(() => bed.close())

  test('a group is made, read, replaced, patched, renamed and deleted', async () => {
    const made = await bed.call('PUT', `${groups}/Finance`, { body: document })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ name: 'Finance', domain: 'default', system: false, ...document })
    expect(made.headers.get('location')).toBe(`${bed.url}/api/v1/tenancies/acme${groups}/Finance`)
    const read = await bed.call('GET', `${groups}/finance`)
    expect(read.body).toEqual(made.body)
    expect(read.headers.get('etag')).toBe(made.headers.get('etag'))
    expect(read.headers.get('cache-control')).toBe('no-store')
    const patched = await bed.call('PATCH', `${groups}/Finance`, { body: { description: 'Counts' } })
    expect(patched.body).toMatchObject({ description: 'Counts', tags: document.tags })
    const renamed = await bed.call('PATCH', `${groups}/Finance`, { body: { name: 'Treasury', tags: null } })
    expect(renamed.body).toMatchObject({ id: made.body.id, name: 'Treasury', description: 'Counts', tags: {} })
    expect((await bed.call('GET', `${groups}/Finance`)).status).toBe(404)
    expect((await bed.call('GET', `${groups}/${made.body.id}`)).body).toEqual(renamed.body)
    expect((await bed.call('DELETE', `${groups}/Treasury`)).status).toBe(204)
    expect((await bed.call('DELETE', `${groups}/Treasury`)).status).toBe(404)
  })

  test('the same document twice changes nothing: same tag, no event, same revision', async () => {
    const first = await bed.call('PUT', `${groups}/Twice`, { body: document })
    const [events, revision] = [await bed.audit('group.updated'), await bed.revision()]
    const second = await bed.call('PUT', `${groups}/Twice`, { body: document })
    expect([first.status, second.status]).toEqual([201, 200])
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'))
    expect(await bed.audit('group.updated')).toEqual(events)
    expect(await bed.revision()).toBe(revision)
  })

  test('a change is one audit event with both sides, and moves the revision', async () => {
    await bed.call('PUT', `${groups}/Audited`, { body: document })
    const revision = (await bed.revision()) ?? 0
    await bed.call('PUT', `${groups}/Audited`, { body: { description: 'new' } })
    const [event] = await bed.audit('group.updated')
    expect(event).toMatchObject({
      actor: { kind: 'person', id: bed.root, name: 'root' },
      target: { type: 'group', name: 'default/Audited' },
      before: { description: 'Closes the books' },
      after: { description: 'new', tags: {} },
      details: { by: 'api' },
      requestId: 'ours-1',
    })
    expect(await bed.revision()).toBe(revision + 1)
  })

  test('what somebody changed meanwhile is not overwritten', async () => {
    const made = await bed.call('PUT', `${groups}/Locked`, { body: document })
    const etag = made.headers.get('etag') ?? ''
    const changed = await bed.call('PUT', `${groups}/Locked`, { body: {}, headers: { 'if-match': etag } })
    expect(changed.status).toBe(200)
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const body = method === 'DELETE' ? {} : { body: {} }
      const late = await bed.call(method, `${groups}/Locked`, { ...body, headers: { 'if-match': etag } })
      expect(late.status).toBe(412)
      expect(late.body).toMatchObject({ type: 'urn:gwanmun:problem:precondition-failed', status: 412 })
    }
    const weak = await bed.call('PUT', `${groups}/Locked`, {
      body: {},
      headers: { 'if-match': `W/${changed.headers.get('etag')}` },
    })
    expect(weak.status).toBe(412)
    const only = { body: {}, headers: { 'if-none-match': '*' } }
    expect((await bed.call('PUT', `${groups}/Locked`, only)).status).toBe(412)
    expect((await bed.call('PUT', `${groups}/Unlocked`, only)).status).toBe(201)
    expect((await bed.call('PUT', `${groups}/Nowhere`, { body: {}, headers: { 'if-match': '*' } })).status).toBe(412)
    const again = await bed.call('GET', `${groups}/Locked`, {
      headers: { 'if-none-match': changed.headers.get('etag') ?? '' },
    })
    expect([again.status, again.body]).toEqual([304, undefined])
  })

  test('lists page by cursor, filter and sort, and a cursor fits its own list only', async () => {
    for (const n of [3, 1, 2]) await bed.call('PUT', `${groups}/Page%20${n}`, { body: { description: `no. ${4 - n}` } })
    const filter = `filter=${encodeURIComponent('name sw "page" and system eq false')}`
    const first = await bed.call<List>('GET', `${groups}?limit=2&${filter}`)
    expect(first.body.items.map((g) => g.name)).toEqual(['Page 1', 'Page 2'])
    const cursor = `cursor=${first.body.next}`
    const second = await bed.call<List>('GET', `${groups}?limit=2&${filter}&${cursor}`)
    expect(second.body).toEqual({ items: [expect.objectContaining({ name: 'Page 3' })] })
    const down = await bed.call<List>('GET', `${groups}?${filter}&sort=-name`)
    expect(down.body.items.map((g) => g.name)).toEqual(['Page 3', 'Page 2', 'Page 1'])
    const by = await bed.call<List>('GET', `${groups}?${filter}&sort=description&limit=1`)
    expect(by.body.items.map((g) => g.name)).toEqual(['Page 3'])
    const next = await bed.call<List>('GET', `${groups}?${filter}&sort=description&limit=1&cursor=${by.body.next}`)
    expect(next.body.items.map((g) => g.name)).toEqual(['Page 2'])
    for (const wrong of [`${groups}?${cursor}`, `${groups}?cursor=x`, `/domains/partners/groups?${filter}&${cursor}`])
      expect(await bed.call('GET', wrong)).toMatchObject({ status: 400, body: { errors: [{ field: 'cursor' }] } })
    const tagged = encodeURIComponent('tags.org.cost-center eq "4711"')
    await bed.call('PUT', `${groups}/Tagged`, { body: document })
    const found = await bed.call<List>('GET', `${groups}?filter=${tagged}`)
    expect(found.body.items.map((g) => g.name)).toContain('Tagged')
  })

  test.each([
    ['filter=name', 'filter'],
    ['filter=secret eq "x"', 'filter'],
    ['filter=name like "x"', 'filter'],
    ['filter=name eq "x" or name eq "y"', 'filter'],
    ['filter=name eq "\\u00zz"', 'filter'],
    ['sort=secret', 'sort'],
    ['limit=0', 'limit'],
    ['limit=many', 'limit'],
    ['colour=red', 'colour'],
  ])('`%s` is refused by name', async (query, field) => {
    const answer = await bed.call('GET', `${groups}?${encodeURI(query)}`)
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } })
  })

  test.each([
    [{ descripton: 'x' }, 'descripton', 400],
    [{ description: 7 }, 'description', 400],
    [{ description: 'a\u0000b' }, 'description', 400],
    [{ tags: { nodot: 'x' } }, 'tags.nodot', 400],
    [{ tags: { 'a.b': '' } }, 'tags.a.b', 400],
    [[], 'body', 400],
  ])('a body %j is refused at its place and changes nothing', async (body, field, status) => {
    const before = await bed.audit()
    const answer = await bed.call('PUT', `${groups}/Bad`, { body })
    expect(answer).toMatchObject({ status, body: { reason: 'shape', errors: [{ field }] } })
    expect(await bed.audit()).toEqual(before)
  })

  test.each(['a:b', 'a%2Fb', "o'hara", ' x', '01JCXM4ZV7Q2T8N5R3W6Y9B0KD', 'x'.repeat(101)])(
    'the name `%s` is refused',
    async (name) => {
      const answer = await bed.call('PUT', `${groups}/${encodeURIComponent(decodeURIComponent(name))}`, { body: {} })
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'group' }] } })
    },
  )

  test('what is no JSON, no document, or too much is said plainly', async () => {
    const form = { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
    expect((await bed.call('PUT', `${groups}/Bad`, form)).status).toBe(415)
    expect((await bed.call('PUT', `${groups}/Bad`, { body: '{' })).status).toBe(400)
    expect((await bed.call('PUT', `${groups}/Bad`)).status).toBe(400)
    expect((await bed.call('PUT', `${groups}/Bad`, { body: { description: 'x'.repeat(2_000_000) } })).status).toBe(413)
    expect((await bed.call('DELETE', `${groups}/Bad`, { body: {} })).status).toBe(400)
    const post = await bed.call('POST', `${groups}/Bad`, { body: {} })
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'DELETE, GET, HEAD, PATCH, PUT'])
  })

  test('a name of a group or dynamic group is taken for both', async () => {
    await bed.call('PUT', `${groups}/Taken`, { body: {} })
    await bed.call('PUT', `${groups}/Other`, { body: {} })
    const answer = await bed.call('PATCH', `${groups}/Other`, { body: { name: 'TAKEN' } })
    expect(answer).toMatchObject({ status: 409, body: { type: 'urn:gwanmun:problem:name-taken' } })
  })

  test('T1 the group Administrators keeps its name and cannot be deleted', async () => {
    for (const answer of [
      await bed.call('DELETE', `${groups}/Administrators`),
      await bed.call('PATCH', `${groups}/Administrators`, { body: { name: 'Nobodies' } }),
    ])
      expect(answer).toMatchObject({ status: 403, body: { reason: 'system-group' } })
  })

  test('a request id that the caller sent comes back; the audit log has ours', async () => {
    const answer = await bed.call('GET', `${groups}/Absent`, { headers: { 'x-request-id': 'theirs-7' } })
    expect(answer.headers.get('x-request-id')).toBe('theirs-7')
    expect(answer.body).toMatchObject({ status: 404, reference: 'ours-1' })
  })

  test('nothing went wrong on our side', () => {
    expect(bed.thrown).toEqual([])
  })
})
