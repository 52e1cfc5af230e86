// Services that applications register, and T3: resources with place and tags, moved between compartments; questions then know them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bed, openBed, stores } from './bed.ts'

const bookkeeping = {
  types: {
    ledgers: {
      noun: 'ledger',
      permissions: { inspect: ['LEDGER_INSPECT'], read: ['LEDGER_READ'], manage: ['LEDGER_CREATE'] },
      variables: ['owner'],
      operations: { GetLedger: { needs: ['LEDGER_READ'] } },
    },
  },
  families: { 'ledger-family': ['ledgers'] },
  aliases: { ledger: 'ledgers' },
}
type List = { items: { name: string; compartment: string }[]; next?: string }

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  beforeAll(async () => {
    bed = await openBed(open)
    for (const path of ['Prod', 'Test']) await bed.call('PUT', `/compartments/${path}`, { body: {} })
    await bed.call('PUT', '/services/bookkeeping', { body: bookkeeping })
  })
  afterAll(() => bed.close())

  const may = async (person: string, action: string, id: string) => {
    const caller = {
      tenancyId: bed.tenancyId,
      actor: { kind: 'app', id: 'a', name: 'a' },
      requestId: undefined,
    } as const
    const { allow } = await bed.authorize(caller, {
      subject: { type: 'user', id: person, properties: {} },
      action: { name: action, properties: {} },
      resource: { type: 'ledgers', id, properties: { compartment: 'Test', owner: 'whoever asks' } },
      context: {},
    })
    return allow
  }

  test('T3 a registered resource is where it was registered, whatever a question says, and moves', async () => {
    const body = { compartment: 'Prod', tags: { 'org.stage': 'live' }, facts: { owner: 'kim' } }
    const made = await bed.call('PUT', '/resources/ledger/q3%2F2030', { body })
    expect(made).toMatchObject({ status: 201, body: { type: 'ledgers', name: 'q3/2030', ...body } })
    expect((await bed.call('PUT', '/resources/ledgers/q3%2F2030', { body })).status).toBe(200)
    const { person } = await bed.somebody('reader', [
      "read ledgers in compartment Prod where all { target.ledger.owner = 'kim', target.resource.tag.org.stage = 'live' }",
    ])
    expect(await may(person, 'GetLedger', 'q3/2030')).toBe(true)
    expect(await may(person, 'GetLedger', 'q4/2030')).toBe(false)
    const moved = await bed.call('POST', '/resources/ledgers/q3%2F2030/move', { body: { to: 'Test' } })
    expect(moved.body).toMatchObject({ id: made.body.id, compartment: 'Test' })
    expect(await may(person, 'GetLedger', 'q3/2030')).toBe(false)
    expect((await bed.audit('resource.moved'))[0]).toMatchObject({ target: { name: 'ledgers/q3/2030' } })
    const back = await bed.call('PUT', '/resources/ledgers/q3%2F2030', { body })
    expect(back.body).toMatchObject({ compartment: 'Prod' })
    expect((await bed.call('DELETE', '/resources/ledgers/q3%2F2030')).status).toBe(204)
  })

  test('T3 a move needs the permission on both sides', async () => {
    const { key } = await bed.somebody('clerk', ['manage resources in compartment Prod'])
    const put = (compartment: string) => bed.call('PUT', '/resources/ledgers/clerks', { body: { compartment } }, key)
    expect((await put('Test')).status).toBe(403)
    expect((await put('Prod')).status).toBe(201)
    expect((await put('Test')).status).toBe(403)
    expect((await bed.call('POST', '/resources/ledgers/clerks/move', { body: { to: 'Test' } }, key)).status).toBe(403)
    expect((await bed.call('PUT', '/resources/ledgers/clerks', { body: { compartment: 'Nowhere' } })).status).toBe(404)
  })

  test('T3 the gateway believes nobody about its own things, and no fact says where a resource is', async () => {
    for (const type of ['policies', 'users', 'compartments'])
      expect(await bed.call('PUT', `/resources/${type}/x`, { body: {} })).toMatchObject({
        status: 422,
        body: { reason: 'resource-type-own' },
      })
    expect(await bed.call('PUT', '/resources/nothings/x', { body: {} })).toMatchObject({
      body: { reason: 'resource-type-unknown' },
    })
    for (const facts of [
      { compartment: 'Prod' },
      { 'target.domain.name': 'x' },
      { 'request.user.id': 'x' },
      { type: 'x' },
    ])
      expect((await bed.call('PUT', '/resources/ledgers/x', { body: { facts } })).status, JSON.stringify(facts)).toBe(
        400,
      )
  })

  test('resources are listed by type and name, filtered and paged', async () => {
    for (const n of [1, 2, 3])
      await bed.call('PUT', `/resources/ledgers/p${n}`, { body: { compartment: n === 2 ? 'Test' : 'Prod' } })
    const filter = encodeURIComponent('type eq "ledgers" and name sw "p"')
    const first = await bed.call<List>('GET', `/resources?limit=2&filter=${filter}`)
    expect(first.body.items.map((r) => r.name)).toEqual(['p1', 'p2'])
    const next = await bed.call<List>('GET', `/resources?limit=2&filter=${filter}&cursor=${first.body.next}`)
    expect(next.body).toEqual({ items: [expect.objectContaining({ name: 'p3' })] })
    const here = await bed.call<List>('GET', `/resources?filter=${encodeURIComponent('compartment eq "Test"')}`)
    expect(here.body.items.map((r) => r.name)).toEqual(['p2'])
    const { key } = await bed.somebody('lister', ['inspect resources in compartment Test'])
    const seen = await bed.call<List>('GET', '/resources', {}, key)
    expect(seen.body.items.map((r) => r.name)).toEqual(['p2'])
    expect((await bed.call('GET', '/resources?sort=-name')).status).toBe(400)
  })

  test('a service is checked like the shipped ones: what conflicts is refused at its place', async () => {
    const wrong: readonly (readonly [body: object, field: string, status: number])[] = [
      [{ types: { users: bookkeeping.types.ledgers } }, 'types.users', 422],
      [
        { types: { things: { noun: 'thing', permissions: { read: ['USER_READ'] } } } },
        'types.things.permissions.read.0',
        422,
      ],
      [{ types: { things: { noun: 'thing', permissions: {} } } }, 'types.things.permissions', 422],
      [{ types: {}, families: { mine: ['users'] } }, 'families.mine', 422],
      [{ types: {}, aliases: { person: 'users' } }, 'aliases.person', 422],
      [{ types: { things: { noun: 'A B', permissions: {} } } }, 'types.things.noun', 400],
      [{ types: {}, colour: 'red' }, 'colour', 400],
    ]
    const before = await bed.audit()
    for (const [body, field, status] of wrong) {
      const answer = await bed.call<{ errors: { field: string }[] }>('PUT', '/services/things', { body })
      expect([answer.status, answer.body.errors.map((e) => e.field)], JSON.stringify(body)).toEqual([
        status,
        expect.arrayContaining([field]),
      ])
    }
    expect((await bed.call('PUT', '/services/identity', { body: { types: {} } })).status).toBe(409)
    expect(await bed.audit()).toEqual(before)
  })

  test('a service with registered resources is not taken away, and neither is the type', async () => {
    await bed.call('PUT', '/resources/ledgers/stays', { body: {} })
    const inUse = { status: 409, body: { reason: 'service-not-empty' } }
    expect(await bed.call('DELETE', '/services/bookkeeping')).toMatchObject(inUse)
    expect(await bed.call('PUT', '/services/bookkeeping', { body: { types: {} } })).toMatchObject(inUse)
    const same = await bed.call('PUT', '/services/bookkeeping', { body: bookkeeping })
    expect(same.status).toBe(200)
    expect(same.body).toMatchObject({
      name: 'bookkeeping',
      families: bookkeeping.families,
      aliases: bookkeeping.aliases,
    })
  })

  test('policies may speak of registered types without a warning', async () => {
    const statements = ['Allow group Administrators to manage ledger-family in tenancy']
    const written = await bed.call('PUT', '/compartments/root/policies/ledgers', { body: { statements } })
    expect(written.body).toMatchObject({ statements, warnings: [], staleBindings: [] })
  })

  test('nothing went wrong on our side', () => {
    expect(bed.thrown).toEqual([])
  })
})
