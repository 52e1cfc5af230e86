// Pages of ours in answers of the provider: they are drawn when it has done all it does to the response.
import type { Request, Response } from 'express'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'

export type Draw = (req: Request, res: Response) => void | Promise<void>
export type Drawing = {
  readonly later: (ctx: KoaContextWithOIDC, draw: Draw) => void
  /** Outermost of the provider's middleware. */
  readonly around: Parameters<Provider['use']>[0]
}

/**
 * For the one page the library draws itself (response_mode=form_post): its script is allowed by hash, which the library adds to
 * `script-src`. No `form-action`: Chromium applies it to the redirect that follows, and the form goes to the application.
 */
const FORM_POST_CSP = "default-src 'none'; script-src 'self'; base-uri 'none'; frame-ancestors 'none'"

export const drawing = (): Drawing => {
  const waiting = new WeakMap<object, Draw>()
  return {
    later: (ctx, draw) => {
      waiting.set(ctx, draw)
    },
    around: async (ctx, next) => {
      ctx.set('content-security-policy', FORM_POST_CSP)
      await next()
      const draw = waiting.get(ctx)
      if (!draw) return
      ctx.respond = false // INVARIANT: only here, when cookies are set and nothing of the provider writes any more
      await draw(ctx.req as Request, ctx.res as Response)
    },
  }
}
