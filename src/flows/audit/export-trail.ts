// A tenancy's trails as text, piece by piece, oldest first: events, decision records, or the seals over them. Pages are read one after
// another, so memory stays flat and nobody's transaction stays open.
import { csvHead, csvLine } from '../../core/audit/csv.ts'
import { type Trail, trails } from '../../core/audit/trail.ts'
import type { AuditEvent, DecisionRecord } from '../../core/model/audit.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { AuditFilter } from '../../ports/store-audit.ts'
import { type KeyDeps, publicAuditKey } from './audit-key.ts'

const ROWS = 500
const SEALS = 20

type Deps = KeyDeps & { readonly store: Pick<Store, 'read'>; readonly clock: Clock }
export type Exported = 'events-jsonl' | 'events-csv' | 'decisions-jsonl' | 'seals-jsonl'
export type ExportTrail = (tenancyId: TenancyId, what: Exported, filter: AuditFilter) => AsyncGenerator<string>

type Row = { readonly id: AuditEvent['id'] | DecisionRecord['id'] }

/** Until the present only: otherwise an export that is slower than the gateway would never end. */
async function* pagesOf<T extends Row>(
  read: (after: T['id'] | undefined) => Promise<readonly T[]>,
): AsyncGenerator<readonly T[]> {
  for (let after: T['id'] | undefined; ; ) {
    const page = await read(after)
    if (page.length > 0) yield page
    if (page.length < ROWS) return
    after = page.at(-1)?.id
  }
}

const untilNow = (filter: AuditFilter, now: EpochMs): AuditFilter => ({
  ...filter,
  to: Math.min(filter.to ?? now, now),
})
const behind = <Id>(after: Id | undefined) => ({
  order: 'oldest' as const,
  limit: ROWS,
  ...(after === undefined ? {} : { after }),
})
const line = (value: object): string => `${JSON.stringify(value)}\n`

async function* eventsOf(
  deps: Deps,
  tenancyId: TenancyId,
  filter: AuditFilter,
  isCsv: boolean,
): AsyncGenerator<string> {
  const asked = untilNow(filter, deps.clock() + 1)
  if (isCsv) yield csvHead
  const pages = pagesOf<AuditEvent>((after) =>
    deps.store.read((tx) => tx.audit.list(tenancyId, { ...asked, ...behind(after) })),
  )
  for await (const page of pages) yield page.map(isCsv ? csvLine : line).join('')
}

async function* decisionsOf(deps: Deps, tenancyId: TenancyId, filter: AuditFilter): AsyncGenerator<string> {
  const { from, to } = untilNow(filter, deps.clock() + 1)
  const asked = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  const pages = pagesOf<DecisionRecord>((after) =>
    deps.store.read((tx) => tx.audit.decisions(tenancyId, { ...asked, ...behind(after) })),
  )
  for await (const page of pages) yield page.map(line).join('')
}

/** All that somebody else needs to check a trail without us: the public keys, every seal, and the checkpoint. */
async function* sealsOf(deps: Deps, tenancyId: TenancyId): AsyncGenerator<string> {
  const keys = await deps.store.read((tx) => tx.seals.keys(tenancyId))
  for (const key of keys) yield line({ key: publicAuditKey(deps, key) })
  for (const trail of trails) yield* chainOf(deps, tenancyId, trail)
}
async function* chainOf({ store }: Deps, tenancyId: TenancyId, trail: Trail): AsyncGenerator<string> {
  const checkpoint = await store.read((tx) => tx.seals.checkpoint(trail, tenancyId))
  if (!checkpoint) return
  for (let n = 0; ; ) {
    const seals = await store.read((tx) => tx.seals.list(trail, tenancyId, n, SEALS))
    if (seals.length > 0)
      yield seals.map(({ hash, body, kid, signature }) => line({ seal: { hash, body, kid, signature } })).join('')
    n = seals.at(-1)?.n ?? n
    if (seals.length < SEALS) break
  }
  yield line({ checkpoint })
}

export const trailExporter =
  (deps: Deps): ExportTrail =>
  (tenancyId, what, filter) => {
    if (what === 'seals-jsonl') return sealsOf(deps, tenancyId)
    if (what === 'decisions-jsonl') return decisionsOf(deps, tenancyId, filter)
    return eventsOf(deps, tenancyId, filter, what === 'events-csv')
  }
