// Finds the one assertion of a response and proves who made it. The result is an element parsed from signed bytes; the unsigned document
// is never read again for anything that counts. SAML Profiles §4.1.4.3, Core §5.4.
import type { ResponseExpectations } from '../../ports/saml-verifier.ts'
import type { Refusal } from '../../ports/upstream.ts'
import { decryptAssertion } from './decrypt.ts'
import { type Parsed, parseMessage, parsePart } from './document.ts'
import { child, children, everyElement, is } from './dom.ts'
import { ns } from './names.ts'
import { refuse } from './reasons.ts'
import { verifySignature } from './signature.ts'

export type Proven = {
  readonly assertion: Element
  /** The Response as signed, or as received when only its assertion is signed (then it may only restrict). */
  readonly response: Element
  readonly signedResponse: boolean
  readonly signedAssertion: boolean
}

const signaturesIn = (root: Element): readonly Element[] =>
  everyElement(root).filter((e) => is(e, ns.dsig, 'Signature'))
const assertionsIn = (root: Element): readonly Element[] =>
  everyElement(root).filter((e) => is(e, ns.assertion, 'Assertion'))

/** Signatures may stand as a direct child of the response and of its one assertion, once each; anywhere else somebody moved something. */
const placement = (
  root: Element,
  assertion: Element | undefined,
): { response: Element | undefined; assertion: Element | undefined } | Refusal => {
  const onResponse = children(root, ns.dsig, 'Signature')
  const onAssertion = assertion ? children(assertion, ns.dsig, 'Signature') : []
  if (
    onResponse.length > 1 ||
    onAssertion.length > 1 ||
    signaturesIn(root).length !== onResponse.length + onAssertion.length
  )
    return refuse('signature-misplaced')
  return { response: onResponse[0], assertion: onAssertion[0] }
}

/** Bytes that a signature covers, as an element. */
const reread = (signed: string): Parsed | Refusal => parsePart(signed)

const proveStandalone = (
  text: string,
  expected: ResponseExpectations,
  mustBeSigned: boolean,
): { assertion: Element; signed: boolean } | Refusal => {
  const parsed = parsePart(text)
  if ('refused' in parsed) return parsed
  if (!is(parsed.root, ns.assertion, 'Assertion') || assertionsIn(parsed.root).length !== 1)
    return refuse('several-assertions')
  const [signature, ...more] = children(parsed.root, ns.dsig, 'Signature')
  if (more.length > 0 || signaturesIn(parsed.root).length > (signature ? 1 : 0)) return refuse('signature-misplaced')
  if (!signature) return mustBeSigned ? refuse('signature-missing') : { assertion: parsed.root, signed: false }
  const verified = verifySignature(parsed.text, signature, parsed.root, expected.from.certificates)
  if ('refused' in verified) return verified
  const signed = reread(verified.signed)
  return 'refused' in signed ? signed : { assertion: signed.root, signed: true }
}

/** The assertion inside the bytes that the response's signature covers. */
const assertionWithin = (response: Element): Element | undefined => {
  const found = children(response, ns.assertion, 'Assertion')
  return found.length === 1 && assertionsIn(response).length === 1 ? found[0] : undefined
}

const proveEncrypted = (
  encrypted: Element,
  response: Element,
  signedResponse: boolean,
  expected: ResponseExpectations,
): Proven | Refusal => {
  const text = decryptAssertion(encrypted, expected.decryptionKeys)
  if (typeof text !== 'string') return text
  const own = proveStandalone(text, expected, !signedResponse || expected.requireSignedAssertion)
  return 'refused' in own ? own : { assertion: own.assertion, response, signedResponse, signedAssertion: own.signed }
}

/** Assertion and EncryptedAssertion together are counted: one of either. */
const candidates = (root: Element) => ({
  plain: children(root, ns.assertion, 'Assertion'),
  encrypted: children(root, ns.assertion, 'EncryptedAssertion'),
})

export const proveAssertion = (text: string, expected: ResponseExpectations): Proven | Refusal => {
  const parsed = parseMessage(text)
  if ('refused' in parsed) return parsed
  const { root } = parsed
  if (!is(root, ns.protocol, 'Response'))
    return refuse('wrong-message', { expected: 'Response', received: root.nodeName })
  const { plain, encrypted } = candidates(root)
  const allAssertions = assertionsIn(root).length
  const allEncrypted = everyElement(root).filter((e) => is(e, ns.assertion, 'EncryptedAssertion')).length
  if (allAssertions + allEncrypted > 1)
    return refuse('several-assertions', { received: String(allAssertions + allEncrypted) })
  if (allAssertions > plain.length || allEncrypted > encrypted.length)
    return refuse('signature-misplaced', { detail: 'the assertion is not where an assertion belongs' })
  const place = placement(root, plain[0])
  if ('refused' in place) return place
  let response = root
  if (place.response) {
    const verified = verifySignature(parsed.text, place.response, root, expected.from.certificates)
    if ('refused' in verified) return verified
    const signed = reread(verified.signed)
    if ('refused' in signed) return signed
    response = signed.root
  }
  const signedResponse = place.response !== undefined
  const hidden = children(response, ns.assertion, 'EncryptedAssertion')[0]
  if (hidden) return proveEncrypted(hidden, response, signedResponse, expected)
  const open = plain[0]
  // A refusal of the provider carries no assertion; its status is read by the caller.
  if (!open) return refuse('assertion-missing', { ...statusWords(response) })
  if (place.assertion) {
    const verified = verifySignature(parsed.text, place.assertion, open, expected.from.certificates)
    if ('refused' in verified) return verified
    const signed = reread(verified.signed)
    if ('refused' in signed) return signed
    return { assertion: signed.root, response, signedResponse, signedAssertion: true }
  }
  const covered = signedResponse && !expected.requireSignedAssertion ? assertionWithin(response) : undefined
  return covered
    ? { assertion: covered, response, signedResponse, signedAssertion: false }
    : refuse('signature-missing')
}

const statusWords = (response: Element): { readonly received?: string } => {
  const status = child(response, ns.protocol, 'Status')
  const code = status && child(status, ns.protocol, 'StatusCode')
  return code ? { received: code.getAttribute('Value') ?? '' } : {}
}
