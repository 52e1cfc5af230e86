// The two bindings of requests. HTTP-Redirect: the signature is over the raw octets of the query as they came, so they are never decoded and encoded again, and a
// parameter that comes twice is refused. HTTP-POST: the signature is inside. SAML Bindings §3.4.4.1, §3.5.4.
import type { EpochMs } from '../../core/model/time.ts'
import type { MessageExpectations, SamlMessage, SamlVerifier } from '../../ports/saml-verifier.ts'
import type { Refusal } from '../../ports/upstream.ts'
import { publicKeyOf } from './certificates.ts'
import { everyElement, is } from './dom.ts'
import { textOfPost, textOfRedirect } from './encoding.ts'
import { type Trace, untraced } from './judge.ts'
import { type Field, judgeMessage, type Prove, proveEnveloped } from './message.ts'
import { algorithmNamed, ns } from './names.ts'
import { refuse } from './reasons.ts'
import { verifies } from './signature.ts'

type Raw = ReadonlyMap<string, string>

const known = ['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg', 'Signature', 'SAMLEncoding']

/** Undefined: the escapes are broken. */
const decoded = (raw: string, plusIsSpace: boolean): string | undefined => {
  try {
    return decodeURIComponent(plusIsSpace ? raw.replaceAll('+', ' ') : raw)
  } catch {
    return undefined
  }
}

/** Raw name → raw value. A name written with escapes could be one parameter for us and another for the next reader. */
const parametersOf = (rawQuery: string): Raw | Refusal => {
  const found = new Map<string, string>()
  for (const pair of rawQuery.split('&')) {
    const at = pair.indexOf('=')
    const name = at < 0 ? pair : pair.slice(0, at)
    const meant = decoded(name, true)?.trim()
    if (meant !== name && meant !== undefined && known.includes(meant))
      return refuse('encoding-invalid', { expected: meant, received: name })
    if (!known.includes(name)) continue
    if (found.has(name)) return refuse('parameter-repeated', { received: name })
    const value = at < 0 ? '' : pair.slice(at + 1)
    if (decoded(value, true) === undefined) return refuse('encoding-invalid', { received: `${name}=${value}` })
    found.set(name, value)
  }
  return found
}

/** Base64 holds no spaces: a `+` that the sender forgot to escape is a `+`. */
const base64Of = (raw: Raw, name: string): string => decoded(raw.get(name) ?? '', false) ?? ''
const textIn = (raw: Raw, name: string): string | undefined => {
  const value = raw.get(name)
  return value === undefined ? undefined : decoded(value, true)
}

const proveQuery =
  (raw: Raw, parameter: Field): Prove =>
  (parsed, from) => {
    // The XML signature must have been taken out (§3.4.4.1); one that is left would be there to confuse.
    if (everyElement(parsed.root).some((e) => is(e, ns.dsig, 'Signature'))) return refuse('signature-misplaced')
    if (!raw.has('Signature') && !raw.has('SigAlg')) return undefined
    if (!raw.has('Signature')) return refuse('signature-missing')
    const named = textIn(raw, 'SigAlg') ?? '(none)'
    const algorithm = algorithmNamed(named)
    if (!algorithm) return refuse('signature-algorithm-not-allowed', { received: named })
    const octets = [parameter, 'RelayState', 'SigAlg']
      .flatMap((name) => (raw.has(name) ? [`${name}=${raw.get(name)}`] : []))
      .join('&')
    const signature = Buffer.from(base64Of(raw, 'Signature'), 'base64')
    const keys = from.certificates.map(publicKeyOf).filter((k) => k !== undefined)
    if (keys.length === 0) return refuse('certificate-missing')
    return keys.some((key) => verifies(algorithm, key, octets, signature))
      ? { root: parsed.root }
      : refuse('signature-invalid')
  }

const fields: readonly Field[] = ['SAMLRequest', 'SAMLResponse']
const onlyField = (has: (name: Field) => boolean): Field | Refusal => {
  const found = fields.filter(has)
  const [field] = found
  return found.length === 1 && field
    ? field
    : refuse('parameter-missing', { expected: fields.join(' or '), received: found.join(' and ') || '(none)' })
}

export const judgeRedirect = async (
  rawQuery: string,
  expected: MessageExpectations,
  now: EpochMs,
  trace: Trace,
): Promise<SamlMessage | Refusal> => {
  const raw = parametersOf(rawQuery)
  if ('refused' in raw) return raw
  const field = onlyField((name) => raw.has(name))
  if (typeof field !== 'string') return field
  const encoding = textIn(raw, 'SAMLEncoding')
  if (encoding !== undefined && encoding !== 'urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE')
    return refuse('encoding-invalid', { received: encoding })
  const text = textOfRedirect(base64Of(raw, field))
  if (typeof text !== 'string') return text
  const received = { text, field, relayState: textIn(raw, 'RelayState') }
  return judgeMessage(received, expected, proveQuery(raw, field), now, trace)
}
export const verifyRedirect: SamlVerifier['verifyRedirect'] = (rawQuery, expected, now) =>
  judgeRedirect(rawQuery, expected, now, untraced)

export const verifyPost = async (
  form: { readonly [name: string]: string },
  expected: MessageExpectations,
  now: EpochMs,
): Promise<SamlMessage | Refusal> => {
  const field = onlyField((name) => Object.hasOwn(form, name))
  if (typeof field !== 'string') return field
  const text = textOfPost(form[field] ?? '')
  if (typeof text !== 'string') return text
  return judgeMessage({ text, field, relayState: form.RelayState }, expected, proveEnveloped, now, untraced)
}
