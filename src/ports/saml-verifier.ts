// Who decides whether a SAML message is to be trusted. Everything a verdict says is read from signed bytes (or, for requests that need no
// signature, from the one document that was checked against the schema). Keys come from configuration only. SAML Core, Bindings, Metadata;
// refusals carry a stable code of adapters/saml-verify/reasons.ts.
import type { EpochMs } from '../core/model/time.ts'
import type { Refusal, Trace } from './upstream.ts'

export type Endpoint = {
  readonly binding: string
  readonly location: string
  readonly responseLocation: string | undefined
  readonly index: number | undefined
  readonly isDefault: boolean
}

export type Metadata = {
  readonly entityId: string
  readonly signingCertificates: readonly string[] // base64 DER, in document order; KeyDescriptors without `use` count
  readonly encryptionCertificates: readonly string[]
  readonly singleSignOn: readonly Endpoint[] // IdP
  readonly assertionConsumers: readonly Endpoint[] // SP
  readonly singleLogout: readonly Endpoint[]
  readonly nameIdFormats: readonly string[]
  readonly wantAuthnRequestsSigned: boolean // IdP
  readonly authnRequestsSigned: boolean // SP
  readonly wantAssertionsSigned: boolean // SP
  readonly validUntil: EpochMs | undefined
}

/** Whose word is expected: the issuer's entity id and its certificates (base64 DER or PEM). */
export type Trusted = { readonly entityId: string; readonly certificates: readonly string[] }

export type ResponseExpectations = {
  readonly from: Trusted
  readonly ourEntityId: string
  readonly acsUrl: string
  /** Undefined: nothing was asked; refused as `unsolicited` unless allowed. */
  readonly requestId: string | undefined
  readonly allowUnsolicited: boolean
  readonly decryptionKeys: readonly string[] // PKCS#8 PEM
  /** False: a signed Response around an unsigned assertion is enough. */
  readonly requireSignedAssertion: boolean
  readonly skewSeconds: number
}
export type VerifiedResponse = {
  readonly responseId: string | undefined // undefined when only the assertion is signed
  readonly assertionId: string
  readonly issuer: string
  readonly nameId: {
    readonly value: string
    readonly format: string | undefined
    readonly nameQualifier: string | undefined
    readonly spNameQualifier: string | undefined
  }
  readonly attributes: { readonly [name: string]: readonly string[] }
  readonly authnContextClass: string | undefined
  readonly authnInstant: EpochMs
  readonly sessionIndex: string | undefined
  readonly sessionNotOnOrAfter: EpochMs | undefined
  readonly inResponseTo: string | undefined
  /** Until when the ids must be remembered against replay. */
  readonly notOnOrAfter: EpochMs
}

export type MessageKind = 'AuthnRequest' | 'LogoutRequest' | 'LogoutResponse'
export type MessageExpectations = {
  readonly kinds: readonly MessageKind[]
  /** Asked with the Issuer of the message; undefined: not registered here. */
  readonly trusted: (issuer: string) => Promise<(Trusted & { readonly requireSignature: boolean }) | undefined>
  /** Every URL at which this endpoint is reached; Destination, when present, must be one of them. Signed messages must have it (Bindings §3.4.5.2, §3.5.5.2). */
  readonly destinations: readonly string[]
  readonly skewSeconds: number
}

type Common = {
  readonly id: string
  readonly issuer: string
  readonly issueInstant: EpochMs
  readonly destination: string | undefined
  readonly relayState: string | undefined
  readonly signed: boolean // verified, not merely present
}
export type AuthnRequest = Common & {
  readonly kind: 'AuthnRequest'
  readonly acsUrl: string | undefined
  readonly acsIndex: number | undefined
  readonly protocolBinding: string | undefined
  readonly forceAuthn: boolean
  readonly isPassive: boolean
  readonly nameIdPolicy:
    | {
        readonly format: string | undefined
        readonly allowCreate: boolean | undefined
        readonly spNameQualifier: string | undefined
      }
    | undefined
  readonly requestedAuthnContext:
    | {
        readonly comparison: 'exact' | 'minimum' | 'maximum' | 'better'
        readonly classRefs: readonly string[]
        readonly declRefs: readonly string[]
      }
    | undefined
}
export type LogoutRequest = Common & {
  readonly kind: 'LogoutRequest'
  readonly nameId: VerifiedResponse['nameId']
  readonly sessionIndexes: readonly string[]
  readonly reason: string | undefined
  readonly notOnOrAfter: EpochMs | undefined
}
export type LogoutResponse = Common & {
  readonly kind: 'LogoutResponse'
  readonly inResponseTo: string | undefined
  readonly status: string // top-level StatusCode
}
export type SamlMessage = AuthnRequest | LogoutRequest | LogoutResponse

export interface SamlVerifier {
  /** @param entityId which one to take from an EntitiesDescriptor; required when there are several */
  parseMetadata(xml: string, role: 'idp' | 'sp', now: EpochMs, entityId?: string): Metadata | Refusal
  /** @param encoded the `SAMLResponse` field of a POST, base64 */
  verifyResponse(
    encoded: string,
    expected: ResponseExpectations,
    now: EpochMs,
    trace?: Trace,
  ): VerifiedResponse | Refusal
  /** HTTP-Redirect: the raw query without `?`; the signature is checked over those octets (Bindings §3.4.4.1). */
  verifyRedirect(rawQuery: string, expected: MessageExpectations, now: EpochMs): Promise<SamlMessage | Refusal>
  /** HTTP-POST: the form's fields; the signature is inside the XML. */
  verifyPost(
    form: { readonly [name: string]: string },
    expected: MessageExpectations,
    now: EpochMs,
  ): Promise<SamlMessage | Refusal>
}
