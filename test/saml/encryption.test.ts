// Encrypted assertions: whoever knows our metadata can make one, so encryption proves nothing, and its errors must tell nothing.
import { describe, expect, test } from 'vitest'
import { cbc, ciphers, decryptionPair, type Encryption, encryptAssertionOf, encryptedXml, gcm } from './encrypt.ts'
import { answerTo, judged, replace } from './judged.ts'
import { makePair, responseXml, sign, usual, valid } from './make-response.ts'

const pair = await makePair('idp')
const stranger = await makePair('stranger')
const ours = decryptionPair()
const retired = decryptionPair()
const decryptionKeys = [ours.privateKey]
const accepted = 'accepted carol@corp.example'

const inner = sign(responseXml(usual), 'Assertion', pair)
const hidden = (xml: string, how: Encryption = {}) => encryptAssertionOf(xml, ours.publicKey, how)
const verdict = (xml: string, more = {}) => judged(xml, pair, { decryptionKeys, ...more })

describe('F1: encrypted assertions that are accepted', () => {
  test.each(Object.keys(ciphers) as (keyof typeof ciphers)[])('%s, the assertion signed inside', (cipher) => {
    expect(verdict(hidden(inner, { cipher }))).toBe(accepted)
  })
  test.each(['oaep', 'oaep-sha256'] as const)('key transport %s', (keyTransport) => {
    expect(verdict(hidden(inner, { keyTransport }))).toBe(accepted)
  })
  test('an unsigned assertion encrypted inside a signed response', () => {
    const xml = sign(hidden(responseXml(usual)), 'Response', pair)
    expect(verdict(xml)).toBe(accepted)
    expect(verdict(xml, { requireSignedAssertion: true })).toBe('signature-missing')
  })
  test('signed inside, and the response signed around the ciphertext', () => {
    expect(verdict(sign(hidden(inner), 'Response', pair), { requireSignedAssertion: true })).toBe(accepted)
  })
  test('the key beside the data; one of several of our keys', () => {
    expect(verdict(hidden(inner, { keyBeside: true }))).toBe(accepted)
    expect(verdict(hidden(inner), { decryptionKeys: [retired.privateKey, ours.privateKey] })).toBe(accepted)
  })
  test('an assertion that leans on a prefix of the response, when it is signed itself', () => {
    const leaning = inner.replace(
      '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"',
      '<saml:Assertion',
    )
    expect(leaning).not.toBe(inner)
    expect(verdict(hidden(leaning))).toBe(accepted)
    const unsigned = responseXml(usual).replace(
      '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"',
      '<saml:Assertion',
    )
    expect(verdict(sign(hidden(unsigned), 'Response', pair))).toBe('signature-missing')
  })
})

describe('F1: E1–E6', () => {
  test('E1: encrypted, signed by nobody', () => {
    expect(verdict(hidden(responseXml(usual)))).toBe('signature-missing')
  })
  test('E1: encrypted, signed by a stranger', () => {
    expect(verdict(hidden(sign(responseXml(usual), 'Assertion', stranger)))).toBe('signature-invalid')
    expect(verdict(sign(hidden(responseXml(usual)), 'Response', stranger))).toBe('signature-invalid')
  })
  test('E1: a forged assertion encrypted in place of the genuine one, the signature of the response kept', () => {
    const genuine = sign(hidden(inner), 'Response', pair)
    const forged = encryptedXml(
      /<saml:Assertion [\s\S]*<\/saml:Assertion>/.exec(responseXml({ ...usual, nameId: 'mallory' }))?.[0] ?? '',
      ours.publicKey,
    )
    expect(verdict(replace(genuine, /<saml:EncryptedAssertion[\s\S]*<\/saml:EncryptedAssertion>/, forged))).toBe(
      'signature-invalid',
    )
  })
  test('E1: wrapping inside the ciphertext', () => {
    const assertion = /<saml:Assertion [\s\S]*<\/saml:Assertion>/.exec(inner)?.[0] ?? ''
    const evil =
      /<saml:Assertion [\s\S]*<\/saml:Assertion>/.exec(
        responseXml({ ...usual, assertionId: '_evil', nameId: 'mallory' }),
      )?.[0] ?? ''
    const around = (text: string) => verdict(responseXml(usual, encryptedXml(text, ours.publicKey)))
    expect(
      around(evil.replace('<saml:AuthnStatement', `<saml:Advice>${assertion}</saml:Advice><saml:AuthnStatement`)),
    ).toBe('several-assertions')
    expect(around(evil + assertion)).toBe('xml-invalid')
    expect(around(`${evil}<!---->`)).toBe('comment-forbidden')
    expect(around(`<!DOCTYPE a>${assertion}`)).toBe('doctype-forbidden')
    expect(around('<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>')).toBe('schema-invalid')
  })
  test('E2: an encrypted assertion beside an open one, or two of them', () => {
    const assertion = /<saml:Assertion [\s\S]*<\/saml:Assertion>/.exec(inner)?.[0] ?? ''
    expect(verdict(responseXml(usual, assertion + encryptedXml(assertion, ours.publicKey)))).toBe('several-assertions')
    expect(verdict(responseXml(usual, encryptedXml(assertion, ours.publicKey).repeat(2)))).toBe('several-assertions')
  })
  test.each([
    ['rsa-1_5', { keyTransport: 'rsa-1_5' }],
    ['3DES', { named: 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc' }],
    ['a cipher of nobody', { named: 'urn:x' }],
    ['a cipher named like a property', { named: 'constructor' }],
  ] as const)('E3: %s', (_, how) => {
    expect(verdict(hidden(inner, how))).toBe('encryption-algorithm-not-allowed')
  })
  const flip = (at: number) => (b: Buffer) => {
    const copy = Buffer.from(b)
    copy[at < 0 ? copy.length + at : at] = (copy.at(at) ?? 0) ^ 1
    return copy
  }
  test('E3: ciphertext that was bent answers one word, whatever it became', () => {
    const answers = [
      hidden(inner, { cipher: cbc, change: flip(-1) }), // padding
      hidden(inner, { cipher: cbc, change: flip(-17) }),
      hidden(inner, { cipher: cbc, change: flip(3) }), // first block: the markup
      hidden(inner, { cipher: cbc, change: flip(900) }), // the middle: garbage, then the signature
      hidden(inner, { cipher: cbc, change: (b) => b.subarray(0, -5) }),
      hidden(inner, { cipher: cbc, change: () => Buffer.alloc(0) }),
      hidden(responseXml(usual), { cipher: cbc }), // well formed, signed by nobody
      hidden(sign(responseXml(usual), 'Assertion', stranger), { cipher: cbc }),
      hidden(inner, { cipher: gcm, named: cbc }), // One Bad Apple: the authenticated cipher called by the other's name
      hidden(inner, { cipher: cbc, named: gcm }),
    ].map((xml) => answerTo(xml, pair, { decryptionKeys }))
    expect(answers.map((a) => 'refused' in a && [a.refused, a.detail])).toEqual(
      answers.map(() => ['decryption-failed', 'the assertion was not encrypted for us']),
    )
  })
  test('E3: authenticated ciphertext that was bent', () => {
    for (const at of [3, 200, -1]) expect(verdict(hidden(inner, { change: flip(at) }))).toBe('decryption-failed')
    expect(verdict(hidden(inner, { change: (b) => b.subarray(0, 10) }))).toBe('decryption-failed')
  })
  test('E4: encrypted for somebody else; no key at all', () => {
    expect(verdict(hidden(inner), { decryptionKeys: [retired.privateKey] })).toBe('decryption-failed')
    expect(verdict(hidden(inner), { decryptionKeys: [] })).toBe('decryption-failed')
  })
  test('E6: ciphertext that is to be fetched', () => {
    const reference =
      '<xenc:CipherData><xenc:CipherReference URI="http://127.0.0.1:1/x"/></xenc:CipherData></xenc:EncryptedData>'
    const xml = replace(
      hidden(inner),
      /<xenc:CipherData>(?!.*<xenc:CipherData>)[\s\S]*?<\/xenc:CipherData><\/xenc:EncryptedData>/,
      reference,
    )
    expect(verdict(xml)).toBe('decryption-failed')
  })
  test('E6: a key that is to be fetched', () => {
    const retrieval = '<ds:RetrievalMethod URI="http://127.0.0.1:1/key"/></ds:KeyInfo>'
    expect(
      verdict(replace(hidden(inner), /<xenc:EncryptedKey>[\s\S]*<\/xenc:EncryptedKey><\/ds:KeyInfo>/, retrieval)),
    ).toBe('encryption-algorithm-not-allowed')
  })
  test('the bindings of a decrypted assertion are judged like those of an open one', () => {
    for (const [parts, reason] of [
      [{ audience: 'https://other.example' }, 'audience-mismatch'],
      [{ recipient: 'https://other.example' }, 'recipient-mismatch'],
      [{ assertionIssuer: 'https://other.example' }, 'issuer-mismatch'],
    ] as const)
      expect(verdict(hidden(valid('assertion', pair, parts)))).toBe(reason)
  })
})
