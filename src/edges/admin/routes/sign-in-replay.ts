// What if other rules stood: recent sign-ins of a domain played through under proposed sign-on and mapping rules. Nothing is written.
import { z } from 'zod'
import type { Domain, Tenancy } from '../../../core/model/tenancy.ts'
import type { Asking } from '../../../flows/access/administer.ts'
import type { Demand } from '../../../flows/access/permits.ts'
import { replaySignIns, type SignInsReplayed } from '../../../flows/sign-in/replay.ts'
import type { Tx } from '../../../ports/store.ts'
import { Problem } from '../../../problem.ts'
import { at, period } from '../decision-asking.ts'
import type { Documents } from '../documents.ts'
import { domainFacts, inDomain } from '../in-domain.ts'
import { nothing, type Params, paramsIn } from '../noun.ts'
import { type Call, type Edge, type Permission, type Reply, type Route, route } from '../route.ts'
import { whenOf } from '../shapes.ts'

const PATH = '/domains/{domain}/sign-ins/replay'
const DAYS_MS = 30 * 86_400_000
const MOST = 5000

const needed: readonly [Permission, ...Permission[]] = [
  { operation: 'GetAuditEvent', resourceType: 'audit-events' },
  { operation: 'GetSignOnPolicy', resourceType: 'sign-on-policies' },
  { operation: 'GetGroupMapping', resourceType: 'group-mappings' },
]

const gone = z.array(z.string().min(1).max(100)).max(500).default([]).describe('rules that would be deleted, by name')
const bodyOf = ({ signOnRule, mapping }: Documents) =>
  z.strictObject({
    signOnRules: z
      .strictObject({ put: z.array(signOnRule).max(500).default([]), remove: gone })
      .prefault({})
      .describe('a rule of a name that is there is replaced'),
    mappings: z
      .record(z.string(), z.strictObject({ put: z.array(mapping).max(2000).default([]), remove: gone }))
      .default({})
      .describe('by the name of the identity provider'),
    ...period,
    limit: z.int().min(1).max(MOST).default(1000).describe('at most so many sign-ins, the newest first'),
  })
type Body = z.infer<ReturnType<typeof bodyOf>>

const step = z.looseObject({ do: z.string() })
const group = z.strictObject({ group: z.string(), signIns: z.int(), people: z.int() })
const view = z.strictObject({
  signIns: z.int().describe('that were played through'),
  people: z.int(),
  newlySecondFactor: z.int(),
  noSecondFactor: z.int().describe('that would need none any more'),
  newlyRefused: z.int(),
  newlyAdmitted: z.int(),
  lost: z.array(group).describe('groups that sign-ins would come without'),
  gained: z.array(group),
  examples: z.array(
    z.strictObject({
      id: z.string().describe('of the audit event'),
      at: z.string(),
      username: z.string(),
      app: z.string().nullable(),
      change: z.enum(['newly-refused', 'newly-admitted', 'newly-second-factor', 'no-second-factor']).nullable(),
      before: z.array(step),
      after: z.array(step),
      lost: z.array(z.string()),
      gained: z.array(z.string()),
    }),
  ),
  groupsUnknown: z.int().describe('through a provider whose groups were not recorded'),
  gone: z.int().describe('whose person is gone'),
  whole: z.boolean().describe('false: there are older ones in the period'),
})
const example = {
  signIns: 412,
  people: 96,
  newlySecondFactor: 17,
  noSecondFactor: 0,
  newlyRefused: 3,
  newlyAdmitted: 0,
  lost: [{ group: 'finance', signIns: 41, people: 9 }],
  gained: [],
  examples: [],
  groupsUnknown: 0,
  gone: 2,
  whole: true,
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const asking =
  (tenancy: Tenancy, params: Params) =>
  async (tx: Tx): Promise<Asking<{ readonly domain: Domain | undefined; readonly missing: string | undefined }>> => {
    const { scope: domain, place, missing } = await inDomain(tx, params, tenancy)
    const called = params.domain ?? ''
    const facts = domain ? domainFacts(domain) : place.facts
    const target = { ...place, id: domain?.id ?? called, name: domain?.name ?? called, ...(facts ? { facts } : {}) }
    const demand = (permission: Permission): Demand => ({ permission, target })
    const [first, ...others] = needed
    return { demands: [demand(first), ...others.map(demand)], found: { domain, missing } }
  }

const replay = async (edge: Edge, { who, tenancy, params, body }: Call<Params, object, Body>): Promise<Reply> => {
  const told = await edge.administer.read(
    who,
    asking(tenancy, params),
    async (tx, { domain, missing }, now): Promise<SignInsReplayed> => {
      if (!domain) throw new Problem('not-found', missing)
      const { signOnRules, mappings, from, to, limit } = body
      const until = at(to) ?? now
      const times = { from: at(from) ?? until - DAYS_MS, to: until, limit }
      return replaySignIns(tx, domain, { signOnRules, mappings }, times, { now, pause: turn })
    },
  )
  return { status: 200, body: { ...told, examples: told.examples.map((one) => ({ ...one, at: whenOf(one.at) })) } }
}

export const signInReplayRoutes = (documents: Documents): readonly Route[] => [
  route<Params, object, Body>({
    method: 'POST',
    path: PATH,
    operationId: 'replaySignIns',
    tag: 'sign-on rules',
    summary: 'Play recent sign-ins through under proposed sign-on and mapping rules',
    description:
      'How many would newly need a second factor, fail, or lose a group. By default those of the last thirty days. Nothing is written; names that are not there are told as if the rules were.',
    permissions: needed,
    params: paramsIn(PATH),
    query: nothing,
    body: bodyOf(documents),
    bodyExample: {
      signOnRules: { put: [{ name: 'finance-mfa', groups: ['finance'], level: 'mfa' }], remove: [] },
      mappings: { corp: { put: [], remove: ['old'] } },
    },
    answers: [{ status: 200, description: 'What would be different', schema: view, example }],
    handle: replay,
  }),
]
