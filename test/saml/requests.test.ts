// AuthnRequests and logout messages by HTTP-POST: wrapping of requests (GHSA-63ch-w8pw-4mf2), policy about signatures, and what is read.
import { describe, expect, test } from 'vitest'
import { replace, verifier } from './judged.ts'
import { app, authnRequest, byPost, from, logoutRequest, logoutResponse, sso } from './make-request.ts'
import { at, base64, makePair, now, sign, valid } from './make-response.ts'
import { must, parse, print, withoutSignature } from './wrap.ts'

const pair = await makePair('app')
const stranger = await makePair('stranger')
const trust = from(pair)
const lax = from(pair, { requireSignature: false })
const messages = {
  AuthnRequest: authnRequest(' AssertionConsumerServiceURL="https://app.example/acs"'),
  LogoutRequest: logoutRequest(),
} as const
const names = Object.keys(messages) as (keyof typeof messages)[]

/** The message as mallory would have it, the genuine one put somewhere inside. */
const wrapped = (
  name: keyof typeof messages,
  put: (evil: Element, genuine: Element, document: Document) => void,
): string => {
  const document = parse(sign(messages[name], name, pair))
  const root = document.documentElement
  const genuine = root.cloneNode(true) as Element
  root.setAttribute('ID', '_evil')
  if (name === 'AuthnRequest') root.setAttribute('AssertionConsumerServiceURL', 'https://evil.example/acs')
  else must(root, 'NameID').textContent = 'mallory'
  put(root, genuine, document)
  return print(document)
}
const ds = 'http://www.w3.org/2000/09/xmldsig#'
const samlp = 'urn:oasis:names:tc:SAML:2.0:protocol'
const inside = (document: Document, namespace: string, name: string, element: Element): Element => {
  const box = document.createElementNS(namespace, name)
  box.appendChild(element)
  return box
}

describe('F13, I1: W10, wrapped requests', () => {
  test.each(names)('%s, genuine', async (name) => {
    expect(await byPost(sign(messages[name], name, pair), trust)).toBe(`accepted ${name}`)
  })
  test.each(names)('%s: the signature kept, the genuine message in ds:Object', async (name) => {
    const xml = wrapped(name, (evil, genuine, d) => {
      must(evil, 'Signature').appendChild(inside(d, ds, 'ds:Object', withoutSignature(genuine)))
    })
    expect(await byPost(xml, trust)).toBe('signature-misplaced')
    expect(await byPost(xml, lax)).toBe('signature-misplaced')
  })
  test.each(names)('%s: the genuine, signed message in Extensions', async (name) => {
    const xml = wrapped(name, (evil, genuine, d) => {
      evil.removeChild(must(evil, 'Signature'))
      const box = inside(d, 'urn:x', 'x:box', genuine)
      evil.insertBefore(inside(d, samlp, 'samlp:Extensions', box), must(evil, 'Issuer').nextSibling)
    })
    expect(await byPost(xml, trust)).toBe('signature-misplaced')
    expect(await byPost(xml, lax)).toBe('signature-misplaced')
  })
  test.each(names)('%s: the signature kept, the genuine message in Extensions', async (name) => {
    const xml = wrapped(name, (evil, genuine, d) => {
      const box = inside(d, 'urn:x', 'x:box', withoutSignature(genuine))
      evil.insertBefore(inside(d, samlp, 'samlp:Extensions', box), must(evil, 'Signature').nextSibling)
    })
    expect(await byPost(xml, trust)).toBe('signature-reference-invalid')
  })
  test.each(names)('%s: two of the same ID', async (name) => {
    const xml = wrapped(name, (evil, genuine, d) => {
      evil.setAttribute('ID', genuine.getAttribute('ID') ?? '')
      must(evil, 'Signature').appendChild(inside(d, ds, 'ds:Object', withoutSignature(genuine)))
    })
    expect(await byPost(xml, trust)).toBe('duplicate-id')
  })
  test('a signed assertion of the same key inside a LogoutRequest', async () => {
    const assertion = /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(valid('assertion', pair))?.[0] ?? ''
    const xml = replace(
      logoutRequest(),
      '</saml:Issuer>',
      `</saml:Issuer><samlp:Extensions>${assertion}</samlp:Extensions>`,
    )
    expect(await byPost(xml, trust)).toBe('signature-misplaced')
  })
})

describe('F13, I2–I3: who sent it, to whom', () => {
  test('unsigned: by policy', async () => {
    expect(await byPost(authnRequest(), trust)).toBe('signature-missing')
    expect(await byPost(authnRequest(), lax)).toBe('accepted AuthnRequest unsigned')
  })
  test('a bad signature is refused whether or not one is demanded', async () => {
    const xml = sign(authnRequest(), 'AuthnRequest', stranger)
    expect(await byPost(xml, trust)).toBe('signature-invalid')
    expect(await byPost(xml, lax)).toBe('signature-invalid')
    const sha1 = { algorithm: `${ds}rsa-sha1`, digest: `${ds}sha1` }
    expect(await byPost(sign(authnRequest(), 'AuthnRequest', pair, sha1), lax)).toBe('signature-algorithm-not-allowed')
  })
  test('signed by one application, issued in the name of another', async () => {
    const trusted = async (issuer: string) =>
      issuer === app
        ? { entityId: app, certificates: [pair.certificate], requireSignature: true }
        : { entityId: issuer, certificates: [stranger.certificate], requireSignature: true }
    const both = from(pair, { trusted })
    expect(await byPost(sign(authnRequest('', '', 'https://other.example'), 'AuthnRequest', pair), both)).toBe(
      'signature-invalid',
    )
    expect(await byPost(sign(authnRequest('', '', 'https://other.example'), 'AuthnRequest', stranger), both)).toBe(
      'accepted AuthnRequest',
    )
  })
  test('nobody we know; no issuer; a comment inside the issuer', async () => {
    expect(await byPost(authnRequest('', '', 'https://nobody.example'), lax)).toBe('issuer-unknown')
    expect(await byPost(replace(authnRequest(), /<saml:Issuer>.*<\/saml:Issuer>/, ''), lax)).toBe('issuer-unknown')
    expect(await byPost(authnRequest('', '', `${app}<!---->.evil.example`), lax)).toBe('comment-forbidden')
  })
  test('destination: another, none', async () => {
    const without = replace(authnRequest(), ` Destination="${sso}"`, '')
    expect(await byPost(sign(without, 'AuthnRequest', pair), trust)).toBe('destination-missing')
    expect(await byPost(without, lax)).toBe('accepted AuthnRequest unsigned')
    const other = replace(authnRequest(), sso, 'https://other.example/sso')
    expect(await byPost(sign(other, 'AuthnRequest', pair), trust)).toBe('destination-mismatch')
    expect(await byPost(other, lax)).toBe('destination-mismatch')
  })
  test('from the future, from the past', async () => {
    const issued = (seconds: number) => sign(replace(authnRequest(), at(-2), at(seconds)), 'AuthnRequest', pair)
    expect(await byPost(issued(61), trust)).toBe('not-yet-valid')
    expect(await byPost(issued(60), trust)).toBe('accepted AuthnRequest')
    expect(await byPost(issued(-360), trust)).toBe('accepted AuthnRequest')
    expect(await byPost(issued(-361), trust)).toBe('expired')
  })
  test('a kind that is not expected here, in a field that is not its own', async () => {
    expect(await byPost(sign(logoutRequest(), 'LogoutRequest', pair), from(pair, { kinds: ['AuthnRequest'] }))).toBe(
      'wrong-message',
    )
    expect(await byPost(sign(logoutRequest(), 'LogoutRequest', pair), trust, 'SAMLResponse')).toBe('wrong-message')
    expect(await byPost(valid('both', pair), trust, 'SAMLResponse')).toBe('wrong-message')
    expect(await verifier.verifyPost({}, trust, now)).toMatchObject({ refused: 'parameter-missing' })
    expect(await verifier.verifyPost({ SAMLRequest: 'x', SAMLResponse: 'x' }, trust, now)).toMatchObject({
      refused: 'parameter-missing',
    })
  })
  test('version 1.1', async () => {
    expect(await byPost(replace(authnRequest(), 'Version="2.0"', 'Version="1.1"'), lax)).toBe('version-unsupported')
  })
})

const read = (xml: string, field = 'SAMLRequest', relayState?: string) =>
  verifier.verifyPost(
    { [field]: base64(xml), ...(relayState === undefined ? {} : { RelayState: relayState }) },
    lax,
    now,
  )

describe('F13, I4: what is read of a request', () => {
  test('everything an AuthnRequest can ask', async () => {
    const xml = authnRequest(
      ' ForceAuthn="1" IsPassive="true" AssertionConsumerServiceIndex="7"',
      '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" SPNameQualifier="q" AllowCreate="0"/><samlp:RequestedAuthnContext Comparison="minimum"><saml:AuthnContextClassRef>a</saml:AuthnContextClassRef><saml:AuthnContextClassRef>b</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>',
    )
    expect(await read(xml, 'SAMLRequest', 'opaque')).toEqual({
      kind: 'AuthnRequest',
      id: '_r1',
      issuer: app,
      issueInstant: now - 2000,
      destination: sso,
      relayState: 'opaque',
      signed: false,
      acsUrl: undefined,
      acsIndex: 7,
      protocolBinding: undefined,
      forceAuthn: true,
      isPassive: true,
      nameIdPolicy: {
        format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
        allowCreate: false,
        spNameQualifier: 'q',
      },
      requestedAuthnContext: { comparison: 'minimum', classRefs: ['a', 'b'], declRefs: [] },
    })
  })
  test('the least an AuthnRequest can say', async () => {
    expect(await read(authnRequest())).toMatchObject({
      acsUrl: undefined,
      acsIndex: undefined,
      forceAuthn: false,
      isPassive: false,
      nameIdPolicy: undefined,
      requestedAuthnContext: undefined,
    })
  })
  test('a NameIDPolicy without format, as Shibboleth writes it; comparison left out is exact', async () => {
    const body =
      '<samlp:NameIDPolicy AllowCreate="1"/><samlp:RequestedAuthnContext><saml:AuthnContextClassRef>a</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>'
    expect(
      await read(
        authnRequest(' ProtocolBinding="urn:b" AssertionConsumerServiceURL="https://app.example/a?b=1&amp;c=2"', body),
      ),
    ).toMatchObject({
      acsUrl: 'https://app.example/a?b=1&c=2',
      protocolBinding: 'urn:b',
      nameIdPolicy: { format: undefined, allowCreate: true },
      requestedAuthnContext: { comparison: 'exact', classRefs: ['a'] },
    })
  })
  test('a LogoutRequest, its end, its encrypted name', async () => {
    const soon = ` Reason="urn:oasis:names:tc:SAML:2.0:logout:user" NotOnOrAfter="${at(60)}"`
    expect(
      await read(
        logoutRequest('<saml:NameID Format="f" NameQualifier="n" SPNameQualifier="s">carol</saml:NameID>', soon),
      ),
    ).toMatchObject({
      nameId: { value: 'carol', format: 'f', nameQualifier: 'n', spNameQualifier: 's' },
      sessionIndexes: ['_s1', '_s2'],
      reason: 'urn:oasis:names:tc:SAML:2.0:logout:user',
      notOnOrAfter: now + 60_000,
    })
    expect(await read(logoutRequest(undefined, ` NotOnOrAfter="${at(-60)}"`))).toMatchObject({ refused: 'expired' })
    const data =
      '<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"><xenc:CipherData><xenc:CipherValue>AAAA</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>'
    expect(await read(logoutRequest(`<saml:EncryptedID>${data}</saml:EncryptedID>`))).toMatchObject({
      refused: 'encrypted-id-unsupported',
    })
    expect(await read(logoutRequest('<saml:NameID>carol<!---->.evil</saml:NameID>'))).toMatchObject({
      refused: 'comment-forbidden',
    })
    expect(await read(logoutRequest('<saml:NameID>carol </saml:NameID>'))).toMatchObject({
      refused: 'subject-name-invalid',
    })
  })
  test('a LogoutResponse', async () => {
    expect(await read(logoutResponse(), 'SAMLResponse')).toMatchObject({
      kind: 'LogoutResponse',
      inResponseTo: '_l1',
      status: 'urn:oasis:names:tc:SAML:2.0:status:Success',
    })
  })
})
