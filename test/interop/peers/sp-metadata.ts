// Metadata of a SAML service provider, written before the provider runs: it wants ours to start, and we want its to start.
import type { KeyPair } from './key-pair.ts'

const bindings = 'urn:oasis:names:tc:SAML:2.0:bindings'

export type SpAddresses = {
  readonly entityId: string
  readonly acs: string
  readonly slo: readonly { readonly binding: 'HTTP-Redirect' | 'HTTP-POST'; readonly location: string }[]
}

const keyFor = (use: 'signing' | 'encryption', { certificate }: KeyPair): string =>
  `<md:KeyDescriptor use="${use}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`

export const spMetadata = ({ entityId, acs, slo }: SpAddresses, key: KeyPair): string =>
  `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${entityId}">
<md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
${keyFor('signing', key)}
${keyFor('encryption', key)}
${slo.map((s) => `<md:SingleLogoutService Binding="${bindings}:${s.binding}" Location="${s.location}"/>`).join('\n')}
<md:AssertionConsumerService index="0" isDefault="true" Binding="${bindings}:HTTP-POST" Location="${acs}"/>
</md:SPSSODescriptor>
</md:EntityDescriptor>
`
