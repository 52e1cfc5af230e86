// What openid-client throws → stable reason codes. The code is shown to people, the detail is for the administrator's trace.
import type { Refusal } from '../../ports/upstream.ts'

type Thrown = {
  readonly code?: unknown
  readonly error?: unknown
  readonly error_description?: unknown
  readonly message?: unknown
  readonly cause?: unknown
}
const asThrown = (x: unknown): Thrown => (typeof x === 'object' && x !== null ? x : {})
const text = (x: unknown): string | undefined => (typeof x === 'string' ? x.slice(0, 300) : undefined)

const byClaim: { readonly [claim: string]: string } = {
  iss: 'issuer-mismatch',
  aud: 'audience-mismatch',
  azp: 'audience-mismatch',
  nonce: 'nonce-mismatch',
  sub: 'subject-mismatch',
  at_hash: 'token-hash-mismatch',
  c_hash: 'token-hash-mismatch',
  auth_time: 'authentication-too-old',
}
const byCode: { readonly [code: string]: string } = {
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'expired',
  OAUTH_KEY_SELECTION_FAILED: 'key-unknown',
  OAUTH_RESPONSE_IS_NOT_JSON: 'response-malformed',
  OAUTH_RESPONSE_IS_NOT_CONFORM: 'response-malformed',
  OAUTH_PARSE_ERROR: 'response-malformed',
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: 'issuer-mismatch',
  OAUTH_MISSING_SERVER_METADATA: 'discovery-incomplete',
  OAUTH_INVALID_SERVER_METADATA: 'discovery-invalid',
  OAUTH_HTTP_REQUEST_FORBIDDEN: 'https-required',
  OAUTH_REQUEST_PROTOCOL_FORBIDDEN: 'https-required',
  OAUTH_TIMEOUT: 'timeout',
}

/** Deepest cause first: wrappers say less than what they wrap. */
const chain = (thrown: unknown): readonly Thrown[] => {
  const found: Thrown[] = []
  for (let at: unknown = thrown; typeof at === 'object' && at !== null && found.length < 6; at = asThrown(at).cause)
    found.unshift(asThrown(at))
  return found
}

export const refusalOf = (thrown: unknown): Refusal => {
  const links = chain(thrown)
  const detail = text(asThrown(thrown).message) ?? 'the answer could not be used'
  for (const link of links) {
    const reason = text((link as { reason?: unknown }).reason) // our fetch
    if (reason !== undefined)
      return {
        refused: reason === 'unreachable' ? 'upstream-unreachable' : reason,
        detail: text(link.message) ?? detail,
      }
    if (link.code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR' || link.code === 'OAUTH_RESPONSE_BODY_ERROR') {
      const error = text(link.error) ?? 'error'
      return {
        refused: `upstream-${error
          .replace(/[^a-z_]/g, '')
          .replaceAll('_', '-')
          .slice(0, 40)}`,
        detail: text(link.error_description) ?? `the provider answered \`${error}\``,
      }
    }
    if (link.code === 'OAUTH_WWW_AUTHENTICATE_CHALLENGE')
      return {
        refused: 'upstream-credentials-refused',
        detail: 'the provider refused our client id and secret, or the token it gave: check them and `clientAuth`',
      }
    const claim = text((link as { claim?: unknown }).claim)
    if (claim !== undefined && link.code !== 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED')
      return { refused: byClaim[claim] ?? 'id-token-invalid', detail }
  }
  const code = links.map((l) => text(l.code)).find((c) => c !== undefined && Object.hasOwn(byCode, c))
  if (code !== undefined) return { refused: byCode[code] ?? 'id-token-invalid', detail }
  const words = links.map((l) => text(l.message) ?? '').join(' ')
  if (/signature/i.test(words)) return { refused: 'signature-invalid', detail }
  if (/"alg"|algorithm/i.test(words)) return { refused: 'signature-algorithm-not-allowed', detail }
  if (/"state"/i.test(words)) return { refused: 'state-mismatch', detail }
  if (/"iss"|issuer/i.test(words)) return { refused: 'issuer-mismatch', detail }
  if (/"nonce"/i.test(words)) return { refused: 'nonce-mismatch', detail }
  return { refused: 'id-token-invalid', detail }
}
