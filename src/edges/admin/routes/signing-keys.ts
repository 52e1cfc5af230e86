// The keys that a domain signs with: announced, put to use, retired, deleted. Public parts only; private ones are shown to nobody.
import { z } from 'zod'
import type { KeyId } from '../../../core/model/ids.ts'
import type { SigningKey } from '../../../core/model/key.ts'
import type { Domain } from '../../../core/model/tenancy.ts'
import type { Asking } from '../../../flows/access/administer.ts'
import { type KeyKind, needed } from '../../../flows/upkeep/ensure-keys.ts'
import {
  announcedIn,
  announceKey,
  refuseUnannounced,
  removeKey,
  retireKey,
  rotateKeys,
} from '../../../flows/upkeep/rotate-keys.ts'
import type { Tx } from '../../../ports/store.ts'
import { Problem } from '../../../problem.ts'
import { etagOf } from '../etag.ts'
import { inDomain, targetIn } from '../in-domain.ts'
import { type Noun, nothing, type Params, paramsIn } from '../noun.ts'
import { actionRoute } from '../noun-act.ts'
import { nounRoutes } from '../noun-write.ts'
import { type Call, changing, type Edge, type Reply, type Route, route } from '../route.ts'
import { given, whenOf } from '../shapes.ts'

const example = {
  id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
  use: 'oidc',
  alg: 'ES256',
  status: 'active',
  createdAt: '2030-01-16T12:00:00.000Z',
  publicKey: {
    kty: 'EC',
    crv: 'P-256',
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  },
}

const signingKey: Noun<SigningKey, Domain, never> = {
  tag: 'signing keys',
  one: 'signing key',
  path: '/domains/{domain}/signing-keys',
  itemPath: '/domains/{domain}/signing-keys/{key}',
  resourceType: 'signing-keys',
  operations: { list: 'ListSigningKeys', get: 'GetSigningKey', delete: 'DeleteSigningKey' },
  scope: inDomain,
  find: async (tx, domain, called) => {
    const found = await tx.keys.get(called as KeyId)
    return found?.domainId === domain.id ? found : undefined
  },
  rows: (tx, domain) => tx.keys.ofDomain(domain.id),
  idOf: (row) => row.id,
  nameOf: (row) => row.id,
  target: (_tx, row, domain) => targetIn(domain, { id: row.id, name: `${row.use} ${row.alg}` }),
  view: z.strictObject({
    id: z.string().describe('the `kid`'),
    use: z.enum(['oidc', 'saml', 'cookie']).describe('what it signs'),
    alg: z.string(),
    status: z.enum(['next', 'active', 'retired']).describe('only `active` signs; `next` was announced'),
    createdAt: z.string(),
    publicKey: z.looseObject({}).optional().describe('as a JWK'),
    certificate: z.string().optional().describe('of a SAML key, as PEM'),
  }),
  summary: ['id', 'use', 'alg', 'status', 'createdAt'],
  show: (_tx, { id, use, alg, status, createdAt, publicJwk, certificatePem }) =>
    given({
      id,
      use,
      alg,
      status,
      createdAt: whenOf(createdAt),
      publicKey: publicJwk,
      certificate: certificatePem,
    }),
  remove: (work, row, domain) => removeKey(work, domain, row),
  example: { view: example },
}

const kinds = needed.map(({ use, alg }) => `\`${use}\` with \`${alg}\``).join(', ')
const kind = z.strictObject({ use: z.enum(['oidc', 'saml', 'cookie']), alg: z.enum(['ES256', 'RS256', 'HS256']) })
const isNeeded = ({ use, alg }: KeyKind): boolean => needed.some((n) => n.use === use && n.alg === alg)
const announcing = kind.refine(isNeeded, `expected one of ${kinds}`)
const rotating = kind
  .extend({
    unannounced: z
      .boolean()
      .default(false)
      .describe('a SAML key that partners were not told of: their sign-ins fail until they have it'),
  })
  .refine(isNeeded, `expected one of ${kinds}`)

type InDomain = { readonly scope: Domain | undefined; readonly missing: string | undefined }
const there = ({ scope, missing }: InDomain): Domain => {
  if (!scope) throw new Problem('not-found', missing)
  return scope
}
const asking =
  (operation: string, { params, tenancy, body }: Pick<Call<Params, unknown, KeyKind>, 'params' | 'tenancy' | 'body'>) =>
  async (tx: Tx): Promise<Asking<InDomain>> => {
    const { scope, place, missing } = await inDomain(tx, params, tenancy)
    const named = { id: '', name: `${body.use} ${body.alg}` }
    const target = scope ? targetIn(scope, named) : { ...place, ...named }
    return { demands: [{ permission: { operation, resourceType: 'signing-keys' }, target }], found: { scope, missing } }
  }

/** Asked before a key is made, because making one is work, and again in the transaction that keeps it. */
const lookedAt = <B extends KeyKind>(edge: Edge, call: Call<Params, unknown, B>, operation: string) =>
  edge.administer.read(call.who, asking(operation, call), async (tx, found) => {
    const domain = there(found)
    return { domain, waiting: announcedIn(await tx.keys.ofDomain(domain.id), call.body) }
  })
const replyOf = ({ secrets }: Edge, shown: unknown, made: string | undefined): Reply => {
  const etag = etagOf(secrets.digest, shown)
  return made === undefined ? { status: 200, body: shown, etag } : { status: 201, body: shown, etag, location: made }
}
const permissions = (operation: string) => [{ operation, resourceType: 'signing-keys' }] as const
const answer = { schema: signingKey.view, etag: true }

const announce = route<Params, object, KeyKind>({
  method: 'POST',
  path: signingKey.path,
  operationId: 'createSigningKey',
  tag: signingKey.tag,
  summary: 'Announce the next signing key: published from now on, used when it is rotated',
  description: 'One waits per kind: asked again, the answer is the one that waits.',
  permissions: permissions('CreateSigningKey'),
  params: paramsIn(signingKey.path),
  query: nothing,
  body: announcing,
  bodyExample: { use: 'saml', alg: 'RS256' },
  answers: [
    { status: 201, description: 'Announced', example: { ...example, status: 'next' }, ...answer },
    { status: 200, description: 'The one that waits', example: { ...example, status: 'next' }, ...answer },
  ],
  handle: async (edge, call) => {
    const operation = 'CreateSigningKey'
    const { domain, waiting } = await lookedAt(edge, call, operation)
    const next = waiting ? undefined : await edge.flows.makeNextKey(call.body, call.tenancy, domain)
    return changing(edge, call, {
      ask: asking(operation, call),
      change: async (work, found) => {
        const { key, made } = await announceKey(work, there(found), call.body, next)
        return replyOf(
          edge,
          await signingKey.show(work.tx, key, domain, work.now),
          made ? `${call.at}/${key.id}` : undefined,
        )
      },
    })
  },
})

const rotate = route<Params, object, KeyKind & { readonly unannounced: boolean }>({
  method: 'POST',
  path: `${signingKey.path}/rotate`,
  operationId: 'rotateSigningKeys',
  tag: signingKey.tag,
  summary: 'Sign with the announced key, or with a new one, from now on',
  description:
    'The key that signed until now is retired: what it signed is accepted until it is deleted. A SAML key is announced first, unless `unannounced` says otherwise.',
  permissions: permissions('RotateSigningKeys'),
  params: paramsIn(`${signingKey.path}/rotate`),
  query: nothing,
  body: rotating as z.ZodType<KeyKind & { readonly unannounced: boolean }>,
  bodyExample: { use: 'oidc', alg: 'ES256' },
  answers: [{ status: 200, description: 'The key that signs now', example, ...answer }],
  handle: async (edge, call) => {
    const operation = 'RotateSigningKeys'
    const { domain, waiting } = await lookedAt(edge, call, operation)
    if (!waiting) refuseUnannounced(call.body, call.body.unannounced)
    const made = waiting ? undefined : await edge.flows.makeNextKey(call.body, call.tenancy, domain)
    return changing(edge, call, {
      ask: asking(operation, call),
      change: async (work, found) => {
        const key = await rotateKeys(work, there(found), call.body, made)
        return replyOf(edge, await signingKey.show(work.tx, key, domain, work.now), undefined)
      },
    })
  },
})

export const signingKeyRoutes: readonly Route[] = [
  rotate,
  announce,
  ...nounRoutes(signingKey),
  actionRoute(signingKey, {
    path: '/retire',
    operation: 'RetireSigningKey',
    summary: 'Take the announcement of a signing key back',
    description: 'The key that signs is retired by a rotation and by nothing else.',
    answers: [{ status: 200, description: 'Retired', example: { ...example, status: 'retired' }, ...answer }],
    run: (work, { row, scope }) => retireKey(work, scope, row),
  }),
]
