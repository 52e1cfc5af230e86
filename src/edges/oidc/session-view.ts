// The provider's Session, seen through ours. It is made anew for every request from the browser's SSO session and never stored: there is
// one session, it dies in one place, and two tabs cannot overwrite each other's view of it. What a token remembers of it
// (`sessionUid`) is its name, our person and the grant; whether it still lives is decided where tokens are read (rows.ts).

import type { Request } from 'express'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { amrOf, authenticatedAt } from '../../core/assurance/level.ts'
import type { PersonId, SessionId } from '../../core/model/ids.ts'
import type { Session } from '../../core/model/session.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import { secondsOf } from '../../core/model/time.ts'
import { liveSession } from '../../flows/sign-in/live-session.ts'
import type { OidcDeps } from './deps.ts'
import { formSecretOf } from './device-form.ts'

type Named = { readonly sid: SessionId; readonly personId: PersonId; readonly grantId: string }
const uidOf = ({ sid, personId, grantId }: Named): string => [sid, personId, grantId].join('.')
const namedBy = (uid: string): Named | undefined => {
  const [sid, personId, grantId, more] = uid.split('.')
  if (!sid || !personId || !grantId || more !== undefined) return undefined
  return { sid: sid as SessionId, personId: personId as PersonId, grantId }
}

export type SessionView = {
  /** Our session behind the request; only on the routes that have one. */
  of(ctx: KoaContextWithOIDC): Session | undefined
  /** Ties what is about to be issued to our session and to its own grant. */
  bind(ctx: KoaContextWithOIDC, grantId: string): void
}

type Deps = Pick<OidcDeps, 'store' | 'secrets' | 'clock' | 'cookies'>

export const sessionView = (
  provider: Provider,
  { store, secrets, clock, cookies }: Deps,
  domain: Domain,
): SessionView => {
  const behind = new WeakMap<object, Session>()

  provider.Session.get = async (koa) => {
    const ctx = koa as unknown as KoaContextWithOIDC
    const token = cookies.session(ctx.req as Request, domain)
    const ours = await store.read((tx) => liveSession(tx, secrets, domain.id, token, clock()))
    const session = new provider.Session()
    if (ours) {
      behind.set(ctx, ours)
      const at = authenticatedAt(ours.evidence)
      session.accountId = ours.personId
      session.loginTs = at === undefined ? undefined : secondsOf(at)
      session.amr = [...amrOf(ours.evidence)]
    }
    // The library keeps a form's secret in its session. Ours hangs on the browser: made anew, it is the same.
    const browser = cookies.browser(ctx.req as Request, domain)
    if (ctx.oidc.route === 'code_verification' && browser !== undefined)
      session.state = { secret: formSecretOf(secrets, domain, browser) }
    ctx.oidc.entity('Session', session)
    return session
  }

  // Asked for tokens that end with the session, after rows.ts has found that it lives: the answer is in the name.
  provider.Session.findByUid = async (uid) => {
    const named = namedBy(uid)
    if (!named) return undefined
    const session = new provider.Session()
    session.uid = uid
    session.accountId = named.personId
    return Object.assign(session, { grantIdFor: () => named.grantId })
  }

  // The library saves it when it changed, and it does not know that there is nothing to save.
  provider.Session.prototype.persist = async function () {
    return this.jti
  }

  // The library sends its session's id whenever it believes to have saved one. Nobody reads it.
  const cookie = provider.cookieName('session')
  provider.use(async (ctx, next) => {
    await next()
    const sent = [ctx.res.getHeader('set-cookie') ?? []].flat().map(String)
    const ours = sent.filter((line) => !line.startsWith(`${cookie}=`) && !line.startsWith(`${cookie}.sig=`))
    if (ours.length < sent.length) ctx.res.setHeader('set-cookie', ours)
  })

  return {
    of: (ctx) => behind.get(ctx),
    bind: (ctx, grantId) => {
      const ours = behind.get(ctx)
      const { session, client } = ctx.oidc
      if (!ours || !session || !client) throw new Error('nothing to bind to: the request has no session')
      session.uid = uidOf({ sid: ours.id, personId: ours.personId, grantId })
      session.sidFor(client.clientId, ours.id)
      session.grantIdFor(client.clientId, grantId)
    },
  }
}
