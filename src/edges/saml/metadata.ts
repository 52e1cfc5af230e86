// What an application's administrator is given: our metadata as SAML identity provider of a domain. SAML Metadata §2.4.3.
import { Constants, IdPMetadata } from 'samlify'
import type { Secrets } from '../../ports/secrets.ts'
import { binding, nameIdFormat } from './urns.ts'

export const entityIdOf = (issuer: string): string => `${issuer}/saml/metadata`

export const idpMetadata = (
  issuer: string,
  certificates: readonly string[],
  wantAuthnRequestsSigned: boolean,
  secrets: Pick<Secrets, 'digest'>,
): string => {
  const entityID = entityIdOf(issuer)
  const both = (path: string) =>
    [binding.redirect, binding.post].map((Binding) => ({ Binding, Location: `${issuer}/saml/${path}` }))
  const made = IdPMetadata({
    entityID,
    wantAuthnRequestsSigned,
    signingCert: [...certificates],
    nameIDFormat: [
      nameIdFormat.persistent,
      nameIdFormat.transient,
      nameIdFormat.emailAddress,
      nameIdFormat.unspecified,
    ],
    singleSignOnService: both('sso'),
    singleLogoutService: both('slo'),
    elementsOrder: Constants.elementsOrder.idp.shibboleth,
  }).getMetadata()
  // An ID that stays the same while the entity does, so that a copy can be signed and referred to.
  return `<?xml version="1.0" encoding="UTF-8"?>\n${made.replace('<EntityDescriptor ', `<EntityDescriptor ID="_${secrets.digest(entityID)}" `)}\n`
}
