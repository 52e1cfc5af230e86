// What a person sees when the provider refuses: our page, drawn after the provider has done all it does to the response. Says the OAuth
// error and what to do; never why in detail that only an attacker wants.
import type { Request, Response } from 'express'
import { type Configuration, errors, type KoaContextWithOIDC, type Provider } from 'oidc-provider'
import { clientIdOfInteraction } from './adapter.ts'
import { appOf, type ClientApp } from './clients.ts'
import type { Found, OidcDeps } from './deps.ts'
import { startAgainAt } from './homes.ts'
import type { OidcPages } from './pages.ts'

type Page = Parameters<OidcPages['error']>[2]
export type ErrorPage = {
  readonly render: NonNullable<Configuration['renderError']>
  /** Outermost of the provider's middleware. */
  readonly around: Parameters<Provider['use']>[0]
}

/** Said when there is nothing left to continue: a stale cookie, the back button, a second tab, an hour's pause. */
export const signInOver =
  'this sign-in is over, took too long or was begun in another browser: start again from the application'

/**
 * For the one page the library draws itself (response_mode=form_post): its script is allowed by hash, which the library adds to
 * `script-src`. No `form-action`: Chromium applies it to the redirect that follows, and the form goes to the application.
 */
const FORM_POST_CSP = "default-src 'none'; script-src 'self'; base-uri 'none'; frame-ancestors 'none'"

type Deps = Pick<OidcDeps, 'pages' | 'store' | 'secrets' | 'clock'>

export const errorPages = (
  deps: Deps,
  { domain, issuer }: Found,
  appNamed: (clientId: string) => Promise<ClientApp | undefined>,
): ErrorPage => {
  const drawn = new WeakMap<object, Page>()

  const appBehind = async (ctx: KoaContextWithOIDC): Promise<ClientApp | undefined> => {
    if (ctx.oidc.client) return appOf(ctx.oidc.client)
    const uid: unknown = ctx.oidc.route === 'resume' ? ctx.params.uid : undefined
    const clientId = typeof uid === 'string' ? await clientIdOfInteraction(deps, domain, uid) : undefined
    return clientId === undefined ? undefined : appNamed(clientId)
  }

  return {
    render: async (ctx, out, error) => {
      const app = await appBehind(ctx)
      const over = error instanceof errors.SessionNotFound
      drawn.set(ctx, {
        status: ctx.status,
        code: over ? 'sign-in-over' : out.error,
        detail: over ? signInOver : (out.error_description ?? out.error),
        domain,
        home: app && startAgainAt(app, issuer),
      })
    },
    around: async (ctx, next) => {
      ctx.set('content-security-policy', FORM_POST_CSP)
      await next()
      const page = drawn.get(ctx)
      if (!page) return
      ctx.respond = false // INVARIANT: only here, when cookies are set and nothing of the provider writes any more
      await deps.pages.error(ctx.req as Request, ctx.res as Response, page)
    },
  }
}
