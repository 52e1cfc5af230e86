// Reviews of what was granted: who can do something, where somebody can, what somebody can do. By compartments and statements, with the
// condition wherever facts decide.
import { z } from 'zod'
import type { JsonObject } from '../../../core/model/json.ts'
import type { Question } from '../../../flows/access/api.ts'
import { asking, needed } from '../decision-asking.ts'
import { actionShape, named, questionExample, residual, resourceShape, subjectShape } from '../decision-shapes.ts'
import { compartmentNamed, ROOT, treeIn } from '../in-compartment.ts'
import { nothing, type Params, paramsIn } from '../noun.ts'
import { type Call, type Edge, type Reply, type Route, route } from '../route.ts'
import { reference } from '../shapes.ts'

const context = z.custom<JsonObject>(
  (v) => typeof v === 'object' && v !== null && !Array.isArray(v),
  'expected an object',
)
const object = context.default({}).meta({ type: 'object' })
const whoBody = z.strictObject({ action: actionShape, resource: resourceShape, context: object })
const page = {
  compartment: reference.default(ROOT).describe('there and below'),
  limit: z.int().min(1).max(500).default(100).describe('compartments per page'),
  after: z.string().max(100).optional().describe('`next` of the page before'),
}
const whereBody = z.strictObject({
  subject: subjectShape,
  action: actionShape,
  resource: z.strictObject({ type: z.string().min(1).max(200), properties: object }),
  context: object,
  ...page,
})
const whatBody = z.strictObject({
  subject: subjectShape,
  types: z.array(z.string().min(1).max(200)).max(200).default([]).describe('resource-types; none: all'),
  ...page,
})

const who = (edge: Edge, call: Call<Params, object, Omit<Question, 'subject'>>): Promise<Reply> =>
  asking(edge, call, (tx, now) => edge.flows.decisions.review.who(tx, call.tenancy.id, call.body, now))

const where = (edge: Edge, call: Call<Params, object, z.infer<typeof whereBody>>): Promise<Reply> =>
  asking(edge, call, async (tx, now) => {
    const { compartment, limit, after, ...question } = call.body
    const compartmentId = compartmentNamed(await treeIn(tx, call.tenancy), compartment)
    return edge.flows.decisions.review.where(tx, call.tenancy.id, question, { after, limit, compartmentId }, now)
  })

const what = (edge: Edge, call: Call<Params, object, z.infer<typeof whatBody>>): Promise<Reply> =>
  asking(edge, call, async (tx, now) => {
    const { compartment, limit, after, subject, types } = call.body
    const compartmentId = compartmentNamed(await treeIn(tx, call.tenancy), compartment)
    return edge.flows.decisions.review.what(tx, call.tenancy.id, subject, types, { after, limit, compartmentId }, now)
  })

const place = { compartment: z.string(), compartmentId: z.string() }
const [subject, ref] = [questionExample.subject, '01JCXM4ZV7Q2T8N5R3W6Y9B0KH#1']
const group = { kind: 'group', id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KJ', name: 'default/finance' }
const always = { kind: 'always', cases: [], through: [ref] }
const prod = { compartment: 'Prod', compartmentId: '01JCXM4ZV7Q2T8N5R3W6Y9B0KN' }
const common = { tag: 'decisions', query: nothing, permissions: needed, method: 'POST' } as const

export const reviewRoutes: readonly Route[] = [
  route<Params, object, z.infer<typeof whoBody>>({
    ...common,
    path: '/decisions/who',
    operationId: 'whoMay',
    summary: 'Who can do this to that resource, through which statement',
    description: '`except`: members of these as well are refused, or may be.',
    params: paramsIn('/decisions/who'),
    body: whoBody,
    bodyExample: { action: questionExample.action, resource: questionExample.resource },
    answers: [
      {
        status: 200,
        description: 'Groups, people and programs that statements and role assignments name',
        schema: z.strictObject({
          grantees: z.array(z.strictObject({ subject: named, answer: residual })),
          except: z.array(z.strictObject({ subject: named, through: z.string() })),
        }),
        example: { grantees: [{ subject: group, answer: always }], except: [] },
      },
    ],
    handle: who,
  }),
  route<Params, object, z.infer<typeof whereBody>>({
    ...common,
    path: '/decisions/where',
    operationId: 'whereMay',
    summary: 'In which compartments somebody can do this, and to which resources',
    description: 'Compartments where it is ruled out are left out. A condition can be used to filter a list.',
    params: paramsIn('/decisions/where'),
    body: whereBody,
    bodyExample: { subject, action: questionExample.action, resource: { type: 'reports' } },
    answers: [
      {
        status: 200,
        description: 'One page of compartments',
        schema: z.strictObject({
          items: z.array(z.strictObject({ ...place, answer: residual })),
          next: z.string().optional(),
        }),
        example: {
          items: [
            {
              ...prod,
              answer: { kind: 'conditional', cases: [{ when: "target.report.owner = 'lee'" }], through: [ref] },
            },
          ],
        },
      },
    ],
    handle: where,
  }),
  route<Params, object, z.infer<typeof whatBody>>({
    ...common,
    path: '/decisions/what',
    operationId: 'whatMay',
    summary: 'What somebody can do in each compartment, through which statement',
    params: paramsIn('/decisions/what'),
    body: whatBody,
    bodyExample: { subject, types: ['reports'] },
    answers: [
      {
        status: 200,
        description: 'One page of compartments',
        schema: z.strictObject({
          items: z.array(
            z.strictObject({
              ...place,
              may: z.array(z.strictObject({ type: z.string(), permissions: z.array(z.string()), answer: residual })),
            }),
          ),
          next: z.string().optional(),
        }),
        example: { items: [{ ...prod, may: [{ type: 'reports', permissions: ['REPORT_READ'], answer: always }] }] },
      },
    ],
    handle: what,
  }),
]
