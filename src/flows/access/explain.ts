// Why this answer: of a question, or of a decision on record, by today's policies. The statements that decided, all that matched, those that
// came near, and what would change it. What another tenancy wrote is not shown.
import type { DecisionRecord } from '../../core/model/audit.ts'
import type { DecisionId, TenancyId } from '../../core/model/ids.ts'
import type { Json, JsonObject } from '../../core/model/json.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { explainCross } from '../../core/policy/cross.ts'
import { type Explanation, explain, type Judgement } from '../../core/policy/explain.ts'
import { type Lack, type WhatWouldChange, whatWouldChange } from '../../core/policy/what-would-change.ts'
import type { Tx } from '../../ports/store.ts'
import type { DecisionReason, Question } from './api.ts'
import { type Asking, askingOf, type Desk, placeOf } from './asking.ts'
import { deskIn, type NamedSubject, subjectNamed } from './desk.ts'
import type { Snapshots } from './snapshots.ts'

/** Subjects by name. */
export type NamedLack =
  | Exclude<Lack, { element: 'subject' }>
  | { readonly element: 'subject'; readonly anyOf: readonly NamedSubject[] }
type NamedMissing = Omit<WhatWouldChange['notGranted'][number], 'nearest'> & {
  readonly nearest: readonly (Omit<WhatWouldChange['notGranted'][number]['nearest'][number], 'lacks'> & {
    readonly lacks: readonly NamedLack[]
  })[]
}
export type Explained = {
  readonly revision: number
  readonly allow: boolean
  readonly reason: DecisionReason
  /** As it is found now, with the groups and why. */
  readonly subject: JsonObject | undefined
  readonly compartmentId: string | undefined
  readonly permissions: Explanation['permissions']
  readonly decidedBy: readonly string[]
  readonly matched: readonly Judgement[]
  /** References of statements whose condition lacked a fact. */
  readonly undecided: readonly string[]
  /** No Deny applies to the subject. */
  readonly exempt: boolean
  readonly deniedBy: WhatWouldChange['deniedBy']
  readonly notGranted: readonly NamedMissing[]
  readonly needs: Omit<WhatWouldChange['needs'], 'groups'> & {
    readonly groups: readonly { readonly group: NamedSubject; readonly through: readonly string[] }[]
  }
}
export type ExplainedDecision = {
  readonly recorded: DecisionRecord
  /** Policies, groups or roles were changed since: today's answer may have other reasons, or be another one. */
  readonly moved: boolean
  readonly now: Explained
}
export type Explainer = {
  readonly question: (tx: Tx, tenancyId: TenancyId, question: Question, now: EpochMs) => Promise<Explained>
  /** At the time of the decision, as far as conditions look at the clock. Undefined: there is no such decision in the tenancy. */
  readonly decision: (tx: Tx, tenancyId: TenancyId, id: string) => Promise<ExplainedDecision | undefined>
}

const nothing: WhatWouldChange = { deniedBy: [], notGranted: [], needs: { signIn: undefined, groups: [], facts: [] } }

const nameLack = async (desk: Desk, lack: Lack): Promise<NamedLack> =>
  lack.element === 'subject'
    ? { element: 'subject', anyOf: await Promise.all(lack.anyOf.slice(0, 20).map((id) => subjectNamed(desk, id))) }
    : lack

const named = async (desk: Desk, { deniedBy, notGranted, needs }: WhatWouldChange) => ({
  deniedBy,
  notGranted: await Promise.all(
    notGranted.map(async ({ permission, nearest }) => ({
      permission,
      nearest: await Promise.all(
        nearest.map(async (near) => ({
          ...near,
          lacks: await Promise.all(near.lacks.map((lack) => nameLack(desk, lack))),
        })),
      ),
    })),
  ),
  needs: {
    ...needs,
    groups: await Promise.all(
      needs.groups.map(async ({ group, through }) => ({ group: await subjectNamed(desk, group), through })),
    ),
  },
})

/** Statements of the tenancy that was asked; of another one only that there is one. */
const ownOnly = (told: Explanation, { known, tenancyId }: Desk, asking: Asking): Explanation => {
  if (asking.kind !== 'foreign') return told
  const { name } = asking.source
  const { clauses, cross } = known.snapshot
  const own = new Set([...clauses, ...cross].map(({ clause }) => clause.ref))
  const isForeign = (ref: string): boolean => asking.source.id !== tenancyId && !own.has(ref)
  return {
    ...told,
    judgements: told.judgements
      .filter((j) => !isForeign(j.ref) || j.result === 'matched')
      .map((j) =>
        isForeign(j.ref) ? { ...j, policy: name, statement: `a statement of tenancy ${name}`, tests: [] } : j,
      ),
  }
}

export const explainIn = async (desk: Desk, question: Question): Promise<Explained> => {
  const { snapshot, groups } = desk.known
  const asking = await askingOf(desk, question)
  const common = {
    revision: snapshot.revision,
    subject: asking.subject?.record,
    compartmentId: placeOf(asking)?.id,
  }
  if (asking.kind === 'none')
    return {
      ...common,
      allow: false,
      reason: asking.reason,
      permissions: [],
      decidedBy: [],
      matched: [],
      undecided: [],
      exempt: false,
      ...(await named(desk, nothing)),
    }
  const told = ownOnly(asking.kind === 'own' ? explain(snapshot, asking.ask) : explainCross(asking.ask), desk, asking)
  const change = asking.kind === 'own' ? whatWouldChange(snapshot, asking.ask, told, (id) => groups.has(id)) : nothing
  return {
    ...common,
    allow: told.allow,
    reason: told.reason,
    permissions: told.permissions,
    decidedBy: (told.allow ? told.because : told.denied).map((c) => c.ref),
    matched: told.judgements.filter((j) => j.result === 'matched'),
    undecided: told.undecided.map((c) => c.ref),
    exempt: told.exempt,
    ...(await named(desk, change)),
  }
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const objectIn = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})
const textIn = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** A question as it was recorded. */
export const questionIn = ({ question }: Pick<DecisionRecord, 'question'>): Question => {
  const [subject, action, resource] = [question.subject, question.action, question.resource].map(objectIn)
  const properties = (part: JsonObject | undefined): JsonObject => objectIn(part?.properties)
  return {
    subject: { type: textIn(subject?.type), id: textIn(subject?.id), properties: properties(subject) },
    action: { name: textIn(action?.name), properties: properties(action) },
    resource: { type: textIn(resource?.type), id: textIn(resource?.id), properties: properties(resource) },
    context: objectIn(question.context),
  }
}

export const explainer = ({ known: snapshots }: { readonly known: Snapshots }): Explainer => ({
  question: async (tx, tenancyId, question, now) => explainIn(await deskIn(tx, snapshots, tenancyId, now), question),
  decision: async (tx, tenancyId, id) => {
    const recorded = await tx.audit.decision(id as DecisionId)
    if (recorded?.tenancyId !== tenancyId) return undefined
    const desk = await deskIn(tx, snapshots, tenancyId, recorded.at)
    const now = await explainIn(desk, questionIn(recorded))
    return { recorded, moved: recorded.revision !== now.revision, now }
  },
})
