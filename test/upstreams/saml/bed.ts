// A SAML connector with real keys and the real verifier, and an identity provider that answers it.
import { inflateRawSync } from 'node:zlib'
import { samlVerifier } from '../../../src/adapters/saml-verify/verifier.ts'
import { type UpstreamSamlDeps, upstreamSaml, upstreamSlo } from '../../../src/adapters/upstream-saml/upstream-saml.ts'
import type { Idp, SamlTrust } from '../../../src/core/model/idp.ts'
import type { Assertion, Refusal, Returned, Send, Wish } from '../../../src/ports/upstream.ts'
import {
  acs,
  base64,
  type Mode,
  makePair,
  now,
  type Parts,
  type SigningPair,
  sp,
  valid,
} from '../../saml/make-response.ts'
import { idp as anyIdp } from '../../stores/rows.ts'

export const issuer = 'https://gateway.example/d/acme/default'
export const entityId = 'https://idp.example/metadata'
export const bindings = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
} as const

const bare = (pem: string): string => pem.replace(/-----[A-Z ]+-----|\s/g, '')
export const key = (pem: string, use: string): string =>
  `<md:KeyDescriptor use="${use}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${bare(pem)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`
export const endpoint = (kind: 'SingleSignOn' | 'SingleLogout', binding: string, location: string, more = ''): string =>
  `<md:${kind}Service Binding="${binding}" Location="${location}"${more}/>`

export const theirs = await makePair('corp')
export const ours = await makePair('gateway')
export const next = await makePair('gateway, next')
export const retired = await makePair('gateway, retired')

export const metadata = ({
  certificates = [theirs.certificate],
  slo = endpoint('SingleLogout', bindings.redirect, 'https://idp.example/slo'),
  sso = endpoint('SingleSignOn', bindings.redirect, 'https://idp.example/sso?tenant=1') +
    endpoint('SingleSignOn', bindings.post, 'https://idp.example/post'),
  attributes = '',
}: {
  certificates?: readonly string[]
  slo?: string
  sso?: string
  attributes?: string
} = {}): string =>
  `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${entityId}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"${attributes}>${certificates.map((c) => key(c, 'signing')).join('')}${slo}${sso}</md:IDPSSODescriptor></md:EntityDescriptor>`

const usualTrust: SamlTrust = {
  protocol: 'saml',
  metadataXml: metadata(),
  metadataUrl: undefined,
  signRequests: true,
  wantAssertionsSigned: false,
  nameIdFormat: undefined,
  allowUnsolicited: false,
  clockSkewSeconds: 60,
  forceAuthnForLevel: false,
  requestedAuthnContext: [],
}
export const corp = (trust: Partial<SamlTrust> = {}, differs: Partial<Idp> = {}): Idp =>
  anyIdp('corp', { trust: { ...usualTrust, ...trust }, ...differs })

const pemOf = ({ privateKey, certificate }: SigningPair) => ({ privateKeyPem: privateKey, certificatePem: certificate })
let count = 0
export const deps: UpstreamSamlDeps = {
  verifier: samlVerifier(),
  random: { bytes: (n) => new Uint8Array(n).fill(++count) },
  issuerOf: async (domain) => `https://gateway.example/d/acme/${domain}`,
  keysOf: async () => ({
    active: pemOf(ours),
    all: [ours, next, retired].map(pemOf),
    publishedCertificates: [ours.certificate, next.certificate],
  }),
}
export const connector = upstreamSaml(deps)
export const slo = upstreamSlo(deps)

export const wish: Wish = { state: 'opaque-state', forceFresh: false, level: 1, loginHint: undefined, uiLocales: [] }

export const begun = async (
  idp: Idp,
  wished: Partial<Wish> = {},
): Promise<{ readonly send: Send; readonly requestId: string }> => {
  const answer = await connector.begin(idp, { ...wish, ...wished }, now)
  if ('refused' in answer) throw new Error(answer.refused)
  return { send: answer.send, requestId: String(answer.remember.requestId) }
}
/** The message that the browser carries, as XML. */
export const carried = (send: Send): string => {
  if (send.kind === 'form-post') return Buffer.from(send.fields.SAMLRequest ?? '', 'base64').toString('utf8')
  const value = new URL(send.url).searchParams.get('SAMLRequest') ?? ''
  return inflateRawSync(Buffer.from(value, 'base64')).toString('utf8')
}

export const posted = (xml: string, form: { readonly [name: string]: string } = {}): Returned => ({
  method: 'POST',
  rawQuery: '',
  form: { SAMLResponse: base64(xml), RelayState: wish.state, ...form },
})
export const finished = (
  idp: Idp,
  remember: { requestId: string } | undefined,
  returned: Returned,
  at = now,
): Promise<Assertion | Refusal> => connector.finish(idp, remember, returned, at)

export const response = (parts: Partial<Parts> = {}, mode: Mode = 'both', pair: SigningPair = theirs): string =>
  valid(mode, pair, {
    responseIssuer: entityId,
    assertionIssuer: entityId,
    audience: sp,
    destination: acs,
    recipient: acs,
    ...parts,
  })
