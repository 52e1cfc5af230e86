// Questions about decisions over HTTP: why, what if, what changed, who, where, what (A10, A12, A14, T3), and who may ask them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiDocuments } from '../../../src/adapters/yaml/api-documents.ts'
import { tableOf } from '../../../src/edges/admin/table.ts'
import type { Question } from '../../../src/flows/access/api.ts'
import { type Bed, openBed, stores } from './bed.ts'

const table = tableOf(apiDocuments())

type Statement = { readonly policy: string; readonly statement: string }
type Explained = {
  readonly allow: boolean
  readonly deniedBy: readonly (Statement & { readonly lifted?: string })[]
  readonly notGranted: readonly { readonly nearest: readonly Statement[] }[]
  readonly needs: { readonly groups: readonly { readonly group: { readonly name: string } }[] }
}
const question = (subject: string, name = 'GetReport'): Question => ({
  subject: { type: 'user', id: subject, properties: {} },
  action: { name, properties: {} },
  resource: { type: 'reports', id: 'r1', properties: {} },
  context: {},
})
const proposal = (...statements: readonly string[]) => ({ put: [{ name: 'proposed', statements }] })

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  let analyst: string
  beforeAll(async () => {
    bed = await openBed(open)
    analyst = (await bed.somebody('analyst', ['read audit-events in tenancy', 'inspect policies in tenancy'])).key
    await bed.addPerson('kim')
    await bed.policy('books', ['Allow group analysts to manage reports in tenancy'])
  })
  afterAll(() => bed.close())
  const ask = <T>(path: string, body: unknown, key = analyst) =>
    bed.call<T>('POST', `/decisions/${path}`, { body }, key)
  const pdp = () => ({
    tenancyId: bed.tenancyId,
    actor: { kind: 'app', id: 'a', name: 'app' } as const,
    requestId: undefined,
  })

  test('A12 a question is explained, and leaves no record of its own', async () => {
    const { status, body } = await ask<Explained>('explain', question('kim'))
    expect([status, body]).toMatchObject([
      200,
      {
        allow: false,
        reason: 'not-granted',
        notGranted: [{ nearest: [{ policy: 'books' }] }],
        needs: { groups: [{ group: { name: 'default/analysts' } }] },
      },
    ])
    const records = await bed.decisions()
    expect(records.filter((r) => (r.question.resource as { type: string }).type === 'reports')).toEqual([])
  })
  test('A10 decisions are listed, and one is explained by its id', async () => {
    for (let n = 0; n < 2; n++) await bed.authorize(pdp(), question('lee'))
    const { id } = await bed.authorize(pdp(), question('kim'))
    const listed = await bed.call<{ items: { id: string; at: string; allow: boolean }[]; next?: string }>(
      'GET',
      '/decisions?limit=2',
      {},
      analyst,
    )
    expect(listed.body.items).toHaveLength(2)
    expect(listed.body.items.map((i) => i.id)).toContain(id)
    const next = await bed.call<{ items: { id: string }[] }>(
      'GET',
      `/decisions?before=${listed.body.next}`,
      {},
      analyst,
    )
    expect(next.body.items.map((i) => i.id)).not.toContain(id)
    const one = await bed.call('GET', `/decisions/${id}`, {}, analyst)
    expect(one).toMatchObject({
      status: 200,
      body: { moved: false, recorded: { id, allow: false }, now: { allow: false } },
    })
    expect(await bed.call('GET', '/decisions/none', {}, analyst)).toMatchObject({ status: 404 })
  })
  test('A14 a question of proposed policies: both answers, and nothing written', async () => {
    const before = await bed.revision()
    const { body } = await ask<{ before: Explained; after: Explained }>('simulate', {
      proposal: proposal('Allow any-user to read reports in tenancy'),
      question: question('kim'),
    })
    expect([body.before.allow, body.after.allow]).toEqual([false, true])
    expect(await bed.revision()).toBe(before)
    const refused = await ask('simulate', {
      proposal: proposal('Allow group gone to read reports in tenancy'),
      question: question('kim'),
    })
    expect(refused).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining('there is no group `gone`') },
    })
    const nowhere = {
      put: [{ compartment: 'Nowhere', name: 'p', statements: ['Allow any-user to read reports in tenancy'] }],
    }
    expect((await ask('compare', { proposal: nowhere })).status).toBe(404)
  })
  test('A14 T3 recent decisions asked once more', async () => {
    for (let n = 0; n < 5; n++) await bed.authorize(pdp(), question('kim'))
    const { body } = await ask('replay', {
      proposal: proposal("Allow any-user to read reports in tenancy where request.user.name = 'kim'"),
    })
    expect(body).toMatchObject({
      flips: 6,
      drifted: 0,
      whole: true,
      examples: Array.from({ length: 6 }, () => ({ was: false, wouldBe: true })),
    })
    expect((await ask('replay', { proposal: {}, from: 'yesterday' })).status).toBe(400)
    expect((await ask('replay', { proposal: {}, from: '2031-01-01T00:00:00Z' })).body).toMatchObject({ decisions: 0 })
  })
  test('A14 what proposed policies would allow that is not so today, with a witness', async () => {
    const { body } = await ask('compare', { proposal: proposal('Allow any-user to inspect payslips in tenancy') })
    expect(body).toMatchObject({
      complete: true,
      lost: [],
      gained: [
        {
          permissions: ['PAYSLIP_INSPECT'],
          groups: [],
          witness: { action: '{PAYSLIP_INSPECT}', resourceType: 'payslips' },
        },
      ],
    })
  })
  test('A12 who, where and what', async () => {
    const { subject, ...rest } = question('analyst')
    expect((await ask('who', rest)).body).toMatchObject({
      grantees: expect.arrayContaining([
        {
          subject: expect.objectContaining({ name: 'default/analysts' }),
          answer: expect.objectContaining({ kind: 'always' }),
        },
      ]),
    })
    expect((await ask('where', { subject, action: rest.action, resource: { type: 'reports' } })).body).toMatchObject({
      items: [{ compartment: expect.any(String), answer: { kind: 'always' } }],
    })
    expect((await ask('what', { subject, types: ['reports'] })).body).toMatchObject({
      items: [{ may: [{ type: 'reports' }] }],
    })
  })
  test.for([
    ['explain', { ...question('kim'), nonsense: 1 }],
    ['explain', { subject: { type: 'user', id: 'kim' } }],
    ['simulate', { question: question('kim'), proposal: { put: [{ name: 'p', statements: [] }] } }],
    ['what', { subject: { type: 'user', id: 'kim' }, limit: 0 }],
  ] as const)('%s with a body that is none: 400', async ([path, body]) => {
    expect((await ask(path, body)).status).toBe(400)
  })
  test('it takes both permissions, at the root', async () => {
    const half = (await bed.somebody('half', ['read audit-events in tenancy'])).key
    const other = (await bed.somebody('other', ['inspect policies in tenancy'])).key
    for (const key of [half, other]) {
      expect((await ask('explain', question('kim'), key)).status).toBe(403)
      expect((await ask('compare', { proposal: {} }, key)).status).toBe(403)
      expect((await ask('who', { action: { name: 'read' }, resource: { type: 'reports' } }, key)).status).toBe(403)
    }
    expect((await bed.call('GET', '/decisions', {}, half)).status).toBe(200)
    expect((await bed.call('GET', '/decisions', {}, other)).status).toBe(403)
    expect(bed.thrown).toEqual([])
  })
})

test('every example is of the shape that it is an example of', () => {
  for (const { tag, answers, body, bodyExample, operationId } of table) {
    if (tag !== 'decisions') continue
    if (body) expect(body.safeParse(bodyExample).error?.issues, operationId).toBeUndefined()
    for (const { schema, example } of answers)
      if (schema) expect(schema.safeParse(example).error?.issues, operationId).toBeUndefined()
  }
})
