// The sample OpenID Connect application: what a developer would write with a stock client library. Shows claims, assurance level and
// group provenance, asks the PDP for a decision per button, steps up and signs out (also from behind, by back-channel logout).
import { randomBytes } from 'node:crypto'
import express, { type Request, type Response } from 'express'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { askerOf, decide, guard } from './decide.ts'
import type { OidcApp, Question } from './declaration.ts'
import { listenAt, type Running } from './listen.ts'
import { escaped, page, table } from './page.ts'

type Options = {
  readonly demo: OidcApp
  readonly questions: readonly Question[]
  readonly issuer: string
  readonly pdp: string
}
type SignedIn = { readonly claims: Record<string, unknown>; readonly idToken: string; readonly sid: string }
type Pending = { readonly verifier: string; readonly nonce: string; readonly state: string }

const COOKIE = 'sample_oidc'
const brand = '#7c3aed'

export const sampleOidc = async ({ demo, questions, issuer, pdp }: Options): Promise<Running> => {
  const { url } = demo
  const asker = askerOf({ issuer, pdp, ...demo.pdp })
  const sessions = new Map<string, SignedIn>()
  const pending = new Map<string, Pending>()
  let found: client.Configuration | undefined
  const configuration = async () => {
    found ??= await client.discovery(new URL(issuer), demo.clientId, {}, client.ClientSecretBasic(demo.clientSecret), {
      execute: [client.allowInsecureRequests],
    })
    return found
  }
  const idOf = (req: Request) => /(?:^|;\s*)sample_oidc=([\w-]+)/.exec(req.headers.cookie ?? '')?.[1] ?? ''
  const begin = async (req: Request, res: Response, parameters: Record<string, string>) => {
    const verifier = client.randomPKCECodeVerifier()
    const wish: Pending = { verifier, nonce: client.randomNonce(), state: client.randomState() }
    const id = idOf(req) || randomBytes(24).toString('base64url')
    pending.set(id, wish)
    const to = client.buildAuthorizationUrl(await configuration(), {
      redirect_uri: `${url}/callback`,
      scope: 'openid profile email groups',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      nonce: wish.nonce,
      state: wish.state,
      ...parameters,
    })
    res.cookie(COOKIE, id, { httpOnly: true, sameSite: 'lax' }).redirect(303, to.href)
  }

  const app = express()
  app.get('/', (req, res) => {
    const me = sessions.get(idOf(req))
    res.send(
      page({
        title: me ? `Hello, ${String(me.claims.name)}` : 'Sample application',
        who: 'Sample application, OpenID Connect',
        brand,
        body: me
          ? signedIn(me, questions)
          : '<p>You are not signed in.</p><a class="button" id="sign-in" href="/sign-in">Sign in</a>',
      }),
    )
  })
  app.get('/sign-in', (req, res) => begin(req, res, {}))
  app.get('/step-up', (req, res) =>
    begin(req, res, { acr_values: `urn:gwanmun:acr:${req.query.level === '3' ? 3 : 2}` }),
  )
  app.get('/again', (req, res) => begin(req, res, { prompt: 'login' }))
  app.get('/silent', (req, res) => begin(req, res, { prompt: 'none' }))
  app.get('/callback', async (req, res) => {
    const wish = pending.get(idOf(req))
    pending.delete(idOf(req))
    if (typeof req.query.error === 'string' || !wish) {
      const why =
        typeof req.query.error === 'string'
          ? `${req.query.error}: ${String(req.query.error_description ?? '')}`
          : 'this sign-in was not begun here'
      return void res.status(403).send(
        page({
          title: 'Not signed in',
          who: 'Sample application, OpenID Connect',
          brand,
          body: `<p><code id="error">${escaped(why)}</code></p><a class="button" href="/">Back</a>`,
        }),
      )
    }
    const config = await configuration()
    const tokens = await client.authorizationCodeGrant(config, new URL(req.originalUrl, url), {
      pkceCodeVerifier: wish.verifier,
      expectedNonce: wish.nonce,
      expectedState: wish.state,
    })
    const claims = tokens.claims()
    const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '')
    const id = randomBytes(24).toString('base64url')
    sessions.set(id, {
      claims: { ...userinfo, ...claims },
      idToken: tokens.id_token ?? '',
      sid: String(claims?.sid ?? ''),
    })
    res.cookie(COOKIE, id, { httpOnly: true, sameSite: 'lax' }).redirect(303, '/')
  })
  app.get('/claims', (req, res) => void res.json(sessions.get(idOf(req))?.claims ?? null))
  app.get('/decision/:index', async (req, res) => {
    const me = sessions.get(idOf(req))
    const question = questions[Number(req.params.index)]
    if (!me || !question) return void res.redirect(303, '/')
    const decision = await decide(asker, String(me.claims.sub), question)
    res.send(
      page({
        title: question.label,
        who: 'Sample application, OpenID Connect',
        brand,
        body: `${decision.html}<a class="button" href="/">Back</a>`,
      }),
    )
  })
  const asked = (req: Request): Question => {
    const question = questions[Number(req.params.index)]
    if (!question) throw new Error('there is no such thing to do')
    return question
  }
  const person = (req: Request) => {
    const claims = sessions.get(idOf(req))?.claims
    return claims && { id: String(claims.sub), acr: String(claims.acr ?? '') }
  }
  // What the button asks, guarding a route: for programs, and to see what a refusal looks like.
  app.post('/do/:index', guard<Request>(asker, { person, question: asked }), (req, res) => {
    res.json({ done: asked(req).label })
  })
  app.get('/sign-out', async (req, res) => {
    const me = sessions.get(idOf(req))
    sessions.delete(idOf(req))
    res.redirect(
      303,
      client.buildEndSessionUrl(await configuration(), {
        ...(me ? { id_token_hint: me.idToken } : {}),
        post_logout_redirect_uri: `${url}/`,
      }).href,
    )
  })
  // OpenID Connect Back-Channel Logout 1.0 §2.5: verify, then forget every session with that sid.
  app.post('/backchannel-logout', express.urlencoded({ extended: false }), async (req, res) => {
    const keys = createRemoteJWKSet(new URL((await configuration()).serverMetadata().jwks_uri ?? ''))
    const { payload } = await jwtVerify(String(req.body?.logout_token ?? ''), keys, {
      issuer,
      audience: demo.clientId,
      algorithms: ['ES256', 'RS256'],
    })
    for (const [id, session] of sessions) if (session.sid === payload.sid) sessions.delete(id)
    res.status(200).end()
  })
  app.use((error: Error, _req: Request, res: Response, _next: () => void) => {
    res.status(502).send(
      page({
        title: 'The gateway did not answer as expected',
        who: 'Sample application, OpenID Connect',
        brand,
        body: `<p><code id="error">${escaped(error.message)}</code></p><a class="button" href="/">Back</a>`,
      }),
    )
  })
  return listenAt(app, url)
}

const groupRows = (groups: unknown): string =>
  Array.isArray(groups) && groups.length > 0
    ? table(
        groups.map((g: { name?: string; because?: readonly string[] } | string) =>
          typeof g === 'string' ? [g, ''] : [g.name ?? '', escaped((g.because ?? []).join('; '))],
        ),
      )
    : '<p>none</p>'

const signedIn = ({ claims }: SignedIn, questions: readonly Question[]): string => `
<h2>Who you are</h2>${table([
  ['sub', `<code>${escaped(String(claims.sub))}</code>`],
  ['name', escaped(String(claims.name ?? ''))],
  ['user name', escaped(String(claims.preferred_username ?? ''))],
  ['e-mail', escaped(String(claims.email ?? ''))],
  ['assurance level', `<code id="acr">${escaped(String(claims.acr ?? ''))}</code>`],
  ['methods', `<code id="amr">${escaped((claims.amr as string[] | undefined)?.join(' ') ?? '')}</code>`],
  ['signed in at', escaped(new Date(Number(claims.auth_time ?? 0) * 1000).toISOString())],
])}
<h2>Groups, and why you have them</h2><div id="groups">${groupRows(claims.groups)}</div>
<h2>May you…</h2><div id="actions">${questions.map((q, i) => `<a class="button quiet" href="/decision/${i}">${escaped(q.label)}</a>`).join('')}</div>
<h2>Session</h2><a class="button" id="step-up-2" href="/step-up?level=2">Step up to two factors</a><a class="button" id="step-up-3" href="/step-up?level=3">Step up to phishing-resistant</a>
<a class="button quiet" id="again" href="/again">Sign in again</a><a class="button quiet" id="sign-out" href="/sign-out">Sign out everywhere</a>`
