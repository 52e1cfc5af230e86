// The token side of a gateway as a program without a browser sees it (RFC 8628, RFC 6749 §6, RFC 7009). Endpoints come from discovery, and only on
// the server that was named: a token is good for everything its owner may do.

import { DEVICE_CODE } from '../../core/model/app.ts'
import { CLI_CLIENT } from '../../core/model/own-apps.ts'
import { Problem } from '../../problem.ts'
import { serverUrl } from '../api-client.ts'
import type { Profile, Tokens } from './profiles.ts'

export type Place = Pick<Profile, 'server' | 'tenancy' | 'domain'>
export type Device = {
  readonly code: string
  readonly userCode: string
  readonly url: string
  readonly completeUrl: string
  readonly expiresInSeconds: number
  readonly intervalSeconds: number
}
export type Polled = Tokens | 'pending' | 'slow-down' | 'unreachable'
type Row = { readonly [name: string]: unknown }
type Answer = { readonly status: number; readonly body: Row }

const SCOPE = 'openid profile offline_access admin'
const WAIT_MS = 15_000

const rowOf = (value: unknown): Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : {}
const clean = (text: unknown): string =>
  String(text ?? '')
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, 500)

export const issuerOf = ({ server, tenancy, domain }: Place): string =>
  `${serverUrl(server).href.replace(/\/+$/, '')}/d/${encodeURIComponent(tenancy)}/${encodeURIComponent(domain)}`

const ask = async (url: string, init: RequestInit = {}): Promise<Answer> => {
  try {
    const answer = await fetch(url, {
      ...init,
      redirect: 'error',
      signal: AbortSignal.timeout(WAIT_MS),
      headers: { accept: 'application/json', ...init.headers },
    })
    const text = await answer.text()
    try {
      return { status: answer.status, body: rowOf(JSON.parse(text)) }
    } catch {
      return { status: answer.status, body: {} }
    }
  } catch (cause) {
    const { origin } = new URL(url)
    throw new Problem('upstream-unreachable', `\`${origin}\` cannot be reached: is the gateway running there?`, {
      cause,
    })
  }
}
const post = (url: string, fields: { readonly [name: string]: string }): Promise<Answer> =>
  ask(url, { method: 'POST', body: new URLSearchParams({ client_id: CLI_CLIENT, ...fields }) })

const refusal = ({ status, body }: Answer): Problem =>
  new Problem(
    'not-permitted',
    clean(body.error_description ?? body.error ?? `the gateway answered with status ${status}`),
  )

const tokensIn = ({ body }: Answer, askedAt: number, before?: Tokens): Tokens => {
  if (typeof body.access_token !== 'string') throw new Problem('internal', 'the gateway gave no access token')
  const refresh = typeof body.refresh_token === 'string' ? body.refresh_token : before?.refresh
  return {
    access: body.access_token,
    ...(refresh === undefined ? {} : { refresh }),
    expiresAt: askedAt + (typeof body.expires_in === 'number' ? body.expires_in * 1000 : 0),
  }
}

export type TokenEndpoint = {
  readonly device: () => Promise<Device>
  readonly poll: (deviceCode: string) => Promise<Polled>
  /** Undefined: the gateway does not take it any more. */
  readonly refresh: (tokens: Tokens) => Promise<Tokens | undefined>
  readonly revoke: (token: string) => Promise<void>
  readonly userinfo: (accessToken: string) => Promise<Row | undefined>
}

/** @throws Problem when there is no such domain, or what answers is no gateway of that name */
export const tokenEndpoint = async (place: Place, now: () => number): Promise<TokenEndpoint> => {
  const issuer = issuerOf(place)
  const { status, body } = await ask(`${issuer}/.well-known/openid-configuration`)
  if (status !== 200)
    throw new Problem(
      'not-found',
      `\`${place.server}\` has no tenancy \`${place.tenancy}\` with a domain \`${place.domain}\``,
    )
  const { origin } = new URL(issuer)
  if (body.issuer !== issuer)
    throw new Problem(
      'request-malformed',
      `the gateway calls itself \`${clean(body.issuer)}\`, not \`${issuer}\`: use its own address as \`--server\``,
    )
  const at = (name: string): string => {
    const url = body[name]
    if (typeof url !== 'string' || URL.parse(url)?.origin !== origin)
      throw new Problem('internal', `\`${origin}\` does not let programs sign in: no \`${name}\` of its own`)
    return url
  }
  return {
    device: async () => {
      const answer = await post(at('device_authorization_endpoint'), { scope: SCOPE })
      if (answer.status !== 200) throw refusal(answer)
      const found = answer.body
      return {
        code: String(found.device_code ?? ''),
        userCode: clean(found.user_code),
        url: clean(found.verification_uri),
        completeUrl: clean(found.verification_uri_complete ?? found.verification_uri),
        expiresInSeconds: Number(found.expires_in ?? 0),
        intervalSeconds: Number(found.interval ?? 5),
      }
    },
    poll: async (deviceCode) => {
      const askedAt = now()
      let answer: Answer
      try {
        answer = await post(at('token_endpoint'), { grant_type: DEVICE_CODE, device_code: deviceCode })
      } catch (thrown) {
        if (thrown instanceof Problem && thrown.slug === 'upstream-unreachable') return 'unreachable'
        throw thrown
      }
      if (answer.status === 200) return tokensIn(answer, askedAt)
      if (answer.status >= 500 || answer.status === 429) return 'unreachable'
      switch (answer.body.error) {
        case 'authorization_pending':
          return 'pending'
        case 'slow_down':
          return 'slow-down'
        case 'access_denied':
          throw new Problem('not-permitted', 'the sign-in was denied in the browser')
        case 'expired_token':
          throw new Problem('journey-expired', 'nobody typed the code in time: begin again')
        default:
          throw refusal(answer)
      }
    },
    refresh: async (tokens) => {
      if (tokens.refresh === undefined) return undefined
      const askedAt = now()
      const answer = await post(at('token_endpoint'), { grant_type: 'refresh_token', refresh_token: tokens.refresh })
      if (answer.status === 200) return tokensIn(answer, askedAt, tokens)
      if (answer.body.error === 'invalid_grant') return undefined
      throw refusal(answer)
    },
    revoke: async (token) => {
      const answer = await post(at('revocation_endpoint'), { token })
      if (answer.status !== 200) throw refusal(answer)
    },
    userinfo: async (accessToken) => {
      const answer = await ask(at('userinfo_endpoint'), { headers: { authorization: `Bearer ${accessToken}` } })
      return answer.status === 200 ? answer.body : undefined
    },
  }
}
