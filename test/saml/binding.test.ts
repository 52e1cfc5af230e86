// A rightly signed message for somebody else, from somebody else, for another moment or another request. Every case is signed after the
// change, at both levels, so that nothing but the change can be the reason.
import { describe, expect, test } from 'vitest'
import { answerTo, judged, replace } from './judged.ts'
import {
  acs,
  at,
  makePair,
  modes,
  now,
  type Parts,
  responseXml,
  sign,
  signAs,
  sp,
  usual,
  valid,
} from './make-response.ts'

const pair = await makePair('idp')
const accepted = 'accepted carol@corp.example'
const verdict = (parts: Partial<Parts>, more = {}) => judged(valid('both', pair, parts), pair, more)
/** Changes the message before it is signed, where no part has the name of the change. */
const reshaped = (change: (xml: string) => string, more = {}, mode: (typeof modes)[number] = 'both') =>
  judged(signAs(mode, change(responseXml(usual)), pair), pair, more)

describe('F1: B1–B3, meant for whom and where', () => {
  const restriction = (audience: string) =>
    `<saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction>`
  test.each([
    ['another', { audience: 'https://other.example' }],
    ['ours as a prefix', { audience: `${sp}/more` }],
    ['ours in other letters', { audience: sp.toUpperCase() }],
    ['only in one of two restrictions', { conditions: restriction('https://other.example') }],
  ])('B1: audience: %s', (_, parts) => {
    expect(verdict(parts)).toBe('audience-mismatch')
  })
  test('B1: two restrictions with us in both, or one naming several', () => {
    expect(verdict({ conditions: restriction(sp) })).toBe(accepted)
    expect(verdict({ audience: `https://other.example</saml:Audience><saml:Audience>${sp}` })).toBe(accepted)
    expect(verdict({ audience: `\n  ${sp}\n  ` })).toBe(accepted)
  })
  test('B1: no restriction, no conditions', () => {
    expect(reshaped((xml) => replace(xml, /<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, ''))).toBe(
      'audience-missing',
    )
    expect(reshaped((xml) => replace(xml, /<saml:Conditions .*<\/saml:Conditions>/, ''))).toBe('audience-missing')
  })
  test.each(['https://other.example/acs', `${acs}/`, `${acs}?x=1`, ''])('B2: recipient `%s`', (recipient) => {
    expect(verdict({ recipient })).toBe('recipient-mismatch')
  })
  test('B2: no recipient', () => {
    expect(reshaped((xml) => replace(xml, /\sRecipient="[^"]*"/, ''))).toBe('recipient-mismatch')
  })
  test.each(['https://other.example/acs', `${acs}/`, ''])('B3: destination `%s`', (destination) => {
    for (const mode of modes) expect(judged(valid(mode, pair, { destination }), pair)).toBe('destination-mismatch')
  })
  test('B3: no destination: a signed response must have one, an unsigned one says nothing by it', () => {
    const without = (xml: string) => replace(xml, /\sDestination="[^"]*"/, '')
    expect(reshaped(without)).toBe('destination-missing')
    expect(reshaped(without, {}, 'assertion')).toBe(accepted)
  })
})

describe('F1: B4–B5, the answer to which request', () => {
  test('B4: to another request', () => {
    expect(verdict({ inResponseTo: '_request2' })).toBe('in-response-to-mismatch')
  })
  test('B4: said by the response only, or by the subject confirmation only', () => {
    const outer = (xml: string) => replace(xml, / InResponseTo="_request1"(?=>)/, ' InResponseTo="_request2"')
    const inner = (xml: string) =>
      replace(
        xml,
        'SubjectConfirmationData InResponseTo="_request1"',
        'SubjectConfirmationData InResponseTo="_request2"',
      )
    for (const mode of modes) {
      expect(reshaped(outer, {}, mode)).toBe('in-response-to-mismatch')
      expect(reshaped(inner, {}, mode)).toBe('in-response-to-mismatch')
    }
  })
  test('B4: said nowhere, by one only', () => {
    expect(reshaped((xml) => xml.replaceAll(' InResponseTo="_request1"', ''))).toBe('in-response-to-mismatch')
    expect(
      reshaped((xml) => replace(xml, 'SubjectConfirmationData InResponseTo="_request1"', 'SubjectConfirmationData')),
    ).toBe('in-response-to-mismatch')
  })
  const unasked = (xml: string) => xml.replaceAll(' InResponseTo="_request1"', '')
  test('B5: unsolicited, not allowed', () => {
    expect(reshaped(unasked, { requestId: undefined })).toBe('unsolicited')
  })
  test('B5: unsolicited, allowed', () => {
    expect(reshaped(unasked, { requestId: undefined, allowUnsolicited: true })).toBe(accepted)
  })
  test('B5: where unsolicited is allowed, an answer to a request that is not ours is refused all the same', () => {
    expect(verdict({}, { requestId: undefined, allowUnsolicited: true })).toBe('unsolicited')
    const inner = (xml: string) => replace(xml, / InResponseTo="_request1"(?=>)/, '')
    expect(reshaped(inner, { requestId: undefined, allowUnsolicited: true })).toBe('unsolicited')
  })
  test('B5: a request was sent: an unsolicited answer is not its answer, allowed or not', () => {
    expect(reshaped(unasked, { allowUnsolicited: true })).toBe('in-response-to-mismatch')
  })
})

describe('F1: B6, times, each with 60 seconds of grace', () => {
  test.each([
    ['Conditions NotBefore', { notBefore: at(61) }, 'not-yet-valid'],
    ['Conditions NotBefore, within the grace', { notBefore: at(60) }, accepted],
    ['Conditions NotOnOrAfter', { notOnOrAfter: at(-60) }, 'expired'],
    ['Conditions NotOnOrAfter, within the grace', { notOnOrAfter: at(-59) }, accepted],
    ['confirmation NotOnOrAfter', { confirmationNotOnOrAfter: at(-60) }, 'expired'],
    ['confirmation NotOnOrAfter, within the grace', { confirmationNotOnOrAfter: at(-59) }, accepted],
    ['IssueInstant', { issueInstant: at(61) }, 'not-yet-valid'],
    ['AuthnInstant', { authnInstant: at(61) }, 'not-yet-valid'],
    ['an offset instead of Z', { notOnOrAfter: '2026-01-15T13:05:00+01:00' }, accepted],
    ['an offset instead of Z, too late', { notOnOrAfter: '2026-01-15T12:05:00+01:00' }, 'expired'],
    ['fractions', { notOnOrAfter: at(300).replace('Z', '.1234567Z') }, accepted],
  ])('%s', (_, parts, expected) => {
    expect(verdict(parts)).toBe(expected)
  })
  test.each([
    [-60, 'expired'],
    [-59, accepted],
  ])('SessionNotOnOrAfter %i seconds from now', (seconds, expected) => {
    const ends = (xml: string) => replace(xml, ' SessionIndex=', ` SessionNotOnOrAfter="${at(seconds)}" SessionIndex=`)
    expect(reshaped(ends)).toBe(expected)
  })
  test('an hour later the same message is expired; without a grace to the second', () => {
    const xml = valid('both', pair)
    expect(judged(xml, pair, {}, now + 3_600_000)).toBe('expired')
    expect(judged(xml, pair, { skewSeconds: 0 }, now + 299_999)).toBe(accepted)
    expect(judged(xml, pair, { skewSeconds: 0 }, now + 300_000)).toBe('expired')
  })
  test('a confirmation without end, or with a beginning (Profiles §4.1.4.2)', () => {
    const begins = (xml: string) =>
      replace(xml, 'SubjectConfirmationData ', `SubjectConfirmationData NotBefore="${at(-60)}" `)
    expect(reshaped(begins)).toBe('subject-confirmation-invalid')
    const endless = (xml: string) => xml.replace(/(<saml:SubjectConfirmationData [^>]*?) NotOnOrAfter="[^"]*"/, '$1')
    expect(reshaped(endless)).toBe('subject-confirmation-invalid')
  })
  test('replay rows live as long as the last confirmation plus the grace', () => {
    const second = `<saml:SubjectConfirmation Method="${usual.method}"><saml:SubjectConfirmationData InResponseTo="_request1" NotOnOrAfter="${at(900)}" Recipient="${acs}"/></saml:SubjectConfirmation></saml:Subject>`
    const answer = answerTo(sign(replace(responseXml(usual), '</saml:Subject>', second), 'Assertion', pair), pair)
    expect(answer).toMatchObject({ notOnOrAfter: now + 960_000 })
  })
})

describe('F1: B7–B13, issuer, confirmation, status, count, conditions', () => {
  test.each(['https://other.example', `${usual.assertionIssuer}/`, ''])('B7: issuer `%s`', (issuer) => {
    expect(verdict({ assertionIssuer: issuer })).toBe('issuer-mismatch')
    for (const mode of modes)
      expect(judged(valid(mode, pair, { responseIssuer: issuer }), pair)).toBe('issuer-mismatch')
  })
  test('B7: the same certificate configured for another provider (mix-up)', () => {
    const from = { entityId: 'https://other.example', certificates: [pair.certificate] }
    expect(judged(valid('both', pair), pair, { from })).toBe('issuer-mismatch')
  })
  test('B7: an issuer of another format', () => {
    const formed = (xml: string) =>
      xml.replaceAll('<saml:Issuer>', '<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">')
    expect(reshaped(formed)).toBe('issuer-mismatch')
  })
  test.each(['holder-of-key', 'sender-vouches', ''])('B8: confirmation method %s', (method) => {
    expect(verdict({ method: `urn:oasis:names:tc:SAML:2.0:cm:${method}` })).toBe('subject-confirmation-invalid')
  })
  test('B8: no confirmation; one of two that holds', () => {
    expect(reshaped((xml) => replace(xml, /<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/, ''))).toBe(
      'subject-confirmation-invalid',
    )
    const bad = `<saml:SubjectConfirmation Method="${usual.method}"><saml:SubjectConfirmationData InResponseTo="_request1" NotOnOrAfter="${at(300)}" Recipient="https://other.example"/></saml:SubjectConfirmation><saml:SubjectConfirmation `
    expect(reshaped((xml) => replace(xml, '<saml:SubjectConfirmation ', bad))).toBe(accepted)
  })
  test.each(modes)('B10: a status other than success, signed at the %s', (mode) => {
    const status = 'urn:oasis:names:tc:SAML:2.0:status:Responder'
    expect(judged(valid(mode, pair, { status }), pair)).toBe('status-not-success')
  })
  test('B10: a refusal without assertion, unsigned, with what the provider says', () => {
    const words =
      '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"/></samlp:StatusCode><samlp:StatusMessage>locked</samlp:StatusMessage>'
    const xml = replace(responseXml(usual, ''), /<samlp:StatusCode [^>]*>/, words)
    expect(answerTo(xml, pair)).toMatchObject({
      refused: 'status-not-success',
      received: 'urn:oasis:names:tc:SAML:2.0:status:Responder urn:oasis:names:tc:SAML:2.0:status:AuthnFailed locked',
    })
  })
  test('B10: success without assertion', () => {
    expect(judged(responseXml(usual, ''), pair)).toBe('assertion-missing')
    expect(judged(sign(responseXml(usual, ''), 'Response', pair), pair)).toBe('assertion-missing')
  })
  test.each(modes)('B12: two assertions, each rightly signed by the provider (%s)', (mode) => {
    const one =
      /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(valid('assertion', pair, { assertionId: '_a' }))?.[0] ?? ''
    const two =
      /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(valid('assertion', pair, { assertionId: '_b' }))?.[0] ?? ''
    const xml = responseXml(usual, one + two)
    expect(judged(mode === 'assertion' ? xml : sign(xml, 'Response', pair), pair)).toBe('several-assertions')
  })
  test('B13: OneTimeUse is kept anyway; a proxy restriction forbids what a gateway does; unknown conditions are not understood', () => {
    expect(verdict({ conditions: '<saml:OneTimeUse/>' })).toBe(accepted)
    expect(verdict({ conditions: '<saml:ProxyRestriction Count="0"/>' })).toBe('condition-unsupported')
    expect(
      verdict({ conditions: `<saml:ProxyRestriction><saml:Audience>${sp}</saml:Audience></saml:ProxyRestriction>` }),
    ).toBe('condition-unsupported')
    const foreign =
      '<saml:Condition xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="urn:x" xsi:type="x:Moon"/>'
    expect(verdict({ conditions: foreign })).toBe('schema-invalid')
  })
  test('version 1.1 in 2.0 clothes', () => {
    expect(reshaped((xml) => replace(xml, 'Version="2.0"', 'Version="1.1"'))).toBe('version-unsupported')
    expect(reshaped((xml) => replace(xml, 'ID="_assertion1" Version="2.0"', 'ID="_assertion1" Version="2.1"'))).toBe(
      'version-unsupported',
    )
  })
  test('no authentication statement', () => {
    expect(reshaped((xml) => replace(xml, /<saml:AuthnStatement .*<\/saml:AuthnStatement>/, ''))).toBe(
      'authn-statement-missing',
    )
  })
})

describe('F1: T6, E5, subject and attributes', () => {
  test('two NameIDs', () => {
    expect(verdict({ nameId: 'carol@corp.example</saml:NameID><saml:NameID>mallory' })).toBe('schema-invalid')
  })
  test('no Subject', () => {
    expect(reshaped((xml) => replace(xml, /<saml:Subject>.*<\/saml:Subject>/, ''))).toBe('subject-missing')
  })
  test('an encrypted name, an encrypted attribute', () => {
    const data =
      '<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"><xenc:CipherData><xenc:CipherValue>AAAA</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>'
    expect(
      reshaped((xml) => replace(xml, /<saml:NameID .*<\/saml:NameID>/, `<saml:EncryptedID>${data}</saml:EncryptedID>`)),
    ).toBe('encrypted-id-unsupported')
    expect(verdict({ attributes: `<saml:EncryptedAttribute>${data}</saml:EncryptedAttribute>` })).toBe(
      'encrypted-id-unsupported',
    )
  })
  const attributesOf = (attributes: string) => {
    const answer = answerTo(valid('both', pair, { attributes }), pair)
    return 'refused' in answer ? answer.refused : answer.attributes
  }
  const attribute = (name: string, ...values: string[]) =>
    `<saml:Attribute Name="${name}">${values.map((v) => `<saml:AttributeValue>${v}</saml:AttributeValue>`).join('')}</saml:Attribute>`
  test('the same attribute in pieces is one attribute (Keycloak writes one per role)', () => {
    expect(attributesOf(attribute('Role', 'a') + attribute('mail', 'm') + attribute('Role', 'b', 'a'))).toEqual({
      Role: ['a', 'b'],
      mail: ['m'],
    })
  })
  test('values are as written: case, inner and outer spaces, markup characters', () => {
    expect(attributesOf(attribute('g', 'A  b', ' a', '&lt;x&gt; &amp; y', '한글'))).toEqual({
      g: ['A  b', ' a', '<x> & y', '한글'],
    })
  })
  test('an attribute without values, with empty ones, with nil, with markup', () => {
    const nil = '<saml:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'
    const markup = '<saml:AttributeValue>ad<x:b xmlns:x="urn:x">m</x:b>in</saml:AttributeValue>'
    const wrapped = '<saml:AttributeValue><saml:NameID>t1</saml:NameID></saml:AttributeValue>'
    expect(attributesOf('<saml:Attribute Name="none"/>')).toEqual({ none: [] })
    expect(
      attributesOf(`<saml:Attribute Name="a">${nil}${markup}${wrapped}</saml:Attribute>${attribute('e', '')}`),
    ).toEqual({ a: ['t1'], e: [] })
  })
  test('attributes named like parts of a language', () => {
    const names = ['__proto__', 'constructor', 'refused', 'toString']
    expect(Object.entries(attributesOf(names.map((n) => attribute(n, 'v')).join('')))).toEqual(
      names.map((n) => [n, ['v']]),
    )
  })
  test('typed values', () => {
    const typed = `<saml:Attribute Name="a"><saml:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">v</saml:AttributeValue></saml:Attribute>`
    expect(attributesOf(typed)).toEqual({ a: ['v'] })
  })
})
