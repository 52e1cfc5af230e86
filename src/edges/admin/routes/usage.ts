// T3: what happened in a compartment and below it within a time: decisions that allowed and denied, and sign-ins to its identity domains.
import { z } from 'zod'
import type { Tenancy } from '../../../core/model/tenancy.ts'
import type { EpochMs } from '../../../core/model/time.ts'
import { isWithin, type Place, type Tree } from '../../../core/policy/tree.ts'
import type { Tx } from '../../../ports/store.ts'
import { Problem } from '../../../problem.ts'
import { pathOf, placeNamed, targetAt, treeIn } from '../in-compartment.ts'
import { notFound, type Route, reading, route } from '../route.ts'
import { instant, reference, whenOf } from '../shapes.ts'

const SIGNED_IN = 'sign-in.succeeded'
const DAYS = 24 * 3_600_000

const counts = z.strictObject({ allowed: z.int(), denied: z.int(), signIns: z.int() })
const view = z.strictObject({
  compartment: z.string(),
  compartmentId: z.string(),
  from: z.string(),
  to: z.string(),
  here: counts,
  withBelow: counts.describe('of this compartment and all below it'),
})

type Counts = z.infer<typeof counts>
const usageOf = async (tx: Tx, tenancy: Tenancy, tree: Tree, from: EpochMs, to: EpochMs) => {
  const byId = new Map<string, Counts>()
  const at = (id: string): Counts => byId.get(id) ?? { allowed: 0, denied: 0, signIns: 0 }
  for (const { compartmentId: id, allowed, denied } of await tx.audit.usage(tenancy.id, from, to))
    byId.set(id, { ...at(id), allowed, denied })
  const domains = new Map((await tx.domains.list(tenancy.id)).map((d) => [String(d.id), d.compartmentId]))
  for (const { domainId, count } of await tx.audit.countByDomain(tenancy.id, SIGNED_IN, from, to)) {
    const id = domains.get(domainId)
    if (id !== undefined) byId.set(id, { ...at(id), signIns: at(id).signIns + count })
  }
  return (place: Place) => ({
    here: at(place.id),
    withBelow: tree.places
      .filter((p) => isWithin(p, place))
      .map((p) => at(p.id))
      .reduce((sum, one) => ({
        allowed: sum.allowed + one.allowed,
        denied: sum.denied + one.denied,
        signIns: sum.signIns + one.signIns,
      })),
  })
}

const permission = { operation: 'GetCompartmentUsage', resourceType: 'compartments' }

export const usageRoutes: readonly Route[] = [
  route<{ compartment: string }, { from?: string | undefined; to?: string | undefined }, undefined>({
    method: 'GET',
    path: '/compartments/{compartment}/usage',
    operationId: 'getCompartmentUsage',
    tag: 'compartments',
    summary: 'How much was decided and signed in to in a compartment',
    permissions: [permission],
    params: z.strictObject({ compartment: reference }),
    query: z.strictObject({
      from: instant.optional().describe('by default thirty days before `to`'),
      to: instant.optional().describe('by default now; itself not included'),
    }),
    body: undefined,
    answers: [
      {
        status: 200,
        description: 'Counts',
        schema: view,
        example: {
          compartment: 'Prod',
          compartmentId: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
          from: '2030-01-01T00:00:00.000Z',
          to: '2030-01-31T00:00:00.000Z',
          here: { allowed: 120, denied: 3, signIns: 40 },
          withBelow: { allowed: 400, denied: 8, signIns: 40 },
        },
      },
    ],
    handle: (edge, call) =>
      reading(edge, call, {
        ask: async (tx) => {
          const tree = await treeIn(tx, call.tenancy)
          const called = call.params.compartment
          const place = placeNamed(tree, called)
          const target = targetAt(place?.id ?? tree.root?.id ?? '', place ?? { id: called, name: called })
          return { demands: [{ permission, target }], found: { tree, place } }
        },
        show: async (tx, { tree, place }, now) => {
          if (!place) throw notFound('compartment', call.params.compartment)
          const to = call.query.to === undefined ? now : Date.parse(call.query.to)
          const from = call.query.from === undefined ? to - 30 * DAYS : Date.parse(call.query.from)
          if (from >= to) throw new Problem('request-malformed', '`from`: expected a time before `to`')
          const usage = await usageOf(tx, call.tenancy, tree, from, to)
          const where = { compartment: pathOf(tree, place.id), compartmentId: place.id }
          return { ...where, from: whenOf(from), to: whenOf(to), ...usage(place) }
        },
      }),
  }),
]
