// What an administrator may do at this moment, inside a transaction and without a record: for lists, which ask once per row, and for writes,
// which ask again in the transaction that writes. Also what somebody would have to hold to give others what a group or service ID holds.
// INVARIANT: asked before anything is written: a snapshot read in a transaction that is rolled back must not be kept for its revision.
import type { ApiKeyId, TenancyId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Tags } from '../../core/model/tag.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { type Clause, touches } from '../../core/policy/clause.ts'
import type { Snapshot } from '../../core/policy/compile.ts'
import { evaluate } from '../../core/policy/evaluate.ts'
import { OWN_SERVICE } from '../../core/policy/own-types.ts'
import { askOf, type Principal } from '../../core/policy/question.ts'
import { type IsOpen, residualOf } from '../../core/policy/residual.ts'
import type { Tx } from '../../ports/store.ts'
import type { Caller, Question } from './api.ts'
import { lackedAt } from './holding.ts'
import type { Snapshots } from './snapshots.ts'
import { subjectOf } from './subject.ts'

/** Somebody who administers: by a token of the gateway's own application, or by an API key. */
export type Administrator = Caller & {
  readonly subject: Question['subject']
  /** What the gateway knows of the request, for conditions: `request.*`. */
  readonly context: JsonObject
  readonly apiKeyId: ApiKeyId | undefined
  /** How they come, where it is not the administrative API. */
  readonly channel?: 'scim'
}
/** As the catalogue names it. */
export type Permission = { readonly operation: string; readonly resourceType: string }
/** What an operation is about. For what is not there yet: where it would be, and its name. */
export type Target = {
  readonly id: string
  readonly name: string
  readonly compartmentId: string | undefined // undefined: the root
  readonly tags?: Tags | undefined
  readonly facts?: JsonObject
}
export type Demand = { readonly permission: Permission; readonly target: Target }

export type Asker = {
  readonly snapshot: Snapshot
  readonly principal: Principal
  readonly now: EpochMs
  readonly context: JsonObject
}
export type Standing = {
  readonly may: (demand: Demand) => boolean
  /** As a list shows it: the permissions of the list operation, asked about one row with its facts. */
  readonly sees: (permission: Permission, target: Target) => boolean
  readonly listed: (permission: Permission) => string
  /** Whether there could be a row in this place that a list shows: with whatever is said of a single row left open. */
  readonly couldSee: (permission: Permission, place: Target) => boolean
  /** For questions that are not one of a single resource; undefined: nobody asks. */
  readonly asker: Asker | undefined
  /** In the group that no Deny applies to. */
  readonly isAdministrator: boolean
  /** Whether belonging to this group, or being this service ID, is a power over the gateway itself. */
  readonly isAdministrative: (subject: string) => boolean
  /** Permissions that the subject (a group, a service ID) holds and the administrator does not; `of: 'gateway'`: only those over the gateway itself. */
  readonly lacks: (subject: string, of: 'gateway' | 'everything') => readonly string[]
  /** Permissions that these statements would give to anybody and the administrator does not hold. */
  readonly lacksToGrant: (clauses: readonly Clause[]) => readonly string[]
}
export type StandingOf = {
  (tx: Tx, who: Administrator, now: EpochMs): Promise<Standing>
  /** Before the transaction: what must be compiled first is not compiled while one is open. */
  readonly prepare: (tenancyId: TenancyId) => Promise<void>
}

/** What is said of where the thing lies and what it is called is ours: no fact of it may say otherwise. */
const factsOf = ({ facts = {} }: Target): JsonObject => {
  const { compartment: _place, tags: _tags, name: _name, id: _id, ...rest } = facts
  return rest
}

export const questionOf = ({ subject, context }: Administrator, { permission, target }: Demand): Question => ({
  subject,
  action: { name: permission.operation, properties: {} },
  resource: {
    type: permission.resourceType,
    id: target.id,
    properties: {
      ...factsOf(target),
      ...(target.compartmentId === undefined ? {} : { compartment: target.compartmentId }),
      tags: target.tags ?? {},
      name: target.name,
    },
  },
  context,
})

const asked = ({ action, resource, context }: Question) => ({
  action: action.name,
  resourceType: resource.type,
  resourceId: resource.id,
  resource: resource.properties,
  context,
})

const nobody: Standing = {
  may: () => false,
  sees: () => false,
  couldSee: () => false,
  listed: ({ operation }) => operation,
  asker: undefined,
  isAdministrator: false,
  isAdministrative: () => true,
  lacks: () => ['everything'],
  lacksToGrant: () => ['everything'],
}

const permissionsIn = (clause: Clause, { catalogue }: Snapshot, of: 'gateway' | 'everything') =>
  [...catalogue.permissions.values()].filter(
    (p) => touches(clause, p) && (of === 'everything' || catalogue.all[p.type]?.service === OWN_SERVICE),
  )

const CHANGES = 2 // the level of `use`: from here on a permission changes something

const isPower = (clause: Clause, snapshot: Snapshot): boolean =>
  permissionsIn(clause, snapshot, 'gateway').some((p) => p.level >= CHANGES)

/** Clauses that give the subject something, by subject; made once per snapshot. */
const grants = new WeakMap<Snapshot, ReadonlyMap<string, Snapshot['clauses']>>()
const grantsOf = (snapshot: Snapshot, subject: string): Snapshot['clauses'] => {
  const made = grants.get(snapshot) ?? bySubject(snapshot)
  grants.set(snapshot, made)
  return made.get(subject) ?? []
}
const bySubject = ({ clauses }: Snapshot): ReadonlyMap<string, Snapshot['clauses']> => {
  const out = new Map<string, Snapshot['clauses'][number][]>()
  for (const placed of clauses) {
    if (placed.clause.effect !== 'allow') continue
    for (const subject of placed.clause.subjects) {
      const own = out.get(subject)
      if (own) own.push(placed)
      else out.set(subject, [placed])
    }
  }
  return out
}

/** Holding is holding it whatever the facts: a permission that depends on a condition is not one to give away. */
const lacked = (asker: Asker, subject: string, of: 'gateway' | 'everything'): readonly string[] => {
  const { snapshot } = asker
  const missing = new Set<string>()
  for (const { clause, covers } of grantsOf(snapshot, subject)) {
    const place = typeof covers === 'number' ? snapshot.tree.places[covers] : undefined
    if (!place) continue
    for (const name of lackedAt(asker, permissionsIn(clause, snapshot, of), place, clause.system)) missing.add(name)
  }
  return [...missing].sort()
}

/** Its own half of an agreement with another tenancy gives nobody anything here. */
const lackedToGrant = (asker: Asker, clauses: readonly Clause[]): readonly string[] => {
  const { tree } = asker.snapshot
  const missing = new Set<string>()
  for (const clause of clauses) {
    if (clause.effect !== 'allow' || clause.kind === 'endorse') continue
    const place = clause.compartmentId === undefined ? tree.places[0] : tree.byId.get(clause.compartmentId)
    if (!place) continue
    const given = permissionsIn(clause, asker.snapshot, 'everything')
    for (const name of lackedAt(asker, given, place, clause.system)) missing.add(name)
  }
  return [...missing].sort()
}

const isOfRow: IsOpen = (variable) => variable.startsWith('target.')

const standingIn = (snapshot: Snapshot, principal: Principal, who: Administrator, now: EpochMs): Standing => {
  const decides = (question: Question): boolean => {
    const ask = askOf(snapshot, principal, asked(question), now)
    return typeof ask !== 'string' && evaluate(snapshot, ask).allow
  }
  const listed = ({ operation, resourceType }: Permission): string => {
    const need = snapshot.catalogue.types.get(resourceType)?.operations.get(operation.toLowerCase())
    return `{${(need?.permissions ?? []).map((p) => p.name).join(',')}}`
  }
  const couldSee = (permission: Permission, place: Target): boolean => {
    const question = questionOf(who, { permission: { ...permission, operation: listed(permission) }, target: place })
    const ask = askOf(snapshot, principal, asked(question), now)
    return typeof ask !== 'string' && residualOf(snapshot, ask, isOfRow).kind !== 'never'
  }
  const { administrators } = snapshot
  const asker: Asker = { snapshot, principal, now, context: who.context }
  return {
    may: (demand) => decides(questionOf(who, demand)),
    listed,
    couldSee,
    sees: (permission, target) =>
      decides(questionOf(who, { permission: { ...permission, operation: listed(permission) }, target })),
    asker,
    isAdministrator: administrators !== undefined && principal.groupIds.includes(administrators),
    isAdministrative: (subject) =>
      subject === administrators || grantsOf(snapshot, subject).some(({ clause }) => isPower(clause, snapshot)),
    lacks: (subject, of) => lacked(asker, subject, of),
    lacksToGrant: (clauses) => lackedToGrant(asker, clauses),
  }
}

export const standingOf = ({ known }: { readonly known: Snapshots }): StandingOf => {
  const standing = async (tx: Tx, who: Administrator, now: EpochMs): Promise<Standing> => {
    const compiled = await known(tx, who.tenancyId)
    const subject = compiled && (await subjectOf(tx, who.tenancyId, who.subject, compiled, now))
    return compiled === undefined || subject === undefined || typeof subject === 'string'
      ? nobody
      : standingIn(compiled.snapshot, subject.principal, who, now)
  }
  return Object.assign(standing, { prepare: known.prepare })
}
