// Sign-in at an application by SAML: what it asks and what it gets.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Evidence } from '../../../src/core/assurance/level.ts'
import { id } from '../../stores/rows.ts'
import { persistent } from './bed.ts'
import { attributeOf, elements, postBody, signedXml, statusOf, type TestSp, textOf } from './service-provider.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
let wiki: TestSp
let signing: TestSp

beforeAll(async () => {
  stage = await openStage()
  wiki = await stage.application(
    { name: 'wiki' },
    {
      attributes: [
        { name: 'uid', from: 'username' },
        { name: 'urn:oid:0.9.2342.19200300.100.1.3', from: 'email', friendlyName: 'mail' },
        { name: 'groups', from: 'groups' },
        { name: 'amr', from: 'amr' },
      ],
    },
  )
  signing = await stage.application({ name: 'signing', authnRequestsSigned: true })
})
afterAll(() => stage.bed.close())

const mfa = 'https://refeds.org/profile/mfa'
const password = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
const wanting = (comparison: string, ...classes: readonly string[]): string =>
  `<samlp:RequestedAuthnContext Comparison="${comparison}">${classes.map((c) => `<saml:AuthnContextClassRef>${c}</saml:AuthnContextClassRef>`).join('')}</samlp:RequestedAuthnContext>`

describe('F13 F14 a person who is signed in', () => {
  test('F13 F14 gets an assertion with their attributes, posted to the registered address, RelayState as it came', async () => {
    const { bed } = stage
    const { token, session } = await bed.signIn('alice')
    const xml = stage.request(wiki)
    const relayState = 'https://wiki.example/deep?a=1&b="<>\''
    const page = await bed.browser(token).follow(stage.byRedirect(xml, relayState))
    expect(page.status).toBe(200)
    expect(page.form.action).toBe(wiki.acsUrl)
    expect(page.form.fields.RelayState).toBe(relayState)
    expect(page.headers.get('cache-control')).toBe('no-store')
    const policy = page.headers.get('content-security-policy') ?? ''
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1] ?? 'none'
    expect(page.body).toContain(`<script nonce="${nonce}">`)
    expect(page.body).toMatch(/<form[^>]*id="auto-post"[\s\S]*<button/)
    expect(policy).toMatch(/form-action [^;]*https:/)
    const said = await stage.verified(wiki, page, stage.idOf(xml))
    expect(said.attributes).toEqual({
      uid: ['alice'],
      'urn:oid:0.9.2342.19200300.100.1.3': ['alice@acme.example'],
      groups: ['Staff', 'a,b;c'],
      amr: ['pwd'],
    })
    expect(said.sessionIndex).toBe(session.id)
    expect(said.nameId).toMatchObject({ format: persistent, spNameQualifier: wiki.entityId })
    expect(said.sessionNotOnOrAfter).toBe(session.expiresAt)
    expect(said.authnContextClass).toBe(password)
    expect(elements(page.response, 'Signature')).toHaveLength(2)
    expect(await bed.audit('saml.assertion-issued')).toMatchObject([
      { actor: { name: 'alice' }, target: { name: 'wiki' } },
    ])
  })
  test('F13 without groups gets no group attribute', async () => {
    const { bed } = stage
    const { token } = await bed.signIn('bob')
    const xml = stage.request(wiki)
    const page = await bed.browser(token).follow(stage.byRedirect(xml))
    const said = await stage.verified(wiki, page, stage.idOf(xml))
    expect(said.attributes).not.toHaveProperty('groups')
    expect(page.form.fields).not.toHaveProperty('RelayState')
  })
  test('F13 is answered after a signed POST from another site, which brings no cookies', async () => {
    const { bed } = stage
    const { token } = await bed.signIn('alice')
    const browser = bed.browser(token)
    const xml = stage.request(signing)
    const parked = await browser.post(stage.sso, postBody('SAMLRequest', signedXml(xml, stage.key), 'state'))
    expect(parked.status).toBe(303)
    expect(parked.location).toMatch(/\/saml\/sso\/continue\?id=[\w-]{43}$/)
    const page = await browser.get(parked.location)
    await stage.verified(signing, page, stage.idOf(xml))
    expect(page.form.fields.RelayState).toBe('state')
  })
  test('F13 is answered after a signed redirect', async () => {
    const { bed } = stage
    const { token } = await bed.signIn('alice')
    const xml = stage.request(signing)
    const page = await bed.browser(token).follow(stage.byRedirect(xml, 'https://signing.example/x y', stage.key))
    await stage.verified(signing, page, stage.idOf(xml))
  })
  test('F13 is answered once: the waiting request is gone after the answer', async () => {
    const { bed } = stage
    const browser = bed.browser((await bed.signIn('alice')).token)
    const parked = await browser.get(stage.byRedirect(stage.request(wiki)))
    expect((await browser.get(parked.location)).status).toBe(200)
    const again = await browser.get(parked.location)
    expect(again.status).toBe(400)
    expect(again.body).toContain('request-unknown')
    expect(again.form.fields).toEqual({})
  })
  test('F13 of two tabs that continue at once one is answered', async () => {
    const { bed } = stage
    const browser = bed.browser((await bed.signIn('alice')).token)
    const { location } = await browser.get(stage.byRedirect(stage.request(wiki)))
    const pages = await Promise.all([1, 2, 3].map(() => browser.get(location)))
    expect(pages.filter((p) => p.form.fields.SAMLResponse !== undefined)).toHaveLength(1)
  })
})

describe('F13 F14 a person who is not signed in', () => {
  test('F14 is sent to sign in, and the request waits until they are back', async () => {
    const { bed } = stage
    const browser = bed.browser()
    const xml = stage.request(wiki)
    const first = await browser.follow(stage.byRedirect(xml))
    expect(first.status).toBe(303)
    expect(first.location).toMatch(new RegExp(`^${bed.issuer}/sign-in/[0-9A-Z]{26}$`))
    expect(browser.jar.size).toBe(1)
    const journey = await bed.store.read((tx) => tx.journeys.get(id(first.location.split('/').at(-1) ?? '')))
    expect(journey?.wants).toMatchObject({ appId: 'wiki', level: 0, silent: false })
    expect(journey?.wants.resume).toMatch(/^\/saml\/sso\/continue\?id=/)
    const back = bed.browser((await bed.signIn('alice')).token)
    const page = await back.get(`${bed.issuer}${journey?.wants.resume}`)
    await stage.verified(wiki, page, stage.idOf(xml))
  })
  test('F13 IsPassive: the application is told NoPassive, in a signed Response, and nobody sees a form', async () => {
    const { bed } = stage
    const xml = stage.request(wiki, { attributes: ' IsPassive="true"' })
    const page = await bed.browser().follow(stage.byRedirect(xml, 'state'))
    expect(page.status).toBe(200)
    expect(page.form.action).toBe(wiki.acsUrl)
    expect(statusOf(page.response)).toEqual(['Responder', 'NoPassive'])
    expect(attributeOf(page.response, 'Response', 'InResponseTo')).toBe(stage.idOf(xml))
    expect(elements(page.response, 'Signature')).toHaveLength(1)
    expect(elements(page.response, 'Assertion')).toHaveLength(0)
    expect(page.form.fields.RelayState).toBe('state')
  })
  test('F13 IsPassive="1" of somebody who is signed in is answered', async () => {
    const { bed } = stage
    const xml = stage.request(wiki, { attributes: ' IsPassive="1"' })
    const page = await bed.browser((await bed.signIn('alice')).token).follow(stage.byRedirect(xml))
    await stage.verified(wiki, page, stage.idOf(xml))
  })
})

describe('M11 F13 an application that wants more', () => {
  test('M11 ForceAuthn: a session is not enough, evidence from after the request is', async () => {
    const { bed } = stage
    const { token, session } = await bed.signIn('alice')
    const browser = bed.browser(token)
    bed.pass(60)
    const xml = stage.request(wiki, { attributes: ' ForceAuthn="true"' })
    const parked = await browser.get(stage.byRedirect(xml))
    const asked = await browser.get(parked.location)
    expect(asked.location).toContain('/sign-in/')
    bed.pass(30)
    await bed.renew(session.id, [{ kind: 'password', at: bed.now() }])
    const page = await browser.get(parked.location)
    const said = await stage.verified(wiki, page, stage.idOf(xml))
    expect(said.authnInstant).toBe(Math.floor(bed.now() / 1000) * 1000)
  })
  test('M11 ForceAuthn with IsPassive is NoPassive', async () => {
    const { bed } = stage
    const browser = bed.browser((await bed.signIn('alice')).token)
    bed.pass(60)
    const page = await browser.follow(
      stage.byRedirect(stage.request(wiki, { attributes: ' ForceAuthn="1" IsPassive="1"' })),
    )
    expect(statusOf(page.response)).toEqual(['Responder', 'NoPassive'])
  })
  test('M11 RequestedAuthnContext above the session: a journey to that level, then the class that was asked', async () => {
    const { bed } = stage
    const { token, session } = await bed.signIn('alice')
    const browser = bed.browser(token)
    const xml = stage.request(wiki, { inside: wanting('exact', 'urn:x:unknown', mfa) })
    const parked = await browser.get(stage.byRedirect(xml))
    const asked = await browser.get(parked.location)
    const journey = await bed.store.read((tx) => tx.journeys.get(id(asked.location.split('/').at(-1) ?? '')))
    expect(journey?.wants.level).toBe(2)
    const second: Evidence = { kind: 'totp', at: bed.now(), credentialId: id('totp-1') }
    await bed.renew(session.id, [{ kind: 'password', at: bed.now() }, second])
    const page = await browser.get(parked.location)
    expect((await stage.verified(wiki, page, stage.idOf(xml))).authnContextClass).toBe(mfa)
  })
  test('M11 a class that is satisfied is echoed, though the session has more', async () => {
    const { bed } = stage
    const { token } = await bed.signIn('alice', [
      { kind: 'passkey', at: bed.now(), credentialId: id('key-1'), userVerified: true, hardware: true },
    ])
    const xml = stage.request(wiki, { inside: wanting('exact', password) })
    const page = await bed.browser(token).follow(stage.byRedirect(xml))
    expect((await stage.verified(wiki, page, stage.idOf(xml))).authnContextClass).toBe(password)
  })
  test('M11 only unknown classes: NoAuthnContext at once, signed in or not', async () => {
    const { bed } = stage
    const xml = stage.request(wiki, { inside: wanting('exact', 'urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos') })
    const page = await bed.browser().follow(stage.byRedirect(xml))
    expect(page.form.action).toBe(wiki.acsUrl)
    expect(statusOf(page.response)).toEqual(['Responder', 'NoAuthnContext'])
    expect(attributeOf(page.response, 'Response', 'InResponseTo')).toBe(stage.idOf(xml))
  })
})

describe('F13 names and endpoints that applications ask for', () => {
  const nameIdOf = async (inside: string) => {
    const { bed } = stage
    const page = await bed
      .browser((await bed.signIn('alice')).token)
      .follow(stage.byRedirect(stage.request(wiki, { inside })))
    return { page, format: attributeOf(page.response, 'NameID', 'Format'), value: textOf(page.response, 'NameID') }
  }
  test('F13 a policy without format, or AllowCreate="false" with a persistent one, is no obstacle', async () => {
    expect((await nameIdOf('<samlp:NameIDPolicy AllowCreate="1"/>')).format).toBe(persistent)
    expect((await nameIdOf(`<samlp:NameIDPolicy AllowCreate="false" Format="${persistent}"/>`)).format).toBe(persistent)
  })
  test('F13 a transient name is given when asked', async () => {
    const asked = `<samlp:NameIDPolicy Format="${persistent.replace('persistent', 'transient')}"/>`
    const [one, two] = [await nameIdOf(asked), await nameIdOf(asked)]
    expect(one.format).toContain('transient')
    expect(one.value).not.toBe(two.value)
  })
  test('F13 a format that nobody can give: InvalidNameIDPolicy', async () => {
    const { page } = await nameIdOf('<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos"/>')
    expect(statusOf(page.response)).toEqual(['Requester', 'InvalidNameIDPolicy'])
  })
  test('F13 without an address in the request the default endpoint is used; an index names another', async () => {
    const { bed } = stage
    const at = (n: number, more: string) =>
      `<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://many.example/${n}" index="${n}"${more}/>`
    const artifact =
      '<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact" Location="https://many.example/artifact" index="0"/>'
    const many = await stage.application({
      name: 'many',
      acs: `${artifact}${at(7, '')}${at(3, '')}${at(9, ' isDefault="true"')}`,
    })
    const browser = bed.browser((await bed.signIn('alice')).token)
    const sentTo = async (attributes: string) =>
      (await browser.follow(stage.byRedirect(stage.request(many, { attributes })))).form.action
    expect(await sentTo('')).toBe('https://many.example/9')
    expect(await sentTo(' AssertionConsumerServiceIndex="3"')).toBe('https://many.example/3')
    expect(await sentTo(' AssertionConsumerServiceURL="https://many.example/7"')).toBe('https://many.example/7')
    const noDefault = await stage.application({ name: 'no-default', acs: `${at(7, '')}${at(3, '')}` })
    const page = await browser.follow(stage.byRedirect(stage.request(noDefault)))
    expect(page.form.action).toBe('https://many.example/3')
  })
})

describe('F13 sign-in that begins here', () => {
  test('F13 an application that allows it gets an unsolicited Response', async () => {
    const { bed } = stage
    const open = await stage.application({ name: 'open' }, { allowIdpInitiated: true })
    const browser = bed.browser((await bed.signIn('alice')).token)
    const page = await browser.follow(`${bed.issuer}/saml/sso/start?app=open&RelayState=deep`)
    const said = await stage.verified(open, page, undefined)
    expect(said.inResponseTo).toBeUndefined()
    expect(page.form.fields.RelayState).toBe('deep')
    expect(page.response).not.toContain('InResponseTo')
  })
  test('F13 one that does not allow it gets nothing', async () => {
    const { bed } = stage
    const browser = bed.browser((await bed.signIn('alice')).token)
    const page = await browser.get(`${bed.issuer}/saml/sso/start?app=wiki`)
    expect(page.status).toBe(403)
    expect(page.body).toContain('idp-initiated-off')
    expect((await browser.get(`${bed.issuer}/saml/sso/start?app=nobody`)).body).toContain('app-unknown')
  })
})
