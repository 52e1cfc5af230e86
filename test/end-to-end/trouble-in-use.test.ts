// Troubles while it serves: a page each, with what to do and a stable reason, and nothing of our insides. The real program in its own
// process, over real HTTP, with a browser that has no JavaScript.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root, type Seen, up, visitor, type Workplace, workplace } from '../program.ts'
import { company, SSO } from './company.ts'

const PASSWORD = 'winter-harbour-lantern'
const tenancy = (closed: number) => `tenancy: { name: acme, displayName: Acme }
domains:
  - name: default
    idps:
      - { name: company, displayName: Company, emailDomains: [company.example], saml: { metadataFile: company.xml }, attributes: { username: uid } }
      - { name: away-saml, displayName: Away by SAML, emailDomains: [saml.example], saml: { metadataUrl: 'http://localhost:${closed}/metadata' }, attributes: { username: uid } }
      - { name: away-oidc, displayName: Away by OpenID, emailDomains: [oidc.example], oidc: { issuer: 'http://localhost:${closed}', clientId: x, clientSecret: { literal: y } } }
  - name: closed
seed: { people: [{ username: alice, displayName: Alice, email: alice@acme.example, password: { literal: ${PASSWORD} } }] }
demo: {}
`

let at: Workplace
let base: string
let idp: Awaited<ReturnType<typeof company>>
let database: DatabaseSync
beforeAll(async () => {
  at = workplace()
  const port = await at.port()
  base = `http://localhost:${port}`
  idp = await company(at.folder)
  writeFileSync(join(at.folder, 'tenancies/company.xml'), idp.metadata)
  writeFileSync(join(at.folder, 'tenancies/acme.yaml'), tenancy(await at.port()))
  const settings = {
    baseUrl: base,
    'listen.port': port,
    'listen.host': 'localhost',
    'outgoing.allowPrivate': 'localhost',
  }
  await at.gwanmun(['serve'], settings).says(up)
  database = new DatabaseSync(join(at.folder, 'data/gwanmun.db'), { timeout: 5_000 })
})
afterAll(async () => {
  database?.close()
  await at?.close()
})

/** A page for people: said in words, with the reason and a reference, and without a word about our insides. */
const clear = (page: Seen, status: number, reason: string, says: RegExp): void => {
  expect([page.status, page.reason]).toEqual([status, reason])
  expect(page.headers.get('content-type')).toContain('text/html')
  expect(page.text.replace(/<[^>]*>/g, ' ')).toMatch(says)
  expect(page.text).toMatch(/id="reference"/)
  for (const inside of [root, at.folder, 'node_modules', 'node:internal']) expect(page.text).not.toContain(inside)
  expect(page.text).not.toMatch(/\n\s+at \w/)
}
const issuer = () => `${base}/d/acme/default`
const begun = async (browser = visitor(base)) => {
  const page = await browser.go(`${issuer()}/account`)
  expect([page.status, page.url]).toEqual([200, expect.stringContaining('/sign-in/')])
  return { browser, page }
}
const signsIn = async ({ browser, page }: Awaited<ReturnType<typeof begun>>): Promise<Seen> => {
  const asked = await browser.answer(page, { do: 'identify', username: 'alice' })
  return browser.answer(asked, { do: 'password', password: PASSWORD })
}

describe('addresses', () => {
  test.each([
    ['a tenancy that is not there', '/d/nobody/default/account'],
    ['a domain that is not there', '/d/acme/nobody/account'],
    ['its discovery', '/d/acme/nobody/.well-known/openid-configuration'],
    ['its SAML metadata', '/d/acme/nobody/saml/metadata'],
  ])('%s', async (_, path) => {
    clear(await visitor(base).go(path), 404, 'domain-unknown', /tenancy or domain that does not exist\. Check it/)
  })
  test('a domain that an administrator switched off', async () => {
    database.exec("update domain set body = json_set(body, '$.status', 'inactive') where name_key = 'closed'")
    const page = await visitor(base).go('/d/acme/closed/account')
    clear(page, 403, 'domain-inactive', /until an administrator activates it/)
  })
  test('nothing at all', async () => {
    clear(await visitor(base).go('/nothing'), 404, 'not-found', /Start again from the application/)
  })
  test('an identity provider that is not there: on the way back, and its metadata', async () => {
    const browser = visitor(base)
    const back = await browser.post(`${issuer()}/federation/nobody/acs`, { SAMLResponse: 'x', RelayState: 'y' })
    clear(back, 404, 'idp-unknown', /Start again from the application/)
    clear(await browser.go(`${issuer()}/federation/nobody/callback?state=x&code=y`), 404, 'idp-unknown', /nobody/)
    clear(await browser.go(`${issuer()}/federation/nobody/metadata`), 404, 'idp-unknown', /nobody/)
  })
})

describe('identity providers that are away', () => {
  test.each([
    ['discovery of OpenID Connect', 'away-oidc', 'upstream-unreachable', 'x@oidc.example'],
    ['SAML metadata that was never loaded', 'away-saml', 'metadata-missing', 'x@saml.example'],
  ])('%s: a page with the reason, and the other ways', async (_, name, reason, email) => {
    const { browser, page } = await begun()
    const chosen = await browser.answer(page, { do: 'choose-idp', idp: name })
    clear(chosen, 502, reason, /cannot be reached|Try again/i)
    expect(chosen.text).toMatch(/id="again"/)
    const other = await browser.answer(chosen, { do: 'start-over' })
    expect(other.text).toMatch(/id="username"/)
    for (const idp of ['company', 'away-saml', 'away-oidc']) expect(other.text).toContain(`value="${idp}"`)
    clear(await browser.answer(other, { do: 'identify', username: email }), 502, reason, /cannot be reached|Try again/i)
  })
  test('and whoever turns to a local account signs in', async () => {
    const { browser, page } = await begun()
    const away = await browser.answer(page, { do: 'choose-idp', idp: 'away-oidc' })
    const done = await signsIn({ browser, page: await browser.answer(away, { do: 'start-over' }) })
    expect([done.status, new URL(done.url).pathname]).toEqual([200, '/d/acme/default/account'])
  })
})

describe('clocks', () => {
  const answered = async (minutes: number) => {
    const { browser, page } = await begun()
    const sent = await browser.answer(page, { do: 'choose-idp', idp: 'company' })
    const location = sent.headers.get('location') ?? ''
    expect(location.startsWith(SSO)).toBe(true)
    const { acs, fields } = idp.answerTo(location, Date.now() + minutes * 60_000)
    return browser.post(acs, fields)
  }
  test.each([
    ['ahead', 10, 'not-yet-valid'],
    ['behind', -10, 'expired'],
  ])('of the company ten minutes %s: refused, and the page speaks of clocks', async (_, minutes, reason) => {
    clear(await answered(minutes), 400, reason, /the clocks of the two systems differ/)
  })
  test('half a minute is within what is allowed', async () => {
    expect((await answered(0.5)).status).toBe(200)
    expect(database.prepare("select count(*) as n from person where username_key = 'carol'").get()).toEqual({ n: 1 })
  })
})

describe('sign-ins', () => {
  test('of another browser', async () => {
    const { page } = await begun()
    clear(await visitor(base).go(page.url), 400, 'journey-unknown', /stays in the browser where it began/)
  })
  test('that took too long: nothing typed is taken', async () => {
    const { browser, page } = await begun()
    const id = new URL(page.url).pathname.split('/').at(-1) ?? ''
    database
      .prepare("update journey set expires_at = 1000, body = json_set(body, '$.expiresAt', 1000) where id = ?")
      .run(id)
    clear(await browser.go(page.url), 410, 'journey-expired', /start again from the application/)
    clear(await browser.answer(page, { do: 'identify', username: 'alice' }), 410, 'journey-expired', /start again/)
  })
  test('that are over: the way to the own account is on the page', async () => {
    const { browser, page } = await begun()
    await signsIn({ browser, page })
    const again = await browser.go(page.url)
    clear(again, 400, 'journey-unknown', /If you have just signed in, you are done/)
    expect(again.text).toContain(`${issuer()}/account`)
  })
  test('of nobody', async () => {
    clear(await visitor(base).go(`${issuer()}/sign-in/nonsense`), 400, 'journey-unknown', /start again/)
  })
})
