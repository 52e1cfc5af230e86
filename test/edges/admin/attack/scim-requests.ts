// Random requests to every operation of SCIM, and what each may answer.
import fc from 'fast-check'
import { z } from 'zod'
import { group } from '../../../../src/core/scim/group-schema.ts'
import type { ResourceType } from '../../../../src/core/scim/schema.ts'
import { user } from '../../../../src/core/scim/user-schema.ts'
import { chance, encoded, type Seen, wordsOf } from './attempt.ts'
import { hostileWords } from './hostile.ts'
import { type Door, faultsOf, jsonIn, type Operation } from './neighbour-requests.ts'
import { bulkOf, filtersOf, MESSAGES, patchOf, queriesOf, resourceOf, type Words } from './scim-shapes.ts'
import type { Got } from './send.ts'
import type { World } from './world.ts'

const error = z.strictObject({
  schemas: z.tuple([z.literal(`${MESSAGES}Error`)]),
  status: z.string(),
  scimType: z.string().optional(),
  detail: z.string().min(1),
})
const list = z.strictObject({
  schemas: z.tuple([z.literal(`${MESSAGES}ListResponse`)]),
  totalResults: z.int().min(0),
  startIndex: z.int().min(1),
  itemsPerPage: z.int().min(0),
  Resources: z.array(z.record(z.string(), z.unknown())),
})
const one = z.looseObject({ schemas: z.array(z.string()).min(1), id: z.string() })
const bulkAnswer = z.strictObject({
  schemas: z.tuple([z.literal(`${MESSAGES}BulkResponse`)]),
  Operations: z.array(z.looseObject({ method: z.string(), status: z.string().regex(/^(?!5)\d{3}$/) })),
})
const refusals = [400, 401, 403, 404, 405, 409, 412, 413, 415]
/** RFC 7644 §3.12: every refusal is an Error of its media type. */
const promised =
  (...good: readonly (readonly [status: number, shape: z.ZodType | undefined])[]) =>
  (got: Got): readonly string[] => {
    if (got.status >= 400)
      return [
        ...(refusals.includes(got.status) ? [] : [`status ${got.status}: ${got.text.slice(0, 300)}`]),
        ...faultsOf(error, jsonIn(got)),
        ...(jsonIn(got)?.status === String(got.status) ? [] : [`says another status than ${got.status}`]),
      ]
    const [, shape] = good.find(([status]) => status === got.status) ?? [got.status, 'none' as const]
    if (shape === 'none') return [`status ${got.status} is not promised`]
    return shape === undefined
      ? got.text === ''
        ? []
        : ['a body where none is promised']
      : faultsOf(shape, jsonIn(got))
  }

const operationsOn = (type: ResourceType, world: World, words: Words): readonly Operation[] => {
  const { endpoint } = type
  const noun = type === user ? 'user' : 'group'
  const [resource, ids] = [resourceOf(type, words), idsOf(world, noun, words)]
  const at = (where: 'home' | 'away'): string =>
    `${endpoint}/${world.things[where].get(`/domains/{domain}/${noun}s/{${noun}}`)?.id ?? ''}`
  const named = { schemas: [type.core.id], [type === user ? 'userName' : 'displayName']: `right-${noun}` }
  const item = ids.map((id) => `${endpoint}/${id}`)
  const read = promised([200, one], [304, undefined])
  return [
    {
      method: 'GET',
      path: endpoint,
      paths: queriesOf(type, words).map((query) => `${endpoint}${query}`),
      faults: promised([200, list], [304, undefined]),
    },
    { method: 'POST', path: endpoint, bodies: resource, right: () => ({ body: named }), faults: promised([201, one]) },
    {
      method: 'POST',
      path: `${endpoint}/.search`,
      bodies: fc
        .record(
          { filter: filtersOf(type, words), count: fc.integer(), startIndex: fc.integer(), attributes: words },
          { requiredKeys: [] },
        )
        .map((all) => ({ schemas: [`${MESSAGES}SearchRequest`], ...all })),
      right: () => ({ body: { schemas: [`${MESSAGES}SearchRequest`], count: 1 } }),
      faults: promised([200, list]),
    },
    { method: 'GET', path: `${endpoint}/{id}`, paths: item, right: (where) => ({ path: at(where) }), faults: read },
    {
      method: 'PUT',
      path: `${endpoint}/{id}`,
      paths: item,
      bodies: resource,
      right: (where) => ({ path: at(where), body: named }),
      faults: promised([200, one]),
    },
    {
      method: 'PATCH',
      path: `${endpoint}/{id}`,
      paths: item,
      bodies: patchOf(type, words),
      right: (where) => ({
        path: at(where),
        body: { schemas: [`${MESSAGES}PatchOp`], Operations: [{ op: 'replace', path: 'externalId', value: 'x' }] },
      }),
      faults: promised([200, one], [204, undefined]),
    },
    {
      method: 'DELETE',
      path: `${endpoint}/{id}`,
      paths: item,
      right: (where) => ({ path: at(where) }),
      faults: promised([204, undefined]),
    },
  ]
}
const idsOf = ({ things }: World, noun: string, words: Words): Words => {
  const known = Object.values(things).map((place) => place.get(`/domains/{domain}/${noun}s/{${noun}}`)?.id ?? '')
  return chance(3, fc.constantFrom(known[0] ?? '', known[0] ?? '', ...known), words.map(encoded))
}

export const scimDoor = (world: World, seen: Seen): Door => {
  const words = wordsOf(world, hostileWords)
  const told = [
    '/ServiceProviderConfig',
    '/ResourceTypes',
    '/ResourceTypes/User',
    '/Schemas',
    `/Schemas/${user.core.id}`,
  ]
  return {
    name: 'SCIM',
    seen,
    words,
    url: world.neighbours.url,
    callers: world.neighbours.scim,
    type: 'application/scim+json',
    place: '/d/{tenancy}/{domain}/scim/v2',
    isPrivate: (path) => !told.some((open) => path.startsWith(open)),
    operations: [
      ...told.map(
        (path): Operation => ({
          method: 'GET',
          path,
          faults: promised([200, z.looseObject({ schemas: z.array(z.string()) })], [304, undefined]),
        }),
      ),
      ...operationsOn(user, world, words),
      ...operationsOn(group, world, words),
      {
        method: 'POST',
        path: '/Bulk',
        bodies: bulkOf(idsOf(world, 'user', words), words),
        right: () => ({
          body: {
            schemas: [`${MESSAGES}BulkRequest`],
            Operations: [
              {
                method: 'POST',
                path: '/Users',
                bulkId: 'a',
                data: { schemas: [user.core.id], userName: 'right-in-bulk' },
              },
            ],
          },
        }),
        faults: promised([200, bulkAnswer]),
      },
    ],
  }
}
