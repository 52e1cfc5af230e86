// The tenancy over HTTP: its display name, Deny switched on once (A5), and T3: usage per compartment.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bed, openBed, stores } from './bed.ts'

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  beforeAll(async () => {
    bed = await openBed(open)
  })
  afterAll(() => bed.close())

  test('the display name is changed under its tag; the name is not', async () => {
    const read = await bed.call('GET', '')
    expect(read.body).toMatchObject({ name: 'acme', displayName: 'Acme', denyEnabled: false })
    const etag = read.headers.get('etag') ?? ''
    const change = (displayName: string) =>
      bed.call('PATCH', '', { body: { displayName }, headers: { 'if-match': etag } })
    expect((await change('Acme Corporation')).body).toMatchObject({ displayName: 'Acme Corporation' })
    expect((await change('Acme Again')).status).toBe(412)
    expect((await bed.call('PATCH', '', { body: { name: 'other' } })).status).toBe(400)
  })

  test('A5 Deny is switched on by a default administrator only, once, with a guard if wanted', async () => {
    const { key } = await bed.somebody('almost', ['manage tenancies in tenancy'])
    const enable = (token?: string) => bed.call('POST', '/enable-deny', { body: { guard: true } }, token)
    expect(await enable(key)).toMatchObject({ status: 403, body: { reason: 'default-administrator-required' } })
    expect((await enable()).body).toMatchObject({ denyEnabled: true })
    expect((await enable()).body).toMatchObject({ denyEnabled: true })
    expect(await bed.audit('tenancy.deny-enabled')).toHaveLength(1)
    expect((await bed.call('GET', '/compartments/root/policies/deny-guard')).status).toBe(200)
    expect((await bed.call('PATCH', '', { body: { denyEnabled: false } })).status).toBe(400)
  })

  test('T3 usage of a compartment: decisions and sign-ins, there and below, within a time', async () => {
    for (const path of ['Prod', 'Prod%3AWeb', 'Test']) await bed.call('PUT', `/compartments/${path}`, { body: {} })
    const { person } = await bed.somebody('user', ['read buckets in compartment Prod'])
    const caller = {
      tenancyId: bed.tenancyId,
      actor: { kind: 'app', id: 'a', name: 'a' },
      requestId: undefined,
    } as const
    const ask = (compartment: string) =>
      bed.authorize(caller, {
        subject: { type: 'user', id: person, properties: {} },
        action: { name: 'read', properties: {} },
        resource: { type: 'buckets', id: 'b', properties: { compartment } },
        context: {},
      })
    bed.later(3600)
    const from = new Date(bed.clock()).toISOString()
    for (const compartment of ['Prod', 'Prod:Web', 'Prod:Web', 'Test']) await ask(compartment)
    await bed.signedIn(person)
    bed.later(60)
    const to = new Date(bed.clock()).toISOString()
    const usage = (path: string, more = `?from=${from}&to=${to}`, token?: string) =>
      bed.call('GET', `/compartments/${encodeURIComponent(path)}/usage${more}`, {}, token)
    expect((await usage('Prod')).body).toMatchObject({
      compartment: 'Prod',
      here: { allowed: 1, denied: 0, signIns: 0 },
      withBelow: { allowed: 3, denied: 0, signIns: 0 },
    })
    expect((await usage('Test')).body).toMatchObject({ here: { allowed: 0, denied: 1, signIns: 0 } })
    expect((await usage('root')).body).toMatchObject({ here: { signIns: 1 }, withBelow: { denied: 1, signIns: 1 } })
    expect((await usage('Prod', `?from=${to}&to=${from}`)).status).toBe(400)
    expect((await usage('Prod', '?from=yesterday')).status).toBe(400)
    expect((await usage('Nowhere')).status).toBe(404)
    const { key } = await bed.somebody('accountant', ['read compartments in compartment Prod'])
    expect((await usage('Prod', '', key)).status).toBe(200)
    expect((await usage('Test', '', key)).status).toBe(403)
  })

  test('the audit log is listed newest first, filtered and paged; one event shows both sides', async () => {
    await bed.call('PUT', '/domains/default/groups/Watched', { body: {} })
    await bed.call('PATCH', '/domains/default/groups/Watched', { body: { description: 'seen' } })
    type Events = { items: { id: string; action: string }[]; next?: string }
    const filter = `filter=${encodeURIComponent('action sw "group." and actor.name eq "root"')}`
    const first = await bed.call<Events>('GET', `/audit-events?limit=1&${filter}`)
    expect(first.body.items.map((e) => e.action)).toEqual(['group.updated'])
    expect(first.body.items[0]).not.toHaveProperty('after')
    const next = await bed.call<Events>('GET', `/audit-events?limit=1&${filter}&cursor=${first.body.next}`)
    expect(next.body.items.map((e) => e.action)).toEqual(['group.created'])
    const one = await bed.call('GET', `/audit-events/${first.body.items[0]?.id}`)
    expect(one.body).toMatchObject({ before: { description: '' }, after: { description: 'seen' }, domain: 'default' })
    const since = encodeURIComponent(`at ge "${new Date(bed.clock()).toISOString()}" and action eq "group.created"`)
    expect((await bed.call<Events>('GET', `/audit-events?filter=${since}`)).body.items).toHaveLength(1)
    const { key, person } = await bed.somebody('auditor')
    await bed.assign({ kind: 'person', id: person }, 'audit-administrator')
    expect((await bed.call('GET', '/audit-events', {}, key)).status).toBe(200)
    const blind = await bed.somebody('blind')
    expect((await bed.call('GET', '/audit-events', {}, blind.key)).status).toBe(403)
    expect((await bed.call('GET', `/audit-events/${first.body.items[0]?.id}`, {}, blind.key)).status).toBe(403)
  })

  test('nothing went wrong on our side', () => {
    expect(bed.thrown).toEqual([])
  })
})
