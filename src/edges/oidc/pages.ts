// The pages this edge needs shown. Drawn elsewhere (edges/sign-in); here only what each must be told. Every page sets its own
// Content-Security-Policy, is never framed and never cached.
import type { Request, Response } from 'express'
import type { Domain } from '../../core/model/tenancy.ts'

/** Where "back to the application" leads: only ever an address an administrator registered. */
export type Home = { readonly name: string; readonly url: string }

/** Why a code that was typed led nowhere; the words are the page's. */
export type CodeFault = 'missing' | 'wrong' | 'expired' | 'used' | 'stale' | 'wait'

/** The pages on which somebody lets a device in (RFC 8628 §3.3). They work without JavaScript. */
export type DevicePages = {
  /** A form that posts `user_code` and `fields` to `action`. */
  deviceCode(
    req: Request,
    res: Response,
    page: {
      readonly domain: Domain
      readonly action: string
      readonly fields: { readonly [name: string]: string }
      readonly userCode: string
      readonly fault: CodeFault | undefined
      readonly waitSeconds?: number
    },
  ): void | Promise<void>
  /** Two buttons: `confirm` posts `confirm=yes` with the fields, `abort` posts `abort=yes` with them. */
  deviceConfirm(
    req: Request,
    res: Response,
    page: {
      readonly domain: Domain
      readonly action: string
      readonly fields: { readonly [name: string]: string }
      /** As the device shows it. */
      readonly userCode: string
      readonly app: { readonly displayName: string }
      /** Where the device asked from. */
      readonly address: string
    },
  ): void | Promise<void>
  deviceDone(
    req: Request,
    res: Response,
    page: {
      readonly domain: Domain
      readonly outcome: 'allowed' | 'denied'
      readonly app: { readonly displayName: string } | undefined
    },
  ): void | Promise<void>
}

export type OidcPages = DevicePages & {
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
