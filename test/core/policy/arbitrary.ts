// Random statements and matching rules, over every production of the language, as trees. How a hand might have written them is writer.ts.
import fc from 'fast-check'
import type {
  Action,
  Admit,
  Condition,
  FarPlace,
  Name,
  Place,
  Principal,
  Rule,
  RuleTest,
  Statement,
  Subject,
  Test,
  Value,
  VariableValue,
} from '../../../src/core/policy/ast.ts'
import { textOf } from './writer.ts'

const named = (text: string): Name => ({ text, at: 0 })
const list = <T>(one: fc.Arbitrary<T>, maxLength = 3) => fc.array(one, { minLength: 1, maxLength })
const some = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined })

// the last character in quotes is never `\`: that would be an escaped quote
const free = fc.string({ maxLength: 10, unit: 'grapheme' }).filter((s) => !s.endsWith('\\'))
const odd = fc.constantFrom(
  'Dev Ops',
  "O'Brien's",
  'a/b',
  '관리자 그룹',
  'größe',
  'x\\y',
  '\\\\host\\share',
  "\\'",
  'to',
  'where',
  'id',
  'IN',
  'A:B',
  `$${'{var.name}'}`,
  '<ocid>',
  '%s',
  '{{ name }}',
  '# not a comment',
  '// neither',
  ' lead and trail ',
  'two\nlines',
  ', } ) =',
  '*',
  'prod/*',
  '💥',
)
const bare = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9._-]{1,12}$/),
  fc.constantFrom('grp-lz-prod-admins', 'local_group_name', 'A', '2.subnet', 'ocid1.group.oc1..aaa'),
)
const names = fc
  .oneof({ weight: 3, arbitrary: bare }, odd, free)
  .filter((s) => s !== '')
  .map(named)
const ids = fc
  .oneof(
    fc.stringMatching(/^ocid1\.[a-z]{3,8}\.oc1\.[a-z]{0,3}\.[a-z0-9]{1,20}$/),
    fc.stringMatching(/^[\w@:+$.-]{1,9}$/),
  )
  .map(named)
const texts = fc.oneof({ weight: 2, arbitrary: bare }, odd, free).map(named)

const principals: fc.Arbitrary<Principal> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('name' as const), domain: some(names), name: names }),
  },
  fc.record({ kind: fc.constant('id' as const), id: ids }),
)
const subjects: fc.Arbitrary<Subject> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('group' as const), principals: list(principals, 10) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('dynamic-group' as const), principals: list(principals) }) },
  fc.constantFrom<Subject>({ kind: 'any-user' }, { kind: 'any-group' }),
  fc.record({ kind: fc.constant('service' as const), names: list(names) }),
  fc.record({ kind: fc.constant('resource' as const), words: list(names) }),
)

const types = fc.constantFrom('users', 'all-resources', 'virtual-network-family', 'work-requests', 'x_1').map(named)
const permissions = fc.constantFrom('USER_READ', 'OBJECT_DELETE', 'FILE_SYSTEM_NFSV3_UNEXPORT', 'A').map(named)
const actionOf = (verbs: fc.Arbitrary<(Action & { kind: 'verb' })['verb']>): fc.Arbitrary<Action> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('verb' as const), verb: verbs, resourceType: types }) },
    fc.record({
      kind: fc.constant('permissions' as const),
      permissions: list(permissions, 4),
      resourceType: some(types),
    }),
  )
const near = actionOf(fc.constantFrom('inspect', 'read', 'use', 'manage'))
const far = actionOf(fc.constantFrom('inspect', 'read', 'use', 'manage', 'associate'))

const path = list(names, 6)
const places: fc.Arbitrary<Place> = fc.oneof(
  fc.constant<Place>({ kind: 'tenancy' }),
  fc.record({ kind: fc.constant('compartment' as const), path }),
  fc.record({ kind: fc.constant('compartment-id' as const), id: ids }),
)
const farPlaces: fc.Arbitrary<FarPlace> = fc.oneof(
  fc.constant<FarPlace>({ kind: 'any-tenancy' }),
  fc.record({ kind: fc.constant('tenancy' as const), name: some(names) }),
  fc.record({ kind: fc.constant('compartment' as const), path, of: some(names) }),
  fc.record({ kind: fc.constant('compartment-id' as const), id: ids, of: some(names) }),
)

const segment = fc.stringMatching(/^[A-Za-z0-9_@:-]{1,8}$/)
const variables = fc.oneof(
  fc.constantFrom(
    'request.user.name',
    'request.permission',
    'request.principal.type',
    'request.utc-timestamp',
    'target.bucket.name',
    'target.resource.compartment.tag.a-b.c@d',
    'request.operation',
  ),
  fc.tuple(fc.constantFrom('request', 'target'), list(segment)).map(([first, rest]) => [first, ...rest].join('.')),
)
const variableNames = variables.map(named)
const otherVariable: fc.Arbitrary<VariableValue> = variables.map((text) => ({ kind: 'variable', text, at: 0 }))
const kindOf = <K extends string>(kind: K) => ({ kind: fc.constant(kind), at: fc.constant(0) })
const values: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: texts.map(({ text }): Value => ({ kind: 'text', text, at: 0 })) },
  fc.record({
    ...kindOf('pattern'),
    text: fc.oneof(fc.constantFrom('*DELETE*', 'HR*', '*', 'a/b*', 'sandbox', ''), free),
  }),
  otherVariable,
  fc.record({
    ...kindOf('bare'),
    text: fc.constantFrom('true', 'KEY_OCID', 'module.key_0.ocid', '2.subnet.id', 'ocid1:x'),
  }),
)
const tests: fc.Arbitrary<Test> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('compare' as const),
      variable: variableNames,
      operator: fc.constantFrom('=' as const, '!=' as const),
      value: values,
    }),
  },
  fc.record({
    kind: fc.constant('in' as const),
    variable: variableNames,
    negated: fc.boolean(),
    values: list(values),
  }),
  fc.record({ kind: fc.constantFrom('before' as const, 'after' as const), variable: variableNames, instant: texts }),
  fc.record({ kind: fc.constant('between' as const), variable: variableNames, from: texts, to: texts }),
  fc.record({ kind: fc.constantFrom('absent' as const, 'present' as const), variable: variableNames }),
  fc.record({
    kind: fc.constant('sets' as const),
    operator: fc.constantFrom('intersect' as const, 'equal' as const),
    variable: variableNames,
    other: fc.oneof(otherVariable, list(texts)),
  }),
)
const quantifier = fc.constantFrom('any' as const, 'all' as const)
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    tests,
    fc.record({ kind: fc.constant('group' as const), quantifier, of: list(tie('condition'), 4) }),
  ),
}))
const partners = fc.record({ resourceType: types, place: farPlaces })
const deny = fc.boolean()

/** Somewhere here; where two resources are joined, the first may be elsewhere. */
const admits: fc.Arbitrary<Admit> = fc
  .record({
    kind: fc.constant('admit' as const),
    deny,
    subject: subjects,
    of: some(
      fc.oneof(
        fc.constant({ kind: 'any-tenancy' as const }),
        fc.record({ kind: fc.constant('tenancy' as const), name: names }),
      ),
    ),
    action: far,
    here: places,
    elsewhere: farPlaces,
    partner: some(partners),
    where: some(condition),
  })
  .map(({ here, elsewhere, ...admit }) => {
    const near: FarPlace = here.kind === 'tenancy' ? { ...here, name: undefined } : { ...here, of: undefined }
    return { ...admit, place: admit.action.kind === 'verb' && admit.action.verb === 'associate' ? elsewhere : near }
  })

export const statementTree: fc.Arbitrary<Statement> = fc.oneof(
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constantFrom('allow' as const, 'deny' as const),
      subject: subjects,
      action: near,
      place: places,
      where: some(condition),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('endorse' as const),
      deny,
      subject: subjects,
      action: far,
      place: farPlaces,
      partner: some(partners),
      where: some(condition),
    }),
  },
  { weight: 2, arbitrary: admits },
  fc.record({
    kind: fc.constant('define' as const),
    what: fc.constantFrom('tenancy' as const, 'group' as const, 'dynamic-group' as const, 'compartment' as const),
    name: names,
    id: ids,
  }),
)

const comparison = fc.constantFrom('=' as const, '!=' as const)
const ruleTests: fc.Arbitrary<RuleTest> = fc.oneof(
  fc.record({
    kind: fc.constant('fact' as const),
    variable: fc
      .constantFrom('instance.id', 'instance.compartment.id', 'resource.id', 'resource.compartment.id', 'resource.type')
      .map(named),
    operator: comparison,
    value: texts,
  }),
  fc.record({
    kind: fc.constant('tag' as const),
    namespace: segment,
    key: segment,
    at: fc.constant(0),
    value: some(fc.record({ operator: comparison, text: texts })),
  }),
)
export const { ruleTree } = fc.letrec<{ ruleTree: Rule }>((tie) => ({
  ruleTree: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    ruleTests,
    fc.record({ kind: fc.constant('group' as const), quantifier, of: list(tie('ruleTree'), 4) }),
  ),
}))

/** A tree, and one of the many ways to write it. */
export const written = fc
  .tuple(statementTree, fc.nat())
  .map(([tree, hand]) => ({ tree, text: textOf.statement(tree, hand) }))
export const writtenRule = fc.tuple(ruleTree, fc.nat()).map(([tree, hand]) => ({ tree, text: textOf.rule(tree, hand) }))
export const statementText: fc.Arbitrary<string> = written.map(({ text }) => text)
