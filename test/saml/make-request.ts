// AuthnRequests and logout messages for tests, and redirect URLs whose query is signed the way the binding says.
import { createSign } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import type { MessageExpectations, SamlMessage } from '../../src/ports/saml-verifier.ts'
import type { Refusal } from '../../src/ports/upstream.ts'
import { verifier } from './judged.ts'
import { at, base64, now, type SigningPair } from './make-response.ts'

export const app = 'https://app.example/metadata'
export const sso = 'https://gateway.example/d/acme/default/saml/sso'

export const authnRequest = (attributes = '', body = '', issuer = app): string =>
  `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r1" Version="2.0" IssueInstant="${at(-2)}" Destination="${sso}"${attributes}><saml:Issuer>${issuer}</saml:Issuer>${body}</samlp:AuthnRequest>`

export const logoutRequest = (nameId = '<saml:NameID>carol</saml:NameID>', attributes = ''): string =>
  `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_l1" Version="2.0" IssueInstant="${at(-2)}" Destination="${sso}"${attributes}><saml:Issuer>${app}</saml:Issuer>${nameId}<samlp:SessionIndex>_s1</samlp:SessionIndex><samlp:SessionIndex>_s2</samlp:SessionIndex></samlp:LogoutRequest>`

export const logoutResponse = (): string =>
  `<samlp:LogoutResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_l2" Version="2.0" IssueInstant="${at(-2)}" Destination="${sso}" InResponseTo="_l1"><saml:Issuer>${app}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status></samlp:LogoutResponse>`

export type Field = 'SAMLRequest' | 'SAMLResponse'
export type Query = readonly (readonly [string, string])[]
export const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
export const deflated = (xml: string): string => deflateRawSync(xml).toString('base64')

export const octetsOf = (query: Query): string => query.map(([n, v]) => `${n}=${encodeURIComponent(v)}`).join('&')
export const signedOctets = (octets: string, pair: SigningPair, hash = 'RSA-SHA256'): string =>
  `${octets}&Signature=${encodeURIComponent(createSign(hash).update(octets).sign(pair.privateKey, 'base64'))}`
export const signedQuery = (
  xml: string,
  pair: SigningPair,
  relayState?: string,
  field: Field = 'SAMLRequest',
): string =>
  signedOctets(
    octetsOf([
      [field, deflated(xml)],
      ...(relayState === undefined ? [] : [['RelayState', relayState] as const]),
      ['SigAlg', rsaSha256],
    ]),
    pair,
  )

export const from = (
  pair: SigningPair,
  { requireSignature = true, ...more }: Partial<MessageExpectations> & { readonly requireSignature?: boolean } = {},
): MessageExpectations => ({
  kinds: ['AuthnRequest', 'LogoutRequest', 'LogoutResponse'],
  trusted: async (issuer) =>
    issuer === app ? { entityId: app, certificates: [pair.certificate], requireSignature } : undefined,
  destinations: [sso],
  skewSeconds: 60,
  ...more,
})

const words = (answer: SamlMessage | Refusal): string =>
  'refused' in answer ? answer.refused : `accepted ${answer.kind}${answer.signed ? '' : ' unsigned'}`
export const byRedirect = async (rawQuery: string, expected: MessageExpectations, at = now): Promise<string> =>
  words(await verifier.verifyRedirect(rawQuery, expected, at))
export const byPost = async (
  xml: string,
  expected: MessageExpectations,
  field: Field = 'SAMLRequest',
  at = now,
): Promise<string> => words(await verifier.verifyPost({ [field]: base64(xml) }, expected, at))
