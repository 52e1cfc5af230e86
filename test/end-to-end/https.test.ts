// HTTPS with a given certificate, ended by the gateway itself: discovery, a whole sign-in, `__Host-` cookies, HSTS. The certificate is made
// here; nobody trusts it but this test.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { Agent, fetch as undiciFetch } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keyMaker, privateKeyPem } from '../../src/adapters/keys.ts'
import { up, visitor, type Workplace, workplace } from '../program.ts'

const PASSWORD = 'winter-harbour-lantern'
let at: Workplace
let base: string
let trusting: Agent
let said: () => string
const send = (url: URL, init: RequestInit): Promise<Response> =>
  undiciFetch(url, { ...init, dispatcher: trusting } as Parameters<
    typeof undiciFetch
  >[1]) as unknown as Promise<Response>

beforeAll(async () => {
  at = workplace()
  const port = await at.port()
  base = `https://localhost:${port}`
  const { privateJwk, certificatePem = '' } = await keyMaker().make('RS256', {
    commonName: 'localhost',
    years: 1,
    now: Date.now(),
  })
  const [certFile, keyFile] = [join(at.folder, 'tls.crt'), join(at.folder, 'tls.key')]
  writeFileSync(certFile, certificatePem)
  writeFileSync(keyFile, privateKeyPem(privateJwk), { mode: 0o600 })
  trusting = new Agent({ connect: { ca: certificatePem } })
  writeFileSync(
    join(at.folder, 'tenancies/acme.yaml'),
    `{tenancy: {name: acme}, seed: {people: [{username: alice, displayName: Alice, password: {literal: ${PASSWORD}}}]}, demo: {}}`,
  )
  const settings = {
    baseUrl: base,
    'listen.port': port,
    'listen.host': 'localhost',
    'tls.certFile': certFile,
    'tls.keyFile': keyFile,
  }
  const gateway = at.gwanmun(['serve'], settings)
  said = gateway.said
  await gateway.says(up)
})
afterAll(async () => {
  await trusting?.close()
  await at?.close()
})

const issuer = () => `${base}/d/acme/default`

test('discovery: every address is https', async () => {
  const discovery = await send(new URL(`${issuer()}/.well-known/openid-configuration`), {})
  expect(discovery.status).toBe(200)
  expect(discovery.headers.get('strict-transport-security')).toMatch(/max-age=31536000/)
  const document = (await discovery.json()) as { readonly [name: string]: unknown }
  expect(document.issuer).toBe(issuer())
  const addresses = Object.entries(document).filter(([name]) => /_(endpoint|uri)$/.test(name))
  expect(addresses.length).toBeGreaterThan(5)
  for (const [name, address] of addresses) expect([name, address]).toEqual([name, expect.stringMatching(/^https:/)])
})
test('a sign-in: cookies are `__Host-`, Secure and HttpOnly, every page has HSTS', async () => {
  const cookies: string[] = []
  const browser = visitor(base, async (url, init) => {
    const response = await send(url, init)
    cookies.push(...response.headers.getSetCookie())
    expect(response.headers.get('strict-transport-security')).toMatch(/max-age=31536000/)
    return response
  })
  const page = await browser.go(`${issuer()}/account`)
  const asked = await browser.answer(page, { do: 'identify', username: 'alice' })
  const done = await browser.answer(asked, { do: 'password', password: PASSWORD })
  expect([done.status, new URL(done.url).pathname]).toEqual([200, '/d/acme/default/account'])
  expect([...browser.cookies.keys()].filter((name) => name.startsWith('__Host-gwanmun_s_'))).toHaveLength(1)
  expect(cookies.length).toBeGreaterThan(1)
  for (const cookie of cookies)
    expect(cookie).toMatch(/^__Host-(?=.*; Secure)(?=.*; HttpOnly)(?=.*; SameSite=Lax)(?=.*; Path=\/(;|$))/)
})
test('TLS 1.1 is refused, plain HTTP is not answered', async () => {
  const { port } = new URL(base)
  const old = await new Promise<string>((done) => {
    const socket = connect(
      {
        host: 'localhost',
        port: Number(port),
        rejectUnauthorized: false,
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      },
      () => done(`connected with ${socket.getProtocol()}`),
    ).on('error', (error: NodeJS.ErrnoException) => done(error.code ?? 'error'))
  })
  expect(old).toMatch(/^E/)
  await expect(fetch(`http://localhost:${port}/`)).rejects.toThrow()
  expect(said()).toContain(`listens on https://localhost:${port}`)
})
