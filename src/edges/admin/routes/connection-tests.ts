// The way to an identity provider, tested: a link to walk in a browser and what came of it, and what can be checked without one. A provider
// that is switched off is tested like any other: that is the time to do it.
import { z } from 'zod'
import { type Certificate, daysLeft } from '../../../core/model/certificate.ts'
import type { Idp } from '../../../core/model/idp.ts'
import type { IdpId } from '../../../core/model/ids.ts'
import type { EpochMs } from '../../../core/model/time.ts'
import type { Asking } from '../../../flows/access/administer.ts'
import type { ConnectionTest } from '../../../flows/connection/api.ts'
import type { Tx } from '../../../ports/store.ts'
import { domainFacts, inDomain } from '../in-domain.ts'
import { nothing, type Params, paramsIn } from '../noun.ts'
import { type Call, changing, notFound, type Route, route } from '../route.ts'
import { given, whenOf } from '../shapes.ts'

const ITEM = '/domains/{domain}/identity-providers/{idp}'
type ByIdp = Call<Params>

const idpIn = async (tx: Tx, { params, tenancy }: Pick<ByIdp, 'params' | 'tenancy'>) => {
  const { scope: domain, place, missing } = await inDomain(tx, params, tenancy)
  const called = params.idp ?? ''
  const named = domain && ((await tx.idps.byName(domain.id, called)) ?? (await tx.idps.get(called as IdpId)))
  const idp = named?.domainId === domain?.id ? named : undefined
  return { domain, idp, place, missing: missing ?? `there is no identity provider \`${called.slice(0, 100)}\`` }
}
/** What is not there is asked about like what is: nobody learns by trying. */
const asking =
  (call: ByIdp, operation: string) =>
  async (tx: Tx): Promise<Asking<Idp | undefined>> => {
    const { domain, idp, place } = await idpIn(tx, call)
    const called = call.params.idp ?? ''
    const facts = domain ? domainFacts(domain) : place.facts
    const target = { ...place, id: idp?.id ?? called, name: idp?.name ?? called, ...(facts ? { facts } : {}) }
    return { demands: [{ permission: { operation, resourceType: 'identity-providers' }, target }], found: idp }
  }
const there = (idp: Idp | undefined, { params }: ByIdp): Idp => {
  if (!idp) throw notFound('identity provider', params.idp ?? '')
  return idp
}

const check = z.strictObject({
  name: z.string(),
  ok: z.boolean(),
  warning: z.boolean().optional().describe('it works, and should be looked after'),
  expected: z.string().optional(),
  received: z.string().optional(),
})
const certificate = z.strictObject({
  use: z.enum(['signing', 'encryption']),
  subject: z.string(),
  fingerprint: z.string().describe('SHA-256, hexadecimal'),
  key: z.string(),
  notBefore: z.string(),
  notAfter: z.string(),
  daysLeft: z.int().describe('negative once it is over'),
})
const certificateShown = (one: Certificate, now: EpochMs) => ({
  ...one,
  notBefore: whenOf(one.notBefore),
  notAfter: whenOf(one.notAfter),
  daysLeft: daysLeft(one, now),
})

const nullable = (shape: z.ZodType) => shape.nullable()
const report = z.strictObject({
  at: z.string(),
  outcome: z.enum(['passed', 'failed']),
  reason: nullable(z.string()),
  detail: nullable(z.string()),
  checks: z.array(check),
  said: nullable(
    z.looseObject({ subject: z.string(), attributes: z.record(z.string(), z.array(z.string())) }),
  ).describe('by the identity provider, from what it signed'),
  account: nullable(z.looseObject({ kind: z.enum(['new', 'existing']), username: z.string() })),
  groups: nullable(
    z.looseObject({
      grants: z.array(z.strictObject({ group: z.string(), rule: z.string(), value: z.string() })),
      unmatched: z.array(z.string()),
    }),
  ),
  level: nullable(z.strictObject({ level: z.int(), because: z.string() })),
})
const test = z.strictObject({
  id: z.string(),
  status: z.enum(['waiting', 'passed', 'failed']),
  startedBy: z.string(),
  startedAt: z.string(),
  expiresAt: z.string(),
  url: z.string().optional().describe('to open in a browser; shown once'),
  report: report.optional(),
})
const shown = ({ id, report: found, startedBy, startedAt, expiresAt }: ConnectionTest, url?: string) =>
  given({
    id,
    status: found?.outcome ?? 'waiting',
    startedBy,
    startedAt: whenOf(startedAt),
    expiresAt: whenOf(expiresAt),
    url,
    report: found && { ...found, at: whenOf(found.at) },
  })
const example = {
  id: 'Zk3m0fXW7m1c3m8m1yq2dJ8l4m9qjV2mH0m3o7Qq5hA',
  status: 'waiting',
  startedBy: 'root',
  startedAt: '2030-01-16T12:00:00.000Z',
  expiresAt: '2030-01-16T12:15:00.000Z',
}

const inspection = z.strictObject({
  passed: z.boolean(),
  checks: z.array(check),
  certificates: z.array(certificate),
  register: z
    .array(z.strictObject({ what: z.string(), value: z.string() }))
    .describe('to be registered at the identity provider'),
})

const common = { tag: 'identity providers', query: nothing, body: undefined } as const
const testing = { operation: 'TestIdentityProvider', resourceType: 'identity-providers' }
const reading = { operation: 'GetIdentityProvider', resourceType: 'identity-providers' }

export const connectionTestRoutes: readonly Route[] = [
  route<Params, object, undefined>({
    ...common,
    method: 'POST',
    path: `${ITEM}/test`,
    operationId: 'testIdentityProvider',
    summary: 'Begin a test of the connection: a link to open in a browser',
    description: 'Nobody is made and nobody is signed in. What came of it is kept for a quarter of an hour.',
    permissions: [testing],
    params: paramsIn(`${ITEM}/test`),
    answers: [
      {
        status: 201,
        description: 'Begun',
        schema: test,
        example: { ...example, url: 'https://id.example.com/d/acme/default/federation/corp/test?token=…' },
      },
    ],
    handle: (edge, call) =>
      changing(edge, call, {
        ask: asking(call, testing.operation),
        change: async (work, found) => {
          const { url, ...started } = await edge.flows.connections.start(work, there(found, call))
          const location = `${call.at}/${started.id}`
          return { status: 201, body: shown(started, url), location }
        },
      }),
  }),
  route<Params, object, undefined>({
    ...common,
    method: 'GET',
    path: `${ITEM}/test/{test}`,
    operationId: 'getIdentityProviderTest',
    summary: 'What came of a test of the connection',
    permissions: [testing],
    params: paramsIn(`${ITEM}/test/{test}`),
    answers: [
      {
        status: 200,
        description: 'The test, with its report once the browser came back',
        schema: test,
        example: {
          ...example,
          status: 'failed',
          report: {
            at: '2030-01-16T12:01:00.000Z',
            outcome: 'failed',
            reason: 'audience-mismatch',
            detail: 'the assertion was made for another audience',
            checks: [{ name: 'audience', ok: false, expected: 'https://id.example.com/…', received: 'urn:other' }],
            said: null,
            account: null,
            groups: null,
            level: null,
          },
        },
      },
    ],
    handle: async (edge, call) => ({
      status: 200,
      body: await edge.administer.read(call.who, asking(call, testing.operation), async (tx, found) => {
        const kept = await edge.flows.connections.result(tx, there(found, call), call.params.test ?? '')
        if (!kept) throw notFound('test under way for this identity provider', call.params.test ?? '')
        return shown(kept)
      }),
    }),
  }),
  route<Params, object, undefined>({
    ...common,
    method: 'GET',
    path: `${ITEM}/check`,
    operationId: 'checkIdentityProvider',
    summary:
      'Check the connection without a browser: documents, algorithms, clocks, certificates, addresses to register',
    permissions: [reading],
    params: paramsIn(`${ITEM}/check`),
    answers: [
      {
        status: 200,
        description: 'Every check, with what was expected and what came',
        schema: inspection,
        example: {
          passed: true,
          checks: [{ name: 'issuer', ok: true, expected: 'https://corp.example', received: 'https://corp.example' }],
          certificates: [],
          register: [{ what: 'redirect URI', value: 'https://id.example.com/d/acme/default/federation/corp/callback' }],
        },
      },
    ],
    handle: async (edge, call) => {
      const found = await edge.administer.read(call.who, asking(call, reading.operation), async (_tx, idp, now) => ({
        idp: there(idp, call),
        now,
      }))
      // outside of the transaction: the provider takes its time
      const { checks, certificates, register } = await edge.flows.connections.inspect(found.idp)
      return {
        status: 200,
        body: {
          passed: checks.every((c) => c.ok),
          checks,
          certificates: certificates.map((c) => certificateShown(c, found.now)),
          register,
        },
      }
    },
  }),
]
