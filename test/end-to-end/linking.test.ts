// E.2-1 … E.2-9, U11: the first sign-in of somebody whom the company knows, with the real program, a company that signs SAML, a mail server
// and a browser without JavaScript; and what they may do afterwards, asked of the decision point; on both stores.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mailServer } from '../mail-server.ts'
import { type Seen, up, type Visitor, visitor, type Workplace, workplace } from '../program.ts'
import { company, SSO } from './company.ts'
import { type Place, places } from './places.ts'

const tenancy = `
tenancy: { name: acme, displayName: Acme }
domains:
  - name: default
    displayName: Cloud accounts
    groups: [{ name: cloud-users }]
    onboarding:
      confirm: true
      contactEmail: true
      profile: true
      terms: { version: '7', text: { en: Be kind to support., ko: 지원 담당자에게 친절하십시오. } }
    idps:
      - name: company
        displayName: commercial cloud account
        emailDomains: [company.example]
        saml: { metadataFile: company.xml }
        attributes: { username: uid }
        groupsFrom: [uid]
        mappings: [{ name: everybody, glob: '*', groups: [cloud-users] }]
applications:
  - name: pdp
    oidc: { clientId: pdp, clientSecrets: [{ env: PDP_SECRET }], grants: [client_credentials], scopes: [pdp] }
policies:
  - { name: support, statements: [Allow group cloud-users to manage tickets in tenancy] }
`
describe.each(places)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let at: Workplace
  let place: Place
  let idp: Awaited<ReturnType<typeof company>>
  let mail: Awaited<ReturnType<typeof mailServer>>
  let base: string
  beforeAll(async () => {
    place = await open()
    at = workplace()
    const port = await at.port()
    base = `http://localhost:${port}`
    mail = await mailServer()
    idp = await company(at.folder)
    writeFileSync(join(at.folder, 'tenancies/company.xml'), idp.metadata)
    writeFileSync(join(at.folder, 'tenancies/acme.yaml'), tenancy)
    const env = { ...place.env, PDP_SECRET: 'a-secret-of-the-decision-client', GWANMUN_MAIL_URL: mail.url }
    const settings = {
      ...place.settings,
      baseUrl: base,
      'listen.port': port,
      'listen.host': 'localhost',
      'mail.kind': 'smtp',
    }
    await at.gwanmun(['serve'], settings, { env }).says(up)
  })
  afterAll(async () => {
    mail?.server.close()
    await at?.close()
    await place?.close()
  })

  const issuer = () => `${base}/d/acme/default`
  const text = (page: Seen): string => page.text.replace(/<[^>]*>/g, ' ')

  /** The e-mail leads to the company, whose answer the browser carries back. */
  const comesFromTheCompany = async (browser: Visitor, who: string): Promise<Seen> => {
    const page = await browser.go(`${issuer()}/account`)
    expect(text(page)).toContain('commercial cloud account')
    const away = await browser.answer(page, { do: 'identify', username: `${who}@company.example` })
    const location = away.headers.get('location') ?? (await browser.go(`${away.url}`)).headers.get('location') ?? ''
    expect(location).toContain(SSO)
    const { acs, fields } = idp.answerTo(location, Date.now(), who)
    return browser.post(acs, fields)
  }
  const mailedCode = async (to: string): Promise<string> => {
    await expect
      .poll(() => mail.told.join('\n'), { timeout: 20_000 })
      .toMatch(new RegExp(`RCPT TO:<${to}>[\\s\\S]*code is \\d{6}`))
    return /code is (\d{6})/.exec(mail.told.join('\n').split(`RCPT TO:<${to}>`).at(-1) ?? '')?.[1] ?? ''
  }
  const completes = async (browser: Visitor, first: Seen, who: string): Promise<Seen> => {
    expect(text(first)).toMatch(/Is this your account\?/)
    for (const fact of ['Acme', 'Cloud accounts', who]) expect(text(first)).toContain(fact)
    expect(first.text).not.toMatch(/<input[^>]*value="(?:Acme|Cloud accounts|carol|dave)"/) // shown, not typed
    let page = await browser.answer(first, { do: 'confirm-account' })
    const desk = `${who}-desk@else.example`
    page = await browser.answer(page, { do: 'contact-email', email: desk })
    const wrong = await browser.answer(page, { do: 'contact-code', otp: '000000' })
    expect([wrong.status, text(wrong)]).toEqual([400, expect.stringContaining('code')])
    page = await browser.answer(wrong, { do: 'contact-code', otp: await mailedCode(desk) })
    expect(text(page)).toContain('Be kind to support.')
    const unticked = await browser.answer(page, { do: 'accept-terms', version: '7' })
    expect([unticked.status, text(unticked)]).toEqual([400, expect.stringContaining('Tick the box')])
    page = await browser.answer(unticked, { do: 'accept-terms', version: '7', accepted: 'yes' })
    return browser.answer(page, {
      do: 'complete-profile',
      name: who,
      country: 'KR',
      phone: '+82 2 123',
      time_zone: 'Asia/Seoul',
    })
  }
  const mayFileRequest = async (who: string): Promise<boolean> => {
    const secret = Buffer.from('pdp:a-secret-of-the-decision-client').toString('base64')
    const token = await fetch(`${issuer()}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${secret}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials&scope=pdp',
    })
    const { access_token } = (await token.json()) as { access_token: string }
    const asked = await fetch(`${base}/t/acme/access/v1/evaluation`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        subject: { type: 'user', id: who },
        action: { name: '{TICKET_CREATE}' },
        resource: { type: 'tickets', id: 'new' },
      }),
    })
    return ((await asked.json()) as { decision: boolean }).decision
  }

  test('E.2-1 E.2-2 E.2-3 E.2-4 E.2-5 E.2-6 E.2-7 E.2-8 U11: an e-mail leads to the company, and back through every step', async () => {
    expect(await mayFileRequest('carol')).toBe(false) // nobody of that name yet
    const browser = visitor(base)
    const done = await completes(browser, await comesFromTheCompany(browser, 'carol'), 'carol')
    expect([done.status, done.url]).toEqual([200, `${issuer()}/account`])
    expect(await mayFileRequest('carol')).toBe(true)
  })
  test('E.2-9: a new user of the company repeats it and needs nobody’s approval; who came once is not asked again', async () => {
    const browser = visitor(base)
    const done = await completes(browser, await comesFromTheCompany(browser, 'dave'), 'dave')
    expect(done.url).toBe(`${issuer()}/account`)
    expect(await mayFileRequest('dave')).toBe(true)
    const again = await comesFromTheCompany(visitor(base), 'carol')
    expect([again.status, again.url]).toEqual([200, `${issuer()}/account`])
  })
})
