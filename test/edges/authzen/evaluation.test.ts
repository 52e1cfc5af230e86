// The decision point over HTTP: answers, refusals of requests that are none, who may ask, and that nothing leaks.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Pdp, pdp } from './pdp.ts'

let p: Pdp
const ask = (subject: string, action: string, type = 'reports', properties: object = {}) => ({
  subject: { type: 'user', id: subject },
  action: { name: action },
  resource: { type, id: 'r1', properties },
})
beforeAll(async () => {
  p = await pdp()
  const kim = await p.addPerson('kim')
  await p.join(kim, await p.addGroup('finance'))
  await p.addPerson('lee')
  await p.enableDeny()
  await p.put('books', [
    'Allow group finance to manage finance-family in compartment Prod:Web',
    'Deny group finance to {REPORT_DELETE} in compartment Prod',
    "Allow any-user to read payslips in tenancy where all { target.payslip.owner = request.user.name, request.region = 'icn' }",
  ])
})
afterAll(() => p.close())

describe('A11 evaluation', () => {
  test.for([
    ['granted', ask('kim', 'GetReport', 'reports', { compartment: 'Prod:Web' }), true],
    ['a verb', ask('kim', 'read', 'reports', { compartment: 'Prod:Web' }), true],
    ['permissions', ask('kim', '{REPORT_READ}', 'reports', { compartment: 'Prod:Web' }), true],
    ['another compartment', ask('kim', 'GetReport', 'reports', { compartment: 'Prod' }), false],
    ['denied', ask('kim', 'DeleteReport', 'reports', { compartment: 'Prod:Web' }), false],
    ['U1 nobody’s member', ask('lee', 'GetReport', 'reports', { compartment: 'Prod:Web' }), false],
    ['someone unknown', ask('nobody', 'GetReport'), false],
    ['a type unknown', ask('kim', 'read', 'spaceships'), false],
    [
      'facts of resource and context',
      { ...ask('lee', 'GetPayslip', 'payslips', { owner: 'lee' }), context: { region: 'ap-seoul-1' } },
      true,
    ],
    [
      'someone else’s',
      { ...ask('lee', 'GetPayslip', 'payslips', { owner: 'kim' }), context: { region: 'icn' } },
      false,
    ],
    ['a fact not supplied', ask('lee', 'GetPayslip', 'payslips', { owner: 'lee' }), false],
    [
      'unknown members are ignored',
      { ...ask('kim', 'GetReport', 'reports', { compartment: 'Prod:Web' }), foo: 1, options: {} },
      true,
    ],
  ] as const)('%s', async ([, body, decision]) => {
    const answer = await p.evaluation(body)
    expect([answer.status, answer.body]).toMatchObject([200, { decision, context: { id: expect.any(String) } }])
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })
  test('A10 the id leads to the record; the reason is fit for users and names no statement', async () => {
    const { body } = await p.evaluation(ask('kim', 'DeleteReport', 'reports', { compartment: 'Prod:Web' }))
    const { context } = body as { context: { id: string; reason_user: object } }
    const record = await p.store.read((tx) => tx.audit.decision(context.id as never))
    expect(record).toMatchObject({ allow: false, question: { caller: { name: 'pdp-client' } } })
    expect(record?.denied).toHaveLength(1)
    expect(Object.keys(context).sort()).toEqual(['id', 'reason_user'])
    expect(Object.keys(context.reason_user)).toEqual(['en-403', 'ko-403'])
    expect(JSON.stringify(body)).not.toMatch(/books|REPORT_DELETE|finance/)
  })
  test('someone unknown gets the very answer of someone who may not', async () => {
    const [unknown, known] = await Promise.all([
      p.evaluation(ask('nobody', 'GetReport')),
      p.evaluation(ask('lee', 'GetReport')),
    ])
    const blank = ({ body, status }: typeof known) => [status, JSON.stringify(body).replace(/"id":"[^"]*"/, '')]
    expect(blank(unknown)).toEqual(blank(known))
  })
  test('a mistake of the application is told to its developer', async () => {
    expect((await p.evaluation(ask('kim', 'frob'))).body).toMatchObject({
      context: {
        reason_admin: { en: '`frob` is no operation of `reports`, no verb and no known permission in braces' },
      },
    })
    expect((await p.evaluation(ask('kim', 'read', 'spaceships'))).body).toMatchObject({
      context: { reason_admin: { en: 'no resource-type is called `spaceships`' } },
    })
  })
  test('X-Request-ID comes back as it was sent, and only if it is harmless', async () => {
    const sent = await p.evaluation(ask('kim', 'read'), { 'X-Request-ID': 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716' })
    expect(sent.headers.get('x-request-id')).toBe('bfe9eb29-ab87-4ca3-be83-a1d5d8305716')
    expect((await p.evaluation('{', { 'X-Request-ID': 'abc' })).headers.get('x-request-id')).toBe('abc')
    expect(
      (await p.evaluation(ask('kim', 'read'), { 'X-Request-ID': 'x'.repeat(201) })).headers.get('x-request-id'),
    ).toBe('ours-1')
    expect((await p.evaluation(ask('kim', 'read'))).headers.get('x-request-id')).toBe('ours-1')
  })
})

describe('A11 requests that are none', () => {
  const whole = ask('kim', 'read')
  test.for<[string, unknown, RegExp]>([
    ['empty body', '', /`subject`/],
    ['malformed', '{"subject":', /malformed JSON/],
    ['an array', [], /body: expected an object|body:/],
    ['a string', '"x"', /malformed JSON/],
    ['null', 'null', /malformed JSON/],
    ['nothing in it', {}, /`subject`/],
    ['no subject', { ...whole, subject: undefined }, /`subject`/],
    ['no action', { ...whole, action: undefined }, /`action`/],
    ['no resource', { ...whole, resource: undefined }, /`resource`/],
    ['subject without id', { ...whole, subject: { type: 'user' } }, /`subject\.id`/],
    ['subject without type', { ...whole, subject: { id: 'kim' } }, /`subject\.type`/],
    ['empty id', { ...whole, subject: { type: 'user', id: '' } }, /`subject\.id`/],
    ['id as number', { ...whole, subject: { type: 'user', id: 7 } }, /`subject\.id`/],
    ['action without name', { ...whole, action: {} }, /`action\.name`/],
    ['resource as string', { ...whole, resource: 'r1' }, /`resource`/],
    [
      'properties as list',
      { ...whole, resource: { ...whole.resource, properties: [] } },
      /`resource\.properties`: expected an object/,
    ],
    ['context as string', { ...whole, context: 'x' }, /`context`: expected an object/],
    ['id too long', { ...whole, subject: { type: 'user', id: 'x'.repeat(1001) } }, /`subject\.id`/],
  ])('%s: 400 and a message', async ([, body, message]) => {
    const answer = await p.evaluation(body)
    expect(answer.status).toBe(400)
    expect(answer.body).toMatch(message)
  })
  test.for(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])(
    'content type %s: 400',
    async (type) => {
      const answer = await p.evaluation(whole, { 'content-type': type })
      expect([answer.status, answer.body]).toEqual([400, 'expected a JSON object with content type `application/json`'])
    },
  )
  test('a charset is no other content type', async () => {
    expect((await p.evaluation(whole, { 'content-type': 'application/json; charset=utf-8' })).status).toBe(200)
  })
  test('facts nest 32 deep; 10,000 deep is a fault of the request like 33', async () => {
    const nested = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`
    const body = (path: string, levels: number): string =>
      JSON.stringify({ ...whole, [path]: 'FACTS' }).replace('"FACTS"', nested(levels))
    expect((await p.evaluation(body('context', 32))).status).toBe(200)
    for (const levels of [33, 10_000]) {
      const refused = [400, expect.stringMatching(/`context`: expected at most 32 levels/)]
      const one = await p.evaluation(body('context', levels))
      expect([one.status, one.body]).toEqual(refused)
      for (const what of ['subject', 'resource', 'action'] as const) {
        const found = await p.search(what, body('context', levels))
        expect([found.status, found.body]).toEqual(refused)
      }
      const subject = body('subject', levels).replace('"subject":', '"subject":{"type":"user","id":"kim","properties":')
      expect((await p.evaluation(subject.replace(',"action"', '},"action"'))).body).toMatch(/`subject.properties`/)
      const batch = body('evaluations', levels).replace('"evaluations":', '"evaluations":[').replace(/\}$/, ']}')
      expect((await p.evaluations(batch)).body).toMatch(/`evaluations.0`: expected at most 32 levels/)
    }
  })
  test('too large: 413', async () => {
    expect((await p.evaluation({ ...whole, context: { x: 'y'.repeat(1_100_000) } })).status).toBe(413)
  })
  test('another method: 405', async () => {
    const answer = await p.raw('/t/acme/access/v1/evaluation', {
      method: 'GET',
      headers: { authorization: 'Bearer good-token' },
    })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
  })
  test('members named like parts of every object mean nothing', async () => {
    const body = `{"subject":{"type":"user","id":"lee"},"action":{"name":"read"},"resource":{"type":"reports","id":"r","properties":{"__proto__":{"compartment":"Prod:Web"},"constructor":1}},"context":{"__proto__":{"region":"icn"}}}`
    expect((await p.evaluation(body)).body).toMatchObject({ decision: false })
  })
})

describe('A11 who may ask', () => {
  const whole = ask('kim', 'read')
  test.for([
    ['no token', undefined, 401, 'Bearer realm="pdp", scope="pdp"'],
    ['an unknown token', 'Bearer nonsense', 401, 'Bearer realm="pdp", scope="pdp", error="invalid_token"'],
    ['another scheme', 'Basic Z29vZC10b2tlbg==', 401, 'Bearer realm="pdp", scope="pdp", error="invalid_token"'],
    ['no token after the scheme', 'Bearer ', 401, 'Bearer realm="pdp", scope="pdp", error="invalid_token"'],
    ['without the scope', 'Bearer no-scope', 403, 'Bearer realm="pdp", scope="pdp", error="insufficient_scope"'],
    [
      'a token that speaks for a person',
      'Bearer of-a-person',
      403,
      'Bearer realm="pdp", scope="pdp", error="insufficient_scope"',
    ],
  ] as const)('%s', async ([, authorization, status, challenge]) => {
    const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) }
    for (const path of ['evaluation', 'evaluations']) {
      const answer = await p.raw(`/t/acme/access/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(whole) })
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([status, challenge])
      expect(answer.body).toEqual(expect.any(String))
    }
  })
  test('a token of another tenancy, and a tenancy that is not there, are told apart by nobody', async () => {
    for (const tenancy of ['globex', 'ACME', 'nowhere'])
      expect((await p.post(`/t/${tenancy}/access/v1/evaluation`, whole)).status).toBe(401)
  })
  test('a caller of another tenancy is refused here too, whoever let it in', async () => {
    expect((await p.post('/strange/acme/access/v1/evaluation', whole)).status).toBe(403)
  })
  test('without a token a malformed body is not even looked at', async () => {
    const answer = await p.raw('/t/acme/access/v1/evaluation', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    })
    expect(answer.status).toBe(401)
  })
})

describe('A11 metadata', () => {
  test('of a tenancy', async () => {
    const { status, body } = await p.raw('/.well-known/authzen-configuration/t/acme', {})
    expect([status, body]).toEqual([
      200,
      {
        policy_decision_point: 'https://id.example/t/acme',
        access_evaluation_endpoint: 'https://id.example/t/acme/access/v1/evaluation',
        access_evaluations_endpoint: 'https://id.example/t/acme/access/v1/evaluations',
        search_subject_endpoint: 'https://id.example/t/acme/access/v1/search/subject',
        search_resource_endpoint: 'https://id.example/t/acme/access/v1/search/resource',
        search_action_endpoint: 'https://id.example/t/acme/access/v1/search/action',
        capabilities: ['urn:gwanmun:authzen:decision-id', 'urn:gwanmun:authzen:step-up'],
      },
    ])
  })
  test.for(['nowhere', 'ACME'])('of %s: not found', async (name) => {
    expect((await p.raw(`/.well-known/authzen-configuration/t/${name}`, {})).status).toBe(404)
  })
})
