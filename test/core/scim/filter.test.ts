// Filters: what is read, what is refused and where, and that printing and reading are each other's way back.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { comparisons, type Filter, print, type Test } from '../../../src/core/scim/filter.ts'
import { lookupsIn } from '../../../src/core/scim/lookups.ts'
import { matchesOf } from '../../../src/core/scim/match.ts'
import { parseFilter } from '../../../src/core/scim/parse-filter.ts'
import { type AttributePath, isFault } from '../../../src/core/scim/schema.ts'
import { ENTERPRISE, user } from '../../../src/core/scim/user-schema.ts'

const kim = {
  id: '1',
  externalId: 'X-1',
  userName: 'kim@acme.example',
  name: { familyName: 'Kim', givenName: 'Minji' },
  displayName: 'Kim "MJ" Minji',
  title: 'Tour Guide',
  active: true,
  emails: [
    { value: 'kim@acme.example', type: 'work', primary: true },
    { value: 'mj@home.example', type: 'home' },
  ],
  meta: { resourceType: 'User', lastModified: '2030-01-16T12:00:00.000Z' },
  [ENTERPRISE]: { department: 'Finance', manager: { value: '42' } },
}
const decide = (text: string): boolean | string => {
  const filter = parseFilter(text)
  if (isFault(filter)) return filter.detail
  const matches = matchesOf(user, filter)
  return isFault(matches) ? matches.detail : matches(kim)
}

describe('U9: filters of RFC 7644 figure 2, and of real clients', () => {
  test.each([
    ['userName eq "KIM@acme.example"', true],
    ['externalId eq "x-1"', false], // ids are exact
    ['name.familyName co "k"', true],
    ['userName sw "kim"', true],
    ['userName ew "example"', true],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"', false],
    ['title pr', true],
    ['nickName pr', false],
    ['meta.lastModified gt "2011-05-13T04:42:34Z"', true],
    ['meta.lastModified ge "2030-01-16T13:00:00+01:00"', true],
    ['meta.lastModified lt "2030-01-16T12:00:00Z"', false],
    ['title pr and userType eq "Employee"', false],
    ['title pr or userType eq "Intern"', true],
    ['schemas eq "urn:ietf:params:scim:schemas:core:2.0:User"', false],
    ['userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")', true],
    ['title eq "tour guide" and (emails.type eq "work")', true],
    ['emails[type eq "work" and value co "@acme.example"]', true],
    ['emails[type eq "home" and value co "@acme.example"]', false],
    ['emails[type eq "work"].value eq "kim@acme.example"', true],
    ['emails[type eq "home"].value eq "kim@acme.example"', false],
    ['emails[type eq "home"].primary pr', false],
    ['emails[primary eq "True"].value sw "kim"', true], // a boolean as Entra ID writes it
    ['emails eq "mj@home.example"', true],
    ['emails.value ne "mj@home.example"', false],
    ['active eq True', true],
    ['active eq "False"', false],
    [`${ENTERPRISE}:department eq "finance"`, true],
    [`${ENTERPRISE}:manager eq "42"`, true],
    [`${ENTERPRISE}:manager.value eq "43"`, false],
    ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:user.department eq "Finance"', true],
    [`${ENTERPRISE} pr`, true],
    ['nickName eq null', true],
    ['title ne null', true],
    ['displayName eq "Kim \\"MJ\\" Minji"', true],
    ['title pr or nickName pr and active eq false', true], // `and` binds more closely
    ['(title pr or nickName pr) and active eq false', false],
    ['NOT(nickName PR) AND Title EQ "tour guide"', true],
    ['  userName   eq   "kim@acme.example"  ', true],
  ])('%s → %s', (text, wanted) => expect(decide(text)).toBe(wanted))

  test.each([
    ['', 'expected an attribute at ``'],
    ['userName', 'or `pr` after `userName`'],
    ['userName eq', 'expected a space'],
    ['userName eq kim', 'expected a value'],
    ['userName eq "kim', 'expected a value'],
    ['userName eq "\\x"', 'a value as JSON writes it'],
    ['userName like "kim"', 'expected `eq`'],
    ['userName eq "a" userName eq "b"', '`and`, `or` or the end'],
    ['(title pr', 'expected `)`'],
    ['emails[type eq "work"', 'expected `]`'],
    ['emails[type[value eq "x"]]', 'no `[` inside'],
    ['emails[colour eq "x"]', '`emails` has no `colour`'],
    ['title[value eq "x"]', 'has nothing that'],
    ['shoeSize eq 42', 'there is no attribute `shoeSize`'],
    ['active gt true', 'cannot be compared by `gt`'],
    ['active eq "perhaps"', 'cannot be compared'],
    ['meta.lastModified gt "yesterday"', 'cannot be compared'],
    ['name eq "Kim"', '`name` (complex) cannot be compared'],
    ['title gt null', 'cannot be compared'],
    ['not title pr', '`pr` after `not`'],
    [`${'('.repeat(60)}title pr${')'.repeat(60)}`, 'within each other'],
    [Array(250).fill('title pr').join(' or '), 'at most 200 tests'],
    [`title eq "${'x'.repeat(5000)}"`, 'at most 4000 characters'],
  ])('refused with what was expected: %s', (text, why) => expect(decide(text)).toContain(why))
})

const nameShape = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,7}$/).filter((name) => !/^(not|and|or)$/i.test(name))
const uriShape = fc.stringMatching(/^[a-z0-9]{1,4}(:[a-z0-9.]{1,5}){0,3}$/).map((rest) => `urn:${rest}`)
const pathShape = (inner: boolean): fc.Arbitrary<AttributePath> =>
  fc.record({
    uri: inner ? fc.constant(undefined) : fc.option(uriShape, { nil: undefined }),
    name: nameShape,
    sub: inner ? fc.constant(undefined) : fc.option(nameShape, { nil: undefined }),
  })
const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).filter((s) => s.isWellFormed()),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
  fc.boolean(),
  fc.constant(null),
)
const testShape = (inner: boolean): fc.Arbitrary<Test> =>
  fc.oneof(
    fc.record({ kind: fc.constant('present' as const), path: pathShape(inner) }),
    fc.record({
      kind: fc.constant('compare' as const),
      path: pathShape(inner),
      op: fc.constantFrom(...comparisons),
      value,
    }),
  )
const filterShape = (inner: boolean): fc.Arbitrary<Filter> =>
  fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      testShape(inner),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        all: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('not' as const), filter: tie('filter') }),
      ...(inner
        ? []
        : [
            fc.record({
              kind: fc.constant('some' as const),
              path: pathShape(false),
              where: filterShape(true),
              test: fc.option(testShape(true), { nil: undefined }),
            }),
          ]),
    ),
  })).filter

test('U9: reading what was printed gives the same filter', () => {
  fc.assert(
    fc.property(filterShape(false), (filter) => {
      const text = print(filter)
      fc.pre(text.length <= 4000)
      const read = parseFilter(text)
      if (isFault(read)) expect(read.detail).toMatch(/within each other/)
      else expect(read).toEqual(filter)
    }),
    { numRuns: 2000 },
  )
})

test('U9: no text makes the reader throw or wander, and no filter the comparison', () => {
  const word = fc.constantFrom(
    'userName',
    'emails',
    '[',
    ']',
    '(',
    ')',
    ' eq ',
    ' and ',
    'not ',
    '"',
    '\\',
    'pr',
    ' ',
    '.',
    'urn:',
    '1e9',
    'null',
  )
  const noise = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.array(word, { maxLength: 60 }).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(noise, (text) => {
      expect(['boolean', 'string']).toContain(typeof decide(text))
    }),
    { numRuns: 5000 },
  )
  const started = performance.now()
  for (const text of [`urn:${':'.repeat(3900)}`, `"${'\\'.repeat(3900)}`, '('.repeat(3999), `${' '.repeat(3900)}x`])
    decide(`userName eq ${text}`.slice(0, 4000))
  expect(performance.now() - started).toBeLessThan(200)
})

describe('U9: what is looked up instead of looked through', () => {
  const keys = ['id', 'externalId', 'userName', 'emails.value']
  test.each<[string, readonly string[] | undefined]>([
    ['userName eq "kim"', ['userName=kim']],
    ['emails eq "k@x"', ['emails.value=k@x']],
    ['emails[type eq "work"].value eq "k@x"', ['emails.value=k@x']],
    ['emails[type eq "work" and value eq "k@x"]', ['emails.value=k@x']],
    ['title pr and externalId eq "7"', ['externalId=7']],
    ['userName eq "a" or id eq "b"', ['userName=a', 'id=b']],
    ['userName eq "a" or title pr', undefined],
    ['not (userName eq "a")', undefined],
    ['userName ne "a"', undefined],
    ['userName sw "a"', undefined],
    [`${ENTERPRISE}:department eq "x"`, undefined],
  ])('%s', (text, wanted) => {
    const filter = parseFilter(text)
    const found = isFault(filter) ? [] : lookupsIn(user, filter, keys)
    expect(found?.map(({ key, value: v }) => `${key}=${v}`)).toEqual(wanted)
  })
})
