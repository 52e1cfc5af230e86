// Signing keys of a domain. The private part is sealed; a kid is never used twice.
import type { DomainId, KeyId } from './ids.ts'
import type { JsonObject } from './json.ts'
import type { EpochMs } from './time.ts'

export type SigningKey = {
  readonly id: KeyId // the kid
  readonly domainId: DomainId
  readonly use: 'oidc' | 'saml' | 'cookie' // cookie: HMAC secret for the provider's signed cookies; saml is used as IdP and towards upstreams
  readonly alg: 'ES256' | 'RS256' | 'HS256'
  readonly status: 'next' | 'active' | 'retired' // all three are published; only `active` signs
  readonly privateSealed: string // JWK JSON, Secrets.seal(…, `key:<id>`)
  readonly publicJwk: JsonObject | undefined
  readonly certificatePem: string | undefined // saml only, self-signed
  readonly createdAt: EpochMs
}
