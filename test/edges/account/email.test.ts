// U4 in the browser's eyes: the own e-mail address, the code that was sent to a new one, and a sign-in first where that is owed.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { overview, startAccount } from './fakes.ts'

let app: Awaited<ReturnType<typeof startAccount>>
beforeAll(async () => {
  app = await startAccount()
})
afterAll(() => app.close())
beforeEach(() => {
  Object.assign(app.account, { overview, answered: { kind: 'next' }, signedIn: true, codeSentTo: undefined })
  app.account.calls.length = 0
  app.account.begun.length = 0
})

const token = 'account-form:token-2x'
const get = async (path = '/account/email', language = 'en') => {
  const headers = { cookie: app.cookie, 'accept-language': language }
  return (await fetch(`${app.issuer}${path}`, { headers })).text()
}
const post = async (fields: Record<string, string>, headers: Record<string, string> = {}) => {
  const res = await fetch(`${app.issuer}/account/email`, {
    method: 'POST',
    body: new URLSearchParams({ hop: token, ...fields }),
    headers: { cookie: app.cookie, 'accept-language': 'en', ...headers },
    redirect: 'manual',
  })
  return { status: res.status, location: res.headers.get('location'), html: await res.text(), headers: res.headers }
}

test('U4: the address there is, in both languages; an unproven one is there to be proven', async () => {
  expect(await get('/account')).toContain('id="change-email">Prove<')
  const html = await get()
  for (const text of ['not proven yet: <b>alice@example.com</b>', 'value="alice@example.com"', 'Corp SAML'])
    expect(html).toContain(text)
  expect(await get('/account/email', 'ko')).toContain('확인되지 않은 현재 주소')
})
test('U4: a code is sent, asked for, and another address may be chosen', async () => {
  expect(await post({ do: 'send', email: 'new@acme.example' })).toMatchObject({
    status: 303,
    location: `${app.issuer}/account/email`,
  })
  app.account.codeSentTo = 'new<i>@acme.example'
  const html = await get()
  expect(html).toContain('We sent a code to <b>new&lt;i&gt;@acme.example</b>')
  expect(html).toContain('autocomplete="one-time-code"')
  expect(await get('/account/email?with=other-address')).toContain('name="email"')
  expect(await post({ do: 'confirm', otp: '123 456' })).toMatchObject({
    status: 303,
    location: `${app.issuer}/account?done=email-verified`,
  })
  expect(app.account.calls).toEqual([
    { name: 'sendEmailCode', args: ['new@acme.example'] },
    { name: 'confirmEmail', args: ['123 456'] },
  ])
  expect(await get('/account?done=email-verified')).toContain('The address is proven.')
})
test('U4: what is wrong is said beside the field; a proof that is owed comes first', async () => {
  app.account.answered = { kind: 'fault', fault: 'email-malformed' }
  const wrong = await post({ do: 'send', email: 'x"' })
  expect([wrong.status, wrong.html]).toEqual([400, expect.stringContaining('aria-invalid="true"')])
  expect(wrong.html).toContain('value="x&quot;"')
  app.account.answered = { kind: 'fault', fault: 'wrong-code' }
  expect((await post({ do: 'confirm', otp: '000000' })).html).toContain('Type the one from the newest mail')
  app.account.answered = { kind: 'fault', fault: 'throttled', waitSeconds: 9 }
  const wait = await post({ do: 'send', email: 'x@y.example' })
  expect([wait.status, wait.headers.get('retry-after')]).toEqual([429, '9'])
  app.account.answered = { kind: 'prove-first', level: 2, freshAfter: 1 }
  expect(await post({ do: 'send', email: 'x@y.example' })).toMatchObject({ location: `${app.issuer}/sign-in/J1` })
  expect(app.account.begun).toMatchObject([{ resume: '/account/email', level: 2 }])
})
test('U4: another site’s form, and one of another session', async () => {
  expect((await post({ do: 'send', email: 'x@y.example' }, { origin: 'https://evil.example' })).status).toBe(400)
  expect((await post({ hop: 'other', do: 'send', email: 'x@y.example' })).status).toBe(400)
  expect(app.account.calls).toEqual([])
})
