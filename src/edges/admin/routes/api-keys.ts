// API keys of people and service IDs. The key itself is in one answer, the one to its making.
import { z } from 'zod'
import type { ApiKeyId, PersonId } from '../../../core/model/ids.ts'
import type { JsonObject } from '../../../core/model/json.ts'
import type { Tenancy } from '../../../core/model/tenancy.ts'
import { type ApiKey, apiKeyScopes } from '../../../core/model/workload.ts'
import type { Standing, Target } from '../../../flows/access/permits.ts'
import { makeApiKey, revokeApiKey } from '../../../flows/access/write-api-keys.ts'
import type { Tx } from '../../../ports/store.ts'
import type { StoredApiKey } from '../../../ports/store-access.ts'
import { domainFacts } from '../in-domain.ts'
import { type Noun, nothing } from '../noun.ts'
import { nounRoutes } from '../noun-write.ts'
import { asTargetUser, personCalled } from '../people-facts.ts'
import { changing, notFound, type Route, route } from '../route.ts'
import { given, instant, name, reference, whenOf } from '../shapes.ts'
import { serviceIdCalled } from './service-ids.ts'

type Owner = {
  readonly owner: ApiKey['owner']
  readonly name: string
  readonly place: Pick<Target, 'compartmentId' | 'facts'>
}

const ofServiceId = async (tx: Tx, tenancy: Tenancy, called: string): Promise<Owner | undefined> => {
  const found = await serviceIdCalled(tx, tenancy, called)
  if (!found) return undefined
  const facts = { 'target.service-id.id': found.id, 'target.service-id.name': found.name }
  return {
    owner: { kind: 'service-id', id: found.id },
    name: found.name,
    place: { compartmentId: found.compartmentId, facts },
  }
}
const ofPerson = async (tx: Tx, id: PersonId, standing: Standing): Promise<Owner | undefined> => {
  const person = await tx.people.get(id)
  const domain = person && (await tx.domains.get(person.domainId))
  if (!person || !domain) return undefined
  return {
    owner: { kind: 'person', id: person.id },
    name: `${domain.name}/${person.username}`,
    place: {
      compartmentId: domain.compartmentId,
      facts: { ...domainFacts(domain), ...(await asTargetUser(tx, person, standing)) },
    },
  }
}
const ownerOf = async (tx: Tx, tenancy: Tenancy, { owner }: ApiKey, standing: Standing): Promise<Owner | undefined> =>
  owner.kind === 'service-id' ? ofServiceId(tx, tenancy, owner.id) : ofPerson(tx, owner.id, standing)

const keyFacts = ({ owner, place }: Owner, scopes: readonly string[]): JsonObject => ({
  ...place.facts,
  owner: owner.id,
  'owner-type': owner.kind === 'person' ? 'user' : 'service-id',
  scope: scopes,
})

const view = z.strictObject({
  id: z.string(),
  name: z.string(),
  owner: z.strictObject({ kind: z.enum(['user', 'service-id']), id: z.string(), name: z.string() }),
  scopes: z.array(z.enum(apiKeyScopes)),
  prefix: z.string().describe('the first characters of the key, for whoever finds it somewhere'),
  createdAt: z.string(),
  expiresAt: z.string().optional(),
  lastUsedAt: z.string().optional(),
  revokedAt: z.string().optional(),
})
const example = {
  id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
  name: 'pipeline',
  owner: { kind: 'service-id', id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KC', name: 'deployer' },
  scopes: ['admin'],
  prefix: 'gwm_3q2-8wZt',
  createdAt: '2030-01-16T12:00:00.000Z',
  expiresAt: '2031-01-16T12:00:00.000Z',
}
const when = (at: number | undefined): string | undefined => (at === undefined ? undefined : whenOf(at))
const shown = async (tx: Tx, key: StoredApiKey) => {
  const { owner } = key
  const found = owner.kind === 'person' ? await tx.people.get(owner.id) : await tx.serviceIds.get(owner.id)
  const named = found && ('username' in found ? found.username : found.name)
  return given({
    id: key.id,
    name: key.name,
    owner: { kind: owner.kind === 'person' ? 'user' : 'service-id', id: owner.id, name: named ?? '' },
    scopes: key.scopes,
    prefix: key.prefix,
    createdAt: whenOf(key.createdAt),
    expiresAt: when(key.expiresAt),
    lastUsedAt: when(key.lastUsedAt),
    revokedAt: when(key.revokedAt),
  })
}

const apiKey: Noun<StoredApiKey, Tenancy, never> = {
  tag: 'API keys',
  one: 'API key',
  path: '/api-keys',
  itemPath: '/api-keys/{apiKey}',
  resourceType: 'api-keys',
  operations: { list: 'ListApiKeys', get: 'GetApiKey', delete: 'DeleteApiKey' },
  scope: async (_tx, _params, tenancy) => ({ scope: tenancy, place: { compartmentId: undefined } }),
  find: async (tx, tenancy, called) => {
    const found = await tx.apiKeys.get(called as ApiKeyId)
    return found?.tenancyId === tenancy.id ? found : undefined
  },
  rows: (tx, tenancy) => tx.apiKeys.ofTenancy(tenancy.id),
  idOf: (row) => row.id,
  nameOf: (row) => row.name,
  target: async (tx, row, tenancy, standing) => {
    const owner = await ownerOf(tx, tenancy, row, standing)
    const facts = owner && keyFacts(owner, row.scopes)
    return { id: row.id, name: row.name, compartmentId: owner?.place.compartmentId, ...(facts ? { facts } : {}) }
  },
  view,
  show: shown,
  remove: (work, row) => revokeApiKey(work, row),
  example: { view: example },
}

const body = z.strictObject({
  owner: z
    .union([
      z.strictObject({ serviceId: reference.describe('name or id') }),
      z.strictObject({
        user: reference.describe('user name or id'),
        domain: reference.default('default'),
      }),
    ])
    .describe('whom the key speaks for'),
  name,
  scopes: z
    .array(z.enum(apiKeyScopes))
    .min(1)
    .refine((all) => new Set(all).size === all.length, 'must not name a scope twice'),
  expiresAt: instant.optional().describe('at most three years from now; by default in a year'),
})
type Body = z.infer<typeof body>

const wantedOwner = async (
  tx: Tx,
  tenancy: Tenancy,
  { owner }: Body,
  standing: Standing,
): Promise<Owner | undefined> => {
  if ('serviceId' in owner) return ofServiceId(tx, tenancy, owner.serviceId)
  const person = await personCalled(tx, tenancy, owner.domain, owner.user)
  return person && ofPerson(tx, person.id, standing)
}

const make: Route = route<object, object, Body>({
  method: 'POST',
  path: apiKey.path,
  operationId: 'createApiKey',
  tag: apiKey.tag,
  summary: 'Make an API key; the answer is the only place where the key itself is shown',
  permissions: [{ operation: 'CreateApiKey', resourceType: 'api-keys' }],
  params: nothing,
  query: nothing,
  body,
  bodyExample: { owner: { serviceId: 'deployer' }, name: 'pipeline', scopes: ['admin'] },
  answers: [
    {
      status: 201,
      description: 'Made',
      schema: view.extend({ key: z.string().describe('shown once') }),
      example: { ...example, key: 'gwm_3q2-8wZtXn0c5Yh1…' },
    },
  ],
  handle: (edge, call) =>
    changing(edge, call, {
      ask: async (tx, standing) => {
        const owner = await wantedOwner(tx, call.tenancy, call.body, standing)
        const facts = owner ? keyFacts(owner, call.body.scopes) : {}
        const { name: called } = call.body
        const target = { id: '', name: called, compartmentId: owner?.place.compartmentId, facts }
        const permission = { operation: 'CreateApiKey', resourceType: 'api-keys' }
        return { demands: [{ permission, target }], found: owner }
      },
      change: async (work, owner) => {
        const wanted = call.body.owner
        if (!owner)
          throw 'serviceId' in wanted ? notFound('service ID', wanted.serviceId) : notFound('user', wanted.user)
        const { expiresAt, name: called, scopes } = call.body
        const made = await makeApiKey(work, {
          owner: owner.owner,
          ownerName: owner.name,
          name: called,
          scopes,
          expiresAt: expiresAt === undefined ? undefined : Date.parse(expiresAt),
        })
        const location = `${call.at}/${made.key.id}`
        return { status: 201, body: { ...(await shown(work.tx, made.key)), key: made.secret }, location }
      },
    }),
})

export const apiKeyRoutes: readonly Route[] = [...nounRoutes(apiKey), make]
