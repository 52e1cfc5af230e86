// What a person sees when the provider refuses: our page, drawn after the provider has done all it does to the response. Says the OAuth
// error and what to do; never why in detail that only an attacker wants.
import { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import { clientIdOfInteraction } from './adapter.ts'
import { appOf, type ClientApp } from './clients.ts'
import type { Found, OidcDeps } from './deps.ts'
import type { Drawing } from './drawing.ts'
import { startAgainAt } from './homes.ts'

export type ErrorPage = { readonly render: NonNullable<Configuration['renderError']> }

/** Said when there is nothing left to continue: a stale cookie, the back button, a second tab, an hour's pause. */
export const signInOver =
  'this sign-in is over, took too long or was begun in another browser: start again from the application'

type Deps = Pick<OidcDeps, 'pages' | 'store' | 'secrets' | 'clock'>

export const errorPages = (
  deps: Deps,
  { domain, issuer }: Found,
  drawing: Drawing,
  appNamed: (clientId: string) => Promise<ClientApp | undefined>,
): ErrorPage => {
  const appBehind = async (ctx: KoaContextWithOIDC): Promise<ClientApp | undefined> => {
    if (ctx.oidc.client) return appOf(ctx.oidc.client)
    const uid: unknown = /resume$/.test(ctx.oidc.route) ? ctx.params.uid : undefined
    const clientId = typeof uid === 'string' ? await clientIdOfInteraction(deps, domain, uid) : undefined
    return clientId === undefined ? undefined : appNamed(clientId)
  }

  return {
    render: async (ctx, out, error) => {
      const app = await appBehind(ctx)
      const over = error instanceof errors.SessionNotFound
      const page = {
        status: ctx.status,
        code: over ? 'sign-in-over' : out.error,
        detail: over ? signInOver : (out.error_description ?? out.error),
        domain,
        home: app && startAgainAt(app, issuer),
      }
      drawing.later(ctx, (req, res) => deps.pages.error(req, res, page))
    },
  }
}
