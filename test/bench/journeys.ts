// What applications and people do over HTTP, once for the gateway and once for the bare provider: get a token, sign in with a password,
// come again with the session that is there.
import { createHash } from 'node:crypto'
import { BASE, CALLBACK, HOST, ISSUER, PASSWORD, personNamed, SECRET } from './processes.ts'
import { type Browser, browser, expectStatus, form, formType, type Page, requestOf, type Wire } from './wire.ts'

/** Where a provider's addresses are. */
export type At = { readonly authorize: string; readonly token: string }
export const atGateway: At = { authorize: `${ISSUER}/authorize`, token: `${ISSUER}/token` }
export const atProvider: At = { authorize: `${BASE}/auth`, token: `${BASE}/token` }

const basic = (clientId: string) => ({
  authorization: `Basic ${Buffer.from(`${clientId}:${SECRET}`).toString('base64')}`,
})
const post = (url: string, clientId: string, fields: { readonly [name: string]: string }): string =>
  requestOf({
    path: new URL(url).pathname,
    host: HOST,
    headers: { ...basic(clientId), ...formType },
    body: form(fields),
  })

export const clientCredentialsRequest = ({ token }: At): string =>
  post(token, 'machine', { grant_type: 'client_credentials', scope: 'pdp' })

export const accessToken = async (wire: Wire, at: At): Promise<string> => {
  const answer = expectStatus(await wire.send(clientCredentialsRequest(at)), 200, 'client_credentials')
  return (JSON.parse(answer.body) as { access_token: string }).access_token
}

const verifier = 'v'.repeat(64)
const challenge = createHash('sha256').update(verifier).digest('base64url')
export const authorizeUrl = ({ authorize }: At): string =>
  `${authorize}?${new URLSearchParams({
    client_id: 'web',
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'openid profile email',
    state: 'state',
    nonce: 'nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })}`

const redeem = async (wire: Wire, { token }: At, { url, answer }: Page): Promise<void> => {
  const code = url.searchParams.get('code')
  if (code === null) throw new Error(`no code at ${url}: ${answer.status}\n${answer.body.slice(0, 2000)}`)
  const fields = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: verifier }
  expectStatus(await wire.send(post(token, 'web', fields)), 200, 'the token endpoint')
}

const unescaped = (text: string): string =>
  text.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&')
const answering = (user: Browser, page: Page, fields: { readonly [name: string]: string }): Promise<Page> => {
  const hop = /name="hop" value="([^"]*)"/.exec(page.answer.body)?.[1]
  if (hop === undefined)
    throw new Error(`no form at ${page.url}: ${page.answer.status}\n${page.answer.body.slice(0, 2000)}`)
  return user.follow(page.url.href, { hop: unescaped(hop), ...fields })
}

/** Every page is fetched, every form answered: user name, then password. Ends where the browser is sent away. */
export const signIn = async (user: Browser, to: string, username: string): Promise<Page> => {
  const first = await user.follow(to)
  const second = await answering(user, first, { do: 'identify', username })
  return answering(user, second, { do: 'password', password: PASSWORD })
}
const signInAtProvider = async (user: Browser, to: string, username: string, password: object): Promise<Page> => {
  const page = await user.follow(to)
  const action = /action="([^"]+)"/.exec(page.answer.body)?.[1] ?? ''
  return user.follow(action, { username, ...password })
}

let sources = 0
/** Everyone at an address of their own. */
export const nextSource = (): string => {
  sources += 1
  return `10.${(sources >> 16) & 255}.${(sources >> 8) & 255}.${sources & 255}`
}
export const newBrowser = (wire: Wire): Browser => browser(wire, BASE, nextSource())

/** Authorize, user name, password, code, token, as somebody who was never here. */
export const coldSignIn = async (wire: Wire, n: number): Promise<void> =>
  redeem(wire, atGateway, await signIn(newBrowser(wire), authorizeUrl(atGateway), personNamed(n)))
export const coldSignInAtProvider =
  (password: { readonly password?: string }) =>
  async (wire: Wire, n: number): Promise<void> =>
    redeem(
      wire,
      atProvider,
      await signInAtProvider(newBrowser(wire), authorizeUrl(atProvider), personNamed(n), password),
    )

/** Authorize, code, token with the session of the connection's own browser, which signs in the first time. */
export const withSession = (at: At) => {
  const users = new Map<number, Promise<Browser>>()
  const signedIn = async (wire: Wire, n: number): Promise<Browser> => {
    const user = newBrowser(wire)
    if (at === atGateway) await signIn(user, authorizeUrl(at), personNamed(n))
    else await signInAtProvider(user, authorizeUrl(at), personNamed(n), {})
    return user
  }
  return async (wire: Wire, n: number): Promise<void> => {
    const known = users.get(n)
    const user = known ?? signedIn(wire, n)
    users.set(n, user)
    const page = await (await user).follow(authorizeUrl(at))
    await redeem(wire, at, page)
  }
}
