// Part of what every store promises (store.ts): API keys, registered resources, invitations and access requests.
import type { AccessRequest, Invitation } from '../core/model/access.ts'
import type {
  AccessRequestId,
  ApiKeyId,
  CompartmentId,
  GroupId,
  InvitationId,
  PersonId,
  ResourceId,
  TenancyId,
} from '../core/model/ids.ts'
import type { RegisteredResource } from '../core/model/resource.ts'
import type { EpochMs } from '../core/model/time.ts'
import type { ApiKey } from '../core/model/workload.ts'

export interface ApiKeys {
  get(id: ApiKeyId): Promise<StoredApiKey | undefined>
  byHash(hash: string): Promise<StoredApiKey | undefined> // expired and revoked ones too: the caller has the clock
  ofOwner(owner: ApiKey['owner']): Promise<readonly StoredApiKey[]> // newest first
  ofTenancy(tenancy: TenancyId): Promise<readonly StoredApiKey[]> // newest first
  /** Inserts, or replaces by id; never moves `lastUsedAt`. */
  put(key: ApiKey): Promise<void>
  /** Moves `lastUsedAt` forward, never back. */
  touch(id: ApiKeyId, at: EpochMs): Promise<void>
  remove(id: ApiKeyId): Promise<boolean>
}
export type StoredApiKey = ApiKey & { readonly lastUsedAt: EpochMs | undefined }

/** Registered resources; the name is unique per resource-type in the tenancy. */
export interface Resources {
  get(id: ResourceId): Promise<RegisteredResource | undefined>
  byName(tenancy: TenancyId, type: string, name: string): Promise<RegisteredResource | undefined>
  /** By type and name; `after` is the last row of the page before. */
  list(
    tenancy: TenancyId,
    page: {
      readonly type?: string
      readonly compartmentId?: CompartmentId
      readonly after?: Pick<RegisteredResource, 'type' | 'name'>
      readonly limit: number
    },
  ): Promise<readonly RegisteredResource[]>
  count(tenancy: TenancyId, compartmentId: CompartmentId): Promise<number>
  put(row: RegisteredResource): Promise<'ok' | 'name-taken'>
  remove(id: ResourceId): Promise<boolean>
}

export interface Invitations {
  get(id: InvitationId): Promise<Invitation | undefined>
  byToken(tokenHash: string): Promise<Invitation | undefined> // whatever its state: the caller looks
  ofTenancy(tenancy: TenancyId): Promise<readonly Invitation[]> // newest first
  add(invitation: Invitation): Promise<'ok' | 'name-taken'>
  /** Compare-and-swap on `version` (stored as version + 1). */
  save(invitation: Invitation): Promise<'saved' | 'stale'>
  remove(id: InvitationId): Promise<boolean>
}
export interface AccessRequests {
  get(id: AccessRequestId): Promise<AccessRequest | undefined>
  ofGroup(group: GroupId): Promise<readonly AccessRequest[]> // newest first
  ofPerson(person: PersonId): Promise<readonly AccessRequest[]> // newest first
  ofTenancy(tenancy: TenancyId, status?: AccessRequest['status']): Promise<readonly AccessRequest[]> // newest first
  /** One pending request per (person, group): a second is `'duplicate'`. */
  add(request: AccessRequest): Promise<'ok' | 'duplicate'>
  /** Compare-and-swap on `version` (stored as version + 1): of two deciders one wins. */
  save(request: AccessRequest): Promise<'saved' | 'stale'>
}
