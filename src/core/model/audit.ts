// What is kept: audit events (append-only) and decision records (why a permission was given or refused).
import type { AuditId, DecisionId, TenancyId } from './ids.ts'
import type { Json, JsonObject } from './json.ts'
import type { EpochMs } from './time.ts'

export type Actor = {
  readonly kind: 'person' | 'service-id' | 'app' | 'system' | 'anonymous' | 'operator'
  readonly id: string
  readonly name: string
}

export type AuditEvent = {
  readonly id: AuditId
  readonly tenancyId: TenancyId
  readonly domainId: string | undefined
  readonly at: EpochMs
  /** Dotted, stable: `sign-in.succeeded`, `sign-in.refused`, `saml.response-refused`, `group.created`, `policy.denied` … */
  readonly action: string
  readonly outcome: 'success' | 'failure'
  readonly reason: string | undefined // stable reason code of a failure
  readonly actor: Actor
  readonly target: { readonly type: string; readonly id: string; readonly name: string } | undefined
  readonly before: Json | undefined
  readonly after: Json | undefined
  readonly details: JsonObject // for a sign-in: { path, levels, groups gained and lost, … }; never a secret
  readonly requestId: string | undefined
  readonly decisionId: DecisionId | undefined
}

export type DecisionRecord = {
  readonly id: DecisionId
  readonly tenancyId: TenancyId
  readonly at: EpochMs
  readonly revision: number // of the snapshot that answered
  readonly allow: boolean
  /** Where the resource is; undefined when the question named no compartment there is. */
  readonly compartmentId: string | undefined
  readonly question: JsonObject
  readonly because: readonly string[] // statement references that granted
  readonly denied: readonly string[]
  readonly undecided: readonly string[]
  readonly principal: JsonObject // id, groups
}
