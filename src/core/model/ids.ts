// Branded ids: two nouns' ids are different types though both are text. Ids are made by the random port, never here.

declare const brand: unique symbol
export type Id<Noun extends string> = string & { readonly [brand]: Noun }

export type TenancyId = Id<'tenancy'>
export type CompartmentId = Id<'compartment'>
export type DomainId = Id<'domain'>
export type PersonId = Id<'person'>
export type GroupId = Id<'group'>
export type IdpId = Id<'idp'>
export type MappingRuleId = Id<'mapping-rule'>
export type AppId = Id<'app'>
export type SignOnRuleId = Id<'sign-on-rule'>
export type PasswordPolicyId = Id<'password-policy'>
export type PolicyId = Id<'policy'>
export type CredentialId = Id<'credential'>
export type DeviceId = Id<'device'>
export type JourneyId = Id<'journey'>
export type SessionId = Id<'session'>
export type KeyId = Id<'key'>
export type AuditId = Id<'audit'>
export type DecisionId = Id<'decision'>
export type DynamicGroupId = Id<'dynamic-group'>
export type ServiceIdId = Id<'service-id'>
export type ApiKeyId = Id<'api-key'>
export type RoleAssignmentId = Id<'role-assignment'>
export type ResourceId = Id<'resource'>
export type RegisteredServiceId = Id<'registered-service'>
export type InvitationId = Id<'invitation'>
export type EventStreamId = Id<'event-stream'>
export type AccessRequestId = Id<'access-request'>

/** What random.id() makes. A name of that shape could be taken for the id of something else: no noun that is found by both may be called so. */
export const looksLikeId = (text: string): boolean => /^[0-9A-HJKMNP-TV-Z]{26}$/i.test(text)
