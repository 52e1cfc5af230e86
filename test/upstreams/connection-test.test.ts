// F11: a connection is tested before it is enabled. A real round trip over HTTP with the real connectors, on both stores: what the report
// says, that nothing is made, and what somebody else's link, browser or answer is worth.
import { randomBytes } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Idp, OidcTrust, SamlTrust } from '../../src/core/model/idp.ts'
import type { ConnectionTest, Report } from '../../src/flows/connection/api.ts'
import { keptTest, newTest } from '../../src/flows/connection/kept.ts'
import type { Browser, Stop } from '../edges/oidc/browser.ts'
import { base64, makePair, type Parts, responseXml, signAs, usual } from '../saml/make-response.ts'
import { noPostgres, postgresUrl, testPostgres, testStore } from '../stores/open-test-store.ts'
import { id, mappingRule } from '../stores/rows.ts'
import { type Gateway, openGateway, reasonOn } from './gateway.ts'
import { type Lies, type Op, openOp } from './hostile-op.ts'

const pair = await makePair('corp')
const oidc = (issuer: string): OidcTrust => ({
  protocol: 'oidc',
  issuer,
  clientId: 'gateway',
  clientSecretSealed: undefined,
  clientAuth: 'none',
  scopes: ['openid'],
  idTokenAlg: 'RS256',
  clockSkewSeconds: 30,
  acrValues: [],
  userinfo: true,
})
const bare = pair.certificate.replace(/-----[A-Z ]+-----|\s/g, '')
const metadata = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="https://saml.example/metadata"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${bare}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://saml.example/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`
const saml: SamlTrust = {
  protocol: 'saml',
  metadataXml: metadata,
  metadataUrl: undefined,
  signRequests: true,
  wantAssertionsSigned: false,
  nameIdFormat: undefined,
  allowUnsolicited: false,
  clockSkewSeconds: 60,
  forceAuthnForLevel: false,
  requestedAuthnContext: [],
}
const assurance: Idp['assurance'] = { rules: [{ amr: ['mfa'], level: 2 }], unmatchedLevel: 1, maxAgeSeconds: undefined }

const suite = (open: () => ReturnType<typeof testStore>) => {
  let op: Op
  let gateway: Gateway
  let before: Awaited<ReturnType<Gateway['counted']>>
  beforeAll(async () => {
    op = await openOp()
    gateway = await openGateway({ open })
    await gateway.addIdp('corp', { enabled: false, trust: oidc(op.issuer('corp')), groupsFrom: ['groups'], assurance })
    await gateway.addIdp('closed', { trust: oidc(op.issuer('closed')), jit: { create: false, update: false } })
    await gateway.addIdp('down', { trust: oidc('http://127.0.0.1:9') })
    await gateway.addIdp('saml', { enabled: false, trust: saml, groupsFrom: ['memberOf'] })
    const match = { kind: 'glob', value: 'CORP-*', ignoreCase: false } as const
    for (const idp of ['corp', 'saml'])
      await gateway.store.write((tx) => tx.mappingRules.put({ ...mappingRule(`all-${idp}`, idp, ['Staff']), match }))
  })
  afterAll(async () => {
    op.close()
    await gateway.close()
  })
  beforeEach(async () => {
    before = await gateway.counted()
  })

  const begin = (idp: string) =>
    gateway.store.write((tx) =>
      newTest(
        tx,
        { random: { token: () => randomBytes(32).toString('base64url') }, secrets: gateway.secrets },
        { idpId: id(idp), startedBy: 'root', now: gateway.clock() },
      ),
    )
  const found = async (begun: ConnectionTest): Promise<Report> => {
    const kept = await gateway.store.read((tx) => keptTest(tx, begun.id, gateway.clock()))
    if (!kept?.report) throw new Error('there is no report')
    return kept.report
  }
  const page = (idp: string, token: string, browser: Browser) =>
    browser.go(`/d/acme/default/federation/${idp}/test?token=${token}`)
  const go = (idp: string, token: string, browser: Browser, headers = {}): Promise<Stop> =>
    browser.step(`${gateway.issuer}/federation/${idp}/test`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ token, do: 'go' }),
    })
  const leaving = (stop: Stop): URL => {
    if (!stop.location) throw new Error(`the browser did not leave: ${stop.status} ${stop.text.slice(0, 500)}`)
    return stop.location
  }
  const walk = async (idp: string, lies: Lies = {}, browser = gateway.browser()) => {
    const begun = await begin(idp)
    const to = leaving(await go(idp, begun.token, browser))
    return { begun, browser, back: op.agree(to, lies), end: await browser.go(op.agree(to, lies)) }
  }
  const check = (report: Report, name: string) => report.checks.find((c) => c.name === name)

  test('the page says what will happen, and only its own form goes on', async () => {
    const { token } = await begin('corp')
    const browser = gateway.browser()
    const { text, status } = await page('corp', token, browser)
    expect([status, text]).toEqual([200, expect.stringContaining('<b>root</b> 관리자가')])
    expect((await page('corp', `${token}&lang=en`, browser)).text).toContain('<b>root</b> asks for a test')
    expect(op.asked.filter((a) => a.includes('corp'))).toEqual([])
    const foreign = await go('corp', token, browser, { origin: 'https://evil.example' })
    expect(foreign.status).toBe(400)
  })

  test('what the provider said, what the rules made of it, and every check; nobody is made, nobody is signed in', async () => {
    const claims = { groups: ['CORP-Engineering', 'Other'], amr: ['pwd', 'mfa'], email: 'carol@corp.example' }
    const { begun, end, browser } = await walk('corp', { claims, userinfo: { department: 'R&D <b>' } })
    const report = await found(begun)
    expect(report).toMatchObject({
      outcome: 'passed',
      reason: null,
      account: { kind: 'new', username: 'carol', email: 'carol@corp.example', emailVerified: false },
      level: { level: 2, because: 'amr mfa' },
      groups: { grants: [{ group: 'Staff', rule: 'all-corp', value: 'CORP-Engineering' }], unmatched: ['Other'] },
      said: { subject: 'carol', amr: ['pwd', 'mfa'], attributes: { department: ['R&D <b>'] } },
    })
    expect(report.checks.every((c) => c.ok)).toBe(true)
    expect(check(report, 'ID token audience')).toEqual({
      name: 'ID token audience',
      ok: true,
      expected: 'gateway',
      received: 'gateway',
    })
    expect(end.url.pathname).toMatch(/federation\/corp\/tested$/)
    for (const text of [
      'data-outcome="passed"',
      'R&amp;D &lt;b&gt;',
      'CORP-Engineering',
      '어떤 규칙과도 일치하지 않은 값',
    ])
      expect(end.text).toContain(text)
    expect(end.text).not.toContain('undefined')
    expect(await gateway.counted()).toEqual(before)
    expect(browser.cookies().map((c) => c.name)).toEqual([expect.stringMatching(/^gwanmun_b_/)])
    expect(await gateway.audit('person.created')).toEqual([])
    const [event] = await gateway.audit('connection-test.finished')
    expect(event).toMatchObject({
      outcome: 'success',
      target: { name: 'corp' },
      details: { subject: 'carol', level: 2 },
    })
    expect(JSON.stringify(event)).not.toContain('department')
  })

  test('a refusal says the reason, what was expected and what came', async () => {
    const { begun, end } = await walk('corp', { claims: { aud: 'another client' } })
    const report = await found(begun)
    expect([report.outcome, report.reason]).toEqual(['failed', 'audience-mismatch'])
    expect(check(report, 'ID token audience')).toMatchObject({
      ok: false,
      expected: 'gateway',
      received: 'another client',
    })
    expect(check(report, 'discovery issuer')).toMatchObject({ ok: true, expected: op.issuer('corp') })
    expect(reasonOn(end)).toBe('audience-mismatch')
    expect((await gateway.audit('connection-test.finished'))[0]).toMatchObject({ reason: 'audience-mismatch' })
    expect(await gateway.counted()).toEqual(before)
  })
  test('a key of somebody else, and a provider that cannot be reached', async () => {
    const sign = async () => 'e30.e30.e30'
    expect((await found((await walk('corp', { sign })).begun)).outcome).toBe('failed')
    const down = await begin('down')
    const end = await go('down', down.token, gateway.browser())
    expect([end.status, end.text]).toEqual([200, expect.stringContaining('data-outcome="failed"')])
    expect((await found(down)).reason).toBe('upstream-unreachable')
  })
  test('an answer that holds and an account that there is not: that is a failure too, with the groups shown', async () => {
    const { begun } = await walk('closed', { claims: { groups: ['CORP-A'] } })
    expect(await found(begun)).toMatchObject({
      outcome: 'failed',
      reason: 'person-unknown',
      account: null,
      groups: { unmatched: ['CORP-A'] },
      said: { subject: 'carol' },
    })
  })

  test('the answer counts once, in the browser that left, for the provider it was made for', async () => {
    const begun = await begin('corp')
    const mine = gateway.browser()
    const to = leaving(await go('corp', begun.token, mine))
    const back = op.agree(to)
    const victim = gateway.browser()
    const seen = await victim.go(back)
    expect([seen.status, reasonOn(seen)]).toEqual([404, 'connection-test-over'])
    expect((await gateway.store.read((tx) => keptTest(tx, begun.id, gateway.clock())))?.report).toBeUndefined()
    expect(reasonOn(await mine.go(back))).toBe('state-mismatch')
    const other = op.agree(leaving(await go('corp', begun.token, mine)))
    other.pathname = other.pathname.replace('/corp/', '/closed/')
    expect(reasonOn(await mine.go(other))).toBe('state-mismatch')
  })
  test('a sign-in is no test and a test no sign-in: a disabled provider stays closed', async () => {
    const { end } = await walk('corp')
    expect(end.text).not.toContain('id="sign-out"')
    const stop = await gateway.go('corp', gateway.browser())
    expect(stop.location).toBeUndefined()
  })
  test('links end after a quarter of an hour, and made-up ones never were', async () => {
    const begun = await begin('corp')
    const made = await page('corp', randomBytes(32).toString('base64url'), gateway.browser())
    expect([made.status, reasonOn(made)]).toEqual([404, 'connection-test-over'])
    expect((await page('closed', begun.token, gateway.browser())).status).toBe(404)
    gateway.later(901)
    expect((await page('corp', begun.token, gateway.browser())).status).toBe(404)
    gateway.later(-901)
  })

  const samlAnswer = (to: URL, differs: Partial<Parts> = {}) => {
    const request = inflateRawSync(Buffer.from(to.searchParams.get('SAMLRequest') ?? '', 'base64')).toString('utf8')
    const at = (seconds: number) => new Date(gateway.clock() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
    const place = `${gateway.issuer}/federation/saml`
    const parts: Parts = {
      ...usual,
      responseId: `_${randomBytes(8).toString('hex')}`,
      assertionId: `_${randomBytes(8).toString('hex')}`,
      responseIssuer: 'https://saml.example/metadata',
      assertionIssuer: 'https://saml.example/metadata',
      destination: `${place}/acs`,
      recipient: `${place}/acs`,
      audience: `${place}/metadata`,
      inResponseTo: / ID="([^"]+)"/.exec(request)?.[1] ?? '',
      issueInstant: at(-2),
      notBefore: at(-30),
      notOnOrAfter: at(300),
      confirmationNotOnOrAfter: at(300),
      authnInstant: at(-60),
      nameId: 'dave',
      ...differs,
    }
    const form = {
      SAMLResponse: base64(signAs('both', responseXml(parts), pair)),
      RelayState: to.searchParams.get('RelayState') ?? '',
    }
    return { method: 'POST', body: new URLSearchParams(form) }
  }
  /** From another site, so without cookies; then back in the browser that left. */
  const samlWalk = async (differs: Partial<Parts> = {}) => {
    const begun = await begin('saml')
    const browser = gateway.browser()
    const to = leaving(await go('saml', begun.token, browser))
    const answer = samlAnswer(to, differs)
    const posted = await gateway.browser().step(`${gateway.issuer}/federation/saml/acs`, answer)
    return { begun, answer, posted, end: await browser.go(leaving(posted)) }
  }
  test('SAML: the checks of the verifier one by one, with what was expected and what came', async () => {
    const { begun, end } = await samlWalk()
    const report = await found(begun)
    expect(report).toMatchObject({ outcome: 'passed', account: { kind: 'new', username: 'dave' }, level: { level: 1 } })
    expect(report.groups?.grants.map((g) => [g.group, g.rule])).toEqual([['Staff', 'all-saml']])
    expect(check(report, 'audience')).toMatchObject({
      ok: true,
      expected: `${gateway.issuer}/federation/saml/metadata`,
    })
    expect(report.checks.length).toBeGreaterThan(10)
    expect(end.text).toContain('data-outcome="passed"')
    expect(await gateway.counted()).toEqual(before)
  })
  test('SAML: a wrong audience is named, and an assertion that a test saw is no second one', async () => {
    const { begun, answer } = await samlWalk({ audience: 'urn:somebody-else' })
    const report = await found(begun)
    expect([report.outcome, report.reason]).toEqual(['failed', 'audience-mismatch'])
    expect(check(report, 'audience')).toMatchObject({ ok: false, received: 'urn:somebody-else' })
    const again = await gateway.browser().step(`${gateway.issuer}/federation/saml/acs`, answer)
    expect(reasonOn(again)).toBe('state-mismatch')
  })
}

describe('SQLite', () => suite(testStore))
describe.skipIf(postgresUrl === undefined)(
  postgresUrl === undefined ? `PostgreSQL (skipped: ${noPostgres})` : 'PostgreSQL',
  () => suite(testPostgres),
)
