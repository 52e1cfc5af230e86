// Carries a message to a provider through the browser: HTTP-Redirect where it is offered (the signature is over the query), else HTTP-POST
// (the signature is inside). SAML Bindings §3.4.4.1, §3.5.4; XML Signature as profiled by SAML Core §5.4.
import { SignedXml } from 'xml-crypto'
import type { Endpoint } from '../../ports/saml-verifier.ts'
import type { Send } from '../../ports/upstream.ts'
import { bindings, redirectUrl } from './messages.ts'

export type Key = { readonly privateKeyPem: string; readonly certificatePem: string }
type Field = 'SAMLRequest' | 'SAMLResponse'

const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const exclusiveC14n = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'

/** The endpoint we would rather use; undefined: none in a binding that we speak. */
export const reachable = (endpoints: readonly Endpoint[]): Endpoint | undefined =>
  endpoints.find((e) => e.binding === bindings.redirect) ?? endpoints.find((e) => e.binding === bindings.post)

/** Behind the Issuer, where the schema wants the signature. */
const signed = (message: string, key: Key): string => {
  const signer = new SignedXml({
    privateKey: key.privateKeyPem,
    publicCert: key.certificatePem,
    signatureAlgorithm: rsaSha256,
    canonicalizationAlgorithm: exclusiveC14n,
  })
  signer.addReference({
    xpath: '/*',
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: [enveloped, exclusiveC14n],
  })
  signer.computeSignature(message, {
    prefix: 'ds',
    location: { reference: "/*/*[local-name(.)='Issuer']", action: 'after' },
  })
  return signer.getSignedXml()
}

/** Without `key` the message goes unsigned. */
export const sendTo = (
  { binding, location }: { readonly binding: string; readonly location: string },
  field: Field,
  message: string,
  relayState: string | undefined,
  key: Key | undefined,
): Send => {
  if (binding === bindings.redirect)
    return { kind: 'redirect', url: redirectUrl(location, field, message, relayState, key?.privateKeyPem) }
  const text = key ? signed(message, key) : message
  const state = relayState === undefined ? {} : { RelayState: relayState }
  return { kind: 'form-post', url: location, fields: { [field]: Buffer.from(text).toString('base64'), ...state } }
}
