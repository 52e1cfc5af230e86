// May they? Loads the principal and the snapshot in one consistent view, asks core, puts the answer on record and only then tells it.
// What a question names and does not exist is a No like any other: nobody learns here who or what there is.
import type { AuditEvent, DecisionRecord } from '../../core/model/audit.ts'
import type { DecisionId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Catalogue } from '../../core/policy/catalogue.ts'
import type { Clause } from '../../core/policy/clause.ts'
import type { Verdict } from '../../core/policy/evaluate.ts'
import { type SignInNeed, signInNeeded } from '../../core/policy/needs.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { eventOf } from '../audit-event.ts'
import type { Authorize, Caller, Decision, DecisionReason, Question } from './api.ts'
import { askingOf, placeOf, weighed } from './asking.ts'
import { decisionLog } from './decision-log.ts'
import { type Snapshots, snapshots } from './snapshots.ts'
import type { Subject } from './subject-program.ts'

type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly random: Pick<Random, 'id'>
  readonly catalogue: Catalogue
  /** Shared with whoever else asks in this process. */
  readonly known?: Snapshots
  /** Whether a decision waits for its record to be on the disk. */
  readonly flushDecisions?: boolean
}

type Answer = {
  readonly revision: number
  readonly reason: DecisionReason
  readonly verdict: Verdict | undefined // undefined: it never came to weighing statements
  readonly subject: Subject | undefined
  readonly compartmentId: string | undefined
  readonly signIn: SignInNeed | undefined
}

const answer = async (
  tx: Tx,
  snapshots: Snapshots,
  { tenancyId }: Caller,
  question: Question,
  now: EpochMs,
): Promise<Answer> => {
  const known = await snapshots(tx, tenancyId)
  if (!known) throw new Problem('not-found', 'there is no such tenancy')
  const { snapshot } = known
  const desk = { tx, snapshots, known, tenancyId, now }
  const asking = await askingOf(desk, question)
  const verdict = weighed(asking, desk)
  return {
    revision: snapshot.revision,
    reason: asking.kind === 'none' ? asking.reason : (verdict?.reason ?? 'not-granted'),
    verdict,
    subject: asking.subject,
    compartmentId: placeOf(asking)?.id,
    // what a No of two tenancies would take is not for one of them to say
    signIn: asking.kind === 'own' && !verdict?.allow ? signInNeeded(snapshot, asking.ask) : undefined,
  }
}

const refs = (clauses: readonly Clause[] | undefined): readonly string[] => (clauses ?? []).map((c) => c.ref)

const recordOf = (
  id: DecisionId,
  caller: Caller,
  question: Question,
  at: EpochMs,
  { revision, reason, verdict, subject, compartmentId }: Answer,
): DecisionRecord => ({
  id,
  tenancyId: caller.tenancyId,
  at,
  revision,
  allow: reason === 'granted',
  compartmentId,
  question: { caller: { ...caller.actor }, ...question, reason },
  because: refs(verdict?.because),
  denied: refs(verdict?.denied),
  undecided: refs(verdict?.undecided),
  principal: subject?.record ?? {},
})

/** What an administrator needs to find the statement that said no. */
const deniedDetails = ({ subject, action, resource }: Question, { reason, verdict }: Answer): JsonObject => ({
  subject: { type: subject.type, id: subject.id },
  action: action.name,
  compartment: resource.properties.compartment ?? null,
  reason,
  permissions: (verdict?.permissions ?? []).filter((p) => p.outcome !== 'granted').map((p) => ({ ...p })),
  denied: (verdict?.denied ?? []).map((c) => ({ ref: c.ref, policy: c.policyName, statement: c.text })),
  undecided: refs(verdict?.undecided),
})

export const authorizer = ({ store, clock, random, catalogue, known: shared, flushDecisions }: Deps): Authorize => {
  const known = shared ?? snapshots({ store, catalogue })
  const log = decisionLog({ store, flush: flushDecisions ? 'first' : 'soon' })

  const denied = (id: DecisionId, caller: Caller, question: Question, at: EpochMs, given: Answer): AuditEvent => ({
    ...eventOf(random, at, {
      tenancyId: caller.tenancyId,
      action: 'policy.denied',
      reason: given.reason,
      actor: caller.actor,
      target: { type: question.resource.type, id: question.resource.id, name: question.resource.id },
      details: deniedDetails(question, given),
      requestId: caller.requestId,
    }),
    decisionId: id,
  })

  return async (caller, question): Promise<Decision> => {
    const now = clock()
    const given = await known.read(caller.tenancyId, (tx) => answer(tx, known, caller, question, now))
    const id = random.id() as DecisionId
    const record = recordOf(id, caller, question, now, given)
    await log({ record, event: record.allow ? undefined : denied(id, caller, question, now, given) })
    const { allow, because, denied: deniedBy, undecided } = record
    return { id, allow, reason: given.reason, because, denied: deniedBy, undecided, signIn: given.signIn }
  }
}
