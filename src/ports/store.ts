// What every store promises; test/stores/conformance.ts is the same text in executable form.
// Absent is `undefined`, a lost race is a value, and ids and times come from the caller, so a test owns both.
import type { App } from '../core/model/app.ts'
import type { Credential, TrustedDevice } from '../core/model/credential.ts'
import type { Group } from '../core/model/group.ts'
import type { Idp, MappingRule } from '../core/model/idp.ts'
import type {
  AppId,
  CompartmentId,
  CredentialId,
  DeviceId,
  DomainId,
  DynamicGroupId,
  GroupId,
  IdpId,
  JourneyId,
  KeyId,
  MappingRuleId,
  PasswordPolicyId,
  PersonId,
  PolicyId,
  RegisteredServiceId,
  RoleAssignmentId,
  ServiceIdId,
  SessionId,
  SignOnRuleId,
  TenancyId,
} from '../core/model/ids.ts'
import type { Journey } from '../core/model/journey.ts'
import type { JsonObject } from '../core/model/json.ts'
import type { SigningKey } from '../core/model/key.ts'
import type { Policy } from '../core/model/policy.ts'
import type { RegisteredService } from '../core/model/resource.ts'
import type { RoleAssignment } from '../core/model/role.ts'
import type { EndReason, Participant, Session } from '../core/model/session.ts'
import type { PasswordPolicy, SignOnRule } from '../core/model/sign-on.ts'
import type { Compartment, Domain, Tenancy } from '../core/model/tenancy.ts'
import type { EpochMs } from '../core/model/time.ts'
import type { DynamicGroup, ServiceId } from '../core/model/workload.ts'
import type { AccessRequests, ApiKeys, Invitations, Resources } from './store-access.ts'
import type { Audit, Seals } from './store-audit.ts'
import type { Links, Memberships, People } from './store-people.ts'
import type { EventStreams } from './store-streams.ts'

/** When what was written is on the disk: before the write is acknowledged, or a moment later: after a power cut the last of it may be missing. */
export type Flush = 'first' | 'soon'

/**
 * What a read must see: whatever was committed before it was asked for, by anybody; or, `'at hand'`, whatever the caller can have heard of:
 * what this process committed before, and others before the event loop last looked at its sockets.
 */
export type View = 'newest' | 'at hand'

export interface Store {
  /** One consistent view; a write in here is refused. */
  read<T>(work: (tx: Tx) => Promise<T>, view?: View): Promise<T>
  /** All or nothing. `work` may be run again after a serialisation failure, so it touches only `tx`; mail goes in the outbox. */
  write<T>(work: (tx: Tx) => Promise<T>, flush?: Flush): Promise<T>
  /** Throws unless the schema is exactly the one this build knows. Once it was, later calls only ask whether the database answers. */
  ready(): Promise<void>
  /** Removes rows whose time has passed, in small transactions: journeys, once, payloads, devices, throttles, events nobody fetched, sessions over for 30 days. Returns how many. */
  sweep(now: EpochMs): Promise<number>
  close(): Promise<void>
}

/**
 * Rows that administrators define. `put` inserts or replaces by id; a name taken by another id is `'name-taken'`, and so is an
 * application's client id or entity id. Names compare without case. `remove` takes along what lives in the row: a tenancy or
 * domain everything, a group its memberships, an IdP its links, rules and mapped memberships; a compartment must be empty.
 */
export interface Nouns<T, I, Scope> {
  get(id: I): Promise<T | undefined>
  byName(scope: Scope, name: string): Promise<T | undefined>
  list(scope: Scope): Promise<readonly T[]> // ordered by name
  put(row: T): Promise<'ok' | 'name-taken'>
  remove(id: I): Promise<boolean>
}

/** `list` in parts, for rows of which there may be very many. */
export interface Paged<T extends { readonly id: string; readonly name: string }, Scope> {
  /** Those of these ids that are there, each once, in no order. */
  some(ids: readonly T['id'][]): Promise<readonly T[]>
  /** Those behind `after`, `limit` at most. */
  page(
    scope: Scope,
    after: Pick<T, 'id' | 'name'> | undefined,
    limit: number,
    only?: {
      /** The other way round. */
      readonly down?: boolean
      /** Those whose names begin so, without case; of names over 300 characters none. */
      readonly beginning?: string
      /** Without the first so many. */
      readonly skip?: number
    },
  ): Promise<readonly T[]>
  count(scope: Scope): Promise<number>
}

export interface Tx {
  readonly tenancies: Nouns<Tenancy, TenancyId, undefined> & {
    /** Every write that a snapshot sees bumps it in its own transaction, once per changed row; without `change`: anything may have changed. */
    bumpRevision(id: TenancyId, change?: Change): Promise<number>
    revision(id: TenancyId): Promise<number | undefined>
    /** What changed after `revision`, oldest first; undefined when that is no longer known, or was not said: read everything anew. */
    changesSince(id: TenancyId, revision: number): Promise<readonly Change[] | undefined>
  }
  readonly compartments: Nouns<Compartment, CompartmentId, { tenancyId: TenancyId; parentId?: CompartmentId }> // list without parentId: the whole tree
  readonly domains: Nouns<Domain, DomainId, TenancyId>
  readonly people: People
  readonly links: Links
  readonly groups: Nouns<Group, GroupId, DomainId> &
    Paged<Group, DomainId> & {
      ofTenancy(id: TenancyId): Promise<readonly Group[]>
      byExternalId(domain: DomainId, externalId: string): Promise<readonly Group[]> // exact, in no order
    }
  readonly memberships: Memberships
  readonly credentials: Credentials
  readonly devices: Devices
  readonly idps: Nouns<Idp, IdpId, DomainId> &
    Paged<Idp, DomainId> & {
      byEmailDomain(domain: DomainId, emailDomain: string): Promise<readonly Idp[]>
    }
  readonly mappingRules: Nouns<MappingRule, MappingRuleId, IdpId> &
    Paged<MappingRule, IdpId> & {
      /** Every rule that may match one of these upstream groups, in no order: patterns all, and exact ones of these values. */
      forValues(idp: IdpId, values: readonly string[]): Promise<readonly MappingRule[]>
    }
  readonly apps: Nouns<App, AppId, TenancyId> &
    Paged<App, TenancyId> & {
      byClientId(tenancy: TenancyId, clientId: string): Promise<App | undefined>
      byEntityId(tenancy: TenancyId, entityId: string): Promise<App | undefined>
    }
  readonly signOnRules: Nouns<SignOnRule, SignOnRuleId, DomainId> & Paged<SignOnRule, DomainId>
  readonly passwordPolicies: Nouns<PasswordPolicy, PasswordPolicyId, DomainId> & Paged<PasswordPolicy, DomainId>
  readonly policies: Nouns<Policy, PolicyId, { tenancyId: TenancyId; compartmentId?: CompartmentId }> &
    Paged<Policy, { tenancyId: TenancyId; compartmentId?: CompartmentId }>
  /** Share the name space of the domain's groups: a name that either holds is taken for both. */
  readonly dynamicGroups: Nouns<DynamicGroup, DynamicGroupId, DomainId> & {
    ofTenancy(id: TenancyId): Promise<readonly DynamicGroup[]>
  }
  readonly serviceIds: Nouns<ServiceId, ServiceIdId, TenancyId>
  readonly apiKeys: ApiKeys
  readonly roleAssignments: Nouns<RoleAssignment, RoleAssignmentId, TenancyId> &
    Paged<RoleAssignment, TenancyId> & {
      ofHolder(holder: RoleAssignment['holder']): Promise<readonly RoleAssignment[]>
    }
  readonly services: Nouns<RegisteredService, RegisteredServiceId, TenancyId>
  readonly resources: Resources
  readonly invitations: Invitations
  readonly accessRequests: AccessRequests
  readonly keys: Keys
  readonly journeys: Journeys
  readonly sessions: Sessions
  readonly payloads: Payloads
  readonly once: Once
  readonly throttles: Throttles
  readonly audit: Audit
  readonly seals: Seals
  readonly eventStreams: EventStreams
  readonly outbox: Outbox
}

/** A row that snapshots are made of, and that one bump of the revision stands for. */
export type Change = {
  readonly noun: 'policy' | 'role-assignment' | 'group' | 'dynamic-group' | 'compartment' | 'service' | 'domain'
  readonly id: string
}

export interface Credentials {
  get(id: CredentialId): Promise<Credential | undefined>
  ofPerson(person: PersonId): Promise<readonly Credential[]>
  byWebauthnId(domain: DomainId, webauthnId: string): Promise<Credential | undefined>
  /** `'duplicate'`: the id, the WebAuthn id in its domain, or a second password of one person. */
  add(credential: Credential): Promise<'ok' | 'duplicate'>
  /** Compare-and-swap on `version` (stored as version + 1); `'stale'` if someone saved first or removed it. */
  save(credential: Credential): Promise<'saved' | 'stale'>
  remove(id: CredentialId): Promise<boolean>
}
export interface Devices {
  byToken(tokenHash: string): Promise<TrustedDevice | undefined>
  ofPerson(person: PersonId): Promise<readonly TrustedDevice[]> // newest first
  put(device: TrustedDevice): Promise<void>
  remove(id: DeviceId): Promise<boolean>
  removeOfPerson(person: PersonId): Promise<number>
}
export interface Keys {
  get(id: KeyId): Promise<SigningKey | undefined>
  ofDomain(domain: DomainId): Promise<readonly SigningKey[]> // oldest first
  add(key: SigningKey): Promise<void>
  setStatus(id: KeyId, status: SigningKey['status']): Promise<boolean>
  remove(id: KeyId): Promise<boolean>
}
export interface Journeys {
  add(journey: Journey): Promise<void>
  get(id: JourneyId): Promise<Journey | undefined>
  /** Compare-and-swap on `version`; `'stale'` if someone saved first, or took it. */
  save(journey: Journey): Promise<'saved' | 'stale'>
  /** Remove and return: of any number of concurrent callers, exactly one is given the journey. */
  take(id: JourneyId): Promise<Journey | undefined>
}
export interface Sessions {
  add(session: Session): Promise<void>
  get(id: SessionId): Promise<Session | undefined>
  byToken(tokenHash: string): Promise<Session | undefined> // ended ones too: the caller looks at endedAt
  ofPerson(person: PersonId): Promise<readonly Session[]> // live ones only
  byUpstream(idp: IdpId, nameId: string, sessionIndex: string | undefined): Promise<readonly Session[]> // live ones only
  /** Compare-and-swap on `version`; an ended session is `'stale'` for ever. */
  save(session: Session): Promise<'saved' | 'stale'>
  /** Moves `lastSeenAt` forward without a version check: concurrent requests of one browser must not fail each other. */
  touch(id: SessionId, at: EpochMs): Promise<void>
  /** Exactly one caller is given the session, live until now; the others undefined. */
  end(id: SessionId, at: EpochMs, reason: EndReason): Promise<Session | undefined>
  join(participant: Participant): Promise<void> // idempotent per (session, app); the newest nameId stays
  participants(id: SessionId): Promise<readonly Participant[]>
}
/** oidc-provider's own rows (tokens, codes, grants, interactions). `id` is already a digest; `scope` is the domain id. */
export interface Payloads {
  /** Inserts or replaces, but never makes a consumed row unconsumed. */
  put(row: Payload): Promise<void>
  /** Insert only; false if it is there already (jti replay, RFC 9449 §11.1). */
  add(row: Payload): Promise<boolean>
  get(scope: string, model: string, id: string): Promise<Payload | undefined> // consumed and expired ones too: the caller has the clock
  byUid(scope: string, model: string, uid: string): Promise<Payload | undefined>
  byUserCode(scope: string, model: string, userCode: string): Promise<Payload | undefined>
  /** One winner: true for the first caller only (RFC 6749 §4.1.2). */
  consume(scope: string, model: string, id: string, at: EpochMs): Promise<boolean>
  remove(scope: string, model: string, id: string): Promise<void>
  removeByGrant(scope: string, grantId: string): Promise<number> // every model of the grant
}
export type Payload = {
  readonly scope: string
  readonly model: string
  readonly id: string
  readonly body: JsonObject
  readonly grantId: string | undefined
  readonly uid: string | undefined
  readonly userCode: string | undefined
  readonly consumedAt: EpochMs | undefined
  readonly expiresAt: EpochMs | undefined
}
/** Values used once: replay guards (`see`) and things handed from one request to the next (`keep`/`take`). */
export interface Once {
  /** True for the first caller, false for every later one until `until`, and after it until swept; given `now`, true again after it. */
  see(key: string, until: EpochMs, now?: EpochMs): Promise<boolean>
  keep(key: string, value: JsonObject, until: EpochMs): Promise<void>
  /** Looks without taking: for what waits over several requests and is taken at the last. Expired: undefined. */
  kept(key: string, now: EpochMs): Promise<JsonObject | undefined>
  /** Remove and return; one winner. Expired: undefined. */
  take(key: string, now: EpochMs): Promise<JsonObject | undefined>
}
/** Counters of failures, per (account, factor), (source) … Rows, not memory: nodes share them. */
export interface Throttles {
  get(key: string): Promise<Throttle | undefined>
  /** Atomic: adds one failure and returns the count. Counting starts anew when the last failure is older than `windowSeconds`. */
  fail(key: string, at: EpochMs, windowSeconds: number): Promise<Throttle>
  clear(key: string): Promise<void>
}
export type Throttle = { readonly failures: number; readonly lastAt: EpochMs }
/** Work that must happen after commit, at least once, in any node: mails, back-channel logout. */
export interface Outbox {
  add(item: OutboxItem): Promise<void>
  /** Takes up to `limit` due items for this worker, counts the attempt and hides them until `leaseUntil`; concurrent workers never get the same item. */
  claim(now: EpochMs, leaseUntil: EpochMs, limit: number): Promise<readonly OutboxItem[]>
  done(id: string): Promise<void>
  retry(id: string, at: EpochMs, error: string): Promise<void>
  /** Due at once, its attempts counted anew; the error of the last stays. False: it is not there any more. */
  hurry(id: string, at: EpochMs): Promise<boolean>
  get(id: string): Promise<OutboxItem | undefined>
  list(tenancy: TenancyId): Promise<readonly OutboxItem[]>
  /** By id, which is the order in which they came. */
  page(
    tenancy: TenancyId,
    page: { readonly after: string | undefined; readonly limit: number },
  ): Promise<readonly OutboxItem[]>
}
export type OutboxItem = {
  readonly id: string
  readonly tenancyId: TenancyId
  readonly kind: string // `backchannel-logout`, `mail`
  readonly payload: JsonObject
  readonly attempts: number
  readonly dueAt: EpochMs
  readonly lastError: string | undefined
}
