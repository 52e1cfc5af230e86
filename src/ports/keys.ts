// Makes and uses key pairs. Private parts leave it only as JWK text for Secrets.seal.
import type { JsonObject } from '../core/model/json.ts'
import type { EpochMs } from '../core/model/time.ts'

export type MadeKey = {
  readonly privateJwk: string
  readonly publicJwk: JsonObject
  readonly certificatePem: string | undefined
}

export interface KeyMaker {
  /** ES256 (P-256) or RS256 (2048 bits). `certificate`: also a self-signed X.509 certificate for SAML, valid `years` from `now`. */
  make(
    alg: 'ES256' | 'RS256',
    certificate?: { readonly commonName: string; readonly years: number; readonly now: EpochMs },
  ): Promise<MadeKey>
}

/** Signatures over text by keys that KeyMaker made. */
export interface Signer {
  /** ES256 (RFC 7518 §3.4), base64url. */
  sign(privateJwk: string, text: string): string
  verify(publicJwk: JsonObject, text: string, signature: string): boolean
}
