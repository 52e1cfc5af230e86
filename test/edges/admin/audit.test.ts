// The audit trail over HTTP: searched, shown, exported, verified; by whom, and of which domain (I4, T5).
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuditEvent } from '../../../src/core/model/audit.ts'
import { eventOf } from '../../../src/flows/audit-event.ts'
import { type Bed, openBed, stores } from './bed.ts'

type Shown = { readonly id: string; readonly action: string; readonly details?: object; readonly domain?: string }
type Page = { readonly items: readonly Shown[]; readonly next?: string }

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  let auditor: string
  let ofPartners: string
  beforeAll(async () => {
    bed = await openBed(open)
    auditor = (await bed.somebody('auditor', ['read audit-events in tenancy'])).key
    ofPartners = (await bed.somebody('partner', [`read audit-events in tenancy where target.domain.name = 'partners'`]))
      .key
    await record({ action: 'thing.done', domainId: bed.domains.default, requestId: 'req-1', after: { secretive: 1 } })
    await record({ action: 'thing.done', domainId: bed.domains.partners, reason: 'no-luck' })
    await record({ action: 'thing.done', tenancyId: bed.otherTenancyId })
    for (let n = 0; n < 5; n += 1) {
      bed.later(1)
      await record({ action: 'thing.many', target: { type: 'thing', id: `t${n}`, name: `=${n}` } })
    }
  })
  afterAll(() => bed.close())
  const record = async (differs: Partial<Parameters<typeof eventOf>[2]>): Promise<AuditEvent> => {
    const event = eventOf(bed.random, bed.clock(), {
      tenancyId: bed.tenancyId,
      action: 'x',
      actor: { kind: 'person', id: 'ann', name: 'ann' },
      ...differs,
    })
    await bed.store.write((tx) => tx.audit.add(event))
    return event
  }
  const search = async (query: string, key = auditor) =>
    (await bed.call<Page>('GET', encodeURI(`/audit-events?${query}`), {}, key)).body
  const text = async (path: string, key = auditor) => {
    const response = await fetch(`${bed.url}/api/v1/tenancies/acme${path}`, {
      headers: { authorization: `Bearer ${key}` },
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  test('I4: events are searched by action, actor, target, outcome, request, domain and time, page by page', async () => {
    const many = await search('filter=action eq "thing.many"&limit=2')
    expect(many.items.map(({ action }) => action)).toEqual(['thing.many', 'thing.many'])
    const rest = await search(`filter=action eq "thing.many"&cursor=${many.next}`)
    expect([rest.items.length, rest.next]).toEqual([3, undefined])
    const count = async (filter: string) => (await search(`filter=${filter}`)).items.length
    expect(await count('action eq "thing.done"')).toBe(2)
    expect(await count('action eq "thing.done" and outcome eq "failure"')).toBe(1)
    expect(await count('requestId eq "req-1"')).toBe(1)
    expect(await count('target.id eq "t3"')).toBe(1)
    expect(await count('actor.id eq "ann" and action eq "thing.done"')).toBe(2)
    expect(await count('actor.id eq "nobody"')).toBe(0)
    expect(await count('action eq "thing.done" and domain eq "partners"')).toBe(1)
    const at = (seconds: number) => new Date(bed.clock() + seconds * 1000).toISOString()
    expect(await count(`action eq "thing.many" and at ge "${at(-2)}" and at lt "${at(0)}"`)).toBe(2)
  })
  test('T5: who audits one domain sees its events and no others', async () => {
    const { items } = await search('filter=action eq "thing.done"', ofPartners)
    expect(items.map(({ domain }) => domain)).toEqual(['partners'])
    const [other] = (await search('filter=requestId eq "req-1"')).items
    expect((await bed.call('GET', `/audit-events/${other?.id}`, {}, ofPartners)).status).toBe(403)
    expect((await text('/audit-events/export', ofPartners)).status).toBe(403)
    const own = await text('/audit-events/export?domain=partners', ofPartners)
    expect([own.status, own.text.split('\n').length]).toEqual([200, 2])
    for (const path of ['/audit-trail/seals', '/audit-events/export?domain=default'])
      expect((await text(path, ofPartners)).status, path).toBe(403)
    expect((await bed.call('POST', '/audit-trail/verify', {}, ofPartners)).status).toBe(403)
  })
  test('A10: a change names the request that asked for it and the decision that allowed it', async () => {
    const made = await bed.call('PUT', '/domains/default/groups/Named', { body: { description: 'x' } })
    expect(made.status).toBe(201)
    const [event] = await bed.audit('group.created')
    const decision =
      event?.decisionId && (await bed.store.read((tx) => tx.audit.decision(event.decisionId ?? ('' as never))))
    expect([event?.requestId, decision]).toMatchObject([
      'ours-1',
      { allow: true, question: { action: { name: 'CreateGroup' }, caller: { name: 'root' } } },
    ])
    const denied = await bed.call('PUT', '/domains/default/groups/Named', { body: { description: 'y' } }, auditor)
    const [refused] = await bed.audit('policy.denied')
    expect([denied.status, refused]).toMatchObject([403, { outcome: 'failure', requestId: 'ours-1' }])
    expect(refused?.decisionId).toBeDefined()
  })
  test('I4: nobody of another tenancy, and nobody without the permission, is told anything', async () => {
    const stranger = (await bed.somebody('stranger')).key
    const foreign = await record({ action: 'theirs', tenancyId: bed.otherTenancyId })
    expect((await bed.call('GET', '/audit-events', {}, stranger)).status).toBe(403)
    expect((await text('/audit-events/export', stranger)).status).toBe(403)
    expect((await bed.call('GET', `/audit-events/${foreign.id}`, {}, auditor)).status).toBe(404)
    expect((await search('filter=action eq "theirs"')).items).toEqual([])
  })
  test('I4: the export is JSON lines or CSV, a file to keep, and never half of one', async () => {
    const jsonl = await text('/audit-events/export?action=thing.many')
    expect(jsonl.headers.get('content-type')).toContain('application/x-ndjson')
    expect(jsonl.headers.get('content-disposition')).toBe('attachment; filename="audit-events.jsonl"')
    expect(
      jsonl.text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as AuditEvent).target?.id),
    ).toEqual(['t0', 't1', 't2', 't3', 't4'])
    const csv = await text('/audit-events/export?action=thing.many&format=csv')
    expect(csv.headers.get('content-type')).toContain('text/csv')
    expect(csv.text).toContain(",'=3,")
    expect((await text('/audit-events/export?action=none')).text).toBe('')
    for (const query of ['format=xml', 'from=yesterday', 'outcome=maybe', 'unknown=1'])
      expect((await text(`/audit-events/export?${query}`)).status, query).toBe(400)
    expect((await text('/audit-events/export?domain=nowhere')).status).toBe(404)
  })
  test('I4: verify says intact, and what it found when it is not', async () => {
    await bed.seal()
    const verify = () =>
      bed.call<{ intact: boolean; trails: { rows: number; findings: object[] }[] }>(
        'POST',
        '/audit-trail/verify',
        {},
        auditor,
      )
    const [one, two] = await Promise.all([verify(), verify()])
    expect([one.status, one.body.intact, two.body.intact]).toEqual([200, true, true])
    expect(one.body.trails[0]?.rows).toBeGreaterThan(8)
    const lines = (await text('/audit-trail/seals')).text.trim().split('\n')
    expect(Object.keys(JSON.parse(lines[0] ?? '{}') as object)).toEqual(['key'])
    expect(lines.length).toBeGreaterThan(2)
    await bed.store.write((tx) => tx.seals.forget('event', bed.tenancyId, [1]))
    const found = await verify()
    expect(found.body).toMatchObject({
      intact: false,
      trails: [{ findings: [{ kind: 'row-removed', seq: 1 }] }, { findings: [] }],
    })
    expect(bed.thrown).toEqual([])
  })
})
