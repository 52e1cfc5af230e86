// The pages this edge needs shown. Drawn elsewhere (edges/sign-in); here only what each must be told.
import type { Request, Response } from 'express'
import type { Domain } from '../../core/model/tenancy.ts'

export type SamlPages = {
  /** `code` is the stable reason code and is shown; `home`: where "back to the application" leads. */
  error(
    req: Request,
    res: Response,
    page: {
      readonly status: number
      readonly code: string
      readonly detail: string
      /** Whose words to use where the code has none of its own. */
      readonly slug: 'saml-request-refused'
      readonly domain: Domain | undefined
      readonly home: { readonly name: string; readonly url: string } | undefined
    },
  ): void
  /**
   * A form that posts itself to `action` (SAML Bindings §3.5.4): by a nonce'd script, and by a visible button without JavaScript.
   * The page's Content-Security-Policy must allow the origin of `action` in form-action; nothing of it may be cached.
   */
  autoPost(
    req: Request,
    res: Response,
    page: {
      readonly action: string
      readonly fields: { readonly [name: string]: string }
      readonly domain: Domain
      readonly app: { readonly displayName: string }
    },
  ): void
  /** The end of a sign-out that no application is waiting for. `partial`: these applications could not be told. */
  signedOut(req: Request, res: Response, page: { readonly domain: Domain; readonly partial: readonly string[] }): void
}
