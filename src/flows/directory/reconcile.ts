// How a declared noun becomes a stored one: compared with what is there, written only when it differs, with one audit event that holds
// both sides. Collects faults instead of stopping at the first. Knows no noun in particular.
import type { Actor } from '../../core/model/audit.ts'
import type { Declared, DeclaredFault } from '../../core/model/declared.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import type { Json, JsonObject } from '../../core/model/json.ts'
import type { Tags } from '../../core/model/tag.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Change as Seen, Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import type { Recording } from '../access/role-rows.ts'
import { eventOf } from '../audit-event.ts'

export type Noun =
  | 'tenancy'
  | 'compartment'
  | 'domain'
  | 'group'
  | 'password-policy'
  | 'sign-on-rule'
  | 'idp'
  | 'mapping-rule'
  | 'app'
  | 'policy'
  | 'dynamic-group'
  | 'service-id'
  | 'role-assignment'
  | 'service'

export type Change = {
  readonly noun: Noun
  readonly name: string // `default/finance`: as a person would look for it
  readonly action: 'create' | 'update' | 'remove' | 'disable'
  readonly before: Json | undefined
  readonly after: Json | undefined
}
export type Path = readonly (string | number)[]

/** One application of one document, inside one transaction. */
export type Run = {
  readonly tx: Tx
  readonly random: Random
  readonly secrets: Secrets
  readonly now: EpochMs
  readonly actor: Actor
  readonly tenancyId: TenancyId
  readonly where: Declared['where']
  readonly changes: Change[]
  readonly faults: DeclaredFault[]
  /** What cannot be there yet and is no fault: it comes with a later application. */
  readonly waiting: DeclaredFault[]
  /** Changed rows that policies are compiled from, until the revision stands for them. */
  readonly seen: Seen[]
  /** How it came, for the audit log; absent: a file was applied. */
  readonly details?: JsonObject
  readonly requestId?: string | undefined
  /** Ids of everything the document declares, by noun: what it may take away again when it stops declaring it. */
  readonly declared: Map<Noun, Set<string>>
}

/** For the writers of flows/access that keep the audit themselves. */
export const recordingOf = ({ tx, random, now, actor }: Run): Recording => ({
  tx,
  random,
  now,
  actor,
  requestId: undefined,
})

export const fault = (run: Run, path: Path, message: string): void => {
  run.faults.push({ where: run.where(path), message })
}
export const declare = (run: Run, noun: Noun, id: string): void => {
  const ids = run.declared.get(noun) ?? new Set<string>()
  run.declared.set(noun, ids.add(id))
}

const compiled: ReadonlySet<Noun> = new Set<Noun>(['compartment', 'domain', 'group', 'dynamic-group', 'service'])
const FEW = 10
/** The new revisions: one that says what changed for each of a few rows, one for whatever they are of many. */
export const bumpSeen = async ({ tx, tenancyId, seen }: Run): Promise<void> => {
  const changed = seen.splice(0)
  if (changed.length > FEW) await tx.tenancies.bumpRevision(tenancyId)
  else for (const one of changed) await tx.tenancies.bumpRevision(tenancyId, one)
}

const inOrder = (a: DeclaredFault, b: DeclaredFault): number => a.where.localeCompare(b.where, 'en', { numeric: true })

export const faultsAsProblem = (faults: readonly DeclaredFault[]): Problem =>
  new Problem(
    'config-invalid',
    `the declared tenancy has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}\n${[...faults]
      .sort(inOrder)
      .map((f) => `  ${f.where}: ${f.message}`)
      .join('\n')}`,
  )

const hidden = new Set(['clientSecretSealed', 'secretHashes'])
/** A row as it may be shown and kept in the audit log: no secrets, sealed or hashed, and no documents in full. */
export const shown = (value: unknown, digest: Secrets['digest']): Json => {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  if (Array.isArray(value)) return value.map((item) => shown(item, digest))
  if (typeof value !== 'object') return null
  const entries = Object.entries(value).filter(([, v]) => v !== undefined)
  return Object.fromEntries(
    entries.map(([key, v]): [string, Json] => {
      if (hidden.has(key)) return [key, '********']
      if (key === 'metadataXml' && typeof v === 'string') return [key, v === '' ? '' : `sha256:${digest(v)}`]
      return [key, shown(v, digest)]
    }),
  )
}

/** Key order aside, and absent the same as undefined: that is how rows come back from a store. */
export const same = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]))
  const keysOf = (o: object): readonly string[] =>
    Object.entries(o)
      .filter(([, v]) => v !== undefined)
      .map(([key]) => key)
  const left = a as { readonly [key: string]: unknown }
  const right = b as { readonly [key: string]: unknown }
  const keys = keysOf(left)
  return keys.length === keysOf(right).length && keys.every((key) => same(left[key], right[key]))
}

type Subject = { readonly noun: Noun; readonly name: string; readonly domainId?: string; readonly id: string }
const pastTense = { create: 'created', update: 'updated', remove: 'removed', disable: 'disabled' } as const

/** Notes a change that was made, and its audit event. */
export const record = async (
  run: Run,
  subject: Subject,
  action: Change['action'],
  rows: { readonly before: unknown; readonly after: unknown },
): Promise<void> => {
  const before = rows.before === undefined ? undefined : shown(rows.before, run.secrets.digest)
  const after = rows.after === undefined ? undefined : shown(rows.after, run.secrets.digest)
  run.changes.push({ noun: subject.noun, name: subject.name, action, before, after })
  if (compiled.has(subject.noun)) run.seen.push({ noun: subject.noun as Seen['noun'], id: subject.id })
  await run.tx.audit.add(
    eventOf(run.random, run.now, {
      tenancyId: run.tenancyId,
      domainId: subject.domainId,
      action: `${subject.noun}.${pastTense[action]}`,
      actor: run.actor,
      target: { type: subject.noun, id: subject.id, name: subject.name },
      before,
      after,
      details: run.details ?? { by: 'apply' },
      requestId: run.requestId,
    }),
  )
}

/** Writes `after` unless it is what is there already. */
export const settle = async <T extends { readonly id: string }>(
  run: Run,
  subject: Omit<Subject, 'id'> & { readonly path: Path },
  put: (row: T) => Promise<'ok' | 'name-taken'>,
  before: T | undefined,
  after: T,
): Promise<boolean> => {
  declare(run, subject.noun, after.id)
  if (before !== undefined && same(before, after)) return false
  if ((await put(after)) === 'name-taken') {
    fault(run, subject.path, `\`${subject.name}\`: its name or identifier is taken by another ${subject.noun}`)
    return false
  }
  await record(run, { ...subject, id: after.id }, before === undefined ? 'create' : 'update', { before, after })
  return true
}

/** With the times of a row that is kept: what was not changed keeps its day. */
export const dated = <T extends { readonly createdAt: EpochMs; readonly updatedAt: EpochMs }>(
  { now }: Run,
  before: T | undefined,
  fields: Omit<T, 'createdAt' | 'updatedAt'>,
): T => {
  const kept = { ...fields, createdAt: before?.createdAt ?? now, updatedAt: before?.updatedAt ?? now } as T
  return before === undefined || same(before, kept) ? kept : { ...kept, updatedAt: now }
}

/** None are written as they were: absent or empty means the same. */
export const tagsFor = (before: Tags | undefined, declared: Tags): { readonly tags?: Tags } => {
  if (Object.keys(declared).length > 0) return { tags: declared }
  return before === undefined ? {} : { tags: {} }
}

/** Name → row without case; what is not there is a fault at its place in the file. */
export type Directory<T> = ReadonlyMap<string, T>
export const directoryOf = <T extends { readonly name: string }>(rows: readonly T[]): Directory<T> =>
  new Map(rows.map((row) => [row.name.toLowerCase(), row]))

export const resolveAll = <T>(
  run: Run,
  directory: Directory<T>,
  names: readonly string[],
  path: Path,
  what: 'group' | 'domain' | 'application',
  place = '',
): readonly T[] =>
  names.flatMap((name, index) => {
    const found = directory.get(name.toLowerCase())
    if (found !== undefined) return [found]
    fault(run, [...path, index], `${what} \`${name}\` does not exist${place}`)
    return []
  })
