// T2: compartments over HTTP: made, renamed, tagged, moved with everything below them, deleted when empty; at most six levels deep.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bed, openBed, stores } from './bed.ts'

const at = (path: string): string => `/compartments/${encodeURIComponent(path)}`
type List = { items: { path: string }[] }

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  const make = (path: string, body: object = {}) => bed.call('PUT', at(path), { body })
  beforeAll(async () => {
    bed = await openBed(open)
  })
  afterAll(() => bed.close())

  test('T2 a compartment is made by its path, renamed and tagged', async () => {
    expect((await make('Prod')).status).toBe(201)
    const made = await make('Prod:Web', { description: 'The web tier' })
    expect(made.body).toMatchObject({ name: 'Web', path: 'Prod:Web', depth: 2, tags: {} })
    expect((await make('prod:WEB', { description: 'The web tier' })).status).toBe(200)
    const tags = { 'org.stage': 'production' }
    const renamed = await bed.call('PATCH', at('Prod:Web'), { body: { name: 'Front', tags } })
    expect(renamed.body).toMatchObject({ id: made.body.id, path: 'Prod:Front', tags, description: 'The web tier' })
    expect((await bed.call('GET', at('Prod:Web'))).status).toBe(404)
    expect((await bed.call('GET', at(String(made.body.id)))).body).toEqual(renamed.body)
    expect((await bed.call('GET', at('root'))).body).toMatchObject({ name: 'acme', path: 'root', depth: 0 })
  })

  test('T2 the parent must be there, and names cannot be taken for paths, ids or the root', async () => {
    expect(await make('Nowhere:Web')).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('Nowhere') },
    })
    for (const path of ['root:a/b', 'a:', ':a', '01JCXM4ZV7Q2T8N5R3W6Y9B0KD'])
      expect((await make(path)).status, path).toBeGreaterThanOrEqual(400)
    await make('Named')
    for (const name of ['root', 'a:b', ''])
      expect((await bed.call('PATCH', at('Named'), { body: { name } })).status, name).toBeGreaterThanOrEqual(400)
  })

  test('T2 at most six levels below the root, on making and on moving', async () => {
    let path = 'L1'
    await make(path)
    for (let level = 2; level <= 6; level++) {
      path = `${path}:L${level}`
      expect((await make(path)).status).toBe(201)
    }
    expect(await make(`${path}:L7`)).toMatchObject({ status: 422, body: { reason: 'too-deep' } })
    await make('Two')
    await make('Two:Levels')
    const before = await bed.audit()
    const moved = await bed.call('POST', `${at('Two')}/move`, { body: { to: 'L1:L2:L3:L4:L5' } })
    expect(moved).toMatchObject({ status: 422, body: { reason: 'too-deep' } })
    expect(await bed.audit()).toEqual(before)
    expect((await bed.call('POST', `${at('Two')}/move`, { body: { to: 'L1:L2:L3:L4' } })).status).toBe(200)
    expect((await bed.call('GET', at('L1:L2:L3:L4:Two:Levels'))).body).toMatchObject({ depth: 6 })
  })

  test('T2 a subtree moves whole, policies above are inherited where it goes, and never below itself', async () => {
    for (const path of ['From', 'From:Sub', 'From:Sub:Leaf', 'To']) await make(path)
    const { person } = await bed.somebody('mover', ['read buckets in compartment To'])
    const may = async () => {
      const { allow } = await bed.authorize(
        { tenancyId: bed.tenancyId, actor: { kind: 'app', id: 'a', name: 'a' }, requestId: undefined },
        {
          subject: { type: 'user', id: person, properties: {} },
          action: { name: 'read', properties: {} },
          resource: { type: 'buckets', id: 'b', properties: { compartment: leaf } },
          context: {},
        },
      )
      return allow
    }
    const leaf = String((await bed.call('GET', at('From:Sub:Leaf'))).body.id)
    expect(await may()).toBe(false)
    const moved = await bed.call('POST', `${at('From:Sub')}/move`, { body: { to: 'To' } })
    expect(moved.body).toMatchObject({ path: 'To:Sub', depth: 2 })
    expect((await bed.call('GET', at(leaf))).body).toMatchObject({ path: 'To:Sub:Leaf' })
    expect(await may()).toBe(true)
    expect((await bed.audit('compartment.moved'))[0]).toMatchObject({ target: { name: 'Sub' } })
    const below = await bed.call('POST', `${at('To')}/move`, { body: { to: 'To:Sub' } })
    expect(below).toMatchObject({ status: 422, body: { reason: 'below-itself' } })
    for (const [path, to] of [
      ['root', 'To'],
      ['To', 'Nowhere'],
    ] as const)
      expect((await bed.call('POST', `${at(path)}/move`, { body: { to } })).status).toBeGreaterThanOrEqual(403)
    await make('To:Twin')
    await make('Twin')
    expect((await bed.call('POST', `${at('Twin')}/move`, { body: { to: 'To' } })).status).toBe(409)
  })

  test('T2 what is not empty is not deleted, and says what is inside', async () => {
    for (const path of ['Full', 'Full:Inner']) await make(path)
    await bed.call('PUT', `${at('Full')}/policies/inside`, {
      body: { statements: ['Allow any-user to inspect buckets in compartment Full'] },
    })
    const full = await bed.call('DELETE', at('Full'))
    expect(full).toMatchObject({
      status: 409,
      body: {
        type: 'urn:gwanmun:problem:not-empty',
        reason: 'compartment-not-empty',
        errors: [
          { field: 'compartments', remedy: expect.stringContaining('`Inner`') },
          { field: 'policies', remedy: expect.stringContaining('`inside`') },
        ],
      },
    })
    expect((await bed.call('DELETE', at('Full:Inner'))).status).toBe(204)
    expect((await bed.call('DELETE', `${at('Full')}/policies/inside`)).status).toBe(204)
    expect((await bed.call('DELETE', at('Full'))).status).toBe(204)
    expect((await bed.call('DELETE', at('root'))).status).toBe(403)
  })

  test('T2 moving needs the permission where it is, where it leaves and where it goes', async () => {
    for (const path of ['Mine', 'Mine:Box', 'Mine:Shelf', 'Yours']) await make(path)
    const { key } = await bed.somebody('keeper', ['manage compartments in compartment Mine'])
    const move = (path: string, to: string) => bed.call('POST', `${at(path)}/move`, { body: { to } }, key)
    expect((await move('Mine:Box', 'Mine:Shelf')).status).toBe(200)
    expect((await move('Mine:Shelf:Box', 'Yours')).status).toBe(403)
    // out of its parent's policies is a move that its parent has a say in
    expect((await move('Mine', 'Yours')).status).toBe(403)
    const list = await bed.call<List>('GET', '/compartments', {}, key)
    expect(list.body.items.map((c) => c.path).sort()).toEqual(['Mine', 'Mine:Shelf', 'Mine:Shelf:Box'])
  })

  test('nothing went wrong on our side', () => {
    expect(bed.thrown).toEqual([])
  })
})
