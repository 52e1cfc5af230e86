// F8: which provider somebody is led to: by the hint of the application, the domain of the address, the application, the network, by choice; and
// by nothing else. The real program, on both stores.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Seen, up, visitor, type Workplace, workplace } from '../program.ts'
import { company, SSO } from './company.ts'
import { type Place, places } from './places.ts'

const PASSWORD = 'correct horse battery staple'
const tenancy = `
tenancy: { name: acme }
domains:
  - name: default
    idps:
      - { name: company, displayName: The company, emailDomains: [company.example], saml: { metadataFile: company.xml } }
      - { name: asleep, displayName: Asleep, enabled: false, emailDomains: [asleep.example], saml: { metadataFile: company.xml } }
  - name: only
    localSignIn: false
    idps:
      - { name: company, displayName: The company, saml: { metadataFile: company.xml } }
  - name: routed
    idps:
      - { name: payroll-people, displayName: Payroll people, showInChooser: false, routes: { applications: [payroll, shared] }, saml: { metadataFile: company.xml } }
      - { name: partners, displayName: Partners, emailDomains: [partner.example, both.example], routes: { applications: [shared] }, saml: { metadataFile: partners.xml } }
      - { name: intranet, displayName: Intranet, emailDomains: [both.example], routes: { networks: [10.20.0.0/16, '2001:db8::/32'] }, saml: { metadataFile: intranet.xml } }
      - { name: asleep, displayName: Asleep, enabled: false, routes: { applications: [payroll, desk], networks: ['0.0.0.0/0', '::/0'] }, saml: { metadataFile: company.xml } }
applications:
  - { name: desk, domains: [default, routed], oidc: { clientId: desk, tokenEndpointAuth: none, redirectUris: ['http://localhost/cb'] } }
  - { name: payroll, domains: [routed], oidc: { clientId: payroll, tokenEndpointAuth: none, redirectUris: ['http://localhost/cb'] } }
  - { name: shared, domains: [routed], oidc: { clientId: shared, tokenEndpointAuth: none, redirectUris: ['http://localhost/cb'] } }
seed:
  people: [{ domain: routed, username: admin, password: { env: ADMIN_PASSWORD } }]
`

describe.each(places)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let at: Workplace
  let place: Place
  let base: string
  beforeAll(async () => {
    place = await open()
    at = workplace()
    const port = await at.port()
    base = `http://localhost:${port}`
    const { metadata } = await company(at.folder)
    for (const name of ['company', 'partners', 'intranet']) // each where its sign-in page is
      writeFileSync(
        join(at.folder, `tenancies/${name}.xml`),
        metadata.replaceAll('https://company.example', `https://${name}.example`),
      )
    writeFileSync(join(at.folder, 'tenancies/acme.yaml'), tenancy)
    const settings = { baseUrl: base, 'listen.port': port, 'listen.host': 'localhost', ...place.settings }
    const env = { ...place.env, ADMIN_PASSWORD: PASSWORD, GWANMUN_TRUSTED_PROXIES: '127.0.0.0/8,::1' }
    await at.gwanmun(['serve'], settings, { env }).says(up)
  })
  afterAll(async () => {
    await at?.close()
    await place?.close()
  })

  const account = (domain = 'default') => `${base}/d/acme/${domain}/account`
  /** `provider`: the browser is sent there; otherwise what the page asks for. */
  const ends = (seen: Seen): string => {
    if (seen.headers.get('location')?.startsWith(SSO)) return 'provider'
    return seen.text.includes('name="password"')
      ? 'password'
      : seen.text.includes('name="username"')
        ? 'name'
        : seen.url
  }
  const named = async (username: string): Promise<string> => {
    const browser = visitor(base)
    return ends(await browser.answer(await browser.go(account()), { username }))
  }
  const authorize = (app: string, more: object = {}): string =>
    `/authorize?${new URLSearchParams({
      client_id: app,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: 'http://localhost/cb',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
      ...more,
    })}`
  const hinted = (hint: string): Promise<Seen> =>
    visitor(base).go(`/d/acme/default${authorize('desk', { idp_hint: hint })}`)

  /** Which provider's page the browser is sent to. */
  const host = ({ headers }: Seen): string | undefined => URL.parse(headers.get('location') ?? '')?.hostname
  const routed = (path: string): string => `/d/acme/routed${path}`
  const from = (address: string) =>
    visitor(base, (url, init) => fetch(url, { ...init, headers: { ...init.headers, 'x-forwarded-for': address } }))
  const offered = ({ text }: Seen): readonly string[] =>
    [...text.matchAll(/id="idp-([a-z-]+)"/g)].map(([, name]) => name ?? '')

  test('F8: the domain of the address leads to its provider, known or not, in whatever letters', async () => {
    expect(await named('somebody@company.example')).toBe('provider')
    expect(await named('Somebody@COMPANY.example')).toBe('provider')
  })
  test('F8: another address, a plain name, and the domain of a provider that is off lead to the password', async () => {
    for (const name of ['somebody@else.example', 'somebody', 'somebody@asleep.example', 'company.example@else.example'])
      expect([name, await named(name)]).toEqual([name, 'password'])
  })
  test('F8: the hint of an application leads there at once; one that names nobody leaves the choice', async () => {
    expect(ends(await hinted('company'))).toBe('provider')
    for (const hint of ['asleep', 'nobody', '']) {
      const page = await hinted(hint)
      expect([hint, ends(page), page.text.includes('id="idp-company"')]).toEqual([hint, 'name', true])
    }
  })
  test('F8: whoever is not led chooses, among those that are on', async () => {
    const browser = visitor(base)
    const page = await browser.go(account())
    expect([page.text.includes('The company'), page.text.includes('Asleep')]).toEqual([true, false])
    expect(ends(await browser.answer(page, { do: 'choose-idp', idp: 'company' }))).toBe('provider')
    const again = visitor(base)
    const refused = await again.answer(await again.go(account()), { do: 'choose-idp', idp: 'asleep' })
    expect([refused.status, ends(refused)]).toEqual([400, 'name'])
  })
  test('F8: where there is one way in, nobody is asked', async () => {
    expect(ends(await visitor(base).go(account('only')))).toBe('provider')
  })
  test('F8: an application leads to its provider, whether the chooser shows it or not; one that is off leads nobody', async () => {
    expect(host(await visitor(base).go(routed(authorize('payroll'))))).toBe('company.example')
    const desk = await visitor(base).go(routed(authorize('desk')))
    expect([ends(desk), offered(desk)]).toEqual(['name', ['intranet', 'partners']])
  })
  test('F8: a network leads to its provider, as a trusted proxy saw the address', async () => {
    for (const address of ['10.20.0.1', '10.20.255.254', '2001:db8::7', '::ffff:10.20.3.4', '10.20.3.4, 127.0.0.1'])
      expect([address, host(await from(address).go(routed('/account')))]).toEqual([address, 'intranet.example'])
    for (const address of ['10.21.0.1', '2001:db9::7', 'nonsense', '10.20.0.1, 192.0.2.1'])
      expect([address, ends(await from(address).go(routed('/account')))]).toEqual([address, 'name'])
  })
  test('F8: the hint goes before the application, and the application before the network', async () => {
    const inside = '10.20.3.4'
    expect(host(await from(inside).go(routed(authorize('payroll', { idp_hint: 'partners' }))))).toBe('partners.example')
    expect(host(await from(inside).go(routed(authorize('payroll'))))).toBe('company.example')
    expect(host(await from(inside).go(routed(authorize('desk'))))).toBe('intranet.example')
  })
  test('F8: of several by the same right the chooser shows just these; what is typed goes before them', async () => {
    const browser = from('10.20.3.4')
    const page = await browser.go(routed(authorize('shared')))
    expect([ends(page), offered(page)]).toEqual(['name', ['partners', 'payroll-people']])
    expect(host(await browser.answer(page, { do: 'choose-idp', idp: 'payroll-people' }))).toBe('company.example')
    const typing = visitor(base)
    const again = await typing.go(routed(authorize('shared')))
    expect(host(await typing.answer(again, { username: 'x@partner.example' }))).toBe('partners.example')
    const plain = visitor(base)
    const local = await plain.answer(await plain.go(routed(authorize('shared'))), { username: 'admin' })
    expect([ends(local), offered(local)]).toEqual(['password', ['intranet', 'partners']])
    const wide = visitor(base)
    const narrow = await wide.answer(await wide.go(routed('/account')), { username: 'x@both.example' })
    expect([ends(narrow), offered(narrow)]).toEqual(['name', ['intranet', 'partners']])
    const other = visitor(base)
    const asked = await other.answer(await other.go(routed(authorize('shared'))), { do: 'start-over' })
    expect([ends(asked), offered(asked)]).toEqual(['name', ['intranet', 'partners']])
  })
  test('F8: who is led and comes back may sign in another way, and is then not led again; no circle, nobody locked out', async () => {
    const browser = visitor(base)
    const payroll = routed(authorize('payroll'))
    expect(host(await browser.go(payroll))).toBe('company.example')
    const page = await browser.go(payroll)
    expect([page.status, host(page), page.text.includes('Sign in another way')]).toEqual([200, undefined, true])
    expect(host(await browser.go(`${page.url}?with=upstream`))).toBe('company.example')
    const choice = await browser.answer(page, { do: 'start-over' })
    expect(ends(choice)).toBe('name')
    const form = await browser.answer(choice, { username: 'admin' })
    const done = await browser.answer(form, { password: PASSWORD })
    expect(done.headers.get('location')).toMatch(/^http:\/\/localhost\/cb\?code=/)
    expect((await browser.go(payroll)).headers.get('location')).toMatch(/^http:\/\/localhost\/cb\?code=/)
    for (const name of browser.cookies.keys()) if (name.startsWith('gwanmun_s_')) browser.cookies.delete(name)
    expect(host(await browser.go(payroll))).toBe('company.example')
  })
  test('F8: the sign-in page by itself is for choosing, from whatever network', async () => {
    const page = await from('10.20.3.4').go(routed('/sign-in'))
    expect([ends(page), offered(page)]).toEqual(['name', ['intranet', 'partners']])
  })
})
