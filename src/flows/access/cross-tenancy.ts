// Questions about somebody of another tenancy (`subject.properties.tenancy`): both tenancies' snapshots in one consistent view, weighed by
// core. Who asks belongs to the tenancy that is asked: of the other one it learns nothing until that one endorses the subject here.
import type { TenancyId } from '../../core/model/ids.ts'
import type { Tenancy } from '../../core/model/tenancy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Clause } from '../../core/policy/clause.ts'
import { type CrossAsk, crossAskOf, evaluateCross, isEndorsed } from '../../core/policy/cross.ts'
import type { Verdict } from '../../core/policy/evaluate.ts'
import type { Tx } from '../../ports/store.ts'
import type { DecisionReason, Question } from './api.ts'
import { registeredFor } from './registered.ts'
import type { Snapshots } from './snapshots.ts'
import { subjectOf } from './subject.ts'
import type { Subject } from './subject-program.ts'

export type ForeignQuestion = { readonly ask: CrossAsk; readonly subject: Subject; readonly source: Tenancy }
/** Only what the other tenancy lets out: not the groups of its people. */
const shownOf = (subject: Subject, { name }: Tenancy): Subject => {
  const { id, username, type } = subject.record
  return {
    principal: subject.principal,
    record: { tenancy: name, ...(id ? { id } : {}), ...(username ? { username } : {}), ...(type ? { type } : {}) },
  }
}

/** Undefined: the subject is one of this tenancy. Nobody, and nobody who is endorsed here, are the same. */
export const foreignQuestion = async (
  tx: Tx,
  known: Snapshots,
  tenancyId: TenancyId,
  question: Question,
  now: EpochMs,
): Promise<ForeignQuestion | DecisionReason | undefined> => {
  const { tenancy: named, ...properties } = question.subject.properties
  if (named === undefined) return undefined
  const source = typeof named === 'string' ? await tx.tenancies.byName(undefined, named) : undefined
  if (source?.id === tenancyId) return undefined
  const [here, there] = [await known(tx, tenancyId), source && (await known(tx, source.id))]
  if (!here || !there || !source) return 'subject-unknown'
  const found = await subjectOf(tx, source.id, { ...question.subject, properties }, there, now)
  if (typeof found === 'string') return 'subject-unknown'
  const { resource, action, context } = question
  const ask = crossAskOf(
    { tenancyId: source.id, snapshot: there.snapshot },
    { tenancyId, snapshot: here.snapshot },
    found.principal,
    {
      action: action.name,
      resourceType: resource.type,
      resourceId: resource.id,
      resource: resource.properties,
      context,
    },
    now,
    await registeredFor(tx, tenancyId, here.snapshot.catalogue, resource),
  )
  if (typeof ask === 'string') return ask
  return isEndorsed(ask) ? { ask, subject: shownOf(found, source), source } : 'subject-unknown'
}

/** What the other tenancy wrote is not ours to show; its reference is enough to ask there. */
const withoutTexts = (clauses: readonly Clause[], { name }: Tenancy): readonly Clause[] =>
  clauses.map((c) => (c.kind === 'endorse' ? { ...c, policyName: name, text: `a statement of tenancy ${name}` } : c))

export const foreignVerdict = ({ ask, source }: ForeignQuestion): Verdict => {
  const verdict = evaluateCross(ask)
  return {
    ...verdict,
    because: withoutTexts(verdict.because, source),
    denied: withoutTexts(verdict.denied, source),
    undecided: withoutTexts(verdict.undecided, source),
  }
}
