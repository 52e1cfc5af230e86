// A question of the wire made ready for core, in a transaction that is open already: whom it is about, what is known of the resource, and
// whether both tenancies have a say. Whoever decides, explains or searches begins here, so that none of them can mean another question.
import type { TenancyId } from '../../core/model/ids.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { CrossAsk } from '../../core/policy/cross.ts'
import { evaluate, type Verdict } from '../../core/policy/evaluate.ts'
import { type Ask, type Asked, askOf, type Registered } from '../../core/policy/question.ts'
import type { Place } from '../../core/policy/tree.ts'
import type { Tx } from '../../ports/store.ts'
import type { DecisionReason, Question } from './api.ts'
import { type ForeignQuestion, foreignQuestion, foreignVerdict } from './cross-tenancy.ts'
import { registeredFor } from './registered.ts'
import type { Known, Snapshots } from './snapshots.ts'
import { subjectOf } from './subject.ts'
import type { Subject } from './subject-program.ts'

export type Asking =
  | { readonly kind: 'own'; readonly subject: Subject; readonly ask: Ask }
  | ({ readonly kind: 'foreign' } & ForeignQuestion)
  | { readonly kind: 'none'; readonly reason: DecisionReason; readonly subject: Subject | undefined }

/** Where a question is asked. */
export type Desk = {
  readonly tx: Tx
  readonly snapshots: Snapshots
  readonly known: Known
  readonly tenancyId: TenancyId
  readonly now: EpochMs
}

export const askedOf = ({ subject, action, resource, context }: Question): Asked => ({
  action: action.name,
  resourceType: resource.type,
  resourceId: resource.id,
  resource: resource.properties,
  context,
  claims: { subject: subject.properties, action: action.properties },
})

/** With the policies of this desk, which need not be those in force. */
const seenFrom = (ask: CrossAsk, { snapshot }: Known): CrossAsk =>
  ask.destination.snapshot === snapshot ? ask : { ...ask, destination: { ...ask.destination, snapshot } }

/** @param found the registered resource, if it was read already */
export const askingOf = async (desk: Desk, question: Question, found?: Registered): Promise<Asking> => {
  const { tx, snapshots, known, tenancyId, now } = desk
  const foreign = await foreignQuestion(tx, snapshots, tenancyId, question, now)
  if (typeof foreign === 'string') return { kind: 'none', reason: foreign, subject: undefined }
  if (foreign) return { kind: 'foreign', ...foreign, ask: seenFrom(foreign.ask, known) }
  const subject = await subjectOf(tx, tenancyId, question.subject, known, now)
  if (typeof subject === 'string') return { kind: 'none', reason: subject, subject: undefined }
  const { snapshot } = known
  const registered = found ?? (await registeredFor(tx, tenancyId, snapshot.catalogue, question.resource))
  const ask = askOf(snapshot, subject.principal, askedOf(question), now, registered)
  return typeof ask === 'string' ? { kind: 'none', reason: ask, subject } : { kind: 'own', subject, ask }
}

/** Undefined: it never comes to weighing statements, which is a No. */
export const weighed = (asking: Asking, { known }: Pick<Desk, 'known'>): Verdict | undefined => {
  if (asking.kind === 'none') return undefined
  return asking.kind === 'own'
    ? evaluate(known.snapshot, asking.ask)
    : foreignVerdict({ ...asking, ask: seenFrom(asking.ask, known) })
}

/** Where the resource lies, once that is clear. */
export const placeOf = (asking: Asking): Place | undefined =>
  asking.kind === 'none' ? undefined : asking.kind === 'own' ? asking.ask.place : asking.ask.ask.place
