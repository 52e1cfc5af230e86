// Tenancies on paper and tables of expectations: what passes, what fails and which statement is named.
import { describe, expect, test } from 'vitest'
import { paperOfStatements } from '../../../src/core/policy/sketch.ts'
import { nobody, stageOf } from '../../../src/core/policy/stage.ts'
import { type Expectation, runTrial, type Trial } from '../../../src/core/policy/trial.ts'
import { catalogue, noon } from './kit.ts'

const paper = (...statements: readonly string[]) =>
  stageOf(paperOfStatements([{ name: 'p', compartment: [], statements }]), nobody, catalogue, new Map())
const row = (differs: Partial<Expectation>): Expectation => ({
  who: ['kim'],
  on: ['web'],
  may: [],
  mayNot: [],
  context: {},
  now: undefined,
  because: undefined,
  ...differs,
})
const person = (...groups: readonly string[]) => ({ kind: 'person' as const, id: undefined, groups, domain: undefined })
const trial = (...expect: readonly Expectation[]): Trial => ({
  now: noon,
  cast: {
    ...nobody,
    subjects: { kim: person('ops', 'partners/staff'), lee: person('nobody-has-this'), ada: person('Administrators') },
  },
  resources: {
    web: { type: 'buckets', id: undefined, compartment: 'prod:web', properties: { owner: 'kim' }, tags: undefined },
    odd: { type: 'bucketz', id: undefined, compartment: undefined, properties: {}, tags: undefined },
    far: { type: 'buckets', id: undefined, compartment: 'elsewhere', properties: {}, tags: undefined },
  },
  expect,
})
const statements = [
  'Allow group Ops to read buckets in compartment Prod',
  'Allow group partners/Staff to use buckets in compartment PROD:Web',
  "Deny group Ops to manage buckets in tenancy where request.networkSource.name != 'office'",
  "Allow group Ops to manage buckets in compartment Prod where request.utc-timestamp.day-of-week = 'sunday'",
]
const results = (...rows: readonly Expectation[]) => runTrial(paper(...statements), trial(...rows))

describe('A14 policy tests', () => {
  test('statements are taken at their word: groups and compartments are there', () => {
    expect(paper(...statements).sketch.faults.flat(2)).toEqual([])
    expect(
      paper('Allow group X to read buckets in compartment id ocid1.c', 'nonsense').sketch.faults[0]?.map(
        (f) => f.length > 0,
      ),
    ).toEqual([false, true])
  })
  test.each<[string, Partial<Expectation>, boolean, string, readonly string[]]>([
    ['granted as expected', { may: ['read'] }, true, 'granted', ['p#1', 'p#2']],
    ['by the statement expected', { may: ['read'], because: 'P#2' }, true, 'granted', ['p#1', 'p#2']],
    ['by another statement', { may: ['read'], because: 'p#3' }, false, 'other-statement', ['p#1', 'p#2']],
    ['denied, expected', { mayNot: ['DeleteBucket'], because: 'p#3' }, true, 'denied-by-policy', ['p#3']],
    ['denied, not expected', { may: ['DeleteBucket'] }, false, 'denied-by-policy', ['p#3']],
    [
      'a fact of the request',
      { mayNot: ['DeleteBucket'], context: { networkSource: { name: 'office' } } },
      true,
      'not-granted',
      ['p#4'],
    ],
    [
      'what nothing grants, nothing decided',
      { mayNot: ['DeleteBucket'], context: { networkSource: { name: 'office' } }, because: 'p#4' },
      false,
      'other-statement',
      ['p#4'],
    ],
    [
      'the clock of a row',
      { may: ['DeleteBucket'], context: { networkSource: { name: 'office' } }, now: noon + 4 * 86_400_000 },
      true,
      'granted',
      ['p#4'],
    ],
    ['granted, not expected', { mayNot: ['GetBucket'] }, false, 'granted', ['p#1', 'p#2']],
    ['the default Administrators', { who: ['ada'], may: ['manage'] }, true, 'granted', ['system:administrators#1']],
  ])('%s', (_, differs, passed, reason, refs) => {
    expect(results(row(differs)).map((r) => [r.passed, r.reason, r.decided.map((d) => d.ref)])).toEqual([
      [passed, reason, refs],
    ])
  })
  test.each<[string, Partial<Expectation>, string]>([
    ['a type', { on: ['odd'] }, 'resource-type-unknown'],
    ['a compartment', { on: ['far'] }, 'compartment-unknown'],
    ['a group', { who: ['lee'] }, 'group-unknown'],
    ['a person', { who: ['toString'] }, 'person-unknown'],
    ['a resource', { on: ['constructor'] }, 'resource-unknown'],
  ])('%s that is misspelt is no No', (_, differs, reason) => {
    expect(results(row({ mayNot: ['read'], ...differs }))).toMatchObject([{ passed: false, reason }])
  })
  test('an action that is misspelt is no No', () => {
    expect(results(row({ mayNot: ['raed'] }))).toMatchObject([{ passed: false, reason: 'action-unknown' }])
  })
  test('everybody is asked everything', () => {
    const all = results(
      row({}),
      row({ who: ['kim', 'ada'], on: ['web', 'far'], may: ['read'], mayNot: ['DeleteBucket'] }),
    )
    expect(all.map((r) => `${r.row} ${r.who} ${r.action} ${r.on}`)).toHaveLength(8)
    expect(all.every((r) => r.row === 2)).toBe(true)
  })
})
