// The conformance scenario of the Authorization API 1.0, line by line: levels Basic, Batch and Discovery. Titles carry its section numbers.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Pdp, pdp } from './pdp.ts'
import { recordFixture } from './register.ts'

let p: Pdp
beforeAll(async () => {
  p = await pdp()
  await recordFixture(p)
})
afterAll(() => p.close())

const user = (id: string, properties?: object) => ({ type: 'user', id, ...(properties ? { properties } : {}) })
const record = (id: string, properties?: object) => ({ type: 'record', id, ...(properties ? { properties } : {}) })
const action = (name: string, properties?: object) => ({ name, ...(properties ? { properties } : {}) })
const ask = (subject: object, does: object, resource: object, more: object = {}) => ({
  subject,
  action: does,
  resource,
  ...more,
})
const archived = { status: 'archived' }
const basic = ask(user('alice'), action('read'), record('record-1'))

describe('A11 Basic: evaluation', () => {
  test.for<[string, object, boolean]>([
    ['1.4-1 and 2.2.1 permit', basic, true],
    ['1.4-2', ask(user('alice'), action('write'), record('record-1')), true],
    ['1.4-3', ask(user('bob'), action('read'), record('record-1')), true],
    ['1.4-4 and 2.2.2 deny', ask(user('bob'), action('write'), record('record-1')), false],
    ['2.2.3 optional context', { ...basic, context: { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' } }, true],
    ['2.2.4 properties of the resource', ask(user('alice'), action('write'), record('record-2', archived)), false],
    [
      '2.2.5 properties of the subject',
      ask(user('bob', { role: 'admin' }), action('write'), record('record-2', archived)),
      true,
    ],
    [
      '1.4-6 of any subject',
      ask(user('alice', { role: 'admin' }), action('write'), record('record-2', archived)),
      true,
    ],
    ['2.2.6 properties of the action', ask(user('alice'), action('delete', { soft: true }), record('record-1')), true],
    ['2.2.7 other properties', ask(user('alice'), action('delete', { soft: false }), record('record-1')), false],
    [
      '2.2.8 further properties',
      ask(
        user('alice', { department: 'Sales', role: 'manager' }),
        action('read', { method: 'GET' }),
        record('record-1', { status: 'active', owner: 'bob' }),
      ),
      true,
    ],
    ['2.2.9 unknown fields', { ...basic, foo: 'bar', futureField: { nested: true } }, true],
  ])('%s', async ([, body, decision]) => {
    const answer = await p.evaluation(body)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    expect(answer.body).toMatchObject({ decision, context: expect.any(Object) })
  })
  test('a property of a resource cannot overrule what was registered', async () => {
    const body = ask(user('alice'), action('write'), record('record-2', { status: 'active' }))
    expect((await p.evaluation(body)).body).toMatchObject({ decision: false })
  })

  test.for<[string, unknown]>([
    ['2.4.1 no subject', { ...basic, subject: undefined }],
    ['2.4.1 no action', { ...basic, action: undefined }],
    ['2.4.1 no resource', { ...basic, resource: undefined }],
    ['2.4.2 subject without type', { ...basic, subject: { id: 'alice' } }],
    ['2.4.2 subject without id', { ...basic, subject: { type: 'user' } }],
    ['2.4.2 action without name', { ...basic, action: {} }],
    ['2.4.2 resource without type', { ...basic, resource: { id: 'record-1' } }],
    ['2.4.2 resource without id', { ...basic, resource: { type: 'record' } }],
    ['2.4.4 malformed JSON', '{"subject":'],
    ['2.4.5 empty body', ''],
    ['2.4.6 subject as text', { ...basic, subject: 'alice' }],
    ['2.4.6 name as number', { ...basic, action: { name: 123 } }],
  ])('%s: 400', async ([, body]) => {
    expect((await p.evaluation(body)).status).toBe(400)
  })
  test('2.4.3 another content type: 400', async () => {
    expect((await p.evaluation(basic, { 'content-type': 'text/plain' })).status).toBe(400)
  })
  test('2.5.1 the request id comes back', async () => {
    expect((await p.evaluation(basic, { 'X-Request-ID': 'r-17' })).headers.get('x-request-id')).toBe('r-17')
  })
  test('2.5.2 none is needed', async () => {
    expect((await p.evaluation(basic)).status).toBe(200)
  })
  test('2.6 the same request, the same decision', async () => {
    for (let n = 0; n < 5; n++) expect((await p.evaluation(basic)).body).toMatchObject({ decision: true })
  })
})

const decisions = (body: unknown): readonly unknown[] =>
  (body as { evaluations: readonly { decision: unknown }[] }).evaluations.map((e) => e.decision)

describe('A11 Batch: evaluations', () => {
  test.for<[string, object, boolean[]]>([
    [
      '3.2.1 a list',
      {
        subject: user('alice'),
        action: action('read'),
        evaluations: [{ resource: record('record-1') }, { resource: record('record-2') }],
      },
      [true, true],
    ],
    [
      '3.2.2 in the order asked',
      {
        subject: user('bob'),
        resource: record('record-1'),
        evaluations: [{ action: action('read') }, { action: action('write') }],
      },
      [true, false],
    ],
    [
      '3.2.3 properties of each resource',
      {
        subject: user('alice'),
        action: action('write'),
        evaluations: [
          { resource: record('record-1', { status: 'active' }) },
          { resource: record('record-2', archived) },
        ],
      },
      [true, false],
    ],
    [
      '3.2.4 properties of each subject',
      {
        action: action('write'),
        resource: record('record-2', archived),
        evaluations: [{ subject: user('alice') }, { subject: user('bob', { role: 'admin' }) }],
      },
      [false, true],
    ],
    [
      '3.2.5 without defaults',
      { evaluations: [basic, ask(user('bob'), action('write'), record('record-1'))] },
      [true, false],
    ],
    [
      '3.2.6 inherited context',
      {
        subject: user('alice'),
        action: action('read'),
        context: { time: '2025-06-27T18:03-07:00' },
        evaluations: [
          { resource: record('record-1') },
          { resource: record('record-2'), context: { time: '2025-06-27T19:00-07:00', source: 'batch-override' } },
        ],
      },
      [true, true],
    ],
    [
      '3.2.7 a default names what an item leaves out',
      {
        subject: user('alice'),
        action: action('write'),
        resource: { type: 'record' },
        evaluations: [
          { resource: { id: 'record-1', properties: { status: 'active' } } },
          { resource: record('record-2', archived) },
        ],
      },
      [true, false],
    ],
    [
      '3.2.7 but lends it no properties',
      {
        subject: user('alice'),
        action: action('delete', { soft: true }),
        resource: record('record-1'),
        evaluations: [{}, { action: action('delete') }],
      },
      [true, false],
    ],
    [
      '3.4.1 an item that lacks something',
      { subject: user('alice'), action: action('read'), evaluations: [{ resource: record('record-1') }, {}] },
      [true, false],
    ],
  ])('%s', async ([, body, expected]) => {
    const answer = await p.evaluations(body)
    expect([answer.status, decisions(answer.body)]).toEqual([200, expected])
    expect(answer.body).not.toHaveProperty('decision') // 3.3.4
  })
  test.for([
    ['3.4.2 no list', basic],
    ['3.4.3 an empty list', { ...basic, evaluations: [] }],
  ] as const)('%s: a single evaluation', async ([, body]) => {
    const answer = await p.evaluations(body)
    expect([answer.status, answer.body]).toMatchObject([200, { decision: true }])
  })
})

describe('A11 Discovery', () => {
  test.for(['/.well-known/authzen-configuration/t/acme', '/t/acme/.well-known/authzen-configuration'])(
    '6 at %s',
    async (at) => {
      const { status, headers, body } = await p.raw(at, {})
      expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
      const metadata = body as { readonly [name: string]: unknown }
      expect(metadata.policy_decision_point).toBe('https://id.example/t/acme')
      for (const [name, value] of Object.entries(metadata))
        if (name.endsWith('_endpoint')) expect(new URL(String(value)).protocol, name).toBe('https:')
      expect(metadata.capabilities).toEqual(expect.arrayContaining([expect.stringMatching(/^urn:/)]))
    },
  )
})
