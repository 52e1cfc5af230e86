// Making the next seal of a chain, and its checkpoint. The digest is handed in; nothing here reads a clock.
import type { TenancyId } from '../model/ids.ts'
import type { EpochMs } from '../model/time.ts'
import type { CheckpointBody, Floor, Seal, SealBody, Trail } from './trail.ts'

/** SHA-256, base64url. */
export type Digest = (text: string) => string
/** Where a chain stands. */
export type Tip = { readonly n: number; readonly hash: string }
export const start: Tip = { n: 0, hash: '' }

export const sealAfter = (
  tip: Tip,
  chain: { readonly tenancyId: TenancyId; readonly trail: Trail },
  rows: readonly (readonly [seq: number, digest: string])[],
  at: EpochMs,
  digest: Digest,
): Omit<Seal, 'kid' | 'signature'> => {
  const n = tip.n + 1
  const body: SealBody = {
    tenancy: chain.tenancyId,
    trail: chain.trail,
    n,
    previous: tip.hash,
    at,
    rows,
  }
  const text = JSON.stringify(body)
  return { ...chain, n, at, hash: digest(text), body: text }
}

export const checkpointText = (
  { tenancyId, trail }: { readonly tenancyId: TenancyId; readonly trail: Trail },
  { n, hash }: Tip,
  at: EpochMs,
  floor: Floor | undefined,
): string => {
  const body: CheckpointBody = { tenancy: tenancyId, trail, n, hash, at, ...(floor ? { floor } : {}) }
  return JSON.stringify(body)
}
