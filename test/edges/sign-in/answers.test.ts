// What a form becomes, what a fault looks like, and who may send one.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AnswerFault } from '../../../src/flows/sign-in/api.ts'
import { Problem } from '../../../src/problem.ts'
import { type Running, start, steps, viewOf } from './fakes.ts'

let app: Running
beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())
beforeEach(() => {
  app.world.view = viewOf({ do: 'identify' })
  app.world.answered = { kind: 'next' }
  app.world.seen.length = 0
})

const post = async (fields: string | Record<string, string>, headers: Record<string, string> = {}, query = '') => {
  const res = await fetch(`${app.issuer}/sign-in/J1${query}`, {
    method: 'POST',
    body: typeof fields === 'string' ? fields : new URLSearchParams(fields),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    redirect: 'manual',
  })
  return { res, html: await res.text() }
}

describe('answers', () => {
  test.for([
    ['identify', { username: 'alice' }, { kind: 'identify', username: 'alice' }],
    ['choose-idp', { idp: 'corp' }, { kind: 'choose-idp', idp: 'corp' }],
    ['password', { password: ' keep my spaces ' }, { kind: 'password', password: ' keep my spaces ' }],
    ['totp', { otp: '123 456', trust_device: 'yes' }, { kind: 'totp', code: '123456', trustDevice: true }],
    ['totp', { otp: '123456' }, { kind: 'totp', code: '123456', trustDevice: false }],
    ['recovery', { recovery_code: ' ab-cd ' }, { kind: 'recovery-code', code: 'ab-cd' }],
    ['passkey', { webauthn: '{"id":"x"}' }, { kind: 'passkey', response: { id: 'x' } }],
    ['passkey', { webauthn: 'not json' }, { kind: 'passkey', response: undefined }],
    ['enrol-totp', { otp: '12-34-56' }, { kind: 'enrol-totp', code: '123456' }],
    ['enrol-passkey', { webauthn: '{}', label: ' my key ' }, { kind: 'enrol-passkey', response: {}, label: 'my key' }],
    ['keep-codes', {}, { kind: 'recovery-codes-kept' }],
    [
      'change-password',
      { current_password: 'a', new_password: 'b', new_password_repeat: 'c' },
      { kind: 'change-password', current: 'a', password: 'b', repeat: 'c' },
    ],
    ['start-over', {}, { kind: 'start-over' }],
    ['confirm-account', {}, { kind: 'confirm-account' }],
    ['contact-email', { email: 'a@b.example' }, { kind: 'contact-email', email: 'a@b.example' }],
    ['contact-code', { otp: '123 456' }, { kind: 'contact-code', code: '123 456' }],
    ['accept-terms', { version: '1', accepted: 'yes' }, { kind: 'accept-terms', version: '1', accepted: true }],
    ['accept-terms', { version: '1' }, { kind: 'accept-terms', version: '1', accepted: false }],
    [
      'complete-profile',
      { name: 'A', country: 'KR', phone: ' 1 ', time_zone: 'UTC' },
      { kind: 'complete-profile', name: 'A', profile: { country: 'KR', phone: '1', timeZone: 'UTC' } },
    ],
  ] as const)('`do=%s`', async ([button, fields, answer]) => {
    const { res } = await post({ ...fields, do: button, hop: 'h' })
    expect(res.status).toBe(303)
    expect(res.headers.get('location')).toBe('/d/acme/default/sign-in/J1')
    expect(app.world.seen[0]).toMatchObject({ hop: 'h', answer })
  })

  test.for([
    ['identify', { username: 'alice' }, 'identify'],
    ['identify', { idp: 'corp' }, 'choose-idp'],
    ['password', { username: 'alice', password: 'x' }, 'password'],
    ['challenge totp', { otp: '1' }, 'totp'],
    ['challenge totp', { recovery_code: '1' }, 'recovery-code'],
    ['enrol totp', { otp: '1' }, 'enrol-totp'],
    ['keep-recovery-codes', {}, 'recovery-codes-kept'],
    ['change-password', { new_password: 'x' }, 'change-password'],
  ] as const)('a form without a button is read by its step: %s', async ([step, fields, kind]) => {
    app.world.view = steps[step] ?? viewOf({ do: 'identify' })
    await post({ ...fields, hop: 'h' })
    expect(app.world.seen[0]?.answer.kind).toBe(kind)
  })

  test('the language stays in the address after an answer, the chosen way does not', async () => {
    const { res } = await post({ do: 'identify', username: 'a', hop: 'h' }, {}, '?lang=ko&with=passkey&evil=1')
    expect(res.headers.get('location')).toBe('/d/acme/default/sign-in/J1?lang=ko')
  })
})

describe('refused before any flow sees it', () => {
  test.for([
    ['a repeated field', 'do=password&password=a&password=b&hop=h', {}, 400],
    ['an unknown button', 'do=become-root&hop=h', {}, 400],
    ['a button that is a property of every object', 'do=constructor&hop=h', {}, 400],
    ['another site by Fetch Metadata', 'do=start-over&hop=h', { 'sec-fetch-site': 'cross-site' }, 400],
    ['a sibling host', 'do=start-over&hop=h', { 'sec-fetch-site': 'same-site' }, 400],
    ['another site by Origin', 'do=start-over&hop=h', { origin: 'https://evil.example' }, 400],
    ['a hidden origin', 'do=start-over&hop=h', { origin: 'null' }, 400],
    ['a body that is no form', '{"do":"start-over"}', { 'content-type': 'application/json' }, 400],
    ['a flood of fields', Array.from({ length: 50 }, (_, i) => `f${i}=1`).join('&'), {}, 413],
    ['a huge field', `do=identify&username=${'a'.repeat(100_000)}`, {}, 413],
  ] as const)('%s', async ([, body, headers, status]) => {
    const { res, html } = await post(body, headers)
    expect(res.status).toBe(status)
    expect(html).toContain('id="reason"')
    expect(app.world.seen).toHaveLength(0)
  })

  test('our own page is let through', async () => {
    const { res } = await post({ do: 'start-over', hop: 'h' }, { 'sec-fetch-site': 'same-origin', origin: app.url })
    expect(res.status).toBe(303)
  })
})

describe('faults are said on the page of the step', () => {
  const faults: readonly AnswerFault[] = [
    'wrong-credentials',
    'wrong-code',
    'code-used',
    'code-malformed',
    'passkey-failed',
    'passkey-unknown',
    'unknown-idp',
    'stale',
    'password-mismatch',
    'password-too-short',
    'password-too-common',
    'password-contains-name',
    'password-needs-classes',
    'password-reused',
    'password-too-young',
    'current-password-wrong',
    'missing',
  ]
  test.for(faults.flatMap((fault) => (['en', 'ko'] as const).map((language) => [fault, language] as const)))(
    '%s in %s',
    async ([fault, language]) => {
      app.world.view = steps['change-password'] ?? viewOf({ do: 'identify' })
      app.world.answered = { kind: 'fault', fault }
      const { res, html } = await post({ do: 'change-password', hop: 'h' }, { 'accept-language': language })
      expect(res.status).toBe(400)
      const said = /id="error" role="alert">([^<]+)</.exec(html)?.[1] ?? ''
      expect(said.length).toBeGreaterThan(10)
      expect(/[가-힣]/.test(said)).toBe(language === 'ko')
    },
  )

  test('the wrong field is marked and described, and no secret comes back', async () => {
    app.world.view = steps.password ?? viewOf({ do: 'identify' })
    app.world.answered = { kind: 'fault', fault: 'wrong-credentials' }
    const { html } = await post({ do: 'password', password: 'hunter2-secret', hop: 'h' })
    expect(html).toMatch(/id="password"[^>]*aria-invalid="true" aria-describedby="error"/)
    expect(html).not.toContain('hunter2-secret')
    expect(html).toContain('<title>This did not work: Enter your password · ') // what a screen reader says first
  })

  test('what is no secret stays in the form, escaped', async () => {
    app.world.answered = { kind: 'fault', fault: 'missing' }
    const { html } = await post({ do: 'identify', username: '"><script>alert(1)</script>', hop: 'h' })
    expect(html).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"')
  })

  test('E.2-7: one wrong answer of a profile leaves the others as they were typed', async () => {
    app.world.view = steps['complete-profile'] ?? viewOf({ do: 'identify' })
    app.world.answered = { kind: 'fault', fault: 'phone-malformed' }
    const typed = { name: 'Kim "A"', country: 'KR', phone: 'call me', time_zone: 'Asia/Seoul' }
    const { html } = await post({ do: 'complete-profile', hop: 'h', ...typed })
    for (const kept of [
      'value="Kim &quot;A&quot;"',
      'value="KR" selected',
      'value="call me"',
      'value="Asia/Seoul" selected',
    ])
      expect(html).toContain(kept)
    app.world.view = steps['contact-email'] ?? viewOf({ do: 'identify' })
    app.world.answered = { kind: 'fault', fault: 'email-malformed' }
    expect((await post({ do: 'contact-email', hop: 'h', email: 'me@' })).html).toContain('value="me@"')
  })

  test('the same way is shown again, with the tick that was set', async () => {
    app.world.view = steps['challenge totp'] ?? viewOf({ do: 'identify' })
    app.world.answered = { kind: 'fault', fault: 'wrong-code' }
    const { html } = await post({ do: 'totp', otp: '000000', trust_device: 'yes', hop: 'h' })
    expect(html).toMatch(/id="trust_device"[^>]* checked/)
    expect(html).not.toContain('000000')
    const recovery = await post({ do: 'recovery', recovery_code: 'x', hop: 'h' })
    expect(recovery.html).toContain('id="recovery_code"')
  })

  test('M10 E.2-5: the clock of a phone is to blame for a code of an app, not for one that was kept or mailed', async () => {
    app.world.answered = { kind: 'fault', fault: 'wrong-code' }
    const said = async (step: string, fields: Record<string, string>) => {
      app.world.view = steps[step] ?? viewOf({ do: 'identify' })
      return /id="error" role="alert">([^<]+)</.exec((await post({ ...fields, hop: 'h' })).html)?.[1]
    }
    expect(await said('challenge totp', { do: 'totp', otp: '000000' })).toContain('clock')
    expect(await said('challenge totp', { do: 'recovery', recovery_code: 'x' })).toContain('of those that you kept')
    expect(await said('contact-email', { do: 'contact-code', otp: '000000' })).toContain('newest mail')
  })

  test('M12 throttled: 429, Retry-After and the seconds in words', async () => {
    app.world.answered = { kind: 'fault', fault: 'throttled', waitSeconds: 8 }
    const { res, html } = await post({ do: 'identify', username: 'a', hop: 'h' })
    expect(res.status).toBe(429)
    expect(res.headers.get('retry-after')).toBe('8')
    expect(html).toContain('Wait 8 seconds')
  })

  test('U1 a stale or second tab: it is said, and the step that is owed now is below', async () => {
    app.world.view = steps['challenge totp'] ?? viewOf({ do: 'identify' })
    app.world.answered = { kind: 'fault', fault: 'stale' }
    const { res, html } = await post({ do: 'password', password: 'x', hop: 'old' })
    expect(res.status).toBe(400)
    expect(html).toContain('already answered')
    expect(html).toContain('id="otp"')
  })

  test('a double click on the last answer ends signed in, not on an error', async () => {
    app.world.view = viewOf({ do: 'done', level: 1, amr: ['pwd'] })
    app.world.answered = { kind: 'fault', fault: 'stale' }
    const { res } = await post({ do: 'password', password: 'x', hop: 'old' })
    expect(res.status).toBe(303)
    expect(res.headers.get('location')).toBe(`${app.issuer}/oidc/resume/1`)
  })
})

describe('onward', () => {
  const get = (query = '') => fetch(`${app.issuer}/sign-in/J1${query}`, { redirect: 'manual' })

  test('done: the session is set and the browser resumes where the application waits', async () => {
    app.world.view = viewOf({ do: 'done', level: 1, amr: ['pwd'] })
    const res = await get()
    expect(res.status).toBe(303)
    expect(res.headers.get('location')).toBe(`${app.issuer}/oidc/resume/1`)
    const cookies = res.headers.getSetCookie().map((c) => c.split('=')[0]?.replace(/_[0-9a-f]+$/, ''))
    expect(cookies).toEqual(['gwanmun_s', 'gwanmun_d'])
  })

  test('upstream: straight to the provider, once; a page when the browser came back without an answer', async () => {
    const upstream = viewOf({ do: 'upstream', idpId: 'i' as never })
    app.world.view = upstream
    expect((await get()).headers.get('location')).toBe('https://idp.example/sso?x=1')
    app.world.view = { ...upstream, upstream: { name: 'corp', displayName: 'Corp', begun: true } }
    const back = await get()
    expect(back.status).toBe(200)
    expect(await back.text()).toMatch(/id="again" href="[^"]*\?with=upstream"[\s\S]*value="start-over"/)
    expect((await get('?with=upstream')).status).toBe(303)
  })

  test('F13 an unreachable provider: the reason, try again, another way', async () => {
    const down = await start({
      flows: {
        goUpstream: async () => {
          throw new Problem('upstream-unreachable', 'connection refused', { reason: 'metadata-unavailable' })
        },
      },
    })
    down.world.view = viewOf({ do: 'upstream', idpId: 'i' as never })
    const res = await fetch(`${down.issuer}/sign-in/J1`, { redirect: 'manual' })
    const html = await res.text()
    expect(res.status).toBe(502)
    expect(html).toContain('<code id="reason">metadata-unavailable</code>')
    expect(html).toContain('id="again"')
    expect(html).toContain('value="start-over"')
    await down.close()
  })

  test('a provider that wants a form gets one: with our script, and a button without it', async () => {
    const posting = await start({
      flows: {
        goUpstream: async () => ({ kind: 'form-post', url: 'https://idp.example/sso', fields: { SAMLRequest: 'a"b' } }),
      },
    })
    posting.world.view = viewOf({ do: 'upstream', idpId: 'i' as never })
    const res = await fetch(`${posting.issuer}/sign-in/J1`)
    const html = await res.text()
    const nonce = /script-src 'nonce-([^']+)'/.exec(res.headers.get('content-security-policy') ?? '')?.[1]
    expect(html).toContain('action="https://idp.example/sso"')
    expect(html).toContain('value="a&quot;b"')
    expect(html).toContain(`<script nonce="${nonce}">document.getElementById('auto-post').submit()</script>`)
    expect(html).toMatch(/<button autofocus>/)
    await posting.close()
  })

  test('the sign-in page by itself begins a sign-in for the account pages', async () => {
    const res = await fetch(`${app.issuer}/sign-in`, { redirect: 'manual' })
    expect(res.headers.get('location')).toBe(`${app.issuer}/sign-in/J1`)
    expect(res.headers.getSetCookie()[0]).toMatch(/^gwanmun_b_/)
  })
})
