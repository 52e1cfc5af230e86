// An administrator with a program: signs in to the command line's application by code and PKCE, proves a second factor, and calls the API with
// the token.
import { createHash, randomBytes } from 'node:crypto'
import { visitor } from '../program.ts'
import { secondFactor } from '../second-factor.ts'

export const PASSWORD = 'winter-harbour-lantern'
const CALLBACK = 'http://127.0.0.1:7777/callback'

export const caller =
  (base: string, token: string) =>
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

/** Signs `ada` of the domain `default` of `acme` in, as often as is wanted. */
export const administrator = () => {
  const proves = secondFactor()
  return async (base: string) => {
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
    if (answer.status !== 200) throw new Error(`no token: ${await answer.text()}`)
    return caller(base, ((await answer.json()) as { access_token: string }).access_token)
  }
}
