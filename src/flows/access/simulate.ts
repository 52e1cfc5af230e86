// What would be if these policies were written: one question, the decisions of the last days asked once more, or everything that could be
// asked. Reads only; every answer comes from the evaluator on a snapshot with the proposal in it.
import type { DecisionRecord } from '../../core/model/audit.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { type Comparison, comparing } from '../../core/policy/compare.ts'
import type { Tx } from '../../ports/store.ts'
import type { Question } from './api.ts'
import { askingOf, type Desk, weighed } from './asking.ts'
import { deskIn, kindsIn, type NamedSubject, subjectNamed } from './desk.ts'
import { type Explained, explainIn, questionIn } from './explain.ts'
import { inTurns, type Pause } from './known.ts'
import { type Proposal, type Proposed, proposedIn } from './proposal.ts'
import type { Snapshots } from './snapshots.ts'

type Warned = Pick<Proposed, 'warnings'>
export type Simulated = Warned & { readonly before: Explained; readonly after: Explained }
export type Flip = {
  readonly id: DecisionRecord['id']
  readonly at: EpochMs
  readonly question: Question
  readonly was: boolean
  readonly wouldBe: boolean
  /** Statements that say so: those that would grant, or would deny. */
  readonly through: readonly string[]
}
export type Replayed = Warned & {
  /** Decisions that were asked again. */
  readonly decisions: number
  readonly flips: number
  /** The first of them. */
  readonly examples: readonly Flip[]
  /** Answered differently already by today's policies and groups: no matter of the proposal. */
  readonly drifted: number
  /** False: there are older decisions in the period. */
  readonly whole: boolean
}
export type Period = { readonly from: EpochMs | undefined; readonly to: EpochMs | undefined; readonly limit: number }
export type Compared = Warned &
  Omit<Comparison, 'gained' | 'lost'> & {
    readonly gained: readonly NamedDifference[]
    readonly lost: readonly NamedDifference[]
  }
type Difference = Comparison['gained'][number]
export type NamedDifference = Difference & {
  readonly groups: readonly NamedSubject[]
  readonly as: NamedSubject | undefined
}

export type Simulator = {
  readonly question: (
    tx: Tx,
    tenancyId: TenancyId,
    proposal: Proposal,
    question: Question,
    now: EpochMs,
  ) => Promise<Simulated>
  readonly replay: (tx: Tx, tenancyId: TenancyId, proposal: Proposal, period: Period, now: EpochMs) => Promise<Replayed>
  readonly compare: (tx: Tx, tenancyId: TenancyId, proposal: Proposal, now: EpochMs) => Promise<Compared>
}

const AT_ONCE = 200
const EXAMPLES = 100

/** Newest first. */
async function* recorded({ tx, tenancyId }: Desk, { from, to, limit }: Period): AsyncGenerator<DecisionRecord> {
  let before: DecisionRecord['id'] | undefined
  for (let left = limit; left > 0; ) {
    const records = await tx.audit.decisions(tenancyId, {
      limit: Math.min(AT_ONCE, left),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(before === undefined ? {} : { before }),
    })
    yield* records
    before = records.at(-1)?.id
    left -= records.length
    if (records.length === 0) return
  }
}

type Deps = { readonly known: Snapshots; readonly pause?: Pause }
const turn: Pause = () => new Promise((resolve) => setImmediate(resolve))

export const simulator = ({ known: snapshots, pause = turn }: Deps): Simulator => ({
  question: async (tx, tenancyId, proposal, question, now) => {
    const desk = await deskIn(tx, snapshots, tenancyId, now)
    const { known, warnings } = await proposedIn(desk, proposal, pause)
    return { warnings, before: await explainIn(desk, question), after: await explainIn({ ...desk, known }, question) }
  },

  replay: async (tx, tenancyId, proposal, period, now) => {
    const desk = await deskIn(tx, snapshots, tenancyId, now)
    const proposed = await proposedIn(desk, proposal, pause)
    let [decisions, flips, drifted] = [0, 0, 0]
    const examples: Flip[] = []
    for await (const record of recorded(desk, period)) {
      decisions++
      const question = questionIn(record)
      const then = { ...desk, now: record.at } // conditions that look at the clock see the time of the decision
      const asking = await askingOf(then, question)
      const [today, after] = [weighed(asking, then), weighed(asking, proposed)]
      const [is, wouldBe] = [today?.allow === true, after?.allow === true]
      if (is !== record.allow) drifted++
      if (is === wouldBe) continue
      flips++
      const clauses = wouldBe ? after?.because : after?.denied
      if (examples.length < EXAMPLES)
        examples.push({
          id: record.id,
          at: record.at,
          question,
          was: is,
          wouldBe,
          through: (clauses ?? []).map((c) => c.ref),
        })
      await pause()
    }
    const { warnings } = proposed
    return { warnings, decisions, flips, examples, drifted, whole: decisions < period.limit }
  },

  compare: async (tx, tenancyId, proposal, now) => {
    const desk = await deskIn(tx, snapshots, tenancyId, now)
    const { known, warnings } = await proposedIn(desk, proposal, pause)
    const sides = { before: desk.known.snapshot, after: known.snapshot }
    const told = await inTurns(comparing(sides, await kindsIn(desk), now), pause)
    const named = async (difference: Difference): Promise<NamedDifference> => {
      const { groupIds, dynamicGroupIds = [], id } = difference.witness.principal
      const groups = await Promise.all([...groupIds, ...dynamicGroupIds].map((group) => subjectNamed(desk, group)))
      const self = await subjectNamed(desk, id)
      return { ...difference, groups, as: self.kind === 'gone' ? undefined : self }
    }
    return {
      ...told,
      warnings,
      gained: await Promise.all(told.gained.map(named)),
      lost: await Promise.all(told.lost.map(named)),
    }
  },
})
