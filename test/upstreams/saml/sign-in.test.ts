// F1: a sign-in at a SAML identity provider, from our request to their answer.
import { describe, expect, test } from 'vitest'
import { upstreamSaml } from '../../../src/adapters/upstream-saml/upstream-saml.ts'
import { decryptionPair, encryptAssertionOf } from '../../saml/encrypt.ts'
import { byPost, byRedirect, from } from '../../saml/make-request.ts'
import { acs, at, makePair, now, sp } from '../../saml/make-response.ts'
import {
  begun,
  bindings,
  carried,
  connector,
  corp,
  deps,
  endpoint,
  finished,
  issuer,
  metadata,
  ours,
  posted,
  response,
  retired,
  theirs,
  wish,
} from './bed.ts'

const destinations = ['https://idp.example/sso?tenant=1', 'https://idp.example/post']
/** The identity provider's own view of us: our request through a verifier that knows our certificate. */
const trusting = (requireSignature = true) =>
  from(ours, {
    destinations,
    trusted: async (who) =>
      who === sp ? { entityId: sp, certificates: [ours.certificate], requireSignature } : undefined,
  })

describe('F1: the request', () => {
  test('goes by redirect, signed, with our state as RelayState, and its id is remembered', async () => {
    const { send, requestId } = await begun(corp())
    expect(send.kind).toBe('redirect')
    const url = new URL(send.url)
    expect(`${url.origin}${url.pathname}`).toBe('https://idp.example/sso')
    expect(url.searchParams.get('tenant')).toBe('1')
    expect(url.searchParams.get('RelayState')).toBe(wish.state)
    expect(await byRedirect(url.search.slice(1), trusting())).toBe('accepted AuthnRequest')
    expect(await deps.verifier.verifyRedirect(url.search.slice(1), trusting(), now)).toMatchObject({
      id: requestId,
      issuer: sp,
      acsUrl: acs,
      forceAuthn: false,
      protocolBinding: bindings.post,
      nameIdPolicy: { format: undefined, allowCreate: true },
    })
  })
  test('two requests never share an id', async () => {
    const ids = await Promise.all([begun(corp()), begun(corp()), begun(corp())])
    expect(new Set(ids.map((b) => b.requestId)).size).toBe(3)
  })
  test('goes by POST where only that is offered, signed inside', async () => {
    const sso = endpoint('SingleSignOn', bindings.post, 'https://idp.example/post')
    const { send } = await begun(corp({ metadataXml: metadata({ sso }) }))
    expect(send).toMatchObject({
      kind: 'form-post',
      url: 'https://idp.example/post',
      fields: { RelayState: wish.state },
    })
    expect(await byPost(carried(send), trusting())).toBe('accepted AuthnRequest')
  })
  test('goes unsigned where the administrator says so, unless the provider insists', async () => {
    const unsigned = await begun(corp({ signRequests: false }))
    expect(unsigned.send.url).not.toContain('Signature=')
    expect(await byRedirect(new URL(unsigned.send.url).search.slice(1), trusting(false))).toBe(
      'accepted AuthnRequest unsigned',
    )
    const insisting = corp({
      signRequests: false,
      metadataXml: metadata({ attributes: ' WantAuthnRequestsSigned="true"' }),
    })
    expect(await byRedirect(new URL((await begun(insisting)).send.url).search.slice(1), trusting())).toBe(
      'accepted AuthnRequest',
    )
  })
  test('asks for a fresh sign-in, a name format and a class when it should', async () => {
    const idp = corp({
      forceAuthnForLevel: true,
      requestedAuthnContext: ['urn:a', 'urn:b&c'],
      nameIdFormat: 'urn:format',
    })
    const low = carried((await begun(idp)).send)
    expect(low).not.toMatch(/ForceAuthn|RequestedAuthnContext/)
    const high = carried((await begun(idp, { level: 2 })).send)
    expect(high).toContain('ForceAuthn="true"')
    expect(high).toContain('<saml:AuthnContextClassRef>urn:b&amp;c</saml:AuthnContextClassRef>')
    expect(high).toContain('<samlp:NameIDPolicy Format="urn:format" AllowCreate="true"/>')
    expect(carried((await begun(corp(), { forceFresh: true })).send)).toContain('ForceAuthn="true"')
  })
  test.each([
    ['not loaded', undefined, 'metadata-missing'],
    ['expired', metadata().replace('entityID=', `validUntil="${at(-1)}" entityID=`), 'metadata-expired'],
    ['broken', '<x>', 'xml-invalid'],
    [
      'of bindings we do not speak',
      metadata({
        sso: endpoint('SingleSignOn', 'urn:oasis:names:tc:SAML:2.0:bindings:SOAP', 'https://idp.example/soap'),
      }),
      'metadata-invalid',
    ],
  ])('cannot be made from metadata that is %s', async (_, metadataXml, reason) => {
    expect(await connector.begin(corp({ metadataXml }), wish, now)).toMatchObject({ refused: reason })
  })
  test('metadata that expires while it is remembered is refused from then on', async () => {
    const idp = corp({ metadataXml: metadata().replace('entityID=', `validUntil="${at(5)}" entityID=`) })
    expect(await connector.begin(idp, wish, now)).toHaveProperty('send')
    expect(await connector.begin(idp, wish, now + 5000)).toMatchObject({ refused: 'metadata-expired' })
  })
  test('no provider of another protocol', async () => {
    const oidc = { ...corp(), trust: { protocol: 'oidc' } } as never
    expect(await connector.begin(oidc, wish, now)).toMatchObject({ refused: 'protocol-mismatch' })
    expect(await finished(oidc, undefined, posted(response()))).toMatchObject({ refused: 'protocol-mismatch' })
    expect(await connector.metadata(oidc)).toBeUndefined()
  })
})

describe('F1: the answer', () => {
  const remember = { requestId: '_request1' }
  test('is what the assertion says, with ids that must never come again', async () => {
    expect(await finished(corp(), remember, posted(response()))).toEqual({
      subject: 'carol@corp.example',
      nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      sessionIndex: '_session1',
      attributes: { memberOf: ['CORP-Engineering', 'a,b;c'] },
      acr: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
      amr: [],
      authenticatedAt: now - 60_000,
      onceOnly: [
        { key: 'assertion:_assertion1', until: now + 360_000 },
        { key: 'response:_response1', until: now + 360_000 },
      ],
    })
  })
  test('B9: with an unsigned response around it, only the signed id is remembered: the other is anybody’s to change', async () => {
    expect(await finished(corp(), remember, posted(response({}, 'assertion')))).toMatchObject({
      onceOnly: [{ key: 'assertion:_assertion1', until: now + 360_000 }],
    })
  })
  test('a rollover: both certificates of the metadata are tried, and a removed one no longer counts', async () => {
    const newer = await makePair('corp, newer')
    const both = corp({ metadataXml: metadata({ certificates: [theirs.certificate, newer.certificate] }) })
    expect(await finished(both, remember, posted(response({}, 'both', newer)))).toHaveProperty('subject')
    expect(await finished(both, remember, posted(response()))).toHaveProperty('subject')
    expect(
      await finished(
        corp({ metadataXml: metadata({ certificates: [newer.certificate] }) }),
        remember,
        posted(response()),
      ),
    ).toMatchObject({
      refused: 'signature-invalid',
    })
  })
  test('an implausible instant is none; one a little ahead is now', async () => {
    const said = async (authnInstant: string) => finished(corp(), remember, posted(response({ authnInstant })))
    expect(await said('1970-01-01T00:00:00Z')).toMatchObject({ authenticatedAt: undefined })
    expect(await said(at(30))).toMatchObject({ authenticatedAt: now })
  })
  test('encrypted for a key that was retired meanwhile', async () => {
    const xml = encryptAssertionOf(response({}, 'assertion'), retired.certificate)
    expect(await finished(corp(), remember, posted(xml))).toHaveProperty('subject', 'carol@corp.example')
    const foreign = encryptAssertionOf(response({}, 'assertion'), decryptionPair().publicKey)
    expect(await finished(corp(), remember, posted(foreign))).toMatchObject({ refused: 'decryption-failed' })
  })
})

describe('F1: answers that are refused', () => {
  const remember = { requestId: '_request1' }
  const attacks: readonly (readonly [string, string, string])[] = [
    ['unsigned', response().replace(/<ds:Signature [\s\S]*?<\/ds:Signature>/g, ''), 'signature-missing'],
    ['wrong audience', response({ audience: 'https://other.example' }), 'audience-mismatch'],
    [
      'another provider of ours as audience (mix-up)',
      response({ audience: `${issuer}/federation/other/metadata` }),
      'audience-mismatch',
    ],
    ['another provider’s address', response({ recipient: `${issuer}/federation/other/acs` }), 'recipient-mismatch'],
    [
      'another domain’s address',
      response({ destination: acs.replace('/default/', '/partners/') }),
      'destination-mismatch',
    ],
    ['wrong InResponseTo', response({ inResponseTo: '_other' }), 'in-response-to-mismatch'],
    ['issuer mixed up', response({ assertionIssuer: 'https://other.example' }), 'issuer-mismatch'],
    ['late', response({ notOnOrAfter: at(-61) }), 'expired'],
    ['early', response({ notBefore: at(61) }), 'not-yet-valid'],
  ]
  test.each(attacks)('%s', async (_, xml, reason) => {
    expect(await finished(corp(), remember, posted(xml))).toMatchObject({ refused: reason })
  })
  test('the clock difference allowed is the administrator’s', async () => {
    const xml = response({ notOnOrAfter: at(-100) })
    expect(await finished(corp({ clockSkewSeconds: 180 }), remember, posted(xml))).toHaveProperty('subject')
    expect(await finished(corp({ clockSkewSeconds: 0 }), remember, posted(response()))).toHaveProperty('subject')
  })
  test('signed response, unsigned assertion, where assertions must be signed', async () => {
    expect(
      await finished(corp({ wantAssertionsSigned: true }), remember, posted(response({}, 'response'))),
    ).toMatchObject({ refused: 'signature-missing' })
  })
  test('B5: nothing was begun', async () => {
    expect(await finished(corp(), undefined, posted(response()))).toMatchObject({ refused: 'unsolicited' })
    expect(await finished(corp({ allowUnsolicited: true }), undefined, posted(response()))).toMatchObject({
      refused: 'unsolicited',
    })
  })
  test('by redirect, without the field, with a request in its place', async () => {
    const answer = posted(response())
    expect(await finished(corp(), remember, { ...answer, method: 'GET' })).toMatchObject({
      refused: 'parameter-missing',
    })
    expect(await finished(corp(), remember, { ...answer, form: {} })).toMatchObject({ refused: 'parameter-missing' })
    const query = `SAMLResponse=${encodeURIComponent(answer.form.SAMLResponse ?? '')}`
    expect(await finished(corp(), remember, { method: 'GET', rawQuery: query, form: {} })).toMatchObject({
      refused: 'parameter-missing',
    })
  })
  test('what was remembered is not an id', async () => {
    expect(await connector.finish(corp(), { requestId: 7 }, posted(response()), now)).toMatchObject({
      refused: 'unsolicited',
    })
  })
})

describe('F1: our own metadata', () => {
  test('names us, our addresses, every published certificate, and is read by our own reader', async () => {
    const xml = (await connector.metadata(corp({ wantAssertionsSigned: true, nameIdFormat: 'urn:f' }))) ?? ''
    const read = deps.verifier.parseMetadata(xml, 'sp', now)
    expect(read).toMatchObject({
      entityId: sp,
      assertionConsumers: [{ binding: bindings.post, location: acs, index: 0, isDefault: true }],
      singleLogout: [{ binding: bindings.redirect, location: `${issuer}/federation/corp/slo` }],
      nameIdFormats: ['urn:f'],
      authnRequestsSigned: true,
      wantAssertionsSigned: true,
    })
    expect(read).toHaveProperty('signingCertificates.length', 2)
    expect(read).toHaveProperty('encryptionCertificates.length', 1)
  })
  test('is the same for every domain but for the address', async () => {
    const moved = upstreamSaml({ ...deps, issuerOf: async () => 'https://other.example/a?b=1&c="2"' })
    expect(deps.verifier.parseMetadata((await moved.metadata(corp())) ?? '', 'sp', now)).toMatchObject({
      entityId: 'https://other.example/a?b=1&c="2"/federation/corp/metadata',
    })
  })
})
