// Whatever is sent: an answer that is SCIM's, no failure of ours, no stack, and nothing changed by what was refused.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ENTERPRISE } from '../../../src/core/scim/user-schema.ts'
import { GROUP, openBed, USER } from './bed.ts'

const names = [
  'userName',
  'name',
  'emails',
  'active',
  'members',
  'displayName',
  'externalId',
  'id',
  'meta',
  'schemas',
  'groups',
  'roles',
  ENTERPRISE,
  '__proto__',
  'constructor',
  'value',
  'type',
  'primary',
]
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(
      'kim',
      '',
      'True',
      'False',
      true,
      false,
      null,
      0,
      -1,
      1e308,
      'bulkId:1',
      '\u0000',
      '\ud800',
      USER,
      GROUP,
      'x@y.example',
      'a"b',
      "'; --",
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 5 }),
  ),
})).value
const path = fc.oneof(
  fc.constantFrom(
    'members',
    'members[value eq "x"]',
    'emails[type eq "work"].value',
    'name.givenName',
    'active',
    'id',
    'a[',
    '',
    '[]',
    `${ENTERPRISE}:department`,
    ENTERPRISE,
    'members[value eq "x"',
    '.',
    'emails..value',
  ),
  fc.string({ maxLength: 30 }),
)
const patch = fc.record({
  schemas: fc.constant(['urn:ietf:params:scim:api:messages:2.0:PatchOp']),
  Operations: fc.array(
    fc.record({
      op: fc.constantFrom('add', 'Replace', 'remove', 'Move', ''),
      path: fc.option(path, { nil: undefined }),
      value: json,
    }),
    { maxLength: 4 },
  ),
})
const resource = fc
  .tuple(fc.constantFrom(USER, GROUP), fc.dictionary(fc.constantFrom(...names), json, { maxKeys: 6 }))
  .map(([schema, members]) => ({ ...members, schemas: [schema] }))
const filter = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        'userName',
        ' eq ',
        '"x"',
        'emails[',
        ']',
        '(',
        ')',
        ' and ',
        ' or ',
        'not ',
        ' pr',
        'meta.created',
        ' gt ',
        'true',
        '.value',
        'members',
      ),
      { maxLength: 14 },
    )
    .map((all) => all.join('')),
)
const bulk = fc.record({
  schemas: fc.constant(['urn:ietf:params:scim:api:messages:2.0:BulkRequest']),
  failOnErrors: fc.constantFrom(undefined, 1, 0),
  Operations: fc.array(
    fc.record({
      method: fc.constantFrom('POST', 'PATCH', 'PUT', 'DELETE'),
      path: fc.constantFrom('/Users', '/Groups', '/Users/bulkId:1', '/Users/USER', '/Groups/GROUP'),
      bulkId: fc.constantFrom(undefined, '1', '2'),
      data: fc.oneof(resource, patch, json),
    }),
    { maxLength: 4 },
  ),
})
type Sent = readonly [method: string, path: string, body?: unknown]
const request: fc.Arbitrary<Sent> = fc.oneof(
  filter.map((text): Sent => ['GET', `/Users?filter=${encodeURIComponent(text)}&count=5`]),
  filter.map(
    (text): Sent => ['GET', `/Groups?filter=${encodeURIComponent(text)}&attributes=${encodeURIComponent(text)}`],
  ),
  fc
    .tuple(fc.constantFrom('/Users', '/Groups', '/Users/.search'), fc.oneof(resource, json))
    .map(([at, body]): Sent => ['POST', at, body]),
  fc
    .tuple(fc.constantFrom('/Users/USER', '/Groups/GROUP'), fc.oneof(resource, json))
    .map(([at, body]): Sent => ['PUT', at, body]),
  fc
    .tuple(fc.constantFrom('/Users/USER', '/Groups/GROUP'), fc.oneof(patch, json))
    .map(([at, body]): Sent => ['PATCH', at, body]),
  bulk.map((body): Sent => ['POST', '/Bulk', body]),
  fc.uuid().map((userName): Sent => ['POST', '/Users', { schemas: [USER], userName }]), // sound
)

test('U9: two thousand requests, sound and unsound', async () => {
  const bed = await openBed()
  const make = async (at: string, body: object): Promise<string> => (await bed.scim('POST', at, { body })).body.id
  const user = await make('/Users', { schemas: [USER], userName: 'fuzzed' })
  const group = await make('/Groups', { schemas: [GROUP], displayName: 'Fuzzed' })
  const filled = (text: string): string => text.replaceAll('/USER', `/${user}`).replaceAll('/GROUP', `/${group}`)
  const counted = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(request, async ([method, at, body]) => {
      const before = (await bed.audit()).at(0)?.id
      const answer = await bed.scim(
        method,
        filled(at),
        body === undefined ? {} : { body: filled(JSON.stringify(body)) },
      )
      counted.set(answer.status, (counted.get(answer.status) ?? 0) + 1)
      expect(answer.status).toBeLessThan(500)
      if (answer.status >= 400) {
        expect(answer.body).toMatchObject({
          schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
          status: String(answer.status),
          detail: expect.any(String),
        })
        expect((await bed.audit()).at(0)?.id).toBe(before)
      }
      expect(JSON.stringify(answer.body)).not.toMatch(/\.ts:\d+|node_modules|at Object\./)
    }),
    { numRuns: 2000, seed: 7643 }, // the same every time: what was answered is counted below
  )
  expect(bed.logged).toEqual([])
  expect([...counted.keys()].sort()).toEqual(expect.arrayContaining([200, 201, 400]))
  await bed.close()
})
