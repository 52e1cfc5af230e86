// Agreements between two tenancies: both halves are needed, one Deny of either is enough, aliases are local and ids count.
import { describe, expect, test } from 'vitest'
import type { CompartmentId, GroupId, PolicyId, TenancyId } from '../../../src/core/model/ids.ts'
import type { JsonObject } from '../../../src/core/model/json.ts'
import { aliasesIn } from '../../../src/core/policy/aliases.ts'
import { checkStatement } from '../../../src/core/policy/check.ts'
import { snapshotOf } from '../../../src/core/policy/compile.ts'
import {
  type CrossAsk,
  crossAskOf,
  evaluateCross,
  explainCross,
  isEndorsed,
  type Side,
} from '../../../src/core/policy/cross.ts'
import { isError, lineOf } from '../../../src/core/policy/fault.ts'
import type { Principal } from '../../../src/core/policy/question.ts'
import { catalogue, compartments, noon, world } from './kit.ts'

/** One policy; the ids of groups are the kit's in both tenancies, so only the tenancy tells them apart. */
const side = (tenancyId: string, statements: readonly string[]): Side => {
  const attachedTo = world.tree.root
  if (!attachedTo) throw new Error('unreachable')
  const setting = { catalogue, world, attachedTo, denyEnabled: true, aliases: aliasesIn(statements) }
  const policy = {
    id: tenancyId as PolicyId,
    tenancyId: tenancyId as TenancyId,
    compartmentId: 'c-acme' as CompartmentId,
    name: 'agreement',
    description: '',
    statements,
    bindings: statements.map((text) => {
      const { bindings, faults } = checkStatement(text, setting)
      expect(faults.filter(isError).map(lineOf)).toEqual([])
      return bindings
    }),
    system: false,
    createdAt: 0,
    updatedAt: 0,
  }
  const administrators = 'g-Administrators' as GroupId
  return {
    tenancyId,
    snapshot: snapshotOf({ revision: 1, catalogue, compartments, administrators, policies: [policy] }),
  }
}

const kim: Principal = { id: 'u-kim', name: 'kim', groupIds: ['g-Devs'], type: 'user' }
type Asked = {
  readonly who?: Principal
  readonly action: string
  readonly type?: string
  readonly at?: string
  readonly more?: JsonObject
}
const asking = (
  source: Side,
  destination: Side,
  { who = kim, action, type = 'objects', at = 'Prod', more = {} }: Asked,
): CrossAsk => {
  const ask = crossAskOf(
    source,
    destination,
    who,
    { action, resourceType: type, resourceId: 'r1', resource: { compartment: at, ...more }, context: {} },
    noon,
  )
  if (typeof ask === 'string') throw new Error(ask)
  return ask
}
const DEST = 'Define tenancy PartnerTenancy as t-partner'
const SRC = 'Define tenancy Home as t-home'
const endorse = 'Endorse group Devs to use object-family in tenancy PartnerTenancy'
const admit = [
  'Define group TheirDevs as g-Devs',
  SRC,
  'Admit group TheirDevs of tenancy Home to use object-family in tenancy',
]
const may = (own: readonly string[], theirs: readonly string[], asked: Asked): boolean =>
  evaluateCross(asking(side('t-home', own), side('t-partner', theirs), asked)).allow
const levels = (own: readonly string[], theirs: readonly string[], asked: Omit<Asked, 'action'> = {}): string =>
  ['inspect', 'read', 'use', 'manage'].filter((action) => may(own, theirs, { ...asked, action })).join(' ')

describe('A7 both halves are needed, and one Deny is enough', () => {
  test('an Endorse alone, an Admit alone, an ordinary Allow of the destination: nothing; both: what both say', () => {
    const allow = 'Allow any-user to manage all-resources in tenancy'
    expect([
      levels([DEST, endorse], []),
      levels([], admit),
      levels([allow], [allow]),
      levels([DEST, endorse], [allow]),
      levels([DEST, endorse], admit),
      levels([DEST, endorse.replace('use', 'manage')], admit),
      levels([DEST, endorse.replace('use', 'read')], admit),
    ]).toEqual(['', '', '', '', 'inspect read use', 'inspect read use', 'inspect read'])
  })
  test('the example of the documentation: partners use object storage, and no agreement of others lets them manage it', () => {
    const wide = [...admit.slice(0, 2), 'Admit group TheirDevs of tenancy Home to manage object-family in tenancy']
    const own = [DEST, endorse.replace('use', 'manage')]
    const guard = 'Deny endorse group Devs to manage object-family in tenancy PartnerTenancy'
    expect([levels(own, wide), levels([...own, guard], wide)]).toEqual(['inspect read use manage', 'inspect read use'])
  })
  test.for([
    'Deny admit any-user of any-tenancy to use object-family in tenancy',
    'Deny admit group TheirDevs of tenancy Home to use objects in compartment Prod',
    'Deny any-user to use all-resources in tenancy',
    'Deny any-group to use objects in compartment Prod',
  ])('the destination says no: %s', (deny) => {
    expect(levels([DEST, endorse], [...admit, deny])).toBe('inspect read')
    expect(levels([DEST, endorse], [...admit, deny.replace('in compartment Prod', 'in compartment Dev')])).toBe(
      deny.includes('Prod') ? 'inspect read use' : 'inspect read',
    )
  })
  test('a Deny about the destination’s own groups, or in the source about its own resources, says nothing', () => {
    expect(
      levels(
        [DEST, endorse, 'Deny group Devs to inspect all-resources in tenancy'],
        [...admit, 'Deny group Devs to inspect all-resources in tenancy'],
      ),
    ).toBe('inspect read use')
  })
  test('a Deny that lacks a fact holds', () => {
    const deny = "Deny admit any-user of any-tenancy to inspect all-resources in tenancy where request.region = 'iad'"
    expect(levels([DEST, endorse], [...admit, deny])).toBe('')
  })
  test('administrators at home are exempt from their own Deny, and nobody special elsewhere', () => {
    const ada = { ...kim, groupIds: ['g-Administrators', 'g-Devs'] }
    const own = [DEST, endorse, 'Deny endorse any-user to inspect all-resources in any-tenancy']
    expect([levels(own, admit), levels(own, admit, { who: ada })]).toEqual(['', 'inspect read use'])
    expect(levels([DEST, endorse], [...admit, 'Deny any-user to inspect all-resources in tenancy'], { who: ada })).toBe(
      '',
    )
    expect(levels([], [], { who: ada })).toBe('')
  })
})

describe('A7 whose, where, what', () => {
  test('groups of equal ids from another tenancy than the one admitted are not meant', () => {
    const [group, , statement = ''] = admit
    expect(levels([DEST, endorse], [group ?? '', 'Define tenancy Home as t-other', statement])).toBe('')
    expect(levels([DEST, endorse], [group ?? '', statement.replace(' of tenancy Home', '')])).toBe('inspect read use')
    expect(levels([DEST, endorse], ['Define group TheirDevs as g-Ops', SRC, statement])).toBe('')
  })
  test('an Endorse for another tenancy is not for this one; `any-tenancy` is for all but one’s own', () => {
    expect(levels(['Define tenancy PartnerTenancy as t-else', endorse], admit)).toBe('')
    expect(levels(['Endorse group Devs to use object-family in any-tenancy'], admit)).toBe('inspect read use')
  })
  test('a compartment of the other tenancy, by alias or id, with all that lies below it', () => {
    const far = 'Define compartment Far as c-Prod'
    for (const place of ['compartment Far', 'compartment id c-Prod']) {
      const own = [DEST, far, `Endorse group Devs to use object-family in ${place} of tenancy PartnerTenancy`]
      expect([levels(own, admit, { at: 'Prod:Web' }), levels(own, admit, { at: 'Dev' })]).toEqual([
        'inspect read use',
        '',
      ])
    }
    const theirs = [
      ...admit.slice(0, 2),
      'Admit group TheirDevs of tenancy Home to use object-family in compartment Prod',
    ]
    expect([
      levels([DEST, endorse], theirs, { at: 'Prod:Web' }),
      levels([DEST, endorse], theirs, { at: 'Dev' }),
    ]).toEqual(['inspect read use', ''])
  })
  test('permission lists, with and without `to`, and programs by their own facts', () => {
    const agent: Principal = {
      id: 'a1',
      name: 'a1',
      groupIds: [],
      type: 'workloadprotectionagent',
      facts: new Map([['request.principal.compartment.id', ['c-dev']]]),
    }
    const own = [
      "Endorse any-user to { OBJECT_READ } in any-tenancy where request.principal.type = 'workloadprotectionagent'",
    ]
    const theirs = [
      SRC,
      "Admit any-user of tenancy Home {OBJECT_READ, OBJECT_CREATE} in tenancy where request.principal.compartment.id = 'c-Dev'",
    ]
    expect(may(own, theirs, { who: agent, action: '{OBJECT_READ}' })).toBe(true)
    expect(may(own, theirs, { who: agent, action: '{OBJECT_CREATE}' })).toBe(false)
    expect(may(own, theirs, { action: '{OBJECT_READ}' })).toBe(false)
  })
})

describe('A7 `associate` joins a resource of each side', () => {
  const own = [
    DEST,
    'Endorse group Devs to associate volumes in compartment Dev with instances in tenancy PartnerTenancy',
  ]
  const theirs = [
    ...admit.slice(0, 2),
    'Admit group TheirDevs of tenancy Home to associate instances in compartment Prod with volumes in tenancy Home',
  ]
  const join = (
    more: Partial<Asked> = {},
    other: JsonObject = { type: 'volumes', compartment: 'Dev' },
    from = own,
    to = theirs,
  ): boolean => may(from, to, { action: 'associate', type: 'instances', ...more, more: { with: other } })
  test('the pair that both sides name, whichever they name first', () => {
    expect([
      join(),
      join({ at: 'Dev' }),
      join({}, { type: 'volumes', compartment: 'Prod' }),
      join({}, { type: 'buckets', compartment: 'Dev' }),
      join({ type: 'buckets' }),
      join({}, { type: 'volumes', compartment: 'Dev' }, own, []),
      join({}, { type: 'volumes', compartment: 'Dev' }, [], theirs),
    ]).toEqual([true, false, false, false, false, false, false])
  })
  test('it grants nothing else, and nothing else grants it', () => {
    expect(levels(own, theirs, { type: 'instances' })).toBe('')
    const all = [DEST, 'Endorse any-user to manage all-resources in any-tenancy']
    const open = ['Admit any-user of any-tenancy to manage all-resources in tenancy']
    expect(join({}, { type: 'volumes', compartment: 'Dev' }, all, open)).toBe(false)
  })
  test('any Deny about the type halts it', () => {
    for (const deny of [
      'Deny admit any-user of any-tenancy to associate instances in tenancy with volumes in any-tenancy',
      'Deny any-user to manage instances in tenancy',
    ])
      expect(join({}, { type: 'volumes', compartment: 'Dev' }, own, [...theirs, deny])).toBe(false)
  })
  test('what it is to be joined with must be there', () => {
    const asked = (more: JsonObject) =>
      crossAskOf(
        side('t-home', own),
        side('t-partner', theirs),
        kim,
        { action: 'associate', resourceType: 'instances', resourceId: 'r1', resource: more, context: {} },
        noon,
      )
    expect([
      asked({}),
      asked({ with: { type: 'spaceships' } }),
      asked({ with: { type: 'volumes', compartment: 'Nope' } }),
    ]).toEqual(['resource-type-unknown', 'resource-type-unknown', 'compartment-unknown'])
  })
})

describe('A7 A12 explained', () => {
  test('both sides’ statements with the element that failed', () => {
    const question = asking(
      side('t-home', [DEST, endorse, 'Endorse group Ops to manage all-resources in any-tenancy']),
      side('t-partner', [
        ...admit,
        'Admit any-user of any-tenancy to read buckets in compartment Dev',
        'Deny any-user to manage objects in tenancy',
      ]),
      { action: 'manage' },
    )
    const told = explainCross(question)
    expect(told.judgements.map((j) => [j.ref, j.result])).toEqual([
      ['t-home#2', 'matched'],
      ['t-home#3', 'subject'],
      ['t-partner#3', 'matched'],
      ['t-partner#4', 'compartment'],
      ['t-partner#5', 'matched'],
    ])
    expect([told.reason, told.because.map((c) => c.ref), told.denied.map((c) => c.ref)]).toEqual([
      'denied-by-policy',
      ['t-home#2', 't-partner#3'],
      ['t-partner#5'],
    ])
  })
  test('whether the other side may learn that there is such a subject', () => {
    const endorsed = (own: readonly string[], who = kim) =>
      isEndorsed(asking(side('t-home', own), side('t-partner', []), { action: 'read', who }))
    expect([
      endorsed([]),
      endorsed([DEST, endorse]),
      endorsed([DEST, endorse], { ...kim, groupIds: ['g-Ops'] }),
      endorsed(['Define tenancy PartnerTenancy as t-else', endorse]),
    ]).toEqual([false, true, false, false])
  })
})
