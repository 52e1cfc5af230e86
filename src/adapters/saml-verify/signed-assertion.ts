// Finds the one assertion of a response and proves who made it. The result is an element parsed from signed bytes; the unsigned document
// is never read again for anything that counts. SAML Profiles §4.1.4.3, Core §5.4.
import type { ResponseExpectations } from '../../ports/saml-verifier.ts'
import type { Refusal } from '../../ports/upstream.ts'
import { decryptAssertion } from './decrypt.ts'
import { type Parsed, parseMessage, parsePart } from './document.ts'
import { children, everyElement, is } from './dom.ts'
import { statusRefusal } from './envelope.ts'
import type { Judge } from './judge.ts'
import { ns } from './names.ts'
import { type Reason, refuse } from './reasons.ts'
import { verifySignature } from './signature.ts'

export type Proven = {
  readonly assertion: Element
  /** The Response as signed, or as received when only its assertion is signed (then it may only restrict). */
  readonly response: Element
  readonly signedResponse: boolean
  readonly signedAssertion: boolean
}

const allOf = (root: Element, namespace: string, name: string): readonly Element[] =>
  everyElement(root).filter((e) => is(e, namespace, name))

/** The element as its signature covers it, read anew from those bytes. Undefined: there is no signature on it. */
const coveredBy = (parsed: Parsed, target: Element, { from }: ResponseExpectations): Element | Refusal | undefined => {
  const [signature, ...more] = children(target, ns.dsig, 'Signature')
  if (!signature) return undefined
  if (more.length > 0) return refuse('signature-misplaced')
  const verified = verifySignature(parsed.text, signature, target, from.certificates)
  if ('refused' in verified) return verified
  const signed = parsePart(verified.signed)
  if ('refused' in signed) return signed
  // The ID is unique, so these bytes can only be of `target`; held here too, should that ever fail.
  return is(signed.root, target.namespaceURI ?? '', target.localName) ? signed.root : refuse('signature-misplaced')
}

/** Signatures may stand as a direct child of the response and of its one assertion; anywhere else somebody moved something. */
const strayed = (root: Element, holders: readonly Element[]): boolean =>
  allOf(root, ns.dsig, 'Signature').some((s) => !holders.some((holder) => s.parentNode === holder))

/** A decrypted assertion stands alone: a document of its own with a signature of its own, or inside bytes that a response's signature covers. */
const proveStandalone = (
  text: string,
  expected: ResponseExpectations,
  mustBeSigned: boolean,
): { readonly assertion: Element; readonly signed: boolean } | Refusal => {
  const parsed = parseMessage(text)
  if ('refused' in parsed) return parsed
  const { root } = parsed
  if (!is(root, ns.assertion, 'Assertion'))
    return refuse('wrong-message', { expected: 'Assertion', received: root.nodeName })
  if (allOf(root, ns.assertion, 'Assertion').length !== 1) return refuse('several-assertions')
  if (strayed(root, [root])) return refuse('signature-misplaced')
  const covered = coveredBy(parsed, root, expected)
  if (covered && 'refused' in covered) return covered
  if (!covered && mustBeSigned) return refuse('signature-missing')
  return { assertion: covered ?? root, signed: covered !== undefined }
}

/** Prefixes that stand on the response and that an encrypted assertion may still lean on. */
const withPrefixesOf = (root: Element, text: string): string => {
  const declarations = Array.from(root.attributes)
    .filter(({ prefix, localName }) => prefix === 'xmlns' && !text.includes(`xmlns:${localName}=`))
    .map(({ name, value }) => ` ${name}="${value.replace(/[&<"]/g, (c) => `&#${c.charCodeAt(0)};`)}"`)
  return text.replace(
    /^\s*(<\?xml[^<>]*\?>)?\s*(<[^\s<>/]+)/,
    (_, _declaration, start) => `${start}${declarations.join('')}`,
  )
}

const proveEncrypted = (
  encrypted: Element,
  root: Element,
  signedResponse: boolean,
  expected: ResponseExpectations,
): ReturnType<typeof proveStandalone> => {
  const opened = decryptAssertion(encrypted, expected.decryptionKeys)
  if ('refused' in opened) return opened
  const alone = proveStandalone(opened.text, expected, !signedResponse || expected.requireSignedAssertion)
  // The response's signature does not cover prefixes that only ciphertext uses: what needs them must be signed itself.
  const own =
    'refused' in alone && alone.refused === 'schema-invalid'
      ? proveStandalone(withPrefixesOf(root, opened.text), expected, true)
      : alone
  // Ciphertext that nobody vouches for and that can be bent tells by its errors what it holds (Jager & Somorovsky 2011), so all are one.
  if ('refused' in own && opened.malleable && !signedResponse)
    return refuse('decryption-failed', { received: own.refused })
  return own
}

/** One assertion, open or encrypted, directly in the response; none at all is a provider's way to say no. */
const assertionFault = (root: Element): Reason | undefined => {
  const everywhere = [...allOf(root, ns.assertion, 'Assertion'), ...allOf(root, ns.assertion, 'EncryptedAssertion')]
  if (everywhere.length > 1) return 'several-assertions'
  return everywhere.some((a) => a.parentNode !== root) ? 'signature-misplaced' : undefined
}

const prove = (text: string, expected: ResponseExpectations, judged: Judge): Proven | Refusal => {
  const parsed = parseMessage(text)
  if ('refused' in parsed) return parsed
  const { root } = parsed
  if (!is(root, ns.protocol, 'Response'))
    return refuse('wrong-message', { expected: 'Response', received: root.nodeName })
  const fault = assertionFault(root)
  if (fault) return refuse(fault)
  const [open] = children(root, ns.assertion, 'Assertion')
  if (strayed(root, open ? [root, open] : [root])) return refuse('signature-misplaced')
  const covered = coveredBy(parsed, root, expected)
  if (covered && 'refused' in covered) return covered
  const signedResponse = covered !== undefined
  const response = covered ?? root
  // INVARIANT: from here on `root` serves only to find the assertion's own signature, which vouches for itself.
  const [encrypted] = children(response, ns.assertion, 'EncryptedAssertion')
  if (encrypted) {
    const own = proveEncrypted(encrypted, root, signedResponse, expected)
    return 'refused' in own ? own : { assertion: own.assertion, response, signedResponse, signedAssertion: own.signed }
  }
  // A refusal of the provider carries no assertion and is often unsigned; it can only make us refuse.
  if (!open) return statusRefusal(judged, response) ?? refuse('assertion-missing')
  const own = coveredBy(parsed, open, expected)
  if (own && 'refused' in own) return own
  if (own) return { assertion: own, response, signedResponse, signedAssertion: true }
  const [within] =
    signedResponse && !expected.requireSignedAssertion ? children(response, ns.assertion, 'Assertion') : []
  return within ? { assertion: within, response, signedResponse, signedAssertion: false } : refuse('signature-missing')
}

export const proveAssertion = (text: string, expected: ResponseExpectations, judged: Judge): Proven | Refusal => {
  const proven = prove(text, expected, judged)
  if ('refused' in proven) {
    if (proven.refused !== 'status-not-success')
      judged('document and signature', false, 'signature-invalid', expected.from.entityId, proven.refused)
    return proven
  }
  const what = [proven.signedResponse ? 'response' : '', proven.signedAssertion ? 'assertion' : ''].filter(Boolean)
  judged('document and signature', true, 'signature-invalid', expected.from.entityId, `signed ${what.join(' and ')}`)
  return proven
}
