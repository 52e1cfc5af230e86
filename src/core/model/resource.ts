// What applications tell the gateway about themselves: the resource-types of their services, and single resources with place and tags.
import type { CatalogueData } from '../policy/catalogue.ts'
import type { CompartmentId, RegisteredServiceId, ResourceId, TenancyId } from './ids.ts'
import type { JsonObject } from './json.ts'
import type { Tags } from './tag.ts'
import type { EpochMs } from './time.ts'

/** What is registered is known, not claimed: a question about the resource cannot overrule it. */
export type RegisteredResource = {
  readonly id: ResourceId
  readonly tenancyId: TenancyId
  readonly compartmentId: CompartmentId
  readonly type: string // resource-type, lower case
  readonly name: string // the application's own id of it; unique per type in the tenancy
  readonly tags: Tags
  readonly facts: JsonObject // `owner` is `target.<noun>.owner`
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
}

/** A service of this tenancy with its types, beside those that ship in config/catalogue. */
export type RegisteredService = {
  readonly id: RegisteredServiceId
  readonly tenancyId: TenancyId
  readonly name: string
  readonly data: CatalogueData
  readonly createdAt: EpochMs
  readonly updatedAt: EpochMs
}
