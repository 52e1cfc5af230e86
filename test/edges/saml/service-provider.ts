// A service provider of its own making, so that both halves of a conversation are never the same code: builds requests by hand, signs
// with node:crypto and xml-crypto, reads responses with a plain DOM.
import { createPrivateKey, createSign, type KeyObject } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { DOMParser } from '@xmldom/xmldom'
import { SignedXml } from 'xml-crypto'
import { keyMaker } from '../../../src/adapters/keys.ts'

const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'
const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'
const namespaces =
  'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'

export type TestKey = { readonly privateKey: KeyObject; readonly certificate: string }
export const testKey = async (now: number): Promise<TestKey> => {
  const made = await keyMaker().make('RS256', { commonName: 'test', years: 5, now })
  return {
    privateKey: createPrivateKey({ key: JSON.parse(made.privateJwk), format: 'jwk' }),
    certificate: (made.certificatePem ?? '').replace(/-----[A-Z ]+-----|\s/g, ''),
  }
}

export type SpOptions = {
  readonly name: string
  readonly key: TestKey
  readonly encryption?: TestKey
  readonly authnRequestsSigned?: boolean
  readonly wantAssertionsSigned?: boolean
  /** Absent: an application that knows no Single Logout. */
  readonly slo?: 'redirect' | 'post' | 'none'
  readonly acs?: string // AssertionConsumerService elements, for tests about choosing one
}

const keyDescriptor = (use: string, key: TestKey): string =>
  `<md:KeyDescriptor use="${use}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${key.certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`

const time = (at: number): string => new Date(at).toISOString()

export const serviceProvider = ({ name, key, encryption, slo = 'redirect', ...options }: SpOptions) => {
  const base = `https://${name}.example`
  const entityId = `${base}/metadata`
  const acsUrl = `${base}/acs`
  const sloUrl = `${base}/slo`
  const logout =
    slo === 'none' ? '' : `<md:SingleLogoutService Binding="${slo === 'post' ? post : redirect}" Location="${sloUrl}"/>`
  const metadataXml = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${entityId}"><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" AuthnRequestsSigned="${options.authnRequestsSigned === true}" WantAssertionsSigned="${options.wantAssertionsSigned === true}">${keyDescriptor('signing', key)}${encryption ? keyDescriptor('encryption', encryption) : ''}${logout}${options.acs ?? `<md:AssertionConsumerService Binding="${post}" Location="${acsUrl}" index="0" isDefault="true"/>`}</md:SPSSODescriptor></md:EntityDescriptor>`
  return {
    name,
    key,
    encryption,
    entityId,
    acsUrl,
    sloUrl,
    metadataXml,
    authnRequest: (q: {
      readonly id: string
      readonly at: number
      readonly destination: string
      readonly attributes?: string
      readonly inside?: string
      readonly issuer?: string
    }): string =>
      `<samlp:AuthnRequest ${namespaces} ID="${q.id}" Version="2.0" IssueInstant="${time(q.at)}" Destination="${q.destination}"${q.attributes ?? ''}><saml:Issuer>${q.issuer ?? entityId}</saml:Issuer>${q.inside ?? ''}</samlp:AuthnRequest>`,
    logoutRequest: (q: {
      readonly id: string
      readonly at: number
      readonly destination: string
      readonly nameId: string // the whole element
      readonly sessionIndex?: string
    }): string =>
      `<samlp:LogoutRequest ${namespaces} ID="${q.id}" Version="2.0" IssueInstant="${time(q.at)}" Destination="${q.destination}"><saml:Issuer>${entityId}</saml:Issuer>${q.nameId}${q.sessionIndex === undefined ? '' : `<samlp:SessionIndex>${q.sessionIndex}</samlp:SessionIndex>`}</samlp:LogoutRequest>`,
    logoutResponse: (q: {
      readonly id: string
      readonly at: number
      readonly destination: string
      readonly inResponseTo: string
      readonly status?: string
    }): string =>
      `<samlp:LogoutResponse ${namespaces} ID="${q.id}" Version="2.0" IssueInstant="${time(q.at)}" Destination="${q.destination}" InResponseTo="${q.inResponseTo}"><saml:Issuer>${entityId}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${q.status ?? 'Success'}"/></samlp:Status></samlp:LogoutResponse>`,
  }
}
export type TestSp = ReturnType<typeof serviceProvider>

type Parameter = 'SAMLRequest' | 'SAMLResponse'
/** The query of HTTP-Redirect, signed when there is a key. */
export const redirectQuery = (
  parameter: Parameter,
  xml: string,
  relayState: string | undefined,
  key?: TestKey,
): string => {
  const plain = [
    `${parameter}=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}`,
    ...(relayState === undefined ? [] : [`RelayState=${encodeURIComponent(relayState)}`]),
  ]
  if (!key) return plain.join('&')
  const octets = [...plain, `SigAlg=${encodeURIComponent(rsaSha256)}`].join('&')
  return `${octets}&Signature=${encodeURIComponent(createSign('sha256').update(octets).sign(key.privateKey, 'base64'))}`
}

/** An enveloped signature behind the Issuer. */
export const signedXml = (xml: string, key: TestKey): string => {
  const signer = new SignedXml({
    privateKey: key.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    signatureAlgorithm: rsaSha256,
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  })
  signer.addReference({
    xpath: '/*',
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'],
  })
  signer.computeSignature(xml, {
    prefix: 'ds',
    location: { reference: "/*/*[local-name(.)='Issuer']", action: 'after' },
  })
  return signer.getSignedXml()
}

export const postBody = (parameter: Parameter, xml: string, relayState?: string): string =>
  new URLSearchParams({
    [parameter]: Buffer.from(xml).toString('base64'),
    ...(relayState === undefined ? {} : { RelayState: relayState }),
  }).toString()

/** What a redirect of ours carries. */
export const readRedirect = (location: string) => {
  const url = new URL(location)
  const parameter: Parameter = url.searchParams.has('SAMLRequest') ? 'SAMLRequest' : 'SAMLResponse'
  const xml = inflateRawSync(Buffer.from(url.searchParams.get(parameter) ?? '', 'base64')).toString('utf8')
  return {
    to: `${url.origin}${url.pathname}`,
    rawQuery: url.search.slice(1),
    parameter,
    xml,
    relayState: url.searchParams.get('RelayState') ?? undefined,
  }
}

export const elements = (xml: string, localName: string): readonly Element[] => {
  const found = new DOMParser().parseFromString(xml, 'text/xml').getElementsByTagNameNS('*', localName)
  return Array.from({ length: found.length }, (_, i) => found.item(i)).filter((e) => e !== null)
}
export const textOf = (xml: string, localName: string): string | undefined =>
  elements(xml, localName)[0]?.textContent ?? undefined
export const attributeOf = (xml: string, localName: string, attribute: string): string | undefined => {
  const element = elements(xml, localName)[0]
  return element?.hasAttribute(attribute) ? (element.getAttribute(attribute) ?? undefined) : undefined
}
/** Both codes of a Status, without their common prefix. */
export const statusOf = (xml: string): readonly string[] =>
  elements(xml, 'StatusCode').map((e) => (e.getAttribute('Value') ?? '').replace(/^.*:/, ''))

/** The form of an auto-posting page, as a browser reads it. */
export const formIn = (
  html: string,
): { readonly action: string; readonly fields: { readonly [n: string]: string } } => {
  const decoded = (text: string) =>
    text
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&quot;/g, '"')
      .replace(/&#39;/g, "'")
      .replace(/&amp;/g, '&')
  const form = /<form[^>]*action="([^"]*)"[^>]*id="auto-post"[\s\S]*?<\/form>/.exec(html)
  const inputs = [...(form?.[0] ?? '').matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
  return {
    action: decoded(form?.[1] ?? ''),
    fields: Object.fromEntries(inputs.map(([, name, value]) => [decoded(name ?? ''), decoded(value ?? '')])),
  }
}
