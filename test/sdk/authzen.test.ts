// I3: the AuthZEN client of the SDK against a decision point that misbehaves: what is remembered and for how long, what is tried again, and that
// without an answer the answer is No.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { keyOf } from '../../src/sdk/answers.ts'
import { type AuthzenOptions, authzenClient, isGwanmunError, type Question } from '../../src/sdk/sdk.ts'
import { openPoint, type Point } from './point.ts'

let point: Point
let now = 0
beforeAll(async () => {
  point = await openPoint()
})
beforeEach(() => point.answers())
afterAll(() => point.close())

const client = (more: Partial<AuthzenOptions> = {}) =>
  authzenClient({ pdp: point.pdp, token: 'the-token', timeoutMs: 2_000, now: () => now, ...more })
const question = (id = 'r1', more: Partial<Question> = {}): Question => ({
  subject: { type: 'user', id: 'alice' },
  action: { name: 'read' },
  resource: { type: 'reports', id },
  ...more,
})

describe('I3 what is remembered', () => {
  test('nothing, unless it is asked for', async () => {
    const pdp = client()
    await pdp.evaluate(question())
    await pdp.evaluate(question())
    expect(point.asked.length).toBe(2)
    expect(point.asked[0]?.headers.authorization).toBe('Bearer the-token')
  })

  test('the same question for so many seconds, whatever the order of its members; any other question is asked', async () => {
    const pdp = client({ cache: { seconds: 10 } })
    const ask = (context: Question['context']) => pdp.evaluate(question('r1', context ? { context } : {}))
    await ask({ a: 1, b: { c: [1, 2], d: 'x' } })
    await ask({ b: { d: 'x', c: [1, 2] }, a: 1 })
    expect(point.asked.length).toBe(1)
    await ask({ a: 1, b: { c: [2, 1], d: 'x' } })
    await ask(undefined)
    await pdp.evaluate(question('r2'))
    await pdp.evaluate(question('r1', { subject: { type: 'user', id: 'bob' } }))
    expect(point.asked.length).toBe(5)
    now += 10_000
    await ask(undefined)
    expect(point.asked.length).toBe(6)
  })

  test('two questions never share a key by the way they are written', () => {
    const keys = [
      { a: { b: 1 } },
      { a: [['b', 1]] },
      { a: [['object', [['b', 1]]]] },
      { a: '{"b":1}' },
      { 'a":{"b': 1 },
    ]
    expect(new Set(keys.map((k) => keyOf('x', k))).size).toBe(keys.length)
  })

  test('no more than so many, those used last', async () => {
    const pdp = client({ cache: { seconds: 60, entries: 2 } })
    for (const id of ['a', 'b', 'a', 'c', 'a', 'b']) await pdp.evaluate(question(id))
    expect(point.asked.map((q) => (q.body as Question).resource.id)).toEqual(['a', 'b', 'c', 'b'])
  })

  test('no error, and nobody can change what the next one is told', async () => {
    const pdp = client({ cache: { seconds: 60 }, retries: 0 })
    point.answers({ status: 500, body: { message: 'broken' } }, {})
    expect((await pdp.evaluate(question())).decision).toBe(false)
    const good = await pdp.evaluate(question())
    expect(good.decision).toBe(true)
    expect(() => Object.assign(good.context, { id: 'mine' })).toThrow()
    expect((await pdp.evaluate(question())).context.id).toBe('d1')
    expect(point.asked.length).toBe(2)
    pdp.forget()
    await pdp.evaluate(question())
    expect(point.asked.length).toBe(3)
  })
})

describe('I3 without an answer the answer is No', () => {
  test.each([
    ['a refusal', { status: 403, body: { message: 'lacks the scope `pdp`' } }, 'refused'],
    ['a fault', { status: 500, body: 'oops' }, 'refused'],
    ['something else', { body: { decision: 'true' } }, 'malformed'],
    ['no JSON', { body: '<html>', headers: { 'content-type': 'text/html' } }, 'malformed'],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'unreachable'],
    ['a connection that ends', 'hang-up', 'unreachable'],
  ] as const)('%s', async (_, turn, kind) => {
    const told: string[] = []
    const pdp = client({ retries: 0, onFailure: (why) => told.push(why.kind) })
    point.answers(turn)
    const decision = await pdp.evaluate(question())
    expect([decision.decision, decision.failure?.kind, told]).toEqual([false, kind, [kind]])
    point.answers(turn)
    const thrown = await client({ retries: 0, whenUnavailable: 'throw' })
      .evaluate(question())
      .catch((e: unknown) => e)
    expect(isGwanmunError(thrown) && thrown.kind).toBe(kind)
  })

  test('a decision point that says nothing is waited for as long as was said, tries included', async () => {
    const pdp = client({ timeoutMs: 150, retries: 5 })
    await pdp.metadata()
    point.answers('silence', 'silence')
    const begun = performance.now()
    const { decision, failure } = await pdp.evaluate(question())
    expect([decision, failure?.message]).toEqual([false, expect.stringContaining('150 ms')])
    expect(performance.now() - begun).toBeLessThan(1_000)
    expect(point.asked.length).toBe(1)
  })

  test('a token that cannot be had, and a decision point that is not there', async () => {
    const noToken = client({ token: () => Promise.reject(new Error('no')) })
    expect((await noToken.evaluate(question())).decision).toBe(false)
    expect((await client({ pdp: 'http://127.0.0.1:1/t/acme', retries: 0 }).evaluate(question())).decision).toBe(false)
  })

  test('a batch is denied whole when it is not answered whole', async () => {
    const pdp = client()
    point.answers({ body: { evaluations: [{ decision: true }] } })
    expect((await pdp.evaluateAll([question('a'), question('b')])).map((d) => d.decision)).toEqual([false, false])
    point.answers({ body: { evaluations: [{ decision: true }, { decision: false }] } })
    expect((await pdp.evaluateAll([question('a'), question('b')])).map((d) => d.decision)).toEqual([true, false])
    point.answers({ body: { evaluations: [{ decision: false }] } })
    const first = await pdp.evaluateAll([question('a'), question('b')], { semantic: 'deny_on_first_deny' })
    expect(first.map((d) => d.decision)).toEqual([false, false])
  })
})

describe('I3 what is tried again', () => {
  test.each([
    ['not now', { status: 503 }],
    ['too many', { status: 429, headers: { 'retry-after': '0' } }],
    ['a connection that ends', 'hang-up'],
  ] as const)('%s, and then an answer', async (_, turn) => {
    point.answers(turn, {})
    expect((await client().evaluate(question())).decision).toBe(true)
    expect(point.asked.length).toBe(2)
  })
  test('not what was refused, and not for ever', async () => {
    point.answers({ status: 400, body: {} })
    await client().evaluate(question())
    expect(point.asked.length).toBe(1)
    point.answers({ status: 503 }, { status: 503 }, { status: 503 }, {})
    expect((await client({ retries: 2 }).evaluate(question())).decision).toBe(false)
    expect(point.asked.length).toBe(3)
  })
  test('not when the wait would be longer than the time there is', async () => {
    point.answers({ status: 503, headers: { 'retry-after': '60' } })
    const { failure } = await client().evaluate(question())
    expect([failure?.status, failure?.retryAfterSeconds]).toEqual([503, 60])
  })
})

describe('I3 discovery', () => {
  test.each([
    ['of another decision point', (base: string) => ({ policy_decision_point: `${base}/t/other` })],
    [
      'that sends the token elsewhere',
      () => ({ access_evaluation_endpoint: 'https://evil.test/access/v1/evaluation' }),
    ],
    ['without an endpoint', () => ({ access_evaluation_endpoint: undefined })],
  ])('metadata %s is not used', async (_, differs) => {
    const strange = await openPoint((base) => ({
      policy_decision_point: `${base}/t/acme`,
      access_evaluation_endpoint: `${base}/t/acme/access/v1/evaluation`,
      ...differs(base),
    }))
    const { decision, failure } = await client({ pdp: strange.pdp }).evaluate(question())
    expect([decision, failure?.kind, strange.asked.length]).toEqual([false, 'malformed', 0])
    await strange.close()
  })
  test('a search goes on from page to page', async () => {
    point.answers(
      { body: { results: [{ type: 'user', id: 'a' }], page: { next_token: 'n1' } } },
      { body: { results: [{ type: 'user', id: 'b' }], page: { next_token: '' } } },
    )
    const found: string[] = []
    for await (const one of client().subjects({
      subject: { type: 'user' },
      action: { name: 'read' },
      resource: { type: 'reports', id: 'r' },
    }))
      found.push(one.id)
    expect([found, point.asked[1]?.body]).toEqual([['a', 'b'], expect.objectContaining({ page: { token: 'n1' } })])
  })
})
