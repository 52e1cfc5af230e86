// U8 in the browser's eyes: asking is answered alike, the page behind the link keeps what was typed, and only our own forms count.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { registerEdge } from '../../../src/edges/sign-in/register.ts'
import type { RegisterAsked, RegisterShown } from '../../../src/flows/account/register.ts'
import type { Answered, FindDomain } from '../../../src/flows/sign-in/api.ts'
import { browser, complaintsOf, open, overflowOf, phone } from '../../browser.ts'
import { type Running, start } from './fakes.ts'

const good = 'g'.repeat(43)
const seen: unknown[] = []
let asked: RegisterAsked = 'mailed'
let answered: Answered | 'link-unknown' = { kind: 'next' }
let allowed = true
const shown: RegisterShown = {
  email: 'new<i>@acme.example',
  rules: { minLength: 14, requireClasses: 0, history: 1, username: 'new@acme.example' },
  terms: { version: '2', text: { en: 'Be kind <b>.', ko: '친절하십시오.' } },
}
const registering =
  (find: FindDomain): FindDomain =>
  async (tenancy, domain) => {
    const found = await find(tenancy, domain)
    const selfRegistration = { groups: [], emailDomains: ['acme.example'] }
    return found && allowed ? { ...found, domain: { ...found.domain, selfRegistration } } : found
  }
let app: Running
beforeAll(async () => {
  app = await start({
    edges: ({ findDomain, render, baseUrl }) => [
      [
        '/d/:tenancy/:domain',
        registerEdge({
          findDomain: registering(findDomain),
          render,
          baseUrl,
          registering: {
            ask: async (_domain, email, language) => {
              seen.push([email, language])
              return asked
            },
            behind: async (_domain, token) => (token === good ? shown : undefined),
            register: async (_domain, token, answer) => {
              seen.push([token, answer])
              return answered
            },
          },
        }),
      ],
    ],
  })
})
afterAll(async () => {
  await app.close()
  await browser?.close()
})
beforeEach(() => {
  seen.length = 0
  asked = 'mailed'
  answered = { kind: 'next' }
  allowed = true
})
const get = async (path: string, language = 'en') => {
  const res = await fetch(`${app.issuer}${path}`, { headers: { 'accept-language': language } })
  return { status: res.status, html: await res.text() }
}
const post = async (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) => {
  const init = { method: 'POST', body: new URLSearchParams(fields), headers: { 'accept-language': 'en', ...headers } }
  const res = await fetch(`${app.issuer}${path}`, init)
  return { status: res.status, html: await res.text(), headers: res.headers }
}
const fields = { token: good, name: 'New', new_password: 'a', new_password_repeat: 'a', accepted: 'yes', version: '2' }

describe('U8 making an account', () => {
  test('the page says which addresses, in both languages; asking goes on in the language of the page', async () => {
    expect((await get('/register')).html).toContain('Addresses of these domains only: acme.example.')
    expect((await get('/register', 'ko')).html).toContain('계정 만들기')
    const { html, status } = await post('/register', { email: 'new@acme.example' }, { 'accept-language': 'ko' })
    expect([status, html]).toEqual([200, expect.stringContaining('메일을 확인하십시오')])
    expect(seen).toEqual([['new@acme.example', 'ko']])
  })
  test('what is refused is said and stays in the field; waiting says how long', async () => {
    asked = { fault: 'email-domain' }
    const wrong = await post('/register', { email: 'new@"else.example' })
    expect([wrong.status, wrong.html]).toEqual([400, expect.stringContaining('only addresses of these domains')])
    expect(wrong.html).toContain('value="new@&quot;else.example"')
    expect(wrong.html).toContain('aria-invalid="true"')
    asked = { fault: 'email-malformed' }
    expect((await post('/register', { email: 'x' })).html).toContain('This is not an e-mail address.')
    asked = { waitSeconds: 42 }
    const wait = await post('/register', { email: 'x' })
    expect([wait.status, wait.headers.get('retry-after')]).toEqual([429, '42'])
  })
  test('the page behind the link: the address, the terms, and the account is made as typed', async () => {
    const { html } = await get(`/register/account?token=${good}`)
    for (const text of [
      '<b>new&lt;i&gt;@acme.example</b>',
      'Be kind &lt;b&gt;.',
      'At least 14 characters',
      'version 2',
    ])
      expect(html).toContain(text)
    expect((await get(`/register/account?token=${good}`, 'ko')).html).toContain('친절하십시오.')
    const done = await post('/register/account', fields)
    expect([done.status, done.html]).toEqual([201, expect.stringContaining('The account is made')])
    expect(seen).toEqual([[good, { name: 'New', password: 'a', repeat: 'a', terms: '2' }]])
  })
  test('terms that were not ticked are none; what is wrong is said beside its field', async () => {
    const { accepted: _, ...rest } = fields
    answered = { kind: 'fault', fault: 'terms-not-accepted' }
    const { status, html } = await post('/register/account', rest)
    expect([status, html]).toEqual([400, expect.stringContaining('value="New"')])
    expect(seen).toEqual([[good, expect.objectContaining({ terms: undefined })]])
  })
  test('a link that is worth nothing, a domain that does not allow it, another site’s form', async () => {
    const over = await get('/register/account?token=other')
    expect([over.status, over.html]).toEqual([404, expect.stringContaining('It works once and for an hour')])
    answered = 'link-unknown'
    expect((await post('/register/account', fields)).status).toBe(404)
    seen.length = 0
    const foreign = { origin: 'https://evil.example' }
    expect((await post('/register', { email: 'x' }, foreign)).status).toBe(400)
    expect((await post('/register/account', fields, foreign)).status).toBe(400)
    allowed = false
    expect((await get('/register')).html).toContain('registration-off')
    expect((await post('/register', { email: 'x' })).status).toBe(404)
    expect(seen).toEqual([])
  })
})

describe.skipIf(!browser)('in a browser', () => {
  test.for(['/register', `/register/account?token=${good}`])(
    'U8 %s: nothing sticks out at phone width, nothing is complained about, the first field has the focus',
    async (path) => {
      const { context, page } = await open({ size: phone })
      const complaints = complaintsOf(page)
      await page.goto(`${app.issuer}${path}`)
      expect(await overflowOf(page)).toBe(0)
      expect(await page.evaluate('document.activeElement.tagName')).toBe('INPUT')
      expect(complaints).toEqual([])
      await context.close()
    },
  )
})
