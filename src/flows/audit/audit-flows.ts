// Everything that is done with the audit trail besides writing to it, put together once for wire.ts and for tests.
import { type Checkpoint, trails } from '../../core/audit/trail.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeyMaker } from '../../ports/keys.ts'
import type { Random } from '../../ports/random.ts'
import type { Store } from '../../ports/store.ts'
import type { KeyDeps } from './audit-key.ts'
import { type ExportTrail, trailExporter } from './export-trail.ts'
import { type SealTrails, trailSealer } from './seal-trail.ts'
import { type KeptDays, type TrimTrails, trailTrimmer } from './trim-trail.ts'
import { storeVerifier, type VerifyStore } from './verify-store.ts'
import { trailVerifier, type VerifyTrails } from './verify-trail.ts'

type Deps = KeyDeps & {
  readonly store: Store
  readonly keyMaker: KeyMaker
  readonly random: Random
  readonly clock: Clock
  readonly keptDays: KeptDays
}
export type AuditFlows = {
  readonly seal: SealTrails
  readonly trim: TrimTrails
  /** One run at a time per tenancy: whoever asks meanwhile is given its result. */
  readonly verify: (tenancyId: TenancyId) => ReturnType<VerifyTrails>
  readonly verifyStore: VerifyStore
  readonly exportTrail: ExportTrail
  /** Of every chain, as it stands: what somebody keeps elsewhere. */
  readonly checkpoints: () => Promise<readonly Checkpoint[]>
}

const oneAtATime = (verify: VerifyTrails): AuditFlows['verify'] => {
  const running = new Map<TenancyId, ReturnType<VerifyTrails>>()
  return (tenancyId) => {
    const before = running.get(tenancyId)
    if (before) return before
    const run = verify(tenancyId).finally(() => running.delete(tenancyId))
    running.set(tenancyId, run)
    return run
  }
}

export const auditFlows = (deps: Deps): AuditFlows => {
  const verify = trailVerifier(deps)
  return {
    seal: trailSealer(deps),
    trim: trailTrimmer(deps),
    verify: oneAtATime(verify),
    verifyStore: storeVerifier({ ...deps, verify }),
    exportTrail: trailExporter(deps),
    checkpoints: () =>
      deps.store.read(async (tx) => {
        const all: Checkpoint[] = []
        for (const trail of trails)
          for (const tenancy of await tx.seals.chains(trail)) {
            const checkpoint = await tx.seals.checkpoint(trail, tenancy)
            if (checkpoint) all.push(checkpoint)
          }
        return all
      }),
  }
}
