// The words of a tamper-evident trail. Rows are sealed in the order in which they arrived; a seal names each of its rows with its digest
// and the seal before it, so that one signature over the newest seal, the checkpoint, vouches for all of them.
import type { AuditId, DecisionId, TenancyId } from '../model/ids.ts'
import type { EpochMs } from '../model/time.ts'

export const trails = ['event', 'decision'] as const
export type Trail = (typeof trails)[number]

/** A row as it is stored: `text` holds every column, so that no change of any of them escapes its digest. */
export type Recorded = {
  readonly seq: number // order of arrival, over all tenancies; with gaps
  readonly id: AuditId | DecisionId
  readonly tenancyId: TenancyId
  readonly at: EpochMs
  readonly text: string
}

/** A row on its way into a seal, with the digest of its text that it was written with; undefined: by an older node, which wrote none. */
export type Arrived = Pick<Recorded, 'seq' | 'tenancyId' | 'at'> & { readonly digest: string | undefined }

/**
 * `body` is what `hash` is of: a SealBody as JSON. It is kept as text, so that nobody has to agree on how JSON is spelled. Signed by itself
 * (ES256) for whoever has only the beginning of a chain, and with other words than a checkpoint: it does not say that it is the newest.
 */
export type Seal = {
  readonly tenancyId: TenancyId
  readonly trail: Trail
  readonly n: number
  readonly at: EpochMs
  readonly hash: string
  readonly body: string
  readonly kid: string
  readonly signature: string
}
export type SealBody = {
  readonly tenancy: TenancyId
  readonly trail: Trail
  readonly n: number // 1, 2, 3 …
  readonly previous: string // hash; empty for the first
  readonly at: EpochMs
  readonly rows: readonly (readonly [seq: number, digest: string])[]
}

/** What was deleted by policy: the chain begins behind this seal. */
export type Floor = { readonly n: number; readonly hash: string; readonly before: EpochMs }
export type CheckpointBody = {
  readonly tenancy: TenancyId
  readonly trail: Trail
  readonly n: number
  readonly hash: string
  readonly at: EpochMs
  readonly floor?: Floor
}
/** `body` is what is signed (ES256): a CheckpointBody as JSON. */
export type Checkpoint = { readonly body: string; readonly kid: string; readonly signature: string }

/** One per tenancy and never given up, since old checkpoints are verified with it. */
export type AuditKey = {
  readonly id: string
  readonly tenancyId: TenancyId
  readonly createdAt: EpochMs
  readonly privateSealed: string
}

/** Numbers that were given out and have not been seen: of a transaction that is still under way, or that was undone. */
export type Gap = { readonly from: number; readonly to: number; readonly since: EpochMs }
export type Sealing = {
  readonly version: number
  readonly through: number // everything up to here is sealed, save what turns up in a gap
  readonly gaps: readonly Gap[]
  readonly holder: string // who is sealing, until
  readonly until: EpochMs
  /** How many chains there are, sealed as a secret is: a chain that vanishes as a whole is missed. */
  readonly chains: string
}

/** Undefined: it is not even readable any more. */
const read = <T>(text: string): T | undefined => {
  try {
    const value = JSON.parse(text) as T | null
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
export const sealBodyOf = (seal: Pick<Seal, 'body'>): SealBody | undefined => {
  const body = read<SealBody>(seal.body)
  return Array.isArray(body?.rows) ? body : undefined
}
export const checkpointBodyOf = (checkpoint: Pick<Checkpoint, 'body'>): CheckpointBody | undefined =>
  read<CheckpointBody>(checkpoint.body)
/** What is signed begins with what it is, lest a signature for one thing be shown for another. */
export const signedText = (body: string): string => `gwanmun audit checkpoint\n${body}`
export const signedSeal = (hash: string): string => `gwanmun audit seal\n${hash}`
