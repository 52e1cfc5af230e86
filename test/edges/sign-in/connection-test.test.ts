// F11 in the browser's eyes: the page of a connection test before and after, on a phone too, with everything the provider said escaped.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Report, TestShown } from '../../../src/flows/connection/api.ts'
import type { Send } from '../../../src/ports/upstream.ts'
import { browser, complaintsOf, open, overflowOf, phone } from '../../browser.ts'
import { type Running, start, tokenOf } from './fakes.ts'

const long = 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri/with/a/name/that/is/longer/than/any/phone/is/wide'
const report: Report = {
  at: Date.UTC(2030, 0, 1),
  outcome: 'passed',
  reason: null,
  detail: null,
  checks: [
    {
      name: 'audience',
      ok: true,
      expected: 'https://gateway.example/d/acme/default/federation/corp/metadata',
      received: 'same',
    },
    { name: 'signature <b>', ok: true },
  ],
  said: {
    subject: 'carol <script>alert(1)</script>',
    nameIdFormat: long,
    acr: 'urn:acr',
    amr: ['pwd', 'mfa'],
    authenticatedAt: Date.UTC(2030, 0, 1),
    attributes: { [long]: [long, 'short'], empty: [] },
  },
  account: { kind: 'new', username: 'carol', email: 'carol@corp.example', emailVerified: false, displayName: 'Carol' },
  groups: {
    grants: [{ group: 'Finance', rule: 'finance', value: 'CORP-Finance' }],
    unmatched: ['CN=Somebody,OU=Groups,DC=corp,DC=example'],
    gained: [],
    lost: [],
  },
  level: { level: 2, because: 'amr mfa' },
}
const provider = { name: 'corp', displayName: 'Corp <i>', enabled: false }
let shown: TestShown | undefined
let left: { send: Send } | { failed: TestShown } | undefined
let app: Running
beforeAll(async () => {
  app = await start({
    flows: {
      tests: {
        behind: async () => shown,
        leave: async () =>
          left && ('failed' in left ? left : { ...left, browserToken: tokenOf(1), expiresAt: Date.now() + 60_000 }),
        receive: async () => undefined,
        arrive: async () => shown,
      },
    },
  })
})
afterAll(async () => {
  await app.close()
  await browser?.close()
})
beforeEach(() => {
  shown = { provider, startedBy: 'root', report: undefined }
  left = { send: { kind: 'redirect', url: 'https://idp.example/sso?x=1' } }
})
const PATH = '/federation/corp/test'
const get = async (path = `${PATH}?token=${tokenOf(3)}`, language = 'en') => {
  const res = await fetch(`${app.issuer}${path}`, { headers: { 'accept-language': language } })
  return { status: res.status, html: await res.text() }
}
const post = (headers: Record<string, string> = {}) =>
  fetch(`${app.issuer}${PATH}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'accept-language': 'en', ...headers },
    body: new URLSearchParams({ token: tokenOf(3) }),
  })

describe('F11 the page of a connection test', () => {
  test('says who asks and what will be shown to whom, in both languages, before anybody leaves', async () => {
    const { html } = await get()
    for (const text of [
      '<b>root</b> asks for a test',
      '<b>Corp &lt;i&gt;</b>',
      'Nothing is created',
      'Go on to Corp &lt;i&gt;',
    ])
      expect(html).toContain(text)
    expect((await get(undefined, 'ko')).html).toContain('연결 시험')
    const gone = await post()
    expect([gone.status, gone.headers.get('location')]).toEqual([303, 'https://idp.example/sso?x=1'])
  })
  test('a provider that takes forms is posted to; one that cannot be asked is a report at once', async () => {
    left = { send: { kind: 'form-post', url: 'https://idp.example/post', fields: { SAMLRequest: 'x' } } }
    expect(await (await post()).text()).toContain('name="SAMLRequest"')
    const failed: Report = {
      ...report,
      outcome: 'failed',
      reason: 'metadata-missing',
      detail: 'not loaded <b>',
      said: null,
      account: null,
      groups: null,
      level: null,
    }
    left = { failed: { provider, startedBy: 'root', report: failed } }
    const html = await (await post()).text()
    for (const text of ['data-outcome="failed"', 'id="reason">metadata-missing<', 'not loaded &lt;b&gt;'])
      expect(html).toContain(text)
  })
  test('the report: checks, account, level, groups, values that nothing matched, everything that was said', async () => {
    shown = { provider, startedBy: 'root', report }
    const { html } = await get('/federation/corp/tested?token=x')
    for (const text of [
      'data-outcome="passed"',
      'carol &lt;script&gt;',
      'would be made',
      '<b>2</b> · amr mfa',
      'rule finance, value CORP-Finance',
      'CN=Somebody',
      'pwd, mfa',
    ])
      expect(html).toContain(text)
    expect(html).not.toMatch(/<script>alert|undefined|\[object|\{\{/)
  })
  test('another site’s form goes nowhere; a link that is over is told', async () => {
    expect((await post({ origin: 'https://evil.example' })).status).toBe(400)
    shown = undefined
    left = undefined
    expect([
      (await get()).status,
      (await get('/federation/corp/tested?token=x')).status,
      (await post()).status,
    ]).toEqual([404, 404, 404])
  })
})

describe.skipIf(!browser)('in a browser', () => {
  test.for([false, true])(
    'F11 finished %s: nothing sticks out at phone width, nothing is complained about',
    async (done) => {
      if (done) shown = { provider, startedBy: 'root', report }
      const { context, page } = await open({ size: phone })
      const complaints = complaintsOf(page)
      await page.goto(`${app.issuer}${PATH}?token=${tokenOf(3)}`)
      expect(await overflowOf(page)).toBe(0)
      expect(complaints).toEqual([])
      await context.close()
    },
  )
})
