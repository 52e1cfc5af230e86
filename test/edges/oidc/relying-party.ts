// A relying party in few words: authorization requests, the token endpoint with or without a secret, what is in an ID token.
import { createHash, randomBytes } from 'node:crypto'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'
import { type Bed, callback, clientSecret } from './bed.ts'
import type { Browser, Stop } from './browser.ts'

export const pkce = () => {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}
export type Wish = { readonly [name: string]: string | undefined }
const form = (fields: Wish): URLSearchParams =>
  new URLSearchParams(Object.entries(fields).filter((f): f is [string, string] => f[1] !== undefined))

export const authorizeUrl = (bed: Bed, clientId: string, challenge: string | undefined, wish: Wish = {}): URL => {
  const url = new URL(`${bed.issuer}/authorize`)
  url.search = form({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: callback,
    scope: 'openid',
    state: 'the-state',
    nonce: 'the-nonce',
    ...(challenge === undefined ? {} : { code_challenge: challenge, code_challenge_method: 'S256' }),
    ...wish,
  }).toString()
  return url
}

/** Goes to the authorization endpoint and as far as the gateway leads. */
export const authorize = async (bed: Bed, browser: Browser, clientId: string, wish: Wish = {}) => {
  const { verifier, challenge } = pkce()
  const stop = await browser.go(authorizeUrl(bed, clientId, challenge, wish))
  return { verifier, stop, answer: stop.location?.searchParams, code: stop.location?.searchParams.get('code') ?? '' }
}
export type Authorized = Awaited<ReturnType<typeof authorize>>

export const basic = (clientId: string, secret = clientSecret): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64')}`

export type Answer = {
  readonly status: number
  readonly body: { readonly [name: string]: unknown }
  readonly headers: Headers
}
export const post = async (
  bed: Bed,
  path: string,
  fields: Wish,
  headers: Record<string, string> = {},
): Promise<Answer> => {
  const response = await fetch(`${bed.issuer}${path}`, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: form(fields).toString(),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : JSON.parse(text), headers: response.headers }
}

export const token = (bed: Bed, clientId: string, fields: Wish): Promise<Answer> =>
  post(bed, '/token', fields, { authorization: basic(clientId) })

export const redeem = (
  bed: Bed,
  clientId: string,
  { code, verifier }: Pick<Authorized, 'code' | 'verifier'>,
  more: Wish = {},
) =>
  token(bed, clientId, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: callback,
    code_verifier: verifier,
    ...more,
  })
export const refresh = (bed: Bed, clientId: string, refreshToken: unknown, more: Wish = {}) =>
  token(bed, clientId, { grant_type: 'refresh_token', refresh_token: String(refreshToken), ...more })

export const tokensFor = async (bed: Bed, browser: Browser, clientId: string, wish: Wish = {}) => {
  const answer = await redeem(bed, clientId, await authorize(bed, browser, clientId, wish))
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
  return answer.body as {
    readonly access_token: string
    readonly id_token: string
    readonly refresh_token?: string
    readonly scope: string
    readonly expires_in: number
  }
}

export const userinfo = async (bed: Bed, accessToken: unknown) => {
  const response = await fetch(`${bed.issuer}/userinfo`, {
    headers: { authorization: `Bearer ${String(accessToken)}` },
  })
  return { status: response.status, body: (await response.json()) as { [name: string]: unknown } }
}
export const introspect = async (bed: Bed, clientId: string, value: unknown) =>
  (await post(bed, '/introspect', { token: String(value) }, { authorization: basic(clientId) })).body

export const verified = async (
  bed: Bed,
  jwt: string,
  audience: string,
  alg = 'ES256',
  typ?: string,
): Promise<JWTPayload> => {
  const keys = createRemoteJWKSet(new URL(`${bed.issuer}/jwks`))
  const options = { issuer: bed.issuer, audience, algorithms: [alg], ...(typ === undefined ? {} : { typ }) }
  return (await jwtVerify(jwt, keys, options)).payload
}

export const errorOf = (stop: Stop): string | null | undefined => stop.location?.searchParams.get('error')
