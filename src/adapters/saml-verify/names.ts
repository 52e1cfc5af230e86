// Namespaces and algorithm lists: what is allowed, each by its identifier. XML Signature §6, XML Encryption 1.1 §5, RFC 9231.

export const ns = {
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  dsig: 'http://www.w3.org/2000/09/xmldsig#',
  xsi: 'http://www.w3.org/2001/XMLSchema-instance',
  xenc: 'http://www.w3.org/2001/04/xmlenc#',
} as const

const more = 'http://www.w3.org/2001/04/xmldsig-more#'
export const signatureAlgorithms = {
  [`${more}rsa-sha256`]: { hash: 'sha256', kind: 'rsa' },
  [`${more}rsa-sha384`]: { hash: 'sha384', kind: 'rsa' },
  [`${more}rsa-sha512`]: { hash: 'sha512', kind: 'rsa' },
  'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1': { hash: 'sha256', kind: 'pss' },
  'http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1': { hash: 'sha384', kind: 'pss' },
  'http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1': { hash: 'sha512', kind: 'pss' },
  [`${more}ecdsa-sha256`]: { hash: 'sha256', kind: 'ec' },
  [`${more}ecdsa-sha384`]: { hash: 'sha384', kind: 'ec' },
  [`${more}ecdsa-sha512`]: { hash: 'sha512', kind: 'ec' },
} as const satisfies { readonly [uri: string]: { readonly hash: string; readonly kind: 'rsa' | 'pss' | 'ec' } }
export type SignatureAlgorithm = (typeof signatureAlgorithms)[keyof typeof signatureAlgorithms]

export const algorithmNamed = (uri: string): SignatureAlgorithm | undefined =>
  Object.hasOwn(signatureAlgorithms, uri) ? signatureAlgorithms[uri as keyof typeof signatureAlgorithms] : undefined

export const digestAlgorithms: { readonly [uri: string]: string } = {
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  [`${more}sha384`]: 'sha384',
  'http://www.w3.org/2001/04/xmlenc#sha384': 'sha384', // no standard's name for it, yet met in messages
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
}

export const exclusiveC14n = 'http://www.w3.org/2001/10/xml-exc-c14n#'
export const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'

export const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'
export const success = 'urn:oasis:names:tc:SAML:2.0:status:Success'
export const entityFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity'
