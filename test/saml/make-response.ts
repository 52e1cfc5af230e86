// Builds and signs SAML messages for tests: a valid one first, so that what is broken afterwards is the only thing wrong with it.
import { createSign, generateKeyPairSync } from 'node:crypto'
import { SignedXml } from 'xml-crypto'
import { keyMaker, privateKeyPem } from '../../src/adapters/keys.ts'
import type { ResponseExpectations } from '../../src/ports/saml-verifier.ts'

export type SigningPair = { readonly privateKey: string; readonly certificate: string }

export const now = Date.UTC(2026, 0, 15, 12)
export const at = (seconds: number): string => new Date(now + seconds * 1000).toISOString().replace('.000Z', 'Z')

export const makePair = async (commonName: string): Promise<SigningPair> => {
  const made = await keyMaker().make('RS256', { commonName, years: 2, now })
  return { privateKey: privateKeyPem(made.privateJwk), certificate: made.certificatePem ?? '' }
}
export const ecPair = (): SigningPair => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

export const idp = 'https://idp.example/metadata'
export const sp = 'https://gateway.example/d/acme/default/federation/corp/metadata'
export const acs = 'https://gateway.example/d/acme/default/federation/corp/acs'
export const requestId = '_request1'

export type Parts = {
  readonly responseId: string
  readonly assertionId: string
  readonly responseIssuer: string
  readonly assertionIssuer: string
  readonly destination: string
  readonly recipient: string
  readonly audience: string
  readonly inResponseTo: string
  readonly issueInstant: string
  readonly notBefore: string
  readonly notOnOrAfter: string
  readonly confirmationNotOnOrAfter: string
  readonly authnInstant: string
  readonly method: string
  readonly nameId: string // markup
  readonly attributes: string // markup inside AttributeStatement
  readonly status: string
  readonly inAssertion: string // markup at its end
  readonly inResponse: string // markup after Status
  readonly conditions: string // markup inside Conditions, after the audience
}

export const usual: Parts = {
  responseId: '_response1',
  assertionId: '_assertion1',
  responseIssuer: idp,
  assertionIssuer: idp,
  destination: acs,
  recipient: acs,
  audience: sp,
  inResponseTo: requestId,
  issueInstant: at(-2),
  notBefore: at(-30),
  notOnOrAfter: at(300),
  confirmationNotOnOrAfter: at(300),
  authnInstant: at(-60),
  method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
  nameId: 'carol@corp.example',
  attributes:
    '<saml:Attribute Name="memberOf"><saml:AttributeValue>CORP-Engineering</saml:AttributeValue><saml:AttributeValue>a,b;c</saml:AttributeValue></saml:Attribute>',
  status: 'urn:oasis:names:tc:SAML:2.0:status:Success',
  inAssertion: '',
  inResponse: '',
  conditions: '',
}

export const assertionXml = (p: Parts): string =>
  `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${p.assertionId}" Version="2.0" IssueInstant="${p.issueInstant}"><saml:Issuer>${p.assertionIssuer}</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">${p.nameId}</saml:NameID><saml:SubjectConfirmation Method="${p.method}"><saml:SubjectConfirmationData InResponseTo="${p.inResponseTo}" NotOnOrAfter="${p.confirmationNotOnOrAfter}" Recipient="${p.recipient}"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${p.notBefore}" NotOnOrAfter="${p.notOnOrAfter}"><saml:AudienceRestriction><saml:Audience>${p.audience}</saml:Audience></saml:AudienceRestriction>${p.conditions}</saml:Conditions><saml:AuthnStatement AuthnInstant="${p.authnInstant}" SessionIndex="_session1"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>${p.attributes}</saml:AttributeStatement>${p.inAssertion}</saml:Assertion>`

export const responseXml = (p: Parts, assertion = assertionXml(p)): string =>
  `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${p.responseId}" Version="2.0" IssueInstant="${p.issueInstant}" Destination="${p.destination}" InResponseTo="${p.inResponseTo}"><saml:Issuer>${p.responseIssuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="${p.status}"/></samlp:Status>${p.inResponse}${assertion}</samlp:Response>`

export type Signing = {
  readonly algorithm?: string
  readonly digest?: string
  readonly transforms?: readonly string[]
  readonly canonicalization?: string
  readonly uri?: string
}
const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#'

/** Signs the element with that local name (`Response`, `Assertion`, …) where the schema wants the signature. */
export const sign = (xml: string, element: string, pair: SigningPair, how: Signing = {}): string => {
  const path = `//*[local-name(.)='${element}']`
  const signer = new SignedXml({
    privateKey: pair.privateKey,
    publicCert: pair.certificate,
    signatureAlgorithm: how.algorithm ?? rsaSha256,
    canonicalizationAlgorithm: how.canonicalization ?? exclusive,
  })
  const prototype = { getAlgorithmName: () => how.algorithm ?? '', verifySignature: () => false }
  if (how.algorithm?.includes('ecdsa'))
    signer.SignatureAlgorithms[how.algorithm] = function ecdsa() {
      return { ...prototype, getSignature: (data: string, key: string) => ecdsaSign(data, key) }
    } as never
  signer.addReference({
    xpath: path,
    digestAlgorithm: how.digest ?? 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: [...(how.transforms ?? [enveloped, exclusive])],
  })
  signer.computeSignature(xml, {
    prefix: 'ds',
    location: { reference: `${path}/*[local-name(.)='Issuer']`, action: 'after' },
  })
  return signer.getSignedXml()
}

const ecdsaSign = (data: string, key: string): string =>
  createSign('sha256').update(data).sign({ key, dsaEncoding: 'ieee-p1363' }, 'base64')

export const base64 = (xml: string): string => Buffer.from(xml, 'utf8').toString('base64')

export type Mode = 'response' | 'assertion' | 'both'
export const modes: readonly Mode[] = ['response', 'assertion', 'both']
/** Signs what the mode says: the assertion first, the response around it after. */
export const signAs = (mode: Mode, xml: string, pair: SigningPair, how: Signing = {}): string => {
  const inner = mode === 'response' ? xml : sign(xml, 'Assertion', pair, how)
  return mode === 'assertion' ? inner : sign(inner, 'Response', pair, how)
}
export const valid = (mode: Mode, pair: SigningPair, parts: Partial<Parts> = {}, how: Signing = {}): string =>
  signAs(mode, responseXml({ ...usual, ...parts }), pair, how)

export const expecting = (pair: SigningPair, more: Partial<ResponseExpectations> = {}): ResponseExpectations => ({
  from: { entityId: idp, certificates: [pair.certificate] },
  ourEntityId: sp,
  acsUrl: acs,
  requestId,
  allowUnsolicited: false,
  decryptionKeys: [],
  requireSignedAssertion: false,
  skewSeconds: 60,
  ...more,
})
