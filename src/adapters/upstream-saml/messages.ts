// What we say to a SAML identity provider: AuthnRequest, LogoutRequest, LogoutResponse and our own metadata, as text. Everything put in is escaped.
// SAML Core §3.4.1, §3.7.1; Metadata §2.4.4.
import { createSign } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import type { EpochMs } from '../../core/model/time.ts'

const escapes: { readonly [c: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}
export const xmlText = (text: string): string =>
  text
    .replace(/[^\t\n\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"']/g, (c) => escapes[c] ?? c)

const attribute = (name: string, value: string | undefined): string =>
  value === undefined ? '' : ` ${name}="${xmlText(value)}"`
const instant = (at: EpochMs): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
const namespaces =
  'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'

export const bindings = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
} as const

type Envelope = { readonly id: string; readonly at: EpochMs; readonly issuer: string; readonly destination: string }
const open = (name: string, { id, at, issuer, destination }: Envelope, more: string): string =>
  `<samlp:${name} ${namespaces}${attribute('ID', id)} Version="2.0"${attribute('IssueInstant', instant(at))}${attribute('Destination', destination)}${more}><saml:Issuer>${xmlText(issuer)}</saml:Issuer>`

export const authnRequest = (
  envelope: Envelope,
  q: {
    readonly acsUrl: string
    readonly forceAuthn: boolean
    readonly nameIdFormat: string | undefined
    readonly contexts: readonly string[]
  },
): string => {
  const policy = `<samlp:NameIDPolicy${attribute('Format', q.nameIdFormat)} AllowCreate="true"/>`
  const contexts = q.contexts
    .map((c) => `<saml:AuthnContextClassRef>${xmlText(c)}</saml:AuthnContextClassRef>`)
    .join('')
  const requested =
    contexts === '' ? '' : `<samlp:RequestedAuthnContext Comparison="exact">${contexts}</samlp:RequestedAuthnContext>`
  const more = `${q.forceAuthn ? ' ForceAuthn="true"' : ''}${attribute('AssertionConsumerServiceURL', q.acsUrl)}${attribute('ProtocolBinding', bindings.post)}`
  return `${open('AuthnRequest', envelope, more)}${policy}${requested}</samlp:AuthnRequest>`
}

export const logoutRequest = (
  envelope: Envelope,
  q: { readonly nameId: string; readonly format: string | undefined; readonly sessionIndex: string | undefined },
): string => {
  const index =
    q.sessionIndex === undefined ? '' : `<samlp:SessionIndex>${xmlText(q.sessionIndex)}</samlp:SessionIndex>`
  return `${open('LogoutRequest', envelope, attribute('NotOnOrAfter', instant(envelope.at + 300_000)))}<saml:NameID${attribute('Format', q.format)}>${xmlText(q.nameId)}</saml:NameID>${index}</samlp:LogoutRequest>`
}

export const logoutResponse = (envelope: Envelope, inResponseTo: string): string =>
  `${open('LogoutResponse', envelope, attribute('InResponseTo', inResponseTo))}<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status></samlp:LogoutResponse>`

const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'

/** HTTP-Redirect: the octets that are signed are the octets that are sent, in this order (SAML Bindings §3.4.4.1). */
export const redirectUrl = (
  location: string,
  field: 'SAMLRequest' | 'SAMLResponse',
  message: string,
  relayState: string | undefined,
  privateKeyPem: string | undefined,
): string => {
  const pairs: [string, string][] = [[field, deflateRawSync(message).toString('base64')]]
  if (relayState !== undefined) pairs.push(['RelayState', relayState])
  if (privateKeyPem !== undefined) pairs.push(['SigAlg', rsaSha256])
  const octets = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
  const signature = privateKeyPem && createSign('RSA-SHA256').update(octets).sign(privateKeyPem, 'base64')
  const query = signature === undefined ? octets : `${octets}&Signature=${encodeURIComponent(signature)}`
  return `${location}${location.includes('?') ? '&' : '?'}${query}`
}

const bare = (pem: string): string => pem.replace(/-----[A-Z ]+-----|\s/g, '')
const keyDescriptor = (use: 'signing' | 'encryption', pem: string): string =>
  `<md:KeyDescriptor use="${use}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${bare(pem)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>${
    use === 'encryption'
      ? '<md:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/><md:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/>'
      : ''
  }</md:KeyDescriptor>`

export const serviceProviderMetadata = (q: {
  readonly entityId: string
  readonly acsUrl: string
  readonly sloUrl: string
  readonly signing: readonly string[] // PEM certificates
  readonly encryption: string
  readonly signsRequests: boolean
  readonly wantAssertionsSigned: boolean
  readonly nameIdFormat: string | undefined
}): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"${attribute('entityID', q.entityId)}><md:SPSSODescriptor AuthnRequestsSigned="${q.signsRequests}" WantAssertionsSigned="${q.wantAssertionsSigned}" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${q.signing.map((c) => keyDescriptor('signing', c)).join('')}${keyDescriptor('encryption', q.encryption)}<md:SingleLogoutService Binding="${bindings.redirect}"${attribute('Location', q.sloUrl)}/>${
    q.nameIdFormat === undefined ? '' : `<md:NameIDFormat>${xmlText(q.nameIdFormat)}</md:NameIDFormat>`
  }<md:AssertionConsumerService Binding="${bindings.post}"${attribute('Location', q.acsUrl)} index="0" isDefault="true"/></md:SPSSODescriptor></md:EntityDescriptor>
`
