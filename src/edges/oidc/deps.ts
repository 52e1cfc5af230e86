// What the OpenID Connect edge uses, exactly; handed in by wire.ts.
import type { Request } from 'express'
import type { Assess, Begin, FindDomain, Join, Release, SignOut, Source } from '../../flows/sign-in/api.ts'
import type { KeyRing } from '../../flows/upkeep/key-ring.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Fetch } from '../../ports/fetcher.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store } from '../../ports/store.ts'
import type { AfterSignOut } from '../after-sign-out.ts'
import type { LoginCookies } from '../cookies.ts'
import type { OidcPages } from './pages.ts'

/** The identity domain a request is about. */
export type Found = NonNullable<Awaited<ReturnType<FindDomain>>>

export type OidcDeps = {
  readonly findDomain: FindDomain
  readonly assess: Assess
  readonly begin: Begin
  readonly release: Release
  readonly join: Join
  readonly signOut: SignOut
  readonly keyRing: KeyRing
  readonly store: Store
  readonly secrets: Secrets
  readonly random: Random
  readonly clock: Clock
  /** Guarded: JWKS of applications and back-channel logout go through it. */
  readonly fetch: Fetch
  readonly cookies: Pick<LoginCookies, 'session' | 'browser' | 'device' | 'setBrowser' | 'clearSession'>
  readonly pages: OidcPages
  readonly source: (req: Request) => Source
  /** For our log: what happened to whom is in the audit events, this is for bugs and outages. */
  readonly report: (what: string, error: unknown) => void
  readonly afterSignOut?: AfterSignOut
  readonly config: {
    /** The cookies of the provider carry `Secure`. */
    readonly secureCookies: boolean
    /** How long a domain or an application may be remembered before it is read again; 0 reads it every time. */
    readonly rememberMs?: number
  }
}
