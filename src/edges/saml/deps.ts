// What the SAML edge uses, exactly; handed in by wire.ts.
import type { Request, Response } from 'express'
import type { Assess, Begin, FindDomain, Join, Release, SignOut, Source } from '../../flows/sign-in/api.ts'
import type { KeyRing } from '../../flows/upkeep/key-ring.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { SamlVerifier } from '../../ports/saml-verifier.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store } from '../../ports/store.ts'
import type { LoginCookies } from '../cookies.ts'
import type { SamlPages } from './pages.ts'
import type { ReadServiceProvider } from './service-provider.ts'

export type SamlDeps = {
  readonly findDomain: FindDomain
  readonly assess: Assess
  readonly begin: Begin
  readonly release: Release
  readonly join: Join
  readonly signOut: SignOut
  readonly keyRing: KeyRing
  readonly verifier: SamlVerifier
  readonly serviceProvider: ReadServiceProvider
  readonly store: Store
  readonly secrets: Secrets
  readonly random: Random
  readonly clock: Clock
  readonly cookies: Pick<LoginCookies, 'session' | 'browser' | 'device' | 'setBrowser' | 'clearSession'>
  readonly pages: SamlPages
  readonly source: (req: Request) => Source
  readonly config: { readonly wantAuthnRequestsSigned?: boolean; readonly clockSkewSeconds?: number }
}

/** The identity domain a request is about. */
export type Found = NonNullable<Awaited<ReturnType<FindDomain>>>
export type Exchange = { readonly req: Request; readonly res: Response; readonly found: Found }
