// Verifying a tenancy's trails: is every row that was sealed still there as it was, is there none that was not, and does the chain end
// where its signed checkpoint says? Writes nothing.
import type { Finding } from '../../core/audit/check.ts'
import { start, type Tip } from '../../core/audit/seal.ts'
import {
  type Checkpoint,
  type CheckpointBody,
  checkpointBodyOf,
  type Floor,
  type Trail,
  trails,
} from '../../core/audit/trail.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import { checkpointHolds, type KeyDeps } from './audit-key.ts'
import { findInserted } from './find-inserted.ts'
import { type Standing, standingOf } from './standing.ts'
import { type Walked, walkChain } from './walk-chain.ts'

/** A row is sealed within a second while a node runs. One that is older than this and still unsealed is a finding. */
export const UNSEALED_SECONDS = 60
const MOST_FINDINGS = 1000
const MORE_TRIES = 3

type Deps = KeyDeps & { readonly store: Pick<Store, 'read'>; readonly clock: Clock }
export type TrailReport = {
  readonly trail: Trail
  readonly seals: number
  readonly rows: number // that the seals name
  readonly unsealed: number
  readonly floor: Floor | undefined
  readonly checkpoint: Checkpoint | undefined
  readonly findings: readonly Finding[]
}
/** `kept`: checkpoints that somebody copied elsewhere earlier; the chain must still run through them. */
export type VerifyTrails = (tenancyId: TenancyId, kept?: readonly CheckpointBody[]) => Promise<readonly TrailReport[]>

const checkpointFaults = (deps: Deps, trail: Trail, tenancyId: TenancyId, standing: Standing): readonly Finding[] => {
  const { checkpoint, keys, stored, newestSeal } = standing
  if (!checkpoint) {
    if (stored === 0 && newestSeal === 0) return []
    return [{ kind: 'checkpoint-missing', trail, detail: 'the signed checkpoint is gone' }]
  }
  const holds = checkpointHolds(deps, keys, checkpoint)
  if (holds === 'unusable') {
    const detail = `the key \`${checkpoint.kid}\` of the checkpoint is gone or does not open: restore it, or the key-encryption key`
    return [{ kind: 'key-unusable', trail, detail }]
  }
  const body = checkpointBodyOf(checkpoint)
  if (holds === 'forged' || body?.tenancy !== tenancyId || body.trail !== trail)
    return [{ kind: 'checkpoint-forged', trail, detail: 'the checkpoint is not what this gateway signed' }]
  return []
}

/** What to believe of a checkpoint: without its signature, nothing. */
const believed = ({ checkpoint }: Standing, faults: readonly Finding[]): CheckpointBody | undefined =>
  checkpoint && faults.length === 0 ? checkpointBodyOf(checkpoint) : undefined

const endFaults = (trail: Trail, tip: Tip, body: CheckpointBody | undefined): readonly Finding[] => {
  if (!body || (tip.n === body.n && tip.hash === body.hash)) return []
  const detail =
    tip.n < body.n
      ? `the newest seals are gone: the chain ends at ${tip.n} instead of ${body.n}`
      : `seal ${tip.n} is not the one that was signed for`
  return [{ kind: 'cut-off', trail, seal: Math.min(tip.n + 1, body.n), detail }]
}

const keptFaults = (
  trail: Trail,
  kept: readonly CheckpointBody[],
  floor: Tip,
  { tip, hashes }: Walked,
): readonly Finding[] =>
  kept.flatMap(({ n, hash }): readonly Finding[] => {
    if (n < floor.n) return [] // deleted by policy since then
    if (n > tip.n)
      return [
        { kind: 'cut-off', trail, seal: n, detail: `a checkpoint was kept of seal ${n}; the chain ends at ${tip.n}` },
      ]
    if ((n === floor.n ? floor.hash : hashes.get(n)) === hash) return []
    return [{ kind: 'seal-changed', trail, seal: n, detail: `seal ${n} is not the one of a checkpoint that was kept` }]
  })

const unsealedFaults = (trail: Trail, { unsealed }: Standing, now: EpochMs): readonly Finding[] => {
  const { count, oldest } = unsealed
  if (oldest === undefined || oldest > now - UNSEALED_SECONDS * 1000) return []
  const detail = `${count} rows since ${new Date(oldest).toISOString()} are not sealed: start a gateway, which seals within a second`
  return [{ kind: 'unsealed-too-long', trail, detail }]
}

const verifyOnce = async (
  deps: Deps,
  trail: Trail,
  tenancyId: TenancyId,
  kept: readonly CheckpointBody[],
): Promise<TrailReport> => {
  const { store, secrets, clock } = deps
  const standing = await standingOf(store, trail, tenancyId)
  const faults = checkpointFaults(deps, trail, tenancyId, standing)
  const body = believed(standing, faults)
  const floor = body?.floor ?? start
  const through = body?.n ?? standing.newestSeal
  const own = kept.filter((one) => one.trail === trail && one.tenancy === tenancyId)
  const walked = await walkChain(store, {
    trail,
    tenancyId,
    from: { n: floor.n, hash: floor.hash },
    through,
    digest: secrets.digest,
    noting: new Set(own.map(({ n }) => n)),
    mostFindings: MOST_FINDINGS,
  })
  const findings = [
    ...faults,
    ...walked.findings,
    ...endFaults(trail, walked.tip, body),
    ...keptFaults(trail, own, floor, walked),
  ]
  if (standing.stored !== walked.found) {
    const sealing = standing.sealing
    const where = {
      trail,
      tenancyId,
      floor: floor.n,
      newestSeal: through,
      through: sealing?.through ?? 0,
      gaps: sealing?.gaps ?? [],
    }
    const inserted = await findInserted(store, where, MOST_FINDINGS)
    const detail = `there are ${standing.stored} rows; the seals vouch for ${walked.found}`
    findings.push(...(inserted.length > 0 ? inserted : ([{ kind: 'count-differs', trail, detail }] as const)))
  }
  findings.push(...unsealedFaults(trail, standing, clock()))
  const { seals, rows } = walked
  return {
    trail,
    seals,
    rows,
    unsealed: standing.unsealed.count,
    floor: body?.floor,
    checkpoint: standing.checkpoint,
    findings,
  }
}

export const trailVerifier =
  (deps: Deps): VerifyTrails =>
  async (tenancyId, kept = []) => {
    const floorOf = (trail: Trail) =>
      deps.store.read(async (tx) => {
        const checkpoint = await tx.seals.checkpoint(trail, tenancyId)
        return checkpoint && checkpointBodyOf(checkpoint)?.floor?.n
      })
    const verify = async (trail: Trail): Promise<TrailReport> => {
      for (let tries = 0; ; tries += 1) {
        const before = await floorOf(trail)
        const report = await verifyOnce(deps, trail, tenancyId, kept)
        // Old rows were deleted by policy meanwhile: what looked missing may have been right to be.
        if (report.findings.length === 0 || tries === MORE_TRIES || (await floorOf(trail)) === before) return report
      }
    }
    const reports: TrailReport[] = []
    for (const trail of trails) reports.push(await verify(trail))
    return reports
  }
