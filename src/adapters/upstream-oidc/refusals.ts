// What openid-client throws → stable reason codes. The code is shown to people, the detail is for the administrator's trace. Only the
// library's own errors are believed: what hangs on them as a cause may be text of the provider.
import type { FetchFailure } from '../../ports/fetcher.ts'
import type { Refusal } from '../../ports/upstream.ts'

type Thrown = Error & { readonly code?: unknown; readonly reason?: unknown; readonly error?: unknown } & {
  readonly error_description?: unknown
}
const text = (x: unknown): string | undefined => (typeof x === 'string' ? x.slice(0, 300) : undefined)
const field = (x: unknown, name: string): unknown =>
  typeof x === 'object' && x !== null ? (x as { readonly [name: string]: unknown })[name] : undefined
const known = (table: { readonly [name: string]: string }, name: string | undefined): string | undefined =>
  name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined

const byFetch: { readonly [R in FetchFailure['reason']]: string } = {
  timeout: 'timeout',
  'too-large': 'too-large',
  'address-not-allowed': 'address-not-allowed',
  unreachable: 'upstream-unreachable',
  redirect: 'redirect',
}
const byClaim: { readonly [claim: string]: string } = {
  iss: 'issuer-mismatch',
  issuer: 'issuer-mismatch',
  aud: 'audience-mismatch',
  azp: 'audience-mismatch',
  nonce: 'nonce-mismatch',
  sub: 'subject-mismatch',
  at_hash: 'token-hash-mismatch',
  c_hash: 'token-hash-mismatch',
}
const byTime: { readonly [claim: string]: string } = {
  exp: 'expired',
  nbf: 'not-yet-valid',
  auth_time: 'authentication-too-old',
}
const byCode: { readonly [code: string]: string } = {
  OAUTH_KEY_SELECTION_FAILED: 'key-unknown',
  OAUTH_RESPONSE_IS_NOT_JSON: 'response-malformed',
  OAUTH_RESPONSE_IS_NOT_CONFORM: 'response-malformed',
  OAUTH_MISSING_SERVER_METADATA: 'discovery-incomplete',
  OAUTH_INVALID_SERVER_METADATA: 'discovery-invalid',
  OAUTH_HTTP_REQUEST_FORBIDDEN: 'https-required',
  OAUTH_REQUEST_PROTOCOL_FORBIDDEN: 'https-required',
  OAUTH_TIMEOUT: 'timeout',
}
/** Where the library has only words. The first that fits; a claim by its name in them. */
const byWords: readonly (readonly [RegExp, string])[] = [
  [/signature/i, 'signature-invalid'],
  [/"alg"|algorithm/i, 'signature-algorithm-not-allowed'],
  [/provided only once/i, 'parameter-repeated'],
  [/"state"/i, 'state-mismatch'],
  [/"iss"|issuer/i, 'issuer-mismatch'],
  [/"id_token" property/i, 'id-token-missing'],
  [/JARM|hybrid|authorization code|"response" body/i, 'response-malformed'],
  [/\bJWT\b/, 'id-token-invalid'],
  [/parsing|parse/i, 'response-malformed'],
]

/** Deepest first: wrappers say less than what they wrap. */
const chain = (thrown: unknown): readonly Thrown[] => {
  const found: Thrown[] = []
  for (let at = thrown; at instanceof Error && found.length < 6; at = at.cause) found.unshift(at)
  return found
}

/** What the provider itself answered, in letters that may stand in a code. */
const answered = (link: Thrown): Refusal | undefined => {
  if (link.code === 'OAUTH_WWW_AUTHENTICATE_CHALLENGE')
    return {
      refused: 'upstream-credentials-refused',
      detail: 'the provider refused our client id and secret, or the token it gave: check them and `clientAuth`',
    }
  if (link.code !== 'OAUTH_AUTHORIZATION_RESPONSE_ERROR' && link.code !== 'OAUTH_RESPONSE_BODY_ERROR') return undefined
  const error = text(link.error) ?? 'error'
  const code = error
    .replace(/[^a-z_]/g, '')
    .replaceAll('_', '-')
    .slice(0, 40)
  return {
    refused: `upstream-${code}`,
    detail: text(link.error_description) ?? `the provider answered \`${error}\``,
  }
}

const reasonOf = (link: Thrown): string | undefined => {
  const code = text(link.code)
  const compared = text(field(link.cause, 'claim')) ?? text(field(link.cause, 'attribute'))
  if (code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') return known(byTime, compared) ?? 'expired'
  if (code === 'OAUTH_JWT_CLAIM_COMPARISON_FAILED' || code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED')
    return known(byClaim, compared)
  const [, claim] = /JWT "(\w+)" \(/.exec(link.message) ?? []
  return known(byCode, code) ?? known(byClaim, claim)
}

const shown = (x: unknown): string | undefined =>
  typeof x === 'number' ? String(x) : (text(x) ?? (Array.isArray(x) ? text(x.filter(text).join(' ')) : undefined))

/** What was compared, for the administrator's trace: our side of it, and what the provider wrote there. Never the state or a nonce. */
const comparedIn = (link: Thrown): Pick<Refusal, 'expected' | 'received'> => {
  const { cause, message } = link
  const name = text(field(cause, 'claim')) ?? text(field(cause, 'attribute'))
  const parameters = field(cause, 'parameters')
  if (name === 'nonce' || (parameters !== undefined && !message.includes('"iss"'))) return {}
  const isTime = link.code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED'
  const ours = field(cause, 'expected')
  const expected = isTime ? `${shown(field(cause, 'now'))} ± ${shown(field(cause, 'tolerance'))} s` : shown(ours)
  const inAnswer = parameters instanceof URLSearchParams ? parameters.get('iss') : field(field(cause, 'header'), 'alg')
  const holder = field(cause, 'claims') ?? field(cause, 'body')
  const received = shown(name === undefined ? inAnswer : field(holder, name))
  return { ...(expected === undefined ? {} : { expected }), ...(received === undefined ? {} : { received }) }
}

export const refusalOf = (thrown: unknown): Refusal => {
  const links = chain(thrown)
  const detail = text(links.at(-1)?.message) ?? 'the answer could not be used'
  for (const link of links) {
    const fetching = known(byFetch, text(link.reason))
    if (fetching !== undefined) return { refused: fetching, detail: text(link.message) ?? detail }
    const refusal = answered(link)
    if (refusal) return refusal
    const reason = reasonOf(link)
    if (reason !== undefined) return { refused: reason, detail, ...comparedIn(link) }
  }
  const words = links.map((l) => l.message).join(' ')
  const refused = byWords.find(([pattern]) => pattern.test(words))?.[1] ?? 'id-token-invalid'
  return { refused, detail, ...Object.assign({}, ...links.map(comparedIn)) }
}
