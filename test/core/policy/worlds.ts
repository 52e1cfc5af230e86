// Random statements with random questions to them, for properties that need facts to be said, kept back, or unsayable.
import fc from 'fast-check'
import type { Policy } from '../../../src/core/model/policy.ts'
import { type Snapshot, snapshotOf } from '../../../src/core/policy/compile.ts'
import type { Ask } from '../../../src/core/policy/question.ts'
import { ask, catalogue, compartments, groupId, policiesOf } from './kit.ts'

export const groups = ['Admins', 'Ops', 'Devs', 'Interns'] as const
const subject = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('any-user', 'any-group') },
  fc.uniqueArray(fc.constantFrom(...groups), { minLength: 1, maxLength: 2 }).map((g) => `group ${g.join(', ')}`),
)
const action = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('inspect', 'read', 'manage', 'manage'),
      fc.constantFrom('instances', 'todos', 'instance-family', 'all-resources', 'all-resources'),
    )
    .map(([v, t]) => `to ${v} ${t}`),
  fc
    .uniqueArray(fc.constantFrom('INSTANCE_READ', 'INSTANCE_UPDATE', 'VOLUME_UPDATE', 'TODO_READ'), {
      minLength: 1,
      maxLength: 3,
    })
    .map((p) => `to {${p.join(', ')}}`),
)
const place = fc.constantFrom(
  'in tenancy',
  'in tenancy',
  'in compartment Prod',
  'in compartment Prod:Web',
  'in compartment Prod:Db',
  'in compartment Dev',
)
const leaf = fc.constantFrom(
  "request.region = 'iad'",
  "request.region != 'iad'",
  "request.networkSource.name = 'off*'",
  "request.networkSource.name in ('office', 'lab')",
  "target.todo.owner = 'kim'",
  'target.todo.owner = request.user.name',
  'target.todo.owner != request.user.name',
  'request.user.name = target.todo.owner',
  "request.user.name in (target.todo.owner, 'lee')",
  'request.user.name not in (target.todo.owner, target.todo.name)',
  "target.todo.owner not in (request.user.name, 'lee')",
  'sets-intersect(target.todo.owner, request.user.name)',
  'sets-equal(request.user.name, target.todo.owner)',
  "sets-intersect(target.todo.owner, ('kim', 'l*'))",
  "request.permission != 'INSTANCE_UPDATE'",
  'request.operation = /Attach*/',
  'not request.gateway.id',
  'request.gateway.id',
  "target.resource.tag.a.b = '*'",
  "target.compartment.name = 'Web'",
  "request.utc-timestamp before '2030-01-17Z'",
  'target.instance.shape = request.region',
)
export const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2 },
    leaf,
    fc
      .tuple(fc.constantFrom('any', 'all'), fc.array(tie('condition'), { minLength: 1, maxLength: 3 }))
      .map(([q, l]) => `${q} { ${l.join(', ')} }`),
  ),
}))
const where = fc.oneof(
  { weight: 1, arbitrary: fc.constant('') },
  { weight: 2, arbitrary: condition.map((c) => ` where ${c}`) },
)
export const statement = (kind: 'Allow' | 'Deny'): fc.Arbitrary<string> =>
  fc.tuple(subject, action, place, where).map(([s, a, p, w]) => `${kind} ${s} ${a} ${p}${w}`)
export const lines = fc.array(
  fc.oneof({ weight: 3, arbitrary: statement('Allow') }, { weight: 1, arbitrary: statement('Deny') }),
  { minLength: 1, maxLength: 7 },
)

export type Facts = { readonly [name: string]: string | readonly string[] }
/** What may be said about a question, each fact or not. */
const facts: fc.Arbitrary<Facts> = fc.record(
  {
    'request.region': fc.constantFrom('us-ashburn-1', 'gru'),
    'request.networkSource.name': fc.constantFrom('office', 'home', 'lab'),
    'request.gateway.id': fc.constantFrom('g1'),
    'target.todo.owner': fc.oneof(fc.constantFrom('kim', 'lee', '*'), fc.constant(['kim', 'lee'])),
    'target.todo.name': fc.constantFrom('kim', 'milk'),
    'target.instance.shape': fc.constantFrom('us-ashburn-1', 'small'),
    'target.resource.tag.a.b': fc.constantFrom('c'),
  },
  { requiredKeys: [] },
)
const few = fc
  .tuple(facts, fc.subarray(['request.region', 'request.networkSource.name', 'target.todo.owner'], { maxLength: 1 }))
  .map(([all, kept]) => Object.fromEntries(Object.entries(all).filter(([name]) => kept.includes(name))))

export type Setting = {
  readonly who: readonly string[]
  readonly user: string
  readonly type: string
  readonly action: string
  readonly at: string
  readonly known: Facts
  readonly more: Facts
}
export const setting: fc.Arbitrary<Setting> = fc.record({
  who: fc.uniqueArray(fc.constantFrom(...groups), { minLength: 1, maxLength: 3 }),
  user: fc.constantFrom('kim', 'lee', 'a*b'),
  type: fc.constantFrom('instances', 'todos', 'todos'),
  action: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom('inspect', 'read', 'read', '{TODO_READ}', '{INSTANCE_UPDATE, INSTANCE_READ}'),
    },
    fc.constantFrom('AttachVolume', 'ListInstances', 'CreateInstance'),
  ),
  at: fc.constantFrom('Prod', 'Prod:Web', 'Prod:Web:Blue', 'Dev'),
  known: few,
  more: facts,
})

export const on = (policies: readonly Policy[]): Snapshot =>
  snapshotOf({ revision: 1, catalogue, compartments, administrators: groupId('Administrators'), policies })
export const snapshotWith = (all: readonly string[]): Snapshot => on(policiesOf(all))

/** Only what has a meaning for the question: the catalogue says that the rest is not there. */
const meaningful = (type: string, all: Facts): Facts => {
  const noun = catalogue.types.get(type)?.noun
  return Object.fromEntries(
    Object.entries(all).filter(
      ([name]) => !name.startsWith('target.') || name.startsWith('target.resource.') || name.split('.')[1] === noun,
    ),
  )
}
/** Undefined: nobody can ask this. */
export const asking = (snapshot: Snapshot, { who, user, type, action, at }: Setting, said: Facts): Ask | undefined => {
  const asked = ask(snapshot, {
    groups: who,
    user,
    type,
    action,
    at,
    resource: meaningful(type, Object.fromEntries(Object.entries(said).filter(([n]) => n.startsWith('target.')))),
    context: Object.fromEntries(Object.entries(said).filter(([n]) => n.startsWith('request.'))),
  })
  return typeof asked === 'string' ? undefined : asked
}
