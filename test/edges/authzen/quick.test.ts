// The usual request takes a shorter way than the others. A query, which means nothing here, makes any request an unusual one: so every
// question is asked both ways, and the two must not be told apart.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type Pdp, pdp } from './pdp.ts'

let p: Pdp
beforeAll(async () => {
  p = await pdp()
  const kim = await p.addPerson('kim')
  await p.join(kim, await p.addGroup('finance'))
  await p.addPerson('lee')
  await p.put('books', ['Allow group finance to manage finance-family in compartment Prod:Web'])
})
afterAll(() => p.close())

const ask = (subject: unknown, action: unknown, properties: unknown = { compartment: 'Prod:Web' }) => ({
  subject: { type: 'user', id: subject },
  action: { name: action },
  resource: { type: 'reports', id: 'r1', properties },
})
const told = ({ status, body, headers }: Answer): unknown => [
  status,
  JSON.stringify(body)?.replaceAll(/"id":"\d{26}"/g, '"id":"…"'),
  ...['content-type', 'cache-control', 'www-authenticate', 'x-request-id', 'allow'].map((name) => headers.get(name)),
]
const bothWays = async (body: unknown, headers: { [name: string]: string } = {}, point = 'evaluation') => {
  const path = `/t/acme/access/v1/${point}`
  const [quick, ordinary] = [await p.post(path, body, headers), await p.post(`${path}?`, body, headers)]
  expect(told(quick)).toEqual(told(ordinary))
  return quick
}

describe('A11 both ways come to the same answer', () => {
  test.for<[string, unknown, number]>([
    ['granted', ask('kim', 'read'), 200],
    ['not granted', ask('lee', 'read'), 200],
    ['nobody', ask('nobody', 'read'), 200],
    ['an action nobody knows', ask('kim', 'frob'), 200],
    ['more than is needed', { ...ask('kim', 'read'), context: { a: 1 }, more: [1], evaluations: 3 }, 200],
    ['properties of everything', { ...ask('kim', 'read'), action: { name: 'read', properties: { x: null } } }, 200],
    ['no properties at all', { ...ask('kim', 'read'), resource: { type: 'reports', id: 'r1' } }, 200],
    ['letters of many kinds', ask('김 😀', 'read'), 200],
    ['a lone surrogate', ask('\ud800', 'read'), 200],
    ['U+0000', ask('k\0im', 'read'), 200],
    ['a mark of byte order', `\ufeff${JSON.stringify(ask('kim', 'read'))}`, 200],
    ['space around it', `\n ${JSON.stringify(ask('kim', 'read'))} \t`, 200],
    ['a name twice', `{"subject":{"type":"user","id":"lee"},${JSON.stringify(ask('kim', 'read')).slice(1)}`, 200],
    ['an id that is a number', ask(7, 'read'), 400],
    ['an empty id', ask('', 'read'), 400],
    ['an id too long', ask('x'.repeat(1001), 'read'), 400],
    ['properties that are a list', ask('kim', 'read', []), 400],
    ['properties that are null', ask('kim', 'read', null), 400],
    ['a context that is null', { ...ask('kim', 'read'), context: null }, 400],
    ['no action', { ...ask('kim', 'read'), action: undefined }, 400],
    ['a list', [ask('kim', 'read')], 400],
    ['a text', '"kim"', 400],
    ['a number', '7', 400],
    ['null', 'null', 400],
    ['half of it', '{"subject":', 400],
    ['nothing', '', 400],
    ['too much for the short way', { ...ask('kim', 'read'), context: { x: 'y'.repeat(70_000) } }, 200],
    ['too much for any', { ...ask('kim', 'read'), context: { x: 'y'.repeat(1_100_000) } }, 413],
  ])('%s', async ([, body, status]) => {
    expect((await bothWays(body)).status).toBe(status)
    await bothWays(body, {}, 'evaluations')
  })
  test.for<[string, { [name: string]: string }, number]>([
    ['no token', { authorization: '' }, 401],
    ['a token nobody gave', { authorization: 'Bearer nonsense' }, 401],
    ['another scheme', { authorization: 'Basic Zm9v' }, 401],
    ['no scope', { authorization: 'Bearer no-scope' }, 403],
    ['of a person', { authorization: 'Bearer of-a-person' }, 403],
    ['a charset', { 'content-type': 'application/json; charset=UTF-8' }, 200],
    ['another charset', { 'content-type': 'application/json; charset=utf-16' }, 400],
    ['no JSON', { 'content-type': 'text/plain' }, 400],
    ['a request id', { 'x-request-id': 'abc-1' }, 200],
    ['a harmful request id', { 'x-request-id': 'a b' }, 200],
    ['packed', { 'content-encoding': 'gzip' }, 400],
  ])('%s', async ([, headers, status]) => {
    expect((await bothWays(ask('kim', 'read'), headers)).status).toBe(status)
  })
  test.for(['/t/globex/access/v1/evaluation', '/t/ACME/access/v1/evaluation', '/t/acme/access/v1/evaluation/'])(
    '%s',
    async (path) => {
      const [quick, ordinary] = [await p.post(path, ask('kim', 'read')), await p.post(`${path}?`, ask('kim', 'read'))]
      expect(told(quick)).toEqual(told(ordinary))
    },
  )
  test('whatever JSON is sent', async () => {
    const leaf = fc.oneof(fc.constantFrom('user', 'kim', 'lee', 'read', 'reports', 'Prod:Web', ''), fc.jsonValue())
    const entity = fc.record({ type: leaf, id: leaf, name: leaf, properties: leaf }, { requiredKeys: [] })
    const part = fc.oneof({ weight: 4, arbitrary: entity }, { weight: 1, arbitrary: fc.jsonValue() })
    const body = fc.record(
      { subject: part, action: part, resource: part, context: leaf, __proto__: leaf },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        await bothWays(sent)
      }),
      { numRuns: 150 },
    )
  })
})

test('A9 questions asked at once are answered like questions asked one by one, and one that is none takes no other along', async () => {
  const one = fc.record({
    subject: fc.constantFrom('kim', 'lee', 'nobody', 'default/kim', 'partners/kim', ''),
    action: fc.constantFrom('read', 'inspect', 'GetReport', 'frob', '{REPORT_DELETE}'),
    at: fc.constantFrom('Prod:Web', 'Prod', 'Test', 'Nowhere', undefined),
    token: fc.constantFrom('good-token', 'good-token', 'good-token', 'nonsense', 'no-scope'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: 2, maxLength: 30 }), async (all) => {
      const answer = async ({ subject, action, at, token }: (typeof all)[number]) =>
        told(
          await p.evaluation(ask(subject, action, at === undefined ? {} : { compartment: at }), {
            authorization: `Bearer ${token}`,
          }),
        )
      const alone: unknown[] = []
      for (const asked of all) alone.push(await answer(asked))
      expect(await Promise.all(all.map(answer))).toEqual(alone)
    }),
    { numRuns: 20 },
  )
})
