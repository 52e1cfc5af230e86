// Deleting what is older than the policy allows: whole seals with their rows, from the oldest on. A signed checkpoint says up to where, so
// that what is missing afterwards is known to have been deleted by policy. A chain whose checkpoint does not hold is left alone.
import { checkSeal } from '../../core/audit/check.ts'
import { checkpointText, start, type Tip } from '../../core/audit/seal.ts'
import {
  type AuditKey,
  checkpointBodyOf,
  type Floor,
  type Seal,
  sealBodyOf,
  type Trail,
  trails,
} from '../../core/audit/trail.ts'
import type { Actor } from '../../core/model/audit.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import { daysLater, type EpochMs } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { eventOf } from '../audit-event.ts'
import { checkpointHolds, type KeyDeps, sealHolds, signCheckpoint } from './audit-key.ts'

/** Per transaction: nobody waits long behind one. */
const SEALS = 50
const ROWS = 2000
const ROWS_PER_STATEMENT = 500

/** How long each trail is kept; undefined: for ever. */
export type KeptDays = { readonly [T in Trail]: number | undefined }
type Deps = KeyDeps & {
  readonly store: Store
  readonly random: Pick<Random, 'id'>
  readonly clock: Clock
  readonly keptDays: KeptDays
}
export type TrimTrails = () => Promise<number>

const actor: Actor = { kind: 'system', id: 'gwanmun', name: 'retention' }

/** Of one that cannot be read there is nothing to delete, and it will be found not to be what was sealed. */
const rowsOf = (seal: Seal): readonly number[] => sealBodyOf(seal)?.rows.map(([seq]) => seq) ?? []

/** INVARIANT: deletes only what its own seals say. Otherwise whoever backdates a seal has the gateway remove the evidence for him. */
const areWhatWasSealed = (deps: Deps, keys: readonly AuditKey[], from: Tip, seals: readonly Seal[]): boolean => {
  let tip = from
  for (const seal of seals) {
    if (checkSeal(tip, seal, deps.secrets.digest)) return false
    tip = { n: seal.n, hash: seal.hash }
  }
  const last = seals.at(-1)
  return last !== undefined && sealHolds(deps, keys, last) === 'yes'
}

/** As many as one transaction takes, and at least one. */
const batchOf = (seals: readonly Seal[], before: EpochMs): readonly Seal[] => {
  let rows = 0
  const batch: Seal[] = []
  for (const seal of seals) {
    rows += rowsOf(seal).length
    if (seal.at >= before || (batch.length > 0 && rows > ROWS)) break
    batch.push(seal)
  }
  return batch
}

const forget = async (tx: Tx, trail: Trail, tenancyId: TenancyId, seqs: readonly number[]): Promise<number> => {
  let gone = 0
  for (let from = 0; from < seqs.length; from += ROWS_PER_STATEMENT)
    gone += await tx.seals.forget(trail, tenancyId, seqs.slice(from, from + ROWS_PER_STATEMENT))
  return gone
}

const told = ({ random, clock, keptDays }: Deps, trail: Trail, tenancyId: TenancyId, before: EpochMs) =>
  eventOf(random, clock(), {
    tenancyId,
    action: 'audit.trimmed',
    actor,
    target: { type: 'audit-trail', id: trail, name: trail },
    details: { before: new Date(before).toISOString(), keptDays: keptDays[trail] ?? 0 },
  })

/** One transaction's worth. `isFirst`: of a run, which is recorded once. */
const trimSome = (deps: Deps, trail: Trail, tenancyId: TenancyId, before: EpochMs, isFirst: boolean): Promise<number> =>
  deps.store.write(async (tx) => {
    const checkpoint = await tx.seals.checkpoint(trail, tenancyId)
    const keys = await tx.seals.keys(tenancyId)
    const key = keys.at(-1)
    const stands = checkpoint && checkpointBodyOf(checkpoint)
    if (!checkpoint || !stands || !key || checkpointHolds(deps, keys, checkpoint) !== 'yes') return 0
    if (stands.tenancy !== tenancyId || stands.trail !== trail) return 0
    const { n, hash, at, floor } = stands
    const seals = batchOf(await tx.seals.list(trail, tenancyId, floor?.n ?? 0, SEALS), before)
    const last = seals.at(-1)
    if (!last || !areWhatWasSealed(deps, keys, floor ?? start, seals)) return 0
    const gone = await forget(tx, trail, tenancyId, seals.flatMap(rowsOf))
    await tx.seals.drop(trail, tenancyId, last.n)
    const next: Floor = { n: last.n, hash: last.hash, before }
    const body = checkpointText({ tenancyId, trail }, { n, hash }, at, next)
    await tx.seals.putCheckpoint(trail, tenancyId, signCheckpoint(deps, key, body))
    if (isFirst) await tx.audit.add(told(deps, trail, tenancyId, before))
    return Math.max(gone, 1)
  })

export const trailTrimmer =
  (deps: Deps): TrimTrails =>
  async () => {
    let total = 0
    for (const trail of trails) {
      const days = deps.keptDays[trail]
      if (days === undefined) continue
      const before = daysLater(deps.clock(), -days)
      for (const tenancyId of await deps.store.read((tx) => tx.seals.chains(trail)))
        for (let rows = 0, isFirst = true; ; isFirst = false) {
          rows = await trimSome(deps, trail, tenancyId, before, isFirst)
          total += rows
          if (rows === 0) break
        }
    }
    return total
  }
