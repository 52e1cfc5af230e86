// The set-up link: a page for its holder, once, and nothing for anybody else.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { setUpEdge } from '../../../src/edges/sign-in/set-up.ts'
import type { Made, NewAdministrator, NotMade } from '../../../src/flows/directory/first-administrator.ts'
import { type Running, start } from './fakes.ts'

const good = 'g'.repeat(43)
const claimed: { readonly token: string; readonly wanted: NewAdministrator }[] = []
let answer: Made | NotMade = { person: { username: 'root' } as never }
let app: Running
beforeAll(async () => {
  app = await start({
    edges: ({ findDomain, render, baseUrl }) => [
      [
        '/d/:tenancy/:domain',
        setUpEdge({
          findDomain,
          render,
          baseUrl,
          isSetUpLink: async (_tenancy, token) => token === good,
          claimSetUp: async (_tenancy, token, wanted) => {
            claimed.push({ token, wanted })
            return answer
          },
        }),
      ],
    ],
  })
})
afterAll(() => app.close())
beforeEach(() => {
  claimed.length = 0
  answer = { person: { username: 'root' } as never }
})

const fields = {
  token: good,
  username: ' root ',
  email: '',
  password: 'correct horse battery',
  password_repeat: 'correct horse battery',
}
const post = async (more: Record<string, string> = {}, headers: Record<string, string> = {}) => {
  const res = await fetch(`${app.issuer}/set-up`, {
    method: 'POST',
    body: new URLSearchParams({ ...fields, ...more }),
    headers,
  })
  return { res, html: await res.text() }
}

describe('T1 the first administrator by link', () => {
  test('the form carries the token, and so does the other language', async () => {
    const res = await fetch(`${app.issuer}/set-up?token=${good}`)
    const html = await res.text()
    expect(res.status).toBe(200)
    expect(html).toContain(`name="token" value="${good}"`)
    expect(html).toContain(`lang=ko&amp;token=${good}`)
    expect(res.headers.get('cache-control')).toBe('no-store')
  })
  test.for(['', '?token=', '?token=wrong'])('no form for `%s`', async (query) => {
    const res = await fetch(`${app.issuer}/set-up${query}`)
    expect(res.status).toBe(404)
    expect(await res.text()).toContain('<code id="reason">link-unknown</code>')
  })
  test('made: who, and where to sign in', async () => {
    const { res, html } = await post()
    expect(res.status).toBe(201)
    expect(html).toContain(`href="${app.issuer}/sign-in"`)
    expect(claimed).toEqual([
      { token: good, wanted: { username: 'root', password: fields.password, email: undefined } },
    ])
  })
  test.for([
    [{ refused: 'username-taken' }, 'username', 'taken'],
    [{ refused: 'username-malformed' }, 'username', 'spaces'],
    [{ refused: 'password', faults: [{ code: 'too-short', min: 12 }] }, 'password', 'too short'],
  ] as const)('%j is said at its field; the name stays, the password does not', async ([refused, field, said]) => {
    answer = refused
    const { res, html } = await post()
    expect(res.status).toBe(400)
    expect(html).toMatch(new RegExp(`id="${field}"[^>]*aria-invalid="true" aria-describedby="error"`))
    expect(html).toContain(said)
    expect(html).toContain('value=" root')
    expect(html).not.toContain('correct horse')
  })
  test('two different passwords make nobody', async () => {
    const { res } = await post({ password_repeat: 'x' })
    expect(res.status).toBe(400)
    expect(claimed).toEqual([])
  })
  test('a link that was used meanwhile is over', async () => {
    answer = { refused: 'administrator-exists' }
    expect((await post()).res.status).toBe(404)
  })
  test('another site cannot send the form', async () => {
    expect((await post({}, { 'sec-fetch-site': 'cross-site' })).res.status).toBe(400)
    expect(claimed).toEqual([])
  })
})
