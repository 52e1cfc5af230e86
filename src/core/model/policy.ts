// A policy object: statements attached to one compartment. Attachment decides who may change it.
import type { CompartmentId, PolicyId, TenancyId } from './ids.ts'
import type { EpochMs } from './time.ts'

export type Policy = {
  readonly id: PolicyId
  readonly tenancyId: TenancyId
  readonly compartmentId: CompartmentId
  readonly name: string // unique in its compartment
  readonly description: string
  readonly statements: readonly string[] // as the author wrote them
  readonly system: boolean
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
}
