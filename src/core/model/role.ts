// Who holds which roles where. What a role grants is data (config/roles); an assignment compiles to clauses of the one evaluator.
import type { CompartmentId, GroupId, PersonId, RoleAssignmentId, ServiceIdId, TenancyId } from './ids.ts'
import type { EpochMs } from './time.ts'

export type RoleHolder =
  | { readonly kind: 'person'; readonly id: PersonId }
  | { readonly kind: 'group'; readonly id: GroupId }
  | { readonly kind: 'service-id'; readonly id: ServiceIdId }

export type RoleAssignment = {
  readonly id: RoleAssignmentId
  readonly tenancyId: TenancyId
  readonly name: string // unique in the tenancy; by default made from holder and roles
  readonly holder: RoleHolder
  readonly roles: readonly string[]
  /** Only resources of this service; undefined: of every service the roles speak of. */
  readonly service: string | undefined
  readonly compartmentId: CompartmentId // there and below
  /** Narrower still: one resource-type, one resource, or whatever carries these facts (`target.<noun>.<name>` or a tag). */
  readonly resource: {
    readonly type: string | undefined
    readonly id: string | undefined
    readonly attributes: { readonly [name: string]: string }
  }
  readonly createdBy: string
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
  readonly expiresAt: EpochMs | undefined
}
