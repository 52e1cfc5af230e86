// Which audit events are signals for others, and what they then say (OpenID Continuous Access Evaluation Profile 1.0). Every event says when
// it happened, who began it and why, as far as that is anybody else's business.

import type { Actor, AuditEvent } from '../model/audit.ts'
import { eventTypes, type SecurityEvent } from '../model/event-stream.ts'
import type { PersonId, SessionId } from '../model/ids.ts'
import type { Json, JsonObject } from '../model/json.ts'

type Spoken = Pick<SecurityEvent, 'type' | 'personId' | 'sessionId' | 'claims'>

/** CAEP §2: `initiating_entity`. Somebody who acts on another's account is an administrator. */
const began = (actor: Actor, personId: string | undefined): 'user' | 'admin' | 'policy' | 'system' => {
  if (actor.kind === 'person') return actor.id === personId ? 'user' : 'admin'
  if (actor.kind === 'service-id' || actor.kind === 'app' || actor.kind === 'operator') return 'admin'
  return 'system'
}
const textIn = (details: JsonObject, name: string): string | undefined => {
  const value: Json | undefined = details[name]
  return typeof value === 'string' ? value : undefined
}
const numberIn = (details: JsonObject, name: string): number | undefined => {
  const value: Json | undefined = details[name]
  return typeof value === 'number' ? value : undefined
}

const byPolicy = new Set(['expired', 'replaced', 'password-changed'])
const sessionEnded = ({ actor, target, details }: AuditEvent): Spoken => {
  const personId = textIn(details, 'person')
  const why = textIn(details, 'why') ?? 'ended'
  return {
    type: eventTypes.sessionRevoked,
    personId: personId as PersonId | undefined,
    sessionId: target?.id as SessionId | undefined,
    claims: {
      initiating_entity: byPolicy.has(why) ? 'policy' : began(actor, personId),
      reason_admin: { en: why },
    },
  }
}

const credentialTypes: { readonly [factor: string]: string } = {
  password: 'password',
  totp: 'app',
  passkey: 'fido2-roaming',
}
const credential =
  (change: 'create' | 'update' | 'delete' | 'revoke', fixed?: string) =>
  ({ actor, target, details }: AuditEvent): Spoken => {
    const factor = fixed ?? textIn(details, 'factor') ?? textIn(details, 'kind') ?? 'factor'
    const label = textIn(details, 'label')
    return {
      type: eventTypes.credentialChange,
      personId: target?.id as PersonId | undefined,
      sessionId: undefined,
      claims: {
        credential_type: credentialTypes[factor] ?? factor,
        change_type: change,
        ...(label === undefined ? {} : { friendly_name: label }),
        initiating_entity: began(actor, target?.id),
      },
    }
  }

const aal = (level: number): string => `nist-aal${level}`
/** Only where a session goes on with another level: a first sign-in changes nothing that anybody relied on. */
const signedIn = ({ target, details }: AuditEvent): Spoken | undefined => {
  const [before, now] = [numberIn(details, 'levelBefore'), numberIn(details, 'level')]
  if (before === undefined || now === undefined || before === now) return undefined
  return {
    type: eventTypes.assuranceLevelChange,
    personId: target?.id as PersonId | undefined,
    sessionId: textIn(details, 'session') as SessionId | undefined,
    claims: {
      namespace: 'NIST-AAL',
      current_level: aal(now),
      previous_level: aal(before),
      change_direction: now > before ? 'increase' : 'decrease',
      initiating_entity: 'user',
    },
  }
}

const signals: { readonly [action: string]: (event: AuditEvent) => Spoken | undefined } = {
  'session.ended': sessionEnded,
  'password.changed': credential('update', 'password'),
  'factor.enrolled': credential('create'),
  'factor.removed': credential('delete'),
  'person.credential-removed': credential('revoke'),
  'person.factors-reset': credential('revoke', 'factors'),
  'sign-in.succeeded': signedIn,
}

export const isSignal = (event: AuditEvent): boolean =>
  event.outcome === 'success' && Object.hasOwn(signals, event.action)

export const signalOf = (event: AuditEvent): SecurityEvent | undefined => {
  const spoken = isSignal(event) ? signals[event.action]?.(event) : undefined
  if (!spoken) return undefined
  const claims = { event_timestamp: Math.floor(event.at / 1000), ...spoken.claims }
  return { ...spoken, claims, at: event.at, txn: event.requestId }
}
