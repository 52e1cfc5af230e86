// samlify in both roles, as its documentation sets it up: what the gateway is measured against. It checks no schema here, which makes it
// faster than it may be used.
import * as samlify from 'samlify'
import { idp as idpEntityId, type SigningPair } from '../saml/make-response.ts'
import { ACS, SP } from './processes.ts'

const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST'
const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'
const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const bare = (pem: string): string => pem.replace(/-----[A-Z ]+-----|\s/g, '')

export const samlifyParties = (pair: SigningPair, attributes: readonly string[]) => {
  samlify.setSchemaValidator({ validate: async () => 'not checked' })
  const idp = samlify.IdentityProvider({
    entityID: idpEntityId,
    privateKey: pair.privateKey,
    signingCert: bare(pair.certificate),
    requestSignatureAlgorithm: rsaSha256,
    isAssertionEncrypted: false,
    wantAuthnRequestsSigned: false,
    nameIDFormat: ['urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'],
    singleSignOnService: [{ Binding: redirect, Location: 'https://idp.example/sso' }],
    loginResponseTemplate: {
      context: samlify.SamlLib.defaultLoginResponseTemplate.context,
      attributes: attributes.map((name) => ({
        name,
        valueTag: name,
        nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
        valueXsiType: 'xs:string',
      })),
    },
  })
  const sp = samlify.ServiceProvider({
    entityID: SP,
    authnRequestsSigned: false,
    wantAssertionsSigned: true,
    assertionConsumerService: [{ Binding: post, Location: ACS }],
  })
  const iso = (ms: number): string => new Date(Date.now() + ms).toISOString()
  let count = 0
  /** A signed assertion for whoever asked under that id; base64. */
  const respond = async (requestId: string, values: { readonly [name: string]: string }): Promise<string> => {
    count += 1
    const tags: { [name: string]: string } = {
      ID: `_r${count}`,
      AssertionID: `_a${count}`,
      Destination: ACS,
      SubjectRecipient: ACS,
      Audience: SP,
      Issuer: idpEntityId,
      IssueInstant: iso(0),
      ConditionsNotBefore: iso(-60_000),
      ConditionsNotOnOrAfter: iso(300_000),
      SubjectConfirmationDataNotOnOrAfter: iso(300_000),
      NameIDFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      NameID: 'person-0',
      InResponseTo: requestId,
      StatusCode: 'urn:oasis:names:tc:SAML:2.0:status:Success',
      AuthnStatement: '',
    }
    for (const [name, value] of Object.entries(values))
      tags[`attr${name.charAt(0).toUpperCase()}${name.slice(1)}`] = value
    const made = await idp.createLoginResponse(
      sp,
      { extract: { request: { id: requestId } } },
      'post',
      {},
      (template) => ({
        id: tags.ID ?? '',
        context: samlify.SamlLib.replaceTagsByValue(template, tags),
      }),
    )
    return made.context
  }
  return { idp, sp, respond }
}
