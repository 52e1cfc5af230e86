// The text of a recorded row that its digest is of: every column as a JSON array, and the body after it.
// INVARIANT: never changed. Rows that were sealed are compared by these texts for as long as they are kept.
import { hash } from 'node:crypto'

type Named = { readonly id: string; readonly tenancy_id: string; readonly at: number; readonly body: string }
export type EventRow = Named & {
  readonly action: string
  readonly actor_key: string
  readonly target_key: string | null
  readonly domain_id: string | null
  readonly outcome: string | null
  readonly request_key: string | null
}
export type DecisionRow = Named & { readonly compartment_id: string | null; readonly allow: number | null }

export const eventText = (r: EventRow): string =>
  JSON.stringify([
    r.id,
    r.tenancy_id,
    r.at,
    r.action,
    r.actor_key,
    r.target_key,
    r.domain_id,
    r.outcome,
    r.request_key,
  ]) + r.body
export const decisionText = (r: DecisionRow): string =>
  JSON.stringify([r.id, r.tenancy_id, r.at, r.compartment_id, r.allow]) + r.body

/** SHA-256, base64url, as Secrets.digest makes them. */
export const digestOf = (text: string): string => hash('sha256', text, 'base64url')
