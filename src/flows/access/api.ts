// What the rest of the house may ask of authorization. The functions are built by the factories beside this file and handed out by wire.ts.
import type { Actor } from '../../core/model/audit.ts'
import type { CompartmentId, DecisionId, TenancyId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Policy } from '../../core/model/policy.ts'
import type { Fault } from '../../core/policy/fault.ts'
import type { SignInNeed } from '../../core/policy/needs.ts'
import type { Tx } from '../../ports/store.ts'

// ── May they? ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
/** Who asks (not whom it is about): an application with the PDP scope, or the gateway on behalf of the person in front of it. */
export type Caller = { readonly tenancyId: TenancyId; readonly actor: Actor; readonly requestId: string | undefined }

/** AuthZEN's shape (Authorization API 1.0 §5). Everything in it is untrusted, save that the caller was authenticated. */
export type Question = {
  /** `user`; id: user name, `domain/user name`, or person id. `properties.domain` names the domain instead. */
  readonly subject: { readonly type: string; readonly id: string; readonly properties: JsonObject }
  /** An operation of the resource-type (`GetReport`), a verb (`read`) or permissions in braces (`{REPORT_READ}`). */
  readonly action: { readonly name: string; readonly properties: JsonObject }
  /** `properties.compartment`: path (`Prod:Web`) or id, absent = root. Other properties are facts: `owner`, `tags`, `target.report.owner`. */
  readonly resource: { readonly type: string; readonly id: string; readonly properties: JsonObject }
  /** Facts about the request: `region`, `request.networkSource.name` … The caller cannot overrule what the gateway knows itself. */
  readonly context: JsonObject
}

/** Stable codes. `granted` is the only one that goes with `allow`. What may be shown to the subject is decided by the edge. */
export type DecisionReason =
  | 'granted'
  | 'denied-by-policy'
  | 'not-granted'
  | 'subject-unknown'
  | 'subject-type-unsupported'
  | 'subject-not-active'
  | 'resource-type-unknown'
  | 'action-unknown'
  | 'compartment-unknown'

export type Decision = {
  readonly id: DecisionId // of the decision record
  readonly allow: boolean
  readonly reason: DecisionReason
  readonly because: readonly string[] // `<policy id>#<statement, from 1>`
  readonly denied: readonly string[]
  readonly undecided: readonly string[]
  /** Of a No: the least sign-in of this person that would make it a Yes. */
  readonly signIn: SignInNeed | undefined
}
/** Answers, records the decision and, when it is no, an audit event `policy.denied`. Never throws for what the question says. */
export type Authorize = (caller: Caller, question: Question) => Promise<Decision>

// ── Policies ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
export type PolicyInput = {
  readonly tenancyId: TenancyId
  readonly compartmentId: CompartmentId
  readonly name: string // with the compartment, the key: an existing policy of that name is replaced
  readonly description: string
  readonly statements: readonly string[]
}
export type PolicyWritten = {
  readonly policy: Policy
  /** False: it was like this already, bindings included; nothing was written. */
  readonly changed: boolean
  readonly warnings: readonly (Fault & { readonly statement: number })[] // `statement` from 1
}
/** Problem('config-invalid') lists every fault of every statement with line and column; Problem('not-permitted') for a system policy. */
export type PutPolicy = (actor: Actor, input: PolicyInput, requestId?: string) => Promise<PolicyWritten>
/** The same inside a transaction that the caller owns: bumps the revision and writes the audit event in it. */
export type PutPolicyIn = (tx: Tx, actor: Actor, input: PolicyInput, requestId?: string) => Promise<PolicyWritten>
/** False: there was none. */
export type RemovePolicyIn = (tx: Tx, actor: Actor, policy: Policy, requestId?: string) => Promise<boolean>
/** `policyWriter(deps)` of write-policy.ts returns these. */
export type PolicyWriter = {
  readonly putPolicy: PutPolicy
  readonly putPolicyIn: PutPolicyIn
  readonly removePolicyIn: RemovePolicyIn
}
