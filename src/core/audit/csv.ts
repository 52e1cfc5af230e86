// Audit events as CSV (RFC 4180). What people typed ends up in spreadsheets, so nothing in a cell may begin a formula there.
import type { AuditEvent } from '../model/audit.ts'
import type { Json } from '../model/json.ts'

const columns: readonly (readonly [name: string, of: (event: AuditEvent) => string])[] = [
  ['time', (e) => new Date(e.at).toISOString()],
  ['id', (e) => e.id],
  ['action', (e) => e.action],
  ['outcome', (e) => e.outcome],
  ['reason', (e) => e.reason ?? ''],
  ['actor_kind', (e) => e.actor.kind],
  ['actor_id', (e) => e.actor.id],
  ['actor_name', (e) => e.actor.name],
  ['target_type', (e) => e.target?.type ?? ''],
  ['target_id', (e) => e.target?.id ?? ''],
  ['target_name', (e) => e.target?.name ?? ''],
  ['domain_id', (e) => e.domainId ?? ''],
  ['request_id', (e) => e.requestId ?? ''],
  ['decision_id', (e) => e.decisionId ?? ''],
  ['before', (e) => json(e.before)],
  ['after', (e) => json(e.after)],
  ['details', (e) => json(e.details)],
]
const json = (value: Json | undefined): string => (value === undefined ? '' : JSON.stringify(value))

/** A leading apostrophe makes it text (OWASP, CSV injection); full-width signs count for the programs that read them as their narrow kin. */
const startsFormula = /^[\s\p{Cc}]*[=+\-@＝＋－＠|%]|^[\t\r\n]/u
const cell = (text: string): string => {
  const safe = startsFormula.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const csvHead = `${columns.map(([name]) => name).join(',')}\r\n`
export const csvLine = (event: AuditEvent): string => `${columns.map(([, of]) => cell(of(event))).join(',')}\r\n`
