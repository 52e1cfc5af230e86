// Every reason for which a SAML message is refused: stable codes that people see, scripts compare and audit events carry, each with what
// an administrator should know. Codes are added, never renamed, never reused.
import type { Refusal } from '../../ports/upstream.ts'

export const reasons = {
  'too-large': 'the message is larger than any honest one',
  'encoding-invalid': 'the message is not base64, not DEFLATE or not UTF-8 text',
  'xml-invalid': 'the message is not one well-formed XML document',
  'doctype-forbidden': 'document types and entities are never needed in SAML and are refused',
  'comment-forbidden': 'comments can split what one reader and another take for the same text',
  'processing-instruction-forbidden': 'processing instructions have no meaning in SAML',
  'cdata-forbidden': 'CDATA sections can hide markup from one of two readers',
  'too-deep': 'elements are nested deeper than any honest message',
  'duplicate-id': 'two elements carry the same ID, so a signature could cover another than the one that is read',
  'schema-invalid': 'the message does not follow the SAML schema',
  'wrong-message': 'another kind of message was expected here',
  'version-unsupported': 'only SAML 2.0 is spoken here',
  'signature-missing': 'neither the response nor the assertion is signed as policy demands',
  'signature-invalid': 'the signature does not fit the content under any certificate of the issuer',
  'signature-misplaced': 'a signature stands where it does not sign what is read (wrapping)',
  'signature-reference-invalid': 'the signature does not refer to exactly the element it stands in',
  'signature-algorithm-not-allowed':
    'SHA-1, HMAC and other weak or confusable algorithms are refused: use RSA or ECDSA with SHA-256 or better',
  'signature-transform-not-allowed':
    'only the enveloped-signature and exclusive canonicalization transforms are allowed',
  'certificate-missing': 'no certificate is known for the issuer: load its metadata',
  'several-assertions': 'exactly one assertion is accepted',
  'assertion-missing': 'a successful response must carry an assertion',
  'encryption-algorithm-not-allowed': 'encrypt with AES-GCM or AES-CBC under RSA-OAEP',
  'decryption-failed': 'the assertion was not encrypted for us',
  'encrypted-id-unsupported': 'encrypted name identifiers and attributes are not accepted',
  'issuer-mismatch': 'the message was issued by somebody else than expected',
  'issuer-unknown': 'nobody with this entity id is registered here',
  'destination-mismatch': 'the message was meant for another address',
  'destination-missing': 'a signed message must say where it was meant to go',
  'recipient-mismatch': 'the assertion was meant to be delivered to another address',
  'audience-mismatch': 'the assertion was made for another audience',
  'audience-missing': 'the assertion does not say for whom it was made',
  'in-response-to-mismatch': 'the answer belongs to another request',
  unsolicited: 'nobody asked for this answer, and unsolicited ones are not allowed',
  'subject-missing': 'the message must name exactly one person',
  'subject-name-invalid':
    'the name holds hidden characters or outer spaces, by which one person could look like another',
  'subject-confirmation-invalid': 'the assertion has no bearer confirmation that applies',
  'not-yet-valid': 'the message is from the future: compare the clocks',
  expired: 'the message is too old: compare the clocks',
  'status-not-success': 'the identity provider refused the sign-in',
  'authn-statement-missing': 'the assertion does not say how and when the person signed in',
  'condition-unsupported':
    'the assertion has a condition that is not understood, and must not be accepted without understanding it',
  'parameter-repeated': 'a parameter came twice',
  'parameter-missing': 'exactly one of SAMLRequest and SAMLResponse is expected',
  'metadata-invalid': 'the metadata does not describe an entity of the needed role',
  'metadata-expired': 'the metadata is past its validUntil',
} as const
export type Reason = keyof typeof reasons

export const refuse = (
  refused: Reason,
  more: { readonly detail?: string; readonly expected?: string; readonly received?: string } = {},
): Refusal => ({
  refused,
  detail: more.detail ?? reasons[refused],
  ...(more.expected === undefined ? {} : { expected: more.expected }),
  ...(more.received === undefined ? {} : { received: more.received.slice(0, 500) }),
})
