// Is the key-encryption key the one that the store was written with? Asked before anything is served or sealed: with another key every
// sign-in would fail one by one, and what is sealed meanwhile would be lost once the right key is back.
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { sealedFor } from './ensure-keys.ts'

type Deps = { readonly store: Pick<Store, 'read'>; readonly secrets: Pick<Secrets, 'open'> }

/** Any stored key: all were sealed with the same one. Undefined in an empty store. */
const anyKey = async (tx: Tx) => {
  for (const tenancy of await tx.tenancies.list(undefined))
    for (const domain of await tx.domains.list(tenancy.id)) {
      const [key] = await tx.keys.ofDomain(domain.id)
      if (key) return key
    }
  return undefined
}

/** @throws config-invalid, with what to restore */
export type CheckSecrets = () => Promise<void>
export const checkSecrets =
  ({ store, secrets }: Deps): CheckSecrets =>
  async () => {
    const key = await store.read(anyKey)
    if (!key) return
    try {
      secrets.open(key.privateSealed, sealedFor(key.id))
    } catch (cause) {
      throw new Problem(
        'config-invalid',
        'the key-encryption key is not the one that this store was written with: put the right one back from your backup (`kek` in keys.dir, or GWANMUN_KEYS_ENCRYPTION_KEY); nothing was changed',
        { cause },
      )
    }
  }
