// What a signature must be before it is believed: there, by a configured key, with allowed algorithms, over exactly its parent.
import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { answerTo, judged, replace } from './judged.ts'
import { ecPair, makePair, modes, responseXml, sign, usual, valid } from './make-response.ts'

const pair = await makePair('idp')
const other = await makePair('somebody else')
const ec = ecPair()
const accepted = 'accepted carol@corp.example'
const more = 'http://www.w3.org/2001/04/xmldsig-more#'
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'

describe('F1: what is accepted', () => {
  test.each(modes)('signed at the %s with RSA-SHA256', (mode) => {
    const answer = answerTo(valid(mode, pair), pair)
    expect(answer).toMatchObject({
      assertionId: '_assertion1',
      responseId: mode === 'assertion' ? undefined : '_response1', // unsigned bytes are not reported
      issuer: 'https://idp.example/metadata',
      nameId: { value: 'carol@corp.example', format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' },
      attributes: { memberOf: ['CORP-Engineering', 'a,b;c'] },
      authnContextClass: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
      sessionIndex: '_session1',
      inResponseTo: '_request1',
    })
  })
  test.each([`${more}rsa-sha512`, `${more}rsa-sha256`])('algorithm %s', (algorithm) => {
    expect(judged(valid('both', pair, {}, { algorithm }), pair)).toBe(accepted)
  })
  test('algorithm RSA-PSS with SHA-256', () => {
    const algorithm = 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1'
    expect(judged(valid('both', pair, {}, { algorithm }), pair)).toBe(accepted)
  })
  test('algorithm ECDSA with SHA-256', () => {
    expect(judged(valid('both', ec, {}, { algorithm: `${more}ecdsa-sha256` }), ec)).toBe(accepted)
  })
  test('digest SHA-512', () => {
    const digest = 'http://www.w3.org/2001/04/xmlenc#sha512'
    expect(judged(valid('both', pair, {}, { digest }), pair)).toBe(accepted)
  })
  test('both keys of a rollover, in either order', () => {
    for (const certificates of [
      [other.certificate, pair.certificate],
      [pair.certificate, other.certificate],
    ])
      expect(judged(valid('both', pair), pair, { from: { entityId: usual.responseIssuer, certificates } })).toBe(
        accepted,
      )
  })
  test('each level signed with another key of the same provider', () => {
    const xml = sign(sign(responseXml(usual), 'Assertion', pair), 'Response', other)
    const from = { entityId: usual.responseIssuer, certificates: [pair.certificate, other.certificate] }
    expect(judged(xml, pair, { from })).toBe(accepted)
  })
})

describe('F1: S1–S4, whose signature over what', () => {
  test('S1: none', () => {
    expect(judged(responseXml(usual), pair)).toBe('signature-missing')
  })
  test('S2: only the response, where assertions must be signed', () => {
    expect(judged(valid('response', pair), pair, { requireSignedAssertion: true })).toBe('signature-missing')
    expect(judged(valid('assertion', pair), pair, { requireSignedAssertion: true })).toBe(accepted)
  })
  test.each(modes)('S3: another key, its certificate in KeyInfo, at the %s', (mode) => {
    expect(valid(mode, other)).toContain('X509Certificate')
    expect(judged(valid(mode, other), pair)).toBe('signature-invalid')
  })
  test.each([
    ['response', sign(sign(responseXml(usual), 'Assertion', pair), 'Response', other)],
    ['assertion', sign(sign(responseXml(usual), 'Assertion', other), 'Response', pair)],
  ])('S3: both signed, the %s by a stranger', (_, xml) => {
    expect(judged(xml, pair)).toBe('signature-invalid')
  })
  test('S3: the certificate in KeyInfo exchanged changes nothing', () => {
    const [mine, theirs] = [pair, other].map((p) => p.certificate.replace(/-----[A-Z ]+-----|\s/g, ''))
    expect(judged(replace(valid('assertion', pair), mine ?? '', theirs ?? ''), pair)).toBe(accepted)
  })
  test.each(modes)('S4: another name under the signature of the %s', (mode) => {
    expect(judged(replace(valid(mode, pair), 'carol@', 'mallory@'), pair)).toBe('signature-invalid')
  })
  test('S4: the digest made to fit', () => {
    const forged =
      valid('assertion', pair, { nameId: 'mallory@corp.example' }).match(/<ds:DigestValue>[^<]*/)?.[0] ?? ''
    const xml = replace(replace(valid('assertion', pair), 'carol@', 'mallory@'), /<ds:DigestValue>[^<]*/, forged)
    expect(judged(xml, pair)).toBe('signature-invalid')
  })
  test('no certificate is known', () => {
    expect(judged(valid('both', pair), pair, { from: { entityId: usual.responseIssuer, certificates: [] } })).toBe(
      'certificate-missing',
    )
  })
})

describe('F1: S5–S8, algorithms, transforms, references', () => {
  const changed = (from: string | RegExp, to: string): string =>
    judged(replace(valid('assertion', pair), from, to), pair)
  const dsig = 'http://www.w3.org/2000/09/xmldsig#'
  const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256'

  test.each(modes)('S5: RSA-SHA1 at the %s, rightly signed', (mode) => {
    const how = { algorithm: `${dsig}rsa-sha1`, digest: `${dsig}sha1` }
    expect(judged(valid(mode, pair, {}, how), pair)).toBe('signature-algorithm-not-allowed')
  })
  test('S5: a SHA-1 digest under RSA-SHA256', () => {
    expect(judged(valid('both', pair, {}, { digest: `${dsig}sha1` }), pair)).toBe('signature-algorithm-not-allowed')
  })
  test('S5: HMAC keyed with the public key', () => {
    const xml = replace(valid('assertion', pair), `${more}rsa-sha256`, `${dsig}hmac-sha1`)
    const mac = createHmac('sha1', pair.certificate).update('whatever').digest('base64')
    expect(judged(replace(xml, /<ds:SignatureValue>[^<]*/, `<ds:SignatureValue>${mac}`), pair)).toBe(
      'signature-algorithm-not-allowed',
    )
  })
  test.each([`${dsig}hmac-sha1`, `${more}hmac-sha256`, `${dsig}dsa-sha1`, `${more}rsa-md5`, 'constructor', ''])(
    'S5: signature algorithm `%s`',
    (algorithm) => {
      expect(changed(`SignatureMethod Algorithm="${more}rsa-sha256"`, `SignatureMethod Algorithm="${algorithm}"`)).toBe(
        'signature-algorithm-not-allowed',
      )
    },
  )
  test('S5: an EC algorithm over an RSA key, an RSA algorithm over an EC key', () => {
    expect(changed(`${more}rsa-sha256`, `${more}ecdsa-sha256`)).toBe('signature-invalid')
    const xml = valid('assertion', ec, {}, { algorithm: `${more}ecdsa-sha256` })
    expect(judged(replace(xml, `${more}ecdsa-sha256`, `${more}rsa-sha256`), ec)).toBe('signature-invalid')
  })
  test('S5: a message whose other level is weakly signed', () => {
    const weak = sign(responseXml(usual), 'Assertion', pair, { algorithm: `${dsig}rsa-sha1` })
    expect(judged(sign(weak, 'Response', pair), pair)).toBe('signature-algorithm-not-allowed')
  })

  test.each([
    ['inclusive canonicalization', { canonicalization: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315' }],
    ['canonicalization with comments', { canonicalization: `${exclusive}WithComments` }],
    ['a transform with comments', { transforms: [enveloped, `${exclusive}WithComments`] }],
    ['the inclusive transform', { transforms: [enveloped, 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'] }],
    ['enveloped alone', { transforms: [enveloped] }],
    ['transforms the other way round', { transforms: [exclusive, enveloped] }],
    ['three transforms', { transforms: [enveloped, exclusive, exclusive] }],
  ])('S6: %s, rightly signed', (_, how) => {
    expect(judged(valid('assertion', pair, {}, how), pair)).toBe('signature-transform-not-allowed')
  })
  test.each([
    'http://www.w3.org/TR/1999/REC-xslt-19991116',
    'http://www.w3.org/TR/1999/REC-xpath-19991116',
    'http://www.w3.org/2002/06/xmldsig-filter2',
    'http://www.w3.org/2000/09/xmldsig#base64',
  ])('S6: transform %s', (algorithm) => {
    expect(changed(`<ds:Transform Algorithm="${exclusive}"/>`, `<ds:Transform Algorithm="${algorithm}"/>`)).toBe(
      'signature-transform-not-allowed',
    )
  })
  test('S6: markup inside a transform', () => {
    const xpath = `<ds:Transform Algorithm="${enveloped}"><ds:XPath>false()</ds:XPath></ds:Transform>`
    expect(changed(`<ds:Transform Algorithm="${enveloped}"/>`, xpath)).toBe('signature-transform-not-allowed')
  })

  const reference = /<ds:Reference[\s\S]*<\/ds:Reference>/
  test('S7: two references', () => {
    const found = reference.exec(valid('assertion', pair))?.[0] ?? ''
    expect(changed(reference, found + found)).toBe('signature-reference-invalid')
  })
  test('S7: no reference', () => {
    expect(changed(reference, '')).toBe('schema-invalid')
  })
  test.each([
    '',
    '#',
    '_assertion1',
    '#_response1',
    '#nobody',
    "#_assertion1' or '1",
    '#xpointer(/)',
    '#xpointer(id(&apos;_assertion1&apos;))',
    'https://evil.example/x.xml',
    'file:///etc/passwd',
    '#_assertion1 ',
  ])('S8: reference to `%s`', (uri) => {
    expect(changed('URI="#_assertion1"', `URI="${uri}"`)).toBe('signature-reference-invalid')
  })
  test('S8: a reference without URI', () => {
    expect(changed(' URI="#_assertion1"', '')).toBe('signature-reference-invalid')
  })
  test('S8: an assertion without ID', () => {
    expect(changed(' ID="_assertion1"', '')).toBe('schema-invalid')
  })
  test('digest algorithm unknown', () => {
    expect(changed(`DigestMethod Algorithm="${sha256}"`, 'DigestMethod Algorithm="urn:x"')).toBe(
      'signature-algorithm-not-allowed',
    )
  })
})

describe('F1: S9, S12, structure of the signature itself', () => {
  const signedInfo = /<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>/
  const xml = valid('assertion', pair)
  const info = signedInfo.exec(xml)?.[0] ?? ''

  test('CVE-2025-29774: several SignedInfo', () => {
    expect(judged(replace(xml, signedInfo, info + info), pair)).toBe('schema-invalid')
  })
  test('CVE-2025-29775: a comment in DigestValue', () => {
    expect(judged(replace(xml, '<ds:DigestValue>', '<ds:DigestValue><!--x-->'), pair)).toBe('comment-forbidden')
  })
  test('a second SignedInfo in ds:Object', () => {
    const object = `<ds:Object>${info}</ds:Object></ds:Signature>`
    expect(judged(replace(xml, '</ds:Signature>', object), pair)).toBe('signature-misplaced')
  })
  test('two signatures on the assertion', () => {
    const signature = /<ds:Signature [\s\S]*<\/ds:Signature>/.exec(xml)?.[0] ?? ''
    expect(judged(replace(xml, signature, signature + signature), pair)).toBe('schema-invalid')
  })
  test('S12: the digest of nothing', () => {
    const empty = '<ds:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    expect(judged(replace(xml, /<ds:DigestValue>[^<]*/, empty), pair)).toBe('signature-invalid')
  })
  test('S12: canonicalization made to fail by a relative namespace', () => {
    expect(judged(replace(xml, '<saml:Subject>', '<saml:Subject xmlns:a="../x">'), pair)).not.toMatch(
      /^accepted mallory/,
    )
    expect(
      judged(replace(replace(xml, '<saml:Subject>', '<saml:Subject xmlns:a="../x">'), 'carol@', 'mallory@'), pair),
    ).toBe('signature-invalid')
  })
  test('S13: a signature in another namespace is none', () => {
    expect(judged(replace(xml, 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"', 'xmlns:ds="urn:ds"'), pair)).toBe(
      'schema-invalid',
    )
  })
  test('S13: the xml prefix declared anew', () => {
    expect(judged(replace(xml, '<saml:Subject>', '<saml:Subject xmlns:xml="urn:evil">'), pair)).toMatch(
      /^(xml|schema)-invalid$/,
    )
  })
})
