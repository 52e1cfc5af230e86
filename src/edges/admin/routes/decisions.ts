// Decisions on record, and why: of one of them, or of a question that nobody asked yet.
import { z } from 'zod'
import type { DecisionId } from '../../../core/model/ids.ts'
import type { Question } from '../../../flows/access/api.ts'
import { type ExplainedDecision, questionIn } from '../../../flows/access/explain.ts'
import { asking, at, needed, period } from '../decision-asking.ts'
import { explained, explainedExample, questionExample, questionShape } from '../decision-shapes.ts'
import { nothing, type Params, paramsIn } from '../noun.ts'
import { type Call, type Edge, notFound, type Reply, type Route, route } from '../route.ts'
import { given, instant, whenOf } from '../shapes.ts'

const record = z.strictObject({
  id: z.string(),
  at: instant,
  revision: z.int(),
  allow: z.boolean(),
  reason: z.string().optional(),
  compartmentId: z.string().optional(),
  question: z.looseObject({}),
  because: z.array(z.string()),
  denied: z.array(z.string()),
})
const recordExample = {
  id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KM',
  at: '2030-01-16T12:00:00.000Z',
  revision: 11,
  allow: false,
  reason: 'not-granted',
  question: questionExample,
  because: [],
  denied: [],
}
const recordShown = (recorded: ExplainedDecision['recorded']) =>
  given({
    id: recorded.id,
    at: whenOf(recorded.at),
    revision: recorded.revision,
    allow: recorded.allow,
    reason: typeof recorded.question.reason === 'string' ? recorded.question.reason : undefined,
    compartmentId: recorded.compartmentId,
    question: questionIn(recorded),
    because: recorded.because,
    denied: recorded.denied,
  })

type ListAsked = {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly limit: number
  readonly before?: string | undefined
}
const list = (edge: Edge, call: Call<Params, ListAsked>): Promise<Reply> =>
  asking(
    edge,
    call,
    async (tx) => {
      const { limit, before } = call.query
      const [from, to] = [at(call.query.from), at(call.query.to)]
      const records = await tx.audit.decisions(
        call.tenancy.id,
        given({ from, to, limit, before: before as DecisionId | undefined }) as { limit: number },
      )
      const last = records.at(-1)
      return { items: records.map(recordShown), ...(records.length === limit && last ? { next: last.id } : {}) }
    },
    [{ operation: 'ListAuditEvents', resourceType: 'audit-events' }],
  )

const explainOne = (edge: Edge, call: Call<Params>): Promise<Reply> =>
  asking(edge, call, async (tx) => {
    const called = call.params.decision ?? ''
    const told = await edge.flows.decisions.explain.decision(tx, call.tenancy.id, called)
    if (!told) throw notFound('decision', called)
    return { ...told, recorded: recordShown(told.recorded) }
  })

const explainQuestion = (edge: Edge, call: Call<Params, object, Question>): Promise<Reply> =>
  asking(edge, call, (tx, now) => edge.flows.decisions.explain.question(tx, call.tenancy.id, call.body, now))

const decisionPath = '/decisions/{decision}'
const one = { tag: 'decisions', query: nothing } as const

export const decisionRoutes: readonly Route[] = [
  route<Params, ListAsked, undefined>({
    method: 'GET',
    path: '/decisions',
    operationId: 'listDecisions',
    tag: 'decisions',
    summary: 'List decisions on record, newest first',
    permissions: [{ operation: 'ListAuditEvents', resourceType: 'audit-events' }],
    params: paramsIn('/decisions'),
    query: z.strictObject({
      ...period,
      limit: z.coerce.number().int().min(1).max(200).default(50),
      before: z.string().max(100).optional().describe('`next` of the page before'),
    }),
    body: undefined,
    answers: [
      {
        status: 200,
        description: 'One page',
        schema: z.strictObject({ items: z.array(record), next: z.string().optional() }),
        example: { items: [recordExample] },
      },
    ],
    handle: list,
  }),
  route<Params, object, Question>({
    ...one,
    method: 'POST',
    path: '/decisions/explain',
    operationId: 'explainQuestion',
    summary: 'Explain the answer to a question, without a record',
    permissions: needed,
    params: paramsIn('/decisions/explain'),
    body: questionShape,
    bodyExample: questionExample,
    answers: [{ status: 200, description: 'The explanation', schema: explained, example: explainedExample }],
    handle: explainQuestion,
  }),
  // last: a fixed word is no id
  route<Params, object, undefined>({
    ...one,
    method: 'GET',
    path: decisionPath,
    operationId: 'explainDecision',
    summary: 'Explain a decision on record',
    description: 'By today’s policies, with the clock of the decision; `moved` says whether anything changed since.',
    permissions: needed,
    params: paramsIn(decisionPath),
    body: undefined,
    answers: [
      {
        status: 200,
        description: 'The record, and the explanation',
        schema: z.strictObject({ recorded: record, moved: z.boolean(), now: explained }),
        example: { recorded: recordExample, moved: true, now: explainedExample },
      },
    ],
    handle: explainOne,
  }),
]
