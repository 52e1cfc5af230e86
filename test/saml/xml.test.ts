// Markup and text that two readers could take differently, and messages that cost too much to read.
import { describe, expect, test } from 'vitest'
import { answerTo, judged, replace, verifier } from './judged.ts'
import { base64, expecting, makePair, modes, now, responseXml, sign, usual, valid } from './make-response.ts'

const pair = await makePair('idp')
const accepted = 'accepted carol@corp.example'
const genuine = valid('assertion', pair)

describe('F1: X1–X5, document types, entities, instructions', () => {
  test.each([
    ['an empty one', '<!DOCTYPE samlp:Response>'],
    ['lower case', '<!doctype samlp:Response>'],
    ['an external entity', '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'],
    ['a parameter entity', '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x.dtd"> %x;]>'],
    ['an expansion', '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'],
    ['an attribute default', '<!DOCTYPE r [<!ATTLIST saml:Assertion ID CDATA "_evil">]>'],
  ])('X1: a document type: %s', (_, doctype) => {
    expect(judged(doctype + genuine, pair)).toBe('doctype-forbidden')
    expect(judged(`<?xml version="1.0"?>\n${doctype}${genuine}`, pair)).toBe('doctype-forbidden')
  })
  test.each(['&x;', '&nbsp;', '&amp', '& b', '&#0;', '&#x1F;', '&#xD800;'])('X2: the reference `%s`', (reference) => {
    expect(judged(replace(genuine, 'carol@', `carol${reference}@`), pair)).toBe('xml-invalid')
  })
  test.each(modes)('X2: a declared character reference is text (%s)', (mode) => {
    expect(judged(valid(mode, pair, { nameId: 'c&#97;rol@corp.example' }), pair)).toBe(accepted)
    expect(judged(valid(mode, pair, { nameId: 'carol &amp; &lt;b&gt;' }), pair)).toBe('accepted carol & <b>')
  })
  test.each(['<?xml-stylesheet href="x.xsl"?>', '<?php echo 1 ?>', '<?x?>'])('X5: the instruction %s', (pi) => {
    expect(judged(pi + genuine, pair)).toBe('processing-instruction-forbidden')
    expect(judged(replace(genuine, '<saml:Subject>', `${pi}<saml:Subject>`), pair)).toBe(
      'processing-instruction-forbidden',
    )
    expect(judged(genuine + pi, pair)).toBe('processing-instruction-forbidden')
  })
  test('X5: schema locations are not followed', () => {
    const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    for (const name of [
      'schemaLocation="urn:x http://127.0.0.1:1/x.xsd"',
      'noNamespaceSchemaLocation="http://127.0.0.1:1/"',
    ])
      expect(judged(replace(genuine, '<samlp:Response', `<samlp:Response ${xsi} xsi:${name}`), pair)).toBe(
        'schema-invalid',
      )
  })
  test('X5: XInclude is an element like any other, and not read', () => {
    const include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    const attributes = `<saml:Attribute Name="a"><saml:AttributeValue>${include}</saml:AttributeValue></saml:Attribute>`
    expect(answerTo(valid('both', pair, { attributes }), pair)).toMatchObject({ attributes: { a: [] } })
  })
})

describe('F1: T1–T5, text', () => {
  test.each(modes)('T1: a comment in the NameID of a message signed at the %s', (mode) => {
    const signed = valid(mode, pair, { nameId: 'carol@corp.example.evil.example' })
    expect(judged(signed, pair)).toBe('accepted carol@corp.example.evil.example')
    expect(judged(replace(signed, 'carol@corp.example.evil', 'carol@corp.example<!---->.evil'), pair)).toBe(
      'comment-forbidden',
    )
  })
  test.each([
    ['before the root', (xml: string) => `<!-- -->${xml}`],
    ['behind the root', (xml: string) => `${xml}<!-- -->`],
    ['in the audience', (xml: string) => replace(xml, '<saml:Audience>', '<saml:Audience><!---->')],
    ['in the signature', (xml: string) => replace(xml, '<ds:SignatureValue>', '<ds:SignatureValue><!---->')],
  ])('T1: a comment %s', (_, put) => {
    expect(judged(put(genuine), pair)).toBe('comment-forbidden')
  })
  test('T2: an instruction in the NameID', () => {
    expect(judged(replace(genuine, 'carol@', 'car<?x?>ol@'), pair)).toBe('processing-instruction-forbidden')
  })
  test('T3: CDATA', () => {
    expect(judged(replace(genuine, 'carol@', '<![CDATA[carol]]>@'), pair)).toBe('cdata-forbidden')
    expect(judged(replace(genuine, 'carol@', 'carol<![CDATA[<!---->]]>@'), pair)).toMatch(/^(cdata|comment)-forbidden$/)
  })
  test.each([' carol', 'carol ', 'carol\u00a0', 'ca\u200brol', '\u202ecarol', 'carol\u00ad', 'ca\trol'])(
    'T5: the name `%j`, rightly signed',
    (nameId) => {
      expect(judged(valid('both', pair, { nameId }), pair)).toBe('subject-name-invalid')
    },
  )
  test('T5: the indents of a pretty printer are not part of the name', () => {
    expect(judged(valid('both', pair, { nameId: '\n      carol@corp.example\n    ' }), pair)).toBe(accepted)
  })
  test('T5: names in any script are names, and case and normal form are kept', () => {
    for (const name of ['홍길동', 'Zoë', 'Zoe\u0308', 'CAROL@corp.example', 'a b'])
      expect(judged(valid('both', pair, { nameId: name }), pair)).toBe(`accepted ${name}`)
  })
  test('T5: an empty name, a name of a thousand letters too many', () => {
    expect(judged(valid('both', pair, { nameId: '' }), pair)).toBe('subject-missing')
    expect(judged(valid('both', pair, { nameId: 'x'.repeat(2000) }), pair)).toBe('subject-name-invalid')
  })
  test.each(['\u2028', '\u0085'])('T5, S13: a line end that only XML 1.1 knows, %j', (end) => {
    const signed = valid('both', pair, { nameId: 'carol\n' })
    expect(judged(signed, pair)).toBe('accepted carol')
    expect(judged(replace(signed, 'carol\n', `carol${end}`), pair)).toBe('xml-invalid')
  })
  test('T5: NUL, raw', () => {
    expect(judged(replace(genuine, 'carol@', 'carol\0@'), pair)).toBe('encoding-invalid')
  })
})

describe('F1: X6–X9, shape, size, encoding', () => {
  test.each([
    ['two roots', (xml: string) => xml + xml],
    ['text behind the root', (xml: string) => `${xml}evil`],
    ['text before the root', (xml: string) => `evil${xml}`],
    ['an attribute twice', (xml: string) => replace(xml, ' Version="2.0"', ' Version="2.0" Version="2.0"')],
    ['an element not closed', (xml: string) => replace(xml, '</samlp:Response>', '')],
    ['an attribute without quotes', (xml: string) => replace(xml, ' Version="2.0"', ' Version=2.0')],
    ['nothing', () => '   '],
    ['text', () => 'hello'],
  ])('X6: %s', (_, change) => {
    expect(judged(change(genuine), pair)).toBe('xml-invalid')
  })
  test('X6: a prefix that was never declared', () => {
    expect(judged(replace(genuine, '<saml:Subject>', '<evil:x/><saml:Subject>'), pair)).toMatch(
      /^(xml|schema)-invalid$/,
    )
    expect(judged(replace(genuine, '<saml:Subject>', '<saml:Subject evil:ID="_x">'), pair)).toMatch(
      /^(xml|schema)-invalid$/,
    )
  })
  test('X7: a million bytes', () => {
    const attributes = `<saml:Attribute Name="a"><saml:AttributeValue>${'x'.repeat(1e6)}</saml:AttributeValue></saml:Attribute>`
    expect(judged(responseXml({ ...usual, attributes }), pair)).toBe('too-large')
  })
  test('X7: elements inside elements inside elements', () => {
    const deep = (n: number) => `${'<x:a xmlns:x="urn:x">'.repeat(n)}${'</x:a>'.repeat(n)}`
    const put = (n: number) =>
      replace(genuine, '<samlp:Status>', `<samlp:Extensions>${deep(n)}</samlp:Extensions><samlp:Status>`)
    expect(judged(put(10), pair)).toBe(accepted)
    expect(judged(put(100), pair)).toBe('too-deep')
    expect(judged(put(9000), pair)).toBe('too-deep')
  })
  test('X7: thousands of elements, of IDs, of attributes are read or refused quickly', () => {
    const started = performance.now()
    const ids = Array.from({ length: 15_000 }, (_, i) => `<x:a ID="i${i}"/>`).join('')
    const put = (inside: string) =>
      replace(
        genuine,
        '<samlp:Status>',
        `<samlp:Extensions xmlns:x="urn:x"><x:b>${inside}</x:b></samlp:Extensions><samlp:Status>`,
      )
    expect(judged(put(ids), pair)).toBe(accepted)
    expect(judged(put('<x:a/>'.repeat(25_000)), pair)).toBe('too-deep')
    expect(performance.now() - started).toBeLessThan(20_000)
  })
  test.each([
    ['UTF-16', Buffer.from(`\ufeff${genuine}`, 'utf16le')],
    ['Latin-1 declared', Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${genuine}`)],
    ['UTF-7 declared', Buffer.from(`<?xml version="1.0" encoding="UTF-7"?>${genuine}`)],
    ['broken UTF-8', Buffer.concat([Buffer.from(genuine), Buffer.from([0xff])])],
    ['overlong UTF-8', Buffer.concat([Buffer.from(genuine.slice(0, -1)), Buffer.from([0xc0, 0xbc])])],
  ])('X9: %s', (_, bytes) => {
    expect(verifier.verifyResponse(bytes.toString('base64'), expecting(pair), now)).toMatchObject({
      refused: 'encoding-invalid',
    })
  })
  test('X9: XML 1.1 has other line ends', () => {
    expect(judged(`<?xml version="1.1"?>${genuine}`, pair)).toBe('xml-invalid')
  })
  test('X9: UTF-8 declared, a byte order mark, a declaration', () => {
    expect(judged(`\ufeff<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n${genuine}`, pair)).toBe(accepted)
  })
  test.each(['', ' ', '!!!!', 'PHNhbWw+=PHg+', `${base64(genuine)}=x`, base64(genuine).replace(/[A-Z]/, '-')])(
    'base64 `%.20s`',
    (encoded) => {
      expect(verifier.verifyResponse(encoded, expecting(pair), now)).toMatchObject({ refused: 'encoding-invalid' })
    },
  )
  test('base64 with line breaks, as some providers write it', () => {
    const broken = base64(genuine).replace(/(.{76})/g, '$1\r\n')
    expect(verifier.verifyResponse(broken, expecting(pair), now)).toMatchObject({ assertionId: '_assertion1' })
  })
})

describe('F1: the schema', () => {
  test.each([
    ['an element of nobody', '<saml:Subject>', '<x:y xmlns:x="urn:x"/><saml:Subject>'],
    ['an attribute of nobody', '<saml:Subject>', '<saml:Subject evil="1">'],
    [
      'SAML 1.1',
      'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_assertion1"',
      'xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" ID="_assertion1"',
    ],
    ['a time that is none', /NotBefore="[^"]*"/, 'NotBefore="yesterday"'],
    ['an ID that is none', 'ID="_response1"', 'ID="1 2"'],
    ['no Status', /<samlp:Status>.*<\/samlp:Status>/, ''],
    [
      'no issuer of the assertion',
      /(?<=IssueInstant="[^"]*">)<saml:Issuer>[^<]*<\/saml:Issuer>(?=<saml:Subject>|<ds:)/,
      '',
    ],
  ])('%s', (_, from, to) => {
    expect(judged(replace(genuine, from, to), pair)).toBe('schema-invalid')
  })
  test('another message, rightly signed', () => {
    const logout = `<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_l" Version="2.0" IssueInstant="${usual.issueInstant}"><saml:Issuer>${usual.responseIssuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="${usual.status}"/></samlp:Status></samlp:LogoutResponse>`
    expect(judged(sign(logout, 'LogoutResponse', pair), pair)).toBe('wrong-message')
  })
  test('a bare assertion, rightly signed', () => {
    const assertion = /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(genuine)?.[0] ?? ''
    expect(judged(assertion, pair)).toBe('wrong-message')
  })
})
