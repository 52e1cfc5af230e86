// Single Logout: who may end whose session, who is told, and what the one who began it hears.
import { createVerify, X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { id } from '../../stores/rows.ts'
import type { Browser, Page } from './bed.ts'
import {
  attributeOf,
  elements,
  postBody,
  readRedirect,
  redirectQuery,
  signedXml,
  statusOf,
  type TestKey,
  type TestSp,
  testKey,
  textOf,
} from './service-provider.ts'
import { freshId, openStage, type Stage } from './stage.ts'

let stage: Stage
let wiki: TestSp
let mail: TestSp
let forms: TestSp
let mute: TestSp
let otherKey: TestKey

beforeAll(async () => {
  stage = await openStage()
  otherKey = await testKey(stage.bed.now())
  wiki = await stage.application({ name: 'wiki' })
  mail = await stage.application({ name: 'mail', key: otherKey })
  forms = await stage.application({ name: 'forms', slo: 'post' })
  mute = await stage.application({ name: 'mute', slo: 'none' })
})
afterAll(() => stage.bed.close())

type Joined = {
  readonly browser: Browser
  readonly token: string
  readonly sessionId: string
  readonly nameIds: Map<string, string>
}

/** A browser with one session that took part in these applications. */
const joined = async (username: string, sps: readonly TestSp[], differs = {}): Promise<Joined> => {
  const { token, session } = await stage.bed.signIn(username, undefined, differs)
  const browser = stage.bed.browser(token)
  const nameIds = new Map<string, string>()
  for (const sp of sps) {
    const page = await browser.follow(stage.byRedirect(stage.request(sp)))
    stage.bed.pass(1)
    nameIds.set(sp.name, /<saml:NameID[\s\S]*?<\/saml:NameID>/.exec(page.response)?.[0] ?? '')
  }
  return { browser, token, sessionId: session.id, nameIds }
}

const logoutOf = (
  sp: TestSp,
  who: Joined,
  more: { readonly nameId?: string; readonly sessionIndex?: string | null } = {},
): string =>
  sp.logoutRequest({
    id: freshId(),
    at: stage.bed.now(),
    destination: stage.slo,
    nameId: more.nameId ?? who.nameIds.get(sp.name) ?? '',
    ...(more.sessionIndex === null ? {} : { sessionIndex: more.sessionIndex ?? who.sessionId }),
  })
const byRedirect = (xml: string, key: TestKey | undefined, relayState?: string): string =>
  `${stage.slo}?${redirectQuery('SAMLRequest', xml, relayState, key)}`
const answerBy = (sp: TestSp, location: string, status = 'Success', key = sp.key): string => {
  const asked = readRedirect(location)
  const inResponseTo = attributeOf(asked.xml, 'LogoutRequest', 'ID') ?? ''
  const xml = sp.logoutResponse({ id: freshId(), at: stage.bed.now(), destination: stage.slo, inResponseTo, status })
  return `${stage.slo}?${redirectQuery('SAMLResponse', xml, asked.relayState, key)}`
}

/** What came back to the application, after its signature was checked with the certificate of our metadata. */
const signedAnswer = async (page: Page, sp: TestSp) => {
  expect(page.status).toBe(303)
  const got = readRedirect(page.location)
  expect(got.to).toBe(sp.sloUrl)
  const [octets, signature = ''] = got.rawQuery.split('&Signature=')
  const { publicKey } = new X509Certificate((await stage.bed.idpCertificate()) ?? '')
  const check = createVerify('sha256').update(octets ?? '')
  expect(check.verify(publicKey, decodeURIComponent(signature), 'base64')).toBe(true)
  return got
}
const isLive = async (who: Joined) => (await stage.bed.sessionOf(who.sessionId))?.endedAt === undefined

describe('F13 F14 sign-out that begins at an application', () => {
  test('F13 by redirect: the session is over, the cookie gone, the application told so', async () => {
    const who = await joined('alice', [wiki])
    expect(who.browser.jar.size).toBe(1)
    const xml = logoutOf(wiki, who)
    const page = await who.browser.follow(byRedirect(xml, wiki.key, 'https://wiki.example/bye?a=1&b=2'))
    const answer = await signedAnswer(page, wiki)
    expect(answer.parameter).toBe('SAMLResponse')
    expect(statusOf(answer.xml)).toEqual(['Success'])
    expect(attributeOf(answer.xml, 'LogoutResponse', 'InResponseTo')).toBe(stage.idOf(xml))
    expect(answer.relayState).toBe('https://wiki.example/bye?a=1&b=2')
    expect(await isLive(who)).toBe(false)
    expect(who.browser.jar.size).toBe(0)
    expect((await stage.bed.audit('saml.signed-out'))[0]).toMatchObject({
      outcome: 'success',
      target: { name: 'wiki' },
      details: { sessions: [who.sessionId] },
    })
  })
  test('F13 by POST from another site, answered by POST where that is the endpoint', async () => {
    const who = await joined('alice', [forms])
    const xml = logoutOf(forms, who)
    const parked = await who.browser.post(stage.slo, postBody('SAMLRequest', signedXml(xml, forms.key), 'state'))
    expect(parked.location).toMatch(/\/saml\/slo\/continue\?id=[\w-]{43}$/)
    expect(await isLive(who)).toBe(true)
    const page = await who.browser.get(parked.location)
    expect(page.form.action).toBe(forms.sloUrl)
    expect(page.form.fields.RelayState).toBe('state')
    expect(statusOf(page.response)).toEqual(['Success'])
    expect(elements(page.response, 'Signature')).toHaveLength(1)
    expect(await isLive(who)).toBe(false)
    expect(who.browser.jar.size).toBe(0)
  })
  test('F13 without SessionIndex: the session of the browser that brought the request', async () => {
    const who = await joined('alice', [wiki])
    await who.browser.follow(byRedirect(logoutOf(wiki, who, { sessionIndex: null }), wiki.key))
    expect(await isLive(who)).toBe(false)
  })
  test('F13 format and qualifiers of the name may be left out', async () => {
    const who = await joined('alice', [wiki])
    const value = textOf(`<x xmlns:saml="s">${who.nameIds.get('wiki')}</x>`, 'NameID') ?? ''
    await who.browser.follow(
      byRedirect(logoutOf(wiki, who, { nameId: `<saml:NameID>${value}</saml:NameID>` }), wiki.key),
    )
    expect(await isLive(who)).toBe(false)
  })
  test('F13 a session that is over already is success, not an error', async () => {
    const who = await joined('alice', [wiki])
    await who.browser.follow(byRedirect(logoutOf(wiki, who), wiki.key))
    const page = await who.browser.follow(byRedirect(logoutOf(wiki, who), wiki.key))
    expect(statusOf((await signedAnswer(page, wiki)).xml)).toEqual(['Success'])
  })
})

describe('F13 F14 the other applications', () => {
  test('F13 are told one after the other, with the name and session that each knows; then the first hears of it', async () => {
    const who = await joined('alice', [wiki, mail, forms])
    const first = await who.browser.follow(byRedirect(logoutOf(wiki, who), wiki.key, 'back'))
    const toMail = await signedAnswer(first, mail)
    expect(toMail.parameter).toBe('SAMLRequest')
    expect(attributeOf(toMail.xml, 'LogoutRequest', 'Destination')).toBe(mail.sloUrl)
    expect(who.nameIds.get('mail')).toContain(`>${textOf(toMail.xml, 'NameID')}<`)
    expect(attributeOf(toMail.xml, 'NameID', 'SPNameQualifier')).toBe(mail.entityId)
    expect(textOf(toMail.xml, 'SessionIndex')).toBe(who.sessionId)
    expect(await isLive(who)).toBe(false) // before anybody answered
    const second = await who.browser.get(answerBy(mail, first.location))
    expect(second.form.action).toBe(forms.sloUrl)
    const asked = Buffer.from(second.form.fields.SAMLRequest ?? '', 'base64').toString('utf8')
    const xml = forms.logoutResponse({
      id: freshId(),
      at: stage.bed.now(),
      destination: stage.slo,
      inResponseTo: attributeOf(asked, 'LogoutRequest', 'ID') ?? '',
    })
    const body = postBody('SAMLResponse', signedXml(xml, forms.key), second.form.fields.RelayState)
    const last = await signedAnswer(await who.browser.post(stage.slo, body), wiki)
    expect(statusOf(last.xml)).toEqual(['Success'])
    expect(last.relayState).toBe('back')
  })
  test('F13 one that knows no Single Logout is passed over, and the first hears PartialLogout', async () => {
    const who = await joined('alice', [wiki, mute])
    const page = await who.browser.follow(byRedirect(logoutOf(wiki, who), wiki.key))
    expect(statusOf((await signedAnswer(page, wiki)).xml)).toEqual(['Success', 'PartialLogout'])
  })
  test.for([
    ['refuses', (l: string) => answerBy(mail, l, 'Responder')],
    ['answers with a foreign key', (l: string) => answerBy(mail, l, 'Success', stage.key)],
    ['is answered for by another application', (l: string) => answerBy(wiki, l)],
    ['is not heard of: the person goes back', (l: string) => `${stage.slo}/continue?id=${readRedirect(l).relayState}`],
  ] as const)('F13 one that %s: PartialLogout', async ([, answer]) => {
    const who = await joined('alice', [wiki, mail])
    const first = await who.browser.follow(byRedirect(logoutOf(wiki, who), wiki.key))
    const page = await who.browser.get(answer(first.location))
    expect(statusOf((await signedAnswer(page, wiki)).xml)).toEqual(['Success', 'PartialLogout'])
  })
  test('F13 an answer counts once', async () => {
    const who = await joined('alice', [wiki, mail])
    const first = await who.browser.follow(byRedirect(logoutOf(wiki, who), wiki.key))
    const answer = answerBy(mail, first.location)
    const pages = await Promise.all([who.browser.get(answer), who.browser.get(answer)])
    expect(pages.map((p) => p.status).sort()).toEqual([303, 400])
  })
  test('F14 the company signs the person out too, and then the application hears of it', async () => {
    const upstream = {
      idpId: id<'idp'>('corp'),
      nameId: 'alice@corp',
      nameIdFormat: undefined,
      sessionIndex: undefined,
    }
    const who = await joined('alice', [wiki, mail], { upstream })
    const first = await who.browser.follow(byRedirect(logoutOf(wiki, who), wiki.key))
    const toCorp = new URL((await who.browser.get(answerBy(mail, first.location))).location)
    expect(toCorp.origin).toBe('https://corp.example')
    const back = await who.browser.get(toCorp.searchParams.get('returnTo') ?? '')
    expect(statusOf((await signedAnswer(back, wiki)).xml)).toEqual(['Success'])
  })
})

describe('F13 nobody ends the session of another (I6)', () => {
  const expectNothingEnded = async (page: Page, sp: TestSp, ...live: readonly Joined[]) => {
    expect(statusOf((await signedAnswer(page, sp)).xml)).toEqual(['Requester', 'UnknownPrincipal'])
    for (const who of live) expect(await isLive(who)).toBe(true)
    expect((await stage.bed.audit('saml.signed-out'))[0]).toMatchObject({
      outcome: 'failure',
      reason: 'session-not-found',
    })
  }
  test("F13 another person's session, named by its index", async () => {
    const alice = await joined('alice', [wiki])
    const bob = await joined('bob', [wiki])
    const xml = logoutOf(wiki, alice, { sessionIndex: bob.sessionId })
    await expectNothingEnded(await bob.browser.follow(byRedirect(xml, wiki.key)), wiki, alice, bob)
    expect(bob.browser.jar.size).toBe(1)
  })
  test('F13 a session in which the application takes no part', async () => {
    const alice = await joined('alice', [wiki])
    const xml = logoutOf(mail, alice, { nameId: alice.nameIds.get('wiki') ?? '' })
    await expectNothingEnded(await alice.browser.follow(byRedirect(xml, mail.key)), mail, alice)
  })
  test('F13 another name, another format, another name space', async () => {
    const alice = await joined('alice', [wiki])
    const own = alice.nameIds.get('wiki') ?? ''
    for (const nameId of [
      own.replace(/>[^<]+</, '>somebody<'),
      own.replace('persistent', 'transient'),
      own.replace(wiki.entityId, mail.entityId),
      own.replace(/ NameQualifier="[^"]*"/, ' NameQualifier="https://evil.example"'),
    ]) {
      const xml = logoutOf(wiki, alice, { nameId })
      await expectNothingEnded(await alice.browser.follow(byRedirect(xml, wiki.key)), wiki, alice)
    }
  })
  test('F13 a session of another domain', async () => {
    const alice = await joined('alice', [wiki])
    const elsewhere = await stage.bed.signIn('bob', undefined, { domainId: id('partners') })
    const xml = logoutOf(wiki, alice, { sessionIndex: elsewhere.session.id })
    await expectNothingEnded(await alice.browser.follow(byRedirect(xml, wiki.key)), wiki, alice)
  })
  test('F13 whoever signed in meanwhile in the same browser stays signed in', async () => {
    const alice = await joined('alice', [wiki])
    const bob = await joined('bob', [])
    await bob.browser.follow(byRedirect(logoutOf(wiki, alice), wiki.key))
    expect(await isLive(alice)).toBe(false)
    expect(await isLive(bob)).toBe(true)
    expect(bob.browser.jar.size).toBe(1)
  })
  test('F13 unsigned, with a foreign key, used twice or wrapped: refused before anything is looked up', async () => {
    const alice = await joined('alice', [wiki])
    const refused = async (page: Page, code: RegExp) => {
      expect(page.status).toBe(400)
      expect((await stage.lastRefusal())?.reason).toMatch(code)
      expect(page.body).toContain((await stage.lastRefusal())?.reason)
      expect(await isLive(alice)).toBe(true)
    }
    const xml = logoutOf(wiki, alice)
    await refused(await alice.browser.get(byRedirect(xml, undefined)), /^signature-missing$/)
    await refused(await alice.browser.get(byRedirect(xml, otherKey)), /^signature-invalid$/)
    await refused(await alice.browser.post(stage.slo, postBody('SAMLRequest', xml)), /^signature-missing$/)
    const bob = await joined('bob', [wiki])
    const signed = signedXml(logoutOf(wiki, bob), wiki.key)
    const wrapped = xml.replace('</saml:Issuer>', `</saml:Issuer><samlp:Extensions>${signed}</samlp:Extensions>`)
    await refused(await alice.browser.post(stage.slo, postBody('SAMLRequest', wrapped)), /^signature-|^schema-/)
    const used = byRedirect(logoutOf(wiki, bob), wiki.key)
    await bob.browser.get(used)
    await refused(await bob.browser.get(used), /^request-replayed$/)
  })
})

describe('F14 sign-out that begins elsewhere', () => {
  test('F14 tells every SAML application through the browser and ends where it was told to', async () => {
    const who = await joined('alice', [wiki, mail])
    const first = await who.browser.get(`/walk?token=${who.token}`)
    const toWiki = await signedAnswer(first, wiki)
    expect(toWiki.parameter).toBe('SAMLRequest')
    const second = await who.browser.get(answerBy(wiki, first.location))
    await signedAnswer(second, mail)
    expect((await who.browser.get(answerBy(mail, second.location))).location).toBe(`${stage.bed.base}/bye`)
  })
  test('F14 without anywhere to go it ends with a page that names who could not be told', async () => {
    const who = await joined('alice', [mute])
    const page = await who.browser.get(`/walk?token=${who.token}&page`)
    expect(page.status).toBe(200)
    expect(page.body).toContain('mute')
  })
  test('F14 with nobody to tell it leaves the answer to the caller', async () => {
    const who = await joined('alice', [])
    expect((await who.browser.get(`/walk?token=${who.token}`)).location).toBe(`${stage.bed.base}/bye`)
  })
})
