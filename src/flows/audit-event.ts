// How flows write audit events: one builder, so that every event has its id, its time and its source. Knows no rule.
import type { Actor, AuditEvent } from '../core/model/audit.ts'
import type { AuditId, DecisionId, TenancyId } from '../core/model/ids.ts'
import type { Json, JsonObject } from '../core/model/json.ts'
import type { Person } from '../core/model/person.ts'
import type { EpochMs } from '../core/model/time.ts'
import type { Random } from '../ports/random.ts'
import type { Tx } from '../ports/store.ts'

export type EventParts = {
  readonly tenancyId: TenancyId
  readonly domainId?: string | undefined
  readonly action: string
  readonly outcome?: AuditEvent['outcome']
  readonly reason?: string | undefined
  readonly actor: Actor
  readonly target?: AuditEvent['target']
  readonly before?: Json | undefined
  readonly after?: Json | undefined
  readonly details?: JsonObject
  readonly requestId?: string | undefined
}

export const eventOf = (random: Pick<Random, 'id'>, at: EpochMs, parts: EventParts): AuditEvent => ({
  id: random.id() as AuditId,
  tenancyId: parts.tenancyId,
  domainId: parts.domainId,
  at,
  action: parts.action,
  outcome: parts.outcome ?? (parts.reason === undefined ? 'success' : 'failure'),
  reason: parts.reason,
  actor: parts.actor,
  target: parts.target,
  before: parts.before,
  after: parts.after,
  details: parts.details ?? {},
  requestId: parts.requestId,
  decisionId: undefined,
})

export const actorOf = (person: Pick<Person, 'id' | 'username'> | undefined): Actor =>
  person ? { kind: 'person', id: person.id, name: person.username } : { kind: 'anonymous', id: '', name: '' }
export const targetOf = (person: Pick<Person, 'id' | 'username'>): NonNullable<AuditEvent['target']> => ({
  type: 'person',
  id: person.id,
  name: person.username,
})

/** What is recorded in here names the decision that allowed it and the request, whoever writes it down. */
export const namingDecision = (tx: Tx, decisionId: DecisionId, requestId: string | undefined): Tx => {
  const named = (event: AuditEvent): AuditEvent => ({
    ...event,
    decisionId: event.decisionId ?? decisionId,
    requestId: event.requestId ?? requestId,
  })
  const audit: Tx['audit'] = {
    ...tx.audit,
    add: (event) => tx.audit.add(named(event)),
    addAll: (events) => tx.audit.addAll(events.map(named)),
  }
  return Object.create(tx, { audit: { value: audit } }) as Tx
}
