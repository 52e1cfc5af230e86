// Random statements of every kind for the tenancies of the reference tests: what may be written in `t` about itself and about the other.
import fc from 'fast-check'
import type { Line } from './reference-facts.ts'

const verb = fc.constantFrom('inspect', 'read', 'use', 'manage')
const type = fc.constantFrom(
  'instances',
  'volumes',
  'buckets',
  'objects',
  'instance-family',
  'object-family',
  'all-resources',
  'spaceships',
)
const permission = fc.constantFrom('INSTANCE_READ', 'INSTANCE_UPDATE', 'VOLUME_UPDATE', 'OBJECT_READ', 'NOT_THERE')
const action = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(verb, type).map(([v, t]) => `to ${v} ${t}`) },
  { weight: 2, arbitrary: fc.constantFrom('to manage all-resources', 'to use all-resources') },
  {
    weight: 1,
    arbitrary: fc.uniqueArray(permission, { minLength: 1, maxLength: 3 }).map((p) => `to {${p.join(', ')}}`),
  },
)
const leaf = fc.constantFrom(
  "request.region = 'iad'",
  "request.region != 'us-*'",
  "request.region in ('gru', 'us-ashburn-1')",
  "request.networkSource.name = 'office'",
  "request.networkSource.name not in ('office', /home*/)",
  "target.bucket.name = 'B*'",
  "target.object.name != 'x'",
  "request.permission != 'INSTANCE_UPDATE'",
  'request.operation = /Attach*/',
  'not request.gateway.id',
  "any { not request.gateway.id, request.gateway.type != 'psa' }",
  "target.resource.tag.a.b = '*'",
  "target.resource.tag.a.b not in ('c', request.principal.type)",
  'target.todo.owner = request.user.name',
  "target.resource.compartment.tag.ops.env = 'PROD'",
  'target.resource.compartment.tag.ops.env = request.principal.group.tag.ops.env',
  'target.resource.compartment.tag.ops.env != request.principal.compartment.tag.ops.env',
  'target.compartment.id = request.principal.compartment.id',
  "request.principal.type != 'user'",
  "request.principal.type in ('instance', 'fnfunc')",
  "request.principal.namespace = 'shop'",
  "sets-intersect(request.groups.id, ('acme-g-Ops', 'partner-g-Devs'))",
  "sets-equal(request.groups.id, ('acme-g-*'))",
  "sets-intersect(target.resource.tag.a.b, ('c', 'd'))",
  "request.utc-timestamp before '2030-06-01Z'",
  "request.utc-timestamp.time-of-day between '22:00:00Z' and '06:00:00Z'",
  "request.utc-timestamp.day-of-week in ('saturday', 'sunday')",
)
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2 },
    leaf,
    fc
      .tuple(fc.constantFrom('any', 'all'), fc.array(tie('condition'), { minLength: 1, maxLength: 3 }))
      .map(([q, l]) => `${q} { ${l.join(', ')} }`),
  ),
}))
const where = fc.oneof(
  { weight: 2, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: condition.map((c) => ` where ${c}`) },
)
const own = fc.constantFrom(
  'any-user',
  'any-user',
  'any-group',
  'group Ops',
  'group Devs, Default/Admins',
  'group id acme-g-Ops',
  'dynamic-group Fleet',
  'dynamic-group Blues, fleet',
  'service Streaming, OKE',
  'resource vrp VirtualResource',
)
export type Written = Omit<Line, 'ref'>
const place = fc.constantFrom(
  ['root', 'tenancy'],
  ['root', 'compartment Prod'],
  ['root', 'compartment Prod:web'],
  ['root', 'compartment Prod:Web:Blue:Green:Deep:End'],
  ['Prod', 'compartment Prod'],
  ['Web', 'compartment blue:Green'],
  ['root', 'compartment Dev'],
)
export const grant = (t: string): fc.Arbitrary<Written> =>
  fc.tuple(fc.constantFrom('Allow', 'Deny'), own, action, place, where).map(([kind, who, what, [at, place], w]) => ({
    at: `${t}-${at}`,
    text: `${kind} ${who.replace('acme', t)} ${what} in ${place}${w}`,
  }))
export const assignment = (t: string): fc.Arbitrary<Written> =>
  fc.tuple(fc.constantFrom('kim', 'robot'), action, place, where).map(([only, what, [at, place], w]) => ({
    at: `${t}-${at}`,
    text: `Allow any-user ${what} in ${place}${w}`,
    only,
  }))
const deny = fc.constantFrom('', '', '', 'Deny ')
export const endorse = (t: string): fc.Arbitrary<Written> =>
  fc
    .tuple(
      deny,
      own,
      action,
      fc.constantFrom(
        'any-tenancy',
        'tenancy T2',
        'compartment Far of tenancy T2',
        'compartment id nowhere of tenancy T2',
      ),
      where,
    )
    .map(([d, who, what, at, w]) => ({
      at: `${t}-root`,
      text: `${d}Endorse ${who.replace('acme', t)} ${what} in ${at}${w}`,
    }))
export const admit = (t: string): fc.Arbitrary<Written> =>
  fc
    .tuple(
      deny,
      fc.constantFrom(
        'any-user of any-tenancy',
        'any-user of tenancy T2',
        'any-group of tenancy T2',
        'group Theirs of tenancy T2',
        'group Theirs',
        'dynamic-group Machines of tenancy T2',
        'service oke of tenancy T2',
      ),
      action,
      fc.constantFrom('tenancy', 'compartment Prod', 'compartment Prod:Web'),
      where,
    )
    .map(([d, who, what, at, w]) => ({ at: `${t}-root`, text: `${d}admit ${who} ${what} in ${at}${w}` }))
