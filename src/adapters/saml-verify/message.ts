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
import { happened, iso, type Judge, judge, type Trace, withinWindow } from './judge.ts'
import { ns } from './names.ts'
import { refuse } from './reasons.ts'
import { verifySignature } from './signature.ts'
import { nameIdOf } from './statements.ts'

/** A message is new for this long: a late one was kept by somebody. */
const FRESH_SECONDS = 300

type Proof = { readonly root: Element }
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
  return 'refused' in signed ? signed : { root: signed.root }
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

const logoutRequestOf = (
  judged: Judge,
  root: Element,
  common: Common,
  skewSeconds: number,
  now: EpochMs,
): LogoutRequest | Refusal => {
  const nameId = nameIdOf(judged, root)
  if ('refused' in nameId) return nameId
  const late = withinWindow(judged, 'request', root, skewSeconds, now)
  if (late) return late
  return {
    kind: 'LogoutRequest',
    ...common,
    nameId,
    sessionIndexes: children(root, ns.protocol, 'SessionIndex').map(textOf),
    reason: attribute(root, 'Reason'),
    notOnOrAfter: timeOf(attribute(root, 'NotOnOrAfter')),
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

const commonRefusal = (
  judged: Judge,
  { destination, issueInstant, signed }: Common,
  { destinations, skewSeconds }: MessageExpectations,
  now: EpochMs,
): Refusal | undefined => {
  const oldest = secondsLater(now, -(FRESH_SECONDS + skewSeconds))
  return (
    (destination === undefined && !signed
      ? undefined
      : judged(
          'destination',
          destination !== undefined && destinations.includes(destination),
          destination === undefined ? 'destination-missing' : 'destination-mismatch',
          destinations.join(' '),
          destination ?? '(none)',
        )) ??
    happened(judged, 'issue instant', issueInstant, skewSeconds, now) ??
    judged('age', issueInstant >= oldest, 'expired', `not before ${iso(oldest)}`, iso(issueInstant))
  )
}

/** Where each kind may travel: a request in a response's field is somebody trying doors. */
const fieldOf: { readonly [K in MessageKind]: Field } = {
  AuthnRequest: 'SAMLRequest',
  LogoutRequest: 'SAMLRequest',
  LogoutResponse: 'SAMLResponse',
}
export type Field = 'SAMLRequest' | 'SAMLResponse'
export type Received = {
  readonly text: string
  readonly field: Field | undefined
  readonly relayState: string | undefined
}

type Sent = { readonly kind: MessageKind; readonly root: Element; readonly from: Trusted; readonly signed: boolean }

/** Who sent it, and the bytes that prove it. */
const sentBy = async (
  judged: Judge,
  { text, field }: Received,
  expected: MessageExpectations,
  prove: Prove,
): Promise<Sent | Refusal> => {
  const parsed = parseMessage(text)
  if ('refused' in parsed) return parsed
  const kind = expected.kinds.find((k) => is(parsed.root, ns.protocol, k))
  if (!kind || (field !== undefined && fieldOf[kind] !== field))
    return refuse('wrong-message', { expected: expected.kinds.join(', '), received: parsed.root.nodeName })
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
  const words = signedIssuer ? textOf(signedIssuer) : '(none)'
  return (
    judged(
      'issuer',
      words === from.entityId && is(root, ns.protocol, kind),
      'issuer-mismatch',
      from.entityId,
      words,
    ) ?? {
      kind,
      root,
      from,
      signed: proof !== undefined,
    }
  )
}

export const judgeMessage = async (
  received: Received,
  expected: MessageExpectations,
  prove: Prove,
  now: EpochMs,
  trace: Trace,
): Promise<SamlMessage | Refusal> => {
  const judged = judge(trace)
  const sent = await sentBy(judged, received, expected, prove)
  const words = 'refused' in sent ? sent.refused : sent.signed ? 'signed' : 'unsigned'
  judged('document and signature', !('refused' in sent), 'signature-invalid', undefined, words)
  if ('refused' in sent) return sent
  const { root, kind, from, signed } = sent
  const common: Common = {
    id: attribute(root, 'ID') ?? '',
    issuer: from.entityId,
    issueInstant: timeOf(attribute(root, 'IssueInstant')) ?? Number.POSITIVE_INFINITY,
    destination: attribute(root, 'Destination'),
    relayState: received.relayState,
    signed,
  }
  const version = attribute(root, 'Version') ?? '(none)'
  const refusal =
    judged('version', version === '2.0', 'version-unsupported', '2.0', version) ??
    commonRefusal(judged, common, expected, now)
  if (refusal) return refusal
  if (kind === 'AuthnRequest') return authnRequestOf(root, common)
  return kind === 'LogoutRequest'
    ? logoutRequestOf(judged, root, common, expected.skewSeconds, now)
    : logoutResponseOf(root, common)
}
