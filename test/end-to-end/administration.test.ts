// The first administrator's way to the administrative API, in the real program: sign in to the command line's application by code and PKCE,
// make a service ID with a key, and let the key do what it was given and no more.
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { up, visitor, type Workplace, workplace } from '../program.ts'
import { secondFactor } from '../second-factor.ts'

const PASSWORD = 'winter-harbour-lantern'
const CALLBACK = 'http://127.0.0.1:7777/callback'
const proves = secondFactor()
let at: Workplace
let base: string
beforeAll(async () => {
  at = workplace()
  const port = await at.port()
  base = `http://localhost:${port}`
  const env = { GWANMUN_BOOTSTRAP_ADMIN_USERNAME: 'ada', GWANMUN_BOOTSTRAP_ADMIN_PASSWORD: PASSWORD }
  const settings = { baseUrl: base, 'listen.port': port, 'listen.host': 'localhost', 'bootstrapAdmin.tenancy': 'acme' }
  await at.gwanmun(['serve'], settings, { env }).says(up)
})
afterAll(() => at?.close())

const signIn = async (): Promise<string> => {
  const issuer = `${base}/d/acme/default`
  const verifier = randomBytes(32).toString('base64url')
  const asked = new URLSearchParams({
    client_id: 'gwanmun-cli',
    response_type: 'code',
    scope: 'openid admin',
    redirect_uri: CALLBACK,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const browser = visitor(base)
  const named = await browser.answer(await browser.go(`${issuer}/authorize?${asked}`), { username: 'ada' })
  const done = await proves(browser, await browser.answer(named, { password: PASSWORD }))
  const code = new URL(done.headers.get('location') ?? base).searchParams.get('code') ?? ''
  const grant = { grant_type: 'authorization_code', client_id: 'gwanmun-cli', redirect_uri: CALLBACK }
  const body = new URLSearchParams({ ...grant, code, code_verifier: verifier })
  const answer = await fetch(`${issuer}/token`, { method: 'POST', body })
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { access_token: string }).access_token
}

const caller =
  (token: string) =>
  async (method: string, path: string, body?: unknown, tenancy = 'acme') => {
    const response = await fetch(`${base}/api/v1/tenancies/${tenancy}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
    }
  }

test('U6 from the first sign-in to a program that does its part', async () => {
  const ada = caller(await signIn())
  expect((await ada('GET', '')).body).toMatchObject({ name: 'acme' })
  expect((await ada('PUT', '/compartments/Prod', {})).status).toBe(201)
  expect((await ada('PUT', '/service-ids/deployer', { compartment: 'Prod' })).status).toBe(201)
  const owner = { serviceId: 'deployer' }
  const made = await ada('POST', '/api-keys', { owner, name: 'pipeline', scopes: ['admin'] })
  expect(made.status).toBe(201)
  const program = caller(String(made.body.key))
  expect((await program('PUT', '/compartments/Prod%3AWeb', {})).status).toBe(403)
  const policy = {
    statements: [
      "Allow any-user to manage compartments in compartment Prod where request.principal.type = 'service-id'",
    ],
  }
  expect((await ada('PUT', '/compartments/Prod/policies/deployer', policy)).status).toBe(201)
  expect((await program('PUT', '/compartments/Prod%3AWeb', {})).status).toBe(201)
  expect((await program('PUT', '/compartments/Test', {})).status).toBe(403)
  expect((await ada('DELETE', `/api-keys/${made.body.id}`)).status).toBe(204)
  expect((await program('GET', '/compartments')).status).toBe(401)
})

test('refusals are problems, in whatever language and for whatever program', async () => {
  const nobody = caller('nothing')
  expect(await nobody('GET', '/policies')).toMatchObject({
    status: 401,
    type: expect.stringContaining('application/problem+json'),
    body: { type: 'urn:gwanmun:problem:sign-in-required', reference: expect.any(String) },
  })
  expect((await nobody('GET', '/policies', undefined, 'nowhere')).status).toBe(401)
  const document = await fetch(`${base}/api/v1/openapi.json`)
  expect([document.status, document.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining('application/json'),
  ])
})

test('the last administrator stays, also when she asks herself', async () => {
  const ada = caller(await signIn())
  expect(await ada('POST', '/domains/default/users/ada/disable')).toMatchObject({
    status: 403,
    body: { reason: 'last-administrator' },
  })
})
