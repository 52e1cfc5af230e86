// Principals that are not people: service IDs with API keys, and dynamic groups that workloads belong to by a matching rule.
import type { ApiKeyId, CompartmentId, DomainId, DynamicGroupId, PersonId, ServiceIdId, TenancyId } from './ids.ts'
import type { EpochMs } from './time.ts'

/** Its name shares one name space with the groups of the domain. Nobody is put in: membership is computed when it is asked for. */
export type DynamicGroup = {
  readonly id: DynamicGroupId
  readonly tenancyId: TenancyId
  readonly domainId: DomainId
  readonly name: string
  readonly description: string
  readonly rule: string // as the author wrote it
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
}

/** An identity of a program. It signs in with its API keys only. */
export type ServiceId = {
  readonly id: ServiceIdId
  readonly tenancyId: TenancyId
  readonly compartmentId: CompartmentId
  readonly name: string // unique in the tenancy
  readonly description: string
  readonly status: 'active' | 'inactive'
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
}

export const apiKeyScopes = ['admin', 'pdp', 'scim'] as const
export type ApiKeyScope = (typeof apiKeyScopes)[number]
/** A key speaks for its owner and can do no more than the owner. The secret itself is shown once and never stored. */
export type ApiKey = {
  readonly id: ApiKeyId
  readonly tenancyId: TenancyId
  readonly owner:
    | { readonly kind: 'person'; readonly id: PersonId }
    | { readonly kind: 'service-id'; readonly id: ServiceIdId }
  readonly name: string
  readonly scopes: readonly ApiKeyScope[]
  /** What leak scanners and people see of it: `gwm_` and the first characters. */
  readonly prefix: string
  readonly hash: string // SHA-256 of the whole key: it has 256 random bits, so a slow hash would protect nothing
  readonly createdAt: EpochMs
  readonly expiresAt: EpochMs | undefined
  readonly revokedAt: EpochMs | undefined
}
