// The checks of an OpenID Connect answer by name, for whoever tests a connection: what was expected and what came. The library checks and
// says only what failed; what passed is told from what it let through. OpenID Connect Core §3.1.3.7, RFC 9207.
import type { IDToken } from 'openid-client'
import type { OidcTrust } from '../../core/model/idp.ts'
import type { Check, Refusal } from '../../ports/upstream.ts'

const at = (seconds: number | undefined): string =>
  seconds === undefined || !Number.isFinite(seconds) ? '(none)' : new Date(seconds * 1000).toISOString()
const listed = (x: string | readonly string[]): string => (typeof x === 'string' ? x : x.join(' '))

/** What held of the answer and its ID token once the library gave the claims out. */
export const passedChecks = (trust: OidcTrust, issuer: string, claims: IDToken): readonly Check[] => [
  { name: 'state of the answer', ok: true },
  { name: 'code exchanged for tokens', ok: true },
  { name: 'ID token issuer', ok: true, expected: issuer, received: claims.iss },
  { name: 'ID token audience', ok: true, expected: trust.clientId, received: listed(claims.aud) },
  { name: 'ID token signature', ok: true, expected: trust.idTokenAlg, received: trust.idTokenAlg },
  { name: 'ID token nonce', ok: true },
  {
    name: 'ID token expiry',
    ok: true,
    expected: `in the future ± ${trust.clockSkewSeconds} s`,
    received: at(claims.exp),
  },
  {
    name: 'ID token issued',
    ok: true,
    expected: `in the past ± ${trust.clockSkewSeconds} s`,
    received: at(claims.iat),
  },
]

const names: { readonly [reason: string]: string } = {
  'state-mismatch': 'state of the answer',
  'issuer-mismatch': 'issuer',
  'audience-mismatch': 'ID token audience',
  'nonce-mismatch': 'ID token nonce',
  'subject-mismatch': 'subject of userinfo',
  'signature-invalid': 'ID token signature',
  'signature-algorithm-not-allowed': 'ID token algorithm',
  'key-unknown': 'ID token key',
  expired: 'ID token expiry',
  'not-yet-valid': 'ID token issued',
  'id-token-missing': 'ID token',
  'id-token-invalid': 'ID token',
  'groups-overage': 'groups',
  'scope-not-granted': 'scopes granted',
  'upstream-credentials-refused': 'client credentials',
  'upstream-unreachable': 'reachable',
  timeout: 'reachable',
  'discovery-incomplete': 'discovery',
  'discovery-invalid': 'discovery',
}

export const failedCheck = ({ refused, detail, expected, received }: Refusal): Check => ({
  name: Object.hasOwn(names, refused) ? (names[refused] ?? refused) : refused,
  ok: false,
  ...(expected === undefined ? {} : { expected }),
  received: received ?? detail,
})
