// The three cookies of a browser in a domain: its SSO session, the binding of its journeys, the device its owner trusts. Each domain has
// its own names, because all domains of a gateway share one host. Values are bearer tokens: made by flows, never read or logged here.
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { EpochMs } from '../core/model/time.ts'
import type { Clock } from '../ports/clock.ts'

type DomainRef = { readonly id: string }
type Req = Pick<IncomingMessage, 'headers'>
type Res = Pick<ServerResponse, 'appendHeader'>

export type LoginCookies = {
  session(req: Req, domain: DomainRef): string | undefined
  browser(req: Req, domain: DomainRef): string | undefined
  device(req: Req, domain: DomainRef): string | undefined
  setSession(res: Res, domain: DomainRef, token: string, expiresAt: EpochMs): void
  setBrowser(res: Res, domain: DomainRef, token: string, expiresAt: EpochMs): void
  setDevice(res: Res, domain: DomainRef, token: string, expiresAt: EpochMs): void
  clearSession(res: Res, domain: DomainRef): void
}

type Deps = {
  /** True wherever browsers use https: then names begin with `__Host-`, which no sibling host can plant (RFC 6265bis §4.1.3.2). */
  readonly secure: boolean
  readonly clock: Clock
}

/** What random.token() makes: base64url. Anything else never was ours and is not worth a look-up. */
const isToken = (value: string): boolean => /^[A-Za-z0-9_-]{16,128}$/.test(value)

/**
 * The value of a cookie. A name that comes twice has no value: one of the two was planted (cookie tossing from a sibling host or a longer
 * path), and which one the browser sends first is the attacker's choice (RFC 6265 §5.4).
 */
export const cookieOf = (req: Req, name: string): string | undefined => {
  const values = (req.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
  return values.length === 1 ? values[0] : undefined
}

export const loginCookies = ({ secure, clock }: Deps): LoginCookies => {
  const nameOf = (kind: 's' | 'b' | 'd', domain: DomainRef): string =>
    `${secure ? '__Host-' : ''}gwanmun_${kind}_${createHash('sha256').update(domain.id).digest('hex').slice(0, 12)}`

  const get = (kind: 's' | 'b' | 'd') => (req: Req, domain: DomainRef) => {
    const value = cookieOf(req, nameOf(kind, domain))
    return value !== undefined && isToken(value) ? value : undefined
  }

  // Lax, not Strict: the way back from an identity provider and from an application is a cross-site navigation.
  // Max-Age, not Expires: the browser's clock need not agree with ours.
  const put = (res: Res, name: string, value: string, maxAgeSeconds: number): void => {
    const attributes = [
      `Max-Age=${Math.max(0, maxAgeSeconds)}`,
      'Path=/',
      'HttpOnly',
      'SameSite=Lax',
      ...(secure ? ['Secure'] : []),
    ]
    res.appendHeader('Set-Cookie', [`${name}=${value}`, ...attributes].join('; '))
  }
  const set = (kind: 's' | 'b' | 'd') => (res: Res, domain: DomainRef, token: string, expiresAt: EpochMs) =>
    put(res, nameOf(kind, domain), token, Math.floor((expiresAt - clock()) / 1000))

  return {
    session: get('s'),
    browser: get('b'),
    device: get('d'),
    setSession: set('s'),
    setBrowser: set('b'),
    setDevice: set('d'),
    clearSession: (res, domain) => put(res, nameOf('s', domain), '', 0),
  }
}
