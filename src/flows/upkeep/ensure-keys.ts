// Every domain has keys for what it signs: ES256 and RS256 for tokens, an RSA key with certificate for SAML, a secret for cookies.
// Makes the missing ones; never replaces one that is there.
import type { Actor } from '../../core/model/audit.ts'
import type { DomainId, KeyId, TenancyId } from '../../core/model/ids.ts'
import type { SigningKey } from '../../core/model/key.ts'
import type { Domain, Tenancy } from '../../core/model/tenancy.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeyMaker } from '../../ports/keys.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { eventOf } from '../audit-event.ts'

export type KeyDeps = {
  readonly random: Random
  readonly clock: Clock
  readonly secrets: Secrets
  readonly keyMaker: KeyMaker
}
type Deps = KeyDeps & { readonly store: Store }
export type KeyKind = Pick<SigningKey, 'use' | 'alg'>
export const needed: readonly KeyKind[] = [
  { use: 'oidc', alg: 'ES256' },
  { use: 'oidc', alg: 'RS256' },
  { use: 'saml', alg: 'RS256' },
  { use: 'cookie', alg: 'HS256' },
]
/** What a private key is bound to when it is sealed: a row copied to another id does not open. */
export const sealedFor = (id: KeyId): string => `key:${id}`

const CERTIFICATE_YEARS = 10 // partners pin it by hand; rotation is by overlap, not by expiry

const missingOf = (keys: readonly SigningKey[]): readonly KeyKind[] =>
  needed.filter((n) => !keys.some((k) => k.use === n.use && k.alg === n.alg && k.status === 'active'))

export const makeKey = async (
  deps: KeyDeps,
  { use, alg }: KeyKind,
  tenancy: Tenancy,
  domain: Domain,
): Promise<SigningKey> => {
  const id = deps.random.id() as KeyId
  const now = deps.clock()
  const row = { id, domainId: domain.id, use, alg, status: 'active' as const, createdAt: now }
  const sealed = (plain: string): string => deps.secrets.seal(plain, sealedFor(id))
  if (alg === 'HS256')
    return { ...row, privateSealed: sealed(deps.random.token()), publicJwk: undefined, certificatePem: undefined }
  const certificate =
    use === 'saml' ? { commonName: `${tenancy.name}/${domain.name}`, years: CERTIFICATE_YEARS, now } : undefined
  const made = await deps.keyMaker.make(alg, certificate)
  return {
    ...row,
    privateSealed: sealed(made.privateJwk),
    publicJwk: made.publicJwk,
    certificatePem: made.certificatePem,
  }
}

/** Asked again inside the transaction: of two nodes that start together one makes the keys that stay. */
const keep = async (
  deps: Deps,
  tx: Tx,
  actor: Actor,
  domain: Domain,
  made: readonly SigningKey[],
): Promise<readonly SigningKey[]> => {
  const missing = missingOf(await tx.keys.ofDomain(domain.id))
  const kept = made.filter((k) => missing.some((m) => m.use === k.use && m.alg === k.alg))
  for (const key of kept) {
    await tx.keys.add(key)
    await tx.audit.add(
      eventOf(deps.random, deps.clock(), {
        tenancyId: domain.tenancyId,
        domainId: domain.id,
        action: 'key.created',
        actor,
        target: { type: 'key', id: key.id, name: `${key.use} ${key.alg}` },
      }),
    )
  }
  const current = kept.length > 0 ? await tx.domains.get(domain.id) : undefined
  if (current) await tx.domains.put({ ...current, version: current.version + 1 })
  return kept
}

export type EnsureKeys = (
  actor: Actor,
  tenancyId: TenancyId,
) => Promise<readonly { readonly domainId: DomainId; readonly keyId: KeyId }[]>
export const ensureKeys =
  (deps: Deps): EnsureKeys =>
  async (actor, tenancyId) => {
    const { tenancy, domains } = await deps.store.read(async (tx) => {
      const withKeys: { readonly domain: Domain; readonly keys: readonly SigningKey[] }[] = []
      for (const domain of await tx.domains.list(tenancyId))
        withKeys.push({ domain, keys: await tx.keys.ofDomain(domain.id) })
      return { tenancy: await tx.tenancies.get(tenancyId), domains: withKeys }
    })
    const kept: SigningKey[] = []
    for (const { domain, keys } of tenancy ? domains : []) {
      const missing = missingOf(keys)
      if (!tenancy || missing.length === 0) continue
      // slow, so outside the transaction
      const made = await Promise.all(missing.map((kind) => makeKey(deps, kind, tenancy, domain)))
      kept.push(...(await deps.store.write((tx) => keep(deps, tx, actor, domain, made))))
    }
    return kept.map((k) => ({ domainId: k.domainId, keyId: k.id }))
  }
