// Random requests to the decision point: evaluations, batches and searches (AuthZEN Authorization API 1.0), and what it tells of itself.
import fc from 'fast-check'
import { z } from 'zod'
import { chance, glimpsed, type Seen, tampered, wordsOf } from './attempt.ts'
import { hostileValue, hostileWords } from './hostile.ts'
import { type Door, faultsOf, jsonIn, type Operation } from './neighbour-requests.ts'
import type { Got } from './send.ts'
import type { World } from './world.ts'

type Words = fc.Arbitrary<string>
const partsOf = (words: Words) => {
  const key = fc.constantFrom(
    'compartment',
    'domain',
    'tenancy',
    'tags',
    'owner',
    'id',
    'type',
    '__proto__',
    'constructor',
    'toString',
    'a.b',
  )
  const properties = fc.dictionary(key, fc.oneof(words, hostileValue(words)), { maxKeys: 4 })
  const types = fc.oneof(
    fc.constantFrom('user', 'groups', 'group', 'service', 'buckets', 'users', 'home-reports', 'all-resources'),
    words,
  )
  const entity = fc.record({ type: types, id: words, properties }, { requiredKeys: ['type', 'id'] })
  const kind = fc.record({ type: types, properties }, { requiredKeys: ['type'] })
  const name = fc.oneof(
    fc.constantFrom('GetUser', 'ListUsers', 'read', 'manage', '{USER_INSPECT}', '{', 'ListHOME'),
    words,
  )
  const action = fc.record({ name, properties }, { requiredKeys: ['name'] })
  const context = fc.oneof(
    properties,
    fc.constant({ time: '2030-01-16T12:00:00Z', ip: '10.0.0.1', user: { level: '2' } }),
  )
  return { entity, kind, action, context, properties }
}

const refusals = [400, 401, 403, 404, 405, 413, 415]
/** §10.1.3: what is refused is told in a string. */
const promised =
  (shape: z.ZodType, isTold = false) =>
  (got: Got): readonly string[] => {
    if (got.status === 200) return faultsOf(shape, jsonIn(got))
    if (got.status === 304 && isTold) return []
    const known = refusals.includes(got.status) ? [] : [`status ${got.status}: ${got.text.slice(0, 300)}`]
    return [...known, ...(isTold ? [] : faultsOf(z.string().min(1), jsonIn(got)))]
  }
const decision = z.strictObject({ decision: z.boolean(), context: z.record(z.string(), z.unknown()) })
const evaluations = z.union([decision, z.strictObject({ evaluations: z.array(decision).min(1) })])
const page = (item: z.ZodType) =>
  z.strictObject({
    page: z.strictObject({ next_token: z.string(), count: z.int().min(0), total: z.int().optional() }),
    results: z.array(item),
  })
const entity = z.strictObject({ type: z.string(), id: z.string() })

const operationsOf = (words: Words, cursors: Words): readonly Operation[] => {
  const { entity: one, kind, action, context, properties } = partsOf(words)
  const token = chance(2, cursors, tampered(cursors))
  const paging = fc.record({ token, limit: fc.constantFrom(0, 1, 2, 1000, 1e9, -1), properties }, { requiredKeys: [] })
  const question = fc.record(
    { subject: one, action, resource: one, context },
    { requiredKeys: ['subject', 'action', 'resource'] },
  )
  const part = fc.record({ subject: one, action, resource: one, context }, { requiredKeys: [] })
  const options = fc.constantFrom('execute_all', 'deny_on_first_deny', 'permit_on_first_permit', 'never')
  const batch = fc
    .tuple(part, fc.array(part, { maxLength: 5 }), options)
    .map(([whole, all, evaluations_semantic]) => ({ ...whole, evaluations: all, options: { evaluations_semantic } }))
  const search = (members: object): fc.Arbitrary<unknown> =>
    fc.record({ ...members, context, page: paging } as { readonly [name: string]: fc.Arbitrary<unknown> }, {
      requiredKeys: Object.keys(members),
    })
  const who = { type: 'user', id: 'home-user' }
  const what = { type: 'users', id: 'home-user' }
  const how = { name: 'GetUser' }
  const at = (path: string, bodies: fc.Arbitrary<unknown>, body: object, shape: z.ZodType): Operation => ({
    method: 'POST',
    path: `/access/v1/${path}`,
    bodies,
    right: () => ({ body }),
    faults: promised(shape),
  })
  return [
    at('evaluation', question, { subject: who, action: how, resource: what }, decision),
    at('evaluations', batch, { subject: who, action: how, evaluations: [{ resource: what }, {}] }, evaluations),
    at(
      'search/subject',
      search({ subject: kind, action, resource: one }),
      { subject: { type: 'user' }, action: how, resource: what },
      page(entity),
    ),
    at(
      'search/resource',
      search({ subject: one, action, resource: kind }),
      { subject: who, action: how, resource: { type: 'users' } },
      page(entity),
    ),
    at(
      'search/action',
      search({ subject: one, resource: one }),
      { subject: who, resource: what },
      page(z.strictObject({ name: z.string() })),
    ),
    {
      method: 'GET',
      path: '/.well-known/authzen-configuration',
      faults: promised(z.looseObject({ policy_decision_point: z.string() }), true),
    },
  ]
}

export const authzenDoor = (world: World, seen: Seen): Door => {
  const words = wordsOf(world, hostileWords)
  return {
    name: 'AuthZEN',
    seen,
    words,
    url: world.neighbours.url,
    callers: world.neighbours.authzen,
    type: 'application/json',
    place: '/t/{tenancy}',
    isPrivate: (path) => path.startsWith('/access/'),
    operations: operationsOf(words, glimpsed(seen.cursors, 'none')),
  }
}
