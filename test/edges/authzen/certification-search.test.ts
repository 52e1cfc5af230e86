// The conformance scenario of the Authorization API 1.0, level Search, line by line. Titles carry its section numbers.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type Pdp, pdp } from './pdp.ts'
import { recordFixture } from './register.ts'

let p: Pdp
beforeAll(async () => {
  p = await pdp()
  await recordFixture(p)
})
afterAll(() => p.close())

const anyUser = { type: 'user' }
const alice = { type: 'user', id: 'alice' }
const bob = { type: 'user', id: 'bob', properties: { role: 'admin' } }
const [read, write] = [{ name: 'read' }, { name: 'write' }]
const first = { type: 'record', id: 'record-1' }
const second = { type: 'record', id: 'record-2', properties: { status: 'archived' } }
const context = { time: '2024-10-26T01:22-07:00' }

const resultsOf = ({ body }: Answer): readonly object[] => (body as { results: readonly object[] }).results
const users = (...ids: readonly string[]) => ids.map((id) => ({ type: 'user', id }))
const doing = (...names: readonly string[]) => names.map((name) => ({ name }))
const records = (...ids: readonly string[]) => ids.map((id) => ({ type: 'record', id }))

describe('A11 Search', () => {
  test.for<[string, 'subject' | 'resource' | 'action', object, readonly object[]]>([
    ['4.2.1 subjects', 'subject', { subject: anyUser, action: read, resource: first }, users('alice', 'bob')],
    [
      '4.2.2 with context',
      'subject',
      { subject: anyUser, action: read, resource: first, context },
      users('alice', 'bob'),
    ],
    [
      '4.2.3 an id is ignored',
      'subject',
      { subject: { ...alice, id: 7 }, action: read, resource: first },
      users('alice', 'bob'),
    ],
    ['4.2.4 with properties', 'subject', { subject: anyUser, action: write, resource: second }, users('bob')],
    [
      '4.3.1 resources',
      'resource',
      { subject: alice, action: read, resource: { type: 'record' } },
      records('record-1', 'record-2'),
    ],
    ['4.3.2 an id is ignored', 'resource', { subject: alice, action: write, resource: first }, records('record-1')],
    [
      '4.3.3 with properties',
      'resource',
      { subject: bob, action: write, resource: { type: 'record' } },
      records('record-2'),
    ],
    ['4.4.1 actions', 'action', { subject: alice, resource: first }, doing('read', 'write', 'use')],
    ['4.4.2 with context', 'action', { subject: alice, resource: first, context }, doing('read', 'write', 'use')],
    ['4.4.3 with properties', 'action', { subject: bob, resource: second }, doing('read', 'write', 'use')],
    ['an action is ignored', 'action', { subject: bob, action: 7, resource: first }, doing('read')],
    ['4.6.1 an unknown subject', 'action', { subject: { type: 'user', id: 'nonexistent-user' }, resource: first }, []],
    [
      '4.6.1 an unknown resource, for whom it takes facts',
      'subject',
      { subject: anyUser, action: write, resource: { type: 'record', id: 'x' } },
      [],
    ],
    ['4.6.1 an unknown action', 'subject', { subject: anyUser, action: { name: 'frob' }, resource: first }, []],
    [
      '4.6.2 an unknown type of subject',
      'subject',
      { subject: { type: 'spaceship' }, action: read, resource: first },
      [],
    ],
    [
      '4.6.2 an unknown type of resource',
      'resource',
      { subject: alice, action: read, resource: { type: 'spaceship' } },
      [],
    ],
    ['4.6.2 the same in action search', 'action', { subject: alice, resource: { type: 'spaceship', id: '1' } }, []],
  ])('%s', async ([, what, body, expected]) => {
    const answer = await p.search(what, body)
    const results = resultsOf(answer)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    expect(results).toEqual(expect.arrayContaining([...expected]))
    expect(results).toHaveLength(expected.length)
    expect(answer.body).toMatchObject({ page: { next_token: '', count: results.length, total: results.length } })
  })

  test('4.5 pages: a limit, then the token alone, until it is empty', async () => {
    const body = { subject: anyUser, action: read, resource: first }
    const one = await p.search('subject', { ...body, page: { limit: 1 } })
    expect(one.body).toMatchObject({ page: { next_token: expect.stringMatching(/./), count: 1 } })
    const { next_token: token } = (one.body as { page: { next_token: string } }).page
    const two = await p.search('subject', { ...body, page: { token } })
    expect(two.body).toMatchObject({ page: { next_token: '', count: 1 } })
    expect([...resultsOf(one), ...resultsOf(two)]).toEqual(expect.arrayContaining(users('alice', 'bob')))
  })

  test.for<[string, 'subject' | 'resource' | 'action', object]>([
    ['4.7.1 no action', 'subject', { subject: anyUser, resource: first }],
    ['4.7.1 no subject', 'resource', { action: read, resource: { type: 'record' } }],
    ['4.7.1 no resource', 'action', { subject: alice }],
    ['4.7.2 resource without id', 'subject', { subject: anyUser, action: read, resource: { type: 'record' } }],
    ['4.7.2 subject without id', 'resource', { subject: anyUser, action: read, resource: { type: 'record' } }],
    ['4.7.2 subject without type', 'subject', { subject: {}, action: read, resource: first }],
    ['a limit below zero', 'action', { subject: alice, resource: first, page: { limit: -1 } }],
    ['a limit that is no whole number', 'action', { subject: alice, resource: first, page: { limit: 1.5 } }],
    ['a page that is none', 'action', { subject: alice, resource: first, page: 'x' }],
    ['a token that is none', 'action', { subject: alice, resource: first, page: { token: 'x' } }],
  ])('%s: 400', async ([, what, body]) => {
    const answer = await p.search(what, body)
    expect([answer.status, typeof answer.body]).toEqual([400, 'string'])
  })
  test('5 transport: content type, request id, method, body', async () => {
    const body = { subject: alice, resource: first }
    expect((await p.search('action', body, { 'content-type': 'text/plain' })).status).toBe(400)
    expect((await p.search('action', '{')).status).toBe(400)
    expect((await p.search('action', body, { 'X-Request-ID': 'r-9' })).headers.get('x-request-id')).toBe('r-9')
    const get = await p.raw('/t/acme/access/v1/search/action', { headers: { authorization: 'Bearer good-token' } })
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
  })
  test.for([
    ['no token', {}, 401],
    ['without the scope', { authorization: 'Bearer no-scope' }, 403],
    ['of a person', { authorization: 'Bearer of-a-person' }, 403],
  ] as const)('who may ask: %s', async ([, headers, status]) => {
    for (const what of ['subject', 'resource', 'action'])
      expect(
        (
          await p.raw(`/t/acme/access/v1/search/${what}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', ...headers },
            body: '{',
          })
        ).status,
      ).toBe(status)
  })
})
