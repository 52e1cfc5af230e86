// A domain's keys, opened for those who sign: the OIDC provider, the SAML IdP and the requests to upstreams. Kept for a few seconds
// per domain version only; private parts never leave the process.
import type { DomainId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { SigningKey } from '../../core/model/key.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store } from '../../ports/store.ts'
import { sealedFor } from './ensure-keys.ts'

export type SamlKey = { readonly privateKeyPem: string; readonly certificatePem: string }
export type OpenKeys = {
  /** Private JWKs with `kid`, `alg`, `use`; the active ones first (oidc-provider signs with the first that fits), then next, then retired. */
  readonly oidc: readonly JsonObject[]
  readonly saml: {
    readonly active: SamlKey
    /** Every key that may still be in use by someone else, for decryption: active, next, retired. */
    readonly all: readonly SamlKey[]
    /** What metadata publishes: active and next. */
    readonly publishedCertificates: readonly string[]
  }
  readonly cookieSecrets: readonly string[] // first signs, all verify
}
export type KeyRing = (domain: DomainId) => Promise<OpenKeys>

type Deps = { readonly store: Store; readonly secrets: Secrets; readonly pemOf: (privateJwk: string) => string }

const order: { readonly [S in SigningKey['status']]: number } = { active: 0, next: 1, retired: 2 }

export const keyRing = ({ store, secrets, pemOf }: Deps): KeyRing => {
  const open = (key: SigningKey): string => secrets.open(key.privateSealed, sealedFor(key.id))
  const samlKey = (key: SigningKey): SamlKey => ({
    privateKeyPem: pemOf(open(key)),
    certificatePem: key.certificatePem ?? '',
  })
  return async (domain) => {
    const rows = await store.read((tx) => tx.keys.ofDomain(domain))
    const keys = [...rows].sort((a, b) => order[a.status] - order[b.status])
    const saml = keys.filter((k) => k.use === 'saml')
    const active = saml.find((k) => k.status === 'active')
    if (!active) throw new Error(`domain ${domain} has no active saml key: run \`gwanmun apply\``)
    return {
      oidc: keys
        .filter((k) => k.use === 'oidc')
        .map((k) => ({ ...(JSON.parse(open(k)) as JsonObject), kid: k.id, alg: k.alg, use: 'sig' })),
      saml: {
        active: samlKey(active),
        all: saml.map(samlKey),
        publishedCertificates: saml.filter((k) => k.status !== 'retired').map((k) => k.certificatePem ?? ''),
      },
      cookieSecrets: keys.filter((k) => k.use === 'cookie').map(open),
    }
  }
}
