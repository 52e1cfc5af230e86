// The pages this edge needs shown. Drawn elsewhere (edges/sign-in); here only what each must be told. Every page sets its own
// Content-Security-Policy, is never framed and never cached.
import type { Request, Response } from 'express'
import type { Domain } from '../../core/model/tenancy.ts'

/** Where "back to the application" leads: only ever an address an administrator registered. */
export type Home = { readonly name: string; readonly url: string }

export type OidcPages = {
  /** `code` is stable and shown: an OAuth error code, or `sign-in-over` when there is nothing left to continue. */
  error(
    req: Request,
    res: Response,
    page: {
      readonly status: number
      readonly code: string
      readonly detail: string
      readonly domain: Domain | undefined
      readonly home: Home | undefined
    },
  ): void | Promise<void>
  /** "Sign out everywhere?": a form that posts `fields` to `action`. Works without JavaScript. */
  confirmSignOut(
    req: Request,
    res: Response,
    page: {
      readonly action: string
      readonly fields: { readonly [name: string]: string }
      readonly domain: Domain
      readonly app: { readonly displayName: string } | undefined
      readonly home: Home | undefined
    },
  ): void | Promise<void>
  /** The end of a sign-out that no application is waiting for. */
  signedOut(
    req: Request,
    res: Response,
    page: { readonly domain: Domain; readonly home: Home | undefined; readonly partial: readonly string[] },
  ): void | Promise<void>
}
