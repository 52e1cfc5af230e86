// The way back to an application: an address its administrator registered, never one from a request.
import type { ClientApp } from './clients.ts'
import type { Home } from './pages.ts'

/** Where it can begin a sign-in by itself (OpenID Connect Core 1.0 §4), or else its front page. */
export const startAgainAt = (app: ClientApp, issuer: string): Home | undefined => {
  const url = app.initiateLoginUri === undefined ? null : URL.parse(app.initiateLoginUri)
  if (!url) return homeOf(app)
  url.searchParams.set('iss', issuer)
  return { name: app.displayName, url: url.href }
}

export const homeOf = (app: ClientApp): Home | undefined =>
  app.homeUrl === undefined ? undefined : { name: app.displayName, url: app.homeUrl }
