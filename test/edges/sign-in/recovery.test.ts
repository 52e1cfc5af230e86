// U3 in the browser's eyes: asking is answered alike for everybody, the page behind the link, and links that are worth nothing; the pages of
// an invitation (U10) beside them, which are made of the same.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Person } from '../../../src/core/model/person.ts'
import { invitationEdge } from '../../../src/edges/sign-in/invitation.ts'
import { recoveryEdge } from '../../../src/edges/sign-in/recovery.ts'
import type { Accepted, NotAccepted } from '../../../src/flows/access/accept-invitation.ts'
import type { Answered } from '../../../src/flows/sign-in/api.ts'
import { browser, complaintsOf, open, overflowOf, phone } from '../../browser.ts'
import { type Running, start } from './fakes.ts'

const good = 'g'.repeat(43)
const seen: unknown[] = []
let answered: Answered | 'link-unknown' = { kind: 'next' }
let wait: { waitSeconds: number } | undefined
let accepted: Accepted | NotAccepted = { person: { username: 'guest' } as Person }
let visitor: { person: Person; sessionToken: string } | undefined
let app: Running
beforeAll(async () => {
  app = await start({
    edges: ({ findDomain, render, baseUrl }) => [
      [
        '/d/:tenancy/:domain',
        recoveryEdge({
          findDomain,
          render,
          baseUrl,
          recovery: {
            ask: async (_domain, name) => {
              seen.push(name)
              return wait
            },
            behind: async (_domain, token) =>
              token === good ? { username: 'ann <i>', minLength: 12, requireClasses: 2, history: 3 } : undefined,
            reset: async (_domain, token, answer) => {
              seen.push([token, answer])
              return answered
            },
          },
        }),
      ],
      [
        '/d/:tenancy/:domain',
        invitationEdge({
          findDomain,
          render,
          baseUrl,
          visitor: async () => visitor,
          secrets: { mac: (_purpose, text) => `mac-${text}`, same: (a, b) => a === b },
          invitations: {
            behind: async (_domain, token) =>
              token === good
                ? {
                    email: 'guest@else.example',
                    tenancy: 'Acme <b>',
                    groups: ['staff'],
                    expiresAt: Date.UTC(2030, 0, 1),
                  }
                : undefined,
            acceptAsNew: async (_domain, token, wanted) => {
              seen.push([token, wanted])
              return accepted
            },
            acceptAs: async (person, token) => {
              seen.push([token, person])
              return accepted
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
  answered = { kind: 'next' }
  wait = undefined
  visitor = undefined
  accepted = { person: { username: 'guest' } as Person }
})

const get = async (path: string, language = 'en') => {
  const res = await fetch(`${app.issuer}${path}`, { headers: { 'accept-language': language } })
  return { res, html: await res.text() }
}
const post = async (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) => {
  const init = { method: 'POST', body: new URLSearchParams(fields), headers: { 'accept-language': 'en', ...headers } }
  const res = await fetch(`${app.issuer}${path}`, init)
  return { res, html: await res.text() }
}

describe('U3 a forgotten password', () => {
  test('asking is answered alike, in both languages', async () => {
    expect((await get('/forgot-password')).html).toContain('Forgot your password')
    expect((await get('/forgot-password', 'ko')).html).toContain('비밀번호 찾기')
    const one = await post('/forgot-password', { name: 'ann' })
    const other = await post('/forgot-password', { name: 'nobody' })
    expect([one.res.status, one.html.replace(/nonce[^>]*/g, '')]).toEqual([200, other.html.replace(/nonce[^>]*/g, '')])
    expect(seen).toEqual(['ann', 'nobody'])
  })
  test('too many questions wait, and say how long', async () => {
    wait = { waitSeconds: 42 }
    const { res, html } = await post('/forgot-password', { name: 'ann' })
    expect([res.status, res.headers.get('retry-after')]).toEqual([429, '42'])
    expect(html).toContain('Wait 42 seconds')
  })
  test('the page behind the link says the rules, keeps its token over languages, and sets', async () => {
    const { html } = await get(`/reset-password?token=${good}`)
    for (const text of ['<b>ann &lt;i&gt;</b>', `value="${good}"`, `lang=ko&amp;token=${good}`, '12'])
      expect(html).toContain(text)
    const fields = { token: good, new_password: 'a', new_password_repeat: 'b' }
    expect((await post('/reset-password', fields)).html).toContain('The password is set')
    expect(seen).toEqual([[good, { password: 'a', repeat: 'b' }]])
  })
  test('what is wrong with the new password is said beside it', async () => {
    answered = { kind: 'fault', fault: 'password-too-common' }
    const { res, html } = await post('/reset-password', { token: good, new_password: 'a', new_password_repeat: 'a' })
    expect(res.status).toBe(400)
    expect(html).toContain('aria-invalid="true"')
  })
  test('a link that is worth nothing, and one that is spent meanwhile', async () => {
    const over = await get('/reset-password?token=other')
    expect([over.res.status, over.html]).toEqual([404, expect.stringContaining('Forgot your password')])
    expect((await post('/reset-password', { token: 'other' })).res.status).toBe(404)
    answered = 'link-unknown'
    expect((await post('/reset-password', { token: good })).res.status).toBe(404)
  })
  test('another site’s form asks and sets nothing', async () => {
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    expect((await post('/forgot-password', { name: 'ann' }, foreign)).res.status).toBeGreaterThanOrEqual(400)
    expect((await post('/reset-password', { token: good }, foreign)).res.status).toBeGreaterThanOrEqual(400)
    expect(seen).toEqual([])
  })
})

describe('U10 an invitation', () => {
  const fields = { token: good, username: ' guest ', name: 'Guest', password: 'p', password_repeat: 'p', do: 'accept' }
  test('says who invites whom to what; the account is made as typed', async () => {
    const { html } = await get(`/invitation?token=${good}`)
    for (const text of ['Acme &lt;b&gt;', '<b>guest@else.example</b>', '<b>staff</b>', 'Jan 1, 2030'])
      expect(html).toContain(text)
    expect((await get(`/invitation?token=${good}`, 'ko')).html).toContain('계정 만들기')
    const done = await post('/invitation', fields)
    expect([done.res.status, done.html]).toEqual([201, expect.stringContaining('You have joined.')])
    expect(seen).toEqual([[good, { username: 'guest', displayName: 'Guest', password: 'p', locale: 'en' }]])
  })
  test('what is refused is said beside its field, and what was typed stays', async () => {
    expect((await post('/invitation', { ...fields, password_repeat: 'q' })).html).toContain('not the same')
    accepted = { refused: 'username-taken' }
    const { res, html } = await post('/invitation', fields)
    expect([res.status, html]).toEqual([400, expect.stringContaining('value=" guest "')])
    accepted = { refused: 'name-malformed' }
    expect((await post('/invitation', fields)).html).toMatch(/id="name"[^>]*aria-invalid/)
    accepted = { refused: 'link-unknown' }
    expect((await post('/invitation', fields)).res.status).toBe(404)
    const over = await get('/invitation?token=other')
    expect([over.res.status, over.html]).toEqual([404, expect.stringContaining('ask whoever invited you')])
    expect(over.html).not.toContain('gateway')
  })
  test('somebody who is signed in joins with that account, by a form of this session only', async () => {
    visitor = { person: { id: 'p1', displayName: 'Ann' } as Person, sessionToken: 's1' }
    expect((await get(`/invitation?token=${good}`)).html).toContain('You are signed in as Ann.')
    expect((await post('/invitation', { token: good, do: 'join', hop: 'other' })).res.status).toBe(400)
    expect((await post('/invitation', { token: good, do: 'join', hop: 'mac-s1' })).res.status).toBe(201)
    expect(seen).toEqual([[good, 'p1']])
  })
})

describe.skipIf(!browser)('in a browser', () => {
  test.for(['/forgot-password', `/reset-password?token=${good}`, `/invitation?token=${good}`])(
    'U3 U10 %s: nothing sticks out at phone width, nothing is complained about, the first field has the focus',
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
