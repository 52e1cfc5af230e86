// Where a chain stands, in one view of the store: its checkpoint, how many rows it should vouch for, and what is not sealed yet.
import type { AuditKey, Checkpoint, Sealing, Trail } from '../../core/audit/trail.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Store, Tx } from '../../ports/store.ts'

export type Standing = {
  readonly sealing: Sealing | undefined
  readonly checkpoint: Checkpoint | undefined
  readonly keys: readonly AuditKey[]
  readonly newestSeal: number // 0: none
  /** Rows up to where sealing has come, without those that have only just turned up in a gap. */
  readonly stored: number
  readonly unsealed: { readonly count: number; readonly oldest: EpochMs | undefined }
}

const AT_ONCE = 500

/** Of the rows behind `through`, when this tenancy's first was recorded. */
const firstSince = async (
  tx: Tx,
  trail: Trail,
  tenancyId: TenancyId,
  through: number,
): Promise<EpochMs | undefined> => {
  for (let behind = through; ; ) {
    const rows = await tx.seals.arrived(trail, behind, AT_ONCE)
    const own = rows.find((row) => row.tenancyId === tenancyId)
    if (own || rows.length < AT_ONCE) return own?.at
    behind = rows.at(-1)?.seq ?? behind
  }
}

export const standingOf = (store: Pick<Store, 'read'>, trail: Trail, tenancyId: TenancyId): Promise<Standing> =>
  store.read(async (tx) => {
    const sealing = await tx.seals.sealing(trail)
    const through = sealing?.through ?? 0
    const gaps = (sealing?.gaps ?? []).map(({ from, to }) => [from, to] as const)
    const late = (await tx.seals.within(trail, gaps)).filter((row) => row.tenancyId === tenancyId)
    const all = await tx.seals.count(trail, tenancyId, Number.MAX_SAFE_INTEGER)
    const upTo = await tx.seals.count(trail, tenancyId, through)
    const newer = all > upTo ? await firstSince(tx, trail, tenancyId, through) : undefined
    const oldest = [...late.map((row) => row.at), ...(newer === undefined ? [] : [newer])]
    return {
      sealing,
      checkpoint: await tx.seals.checkpoint(trail, tenancyId),
      keys: await tx.seals.keys(tenancyId),
      newestSeal: await tx.seals.newest(trail, tenancyId),
      stored: upTo - late.length,
      unsealed: { count: all - upTo + late.length, oldest: oldest.length > 0 ? Math.min(...oldest) : undefined },
    }
  })
