// HTTP-Redirect: the signature is over the raw octets of the query as they came, so they are never decoded and encoded again, and a
// parameter that comes twice is refused. SAML Bindings §3.4.4.1.
import type { EpochMs } from '../../core/model/time.ts'
import type { MessageExpectations, SamlMessage } from '../../ports/saml-verifier.ts'
import type { Refusal } from '../../ports/upstream.ts'
import { publicKeyOf } from './certificates.ts'
import { everyElement, is } from './dom.ts'
import { textOfPost, textOfRedirect } from './encoding.ts'
import { judgeMessage, type Prove, proveEnveloped } from './message.ts'
import { algorithmNamed, ns } from './names.ts'
import { refuse } from './reasons.ts'
import { verifies } from './signature.ts'

type Raw = ReadonlyMap<string, string>

const parametersOf = (rawQuery: string): Raw | Refusal => {
  const found = new Map<string, string>()
  for (const pair of rawQuery.split('&')) {
    if (pair === '') continue
    const at = pair.indexOf('=')
    const name = at < 0 ? pair : pair.slice(0, at)
    if (found.has(name)) return refuse('parameter-repeated', { received: name })
    found.set(name, at < 0 ? '' : pair.slice(at + 1))
  }
  return found
}

const decoded = (raw: string | undefined): string | undefined => {
  if (raw === undefined) return undefined
  try {
    return decodeURIComponent(raw.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

const proveQuery =
  (raw: Raw, parameter: string): Prove =>
  (parsed, from) => {
    // The XML signature must have been taken out (§3.4.4.1); one that is left would be there to confuse.
    if (everyElement(parsed.root).some((e) => is(e, ns.dsig, 'Signature'))) return refuse('signature-misplaced')
    const value = decoded(raw.get('Signature'))
    const named = decoded(raw.get('SigAlg'))
    if (value === undefined && named === undefined) return undefined
    const algorithm = algorithmNamed(named ?? '')
    if (!algorithm) return refuse('signature-algorithm-not-allowed', { received: named ?? '(none)' })
    if (value === undefined) return refuse('signature-missing')
    const octets = [parameter, 'RelayState', 'SigAlg']
      .flatMap((name) => (raw.has(name) ? [`${name}=${raw.get(name)}`] : []))
      .join('&')
    const signature = Buffer.from(value.replace(/\s/g, ''), 'base64')
    const keys = from.certificates.map(publicKeyOf).filter((k) => k !== undefined)
    if (keys.length === 0) return refuse('certificate-missing')
    return keys.some((key) => verifies(algorithm, key, octets, signature))
      ? { root: parsed.root, signed: true }
      : refuse('signature-invalid')
  }

export const verifyRedirect = async (
  rawQuery: string,
  expected: MessageExpectations,
  now: EpochMs,
): Promise<SamlMessage | Refusal> => {
  const raw = parametersOf(rawQuery)
  if ('refused' in raw) return raw
  const names = ['SAMLRequest', 'SAMLResponse'].filter((name) => raw.has(name))
  const [parameter] = names
  if (names.length !== 1 || parameter === undefined)
    return refuse('parameter-missing', { expected: 'SAMLRequest or SAMLResponse', received: names.join(', ') })
  const encoding = decoded(raw.get('SAMLEncoding'))
  if (encoding !== undefined && encoding !== 'urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE')
    return refuse('encoding-invalid', { received: encoding })
  const text = textOfRedirect(decoded(raw.get(parameter)) ?? '')
  if (typeof text !== 'string') return text
  return judgeMessage(text, decoded(raw.get('RelayState')), expected, proveQuery(raw, parameter), now)
}

export const verifyPost = async (
  form: { readonly [name: string]: string },
  expected: MessageExpectations,
  now: EpochMs,
): Promise<SamlMessage | Refusal> => {
  const names = ['SAMLRequest', 'SAMLResponse'].filter((name) => form[name] !== undefined)
  const [name] = names
  if (names.length !== 1 || name === undefined)
    return refuse('parameter-missing', { expected: 'SAMLRequest or SAMLResponse', received: names.join(', ') })
  const text = textOfPost(form[name] ?? '')
  if (typeof text !== 'string') return text
  return judgeMessage(text, form.RelayState, expected, proveEnveloped, now)
}
