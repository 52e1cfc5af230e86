// F8: which provider somebody is led to: by the domain of the address, by the hint of the application, by choice; and by nothing else. The real
// program, on both stores.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Seen, up, visitor, type Workplace, workplace } from '../program.ts'
import { company, SSO } from './company.ts'
import { type Place, places } from './places.ts'

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
applications:
  - name: desk
    domains: [default]
    oidc: { clientId: desk, tokenEndpointAuth: none, redirectUris: ['http://localhost/cb'] }
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
    writeFileSync(join(at.folder, 'tenancies/company.xml'), (await company(at.folder)).metadata)
    writeFileSync(join(at.folder, 'tenancies/acme.yaml'), tenancy)
    const settings = { baseUrl: base, 'listen.port': port, 'listen.host': 'localhost', ...place.settings }
    await at.gwanmun(['serve'], settings, { env: place.env }).says(up)
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
  const hinted = async (hint: string): Promise<Seen> => {
    const asked = new URLSearchParams({
      client_id: 'desk',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: 'http://localhost/cb',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
      idp_hint: hint,
    })
    return visitor(base).go(`/d/acme/default/authorize?${asked}`)
  }

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
})
