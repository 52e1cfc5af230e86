// Metadata is what trust comes from: what is read of it, and which documents are no base for trust.
import { describe, expect, test } from 'vitest'
import { replace, verifier } from './judged.ts'
import { at, makePair, now } from './make-response.ts'

const [old, next, enc] = await Promise.all(['old', 'next', 'encryption'].map(makePair))
const bare = (pem = ''): string => pem.replace(/-----[A-Z ]+-----|\s/g, '')
const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol'
const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'
const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'

const key = (certificate: string, use?: string): string =>
  `<md:KeyDescriptor${use === undefined ? '' : ` use="${use}"`}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`
const namespaces = 'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
const entity = (inside: string, attributes = '', entityId = 'https://idp.example'): string =>
  `<md:EntityDescriptor ${namespaces} entityID="${entityId}"${attributes}>${inside}</md:EntityDescriptor>`
const sso = `<md:SingleSignOnService Binding="${redirect}" Location="https://idp.example/sso?a=1&amp;b=2"/><md:SingleSignOnService Binding="${post}" Location="https://idp.example/sso"/>`
const idpRole = (inside = `${key(bare(old?.certificate), 'signing')}${sso}`, attributes = ''): string =>
  `<md:IDPSSODescriptor protocolSupportEnumeration="${protocol}"${attributes}>${inside}</md:IDPSSODescriptor>`
const acs = (index: number, more = '') =>
  `<md:AssertionConsumerService Binding="${post}" Location="https://app.example/acs${index}" index="${index}"${more}/>`
const spRole = (inside = acs(0), attributes = ''): string =>
  `<md:SPSSODescriptor protocolSupportEnumeration="${protocol}"${attributes}>${inside}</md:SPSSODescriptor>`

const idp = (xml: string, entityId?: string) => verifier.parseMetadata(xml, 'idp', now, entityId)
const spOf = (xml: string, entityId?: string) => verifier.parseMetadata(xml, 'sp', now, entityId)

describe('F1: metadata of identity providers', () => {
  test('everything that is used of it', () => {
    const slo = `<md:SingleLogoutService Binding="${redirect}" Location="https://idp.example/slo" ResponseLocation="https://idp.example/slo/done"/>`
    const formats = '<md:NameIDFormat>\n urn:a \n</md:NameIDFormat><md:NameIDFormat>urn:b</md:NameIDFormat>'
    const keys = `${key(bare(old?.certificate), 'signing')}${key(`\n${next?.certificate.replace(/-----[A-Z ]+-----/g, '')}\n`)}${key(bare(enc?.certificate), 'encryption')}`
    const xml = entity(
      idpRole(`${keys}${slo}${formats}${sso}`, ' WantAuthnRequestsSigned="1"'),
      ` validUntil="${at(600)}"`,
    )
    expect(idp(`<?xml version="1.0"?>\n<!-- exported by hand -->\n${xml}`)).toEqual({
      entityId: 'https://idp.example',
      signingCertificates: [bare(old?.certificate), bare(next?.certificate)],
      encryptionCertificates: [bare(next?.certificate), bare(enc?.certificate)],
      singleSignOn: [
        {
          binding: redirect,
          location: 'https://idp.example/sso?a=1&b=2',
          responseLocation: undefined,
          index: undefined,
          isDefault: false,
        },
        {
          binding: post,
          location: 'https://idp.example/sso',
          responseLocation: undefined,
          index: undefined,
          isDefault: false,
        },
      ],
      assertionConsumers: [],
      singleLogout: [
        {
          binding: redirect,
          location: 'https://idp.example/slo',
          responseLocation: 'https://idp.example/slo/done',
          index: undefined,
          isDefault: false,
        },
      ],
      nameIdFormats: ['urn:a', 'urn:b'],
      wantAuthnRequestsSigned: true,
      authnRequestsSigned: false,
      wantAssertionsSigned: false,
      validUntil: now + 600_000,
    })
  })
  test('one entity of several, by name; nested; else it must be said which', () => {
    const two = (inner: string) => `<md:EntitiesDescriptor ${namespaces}>${inner}</md:EntitiesDescriptor>`
    const federation = two(
      entity(idpRole()) +
        two(entity(idpRole(), '', 'https://two.example')) +
        entity(spRole(), '', 'https://app.example'),
    )
    expect(idp(federation)).toMatchObject({ refused: 'metadata-invalid', detail: expect.stringContaining('say which') })
    expect(idp(federation, 'https://two.example')).toMatchObject({ entityId: 'https://two.example' })
    expect(idp(federation, 'https://three.example')).toMatchObject({ refused: 'metadata-invalid' })
    expect(spOf(federation)).toMatchObject({ entityId: 'https://app.example' })
    expect(idp(two(entity(idpRole())))).toMatchObject({ entityId: 'https://idp.example' })
    expect(idp(two(entity(idpRole()).repeat(2)), 'https://idp.example')).toMatchObject({ refused: 'metadata-invalid' })
  })
  test('a name that was asked for and is not there', () => {
    expect(idp(entity(idpRole()), 'https://other.example')).toMatchObject({ refused: 'metadata-invalid' })
  })
  test('past its validUntil, wherever that stands', () => {
    const expired = { refused: 'metadata-expired' }
    expect(idp(entity(idpRole(), ` validUntil="${at(0)}"`))).toMatchObject(expired)
    expect(idp(entity(idpRole(undefined, ` validUntil="${at(-1)}"`), ` validUntil="${at(900)}"`))).toMatchObject(
      expired,
    )
    expect(
      idp(`<md:EntitiesDescriptor ${namespaces} validUntil="${at(-1)}">${entity(idpRole())}</md:EntitiesDescriptor>`),
    ).toMatchObject(expired)
    expect(idp(entity(idpRole(), ` validUntil="${at(1)}"`))).toMatchObject({ validUntil: now + 1000 })
  })
})

describe('F1: documents that are no base for trust', () => {
  test.each([
    ['a document type', `<!DOCTYPE a>${entity(idpRole())}`, 'doctype-forbidden'],
    [
      'an external entity',
      `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${entity(idpRole())}`,
      'doctype-forbidden',
    ],
    ['CDATA', replace(entity(idpRole()), 'MII', '<![CDATA[MII]]>'), 'cdata-forbidden'],
    ['an instruction', `<?xml-stylesheet href="x"?>${entity(idpRole())}`, 'processing-instruction-forbidden'],
    ['an HTML page', '<html><body>Sign in</body></html>', 'metadata-invalid'],
    ['JSON', '{"issuer":"x"}', 'xml-invalid'],
    ['nothing', '', 'xml-invalid'],
    ['half a document', entity(idpRole()).slice(0, 400), 'xml-invalid'],
    ['two documents', entity(idpRole()).repeat(2), 'xml-invalid'],
    ['an undeclared entity', replace(entity(idpRole()), 'https://idp.example"', '&x;"'), 'xml-invalid'],
    ['an application', entity(spRole()), 'metadata-invalid'],
    ['SAML 1.1 only', replace(entity(idpRole()), protocol, 'urn:oasis:names:tc:SAML:1.1:protocol'), 'metadata-invalid'],
    ['no entity id', replace(entity(idpRole()), ' entityID="https://idp.example"', ''), 'metadata-invalid'],
    ['an endless entity id', entity(idpRole(), '', `https://${'x'.repeat(2000)}`), 'metadata-invalid'],
    [
      'no signing certificate',
      entity(idpRole(`${key(bare(enc?.certificate), 'encryption')}${sso}`)),
      'certificate-missing',
    ],
    ['a certificate that is none', entity(idpRole(`${key('MIIBAAAA', 'signing')}${sso}`)), 'metadata-invalid'],
    ['no place to sign in', entity(idpRole(key(bare(old?.certificate), 'signing'))), 'metadata-invalid'],
    [
      'nesting without end',
      entity(`${'<md:Extensions>'.repeat(3000)}${'</md:Extensions>'.repeat(3000)}${idpRole()}`),
      'too-deep',
    ],
    ['nine megabytes', entity(idpRole()) + ' '.repeat(9 * 1024 * 1024), 'too-large'],
  ])('%s', (_, xml, reason) => {
    expect(idp(xml)).toMatchObject({ refused: reason })
  })
  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    '/relative',
    'https://',
    'https://a b/',
    '',
  ])('an address such as `%s` is no place to send anybody', (location) => {
    const role = idpRole(
      `${key(bare(old?.certificate), 'signing')}<md:SingleSignOnService Binding="${redirect}" Location="${location}"/>`,
    )
    expect(idp(entity(role))).toMatchObject({ refused: 'metadata-invalid' })
    const evil = `<md:AssertionConsumerService Binding="${post}" Location="${location}" index="0" isDefault="true"/>`
    expect(spOf(entity(spRole(evil + acs(1))))).toMatchObject({
      assertionConsumers: [{ location: 'https://app.example/acs1' }],
    })
  })
})

describe('F13: metadata of applications', () => {
  test('every consumer with index and default; the flags in either spelling', () => {
    const inside = `${key(bare(old?.certificate), 'signing')}${acs(1)}${acs(2, ' isDefault="true"')}${acs(3, ' isDefault="false"')}`
    expect(spOf(entity(spRole(inside, ' AuthnRequestsSigned="true" WantAssertionsSigned="1"')))).toMatchObject({
      assertionConsumers: [
        { index: 1, isDefault: false },
        { index: 2, isDefault: true, location: 'https://app.example/acs2' },
        { index: 3, isDefault: false },
      ],
      authnRequestsSigned: true,
      wantAssertionsSigned: true,
    })
  })
  test('no keys is fine for one that signs nothing; no consumer is not', () => {
    expect(spOf(entity(spRole()))).toMatchObject({ signingCertificates: [], authnRequestsSigned: false })
    expect(spOf(entity(spRole(key(bare(old?.certificate)))))).toMatchObject({ refused: 'metadata-invalid' })
  })
})
