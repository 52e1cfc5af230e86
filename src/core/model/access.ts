// How people come to groups without an administrator typing them in: invited by e-mail, or asking and being approved.
import type { AccessRequestId, DomainId, GroupId, InvitationId, PersonId, TenancyId } from './ids.ts'
import type { RoleAssignment } from './role.ts'
import type { EpochMs } from './time.ts'

export type InvitationStatus = 'pending' | 'accepted' | 'revoked' // expired: pending and past expiresAt
export type Invitation = {
  readonly id: InvitationId
  readonly tenancyId: TenancyId
  readonly domainId: DomainId
  readonly name: string // unique in the tenancy; by default the e-mail address
  readonly email: string
  readonly locale: 'en' | 'ko'
  readonly groups: readonly GroupId[]
  readonly roles: readonly Pick<RoleAssignment, 'roles' | 'service' | 'compartmentId' | 'resource'>[]
  readonly status: InvitationStatus
  readonly tokenHash: string // of the newest link: resending makes older ones worthless
  readonly personId: PersonId | undefined // once accepted
  readonly createdBy: string
  readonly createdAt: EpochMs
  readonly sentAt: EpochMs
  readonly expiresAt: EpochMs
  readonly decidedAt: EpochMs | undefined // accepted or revoked
  readonly version: number
}

export type AccessRequestStatus = 'pending' | 'approved' | 'denied' | 'withdrawn'
export type AccessRequest = {
  readonly id: AccessRequestId
  readonly tenancyId: TenancyId
  readonly groupId: GroupId
  readonly personId: PersonId
  readonly reason: string
  readonly until: EpochMs | undefined // asked for
  readonly status: AccessRequestStatus
  readonly role: 'user' | 'admin' | undefined // given
  readonly decidedBy: string | undefined
  readonly decidedAt: EpochMs | undefined
  readonly createdAt: EpochMs
  readonly version: number
}
