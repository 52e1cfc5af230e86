// The words of administrators' questions about decisions: questions as applications ask them, policies that were not written yet, and what is
// told of statements. Unknown members are refused like everywhere in this API.
import { z } from 'zod'
import type { JsonObject } from '../../core/model/json.ts'
import type { Tree } from '../../core/policy/tree.ts'
import type { Proposal } from '../../flows/access/proposal.ts'
import { compartmentNamed } from './in-compartment.ts'
import { reference, statementText } from './shapes.ts'

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const object = z.custom<JsonObject>(isObject, 'expected an object').default({}).meta({ type: 'object' })
const word = (most: number) => z.string().min(1).max(most)

export const subjectShape = z.strictObject({ type: word(200), id: word(1000), properties: object })
export const actionShape = z.strictObject({ name: word(1000), properties: object })
export const resourceShape = z.strictObject({
  type: word(200),
  id: z.string().max(1000).default(''),
  properties: object,
})
export const questionShape = z.strictObject({
  subject: subjectShape,
  action: actionShape,
  resource: resourceShape,
  context: object,
})
export const questionExample = {
  subject: { type: 'user', id: 'lee' },
  action: { name: 'GetReport' },
  resource: { type: 'reports', id: 'yearly', properties: { compartment: 'Prod' } },
}

const policyAt = { compartment: reference.default('root'), name: word(100) }
export const proposalShape = z.strictObject({
  put: z
    .array(z.strictObject({ ...policyAt, statements: z.array(statementText).min(1).max(500) }))
    .max(50)
    .default([])
    .describe('policies that would be written; one of that name there would be replaced'),
  remove: z.array(z.strictObject(policyAt)).max(50).default([]).describe('policies that would be gone'),
})
export type ProposalAsked = z.infer<typeof proposalShape>
export const proposalExample = {
  put: [{ compartment: 'root', name: 'books', statements: ['Allow group auditors to read reports in tenancy'] }],
}

export const proposalIn = (tree: Tree, { put, remove }: ProposalAsked): Proposal => ({
  put: put.map(({ compartment, ...policy }) => ({ ...policy, compartmentId: compartmentNamed(tree, compartment) })),
  remove: remove.map(({ compartment, name }) => ({ name, compartmentId: compartmentNamed(tree, compartment) })),
})

// ── What is told ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────
export const named = z.strictObject({ kind: z.string(), id: z.string(), name: z.string() })
const statement = { ref: z.string(), policy: z.string(), statement: z.string() }
const trace = z.strictObject({
  permission: z.string(),
  test: z.string(),
  truth: z.enum(['true', 'false', 'undecided']),
  why: z.enum(['missing', 'not-supplied', 'different']).optional(),
  variable: z.string(),
})
export const residual = z.strictObject({
  kind: z.enum(['always', 'never', 'conditional']),
  cases: z
    .array(z.strictObject({ when: z.string().optional(), unless: z.string().optional() }))
    .describe('one of them suffices: `when` holds and `unless` does not'),
  through: z.array(z.string()),
})
export const warning = z.looseObject({ policy: z.string(), statement: z.int(), code: z.string(), message: z.string() })

const lack = z.looseObject({ element: z.enum(['subject', 'compartment', 'verb', 'condition']) })
export const explained = z.strictObject({
  revision: z.int(),
  allow: z.boolean(),
  reason: z.string(),
  subject: z.looseObject({}).optional(),
  compartmentId: z.string().optional(),
  permissions: z.array(
    z.strictObject({ permission: z.string(), outcome: z.enum(['granted', 'denied', 'not-granted']) }),
  ),
  decidedBy: z.array(z.string()),
  matched: z.array(z.looseObject({ ...statement, effect: z.enum(['allow', 'deny']) })),
  undecided: z.array(z.string()),
  exempt: z.boolean(),
  deniedBy: z.array(
    z.strictObject({
      ...statement,
      permissions: z.array(z.string()),
      lifted: z.string().optional().describe('where this holds it no longer denies'),
      tests: z.array(trace),
    }),
  ),
  notGranted: z.array(
    z.strictObject({
      permission: z.string(),
      nearest: z.array(z.strictObject({ ...statement, lacks: z.array(lack) })),
    }),
  ),
  needs: z.strictObject({
    signIn: z
      .strictObject({ level: z.int(), acr: z.string(), amr: z.array(z.string()), factors: z.array(z.string()) })
      .optional(),
    groups: z.array(z.strictObject({ group: named, through: z.array(z.string()) })),
    facts: residual.shape.cases,
  }),
})
export const explainedExample = {
  revision: 12,
  allow: false,
  reason: 'not-granted',
  permissions: [{ permission: 'REPORT_READ', outcome: 'not-granted' }],
  decidedBy: [],
  matched: [],
  undecided: [],
  exempt: false,
  deniedBy: [],
  notGranted: [
    {
      permission: 'REPORT_READ',
      nearest: [
        {
          ref: '01JCXM4ZV7Q2T8N5R3W6Y9B0KH#1',
          policy: 'books',
          statement: 'Allow group finance to manage reports in compartment Prod',
          lacks: [
            {
              element: 'subject',
              anyOf: [{ kind: 'group', id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KJ', name: 'default/finance' }],
            },
          ],
        },
      ],
    },
  ],
  needs: {
    groups: [
      {
        group: { kind: 'group', id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KJ', name: 'default/finance' },
        through: ['01JCXM4ZV7Q2T8N5R3W6Y9B0KH#1'],
      },
    ],
    facts: [],
  },
}
