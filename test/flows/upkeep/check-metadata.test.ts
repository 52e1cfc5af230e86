// Fetched metadata must speak for whom it spoke before (F1; metadata upload attacks of SAML).
import { expect, test } from 'vitest'
import { keyMaker } from '../../../src/adapters/keys.ts'
import { samlVerifier } from '../../../src/adapters/saml-verify/verifier.ts'
import { checkMetadata } from '../../../src/flows/upkeep/check-metadata.ts'

const now = Date.UTC(2026, 10, 21)
const certificate = (await keyMaker().make('RS256', { commonName: 'idp', years: 1, now })).certificatePem?.replace(
  /-----[A-Z ]+-----|\s/g,
  '',
)
const idp = (entityId: string, more = '') => `<?xml version="1.0"?>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"${more}>
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/>
  </IDPSSODescriptor>
</EntityDescriptor>`
const check = checkMetadata({ verifier: samlVerifier(), clock: () => now })
const as = (xml: string, previousXml?: string) => check({ role: 'idp', xml, previousXml, entityId: undefined })

test('the first document is believed, a later one of the same entity too', () => {
  expect(as(idp('https://idp.example'))).toBe('sound')
  expect(as(idp('https://idp.example'), idp('https://idp.example'))).toBe('sound')
})
test('another entity is not, even when the old document has run out', () => {
  const expired = idp('https://idp.example', ' validUntil="2026-01-01T00:00:00Z"')
  for (const previous of [idp('https://idp.example'), expired])
    expect(as(idp('https://evil.example'), previous)).toEqual({ fault: expect.stringMatching(/^\S+/) })
})
test.each([
  ['no XML', '<html>sorry'],
  [
    'an application instead of a provider',
    idp('https://idp.example').replaceAll('IDPSSODescriptor', 'SPSSODescriptor'),
  ],
  [
    'an external entity',
    idp('https://idp.example').replace('?>\n', '?>\n<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n'),
  ],
  ['one that has run out', idp('https://idp.example', ' validUntil="2026-01-01T00:00:00Z"')],
])('%s is not sound', (_, xml) => {
  expect(as(xml)).toEqual({ fault: expect.stringMatching(/^\S+/) })
})
