// The names SAML 2.0 gives to things, each once. Knows no rule. SAML Core §8, Bindings §3, Metadata §2.

export const protocolNs = 'urn:oasis:names:tc:SAML:2.0:protocol'
export const assertionNs = 'urn:oasis:names:tc:SAML:2.0:assertion'

export const binding = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
} as const

export const nameIdFormat = {
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  unspecified2: 'urn:oasis:names:tc:SAML:2.0:nameid-format:unspecified', // not in the standard, yet asked for
  emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
  encrypted: 'urn:oasis:names:tc:SAML:2.0:nameid-format:encrypted',
} as const

const status = 'urn:oasis:names:tc:SAML:2.0:status:'
export const statusCode = {
  success: `${status}Success`,
  requester: `${status}Requester`,
  responder: `${status}Responder`,
  noPassive: `${status}NoPassive`,
  noAuthnContext: `${status}NoAuthnContext`,
  invalidNameIdPolicy: `${status}InvalidNameIDPolicy`,
  requestDenied: `${status}RequestDenied`,
  partialLogout: `${status}PartialLogout`,
  unknownPrincipal: `${status}UnknownPrincipal`,
} as const

const nameFormat = 'urn:oasis:names:tc:SAML:2.0:attrname-format:'
export const attributeNameFormat = { basic: `${nameFormat}basic`, uri: `${nameFormat}uri` } as const

export const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'
export const metadataType = 'application/samlmetadata+xml' // SAML Metadata, appendix A
