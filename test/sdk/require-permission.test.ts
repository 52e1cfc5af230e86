// I3: the middleware in an express application: what passes, what a No looks like to people and programs, the challenge for a stronger sign-in, and
// that nothing passes when something goes wrong.
import type { AddressInfo } from 'node:net'
import express, { type Request } from 'express'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { authzenClient, type Permission, requirePermission } from '../../src/sdk/sdk.ts'
import { openPoint, type Point } from './point.ts'

let point: Point
const open: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  point = await openPoint()
  open.push(point.close)
})
beforeEach(() => point.answers())
afterAll(async () => {
  for (const close of open) await close()
})

const application = async (more: Partial<Permission<Request>> = {}) => {
  const app = express()
  const pdp = authzenClient({ pdp: point.pdp, token: 't', retries: 0, timeoutMs: 2_000 })
  const reached: string[] = []
  app.get(
    '/reports/:id',
    requirePermission<Request>(pdp, {
      action: 'read',
      resource: (req) => ({ type: 'reports', id: String(req.params.id) }),
      subject: (req) => (req.headers['x-user'] ? { type: 'user', id: String(req.headers['x-user']) } : undefined),
      ...more,
    }),
    (req, res) => {
      reached.push(String(req.params.id))
      res.json({ ok: true })
    },
  )
  app.use(((error, _req, res, _next) => {
    res.status(500).json({ error: String(error) })
  }) satisfies express.ErrorRequestHandler)
  const server = app.listen(0, '127.0.0.1')
  await new Promise((ready) => server.once('listening', ready))
  open.push(async () => {
    server.closeAllConnections()
    server.close()
  })
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    reached,
    get: async (headers: { readonly [name: string]: string } = { 'x-user': 'alice' }) => {
      const answer = await fetch(`${base}/reports/r1`, { headers })
      return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> }
    },
  }
}

test('I3 a Yes passes, and the question is what the request says', async () => {
  const app = await application({ context: () => ({ user: { acr: 'urn:gwanmun:acr:1' } }) })
  expect((await app.get()).status).toBe(200)
  expect(point.asked[0]?.body).toEqual({
    subject: { type: 'user', id: 'alice' },
    action: { name: 'read' },
    resource: { type: 'reports', id: 'r1' },
    context: { user: { acr: 'urn:gwanmun:acr:1' } },
  })
})

test('I3 a No is 403, with the reason in the language of the person and the id of the decision', async () => {
  const app = await application()
  const no = {
    decision: false,
    context: { id: 'd7', reason_user: { 'en-403': 'not granted', 'ko-403': '부여되지 않음' } },
  }
  point.answers({ body: no }, { body: no })
  const english = await app.get()
  expect([english.status, english.headers.get('content-type')]).toEqual([403, 'application/problem+json'])
  expect(english.body).toMatchObject({ status: 403, detail: 'not granted', reference: 'd7' })
  expect(english.headers.get('www-authenticate')).toBe(null)
  const korean = await app.get({ 'x-user': 'alice', 'accept-language': 'ko-KR,ko;q=0.9' })
  expect(korean.body.detail).toBe('부여되지 않음')
  expect(app.reached).toEqual([])
})

test('I3 where a stronger sign-in would help, the challenge of RFC 9470 asks for it, and nothing can be put into the header', async () => {
  const app = await application()
  point.answers({
    body: {
      decision: false,
      context: { id: 'd8', acr_values: 'urn:gwanmun:acr:2", x="\r\nset-cookie: a=b', factors: ['totp'] },
    },
  })
  const answer = await app.get()
  expect(answer.status).toBe(401)
  const challenge = answer.headers.get('www-authenticate') ?? ''
  expect(challenge).toContain('Bearer error="insufficient_user_authentication"')
  expect(challenge).toContain('acr_values="urn:gwanmun:acr:2')
  expect(challenge.match(/"/g)?.length).toBe(6)
  expect(answer.headers.get('set-cookie')).toBe(null)
  expect(answer.body.needs).toMatchObject({ factors: ['totp'] })
})

test('I3 nobody is asked about who is not signed in', async () => {
  const app = await application()
  expect((await app.get({})).status).toBe(401)
  expect([point.asked.length, app.reached.length]).toEqual([0, 0])
})

test.each([
  ['no answer', 'hang-up', {}, 503],
  ['an answer that is no decision', { body: { decision: 1 } }, {}, 503],
  [
    'a mapping that throws',
    {},
    {
      resource: () => {
        throw new Error('no such report')
      },
    },
    500,
  ],
  ['a mapping that fails later', {}, { subject: () => Promise.reject(new Error('no session store')) }, 500],
  [
    'an onDecision that throws',
    {},
    {
      onDecision: () => {
        throw new Error('the log is full')
      },
    },
    500,
  ],
] as const)('I3 fails closed: %s', async (_, turn, more, status) => {
  const app = await application(more as Partial<Permission<Request>>)
  point.answers(turn)
  expect((await app.get()).status).toBe(status)
  expect(app.reached).toEqual([])
})
