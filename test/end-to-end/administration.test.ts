// The first administrator's way to the administrative API, in the real program: sign in to the command line's application by code and PKCE,
// make a service ID with a key, and let the key do what it was given and no more.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { up, type Workplace, workplace } from '../program.ts'
import { administrator, caller, PASSWORD } from './administrator.ts'

const signIn = administrator()
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

test('U6 from the first sign-in to a program that does its part', async () => {
  const ada = await signIn(base)
  expect((await ada('GET', '')).body).toMatchObject({ name: 'acme' })
  expect((await ada('PUT', '/compartments/Prod', {})).status).toBe(201)
  expect((await ada('PUT', '/service-ids/deployer', { compartment: 'Prod' })).status).toBe(201)
  const owner = { serviceId: 'deployer' }
  const made = await ada('POST', '/api-keys', { owner, name: 'pipeline', scopes: ['admin'] })
  expect(made.status).toBe(201)
  const program = caller(base, String(made.body.key))
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
  const nobody = caller(base, 'nothing')
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
  const ada = await signIn(base)
  expect(await ada('POST', '/domains/default/users/ada/disable')).toMatchObject({
    status: 403,
    body: { reason: 'last-administrator' },
  })
})
