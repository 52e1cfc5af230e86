// Part of what every store promises (store.ts): what was recorded, and the chains of seals over it.
import type { Arrived, AuditKey, Checkpoint, Recorded, Seal, Sealing, Trail } from '../core/audit/trail.ts'
import type { AuditEvent, DecisionRecord } from '../core/model/audit.ts'
import type { TenancyId } from '../core/model/ids.ts'
import type { EpochMs } from '../core/model/time.ts'

export type AuditFilter = {
  readonly action?: string
  readonly actorId?: string
  readonly targetId?: string
  readonly outcome?: AuditEvent['outcome']
  readonly requestId?: string
  readonly domainId?: string
  readonly from?: EpochMs
  readonly to?: EpochMs // exclusive
}
/** Newest first, those behind `before`; or, given `order: 'oldest'`, oldest first, those behind `after`. An id that is not there: nothing. */
export type AuditPage<Id> = {
  readonly limit: number
  readonly before?: Id
  readonly order?: 'oldest'
  readonly after?: Id
}

export interface Audit {
  add(event: AuditEvent): Promise<void>
  addAll(events: readonly AuditEvent[]): Promise<void>
  get(id: AuditEvent['id']): Promise<AuditEvent | undefined>
  list(tenancy: TenancyId, filter: AuditFilter & AuditPage<AuditEvent['id']>): Promise<readonly AuditEvent[]>
  addDecisions(records: readonly DecisionRecord[]): Promise<void>
  decision(id: DecisionRecord['id']): Promise<DecisionRecord | undefined>
  decisions(
    tenancy: TenancyId,
    filter: Pick<AuditFilter, 'from' | 'to'> & AuditPage<DecisionRecord['id']>,
  ): Promise<readonly DecisionRecord[]>
  /** Decisions per compartment in [from, to). */
  usage(tenancy: TenancyId, from: EpochMs, to: EpochMs): Promise<readonly Usage[]>
  /** Events per domain with this action in [from, to). */
  countByDomain(tenancy: TenancyId, action: string, from: EpochMs, to: EpochMs): Promise<readonly DomainCount[]>
}
export type Usage = { readonly compartmentId: string; readonly allowed: number; readonly denied: number }
export type DomainCount = { readonly domainId: string; readonly count: number }

/** Rows of a trail by their order of arrival, and what is chained over them. Nothing here changes a row; `forget` alone removes some. */
export interface Seals {
  sealing(trail: Trail): Promise<Sealing | undefined>
  /** Compare-and-swap on `version` (stored as version + 1); 0: there was none. */
  saveSealing(trail: Trail, sealing: Sealing): Promise<'saved' | 'stale'>
  /** Of all tenancies, behind `seq`, in order. */
  arrived(trail: Trail, seq: number, limit: number): Promise<readonly Arrived[]>
  /** Those of these numbers that are there, whichever tenancy they say they are of; in order. At most 500 numbers. */
  numbered(trail: Trail, seqs: readonly number[]): Promise<readonly Recorded[]>
  /** Within [from, to], both included, in order. */
  within(trail: Trail, ranges: readonly (readonly [from: number, to: number])[]): Promise<readonly Arrived[]>
  /** How many a tenancy has up to `through`. */
  count(trail: Trail, tenancy: TenancyId, through: number): Promise<number>
  /** A tenancy's rows behind `after` by (time, seq), at most up to `through`. */
  walk(
    trail: Trail,
    tenancy: TenancyId,
    page: { readonly after?: Pick<Recorded, 'at' | 'seq'>; readonly through: number; readonly limit: number },
  ): Promise<readonly Recorded[]>
  forget(trail: Trail, tenancy: TenancyId, seqs: readonly number[]): Promise<number>
  /** An `n` that is there is an error. */
  add(seal: Seal): Promise<void>
  list(trail: Trail, tenancy: TenancyId, afterN: number, limit: number): Promise<readonly Seal[]> // by n
  /** 0: there is none. */
  newest(trail: Trail, tenancy: TenancyId): Promise<number>
  /** The seals up to `n` go. */
  drop(trail: Trail, tenancy: TenancyId, n: number): Promise<void>
  checkpoint(trail: Trail, tenancy: TenancyId): Promise<Checkpoint | undefined>
  /** Whose have a checkpoint, tenancies that are gone included. */
  chains(trail: Trail): Promise<readonly TenancyId[]>
  putCheckpoint(trail: Trail, tenancy: TenancyId, checkpoint: Checkpoint): Promise<void>
  keys(tenancy: TenancyId): Promise<readonly AuditKey[]> // oldest first
  addKey(key: AuditKey): Promise<void>
}
