// A policy object: statements attached to one compartment. Attachment decides who may change it.
import type { CompartmentId, PolicyId, TenancyId } from './ids.ts'
import type { EpochMs } from './time.ts'

/**
 * What the names of a statement meant when it was written: `group:default/ops`, `compartment:prod:web` → id. A rename keeps working;
 * delete and re-create under the same name does not until the policy is saved again.
 */
export type Bindings = { readonly [reference: string]: string }

export type Policy = {
  readonly id: PolicyId
  readonly tenancyId: TenancyId
  readonly compartmentId: CompartmentId
  readonly name: string // unique in its compartment
  readonly description: string
  readonly statements: readonly string[] // as the author wrote them
  readonly bindings: readonly Bindings[] // one per statement
  readonly system: boolean
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
}
