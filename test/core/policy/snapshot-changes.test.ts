// A snapshot that was changed, however often, answers like one that was built of the same policies in one go.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { GroupId, PolicyId } from '../../../src/core/model/ids.ts'
import type { Policy } from '../../../src/core/model/policy.ts'
import {
  building,
  changed,
  type Snapshot,
  snapshotOf,
  type Unit,
  unitOf,
  unitsOf,
} from '../../../src/core/policy/compile.ts'
import { evaluate } from '../../../src/core/policy/evaluate.ts'
import { explain } from '../../../src/core/policy/explain.ts'
import { isWasteful } from '../../../src/core/policy/index-of-clauses.ts'
import { emptyTable } from '../../../src/core/policy/table.ts'
import { treeOf } from '../../../src/core/policy/tree.ts'
import { ask, catalogue, compartments, groupId, policiesOf, type Request } from './kit.ts'

const groups = ['Admins', 'Ops', 'Devs', 'Interns'] as const
const lines = fc
  .array(
    fc
      .tuple(
        fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
        fc.constantFrom('any-user', 'any-group', ...groups.map((g) => `group ${g}`), 'group Ops, Devs'),
        fc.constantFrom('inspect', 'read', 'use', 'manage'),
        fc.constantFrom('instances', 'buckets', 'instance-family', 'all-resources'),
        fc.constantFrom('tenancy', 'compartment Prod', 'compartment Prod:Web', 'compartment Dev'),
        fc.constantFrom('', '', " where request.region = 'iad'"),
      )
      .map(([kind, who, verb, type, place, where]) => `${kind} ${who} to ${verb} ${type} in ${place}${where}`),
    { minLength: 0, maxLength: 4 },
  )
  .map((all) => policiesOf(all))

const policyOf = (id: string, made: readonly Policy[]): Policy => ({
  ...(policiesOf(['Allow any-user to read instances in tenancy'])[0] as Policy),
  id: id as PolicyId,
  statements: made.flatMap((p) => p.statements),
  bindings: made.flatMap((p) => p.bindings),
})

const requests: readonly Request[] = groups.flatMap((group, n) =>
  (['instances', 'volumes', 'buckets'] as const).flatMap((type) =>
    ['', 'Prod', 'Prod:Web:Blue', 'Dev'].map(
      (at): Request => ({
        groups: [group, groups[(n + 1) % groups.length] ?? group],
        type,
        at,
        action: type === 'volumes' ? 'use' : 'read',
        context: n % 2 === 0 ? { region: 'iad' } : {},
      }),
    ),
  ),
)
const said = (on: Snapshot): readonly unknown[] =>
  requests.map((r) => {
    const question = ask(on, r)
    if (typeof question === 'string') throw new Error(question)
    const { allow, because, denied, undecided } = evaluate(on, question)
    const told = explain(on, question)
    expect(told.allow).toBe(allow)
    return [allow, ...[because, denied, undecided].map((clauses) => clauses.map((c) => c.ref))]
  })

const fresh = (policies: Iterable<Policy>, administrators: GroupId | undefined): Snapshot =>
  snapshotOf({ revision: 1, catalogue, compartments, administrators, policies: [...policies] })
const gone = (id: string): Unit => ({ id, compartmentId: '', statements: 0, clauses: [] })

describe('A14 a changed snapshot', () => {
  const steps = fc.array(
    fc.record({
      id: fc.constantFrom('p1', 'p2', 'p3', 'p4', 'p5'),
      put: fc.option(lines, { nil: undefined }),
      administrators: fc.constantFrom('Admins', 'Ops', undefined),
      from: fc.nat({ max: 3 }), // how far back the snapshot is that is changed
    }),
    { minLength: 1, maxLength: 12 },
  )
  test('decides and explains like a fresh one, whatever came, went and was replaced, and the older ones stay as they were', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const first = { policies: new Map<string, Policy>(), administrators: undefined as GroupId | undefined }
        const history = [{ ...first, snapshot: fresh([], undefined) }]
        for (const { id, put, administrators: named, from } of all) {
          const before = history[Math.max(0, history.length - 1 - from)] ?? history[0]
          if (!before) throw new Error('unreachable')
          const policies = new Map(before.policies)
          policies.delete(id)
          if (put) policies.set(id, policyOf(id, put))
          const administrators = named === undefined ? undefined : groupId(named)
          const unit = put ? unitOf(policyOf(id, put), catalogue) : gone(id)
          const snapshot = changed(before.snapshot, { revision: history.length, administrators, units: [unit] })
          history.push({ policies, administrators, snapshot })
        }
        for (const { policies, administrators, snapshot } of history) {
          const other = fresh(policies.values(), administrators)
          expect(said(snapshot)).toEqual(said(other))
          expect(snapshot.clauses.length).toBe(other.clauses.length)
          expect(new Set([...unitsOf(snapshot)].map((u) => u.id))).toEqual(
            new Set([...policies.values()].filter((p) => p.statements.length > 0).map((p) => p.id)),
          )
        }
      }),
      { numRuns: 150, seed: 42 },
    )
  })

  test('several units at once, the last word of each', () => {
    const [a, b] = policiesOf([
      'Allow group Ops to read instances in tenancy',
      'Allow group Devs to read instances in tenancy',
    ]) as [Policy, Policy]
    const units = [unitOf(a, catalogue), unitOf(b, catalogue), gone(a.id)]
    const on = changed(fresh([], undefined), { revision: 2, administrators: undefined, units })
    expect([...unitsOf(on)].map((u) => u.id)).toEqual([b.id])
    expect(on.revision).toBe(2)
  })

  test('other names and tags of the same tree are taken in, and what was placed stays placed', () => {
    const rows = compartments.map((c) => ({ ...c, tags: { 'env.kind': c.name } }))
    const before = fresh(policiesOf(['Allow group Ops to read instances in compartment Prod']), undefined)
    const after = changed(before, { revision: 2, administrators: undefined, units: [], tree: treeOf(rows) })
    expect(after.tree.places.map((p) => p.tags['env.kind'])).toEqual(after.tree.places.map((p) => p.name))
    expect(before.tree.places[0]?.tags).toEqual({})
    expect(said(after)).toEqual(said(before))
  })

  test('one policy is compiled, and the rows of nobody else are written', () => {
    const policies = Array.from({ length: 500 }, (_, n) => ({
      ...policyOf(`p${n}`, policiesOf(['Allow group Ops to read instances in tenancy'])),
      statements: [`Allow group id g${n % 100} to read instances in tenancy`],
      bindings: [{}],
    }))
    const before = fresh(policies, undefined)
    const [one] = policies
    if (!one) throw new Error('unreachable')
    const unit = unitOf({ ...one, statements: ['Allow group id g0 to use instances in tenancy'] }, catalogue)
    const after = changed(before, { revision: 2, administrators: undefined, units: [unit] })
    const spots = [...after.index.spots].filter((spot, n) => spot !== before.index.spots[n])
    expect(spots).toHaveLength(1)
    expect(after.index.ground).toBe(before.index.ground)
  })
})

describe('a subject with very many statements', () => {
  const many = (count: number, from = 0): readonly Policy[] =>
    Array.from({ length: count }, (_, n) => ({
      ...policyOf(`m${from + n}`, []),
      statements: [
        `${n % 9 === 0 ? 'Deny' : 'Allow'} ${n % 3 === 0 ? 'group id g-Ops' : 'any-user'} to ${['inspect', 'read', 'use'][n % 3]} ${['instances', 'buckets', 'all-resources'][n % 3]} in compartment id ${compartments[n % compartments.length]?.id}`,
      ],
      bindings: [{}],
    }))

  test('is built, changed and shrunk like any other', () => {
    const [few, more] = [many(100), many(9000, 100)]
    const built = fresh([...few, ...more], undefined)
    const grown = changed(fresh(few, undefined), {
      revision: 2,
      administrators: undefined,
      units: more.map((p) => unitOf(p, catalogue)),
    })
    const verdicts = (on: Snapshot): readonly unknown[] => said(on).map((s) => JSON.stringify(s))
    expect(verdicts(grown)).toEqual(verdicts(built))
    const shrunk = changed(grown, { revision: 3, administrators: undefined, units: more.map((p) => gone(p.id)) })
    expect(verdicts(shrunk)).toEqual(verdicts(fresh(few, undefined)))
    expect(verdicts(grown)).toEqual(verdicts(built))
  })

  test('is built in parts whose number grows with it: none does everything', () => {
    const parts = (count: number): number => {
      const units = many(count).map((p) => unitOf(p, catalogue))
      const run = building({ revision: 1, catalogue, tree: treeOf(compartments), administrators: undefined, units })
      let n = 0
      while (!run.next().done) n++
      return n
    }
    const [small, large] = [parts(2000), parts(16_000)]
    expect(large).toBeGreaterThanOrEqual(small * 5)
    expect(large).toBeGreaterThan(16)
  })

  test('what changes leave behind is noticed', () => {
    let on = fresh(many(50), undefined)
    expect(isWasteful(on.index)).toBe(false)
    const unit = unitOf(policyOf('x', many(50)), catalogue)
    for (let n = 0; n < 200; n++) on = changed(on, { revision: n + 2, administrators: undefined, units: [unit] })
    expect(isWasteful(on.index)).toBe(true)
    const tried = fresh(many(50), undefined)
    for (let n = 0; n < 200; n++) changed(tried, { revision: 2, administrators: undefined, units: [unit] })
    expect(isWasteful(tried.index)).toBe(true) // also what others left behind who were thrown away
    const run = building({ ...on, units: unitsOf(on) })
    let step = run.next()
    while (!step.done) step = run.next()
    expect(isWasteful(step.value.index)).toBe(false)
    expect(said(step.value)).toEqual(said(on))
  })
})

describe('a table', () => {
  test('is what a map would be, and those it grew out of stay', () => {
    const change = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.option(fc.nat(), { nil: undefined }))
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.array(change, { maxLength: 3 }), fc.nat({ max: 2 }))), (all) => {
        const history = [{ table: emptyTable<number>(), map: new Map<string, number>() }]
        for (const [changes, back] of all) {
          const before = history[Math.max(0, history.length - 1 - back)] ?? history[0]
          if (!before) throw new Error('unreachable')
          const map = new Map(before.map)
          for (const [id, value] of changes) value === undefined ? map.delete(id) : map.set(id, value)
          history.push({ table: before.table.with(changes), map })
        }
        for (const { table, map } of history) {
          expect(table.size).toBe(map.size)
          expect(['a', 'b', 'c', 'd'].map((id) => table.get(id))).toEqual(['a', 'b', 'c', 'd'].map((id) => map.get(id)))
          expect([...table.values()].sort()).toEqual([...map.values()].sort())
        }
      }),
    )
  })

  test('of very many is changed here and there, and what it grew out of stays', () => {
    const ids = Array.from({ length: 1000 }, (_, n) => `id${n}`)
    const first = emptyTable<number>().with(ids.map((id, n) => [id, n]))
    const left = first.with([
      ['id3', -3],
      ['id700', undefined],
      ['more', 1],
    ])
    const right = first.with([...ids.slice(0, 600).map((id): [string, number] => [id, -1]), ['other', 2]])
    expect(ids.map((id) => first.get(id))).toEqual(ids.map((_, n) => n))
    expect([left.size, left.get('id3'), left.get('id700'), left.get('id999'), left.get('other')]).toEqual([
      1000,
      -3,
      undefined,
      999,
      undefined,
    ])
    expect([right.size, right.get('id3'), right.get('id700'), right.get('more'), right.get('other')]).toEqual([
      1001,
      -1,
      700,
      undefined,
      2,
    ])
    expect([...left.values()]).toHaveLength(1000)
  })

  test('forgets ids that nobody has any more', () => {
    let table = emptyTable<number>().with([['kept', 1]])
    const first = table
    for (let n = 0; n < 5000; n++) table = table.with([[`id${n}`, n]]).with([[`id${n}`, undefined]])
    expect([...table.entries()]).toEqual([['kept', 1]])
    expect([first.get('kept'), first.size, table.get('id7')]).toEqual([1, 1, undefined])
  })
})
