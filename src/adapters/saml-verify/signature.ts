// One enveloped XML signature → the bytes it signs, or a refusal. What is read later is read from those bytes and nowhere else. The
// library verifies; this file decides what it may be asked to verify. XML Signature §3.2, SAML Core §5.4.
import { constants, createHash, type KeyObject, verify } from 'node:crypto'
import { SignedXml } from 'xml-crypto'
import type { Refusal } from '../../ports/upstream.ts'
import { publicKeyOf } from './certificates.ts'
import { attribute, child, children, childrenOf, is } from './dom.ts'
import {
  algorithmNamed,
  digestAlgorithms,
  enveloped,
  exclusiveC14n,
  ns,
  type SignatureAlgorithm,
  signatureAlgorithms,
} from './names.ts'
import { refuse } from './reasons.ts'

/** XML Signature writes ECDSA as r‖s (§6.4.3); a key of another kind than the algorithm names never verifies (key confusion). */
export const verifies = (algorithm: SignatureAlgorithm, key: KeyObject, signed: string, signature: Buffer): boolean => {
  const data = Buffer.from(signed, 'utf8')
  try {
    if (algorithm.kind === 'ec')
      return (
        key.asymmetricKeyType === 'ec' && verify(algorithm.hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature)
      )
    if (key.asymmetricKeyType !== 'rsa' && !(algorithm.kind === 'pss' && key.asymmetricKeyType === 'rsa-pss'))
      return false
    const padding = algorithm.kind === 'pss' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
    return verify(algorithm.hash, data, { key, padding }, signature)
  } catch {
    return false
  }
}

type Signer = ConstructorParameters<typeof SignedXml>[0]
const allowedSignatures = Object.fromEntries(
  Object.entries(signatureAlgorithms).map(([uri, algorithm]) => [
    uri,
    // The library makes one with `new`; a plain function that returns an object serves.
    function signer() {
      return {
        getAlgorithmName: () => uri,
        getSignature: () => '',
        verifySignature: (signed: string, key: unknown, value: string) =>
          verifies(algorithm, key as KeyObject, signed, Buffer.from(value, 'base64')),
      }
    },
  ]),
)
const allowedDigests = Object.fromEntries(
  Object.entries(digestAlgorithms).map(([uri, hash]) => [
    uri,
    function digester() {
      return {
        getAlgorithmName: () => uri,
        getHash: (xml: string) => createHash(hash).update(xml, 'utf8').digest('base64'),
      }
    },
  ]),
)

const algorithmOf = (parent: Element | undefined, name: string): string | undefined => {
  const element = parent && child(parent, ns.dsig, name)
  return element && attribute(element, 'Algorithm')
}

const only = (parent: Element, name: string): Element | undefined => {
  const found = children(parent, ns.dsig, name)
  return found.length === 1 ? found[0] : undefined
}

/** The shape of a signature that may be verified at all. */
const shapeRefusal = (signature: Element, target: Element): Refusal | undefined => {
  const info = only(signature, 'SignedInfo')
  if (
    !info ||
    !only(signature, 'SignatureValue') ||
    childrenOf(signature).some((e) => !['SignedInfo', 'SignatureValue', 'KeyInfo'].includes(e.localName))
  )
    return refuse('signature-misplaced', { detail: 'the signature holds more than it needs' })
  const algorithm = algorithmOf(info, 'SignatureMethod') ?? ''
  if (!algorithmNamed(algorithm)) return refuse('signature-algorithm-not-allowed', { received: algorithm })
  const canonicalization = algorithmOf(info, 'CanonicalizationMethod') ?? ''
  if (canonicalization !== exclusiveC14n)
    return refuse('signature-transform-not-allowed', { expected: exclusiveC14n, received: canonicalization })
  const references = children(info, ns.dsig, 'Reference')
  const [reference] = references
  if (references.length !== 1 || !reference)
    return refuse('signature-reference-invalid', { expected: 'one Reference', received: String(references.length) })
  const id = attribute(target, 'ID')
  const uri = attribute(reference, 'URI')
  if (id === undefined || id === '' || uri !== `#${id}`)
    return refuse('signature-reference-invalid', { expected: `#${id ?? ''}`, received: uri ?? '(none)' })
  const digest = algorithmOf(reference, 'DigestMethod') ?? ''
  if (!Object.hasOwn(digestAlgorithms, digest)) return refuse('signature-algorithm-not-allowed', { received: digest })
  return transformRefusal(reference)
}

const transformRefusal = (reference: Element): Refusal | undefined => {
  const list = child(reference, ns.dsig, 'Transforms')
  const transforms = list ? children(list, ns.dsig, 'Transform') : []
  const names = transforms.map((t) => attribute(t, 'Algorithm') ?? '')
  // Exactly these two, in this order: fewer would mean inclusive canonicalization, more could leave something out of the digest.
  if (names.length !== 2 || names[0] !== enveloped || names[1] !== exclusiveC14n)
    return refuse('signature-transform-not-allowed', {
      expected: `${enveloped}, ${exclusiveC14n}`,
      received: names.join(', '),
    })
  const foreign = transforms.flatMap((t) => childrenOf(t)).find((e) => !is(e, exclusiveC14n, 'InclusiveNamespaces'))
  return foreign ? refuse('signature-transform-not-allowed', { received: foreign.nodeName }) : undefined
}

const signedBytes = (text: string, signature: Element, key: KeyObject): string | undefined => {
  const options: Signer = { publicCert: key, getCertFromKeyInfo: () => null } // KeyInfo is the attacker's to write
  const check = new SignedXml(options)
  check.SignatureAlgorithms = allowedSignatures as unknown as typeof check.SignatureAlgorithms
  check.HashAlgorithms = allowedDigests as unknown as typeof check.HashAlgorithms
  check.CanonicalizationAlgorithms = Object.fromEntries(
    Object.entries(check.CanonicalizationAlgorithms).filter(([name]) => name === enveloped || name === exclusiveC14n),
  ) as typeof check.CanonicalizationAlgorithms
  try {
    check.loadSignature(signature)
    if (!check.checkSignature(text)) return undefined
    const signed = check.getSignedReferences()
    return signed.length === 1 && signed[0] !== '' ? signed[0] : undefined
  } catch {
    return undefined
  }
}

/**
 * @param text the document, exactly as parsed
 * @param target the element that is to be covered; the signature must be its direct child
 * @returns the canonical bytes of `target` without the signature
 */
export const verifySignature = (
  text: string,
  signature: Element,
  target: Element,
  certificates: readonly string[],
): { readonly signed: string } | Refusal => {
  const shape = shapeRefusal(signature, target)
  if (shape) return shape
  const keys = certificates.map(publicKeyOf).filter((k) => k !== undefined)
  if (keys.length === 0) return refuse('certificate-missing')
  for (const key of keys) {
    const signed = signedBytes(text, signature, key)
    if (signed !== undefined) return { signed }
  }
  return refuse('signature-invalid')
}
