// The account pages: only for somebody signed in, only by our own forms, and in words that a person understands.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { overview, startAccount } from './fakes.ts'

let app: Awaited<ReturnType<typeof startAccount>>
beforeAll(async () => {
  app = await startAccount()
})
afterAll(() => app.close())
beforeEach(() => {
  Object.assign(app.account, {
    overview,
    outcome: { kind: 'done' },
    answered: { kind: 'next' },
    signedIn: true,
    visits: false,
  })
  app.account.calls.length = 0
  app.account.begun.length = 0
})

const token = 'account-form:token-2x'
const get = async (path: string, headers: Record<string, string> = {}) => {
  const res = await fetch(`${app.issuer}${path}`, { headers: { cookie: app.cookie, ...headers }, redirect: 'manual' })
  return { res, html: await res.text() }
}
const post = async (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) => {
  const body = new URLSearchParams({ hop: token, ...fields })
  const res = await fetch(`${app.issuer}${path}`, {
    method: 'POST',
    body,
    headers: { cookie: app.cookie, ...headers },
    redirect: 'manual',
  })
  return { res, html: await res.text() }
}

describe('I1 who may look', () => {
  test.for(['/account', '/account/passkey', '/account/password'])(
    '%s: nobody signed in begins a sign-in that comes back here',
    async (path) => {
      app.account.signedIn = false
      const { res } = await get(path)
      expect(res.status).toBe(303)
      expect(res.headers.get('location')).toBe(`${app.issuer}/sign-in/J1`)
      expect(app.account.begun).toMatchObject([{ resume: path, level: 0 }])
    },
  )
  test('without the cookie there is no session, whatever the flow would say', async () => {
    const { res } = await get('/account', { cookie: '' })
    expect(res.status).toBe(303)
  })
})

describe('I1 what it shows', () => {
  test('who, which groups and why, what is asked and by whom', async () => {
    const { res, html } = await get('/account', { 'accept-language': 'en' })
    expect(res.status).toBe(200)
    for (const text of [
      'Alice &lt;script&gt;',
      'from <b>Corp SAML</b>, because group <b>CORP-&lt;Everyone&gt;</b> matched rule <b>everybody</b>',
      'given by the configuration',
      'given directly by <b>root</b>',
      'provisioned by <b>hr-system</b>',
      'rule <b>finance-mfa</b>, because of your group <b>finance &lt;i&gt;</b>',
      'At Payroll',
      'rule <b>payroll</b>, because of your group <b>finance &lt;i&gt;</b>, for <b>Payroll</b>',
      '3 at most, for 30 days',
      '60 minutes',
      '9 codes left',
      '<time datetime="2026-11-21T06:00:00.000Z">Nov 21, 2026',
      'aria-label="Remove work laptop"',
      'aria-label="Stop trusting Firefox on Linux"',
    ])
      expect(html).toContain(text)
    expect(html).not.toContain('<script>')
    expect(html).not.toMatch(/undefined|\[object|\{\{/)
  })
  test('in Korean too', async () => {
    const { html } = await get('/account', { 'accept-language': 'ko' })
    expect(html).toContain('<b>인증 앱</b>') // nobody gave it a name of its own
    expect(html).not.toContain('authenticator app')
    expect(html).toContain('<b>Corp SAML</b>에서 온 그룹 <b>CORP-&lt;Everyone&gt;</b>, 규칙 <b>everybody</b>에 따름')
    expect(html).toContain('소속 그룹 <b>finance &lt;i&gt;</b>에 적용되는 규칙 <b>finance-mfa</b>')
  })
  test('a notice is ours or there is none', async () => {
    expect((await get('/account?done=passkey-added')).html).toContain('The passkey was added.')
    expect((await get('/account?done=call+0900-EVIL')).html).not.toContain('EVIL')
  })
  test('the session that is used has no button to end it; the other one has', async () => {
    const { html } = await get('/account')
    expect(html).toContain('name="id" value="s2"')
    expect(html).not.toContain('name="id" value="s1"')
  })
})

describe('M2 M3 removing', () => {
  test.for([
    ['remove-factor', 'c2', 'removeFactor', 'factor-removed'],
    ['remove-device', 'd1', 'removeDevice', 'device-removed'],
    ['end-session', 's2', 'endSession', 'session-ended'],
  ] as const)('%s', async ([button, id, name, done]) => {
    const { res } = await post('/account', { do: button, id })
    expect(res.status).toBe(303)
    expect(res.headers.get('location')).toBe(`${app.issuer}/account?done=${done}`)
    expect(app.account.calls).toEqual([{ name, args: [id] }])
  })
  test.for(['last-way-in', 'needed', 'not-found'] as const)('refused: %s is said on the page', async (why) => {
    app.account.outcome = { kind: 'refused', why }
    const { res, html } = await post('/account', { do: 'remove-factor', id: 'c1' })
    expect(res.status).toBe(409)
    expect(html).toMatch(/id="error" role="alert">[^<]{10,}</)
  })
  test('a session left open is not enough: prove it first, then come back', async () => {
    app.account.outcome = { kind: 'prove-first', level: 2, freshAfter: 1234 }
    const { res } = await post('/account', { do: 'remove-factor', id: 'c1' })
    expect(res.headers.get('location')).toBe(`${app.issuer}/sign-in/J1`)
    expect(app.account.begun).toMatchObject([{ resume: '/account', level: 2, freshAfter: 1234 }])
  })
})

describe('nobody else’s forms', () => {
  test.for([
    ['another site', {}, { 'sec-fetch-site': 'cross-site' }],
    ['another origin', {}, { origin: 'https://evil.example' }],
    ['a form of another session', { hop: 'account-form:token-9' }, {}],
    ['no token', { hop: '' }, {}],
    ['an unknown button', { do: 'delete-everything' }, {}],
  ] as const)('%s', async ([, fields, headers]) => {
    const { res } = await post('/account', { do: 'sign-out', ...fields }, headers)
    expect(res.status).toBe(400)
    expect(app.account.calls).toEqual([])
  })
})

describe('M2 another passkey', () => {
  test('the page carries the options, the answer reaches the flow', async () => {
    const { html } = await get('/account/passkey')
    expect(html).toContain('data-mode="create"')
    expect(html).toContain('value="add-passkey"')
    const { res } = await post('/account/passkey', { do: 'add-passkey', webauthn: '{"id":"x"}', label: ' phone ' })
    expect(res.headers.get('location')).toBe(`${app.issuer}/account?done=passkey-added`)
    expect(app.account.calls).toEqual([{ name: 'finishPasskey', args: [{ id: 'x' }, 'phone'] }])
  })
  test('a failure keeps the name and says so', async () => {
    app.account.outcome = { kind: 'refused', why: 'passkey-failed' }
    const { res, html } = await post('/account/passkey', { webauthn: '{}', label: 'phone' })
    expect(res.status).toBe(400)
    expect(html).toContain('value="phone"')
  })
})

describe('U7 the password', () => {
  test('its rules are shown; a change ends on the overview', async () => {
    const { html } = await get('/account/password', { 'accept-language': 'en' })
    expect(html).toContain('At least 12 characters')
    const { res } = await post('/account/password', {
      current_password: 'a',
      new_password: 'b',
      new_password_repeat: 'b',
    })
    expect(res.headers.get('location')).toBe(`${app.issuer}/account?done=password-changed`)
    expect(app.account.calls).toEqual([
      { name: 'changePassword', args: [{ current: 'a', password: 'b', repeat: 'b' }] },
    ])
  })
  test('a fault is said at its field, and nothing typed comes back', async () => {
    app.account.answered = { kind: 'fault', fault: 'current-password-wrong' }
    const { res, html } = await post('/account/password', {
      current_password: 'hunter2',
      new_password: 'hunter3',
      new_password_repeat: 'hunter3',
    })
    expect(res.status).toBe(400)
    expect(html).toMatch(/id="current_password"[^>]*aria-invalid="true"/)
    expect(html).not.toMatch(/hunter[23]/)
  })
  test('whose password is elsewhere is told where', async () => {
    app.account.overview = { ...overview, password: undefined }
    const { html } = await get('/account/password', { 'accept-language': 'en' })
    expect(html).toContain('You sign in at Corp SAML')
    expect(html).not.toContain('name="new_password"')
  })
})

describe('I7 signing out', () => {
  test('ends the session, clears the cookie, ends on a page of ours', async () => {
    const { res } = await post('/account', { do: 'sign-out' })
    expect(res.headers.get('location')).toBe(`${app.issuer}/account/signed-out`)
    expect(res.headers.getSetCookie().some((c) => /^gwanmun_s_[^=]+=; Max-Age=0/.test(c))).toBe(true)
    expect(app.account.calls).toMatchObject([{ name: 'signOut', args: [{ token: expect.any(String) }, 'signed-out'] }])
    expect((await get('/account/signed-out', { cookie: '' })).html).toContain('id="sign-in-again"')
  })
  test('visits whoever else must be told, and the page lets the browser go there', async () => {
    app.account.visits = true
    expect((await post('/account', { do: 'sign-out' })).res.headers.get('location')).toBe('https://idp.example/logout')
    expect((await get('/account')).res.headers.get('content-security-policy')).toContain(
      "form-action 'self' https: http:",
    )
    expect((await get('/account/password')).res.headers.get('content-security-policy')).toMatch(/form-action 'self'$/)
  })
})
