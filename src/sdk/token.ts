// What an application shows the gateway: an API key, an access token it has, or one that it is given for its own credentials (RFC 6749 §4.4) and
// that is fetched again shortly before it ends.
import { failure } from './failure.ts'
import { isObject, refusal, type TransportOptions, transport } from './transport.ts'

export type TokenSource = string | (() => Promise<string>)
export const tokenOf = (source: TokenSource): Promise<string> =>
  typeof source === 'string' ? Promise.resolve(source) : source()

export type ClientCredentials = TransportOptions & {
  /** Of an identity domain: `https://id.example.com/d/acme/default`. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope?: string
}

const EARLY_MS = 30_000
const formEncoded = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+')

export const clientCredentials = ({
  issuer,
  clientId,
  clientSecret,
  scope = 'pdp',
  ...options
}: ClientCredentials): (() => Promise<string>) => {
  const send = transport(options)
  let held: { readonly token: string; readonly until: number } | undefined
  let asking: Promise<string> | undefined

  const ask = async (): Promise<string> => {
    const asked = performance.now()
    const answer = await send({
      method: 'POST',
      url: `${issuer.replace(/\/$/, '')}/token`,
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${btoa(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`)}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope }).toString(),
      safe: true, // a token more does no harm
    })
    if (answer.status !== 200) throw refusal(answer)
    const body = isObject(answer.body) ? answer.body : {}
    if (typeof body.access_token !== 'string') throw failure('malformed', 'the token endpoint gave no access token')
    const lifeMs = typeof body.expires_in === 'number' ? body.expires_in * 1000 : 0
    held = { token: body.access_token, until: asked + lifeMs - Math.min(EARLY_MS, lifeMs / 2) }
    return body.access_token
  }
  return async () => {
    if (held && performance.now() < held.until) return held.token
    // whoever comes meanwhile waits for the same answer
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }
}
