// The way back from a provider: what reaches the flow, where the browser goes, and how a refusal looks.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Problem } from '../../../src/problem.ts'
import { type Running, start, tokenOf, viewOf } from './fakes.ts'

let app: Running
beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())
beforeEach(() => {
  app.world.view = viewOf({ do: 'identify' })
  app.world.received.length = 0
})
const at = (path: string, init: RequestInit = {}) =>
  fetch(`${app.issuer}/federation/${path}`, { redirect: 'manual', ...init })
const posted = (body: string): RequestInit => ({
  method: 'POST',
  body,
  headers: {
    'content-type': 'application/x-www-form-urlencoded',
    'sec-fetch-site': 'cross-site',
    origin: 'https://idp.example',
  },
})

describe('F12 OpenID Connect callback', () => {
  test('the raw query and the state reach the flow; the browser goes on to its journey', async () => {
    const res = await at('corp-oidc/callback?code=a%2Bb&state=st')
    expect(res.status).toBe(303)
    expect(res.headers.get('location')).toBe(`${app.issuer}/sign-in/J1`)
    expect(res.headers.getSetCookie()[0]).toMatch(/^gwanmun_b_/)
    expect(app.world.received).toMatchObject([
      {
        domainId: 'dom-1',
        idp: 'corp-oidc',
        state: 'st',
        returned: { method: 'GET', rawQuery: 'code=a%2Bb&state=st', form: {} },
      },
      { token: tokenOf(4) },
    ])
  })
  test('two states are none: nothing reaches the flow', async () => {
    const res = await at('corp-oidc/callback?code=a&state=1&state=2')
    expect(res.status).toBe(400)
    expect(await res.text()).toContain('<code id="reason">parameter-repeated</code>')
    expect(app.world.received).toHaveLength(0)
  })
})

describe('F2 back from the sign-out at a provider', () => {
  const back = (state: string) => at(`corp-oidc/signed-out?state=${encodeURIComponent(state)}`)
  test('on to where we said, below our issuer', async () => {
    const res = await back(`${app.issuer}/logout/done`)
    expect(res.status).toBe(303)
    expect(res.headers.get('location')).toBe(`${app.issuer}/logout/done`)
  })
  test.for([
    ['another site', (): string => 'https://evil.example/'],
    ['a site that begins like ours', (): string => `${app.issuer}.evil.example/`],
    ['another domain of ours', (): string => app.issuer.replace('default', 'partners/logout')],
    ['nothing', (): string => ''],
  ] as const)('nowhere else: %s', async ([, state]) => {
    const res = await back(state())
    expect(res.status).toBe(200)
    expect(res.headers.get('location')).toBeNull()
  })
})

describe('F7 SAML assertion consumer service', () => {
  test('a cross-site POST without our cookie is judged, then continued by GET', async () => {
    const res = await at('corp-saml/acs', posted('SAMLResponse=PHg%2B&RelayState=rs'))
    expect(res.status).toBe(303)
    expect(res.headers.get('location')).toBe(`${app.issuer}/federation/corp-saml/arrive?token=${tokenOf(4)}`)
    expect(app.world.received).toMatchObject([
      { idp: 'corp-saml', state: 'rs', returned: { method: 'POST', form: { SAMLResponse: 'PHg+', RelayState: 'rs' } } },
    ])
    const arrived = await fetch(res.headers.get('location') ?? '', { redirect: 'manual' })
    expect(arrived.headers.get('location')).toBe(`${app.issuer}/sign-in/J1`)
  })
  test.for([
    ['a repeated SAMLResponse', 'SAMLResponse=a&SAMLResponse=b', 400],
    ['a message beyond any size', `SAMLResponse=${'A'.repeat(1_100_000)}`, 413],
  ] as const)('%s is refused before anything reads it', async ([, body, status]) => {
    const res = await at('corp-saml/acs', posted(body))
    expect(res.status).toBe(status)
    expect(app.world.received).toHaveLength(0)
  })
  test('GET is no way to bring a response', async () => {
    expect((await at('corp-saml/acs?SAMLResponse=x')).status).toBe(404)
  })
})

describe('F7 a refused answer', () => {
  const refusal = new Problem('upstream-refused', 'expected a signature; there is `<none>`', {
    reason: 'signature-missing',
  })
  test.for(['en', 'ko'])(
    '4xx, the reason code, a reference, what to do; both languages, because the message cannot be sent twice (%s)',
    async (language) => {
      app.world.view = refusal
      const res = await at('corp-saml/acs', {
        ...posted('SAMLResponse=x'),
        headers: { ...posted('').headers, 'accept-language': language },
      })
      const html = await res.text()
      expect(res.status).toBe(400)
      expect(html).toContain('<code id="reason">signature-missing</code>')
      expect(html).toContain('&lt;none&gt;')
      expect(html).toMatch(/<code id="reference">REQUEST\d+<\/code>/)
      expect(res.headers.get('x-request-id')).toBe(/id="reference">([^<]+)/.exec(html)?.[1])
      expect(html).toContain('The answer of the identity provider was refused')
      expect(html).toContain('ID 공급자의 응답을 거부했습니다')
      expect(html).not.toContain('hreflang') // no link that would ask again
      expect(res.headers.get('content-security-policy')).toContain("form-action 'self'")
    },
  )
  test.for([
    ['expired', 'clocks'],
    ['replayed', 'used before'],
    ['upstream-access-denied', 'cancelled'],
    ['person-unknown', 'could not be matched'],
  ] as const)('%s comes with a hint', async ([reason, hint]) => {
    app.world.view = new Problem('upstream-refused', 'x', { reason })
    expect(await (await at('corp-saml/acs', posted('SAMLResponse=x'))).text()).toContain(hint)
  })
  test('a callback is refused with a status too, never 200', async () => {
    app.world.view = refusal
    expect((await at('corp-oidc/callback?state=x&error=access_denied')).status).toBe(400)
  })
})

describe('F4 what the administrator of a provider needs', () => {
  test('metadata is XML, and there is none for a stranger', async () => {
    const res = await at('corp-saml/metadata')
    expect(res.headers.get('content-type')).toMatch(/^application\/samlmetadata\+xml/)
    expect(await res.text()).toBe('<EntityDescriptor/>')
    expect((await at('nobody/metadata')).status).toBe(404)
  })
})
