// What a decision is, row by row: ladders, inheritance, attachment, Deny, system policies, catalogue.
import { describe, expect, test } from 'vitest'
import { snapshotOf } from '../../../src/core/policy/compile.ts'
import { evaluate } from '../../../src/core/policy/evaluate.ts'
import { ask, catalogue, catalogueFaults, compartments, decide, explained, may, policiesOf, snapshot } from './kit.ts'

const verbs = ['inspect', 'read', 'use', 'manage'] as const
const kept = (lines: readonly string[], type: string, at: string, groups: readonly string[]): string =>
  verbs.filter((action) => may(lines, { groups, action, type, at })).join(' ')

test('the catalogue of these tests has no fault', () => expect(catalogueFaults).toEqual([]))

describe('A2 the ladder of Allow', () => {
  test.for([
    ['inspect', 'inspect'],
    ['read', 'inspect read'],
    ['use', 'inspect read use'],
    ['manage', 'inspect read use manage'],
  ] as const)('allow %s gives %s', ([verb, gives]) => {
    expect(kept([`Allow group Devs to ${verb} instances in tenancy`], 'instances', 'Prod', ['Devs'])).toBe(gives)
  })
})

describe('A2 the inverted ladder of Deny', () => {
  test.for([
    ['manage', 'Deny group Devs to manage instance in compartment Prod', 'inspect read use'],
    ['use', 'Deny group Devs to use instance in compartment Prod', 'inspect read'],
    ['read', 'Deny group Devs to read instance in compartment Prod', 'inspect'],
    ['inspect', 'Deny group Devs to inspect instance in compartment Prod', ''],
  ] as const)('deny %s', ([, deny, keeps]) => {
    const lines = ['Allow group Devs to manage all-resources in tenancy', deny]
    expect(kept(lines, 'instances', 'Prod', ['Devs'])).toBe(keeps)
    expect(kept(lines, 'instances', 'Dev', ['Devs'])).toBe('inspect read use manage')
  })
  test('deny of a permission removes only that one', () => {
    const lines = ['Allow group Devs to manage buckets in tenancy', 'Deny group Devs to {BUCKET_DELETE} in tenancy']
    const run = (action: string) => may(lines, { groups: ['Devs'], action, type: 'buckets' })
    expect([run('DeleteBucket'), run('CreateBucket'), run('manage'), run('use')]).toEqual([false, true, false, true])
  })
})

describe('A1 who, what and where', () => {
  const base = { groups: ['Devs'], action: 'GetInstance', type: 'instances', at: 'Prod:Web' }
  test.for([
    ['a group', 'Allow group Devs to read instances in tenancy', true],
    ['one of several groups', 'Allow group Ops, Devs to read instances in tenancy', true],
    ['another group', 'Allow group Ops to read instances in tenancy', false],
    ['a group of its domain', 'Allow group Default/Devs to read instances in tenancy', true],
    ['a group by id', 'Allow group id g-Devs to read instances in tenancy', true],
    ['any user', 'Allow any-user to read instances in tenancy', true],
    ['any group', 'Allow any-group to read instances in tenancy', true],
    ['a family', 'Allow group Devs to read instance-family in tenancy', true],
    ['another family', 'Allow group Devs to read object-family in tenancy', false],
    ['all resources', 'Allow group Devs to read all-resources in tenancy', true],
    ['an alias', 'Allow group Devs to read instance in tenancy', true],
    ['the permission itself', 'Allow group Devs to {INSTANCE_READ} in tenancy', true],
    ['another permission', 'Allow group Devs to {INSTANCE_INSPECT} in tenancy', false],
    ['a type nobody defined yet', 'Allow group Devs to manage spaceships in tenancy', false],
    ['the compartment above', 'Allow group Devs to read instances in compartment Prod', true],
    ['the compartment by path', 'Allow group Devs to read instances in compartment Prod:Web', true],
    ['the compartment by id', 'Allow group Devs to read instances in compartment id c-Web', true],
    ['without case', 'allow GROUP devs to READ Instances in compartment pRoD:wEb', true],
    ['the compartment below', 'Allow group Devs to read instances in compartment Prod:Web:Blue', false],
    ['a sibling', 'Allow group Devs to read instances in compartment Prod:Db', false],
    ['attached below, by bare name of itself', '@Web Allow group Devs to read instances in compartment Web', true],
    ['attached below, its child', '@Prod Allow group Devs to read instances in compartment Web', true],
    ['attached below, deeper', '@Prod Allow group Devs to read instances in compartment Web:Blue', false],
  ] as const)('%s', ([, statement, allowed]) => {
    expect(may([statement], base)).toBe(allowed)
  })
  test('U1 without any statement, nothing; without any group, not even what any-group may', () => {
    expect(may([], base)).toBe(false)
    expect(may(['Allow any-group to read instances in tenancy'], { ...base, groups: [] })).toBe(false)
    expect(may(['Allow any-user to read instances in tenancy'], { ...base, groups: [] })).toBe(true)
  })
  test('U5 permissions of several groups and statements add up', () => {
    const lines = ['Allow group Devs to use instances in compartment Prod', 'Allow group Ops to use volumes in tenancy']
    const attach = { action: 'AttachVolume', type: 'instances', at: 'Prod' }
    expect(may(lines, { ...attach, groups: ['Devs', 'Ops'] })).toBe(true)
    expect(may(lines, { ...attach, groups: ['Devs'] })).toBe(false)
    expect(decide(lines, { ...attach, groups: ['Devs', 'Ops'] }).because.map((c) => c.ref)).toEqual(['p1#1', 'p2#1'])
    expect(decide(lines, { ...attach, groups: ['Devs'] }).permissions).toEqual([
      { permission: 'INSTANCE_UPDATE', outcome: 'granted' },
      { permission: 'VOLUME_UPDATE', outcome: 'not-granted' },
    ])
  })
  test('a level that adds nothing needs nothing more: read of volumes is inspect', () => {
    expect(kept(['Allow group Devs to inspect volumes in tenancy'], 'volumes', '', ['Devs'])).toBe('inspect read')
  })
})

describe('A4 Deny first', () => {
  test.for([
    [
      'deny at the root against an allow below',
      ['Allow group Devs to manage instances in compartment Prod', 'Deny group Devs to use instance-family in tenancy'],
      false,
    ],
    [
      'deny below against an allow at the root',
      [
        'Allow group Devs to manage all-resources in tenancy',
        '@Web Deny any-user to inspect instances in compartment Web',
      ],
      false,
    ],
    [
      'deny first in the list',
      ['Deny group Devs to use instances in tenancy', 'Allow group Devs to manage instances in tenancy'],
      false,
    ],
    [
      'deny of one group, allow of the other',
      ['Allow group Ops to manage instances in tenancy', 'Deny group Devs to use instances in tenancy'],
      false,
    ],
    [
      'deny of a group one is not in',
      ['Allow group Ops to manage instances in tenancy', 'Deny group Interns to use instances in tenancy'],
      true,
    ],
    [
      'deny of a sibling',
      ['Allow group Devs to manage instances in tenancy', 'Deny group Devs to use instances in compartment Prod:Db'],
      true,
    ],
    ['deny alone', ['Deny group Devs to manage instances in tenancy'], false],
  ] as const)('%s', ([, lines, allowed]) => {
    expect(may(lines, { groups: ['Devs', 'Ops'], action: 'UpdateInstance', type: 'instances', at: 'Prod:Web' })).toBe(
      allowed,
    )
  })
  test('Interns are blocked while Admins manage', () => {
    const lines = [
      'Deny group Interns to use instance in compartment Finance',
      'Allow group Admins to manage all-resources in compartment Finance',
    ]
    expect(kept(lines, 'instances', 'Finance', ['Admins'])).toBe('inspect read use manage')
    expect(kept(lines, 'instances', 'Finance', ['Admins', 'Interns'])).toBe('inspect read')
  })
  test('members of the default Administrators may do everything, a tenancy-wide Deny notwithstanding', () => {
    const lines = ['Deny any-user to inspect all-resources in tenancy']
    for (const action of ['manage', 'DeleteGroup']) {
      const verdict = decide(lines, { groups: ['Administrators'], action, type: 'groups', at: 'Prod:Web:Blue' })
      expect(verdict).toMatchObject({ allow: true, reason: 'granted', denied: [] })
      expect(verdict.because.map((c) => c.ref)).toEqual(['system:administrators#1'])
    }
    expect(may(lines, { groups: ['Admins'], action: 'inspect', type: 'groups' })).toBe(false)
    // Administrators of another domain are an ordinary group
    expect(
      may(['Allow group partners/Administrators to manage groups in tenancy', ...lines], {
        groups: ['g-partners-Administrators'],
        action: 'read',
        type: 'groups',
      }),
    ).toBe(false)
  })
  test('a row that calls itself system is not above Deny', () => {
    const [allow] = policiesOf(['Allow group Devs to manage groups in tenancy'])
    const [, deny] = policiesOf([
      'Allow group Ops to read groups in tenancy',
      'Deny group Devs to inspect groups in tenancy',
    ])
    if (!allow || !deny) throw new Error('unreachable')
    const on = snapshotOf({
      revision: 1,
      catalogue,
      compartments,
      administrators: undefined,
      policies: [{ ...allow, system: true }, deny],
    })
    const question = ask(on, { groups: ['Devs'], action: 'read', type: 'groups' })
    if (typeof question === 'string') throw new Error(question)
    expect(evaluate(on, question)).toMatchObject({ allow: false, reason: 'denied-by-policy' })
  })
})

describe('A6 attachment', () => {
  test('a compartment that moved away leaves the old parent’s policies behind', () => {
    const lines = [
      '@Prod Allow group Devs to read instances in compartment Web',
      '@Prod Deny group Ops to read instances in compartment Web',
    ]
    const moved = compartments.map((c) => (c.name === 'Web' ? { ...c, parentId: 'c-Dev' as typeof c.id } : c))
    const on = snapshot(lines, moved)
    const question = ask(on, { groups: ['Devs'], action: 'read', type: 'instances', at: 'Dev:Web' })
    if (typeof question === 'string') throw new Error(question)
    expect(evaluate(on, question).allow).toBe(false)
    expect(on.clauses.map((c) => c.covers)).toEqual([0, 0, 'moved-away', 'moved-away'])
  })
  test('a deleted group or compartment takes its statements with it', () => {
    const on = snapshot(
      ['Allow group Devs to read instances in compartment Dev'],
      compartments.filter((c) => c.name !== 'Dev'),
    )
    expect(on.clauses[2]?.covers).toBe('compartment-gone')
  })
})

describe('what a question names must exist', () => {
  test.for([
    [{ action: 'read', type: 'spaceships' }, 'resource-type-unknown'],
    [{ action: 'frobnicate', type: 'instances' }, 'action-unknown'],
    [{ action: 'GetBucket', type: 'instances' }, 'action-unknown'],
    [{ action: '{INSTANCE_READ, NOPE}', type: 'instances' }, 'action-unknown'],
    [{ action: '{}', type: 'instances' }, 'action-unknown'],
    [{ action: 'read', type: 'instances', at: 'Prod:Nowhere' }, 'compartment-unknown'],
    [{ action: 'read', type: 'instances', at: 'Web' }, 'compartment-unknown'],
    [{ action: 'read', type: 'instances', resource: { compartment: 7 } }, 'compartment-unknown'],
    [{ action: 'toString', type: 'instances' }, 'action-unknown'],
    [{ action: 'read', type: '__proto__' }, 'resource-type-unknown'],
  ] as const)('%j: %s', ([request, reason]) => {
    expect(ask(snapshot(['Allow any-user to manage all-resources in tenancy']), request)).toBe(reason)
  })
  test('an action for which nothing is needed is no action: inspect of a type whose permissions begin higher', () => {
    const lines = ['Allow any-user to manage switches in tenancy']
    expect(may(lines, { action: 'manage', type: 'switches' })).toBe(true)
    expect(ask(snapshot(lines), { action: 'inspect', type: 'switches' })).toBe('action-unknown')
  })
  test('a compartment named like another one’s id stands for neither', () => {
    const rows = [
      ...compartments,
      {
        id: 'c-evil' as (typeof compartments)[0]['id'],
        name: 'c-Dev',
        parentId: 'c-acme' as (typeof compartments)[0]['id'],
      },
    ]
    expect(ask(snapshot([], rows), { action: 'read', type: 'instances', at: 'c-Dev' })).toBe('compartment-unknown')
  })
})

describe('A12 explain', () => {
  const lines = [
    'Allow group Ops to read instances in tenancy',
    'Allow group Devs to read instances in compartment Dev',
    'Allow group Devs to read buckets in tenancy',
    'Allow group Devs to inspect instances in tenancy',
    "Allow group Devs to read instances in tenancy where all { request.region = 'iad', target.bucket.name = 'b', request.user.name = 'lee' }",
    'Allow group Devs to read instances in compartment Prod',
    "Deny group Devs to read instances in tenancy where request.networkSource.name != 'office'",
  ]
  const question = { groups: ['Devs'], action: 'GetInstance', type: 'instances', at: 'Prod' }
  test('says which element of each statement failed, and why a test did', () => {
    const told = explained(lines, question)
    expect(told.judgements.map((j) => [j.ref, j.result])).toEqual([
      ['system:administrators#1', 'subject'],
      ['system:own-domain#1', 'resource-type'],
      ['p1#1', 'subject'],
      ['p2#1', 'compartment'],
      ['p3#1', 'resource-type'],
      ['p4#1', 'verb'],
      ['p5#1', 'condition'],
      ['p6#1', 'matched'],
      ['p7#1', 'matched'],
    ])
    expect(told.judgements[6]?.tests.map((t) => [t.variable, t.truth, t.why])).toEqual([
      ['request.region', 'undecided', 'not-supplied'],
      ['target.bucket.name', 'false', 'missing'],
      ['request.user.name', 'false', 'different'],
    ])
    expect(told).toMatchObject({ allow: false, reason: 'denied-by-policy' })
    expect([told.because, told.denied, told.undecided].map((l) => l.map((c) => c.ref))).toEqual([
      ['p6#1'],
      ['p7#1'],
      ['p7#1'],
    ])
  })
})
