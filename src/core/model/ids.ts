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
