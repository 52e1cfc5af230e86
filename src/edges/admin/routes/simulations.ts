// What if other policies were written: one question, recent decisions once more, everything that could be asked. Nothing is written here.
import { z } from 'zod'
import type { Flip, NamedDifference } from '../../../flows/access/simulate.ts'
import type { Tx } from '../../../ports/store.ts'
import { asking, at, needed, period } from '../decision-asking.ts'
import {
  explained,
  explainedExample,
  named,
  type ProposalAsked,
  proposalExample,
  proposalIn,
  proposalShape,
  questionExample,
  questionShape,
  warning,
} from '../decision-shapes.ts'
import { treeIn } from '../in-compartment.ts'
import { nothing, type Params, paramsIn } from '../noun.ts'
import { type Call, type Edge, type Reply, type Route, route } from '../route.ts'
import { given, instant, whenOf } from '../shapes.ts'

const simulateBody = z.strictObject({ proposal: proposalShape, question: questionShape })
const replayBody = z.strictObject({
  proposal: proposalShape,
  ...period,
  limit: z.int().min(1).max(5000).default(1000).describe('at most so many decisions, the newest first'),
})
const compareBody = z.strictObject({ proposal: proposalShape })

const simulate = (edge: Edge, call: Call<Params, object, z.infer<typeof simulateBody>>): Promise<Reply> =>
  asking(edge, call, async (tx, now) => {
    const proposal = await proposed(tx, call, call.body.proposal)
    return edge.flows.decisions.simulate.question(tx, call.tenancy.id, proposal, call.body.question, now)
  })
const proposed = async (tx: Tx, { tenancy }: Call, asked: ProposalAsked) => proposalIn(await treeIn(tx, tenancy), asked)

const flip = z.strictObject({
  id: z.string(),
  at: instant,
  question: z.looseObject({}),
  was: z.boolean(),
  wouldBe: z.boolean(),
  through: z.array(z.string()),
})
const flipShown = (one: Flip) => ({ ...one, at: whenOf(one.at) })
const replay = (edge: Edge, call: Call<Params, object, z.infer<typeof replayBody>>): Promise<Reply> =>
  asking(edge, call, async (tx, now) => {
    const { proposal, from, to, limit } = call.body
    const { replay: again } = edge.flows.decisions.simulate
    const asked = { from: at(from), to: at(to), limit }
    const told = await again(tx, call.tenancy.id, await proposed(tx, call, proposal), asked, now)
    return { ...told, examples: told.examples.map(flipShown) }
  })

const difference = z.strictObject({
  permissions: z.array(z.string()),
  groups: z.array(named),
  as: named.optional(),
  witness: z.looseObject({ action: z.string(), resourceType: z.string(), compartmentId: z.string(), now: instant }),
  through: z.array(z.string()),
  denied: z.array(z.string()),
})
const differenceShown = (one: NamedDifference) =>
  given({ ...one, witness: { ...one.witness, now: whenOf(one.witness.now) } })
const compare = (edge: Edge, call: Call<Params, object, z.infer<typeof compareBody>>): Promise<Reply> =>
  asking(edge, call, async (tx, now) => {
    const proposal = await proposed(tx, call, call.body.proposal)
    const told = await edge.flows.decisions.simulate.compare(tx, call.tenancy.id, proposal, now)
    return { ...told, gained: told.gained.map(differenceShown), lost: told.lost.map(differenceShown) }
  })

const one = { tag: 'decisions', query: nothing } as const
const simulated = z.strictObject({ warnings: z.array(warning), before: explained, after: explained })
const replayed = z.strictObject({
  warnings: z.array(warning),
  decisions: z.int().describe('that were asked once more'),
  flips: z.int().describe('that would be answered differently'),
  examples: z.array(flip),
  drifted: z.int().describe('that today’s policies and groups already answer differently'),
  whole: z.boolean().describe('false: there are older ones in the period'),
})
const compared = z.strictObject({
  warnings: z.array(warning),
  gained: z.array(difference),
  lost: z.array(difference),
  questions: z.int(),
  complete: z.boolean().describe('false: a bound was hit, there may be more'),
  hit: z.array(z.string()),
})

export const simulationRoutes: readonly Route[] = [
  route<Params, object, z.infer<typeof simulateBody>>({
    ...one,
    method: 'POST',
    path: '/decisions/simulate',
    operationId: 'simulateQuestion',
    summary: 'Explain the answer to a question as it is and as it would be',
    description: 'Nothing is written. Faults of the proposed statements are told as if they were.',
    permissions: needed,
    params: paramsIn('/decisions/simulate'),
    body: simulateBody,
    bodyExample: { proposal: proposalExample, question: questionExample },
    answers: [
      {
        status: 200,
        description: 'Both explanations',
        schema: simulated,
        example: { warnings: [], before: explainedExample, after: { ...explainedExample, notGranted: [] } },
      },
    ],
    handle: simulate,
  }),
  route<Params, object, z.infer<typeof replayBody>>({
    ...one,
    method: 'POST',
    path: '/decisions/replay',
    operationId: 'replayDecisions',
    summary: 'Ask recent decisions once more of proposed policies',
    permissions: needed,
    params: paramsIn('/decisions/replay'),
    body: replayBody,
    bodyExample: { proposal: proposalExample, limit: 1000 },
    answers: [
      {
        status: 200,
        description: 'How many would be answered differently',
        schema: replayed,
        example: { warnings: [], decisions: 412, flips: 17, examples: [], drifted: 0, whole: true },
      },
    ],
    handle: replay,
  }),
  route<Params, object, z.infer<typeof compareBody>>({
    ...one,
    method: 'POST',
    path: '/decisions/compare',
    operationId: 'comparePolicies',
    summary: 'What proposed policies would allow and refuse that is not so today',
    description: 'Each difference comes with a question that shows it.',
    permissions: needed,
    params: paramsIn('/decisions/compare'),
    body: compareBody,
    bodyExample: { proposal: proposalExample },
    answers: [
      {
        status: 200,
        description: 'What is gained and what is lost',
        schema: compared,
        example: { warnings: [], gained: [], lost: [], questions: 24, complete: true, hit: [] },
      },
    ],
    handle: compare,
  }),
]
