// Groups, and memberships that know why they exist. A person may hold the same group several times, once per source.
import type { DomainId, GroupId, IdpId, JourneyId, MappingRuleId, PersonId, TenancyId } from './ids.ts'
import type { Tags } from './tag.ts'
import type { EpochMs } from './time.ts'

export type Group = {
  readonly id: GroupId
  readonly tenancyId: TenancyId
  readonly domainId: DomainId
  readonly name: string // unique in its domain, compared without case
  readonly description: string
  readonly system: boolean // `Administrators` of the Default domain: cannot be deleted or emptied
  readonly tags?: Tags
  /** What the provisioning client calls it. */
  readonly externalId?: string | undefined
}

/** Why a membership exists. Mapped ones are recomputed at every sign-in through their IdP; the others are never touched by it. */
export type Provenance =
  | { readonly kind: 'direct'; readonly by: string }
  | { readonly kind: 'config' }
  | { readonly kind: 'scim'; readonly client: string }
  | {
      readonly kind: 'mapped'
      readonly idpId: IdpId
      readonly ruleId: MappingRuleId
      readonly rule: string // the rule's name, so that an explanation outlives the rule
      readonly value: string // the upstream value that matched
      readonly journeyId: JourneyId
    }

export type Membership = {
  readonly personId: PersonId
  readonly groupId: GroupId
  readonly provenance: Provenance
  readonly role: 'user' | 'admin'
  readonly since: EpochMs
  readonly expiresAt: EpochMs | undefined
}

/** The part of the primary key that separates sources: one row per (person, group, source). */
export const sourceOf = (p: Provenance): string => (p.kind === 'mapped' ? `mapped:${p.idpId}:${p.ruleId}` : p.kind)
