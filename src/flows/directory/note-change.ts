// One administrative change on record, with both sides, in the transaction that made it; and the new revision when snapshots see the row.
import type { AuditEvent } from '../../core/model/audit.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Change } from '../../ports/store.ts'
import type { Work } from '../access/administer.ts'
import { eventOf } from '../audit-event.ts'
import { shown } from './reconcile.ts'

export type Noted = {
  readonly action: string // `group.created`
  readonly target: NonNullable<AuditEvent['target']>
  readonly domainId?: string | undefined
  readonly before?: unknown
  readonly after?: unknown
  readonly details?: JsonObject
  /** Policies are compiled from the row. */
  readonly revision?: Change | undefined
}

/** How it came: beside who did it, for whoever reads the audit log. */
export const channelOf = ({ apiKeyId, channel }: Work['who']): JsonObject => {
  const by = channel ?? 'api'
  return apiKeyId === undefined ? { by } : { by, apiKey: apiKeyId }
}

export const noteChange = async ({ tx, who, now, random, secrets }: Work, noted: Noted): Promise<void> => {
  const { action, target, domainId, before, after, details, revision } = noted
  if (revision) await tx.tenancies.bumpRevision(who.tenancyId, revision)
  await tx.audit.add(
    eventOf(random, now, {
      tenancyId: who.tenancyId,
      domainId,
      action,
      actor: who.actor,
      target,
      before: before === undefined ? undefined : shown(before, secrets.digest),
      after: after === undefined ? undefined : shown(after, secrets.digest),
      details: { ...channelOf(who), ...details },
      requestId: who.requestId,
    }),
  )
}
