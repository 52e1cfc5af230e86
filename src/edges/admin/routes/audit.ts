// What was recorded, as a whole: exported, and verified. Whoever may read the events of one identity domain only can export those.
import { z } from 'zod'
import type { Domain, Tenancy } from '../../../core/model/tenancy.ts'
import type { Target } from '../../../flows/access/permits.ts'
import type { Exported } from '../../../flows/audit/export-trail.ts'
import type { Tx } from '../../../ports/store.ts'
import { filterOf, report, reportExample, reportShown, type Searched, searched } from '../audit-shapes.ts'
import { domainCalled, targetIn } from '../in-domain.ts'
import { nothing, type Params, paramsIn } from '../noun.ts'
import { type Call, type Edge, notFound, type Permission, type Reply, type Route, route } from '../route.ts'

const whole: Permission = { operation: 'GetAuditEvent', resourceType: 'audit-events' }

const everywhere: Target = { id: '', name: '', compartmentId: undefined }
/** Of a search: the domain that it names, if any. */
const placeOf = async (tx: Tx, tenancy: Tenancy, called: string | undefined) => {
  const domain = called === undefined ? undefined : await domainCalled(tx, tenancy, called)
  const place = domain ? targetIn(domain, { id: domain.id, name: domain.name }) : everywhere
  return { domain, place, isMissing: called !== undefined && !domain }
}

/** May read the events of the whole tenancy, or of the domain that is named; which one that is. */
const admitted = (edge: Edge, call: Call, called: string | undefined): Promise<Domain | undefined> =>
  edge.administer.read(
    call.who,
    async (tx) => {
      const { place, ...found } = await placeOf(tx, call.tenancy, called)
      return { demands: [{ permission: whole, target: place }], found }
    },
    async (_tx, { domain, isMissing }) => {
      if (isMissing) throw notFound('domain', called ?? '')
      return domain
    },
  )

const formats = {
  jsonl: { what: 'events-jsonl', type: 'application/x-ndjson', file: 'audit-events.jsonl' },
  csv: { what: 'events-csv', type: 'text/csv', file: 'audit-events.csv' },
} as const satisfies { readonly [format: string]: { what: Exported; type: string; file: string } }

type Export = Searched & { readonly format: keyof typeof formats }
const exported = async (edge: Edge, call: Call<Params, Export>): Promise<Reply> => {
  const { format, ...asked } = call.query
  const domain = await admitted(edge, call, asked.domain)
  const { what, type, file } = formats[format]
  const pieces = edge.flows.audit.exportTrail(call.tenancy.id, what, filterOf(asked, domain?.id))
  return { status: 200, stream: { type, file, pieces } }
}
const seals = async (edge: Edge, call: Call): Promise<Reply> => {
  await admitted(edge, call, undefined)
  const pieces = edge.flows.audit.exportTrail(call.tenancy.id, 'seals-jsonl', {})
  return { status: 200, stream: { type: 'application/x-ndjson', file: 'audit-seals.jsonl', pieces } }
}
const verified = async (edge: Edge, call: Call): Promise<Reply> => {
  await admitted(edge, call, undefined)
  return { status: 200, body: reportShown(await edge.flows.audit.verify(call.tenancy.id)) }
}

const one200 = (description: string) => ({ status: 200, description })
const common = { tag: 'audit', body: undefined } as const

export const auditRoutes: readonly Route[] = [
  route<Params, Export, undefined>({
    ...common,
    method: 'GET',
    path: '/audit-events/export',
    operationId: 'exportAuditEvents',
    summary: 'Export audit events, oldest first',
    description: 'Everything that matches, as one stream of JSON lines or CSV. No cell begins a formula.',
    permissions: [whole],
    params: paramsIn('/audit-events/export'),
    query: z.strictObject({ ...searched, format: z.enum(['jsonl', 'csv']).default('jsonl') }),
    answers: [{ ...one200('The events'), streams: ['application/x-ndjson', 'text/csv'] }],
    handle: exported,
  }),
  route<Params, object, undefined>({
    ...common,
    method: 'GET',
    path: '/audit-trail/seals',
    operationId: 'exportAuditSeals',
    summary: 'Export what vouches for the audit trail',
    description: 'Public keys, seals and checkpoints as JSON lines: enough to check an export without the gateway.',
    permissions: [whole],
    params: paramsIn('/audit-trail/seals'),
    query: nothing,
    answers: [{ ...one200('The seals'), streams: ['application/x-ndjson'] }],
    handle: seals,
  }),
  route<Params, object, undefined>({
    ...common,
    method: 'POST',
    path: '/audit-trail/verify',
    operationId: 'verifyAuditTrail',
    summary: 'Compare what is stored with what was sealed',
    description:
      'Takes a while where much was recorded. One run at a time per tenancy: who asks meanwhile is given its result.',
    permissions: [whole],
    params: paramsIn('/audit-trail/verify'),
    query: nothing,
    answers: [{ ...one200('What was found'), schema: report, example: reportExample }],
    handle: verified,
  }),
]
