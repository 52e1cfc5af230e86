// Every step's page, in both languages: what it must have, and what no page may have.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Running, start, steps, viewOf } from './fakes.ts'

let app: Running
beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())

const languages = ['en', 'ko'] as const
const get = async (path: string, language: string) => {
  const res = await fetch(`${app.issuer}${path}`, { headers: { 'accept-language': language }, redirect: 'manual' })
  return { res, html: await res.text() }
}
const fieldsOf = (html: string): readonly string[] =>
  [...html.matchAll(/<(?:input|button)[^>]* name="([^"]+)"/g)].map((m) => m[1] ?? '')
const buttonsOf = (html: string): readonly string[] =>
  [...html.matchAll(/<(?:button|input)[^>]*name="do"[^>]*value="([^"]+)"/g)].map((m) => m[1] ?? '')

const expected: readonly (readonly [step: string, fields: readonly string[], buttons: readonly string[]])[] = [
  ['identify', ['username', 'hop', 'idp', 'webauthn'], ['identify', 'choose-idp', 'passkey']],
  ['password', ['password', 'username', 'hop'], ['password', 'start-over', 'passkey']],
  ['challenge totp', ['otp', 'trust_device', 'hop'], ['totp', 'start-over']],
  ['challenge passkey', ['webauthn', 'hop'], ['passkey', 'start-over']],
  ['challenge recovery', ['recovery_code', 'hop'], ['recovery', 'start-over']],
  ['enrol totp', ['otp', 'hop'], ['enrol-totp', 'start-over']],
  ['enrol passkey', ['webauthn', 'label', 'hop'], ['enrol-passkey']],
  ['keep-recovery-codes', ['hop'], ['keep-codes']],
  ['change-password', ['current_password', 'new_password', 'new_password_repeat', 'hop'], ['change-password']],
  ['confirm-account', ['hop'], ['confirm-account', 'start-over']],
  ['contact-email', ['email', 'hop'], ['contact-email']],
  ['contact-email code', ['otp', 'email', 'hop'], ['contact-code', 'contact-email']],
  ['accept-terms', ['version', 'accepted', 'hop'], ['accept-terms']],
  ['complete-profile', ['name', 'phone', 'hop'], ['complete-profile']],
  ['upstream begun', ['hop'], ['start-over']],
  ['refuse not-allowed-here', ['hop'], ['start-over']],
  ['refuse app-not-for-you', ['hop'], ['start-over']],
  ['refuse no-factor-allowed', ['hop'], ['start-over']],
  ['refuse person-disabled', ['hop'], ['start-over']],
  ['refuse local-sign-in-off', ['hop'], ['start-over']],
  ['refuse federated-cannot', ['hop'], ['start-over']],
]

test('every step has its row', () => {
  expect(expected.map(([name]) => name).sort()).toEqual(Object.keys(steps).sort())
})

describe.for(languages)('I1 pages in %s', (language) => {
  test.for(expected)(
    '%s has its fields and buttons, and nothing a page must not have',
    async ([name, fields, buttons]) => {
      app.world.view = steps[name] ?? viewOf({ do: 'identify' })
      const { res, html } = await get('/sign-in/J1', language)
      expect(res.status).toBe(name.startsWith('refuse') ? 403 : 200)
      for (const field of fields) expect(fieldsOf(html)).toContain(field)
      for (const button of buttons) expect(buttonsOf(html)).toContain(button)
      expect(html).toContain(`<html lang="${language}">`)
      expect(html).toMatch(/<title>[^<]+ · Acme 주식회사 · 관문 Gwanmun<\/title>/)
      expect(html.match(/<h1>/g)).toHaveLength(1)
      expect(html.match(/<form /g)?.length ?? 0).toBe(html.match(/name="hop" value="hop-1"/g)?.length ?? 0)
      expect(html).not.toMatch(/ on[a-z]+="/) // inline handlers
      expect(html).not.toMatch(/ style="/)
      expect(html).not.toMatch(/<b><b>|<i>|Payroll <b>/) // names are text, not markup
      expect(html).not.toMatch(/undefined|\[object|\{\{|>[a-z]+(-[a-z]+)*\.[a-z.-]+</) // a missing value or an untranslated key
      expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\/(?!payroll\.example)/) // nothing from elsewhere
      const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((m) => m[1])
      expect(new Set(ids).size).toBe(ids.length)
      expect(html).toContain(`hreflang="${language === 'en' ? 'ko' : 'en'}"`)
    },
  )

  test.for(expected)('%s is guarded by its headers', async ([name]) => {
    app.world.view = steps[name] ?? viewOf({ do: 'identify' })
    const { res, html } = await get('/sign-in/J1', language)
    const csp = res.headers.get('content-security-policy') ?? ''
    for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"])
      expect(csp.split('; ')).toContain(part)
    expect(csp).not.toMatch(/unsafe|\*/)
    const nonce = /style-src 'self' 'nonce-([^']+)'/.exec(csp)?.[1]
    for (const tag of html.match(/<(?:script|style)\b[^>]*>/g) ?? []) expect(tag).toContain(`nonce="${nonce}"`)
    expect(res.headers.get('cache-control')).toBe('no-store')
    expect(res.headers.get('referrer-policy')).toBe('same-origin')
    expect(res.headers.get('x-content-type-options')).toBe('nosniff')
    expect(res.headers.get('x-frame-options')).toBe('DENY')
    expect(res.headers.get('content-language')).toBe(language)
  })

  test('the first field has the focus, and every page names the application', async () => {
    for (const name of ['identify', 'password', 'challenge totp', 'challenge recovery', 'change-password']) {
      app.world.view = steps[name] ?? viewOf({ do: 'identify' })
      const { html } = await get('/sign-in/J1', language)
      expect(/<input[^>]*autofocus/.exec(html)?.[0], name).toMatch(/required/)
      if (name !== 'change-password') expect(html).toContain('Payroll &lt;b&gt;')
    }
  })
})

test('two pages never share a nonce', async () => {
  app.world.view = viewOf({ do: 'identify' })
  const [a, b] = await Promise.all([get('/sign-in/J1', 'en'), get('/sign-in/J1', 'en')])
  expect(a.res.headers.get('content-security-policy')).not.toBe(b.res.headers.get('content-security-policy'))
})

describe('M4 the page says who asks for the second step', () => {
  const rule = { by: 'rule', rule: 'r<1>', group: undefined, app: undefined } as const
  test.for([
    ['the group', { ...rule, group: 'finance' }, 2, 'Your group <b>finance</b> requires a second step.'],
    ['the application', { ...rule, app: 'payroll' }, 2, '<b>Payroll &lt;b&gt;</b> requires a second step.'],
    [
      'both',
      { ...rule, group: 'finance', app: 'payroll' },
      3,
      'Your group <b>finance</b> requires a passkey or security key for <b>Payroll &lt;b&gt;</b>.',
    ],
    ['a rule for everyone', rule, 3, 'The rule <b>r&lt;1&gt;</b> of this domain requires a passkey or security key.'],
    ['the application’s request', { by: 'request' } as const, 2, 'What you are opening requires a second step.'],
  ] as const)('%s', async ([, because, level, text]) => {
    app.world.view = viewOf({ do: 'challenge', offer: ['passkey'], level, because, trustDays: undefined })
    expect((await get('/sign-in/J1', 'en')).html).toContain(text)
  })
})

describe('M1 M2 M10 other ways', () => {
  const offer = ['totp', 'passkey', 'recovery-code'] as const
  const challenge = viewOf({ do: 'challenge', offer, level: 2, because: { by: 'default' }, trustDays: undefined })
  test.for([
    ['', 'id="otp"', ['passkey', 'recovery']],
    ['?with=passkey', 'id="use-passkey"', ['totp', 'recovery']],
    ['?with=recovery', 'id="recovery_code"', ['totp', 'passkey']],
    ['?with=telepathy', 'id="otp"', ['passkey', 'recovery']],
  ] as const)('a challenge with `%s` shows one way and links to the others', async ([query, shown, others]) => {
    app.world.view = challenge
    const { html } = await get(`/sign-in/J1${query}`, 'en')
    expect(html).toContain(shown)
    for (const way of others) expect(html).toContain(`href="/d/acme/default/sign-in/J1?with=${way}" id="with-${way}"`)
  })
  test('a way that policy does not offer cannot be had by asking', async () => {
    app.world.view = steps['challenge passkey'] ?? challenge
    const { html } = await get('/sign-in/J1?with=totp', 'en')
    expect(html).not.toContain('id="otp"')
  })
  test('M3 no trusted device is offered where policy forbids it', async () => {
    app.world.view = challenge
    expect((await get('/sign-in/J1', 'en')).html).not.toContain('trust_device')
  })
  test('M7 enrolment shows the QR code, the key in groups of four, and the choice of both', async () => {
    app.world.view = steps['enrol totp'] ?? challenge
    const { html } = await get('/sign-in/J1', 'en')
    expect(html).toContain('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 25 25">')
    expect(html.replace(/<\/?span>/g, '')).toContain('JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP')
    expect(html).toContain('id="with-passkey"')
    expect((await get('/sign-in/J1?with=passkey', 'en')).html).toContain('data-mode="create"')
  })
  test('M10 recovery codes can be kept without JavaScript: the file is in the page', async () => {
    app.world.view = steps['keep-recovery-codes'] ?? challenge
    const { html } = await get('/sign-in/J1', 'en')
    const href = /id="download"[^>]*href="data:text\/plain;charset=utf-8,([^"]+)"/.exec(html)?.[1] ?? ''
    expect(decodeURIComponent(href)).toContain('7kq2-mxwd-93fa\r\np8ze-1rtn-65cv')
  })
})

test('a custom scheme of a native application may be left for; a made-up one adds nothing to the policy', async () => {
  const schemes = ['com.example.app:', "x'; script-src *", 'JAVASCRIPT:']
  app.world.view = viewOf(
    { do: 'identify' },
    { app: { displayName: 'App', homeUrl: undefined, returnSchemes: schemes } },
  )
  const csp = (await get('/sign-in/J1', 'en')).res.headers.get('content-security-policy') ?? ''
  expect(csp).toMatch(/form-action 'self' https: http: com\.example\.app:$/)
})

test('a home address that is no web address becomes no link', async () => {
  app.world.view = viewOf(
    { do: 'refuse', why: 'person-disabled', because: undefined },
    { app: { displayName: 'App', homeUrl: 'javascript:alert(1)', returnSchemes: [] } },
  )
  expect((await get('/sign-in/J1', 'en')).html).not.toContain('javascript:')
})
