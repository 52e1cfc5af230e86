// What the identity provider refuses: each with a page of status 4xx that names the reason, an audit event, and nothing sent anywhere.
import { randomBytes } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { id } from '../../stores/rows.ts'
import type { Page } from './bed.ts'
import { postBody, redirectQuery, signedXml, type TestKey, type TestSp, testKey } from './service-provider.ts'
import { freshId, openStage, type Stage } from './stage.ts'

let stage: Stage
let wiki: TestSp
let strict: TestSp
let signing: TestSp
let stranger: TestKey

beforeAll(async () => {
  stage = await openStage()
  stranger = await testKey(stage.bed.now())
  wiki = await stage.application({ name: 'wiki' }, {}, { homeUrl: 'https://wiki.example/' })
  strict = await stage.application({ name: 'strict' }, { requireSignedRequests: true })
  signing = await stage.application({ name: 'signing', authnRequestsSigned: true })
})
afterAll(() => stage.bed.close())

const signedIn = async () => stage.bed.browser((await stage.bed.signIn('alice')).token)

/** A 4xx page with the code, an event with the code, no assertion and no way onward. */
const expectRefused = async (page: Page, code: string, status = 400) => {
  expect(page.body).toContain(code)
  expect(page.status).toBe(status)
  expect(page.location).toBe('')
  expect(page.form.fields).toEqual({})
  const event = await stage.lastRefusal()
  expect(event).toMatchObject({ action: 'saml.request-refused', outcome: 'failure', reason: code })
  return event
}

describe('F13 where the answer goes', () => {
  test('F13 a foreign AssertionConsumerServiceURL: refused, written down with what was expected, nothing sent', async () => {
    for (const url of [
      'https://evil.example/acs',
      'https://wiki.example/acs/',
      'https://wiki.example/acs?x',
      'https://wiki.example/acs#',
      'HTTPS://wiki.example/acs',
      'https://wiki.example:443/acs',
      'https://wiki.example@evil.example/acs',
      'javascript:alert(1)',
    ]) {
      const xml = stage.request(wiki, { attributes: ` AssertionConsumerServiceURL="${url}"` })
      const event = await expectRefused(await (await signedIn()).follow(stage.byRedirect(xml)), 'acs-not-registered')
      expect(event).toMatchObject({
        target: { name: 'wiki' },
        details: { issuer: wiki.entityId, received: url, expected: wiki.acsUrl },
      })
    }
  })
  test('F13 an index that is not registered', async () => {
    const xml = stage.request(wiki, { attributes: ' AssertionConsumerServiceIndex="5"' })
    await expectRefused(await (await signedIn()).follow(stage.byRedirect(xml)), 'acs-not-registered')
  })
  test('F13 an answer by another binding than POST', async () => {
    const xml = stage.request(wiki, {
      attributes: ' ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"',
    })
    await expectRefused(await (await signedIn()).follow(stage.byRedirect(xml)), 'binding-unsupported')
  })
  test('F13 an address that is no web address, though it is registered', async () => {
    const acs =
      '<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="javascript:alert(document.domain)" index="0"/>'
    const scripted = await stage.application({ name: 'scripted', acs })
    const page = await (await signedIn()).follow(stage.byRedirect(stage.request(scripted)))
    expect(page.status).toBe(400)
    expect(page.form.action).toBe('')
    expect((await stage.lastRefusal())?.reason).toMatch(/^acs-missing$|^metadata-unusable$/)
  })
  test('F13 an address that was withdrawn while the person signed in', async () => {
    const moving = await stage.application({ name: 'moving' })
    const browser = await signedIn()
    const { location } = await browser.get(stage.byRedirect(stage.request(moving)))
    const acs =
      '<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://moving.example/new" index="0"/>'
    await stage.application({ name: 'moving', acs })
    await expectRefused(await browser.get(location), 'acs-not-registered')
  })
})

describe('F13 who asks', () => {
  test('F13 an unknown application, one of another domain, and a disabled one look the same', async () => {
    await stage.application({ name: 'elsewhere' }, {}, { domainIds: [id('partners')] })
    await stage.application({ name: 'off' }, {}, { enabled: false })
    for (const name of ['nobody', 'elsewhere', 'off']) {
      const xml = stage.request(wiki).replaceAll(wiki.entityId, `https://${name}.example/metadata`)
      await expectRefused(await (await signedIn()).follow(stage.byRedirect(xml)), 'app-unknown')
    }
  })
  test('F13 an unsigned request where the metadata or the application demands a signature', async () => {
    for (const sp of [signing, strict]) {
      const browser = await signedIn()
      await expectRefused(await browser.follow(stage.byRedirect(stage.request(sp))), 'signature-missing')
      const posted = await browser.post(stage.sso, postBody('SAMLRequest', stage.request(sp)))
      await expectRefused(posted, 'signature-missing')
    }
  })
  test('F13 a signature that is there must be right, though none is demanded', async () => {
    const browser = await signedIn()
    const redirect = stage.byRedirect(stage.request(wiki), undefined, stranger)
    await expectRefused(await browser.follow(redirect), 'signature-invalid')
    const posted = await browser.post(stage.sso, postBody('SAMLRequest', signedXml(stage.request(wiki), stranger)))
    await expectRefused(posted, 'signature-invalid')
  })
  test("F13 another application's key does not speak for this one", async () => {
    const other = await stage.application({ name: 'other', key: stranger, authnRequestsSigned: true })
    const xml = stage.request(signing)
    await expectRefused(
      await (await signedIn()).follow(stage.byRedirect(xml, undefined, other.key)),
      'signature-invalid',
    )
  })
  test('F13 a query that differs from the octets that were signed', async () => {
    const url = stage.byRedirect(stage.request(signing), 'state', stage.key)
    const other = redirectQuery('SAMLRequest', stage.request(signing), undefined).split('=')[1] ?? ''
    const swapped = url.replace(/SAMLRequest=[^&]*/, `SAMLRequest=${other}`)
    await expectRefused(await (await signedIn()).follow(swapped), 'signature-invalid')
    await expectRefused(await (await signedIn()).follow(url.replace('=state', '=other')), 'signature-invalid')
    await expectRefused(await (await signedIn()).follow(`${url}&SAMLRequest=${other}`), 'parameter-repeated')
    const stripped = url.replace(/&SigAlg=.*$/, '')
    await expectRefused(await (await signedIn()).follow(stripped), 'signature-missing')
  })
  test('F13 a wrapped AuthnRequest: the signed one rides inside, the outer one asks (GHSA-63ch-w8pw-4mf2)', async () => {
    const signed = signedXml(stage.request(signing), stage.key)
    const signature = /<ds:Signature[\s\S]*<\/ds:Signature>/.exec(signed)?.[0] ?? ''
    const original = signed.replace(signature, '')
    const evil = stage.request(signing, { attributes: ' ForceAuthn="false" IsPassive="true"' })
    const into = (inner: string) => evil.replace('</saml:Issuer>', `</saml:Issuer>${inner}`)
    const wrapped = [
      into(`<samlp:Extensions>${signed}</samlp:Extensions>`),
      into(`${signature}<samlp:Extensions>${original}</samlp:Extensions>`),
      into(signature.replace('</ds:Signature>', `<ds:Object>${original}</ds:Object></ds:Signature>`)),
    ]
    for (const xml of wrapped) {
      const page = await (await signedIn()).post(stage.sso, postBody('SAMLRequest', xml))
      await expectRefused(page, (await stage.lastRefusal())?.reason ?? '')
      expect((await stage.lastRefusal())?.reason).toMatch(/^signature-|^schema-invalid$/)
    }
  })
})

describe('F13 what is asked', () => {
  test('F13 a request that was used before, by either binding', async () => {
    const browser = await signedIn()
    const xml = stage.request(wiki)
    expect((await browser.follow(stage.byRedirect(xml))).status).toBe(200)
    const event = await expectRefused(await browser.follow(stage.byRedirect(xml)), 'request-replayed')
    expect(event?.target?.name).toBe('wiki')
    await expectRefused(await browser.post(stage.sso, postBody('SAMLRequest', xml)), 'request-replayed')
  })
  test('F13 an id used by another application is no replay', async () => {
    const shared = freshId()
    const browser = await signedIn()
    await browser.follow(stage.byRedirect(stage.request(wiki, { id: shared })))
    const page = await browser.follow(stage.byRedirect(stage.request(signing, { id: shared }), undefined, stage.key))
    expect(page.form.action).toBe(signing.acsUrl)
  })
  test('F13 a request for another address, from the past or from the future', async () => {
    const browser = await signedIn()
    const elsewhere = wiki.authnRequest({
      id: freshId(),
      at: stage.bed.now(),
      destination: 'https://other.example/sso',
    })
    await expectRefused(await browser.follow(stage.byRedirect(elsewhere)), 'destination-mismatch')
    const at = (seconds: number) => stage.request(wiki, { at: stage.bed.now() + seconds * 1000 })
    await expectRefused(await browser.follow(stage.byRedirect(at(-3600))), 'expired')
    await expectRefused(await browser.follow(stage.byRedirect(at(600))), 'not-yet-valid')
    for (const seconds of [-350, 350]) expect((await browser.follow(stage.byRedirect(at(seconds)))).status).toBe(200)
  })
  test('F13 other messages, document types, bombs, noise and nothing', async () => {
    const browser = await signedIn()
    const logout = wiki.logoutResponse({
      id: freshId(),
      at: stage.bed.now(),
      destination: stage.sso,
      inResponseTo: '_x',
    })
    await expectRefused(await browser.follow(stage.byRedirect(logout)), 'wrong-message')
    const doctype = `<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>${stage.request(wiki)}`
    await expectRefused(await browser.follow(stage.byRedirect(doctype)), 'doctype-forbidden')
    const comment = stage.request(wiki).replace('wiki.example/metadata<', 'wiki.example/metadata<!-- -->.evil<')
    await expectRefused(await browser.follow(stage.byRedirect(comment)), 'comment-forbidden')
    const bomb = deflateRawSync(Buffer.alloc(50_000_000, 32)).toString('base64')
    await expectRefused(
      await browser.post(stage.sso, new URLSearchParams({ SAMLRequest: bomb }).toString()),
      'encoding-invalid',
    )
    const small = encodeURIComponent(deflateRawSync(Buffer.alloc(5_000_000, 32)).toString('base64'))
    await expectRefused(await browser.get(`${stage.sso}?SAMLRequest=${small}`), 'too-large')
    await expectRefused(await browser.get(stage.sso), 'parameter-missing')
    await expectRefused(await browser.get(`${stage.sso}?SAMLRequest=%00`), 'encoding-invalid')
    await expectRefused(await browser.get(`${stage.sso}/continue?id=nothing`), 'request-unknown')
    await expectRefused(await browser.get(`${stage.sso}/continue`), 'request-unknown')
  })
})

describe('F13 forms', () => {
  const form = 'application/x-www-form-urlencoded'
  test('F13 a repeated field, another type, too much: refused before anything is read', async () => {
    const { bed, sso } = stage
    const body = postBody('SAMLRequest', stage.request(wiki))
    const send = (content: string, type = form) =>
      bed.browser().raw(sso, { method: 'POST', body: content, headers: { 'content-type': type } })
    await expectRefused(await send(`${body}&${body}`), 'field-repeated')
    await expectRefused(await send(body, 'text/plain'), 'content-type', 415)
    await expectRefused(await send(`SAMLRequest=${randomBytes(200_000).toString('hex')}`), 'too-large', 413)
    await expectRefused(await send('', form), 'parameter-missing')
  })
  test('F13 a request or RelayState that would be kept and is huge', async () => {
    const browser = await signedIn()
    const long = 'x'.repeat(20_000)
    await expectRefused(await browser.post(stage.sso, postBody('SAMLRequest', stage.request(wiki), long)), 'too-large')
    const wordy = stage.request(wiki, { inside: `<samlp:NameIDPolicy Format="urn:${long}"/>` })
    await expectRefused(await browser.post(stage.sso, postBody('SAMLRequest', wordy)), 'too-large')
    const deep = `https://wiki.example/${'y'.repeat(4000)}`
    const page = await browser.get(
      (await browser.post(stage.sso, postBody('SAMLRequest', stage.request(wiki), deep))).location,
    )
    expect(page.form.fields.RelayState).toBe(deep)
  })
  test('F13 HEAD uses nothing up', async () => {
    const browser = await signedIn()
    const url = stage.byRedirect(stage.request(wiki))
    expect((await browser.raw(url, { method: 'HEAD' })).status).toBe(405)
    expect((await browser.follow(url)).status).toBe(200)
  })
  test('F13 many short fields cost no more than their size', async () => {
    const many = Array.from({ length: 40_000 }, (_, i) => `${i.toString(36)}=`).join('&')
    const started = performance.now()
    const page = await stage.bed
      .browser()
      .raw(stage.sso, { method: 'POST', body: many, headers: { 'content-type': form } })
    expect(page.status).toBe(400)
    expect(performance.now() - started).toBeLessThan(3000)
  })
})

describe('F13 where', () => {
  test('F13 an unknown domain, and a domain that is switched off', async () => {
    const { bed } = stage
    expect((await bed.browser().get(`${bed.base}/d/acme/nowhere/saml/sso`)).status).toBe(404)
    await bed.store.write(async (tx) => {
      const partners = await tx.domains.get(id('partners'))
      if (partners) await tx.domains.put({ ...partners, status: 'inactive' })
    })
    const page = await bed.browser().get(`${bed.base}/d/acme/partners/saml/sso`)
    expect(page.status).toBe(403)
    expect(page.body).toContain('domain-inactive')
  })
  test('F13 a waiting request of one domain is nothing in another', async () => {
    const { bed } = stage
    const parked = await bed.browser().get(stage.byRedirect(stage.request(wiki)))
    await bed.store.write(async (tx) => {
      const partners = await tx.domains.get(id('partners'))
      if (partners) await tx.domains.put({ ...partners, status: 'active' })
    })
    const page = await bed.browser().get(parked.location.replace('/default/', '/partners/'))
    expect(page.body).toContain('request-unknown')
  })
  test('F13 metadata that speaks for somebody else, or is past its end, serves nobody', async () => {
    const { bed } = stage
    const posing = await stage.application({ name: 'posing' }, { metadataXml: wiki.metadataXml })
    await expectRefused(await (await signedIn()).follow(stage.byRedirect(stage.request(posing))), 'metadata-unusable')
    const ends = new Date(bed.now() + 60_000).toISOString()
    const brief = await stage.application({ name: 'brief' })
    await bed.register(brief, {
      metadataXml: brief.metadataXml.replace(' entityID=', ` validUntil="${ends}" entityID=`),
    })
    const browser = await signedIn()
    expect((await browser.follow(stage.byRedirect(stage.request(brief)))).status).toBe(200)
    bed.pass(120)
    await expectRefused(await browser.follow(stage.byRedirect(stage.request(brief))), 'metadata-unusable')
  })
})
