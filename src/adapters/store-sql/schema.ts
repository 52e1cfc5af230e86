// The tables as Kysely sees them; migrations/ is what makes them so. Tables of plain nouns are known to nouns.ts alone.
import type { Generated } from 'kysely'

type Noun = { id: string; name_key: string; body: string }

export type Schema = {
  tenancy: Noun & { revision: number }
  compartment: Noun & { tenancy_id: string; parent_id: string | null; parent_key: string }
  domain: Noun & { tenancy_id: string; compartment_id: string }
  person: {
    id: string
    domain_id: string
    username_key: string
    display_key: string
    status: string
    email_key: string | null
    external_key: string | null
    handle: string
    body: string
  }
  person_address: { person_id: string; domain_id: string; email_key: string }
  directory_group: Noun & { tenancy_id: string; domain_id: string; external_key: string | null }
  idp: Noun & { domain_id: string }
  idp_email_domain: { domain_id: string; email_domain_key: string; idp_id: string }
  mapping_rule: Noun & { idp_id: string; value_key: string | null }
  app: Noun & { tenancy_id: string; client_id: string | null; entity_id: string | null }
  sign_on_rule: Noun & { domain_id: string }
  password_policy: Noun & { domain_id: string }
  policy: Noun & { tenancy_id: string; compartment_id: string }
  dynamic_group: Noun & { tenancy_id: string; domain_id: string }
  service_id: Noun & { tenancy_id: string; compartment_id: string }
  api_key: {
    id: string
    tenancy_id: string
    person_id: string | null
    service_id_id: string | null
    hash: string
    created_at: number
    last_used_at: number | null
    body: string
  }
  role_assignment: Noun & { tenancy_id: string; compartment_id: string }
  registered_service: Noun & { tenancy_id: string }
  resource: Noun & { tenancy_id: string; compartment_id: string; type_key: string }
  invitation: {
    id: string
    tenancy_id: string
    domain_id: string
    token_hash: string
    status: string
    name_key: string
    created_at: number
    version: number
    body: string
  }
  access_request: {
    id: string
    tenancy_id: string
    group_id: string
    person_id: string
    status: string
    created_at: number
    version: number
    body: string
  }
  revision_change: { tenancy_id: string; revision: number; noun: string; noun_id: string }
  signing_key: { id: string; domain_id: string; status: string; created_at: number; body: string }
  link: { idp_id: string; subject_key: string; person_id: string; last_sign_in_at: number; body: string }
  membership: { person_id: string; group_id: string; source: string; idp_id: string | null; body: string }
  credential: {
    id: string
    person_id: string
    domain_id: string
    kind: string
    webauthn_key: string | null
    version: number
    body: string
  }
  device: {
    id: string
    person_id: string
    token_hash: string
    created_at: number
    expires_at: number
    body: string
  }
  journey: { id: string; version: number; expires_at: number; body: string }
  session: {
    id: string
    token_hash: string
    domain_id: string
    person_id: string
    upstream_idp_id: string | null
    upstream_name_key: string | null
    upstream_index_key: string | null
    last_seen_at: number
    expires_at: number
    ended_at: number | null
    end_reason: string | null
    version: number
    body: string
  }
  participant: { session_id: string; app_id: string; joined_at: number; body: string }
  payload: {
    scope: string
    model: string
    id: string
    grant_id: string | null
    uid: string | null
    user_code: string | null
    consumed_at: number | null
    expires_at: number | null
    body: string
  }
  once: { purpose: string; key: string; until_at: number; body: string | null }
  throttle: { key: string; failures: number; last_at: number; forget_at: number }
  audit_event: {
    seq: Generated<number>
    id: string
    tenancy_id: string
    at: number
    action: string
    actor_key: string
    target_key: string | null
    domain_id: string | null
    outcome: string | null
    request_key: string | null
    body: string
    digest: string | null
  }
  decision_record: {
    seq: Generated<number>
    id: string
    tenancy_id: string
    at: number
    compartment_id: string | null
    allow: number | null
    body: string
    digest: string | null
  }
  audit_seal: { tenancy_id: string; trail: string; n: number; at: number; hash: string; body: string }
  audit_checkpoint: { tenancy_id: string; trail: string; body: string }
  audit_sealing: { trail: string; version: number; body: string }
  event_stream: { id: string; domain_id: string; app_id: string; version: number; body: string }
  queued_event: { seq: Generated<number>; stream_id: string; jti: string; forget_at: number; body: string }
  audit_key: { id: string; tenancy_id: string; created_at: number; private_sealed: string }
  outbox: {
    id: string
    tenancy_id: string
    due_at: number
    attempts: number
    last_error: string | null
    body: string
  }
}
