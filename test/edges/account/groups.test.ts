// S1–S6 in the portal: asking for a group, deciding who joins, editing and removing members; in both languages, at phone width, without
// JavaScript, and only by our own forms.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Problem } from '../../../src/problem.ts'
import { browser, complaintsOf, open, overflowOf, phone } from '../../browser.ts'
import { startAccount } from './fakes.ts'

let app: Awaited<ReturnType<typeof startAccount>>
beforeAll(async () => {
  app = await startAccount()
})
afterAll(async () => {
  await app.close()
  await browser?.close()
})
beforeEach(() => {
  Object.assign(app.account, { refusal: undefined, signedIn: true })
  app.account.calls.length = 0
})

const token = 'account-form:token-2x'
const get = async (path: string, language = 'en') => {
  const headers = { cookie: app.cookie, 'accept-language': language }
  const res = await fetch(`${app.issuer}${path}`, { headers, redirect: 'manual' })
  return { res, html: await res.text() }
}
const post = async (fields: Record<string, string>, headers: Record<string, string> = {}) => {
  const res = await fetch(`${app.issuer}/account/groups`, {
    method: 'POST',
    body: new URLSearchParams({ hop: token, ...fields }),
    headers: { cookie: app.cookie, 'accept-language': 'en', ...headers },
    redirect: 'manual',
  })
  return { res, html: await res.text() }
}

test('S2: who waits, who is in, what became of own requests; every name escaped', async () => {
  const { res, html } = await get('/account/groups')
  expect(res.status).toBe(200)
  for (const text of [
    'dora &lt;i&gt;',
    'tickets &lt;script&gt;',
    'quarter end',
    'waits',
    'denied',
    'aria-label="Remove bob &lt;i&gt;"',
    '<code>g1</code>',
  ])
    expect(html).toContain(text)
  expect(html).not.toContain('Remove cem') // came from an identity provider: changed there
  expect(html).not.toMatch(/undefined|\[object|\{\{|<script>/)
})
test('S2: in Korean too', async () => {
  const { html } = await get('/account/groups', 'ko')
  for (const text of ['그룹과 요청', '대기 중인 요청', '승인', '거부']) expect(html).toContain(text)
})
test.for([
  [
    { do: 'ask', group: 'g9', tenancy: 'acme', reason: 'why', until: '2030-12-31' },
    'ask',
    [{ groupId: 'g9', tenancy: 'acme', reason: 'why', until: Date.UTC(2030, 11, 31, 23, 59, 59) }],
    'asked',
  ],
  [
    { do: 'ask', group: 'g9', tenancy: 'acme', reason: 'why', until: '' },
    'ask',
    [{ groupId: 'g9', tenancy: 'acme', reason: 'why' }],
    'asked',
  ],
  [{ do: 'withdraw', id: 'r1' }, 'withdraw', ['r1'], 'withdrawn'],
  [{ do: 'approve', id: 'r3', role: 'admin' }, 'decide', ['r3', { approve: true, role: 'admin' }], 'approved'],
  [{ do: 'deny', id: 'r3' }, 'decide', ['r3', { approve: false }], 'denied'],
  [
    { do: 'edit-role', group: 'g1', member: 'p-bob', role: 'admin' },
    'editRole',
    ['g1', 'p-bob', 'admin'],
    'role-changed',
  ],
  [{ do: 'remove-member', group: 'g1', member: 'p-bob' }, 'removeMember', ['g1', 'p-bob'], 'member-removed'],
] as const)('S1 S3 S4 S5 S6: the button of %o', async ([form, name, args, done]) => {
  const { res } = await post(form)
  expect([res.status, res.headers.get('location')]).toEqual([303, `${app.issuer}/account/groups?done=${done}`])
  expect(app.account.calls).toEqual([{ name, args }])
  expect((await get(`/account/groups?done=${done}`)).html).toContain('id="done"')
})
test('S6: removing is asked twice, and may be left', async () => {
  const { html } = await get('/account/groups/remove?group=g1&member=p-bob')
  expect(html).toContain('<b>bob &lt;i&gt;</b> loses the group <b>support</b>')
  expect(html).toContain('Keep the member')
  expect((await get('/account/groups/remove?group=other&member=p-bob')).res.status).toBe(400)
})
test.for(['group-or-tenancy-unknown', 'already-asked', 'already-decided', 'own-request', 'last-group-admin'])(
  'a refusal is said in words, and what was typed stays: %s',
  async (reason) => {
    app.account.refusal = new Problem('not-permitted', 'not for people', { reason })
    const { res, html } = await post({ do: 'ask', group: 'typed-group', tenancy: 'acme', reason: 'typed reason' })
    expect(res.status).toBe(400)
    expect(html).toContain('value="typed-group"')
    expect(html).toContain('id="error"')
    expect(html).not.toContain('not for people')
  },
)
test('another site’s form, another session’s, and no known button are refused', async () => {
  for (const { res } of [
    await post({ do: 'deny', id: 'r3' }, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }),
    await post({ do: 'deny', id: 'r3', hop: 'other' }),
    await post({ do: 'drop-everything' }),
    await post({ do: 'approve', id: 'r3', role: 'owner' }),
  ])
    expect(res.status).toBeGreaterThanOrEqual(400)
  expect(app.account.calls).toEqual([])
})

describe.skipIf(!browser)('S3 in a browser', () => {
  test('approved by keyboard at phone width without JavaScript; no complaint, nothing sticks out', async () => {
    const { context, page } = await open({ size: phone, javaScript: false })
    const [name = '', value = ''] = app.cookie.split('=')
    await context.addCookies([{ name, value, url: app.issuer }])
    const complaints = complaintsOf(page)
    await page.goto(`${app.issuer}/account/groups`)
    await page.selectOption('select[name=role]', 'admin')
    await page.focus('button[value=approve]')
    await page.keyboard.press('Enter')
    await page.waitForSelector('#done')
    expect(app.account.calls).toEqual([{ name: 'decide', args: ['r3', { approve: true, role: 'admin' }] }])
    const { context: withScript, page: wide } = await open({ size: phone })
    await withScript.addCookies([{ name, value, url: app.issuer }])
    await wide.goto(`${app.issuer}/account/groups`)
    expect(await overflowOf(wide)).toBe(0)
    expect(complaints).toEqual([])
    await context.close()
    await withScript.close()
  })
})
