// Secrets at rest. Sealed values open only in the context they were sealed for; bearer values are kept as digests only.

export interface Secrets {
  /** AES-256-GCM under the key-encryption key; `context` (e.g. `totp:<id>`) is authenticated, so a row copied elsewhere does not open. */
  seal(plain: string, context: string): string
  /** Throws on another context, a changed text or an unknown key: that is a bug or an attack, never an expected outcome. */
  open(sealed: string, context: string): string
  /** SHA-256, base64url. For values with 128 bits of entropy or more. */
  digest(value: string): string
  /** HMAC-SHA-256 under a key derived for `purpose`, base64url: hop tokens, decoy choices. */
  mac(purpose: string, value: string): string
  /** Constant-time equality of two texts. */
  same(a: string, b: string): boolean
}
