// HTTP-Redirect: the signature is over the raw query. Everything here is about what was signed being what is read.
import { createHmac } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { replace, verifier } from './judged.ts'
import {
  authnRequest,
  byRedirect,
  deflated,
  from,
  logoutRequest,
  logoutResponse,
  octetsOf,
  rsaSha256,
  signedOctets,
  signedQuery,
} from './make-request.ts'
import { makePair, now, sign } from './make-response.ts'

const pair = await makePair('app')
const stranger = await makePair('stranger')
const trust = from(pair)
const accepted = 'accepted AuthnRequest'
const query = signedQuery(authnRequest(), pair, 'https://app.example/page?a=1&b=2')

describe('F13: signed redirects that are accepted', () => {
  test('with and without RelayState, which is handed on decoded', async () => {
    expect(await verifier.verifyRedirect(query, trust, now)).toMatchObject({
      kind: 'AuthnRequest',
      id: '_r1',
      signed: true,
      relayState: 'https://app.example/page?a=1&b=2',
    })
    expect(await byRedirect(signedQuery(authnRequest(), pair), trust)).toBe(accepted)
  })
  test('an empty RelayState is part of what was signed', async () => {
    expect(await byRedirect(signedQuery(authnRequest(), pair, ''), trust)).toBe(accepted)
    expect(await byRedirect(replace(signedQuery(authnRequest(), pair, ''), 'RelayState=&', ''), trust)).toBe(
      'signature-invalid',
    )
  })
  test('escapes in lower case and spaces as plus: the octets count, not our spelling of them', async () => {
    const octets = `SAMLRequest=${encodeURIComponent(deflated(authnRequest())).replace(/%../g, (e) => e.toLowerCase())}&RelayState=a+b&SigAlg=${encodeURIComponent(rsaSha256).toLowerCase()}`
    expect(await verifier.verifyRedirect(signedOctets(octets, pair), trust, now)).toMatchObject({
      signed: true,
      relayState: 'a b',
    })
  })
  test('base64 whose plus signs were not escaped', async () => {
    const octets = `SAMLRequest=${deflated(authnRequest(' ForceAuthn="true"')).replaceAll('/', '%2F').replaceAll('=', '%3D')}&SigAlg=${encodeURIComponent(rsaSha256)}`
    expect(await byRedirect(signedOctets(octets, pair), trust)).toBe(accepted)
  })
  test('parameters in another order, and others among them', async () => {
    const [request, relay, alg, signature] = query.split('&')
    expect(await byRedirect([signature, 'utm_source=x', alg, relay, request].join('&'), trust)).toBe(accepted)
  })
  test('SHA-512; both keys of a rollover', async () => {
    const octets = octetsOf([
      ['SAMLRequest', deflated(authnRequest())],
      ['SigAlg', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512'],
    ])
    expect(await byRedirect(signedOctets(octets, pair, 'RSA-SHA512'), trust)).toBe(accepted)
    const trusted = async (issuer: string) => ({
      entityId: issuer,
      certificates: [stranger.certificate, pair.certificate],
      requireSignature: true,
    })
    expect(await byRedirect(query, from(pair, { trusted }))).toBe(accepted)
  })
  test('logout, both ways', async () => {
    expect(await byRedirect(signedQuery(logoutRequest(), pair), trust)).toBe('accepted LogoutRequest')
    expect(await byRedirect(signedQuery(logoutResponse(), pair, undefined, 'SAMLResponse'), trust)).toBe(
      'accepted LogoutResponse',
    )
  })
  test('unsigned, where no signature is demanded, is accepted and said to be unsigned', async () => {
    expect(
      await byRedirect(octetsOf([['SAMLRequest', deflated(authnRequest())]]), from(pair, { requireSignature: false })),
    ).toBe('accepted AuthnRequest unsigned')
  })
})

describe('F13: S14, what was signed is not what came', () => {
  const without = (name: string) =>
    query
      .split('&')
      .filter((p) => !p.startsWith(`${name}=`))
      .join('&')
  test.each([
    ['the signature stripped', without('Signature'), 'signature-missing'],
    [
      'signature and algorithm stripped',
      without('Signature')
        .split('&')
        .filter((p) => !p.startsWith('SigAlg'))
        .join('&'),
      'signature-missing',
    ],
    ['the algorithm stripped', without('SigAlg'), 'signature-algorithm-not-allowed'],
    ['RelayState stripped', without('RelayState'), 'signature-invalid'],
    ['another RelayState', replace(query, 'app.example', 'evil.example'), 'signature-invalid'],
    [
      'another request',
      replace(
        query,
        /SAMLRequest=[^&]*/,
        `SAMLRequest=${encodeURIComponent(deflated(authnRequest(' ForceAuthn="true"')))}`,
      ),
      'signature-invalid',
    ],
    ['the same request escaped anew', replace(query, 'https%3A', 'https%3a'), 'signature-invalid'],
    ['an empty signature', replace(query, /Signature=[^&]*/, 'Signature='), 'signature-invalid'],
  ])('%s', async (_, changed, reason) => {
    expect(await byRedirect(changed, trust)).toBe(reason)
  })
  test('a signature that is there is checked even where none is demanded', async () => {
    const lax = from(pair, { requireSignature: false })
    expect(await byRedirect(signedQuery(authnRequest(), stranger), lax)).toBe('signature-invalid')
    expect(await byRedirect(without('Signature'), lax)).toBe('signature-missing')
  })
  test.each(['SAMLRequest', 'RelayState', 'SigAlg', 'Signature'])('the parameter %s twice', async (name) => {
    const pairOf = query.split('&').find((p) => p.startsWith(`${name}=`)) ?? ''
    expect(await byRedirect(`${query}&${pairOf}`, trust)).toBe('parameter-repeated')
    expect(await byRedirect(`${name}=x&${query}`, trust)).toBe('parameter-repeated')
  })
  test.each(['SAML%52equest', 'Relay%53tate', '+SigAlg', 'Signature%20'])('a parameter written `%s`', async (name) => {
    expect(await byRedirect(`${query}&${name}=x`, trust)).toBe('encoding-invalid')
  })
  test('request and response together, neither, a request in the field of a response', async () => {
    expect(await byRedirect(`${query}&SAMLResponse=x`, trust)).toBe('parameter-missing')
    expect(await byRedirect('', trust)).toBe('parameter-missing')
    expect(await byRedirect(signedQuery(authnRequest(), pair, undefined, 'SAMLResponse'), trust)).toBe('wrong-message')
    expect(await byRedirect(signedQuery(logoutResponse(), pair), trust)).toBe('wrong-message')
  })
  test('the signed octets in another order', async () => {
    const [request, relay, alg] = query.split('&')
    expect(await byRedirect(signedOctets([relay, request, alg].join('&'), pair), trust)).toBe('signature-invalid')
  })
  test('another key', async () => {
    expect(await byRedirect(signedQuery(authnRequest(), stranger), trust)).toBe('signature-invalid')
  })
  test('an XML signature inside a redirect, the query unsigned or signed', async () => {
    const signedInside = sign(authnRequest(), 'AuthnRequest', pair)
    expect(await byRedirect(octetsOf([['SAMLRequest', deflated(signedInside)]]), trust)).toBe('signature-misplaced')
    expect(await byRedirect(signedQuery(signedInside, pair), trust)).toBe('signature-misplaced')
  })
})

describe('F13: algorithms and encodings of the redirect', () => {
  const dsig = 'http://www.w3.org/2000/09/xmldsig#'
  test.each([
    ['SHA-1', `${dsig}rsa-sha1`, 'RSA-SHA1'],
    ['MD5', 'http://www.w3.org/2001/04/xmldsig-more#rsa-md5', 'RSA-MD5'],
  ])('%s, rightly signed', async (_, algorithm, hash) => {
    const octets = octetsOf([
      ['SAMLRequest', deflated(authnRequest())],
      ['SigAlg', algorithm],
    ])
    expect(await byRedirect(signedOctets(octets, pair, hash), trust)).toBe('signature-algorithm-not-allowed')
  })
  test('HMAC keyed with the certificate', async () => {
    const octets = octetsOf([
      ['SAMLRequest', deflated(authnRequest())],
      ['SigAlg', 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256'],
    ])
    const mac = createHmac('sha256', pair.certificate).update(octets).digest('base64')
    expect(await byRedirect(`${octets}&Signature=${encodeURIComponent(mac)}`, trust)).toBe(
      'signature-algorithm-not-allowed',
    )
  })
  test('X8: a megabyte of nothing, a hundred megabytes of nothing', async () => {
    for (const size of [1e6, 1e8]) {
      const bomb = deflateRawSync(Buffer.alloc(size, 0x20)).toString('base64')
      expect(await byRedirect(octetsOf([['SAMLRequest', bomb]]), trust)).toBe('too-large')
    }
  })
  test.each([
    ['no base64', 'SAMLRequest=%25%25'],
    ['no DEFLATE', `SAMLRequest=${encodeURIComponent(Buffer.from(authnRequest()).toString('base64'))}`],
    ['broken escapes', 'SAMLRequest=%zz'],
    ['broken escapes in RelayState', `SAMLRequest=${encodeURIComponent(deflated(authnRequest()))}&RelayState=%E0%A4`],
    ['no UTF-8', `SAMLRequest=${encodeURIComponent(deflateRawSync(Buffer.from([0x3c, 0xff])).toString('base64'))}`],
    ['another encoding', `${octetsOf([['SAMLRequest', deflated(authnRequest())]])}&SAMLEncoding=urn%3Ax`],
  ])('%s', async (_, raw) => {
    expect(await byRedirect(raw, from(pair, { requireSignature: false }))).toBe('encoding-invalid')
  })
  test('a document type, a comment, an instruction in a redirect', async () => {
    const put = (text: string) => signedQuery(replace(authnRequest(), '<saml:Issuer>', `${text}<saml:Issuer>`), pair)
    expect(await byRedirect(signedQuery(`<!DOCTYPE a>${authnRequest()}`, pair), trust)).toBe('doctype-forbidden')
    expect(await byRedirect(put('<!---->'), trust)).toBe('comment-forbidden')
    expect(await byRedirect(put('<?x?>'), trust)).toBe('processing-instruction-forbidden')
  })
})
