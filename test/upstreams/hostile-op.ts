// An OpenID provider that lies on demand: every token, every endpoint and every document can be another than it should be.
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'

export type Claims = { [name: string]: unknown }
export type Lies = {
  /** The claims of the ID token; `undefined` leaves one out. */
  readonly claims?: Claims
  readonly sign?: (claims: Claims, keys: Keys) => Promise<string>
  /** Parameters of the way back; `undefined` leaves one out. */
  readonly back?: { readonly [name: string]: string | undefined }
  readonly userinfo?: Claims
  readonly token?: (res: ServerResponse) => void
}
export type Keys = Awaited<ReturnType<typeof makeKeys>>

const makeKeys = async () => {
  const rsa = await generateKeyPair('RS256', { extractable: true })
  const other = await generateKeyPair('RS256')
  const ec = await generateKeyPair('ES256', { extractable: true })
  return { rsa, other, ec, rsaPem: await exportSPKI(rsa.publicKey) }
}
const honest = (claims: Claims, { rsa }: Keys): Promise<string> =>
  new SignJWT(claims as JWTPayload).setProtectedHeader({ alg: 'RS256', kid: 'rsa' }).sign(rsa.privateKey)
export const unsigned = async (claims: Claims): Promise<string> => new UnsecuredJWT(claims as JWTPayload).encode()

type Discovery = (issuer: string, document: Claims, req: IncomingMessage, res: ServerResponse) => Claims | undefined

const json = (res: ServerResponse, body: unknown, status = 200): void => {
  res.writeHead(status, { 'content-type': 'application/json' })
  res.end(JSON.stringify(body))
}
const defined = (claims: Claims): Claims =>
  Object.fromEntries(Object.entries(claims).filter(([, v]) => v !== undefined))

export const openOp = async () => {
  const keys = await makeKeys()
  const granted = new Map<
    string,
    { readonly lies: Lies; readonly nonce: string; readonly issuer: string; readonly challenge: string }
  >()
  const tokens = new Map<string, Lies>()
  const issuers = new Map<string, Discovery>()
  const asked: string[] = []
  let turn = 0

  const tokenAnswer = async (form: URLSearchParams, res: ServerResponse): Promise<void> => {
    const grant = granted.get(form.get('code') ?? '')
    granted.delete(form.get('code') ?? '')
    if (!grant) return json(res, { error: 'invalid_grant', error_description: 'this code was used' }, 400)
    const { lies, nonce, issuer, challenge } = grant
    const verifier = createHash('sha256').update(form.get('code_verifier') ?? '')
    if (verifier.digest('base64url') !== challenge) return json(res, { error: 'invalid_grant' }, 400) // RFC 7636 §4.6
    if (lies.token) return lies.token(res)
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: issuer, aud: 'gateway', sub: 'carol', nonce, iat: now, exp: now + 300, auth_time: now - 5 }
    const access = `access-${turn++}`
    tokens.set(access, lies)
    const id_token = await (lies.sign ?? honest)(defined({ ...claims, ...lies.claims }), keys)
    json(res, { access_token: access, token_type: 'Bearer', expires_in: 300, id_token })
  }
  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const url = new URL(req.url ?? '/', base)
    const [, path = '', ...rest] = url.pathname.split('/')
    const issuer = `${base}/${path}`
    asked.push(`${req.method} ${url.pathname}`)
    if (rest.join('/') === '.well-known/openid-configuration') {
      const document: Claims = {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/userinfo`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256', 'ES256', 'HS256', 'none'],
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
      }
      const change = issuers.get(path)
      const answer = change ? change(issuer, document, req, res) : document
      return answer && json(res, answer)
    }
    if (rest[0] === 'jwks')
      return json(res, {
        keys: [
          { ...(await exportJWK(keys.rsa.publicKey)), kid: 'rsa', alg: 'RS256', use: 'sig' },
          { ...(await exportJWK(keys.ec.publicKey)), kid: 'ec', alg: 'ES256', use: 'sig' },
        ],
      })
    if (rest[0] === 'token') {
      let body = ''
      for await (const chunk of req) body += String(chunk)
      return tokenAnswer(new URLSearchParams(body), res)
    }
    if (rest[0] === 'userinfo') {
      const lies = tokens.get(req.headers.authorization?.replace('Bearer ', '') ?? '')
      return lies ? json(res, { sub: 'carol', ...lies.userinfo }) : json(res, { error: 'invalid_token' }, 401)
    }
    json(res, {}, 404)
  }
  const server = createServer((req, res) => void serve(req, res).catch(() => res.destroy()))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    base,
    asked,
    keys,
    /** An issuer of its own whose discovery document is changed, or answered by hand. */
    issuer: (path: string, change?: Discovery): string => {
      if (change) issuers.set(path, change)
      return `${base}/${path}`
    },
    /** What a person at the provider does: agrees. The address the browser is sent back to. */
    agree: (to: URL, lies: Lies = {}): URL => {
      const issuer = to.href.slice(0, to.href.indexOf('/authorize'))
      const code = `code-${turn++}`
      granted.set(code, {
        lies,
        issuer,
        nonce: to.searchParams.get('nonce') ?? '',
        challenge: to.searchParams.get('code_challenge') ?? '',
      })
      const back = new URL(to.searchParams.get('redirect_uri') ?? '')
      const parameters = { code, state: to.searchParams.get('state') ?? '', iss: issuer, ...lies.back }
      for (const [name, value] of Object.entries(parameters))
        if (value !== undefined) back.searchParams.set(name, value)
      return back
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
export type Op = Awaited<ReturnType<typeof openOp>>
