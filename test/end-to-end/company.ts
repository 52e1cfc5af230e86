// A company's SAML identity provider as a pencil and a stamp: reads the request a browser carries and writes the answer with whatever
// clock the test wants.
import { randomBytes } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { samlKeyOf } from '../../src/cli/demo/saml-key.ts'
import { responseXml } from '../../src/edges/saml/messages.ts'
import { signAssertion, signMessage } from '../../src/edges/saml/sign.ts'
import { attributeNameFormat, binding, nameIdFormat } from '../../src/edges/saml/urns.ts'

export const SSO = 'https://company.example/sso'
const ENTITY = 'https://company.example/metadata'
const PASSWORD = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
const messageId = () => `_${randomBytes(16).toString('hex')}`
const first = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? ''

export const company = async (folder: string) => {
  const key = await samlKeyOf(folder, 'company')
  const certificate = key.certificatePem.replace(/-----[A-Z ]+-----|\s/g, '')
  const metadata = `<?xml version="1.0"?><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${ENTITY}"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="${binding.redirect}" Location="${SSO}"/></md:IDPSSODescriptor></md:EntityDescriptor>`
  /** `location`: where the gateway sent the browser. The form that the browser posts to the gateway, and its address. */
  const answerTo = (location: string, at: number, who = 'carol', groups: readonly string[] = []) => {
    const query = new URL(location).searchParams
    const request = inflateRawSync(Buffer.from(query.get('SAMLRequest') ?? '', 'base64')).toString('utf8')
    const acs = first(request, /AssertionConsumerServiceURL="([^"]+)"/)
    const xml = responseXml(
      { id: messageId(), at, issuer: ENTITY, destination: acs, inResponseTo: first(request, /\sID="([^"]+)"/) },
      {
        assertionId: messageId(),
        nameId: {
          value: who,
          format: nameIdFormat.persistent,
          nameQualifier: undefined,
          spNameQualifier: undefined,
        },
        audience: first(request, /<(?:\w+:)?Issuer[^>]*>([^<]+)</),
        notBefore: at - 5_000,
        notOnOrAfter: at + 120_000,
        authnInstant: at,
        sessionIndex: messageId(),
        sessionNotOnOrAfter: at + 3_600_000,
        authnContextClass: PASSWORD,
        attributes: [
          { name: 'uid', values: [who] },
          { name: 'groups', values: groups },
        ].flatMap(({ name, values }) =>
          values.length === 0 ? [] : [{ name, values, nameFormat: attributeNameFormat.basic, friendlyName: undefined }],
        ),
      },
    )
    const SAMLResponse = Buffer.from(signMessage(signAssertion(xml, key), key)).toString('base64')
    return { acs, fields: { SAMLResponse, RelayState: query.get('RelayState') ?? '' } }
  }
  return { metadata, answerTo }
}
