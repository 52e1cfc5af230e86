// The messages an identity provider writes, as XML text, unsigned. Everything in them is an argument; what to say is decided elsewhere.
// SAML Core §2.3, §2.7, §3.2, §3.7; Web Browser SSO profile: SAML Profiles §4.1.4.2.
import type { EpochMs } from '../../core/model/time.ts'
import { assertionNs, bearer, protocolNs, statusCode } from './urns.ts'
import { attribute, type Xml, xml } from './xml.ts'

/** Whole seconds: some readers know no fractions. */
export const instant = (at: EpochMs): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')

export type NameId = {
  readonly value: string
  readonly format: string
  readonly nameQualifier: string | undefined
  readonly spNameQualifier: string | undefined
}
export type WireAttribute = {
  readonly name: string
  readonly nameFormat: string
  readonly friendlyName: string | undefined
  readonly values: readonly string[]
}
export type Status = { readonly code: string; readonly second?: string; readonly message?: string }
export type Envelope = {
  readonly id: string
  readonly at: EpochMs
  readonly issuer: string
  readonly destination: string
  readonly inResponseTo: string | undefined // undefined: unsolicited
}
export type Statements = {
  readonly assertionId: string
  readonly nameId: NameId
  readonly audience: string
  readonly notBefore: EpochMs
  readonly notOnOrAfter: EpochMs
  readonly authnInstant: EpochMs
  readonly sessionIndex: string
  readonly sessionNotOnOrAfter: EpochMs
  readonly authnContextClass: string
  readonly attributes: readonly WireAttribute[]
}

const nameIdXml = (n: NameId): Xml =>
  xml`<saml:NameID${attribute('Format', n.format)}${attribute('NameQualifier', n.nameQualifier)}${attribute('SPNameQualifier', n.spNameQualifier)}>${n.value}</saml:NameID>`

const attributeXml = (a: WireAttribute): Xml =>
  xml`<saml:Attribute${attribute('Name', a.name)}${attribute('NameFormat', a.nameFormat)}${attribute('FriendlyName', a.friendlyName)}>${a.values.map((v) => xml`<saml:AttributeValue>${v}</saml:AttributeValue>`)}</saml:Attribute>`

const statusXml = (s: Status): Xml =>
  xml`<samlp:Status><samlp:StatusCode${attribute('Value', s.code)}>${
    s.second === undefined ? undefined : xml`<samlp:StatusCode${attribute('Value', s.second)}/>`
  }</samlp:StatusCode>${s.message === undefined ? undefined : xml`<samlp:StatusMessage>${s.message}</samlp:StatusMessage>`}</samlp:Status>`

const assertionXml = (e: Envelope, s: Statements): Xml => {
  const confirmation = xml`<saml:SubjectConfirmation${attribute('Method', bearer)}><saml:SubjectConfirmationData${attribute('InResponseTo', e.inResponseTo)}${attribute('NotOnOrAfter', instant(s.notOnOrAfter))}${attribute('Recipient', e.destination)}/></saml:SubjectConfirmation>`
  const conditions = xml`<saml:Conditions${attribute('NotBefore', instant(s.notBefore))}${attribute('NotOnOrAfter', instant(s.notOnOrAfter))}><saml:AudienceRestriction><saml:Audience>${s.audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>`
  const authn = xml`<saml:AuthnStatement${attribute('AuthnInstant', instant(s.authnInstant))}${attribute('SessionIndex', s.sessionIndex)}${attribute('SessionNotOnOrAfter', instant(s.sessionNotOnOrAfter))}><saml:AuthnContext><saml:AuthnContextClassRef>${s.authnContextClass}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`
  // An empty AttributeStatement is not valid (SAML Core §2.7.3): nothing to say, no statement.
  const attributes =
    s.attributes.length === 0
      ? undefined
      : xml`<saml:AttributeStatement>${s.attributes.map(attributeXml)}</saml:AttributeStatement>`
  return xml`<saml:Assertion xmlns:saml="${assertionNs}"${attribute('ID', s.assertionId)} Version="2.0"${attribute('IssueInstant', instant(e.at))}><saml:Issuer>${e.issuer}</saml:Issuer><saml:Subject>${nameIdXml(s.nameId)}${confirmation}</saml:Subject>${conditions}${authn}${attributes}</saml:Assertion>`
}

const message = (name: string, e: Envelope, body: Xml): string => {
  const open = xml`<samlp:${{ xml: name }} xmlns:samlp="${protocolNs}" xmlns:saml="${assertionNs}"${attribute('ID', e.id)} Version="2.0"${attribute('IssueInstant', instant(e.at))}${attribute('Destination', e.destination)}${attribute('InResponseTo', e.inResponseTo)}><saml:Issuer>${e.issuer}</saml:Issuer>`
  return `${open.xml}${body.xml}</samlp:${name}>`
}

export const responseXml = (e: Envelope, statements: Statements): string =>
  message('Response', e, xml`${statusXml({ code: statusCode.success })}${assertionXml(e, statements)}`)

/** A Response that says why there is no assertion (SAML Core §3.2.2). */
export const statusResponseXml = (e: Envelope, status: Status): string => message('Response', e, statusXml(status))

export const logoutResponseXml = (e: Envelope, status: Status): string =>
  message('LogoutResponse', e, statusXml(status))

export const logoutRequestXml = (
  e: Omit<Envelope, 'inResponseTo'>,
  nameId: NameId,
  sessionIndex: string,
  notOnOrAfter: EpochMs,
): string => {
  const request = message(
    'LogoutRequest',
    { ...e, inResponseTo: undefined },
    xml`${nameIdXml(nameId)}<samlp:SessionIndex>${sessionIndex}</samlp:SessionIndex>`,
  )
  return request.replace(' Destination=', `${attribute('NotOnOrAfter', instant(notOnOrAfter)).xml} Destination=`)
}
