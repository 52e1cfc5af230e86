// How a declared noun becomes a stored one: compared with what is there, written only when it differs, with one audit event that holds
// both sides. Collects faults instead of stopping at the first. Knows no noun in particular.
import type { Actor } from '../../core/model/audit.ts'
import type { Declared, DeclaredFault } from '../../core/model/declared.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import type { Json } from '../../core/model/json.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
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
  | 'person'

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
  /** Ids of everything the document declares, by noun: what it may take away again when it stops declaring it. */
  readonly declared: Map<Noun, Set<string>>
}

export const fault = (run: Run, path: Path, message: string): void => {
  run.faults.push({ where: run.where(path), message })
}
export const declare = (run: Run, noun: Noun, id: string): void => {
  const ids = run.declared.get(noun) ?? new Set<string>()
  run.declared.set(noun, ids.add(id))
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
  await run.tx.audit.add(
    eventOf(run.random, run.now, {
      tenancyId: run.tenancyId,
      domainId: subject.domainId,
      action: `${subject.noun}.${pastTense[action]}`,
      actor: run.actor,
      target: { type: subject.noun, id: subject.id, name: subject.name },
      before,
      after,
      details: { by: 'apply' },
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
