// OpenID Connect RP-Initiated Logout 1.0. Ours and not the library's, because the session is ours: it ends once, applications are told by
// the outbox, SAML participants and the upstream through the browser. Only a registered address is ever returned to.
import type { Request, Response } from 'express'
import { decodeJwt } from 'jose'
import { errors } from 'oidc-provider'
import type { Session } from '../../core/model/session.ts'
import { liveSession } from '../../flows/sign-in/live-session.ts'
import { appOf, type ClientApp } from './clients.ts'
import { routes } from './configuration.ts'
import type { OidcDeps } from './deps.ts'
import { homeOf } from './homes.ts'
import type { DomainProvider } from './provider.ts'
import type { Recorder } from './recorder.ts'

type Visit = { readonly req: Request; readonly res: Response; readonly on: DomainProvider }
type Fields = { readonly [name: string]: string | undefined }

/** What was asked for, believed as far as it goes. */
type Wish = {
  readonly app: ClientApp | undefined
  /** Whom the hint speaks of; only when it is a token of ours for this very application. */
  readonly hinted: { readonly sub: string; readonly sid: string | undefined } | undefined
  readonly goTo: string | undefined
}
type Fault = { readonly fault: string; readonly code: string }

const names = ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state', 'token'] as const
const WALK_SECONDS = 15 * 60

/** Each parameter once (RFC 6749 §3.1), empty ones count as absent. */
const fieldsOf = (given: URLSearchParams): Fields | Fault => {
  for (const name of names)
    if (given.getAll(name).length > 1)
      return { fault: `the parameter \`${name}\` came more than once`, code: 'invalid_request' }
  return Object.fromEntries(names.map((name) => [name, given.get(name) || undefined]))
}
const isFault = (x: object): x is Fault => 'fault' in x

const audienceOf = (hint: string): string | undefined => {
  try {
    const { aud } = decodeJwt(hint)
    return typeof aud === 'string' ? aud : undefined
  } catch {
    return undefined
  }
}

const wishOf = async ({ provider }: DomainProvider, fields: Fields): Promise<Wish | Fault> => {
  const { id_token_hint: hint, client_id: named, post_logout_redirect_uri: uri, state } = fields
  const unreadable: Fault = { fault: 'the id_token_hint is none of ours', code: 'invalid_request' }
  const audience = hint === undefined ? undefined : audienceOf(hint)
  if (hint !== undefined && audience === undefined) return unreadable
  if (named !== undefined && audience !== undefined && named !== audience)
    return { fault: 'client_id is not the application that the id_token_hint is for', code: 'invalid_request' }
  const clientId = audience ?? named
  const client = clientId === undefined ? undefined : await provider.Client.find(clientId)
  if (clientId !== undefined && !client)
    return { fault: 'this application is not registered here', code: 'invalid_client' }
  let hinted: Wish['hinted']
  if (hint !== undefined && client) {
    try {
      const { payload } = await provider.IdToken.validate(hint, client) // expired ones are fine (§2)
      hinted = { sub: String(payload.sub), sid: typeof payload.sid === 'string' ? payload.sid : undefined }
    } catch (error) {
      if (error instanceof errors.OIDCProviderError || error instanceof Error) return unreadable
      throw error
    }
  }
  const app = client && appOf(client)
  // Without an application nobody vouches for the address (§3): it is ignored, and the person stays here.
  if (!app || uri === undefined) return { app, hinted, goTo: undefined }
  if (!app.postLogoutRedirectUris.includes(uri))
    return { fault: 'post_logout_redirect_uri is not registered for this application', code: 'invalid_request' }
  const target = new URL(uri)
  if (state !== undefined) target.searchParams.set('state', state)
  return { app, hinted, goTo: target.href }
}

const sessionOf = ({ store, secrets, clock, cookies }: OidcDeps, { req, on }: Visit): Promise<Session | undefined> => {
  const { id } = on.found.domain
  const token = cookies.session(req, on.found.domain)
  return store.read((tx) => liveSession(tx, secrets, id, token, clock()))
}

const refuse = (deps: OidcDeps, { req, res, on }: Visit, { fault, code }: Fault): void | Promise<void> =>
  deps.pages.error(req, res, { status: 400, code, detail: fault, domain: on.found.domain, home: undefined })

const finish = async (
  deps: OidcDeps,
  { req, res, on }: Visit,
  goTo: string | undefined,
  app: ClientApp | undefined,
): Promise<void> => {
  res.setHeader('Cache-Control', 'no-store')
  if (goTo !== undefined) return res.redirect(303, goTo)
  await deps.pages.signedOut(req, res, { domain: on.found.domain, home: app && homeOf(app), partial: [] })
}

// The browser may be sent to SAML applications and to the upstream first; where it goes in the end waits in a cookie of this address.
const doneCookie = (deps: OidcDeps, { on }: Visit): string =>
  `gwanmun_o_${deps.secrets
    .digest(`oidc-sign-out:${on.found.domain.id}`)
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 12)}`
const donePath = ({ on }: Visit): string => `${new URL(on.found.issuer).pathname}${routes.end_session}`
const macOf = (deps: OidcDeps, visit: Visit, parts: readonly (string | undefined)[]): string =>
  deps.secrets.mac('oidc-sign-out', JSON.stringify([visit.on.found.domain.id, ...parts.map((p) => p ?? null)]))

const remember = (deps: OidcDeps, visit: Visit, wish: Pick<Wish, 'goTo' | 'app'>): void => {
  const text = Buffer.from(JSON.stringify([wish.goTo ?? null, wish.app?.clientId ?? null])).toString('base64url')
  visit.res.cookie(doneCookie(deps, visit), `${text}.${macOf(deps, visit, ['done', text])}`, {
    httpOnly: true,
    sameSite: 'lax',
    secure: deps.config.secureCookies,
    path: donePath(visit),
    maxAge: WALK_SECONDS * 1000,
  })
}

const remembered = (deps: OidcDeps, visit: Visit): readonly [goTo: string | null, clientId: string | null] => {
  const name = doneCookie(deps, visit)
  const pair = (visit.req.headers.cookie ?? '').split(/;\s*/).find((c) => c.startsWith(`${name}=`))
  const [text = '', mac = ''] = (pair?.slice(name.length + 1) ?? '').split('.')
  if (text === '' || !deps.secrets.same(mac, macOf(deps, visit, ['done', text]))) return [null, null]
  return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as [string | null, string | null]
}

const end = async (deps: OidcDeps, recorder: Recorder, visit: Visit, session: Session, wish: Wish): Promise<void> => {
  const { req, res, on } = visit
  const { domain, issuer } = on.found
  const source = deps.source(req)
  const returnTo = `${issuer}${routes.end_session}/done`
  const { ended, participants, upstream } = await deps.signOut({
    domainId: domain.id,
    session: { id: session.id },
    reason: 'signed-out-at-app',
    exceptApp: wish.hinted ? wish.app?.id : undefined, // it asked, so it knows; one that was only named may not
    source,
    returnTo,
  })
  deps.cookies.clearSession(res, domain)
  recorder.record({
    tenancyId: domain.tenancyId,
    domainId: domain.id,
    action: 'oidc.signed-out',
    actor: wish.app
      ? { kind: 'app', id: wish.app.id, name: wish.app.name }
      : { kind: 'person', id: session.personId, name: session.personId },
    target: { type: 'session', id: session.id, name: session.personId },
    details: { address: source.address, hinted: wish.hinted !== undefined },
    requestId: source.requestId,
  })
  if (ended && deps.afterSignOut) {
    remember(deps, visit, wish)
    if (await deps.afterSignOut(req, res, { found: on.found, ended, participants, upstream, returnTo })) return
  }
  await finish(deps, visit, wish.goTo, wish.app)
}

const ask = async (deps: OidcDeps, visit: Visit, session: Session, fields: Fields, { app }: Wish): Promise<void> => {
  const { client_id, id_token_hint, post_logout_redirect_uri, state } = fields
  const kept = { client_id: client_id ?? app?.clientId, id_token_hint, post_logout_redirect_uri, state }
  // Tied to this session and this wish: another site can neither make it nor reuse it (login CSRF's brother, logout CSRF).
  const token = macOf(deps, visit, ['confirm', session.id, kept.client_id, post_logout_redirect_uri, state])
  const present = Object.entries({ ...kept, token }).filter((e): e is [string, string] => e[1] !== undefined)
  await deps.pages.confirmSignOut(visit.req, visit.res, {
    action: `${visit.on.found.issuer}${routes.end_session}/confirm`,
    fields: Object.fromEntries(present),
    domain: visit.on.found.domain,
    app: app && { displayName: app.displayName },
    home: app && homeOf(app),
  })
}

/** `GET logout` */
export const requestSignOut = async (deps: OidcDeps, recorder: Recorder, visit: Visit): Promise<void> => {
  const fields = fieldsOf(new URL(visit.req.url, visit.on.found.issuer).searchParams)
  if (isFault(fields)) return refuse(deps, visit, fields)
  const wish = await wishOf(visit.on, fields)
  if (isFault(wish)) return refuse(deps, visit, wish)
  const session = await sessionOf(deps, visit)
  if (!session) {
    deps.cookies.clearSession(visit.res, visit.on.found.domain)
    return finish(deps, visit, wish.goTo, wish.app)
  }
  // §2: without a hint, or with one about somebody else, the person is asked; one about this very session is their own application's.
  const own = wish.hinted?.sub === session.personId && (wish.hinted.sid ?? session.id) === session.id
  return own ? end(deps, recorder, visit, session, wish) : ask(deps, visit, session, fields, wish)
}

/** `POST logout/confirm`: the person said yes. */
export const confirmSignOut = async (
  deps: OidcDeps,
  recorder: Recorder,
  visit: Visit,
  form: URLSearchParams,
): Promise<void> => {
  const fields = fieldsOf(form)
  if (isFault(fields)) return refuse(deps, visit, fields)
  const session = await sessionOf(deps, visit)
  const wish = await wishOf(visit.on, fields)
  if (isFault(wish)) return refuse(deps, visit, wish)
  if (!session) return finish(deps, visit, wish.goTo, wish.app)
  const { client_id, post_logout_redirect_uri, state, token } = fields
  const expected = macOf(deps, visit, ['confirm', session.id, client_id, post_logout_redirect_uri, state])
  if (token === undefined || !deps.secrets.same(token, expected))
    return refuse(deps, visit, {
      fault: 'this question was answered elsewhere: sign out again',
      code: 'sign-out-stale',
    })
  return end(deps, recorder, visit, session, wish)
}

/** `GET logout/done`: back from SAML applications and the upstream. */
export const signOutDone = async (deps: OidcDeps, visit: Visit): Promise<void> => {
  const [goTo, clientId] = remembered(deps, visit)
  visit.res.clearCookie(doneCookie(deps, visit), { path: donePath(visit) })
  const app = clientId === null ? undefined : await visit.on.appNamed(clientId)
  await finish(deps, visit, goTo ?? undefined, app)
}
