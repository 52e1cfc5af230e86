// The Content-Security-Policy of a page (CSP Level 3): nothing is allowed but our own style sheet, and by nonce the scripts and the accent
// colour of this very response. Nobody may frame a page; no page may post where it should not.

export type LeavesTo = 'nowhere' | 'anywhere'

type Wants = {
  readonly nonce: string
  readonly scripts: boolean
  /**
   * Chromium applies form-action to every redirect that follows a form's POST, not only to the POST. The last answer of a sign-in leads to
   * the application, or to a company's provider, and both redirect on to places we cannot know: with 'self' the browser would stop there
   * without a word. Pages whose forms stay here say 'nowhere'.
   */
  readonly leavesTo: LeavesTo
  /** Custom schemes of a native application's redirect URIs (RFC 8252 §7.1). */
  readonly schemes: readonly string[]
}

const isScheme = (scheme: string): boolean => /^[a-z][a-z0-9+.-]{0,63}:$/.test(scheme)

export const contentSecurityPolicy = ({ nonce, scripts, leavesTo, schemes }: Wants): string =>
  [
    "default-src 'none'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    scripts ? `script-src 'nonce-${nonce}'` : "script-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    leavesTo === 'nowhere'
      ? "form-action 'self'"
      : ["form-action 'self' https: http:", ...schemes.filter(isScheme)].join(' '),
  ].join('; ')
