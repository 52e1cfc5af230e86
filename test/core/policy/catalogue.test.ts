// The catalogue checks its own data: one level per permission, families of known members, no cycles, no operation for nothing.
import { expect, test } from 'vitest'
import { type CatalogueData, catalogueOf } from '../../../src/core/policy/catalogue.ts'

const empty: CatalogueData = { service: 's', types: {}, families: {}, aliases: {}, regions: {} }
const thing = (over: Partial<CatalogueData['types'][string]> = {}): CatalogueData['types'][string] => ({
  noun: 'thing',
  permissions: { read: ['THING_READ'] },
  variables: [],
  operations: {},
  ...over,
})

test.for<[string, Partial<CatalogueData>, readonly [string, string][]]>([
  [
    'nothing wrong',
    { types: { things: thing() }, families: { f: ['things'], g: ['f'] }, aliases: { thing: 'things', h: 'g' } },
    [],
  ],
  [
    'a permission at two levels',
    { types: { things: thing({ permissions: { read: ['A'], manage: ['A'] } }) } },
    [
      [
        'types.things.permissions.manage.0',
        'permission `A` is already held at another level; a permission has one type and one level',
      ],
    ],
  ],
  [
    'a permission of two types',
    { types: { things: thing(), others: thing() } },
    [
      [
        'types.others.permissions.read.0',
        'permission `THING_READ` is already held by resource-type `things`; a permission has one type and one level',
      ],
      ['types.others.permissions', 'resource-type `others` has no permission'],
    ],
  ],
  [
    'a permission in lower case',
    { types: { things: thing({ permissions: { read: ['thing'] } }) } },
    [['types.things.permissions.read.0', '`thing` is no permission name (capitals, digits and _)']],
  ],
  [
    'an operation of an unknown permission',
    { types: { things: thing({ operations: { Get: { needs: ['NOPE'], kind: 'other' } } }) } },
    [['types.things.operations.Get.needs.0', 'permission `NOPE` is not defined by any resource-type']],
  ],
  [
    'an operation for nothing',
    { types: { things: thing({ operations: { Get: { needs: [], kind: 'other' } } }) } },
    [['types.things.operations.Get', 'operation `Get` needs no permission']],
  ],
  [
    'a family of an unknown type',
    { types: { things: thing() }, families: { f: ['things', 'x'] } },
    [['families.f.1', 'family `f` names `x`, which is neither a resource-type nor a family']],
  ],
  [
    'a family of itself',
    { types: { things: thing() }, families: { f: ['g'], g: ['f'] } },
    [
      ['families.g.0', 'family `g` contains itself through `f`'],
      ['families.f.0', 'family `f` contains itself through `g`'],
    ],
  ],
  ['an empty family', { families: { f: [] } }, [['families.f', 'family `f` has no member']]],
  [
    'a family called like a type',
    { types: { things: thing() }, families: { Things: ['things'] } },
    [['families.Things', '`Things` is already the name of a family or type']],
  ],
  [
    'an alias of nothing',
    { aliases: { a: 'b' } },
    [['aliases.a', 'alias `a` means `b`, which is neither a resource-type nor a family']],
  ],
  [
    'an alias of an alias',
    { types: { things: thing() }, aliases: { a: 'things', b: 'a' } },
    [['aliases.b', 'alias `b` means `a`, which is neither a resource-type nor a family']],
  ],
  [
    'an alias that hides a type',
    { types: { things: thing() }, aliases: { things: 'things' } },
    [['aliases.things', '`things` already means something']],
  ],
])('A9 %s', ([, data, faults]) => {
  const checked = catalogueOf([{ ...empty, ...data }])
  expect(checked.faults.map((f) => [f.path.join('.'), f.message])).toEqual(faults)
})

test('what another source defines is known, and twice is once too often', () => {
  const sources = [
    { ...empty, types: { things: thing() } },
    { ...empty, families: { f: ['things'] }, types: { things: thing({ permissions: { use: ['X'] } }) } },
  ]
  expect(catalogueOf(sources).faults).toEqual([
    { source: 1, path: ['types', 'things'], message: 'resource-type `things` is already defined' },
  ])
})
