// What must hold for every set of statements, principal and question.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Policy } from '../../../src/core/model/policy.ts'
import { snapshotOf } from '../../../src/core/policy/compile.ts'
import { evaluate, type Verdict } from '../../../src/core/policy/evaluate.ts'
import { explain } from '../../../src/core/policy/explain.ts'
import { ask, catalogue, compartments, groupId, policiesOf, type Request } from './kit.ts'

const groups = ['Administrators', 'Admins', 'Ops', 'Devs', 'Interns'] as const
const types = [
  'instances',
  'volumes',
  'buckets',
  'objects',
  'instance-family',
  'object-family',
  'all-resources',
  'spaceships',
] as const
const verbs = ['inspect', 'read', 'use', 'manage'] as const
const places = [
  'in tenancy',
  'in compartment Prod',
  'in compartment Prod:Web',
  'in compartment Prod:Web:Blue',
  'in compartment Dev',
] as const

const subject = fc.oneof(
  fc.constantFrom('any-user', 'any-group'),
  fc.uniqueArray(fc.constantFrom(...groups), { minLength: 1, maxLength: 2 }).map((g) => `group ${g.join(', ')}`),
)
const action = fc.oneof(
  fc.tuple(fc.constantFrom(...verbs), fc.constantFrom(...types)).map(([v, t]) => `to ${v} ${t}`),
  fc
    .uniqueArray(fc.constantFrom('INSTANCE_READ', 'INSTANCE_UPDATE', 'VOLUME_UPDATE', 'OBJECT_READ', 'NOT_THERE'), {
      minLength: 1,
      maxLength: 3,
    })
    .map((p) => `to {${p.join(', ')}}`),
)
const leaf = fc.constantFrom(
  "request.region = 'iad'",
  "request.region != 'iad'",
  "request.networkSource.name = 'office'",
  "target.bucket.name = 'b*'",
  "target.object.name != 'x'",
  "request.permission != 'INSTANCE_UPDATE'",
  'request.operation = /Attach*/',
  'not request.gateway.id',
  "target.resource.tag.a.b = '*'",
  'target.object.owner = request.user.name',
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
const statement = (kind: 'Allow' | 'Deny'): fc.Arbitrary<string> =>
  fc.tuple(subject, action, fc.constantFrom(...places), where).map(([s, a, p, w]) => `${kind} ${s} ${a} ${p}${w}`)
const lines = fc.array(
  fc.oneof({ weight: 3, arbitrary: statement('Allow') }, { weight: 1, arbitrary: statement('Deny') }),
  { maxLength: 8 },
)

const request: fc.Arbitrary<Request> = fc.record({
  groups: fc.uniqueArray(fc.constantFrom(...groups.slice(1)), { maxLength: 3 }),
  type: fc.constantFrom('instances', 'volumes', 'buckets', 'objects'),
  action: fc.oneof(
    fc.constantFrom(...verbs),
    fc.constantFrom('AttachVolume', 'ListObjects', 'CreateBucket', '{OBJECT_READ, INSTANCE_READ}'),
  ),
  at: fc.constantFrom('', 'Prod', 'Prod:Web', 'Prod:Web:Blue', 'Prod:Db', 'Dev'),
  resource: fc.constantFrom(
    {},
    { name: 'x' },
    { 'target.bucket.name': 'b1', owner: 'kim' },
    { tags: { a: { b: 'c' } } },
  ),
  context: fc.constantFrom(
    {},
    { region: 'us-ashburn-1' },
    { region: 'gru', networkSource: { name: 'office' } },
    { gateway: { id: 'g' } },
  ),
})

const on = (policies: readonly Policy[]) =>
  snapshotOf({ revision: 1, catalogue, compartments, administrators: groupId('Administrators'), policies })
const numbered = (all: readonly string[]): readonly Policy[] => policiesOf(all)
const decide = (policies: readonly Policy[], r: Request): Verdict | undefined => {
  const snapshot = on(policies)
  const question = ask(snapshot, r)
  return typeof question === 'string' ? undefined : evaluate(snapshot, question)
}
const allow = (all: readonly string[], r: Request): boolean => decide(numbered(all), r)?.allow ?? false
const seen = (v: Verdict | undefined): unknown =>
  v && {
    ...v,
    because: v.because.map((c) => c.ref),
    denied: v.denied.map((c) => c.ref),
    undecided: v.undecided.map((c) => c.ref),
  }

const runs = { numRuns: 1500, seed: 42 }
const asProperty = <T extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  holds: (...args: T) => boolean,
  options: fc.Parameters<T> = runs,
): void => fc.assert(fc.property<T>(...arbitraries, holds), options)

test('A4 adding a Deny never allows more', () => {
  asProperty([lines, statement('Deny'), request], (all, deny, r) => !allow([...all, deny], r) || allow(all, r))
})
test('A4 adding an Allow never allows less', () => {
  asProperty([lines, statement('Allow'), request], (all, more, r) => !allow(all, r) || allow([...all, more], r))
})
test('A4 the order of statements has no meaning', () => {
  const shuffled = lines.chain((all) => {
    const policies = numbered(all)
    return fc.tuple(fc.constant(policies), fc.shuffledSubarray([...policies], { minLength: policies.length }))
  })
  fc.assert(
    fc.property(shuffled, request, ([policies, other], r) => {
      expect(seen(decide(other, r))).toEqual(seen(decide(policies, r)))
    }),
    runs,
  )
})
test('A12 explain and the index give the same answer', () => {
  const questions = fc.tuple(lines, request)
  fc.assert(
    fc.property(questions, ([all, r]) => {
      const snapshot = on(numbered(all))
      const question = ask(snapshot, r)
      if (typeof question === 'string') return
      const { judgements, exempt, ...verdict } = explain(snapshot, question)
      const fast = evaluate(snapshot, question)
      expect(seen(verdict)).toEqual(seen(fast))
      // and every statement that decided is said to have matched
      const matched = new Set(judgements.filter((j) => j.result === 'matched').map((j) => j.ref))
      expect([...fast.because, ...(exempt ? [] : fast.denied)].every((c) => matched.has(c.ref))).toBe(true)
    }),
    { ...runs, numRuns: 4000 },
  )
})
test('A1 a family is exactly its members', () => {
  asProperty([lines, fc.constantFrom(...verbs), fc.constantFrom('Allow', 'Deny'), request], (all, verb, kind, r) => {
    const family = `${kind} any-user to ${verb} instance-family in tenancy`
    const members = ['instances', 'volumes'].map((type) => `${kind} any-user to ${verb} ${type} in tenancy`)
    return allow([...all, family], r) === allow([...all, ...members], r)
  })
})
test('A1 a grant moved up to the parent never reduces', () => {
  asProperty([lines, subject, action, request], (all, who, what, r) => {
    const grant = (place: string): string => `Allow ${who} ${what} in ${place}`
    return !allow([...all, grant('compartment Prod:Web')], r) || allow([...all, grant('compartment Prod')], r)
  })
})
test('A4 how statements are split over policies has no meaning', () => {
  const policyWith = (all: readonly Policy[]): readonly Policy[] => {
    const byPlace = Map.groupBy(all, (p) => p.compartmentId)
    return [...byPlace.values()].map((some) => ({
      ...(some[0] as Policy),
      statements: some.flatMap((p) => p.statements),
      bindings: some.flatMap((p) => p.bindings),
    }))
  }
  asProperty([lines, request], (all, r) => {
    const apart = numbered(all)
    return decide(policyWith(apart), r)?.allow === decide(apart, r)?.allow
  })
})
test('A2 a verb allows what it and all below it allow, and denies what it and all above it deny', () => {
  asProperty([lines, subject, fc.constantFrom(...types), fc.nat(3), request], (all, who, type, n, r) => {
    const each = (kind: string, some: readonly string[]) =>
      some.map((verb) => `${kind} ${who} to ${verb} ${type} in tenancy`)
    const verb = verbs[n] ?? 'manage'
    return (
      allow([...all, ...each('Allow', [verb])], r) === allow([...all, ...each('Allow', verbs.slice(0, n + 1))], r) &&
      allow([...all, ...each('Deny', [verb])], r) === allow([...all, ...each('Deny', verbs.slice(n))], r)
    )
  })
})
test('A2 denying `inspect` is denying all four', () => {
  asProperty([lines, subject, fc.constantFrom(...types), request], (all, who, type, r) => {
    const deny = (verb: string) => `Deny ${who} to ${verb} ${type} in tenancy`
    return allow([...all, deny('inspect')], r) === allow([...all, ...verbs.map(deny)], r)
  })
})
test('A4 the administrators are never refused', () => {
  asProperty([lines, request], (all, r) => {
    const verdict = decide(numbered(all), { ...r, groups: [...(r.groups ?? []), 'Administrators'] })
    return verdict === undefined || verdict.allow
  })
})
test('A12 the same for one subject with very many statements, where the index searches instead of looking at all', () => {
  const crowded = fc.array(fc.tuple(action, fc.constantFrom(...places), where), { minLength: 120, maxLength: 200 })
  fc.assert(
    fc.property(crowded, request, ([...all], r) => {
      const snapshot = on(
        numbered(all.map(([a, place, w], n) => `${n % 7 === 0 ? 'Deny' : 'Allow'} any-user ${a} ${place}${w}`)),
      )
      const question = ask(snapshot, r)
      if (typeof question === 'string') return
      const { judgements: _, exempt: __, ...verdict } = explain(snapshot, question)
      expect(seen(verdict)).toEqual(seen(evaluate(snapshot, question)))
    }),
    { numRuns: 60, seed: 42 },
  )
})
