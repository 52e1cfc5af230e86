// What SCIM requests are made of, at random: resources, patches, filters, queries and bulk operations, from the schemas that the edge itself
// tells of.
import fc from 'fast-check'
import { group } from '../../../../src/core/scim/group-schema.ts'
import type { Attribute, ResourceType } from '../../../../src/core/scim/schema.ts'
import { user } from '../../../../src/core/scim/user-schema.ts'
import { chance, encoded } from './attempt.ts'
import { hostileValue } from './hostile.ts'

export type Words = fc.Arbitrary<string>
export const MESSAGES = 'urn:ietf:params:scim:api:messages:2.0:'

const saidOf = (attribute: Attribute, words: Words): fc.Arbitrary<unknown> => {
  const one = (): fc.Arbitrary<unknown> => {
    if (attribute.kind === 'complex') return fc.record(membersOf(attribute.sub, words), { requiredKeys: [] })
    if (attribute.kind === 'boolean') return fc.constantFrom(true, false, 'True', 'False', 'yes')
    if (attribute.kind === 'dateTime') return fc.constantFrom('2030-01-16T12:00:00Z', 'yesterday', '')
    const canonical = attribute.canonical.length === 0 ? ['work'] : attribute.canonical
    return fc.oneof(words, fc.constantFrom('Kim Minji', 'kim@corp.example', 'https://corp.example/kim', ...canonical))
  }
  return attribute.many ? fc.array(one(), { maxLength: 3 }) : one()
}
const membersOf = (attributes: readonly Attribute[], words: Words): { [name: string]: fc.Arbitrary<unknown> } =>
  Object.fromEntries(attributes.map((attribute) => [attribute.name, saidOf(attribute, words)]))

export const resourceOf = ({ core, extensions }: ResourceType, words: Words): fc.Arbitrary<object> => {
  const required = core.attributes.filter((a) => a.required).map((a) => a.name)
  const own = fc.record(
    { ...membersOf(core.attributes, words), externalId: words, id: words, meta: hostileValue(words) },
    { requiredKeys: required as never[] },
  )
  const more = extensions.map((schema) =>
    fc.record(membersOf(schema.attributes, words), { requiredKeys: [] }).map((all) => ({ [schema.id]: all })),
  )
  const schemas = [core.id, ...extensions.map(({ id }) => id)]
  return fc
    .tuple(own, chance(3, fc.constant({}), more[0] ?? fc.constant({})))
    .map(([members, extension]) => ({ schemas, ...members, ...extension }))
}

const pathsIn = ({ core, extensions }: ResourceType): readonly string[] => {
  const inside = (prefix: string, attributes: readonly Attribute[]): readonly string[] =>
    attributes.flatMap(({ name, sub, many }) => [
      `${prefix}${name}`,
      ...sub.map((inner) => `${prefix}${name}.${inner.name}`),
      ...(many ? [`${prefix}${name}[type eq "work"]`, `${prefix}${name}[value eq "x"].value`] : []),
    ])
  return [
    ...inside('', core.attributes),
    ...extensions.flatMap(({ id, attributes }) => [id, ...inside(`${id}:`, attributes)]),
    'id',
    'meta.created',
    'schemas',
    'members[',
    'emails[type eq "work" and (value co "@" or not (primary eq true))].value',
    '__proto__',
    'constructor.prototype',
    '[]',
    'a'.repeat(4001),
  ]
}
export const patchOf = (type: ResourceType, words: Words): fc.Arbitrary<object> => {
  const value = fc.oneof(words, fc.boolean(), hostileValue(words), resourceOf(type, words))
  const operation = fc.record(
    {
      op: fc.constantFrom('add', 'Replace', 'remove', 'Add', 'move'),
      path: fc.oneof(fc.constantFrom(...pathsIn(type)), words),
      value,
    },
    { requiredKeys: ['op'] },
  )
  return fc
    .array(operation, { minLength: 1, maxLength: 3 })
    .map((Operations) => ({ schemas: [`${MESSAGES}PatchOp`], Operations }))
}

const bombs = [
  `${'('.repeat(1900)}id pr${')'.repeat(1900)}`,
  `id pr${' or id pr'.repeat(440)}`,
  'not '.repeat(900),
  `${'not ('.repeat(700)}id pr${')'.repeat(400)}`,
  `userName eq "${'\\'.repeat(3000)}"`,
  'emails[emails[value eq "x"]]',
  'userName eq "\\ud800"',
  'userName eq "\\u0000"',
  'meta.created gt "0000-00-00"',
  'active gt true',
  '__proto__ pr',
]
export const filtersOf = (type: ResourceType, words: Words): fc.Arbitrary<string> => {
  const literal = fc.oneof(
    words.map((word) => JSON.stringify(word)),
    fc.constantFrom('true', 'null', '1', '"x"'),
  )
  const test = fc
    .tuple(fc.constantFrom(...pathsIn(type)), fc.constantFrom('eq', 'ne', 'co', 'sw', 'gt', 'le', 'pr', 'xx'), literal)
    .map(([path, op, value]) => (op === 'pr' ? `${path} pr` : `${path} ${op} ${value}`))
  const joined = fc
    .tuple(test, fc.constantFrom(' and ', ' or ', ' and not (', ') or ('), test)
    .map((parts) => parts.join(''))
  return fc.oneof(
    { weight: 4, arbitrary: test },
    { weight: 2, arbitrary: joined },
    { weight: 1, arbitrary: fc.constantFrom(...bombs) },
  )
}
export const queriesOf = (type: ResourceType, words: Words): fc.Arbitrary<string> => {
  const attributes = fc.oneof(fc.constantFrom(...pathsIn(type), 'id,userName', ',,'), words)
  const parts = fc.oneof(
    filtersOf(type, words).map((filter) => `filter=${encoded(filter)}`),
    fc.constantFrom('-1', '0', '2', '9'.repeat(20), 'x', '1e3').map((n) => `startIndex=${n}`),
    fc.constantFrom('-1', '0', '1', '201', '9'.repeat(20), '').map((n) => `count=${n}`),
    attributes.map((names) => `attributes=${encoded(names)}`),
    attributes.map((names) => `excludedAttributes=${encoded(names)}`),
    fc.constantFrom('attributes[]=id', 'filter=a&filter=b', 'sortBy=userName', '__proto__=1', 'count[$gt]=1', '%'),
  )
  return fc.array(parts, { maxLength: 2 }).map((all) => (all.length === 0 ? '' : `?${all.join('&')}`))
}

export const bulkOf = (ids: Words, words: Words): fc.Arbitrary<object> => {
  const path = fc.oneof(
    fc.constantFrom('/Users', '/Groups', '/Bulk', '/Users/bulkId:a', '//Users', '/users'),
    fc.tuple(fc.constantFrom('/Users/', '/Groups/'), ids).map((parts) => parts.join('')),
  )
  const data = fc.oneof(
    resourceOf(user, words),
    resourceOf(group, fc.oneof(words, fc.constantFrom('bulkId:a', 'bulkId:b'))),
    patchOf(user, words),
    hostileValue(words),
  )
  const operation = fc.record(
    {
      method: fc.constantFrom('POST', 'PUT', 'patch', 'DELETE', 'GET'),
      path,
      bulkId: fc.constantFrom('a', 'b', '__proto__', ''),
      version: fc.constantFrom('W/"x"', '*', ''),
      data,
    },
    { requiredKeys: ['method', 'path'] },
  )
  return fc
    .record(
      { failOnErrors: fc.constantFrom(0, 1, -1), Operations: fc.array(operation, { maxLength: 5 }) },
      { requiredKeys: ['Operations'] },
    )
    .map((all) => ({ schemas: [`${MESSAGES}BulkRequest`], ...all }))
}
