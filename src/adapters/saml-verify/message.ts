// AuthnRequest, LogoutRequest and LogoutResponse: proven like a response (signature over the root, or over the raw query), then read.
// SAML Core §3.4.1, §3.7; Bindings §3.4, §3.5.
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type {
  AuthnRequest,
  LogoutRequest,
  LogoutResponse,
  MessageExpectations,
  MessageKind,
  SamlMessage,
  Trusted,
} from '../../ports/saml-verifier.ts'
import type { Refusal } from '../../ports/upstream.ts'
import { type Parsed, parseMessage, parsePart } from './document.ts'
import { attribute, booleanOf, child, children, everyElement, is, textOf, timeOf } from './dom.ts'
import { ns } from './names.ts'
import { refuse } from './reasons.ts'
import { verifySignature } from './signature.ts'

/** A message is new for this long: a late one was kept by somebody. */
const FRESH_SECONDS = 300

type Proof = { readonly root: Element; readonly signed: boolean }
/** How a binding proves who sent it: undefined when it carries no signature at all. */
export type Prove = (parsed: Parsed, from: Trusted) => Proof | Refusal | undefined

/** POST: a signature that is a direct child of the root and covers exactly the root (wrapped requests: GHSA-63ch-w8pw-4mf2). */
export const proveEnveloped: Prove = (parsed, from) => {
  const all = everyElement(parsed.root).filter((e) => is(e, ns.dsig, 'Signature'))
  const [signature] = children(parsed.root, ns.dsig, 'Signature')
  if (all.length === 0) return undefined
  if (all.length > 1 || !signature) return refuse('signature-misplaced')
  const verified = verifySignature(parsed.text, signature, parsed.root, from.certificates)
  if ('refused' in verified) return verified
  const signed = parsePart(verified.signed)
  return 'refused' in signed ? signed : { root: signed.root, signed: true }
}

type Common = Omit<
  AuthnRequest,
  | 'kind'
  | 'acsUrl'
  | 'acsIndex'
  | 'protocolBinding'
  | 'forceAuthn'
  | 'isPassive'
  | 'nameIdPolicy'
  | 'requestedAuthnContext'
>

const authnRequestOf = (root: Element, common: Common): AuthnRequest => {
  const policy = child(root, ns.protocol, 'NameIDPolicy')
  const context = child(root, ns.protocol, 'RequestedAuthnContext')
  const index = attribute(root, 'AssertionConsumerServiceIndex')
  const comparison = context && attribute(context, 'Comparison')
  return {
    kind: 'AuthnRequest',
    ...common,
    acsUrl: attribute(root, 'AssertionConsumerServiceURL'),
    acsIndex: index === undefined ? undefined : Number(index),
    protocolBinding: attribute(root, 'ProtocolBinding'),
    forceAuthn: booleanOf(attribute(root, 'ForceAuthn')) ?? false,
    isPassive: booleanOf(attribute(root, 'IsPassive')) ?? false,
    nameIdPolicy: policy && {
      format: attribute(policy, 'Format'),
      allowCreate: booleanOf(attribute(policy, 'AllowCreate')),
      spNameQualifier: attribute(policy, 'SPNameQualifier'),
    },
    requestedAuthnContext: context && {
      comparison:
        comparison === 'minimum' || comparison === 'maximum' || comparison === 'better' ? comparison : 'exact',
      classRefs: children(context, ns.assertion, 'AuthnContextClassRef').map(textOf),
      declRefs: children(context, ns.assertion, 'AuthnContextDeclRef').map(textOf),
    },
  }
}

const logoutRequestOf = (root: Element, common: Common, skewSeconds: number, now: EpochMs): LogoutRequest | Refusal => {
  const id = child(root, ns.assertion, 'NameID')
  if (!id) return refuse(child(root, ns.assertion, 'EncryptedID') ? 'encrypted-id-unsupported' : 'subject-missing')
  const until = timeOf(attribute(root, 'NotOnOrAfter'))
  if (until !== undefined && secondsLater(until, skewSeconds) <= now)
    return refuse('expired', { expected: new Date(now).toISOString(), received: attribute(root, 'NotOnOrAfter') ?? '' })
  return {
    kind: 'LogoutRequest',
    ...common,
    nameId: {
      value: textOf(id),
      format: attribute(id, 'Format'),
      nameQualifier: attribute(id, 'NameQualifier'),
      spNameQualifier: attribute(id, 'SPNameQualifier'),
    },
    sessionIndexes: children(root, ns.protocol, 'SessionIndex').map(textOf),
    reason: attribute(root, 'Reason'),
    notOnOrAfter: until,
  }
}

const logoutResponseOf = (root: Element, common: Common): LogoutResponse => {
  const status = child(root, ns.protocol, 'Status')
  const code = status && child(status, ns.protocol, 'StatusCode')
  return {
    kind: 'LogoutResponse',
    ...common,
    inResponseTo: attribute(root, 'InResponseTo'),
    status: (code && attribute(code, 'Value')) ?? '',
  }
}

const kindOf = (root: Element, kinds: readonly MessageKind[]): MessageKind | undefined =>
  kinds.find((kind) => is(root, ns.protocol, kind))

const commonRefusal = (
  common: Common,
  { destinations, skewSeconds }: MessageExpectations,
  now: EpochMs,
): Refusal | undefined => {
  const { destination, issueInstant, signed } = common
  if (destination === undefined && signed) return refuse('destination-missing', { expected: destinations.join(' ') })
  if (destination !== undefined && !destinations.includes(destination))
    return refuse('destination-mismatch', { expected: destinations.join(' '), received: destination })
  if (issueInstant > secondsLater(now, skewSeconds))
    return refuse('not-yet-valid', { received: new Date(issueInstant).toISOString() })
  if (secondsLater(issueInstant, FRESH_SECONDS + skewSeconds) < now)
    return refuse('expired', { received: new Date(issueInstant).toISOString() })
  return undefined
}

export const judgeMessage = async (
  text: string,
  relayState: string | undefined,
  expected: MessageExpectations,
  prove: Prove,
  now: EpochMs,
): Promise<SamlMessage | Refusal> => {
  const parsed = parseMessage(text)
  if ('refused' in parsed) return parsed
  const kind = kindOf(parsed.root, expected.kinds)
  if (!kind) return refuse('wrong-message', { expected: expected.kinds.join(', '), received: parsed.root.nodeName })
  const named = child(parsed.root, ns.assertion, 'Issuer')
  const issuer = named ? textOf(named) : ''
  const from = await expected.trusted(issuer)
  if (!from) return refuse('issuer-unknown', { received: issuer })
  const proof = prove(parsed, from)
  if (proof && 'refused' in proof) return proof
  if (!proof && from.requireSignature) return refuse('signature-missing')
  const root = proof?.root ?? parsed.root
  // Read again, from what is signed: the key was chosen by what stood in the document.
  const signedIssuer = child(root, ns.assertion, 'Issuer')
  if (!signedIssuer || textOf(signedIssuer) !== from.entityId || !is(root, ns.protocol, kind))
    return refuse('issuer-mismatch', {
      expected: from.entityId,
      received: signedIssuer ? textOf(signedIssuer) : '(none)',
    })
  if (attribute(root, 'Version') !== '2.0')
    return refuse('version-unsupported', { expected: '2.0', received: attribute(root, 'Version') ?? '' })
  const common: Common = {
    id: attribute(root, 'ID') ?? '',
    issuer: from.entityId,
    issueInstant: timeOf(attribute(root, 'IssueInstant')) ?? Number.POSITIVE_INFINITY,
    destination: attribute(root, 'Destination'),
    relayState,
    signed: proof?.signed ?? false,
  }
  const refusal = commonRefusal(common, expected, now)
  if (refusal) return refusal
  if (kind === 'AuthnRequest') return authnRequestOf(root, common)
  return kind === 'LogoutRequest'
    ? logoutRequestOf(root, common, expected.skewSeconds, now)
    : logoutResponseOf(root, common)
}
