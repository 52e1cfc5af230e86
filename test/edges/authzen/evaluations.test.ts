// Several questions in one request: defaults, the three semantics, and what an item may lack.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Pdp, pdp } from './pdp.ts'

let p: Pdp
const subject = { type: 'user', id: 'kim' }
const action = { name: 'read' }
const of = (compartment: string) => ({ resource: { type: 'reports', id: compartment, properties: { compartment } } })
const yes = of('Prod')
const no = of('Test')
beforeAll(async () => {
  p = await pdp()
  await p.addPerson('kim')
  await p.put('p', ['Allow any-user to read reports in compartment Prod'])
})
afterAll(() => p.close())

const decisions = (body: unknown): readonly boolean[] =>
  (body as { evaluations: readonly { decision: boolean }[] }).evaluations.map((e) => e.decision)

describe('A11 evaluations', () => {
  test.for([
    ['execute_all by default', undefined, [yes, no, yes], [true, false, true]],
    ['execute_all', 'execute_all', [no, yes, no], [false, true, false]],
    ['deny_on_first_deny', 'deny_on_first_deny', [yes, no, yes], [true, false]],
    ['deny_on_first_deny, none denied', 'deny_on_first_deny', [yes, yes], [true, true]],
    ['permit_on_first_permit', 'permit_on_first_permit', [no, yes, no], [false, true]],
    ['permit_on_first_permit, none permitted', 'permit_on_first_permit', [no, no], [false, false]],
  ] as const)('%s', async ([, semantic, evaluations, expected]) => {
    const options = semantic === undefined ? {} : { options: { evaluations_semantic: semantic } }
    const { status, body } = await p.evaluations({ subject, action, ...options, evaluations })
    expect([status, decisions(body)]).toEqual([200, expected])
  })
  test('an item’s own member replaces the default whole, and an empty item takes them all', async () => {
    const { body } = await p.evaluations({
      subject,
      action,
      ...yes,
      evaluations: [
        {},
        { action: { name: 'manage' } },
        { resource: { type: 'reports', id: 'x' } },
        { subject: { type: 'user', id: 'nobody' } },
      ],
    })
    expect(decisions(body)).toEqual([true, false, false, false])
  })
  test('an item that lacks something is a No with an error, the others are answered', async () => {
    const { status, body } = await p.evaluations({
      action,
      ...yes,
      evaluations: [{ subject }, {}, { subject: { type: 'user' } }, { subject: 'kim' }],
    })
    expect(status).toBe(200)
    expect(decisions(body)).toEqual([true, false, false, false])
    expect((body as { evaluations: unknown[] }).evaluations.slice(1)).toMatchObject([
      { context: { error: { status: 400, message: expect.stringContaining('`subject`') } } },
      { context: { error: { status: 400, message: expect.stringContaining('`subject.id`') } } },
      { context: { error: { status: 400 } } },
    ])
  })
  test('a broken item stops deny_on_first_deny like any No', async () => {
    const { body } = await p.evaluations({
      action,
      ...yes,
      options: { evaluations_semantic: 'deny_on_first_deny' },
      evaluations: [{}, { subject }],
    })
    expect(decisions(body)).toEqual([false])
  })
  test.for([[{}], [{ evaluations: [] }]] as const)('without items it is a single evaluation: %j', async ([more]) => {
    expect((await p.evaluations({ subject, action, ...yes, ...more })).body).toMatchObject({
      decision: true,
      context: { id: expect.any(String) },
    })
    expect((await p.evaluations({ subject, action, ...more })).status).toBe(400)
  })
  test.for<[string, unknown]>([
    ['items that are no list', { subject, action, evaluations: {} }],
    ['an item that is no object', { subject, action, ...yes, evaluations: ['x'] }],
    ['a default of another shape', { subject: 'kim', action, evaluations: [yes] }],
    ['a semantic nobody knows', { subject, action, options: { evaluations_semantic: 'whatever' }, evaluations: [yes] }],
    ['too many items', { subject, action, ...yes, evaluations: Array.from({ length: 501 }, () => ({})) }],
    ['no object', []],
  ])('%s: 400', async ([, body]) => {
    const answer = await p.evaluations(body)
    expect([answer.status, typeof answer.body]).toEqual([400, 'string'])
  })
  test('every item is on record', async () => {
    const { body } = await p.evaluations({ subject, action, evaluations: Array.from({ length: 40 }, () => yes) })
    const ids = (body as { evaluations: { context: { id: string } }[] }).evaluations.map((e) => e.context.id)
    const records = await p.store.read((tx) => Promise.all(ids.map((id) => tx.audit.decision(id as never))))
    expect(records.filter((r) => r?.allow)).toHaveLength(40)
  })
})
