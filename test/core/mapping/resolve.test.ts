// Upstream groups × rules → memberships: many-to-many, order-free, and never a hand on what this provider did not grant.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { membershipChanges, resolveGroups, type SignInMapping } from '../../../src/core/mapping/resolve.ts'
import { lookedUpBy, valueKey } from '../../../src/core/mapping/rule.ts'
import type { Membership, Provenance } from '../../../src/core/model/group.ts'
import type { GroupMatch, GroupMode, MappingRule } from '../../../src/core/model/idp.ts'
import type { GroupId, IdpId, JourneyId, MappingRuleId, PersonId } from '../../../src/core/model/ids.ts'

const exact = (value: string): GroupMatch => ({ kind: 'exact', value, ignoreCase: false })
const rule = (name: string, matches: readonly GroupMatch[], groups: readonly string[]): MappingRule => ({
  id: name as MappingRuleId,
  idpId: 'corp' as IdpId,
  name: `rule ${name}`,
  match: matches[0] ?? exact(''),
  allOf: matches,
  groups: groups as readonly GroupId[],
})
const grantsOf = (rules: readonly MappingRule[], values: readonly string[]) =>
  resolveGroups(rules, values).map((g) => `${g.ruleId}: ${g.value} → ${g.groupId}`)

describe('F4: upstream groups × rules', () => {
  const rules = [
    rule('r1', [exact('devs')], ['engineering', 'vpn']),
    rule('r2', [exact('ops')], ['engineering']),
    rule('r3', [{ kind: 'glob', value: 'app-*', ignoreCase: false }], ['apps']),
    rule('r4', [exact('devs'), exact('seoul')], ['seoul-devs']),
    rule('r5', [{ kind: 'dn', value: '**,OU=Groups,DC=corp' }], ['directory']),
  ]
  test.for([
    ['nothing upstream', [], []],
    ['nothing that a rule knows', ['hr'], []],
    ['one to several', ['devs'], ['r1: devs → engineering', 'r1: devs → vpn']],
    [
      'several to one, each with its rule',
      ['ops', 'devs'],
      ['r1: devs → engineering', 'r1: devs → vpn', 'r2: ops → engineering'],
    ],
    ['the first value by spelling is named', ['app-z', 'app-a'], ['r3: app-a → apps']],
    ['all of several', ['seoul', 'devs'], ['r1: devs → engineering', 'r1: devs → vpn', 'r4: devs → seoul-devs']],
    ['one of several is not all', ['seoul'], []],
    ['separators belong to the value', ['devs,ops;x'], []],
    ['a distinguished name', ['CN=a\\,b,ou=groups,DC=corp'], ['r5: CN=a\\,b,ou=groups,DC=corp → directory']],
    ['the same value twice', ['ops', 'ops'], ['r2: ops → engineering']],
    ['a value named like something built in', ['__proto__', 'constructor'], []],
  ] as const)('%s', ([, values, expected]) => {
    expect(grantsOf(rules, values)).toEqual(expected)
  })
  test('a rule whose pattern does not parse grants nothing', () => {
    expect(grantsOf([rule('r', [{ kind: 'regex', value: '(' }], ['g'])], ['('])).toEqual([])
    expect(grantsOf([rule('r', [exact('a'), { kind: 'dn', value: 'x' }], ['g'])], ['a', 'x'])).toEqual([])
  })
})

describe('F4: exact rules are looked up by the value they name', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom(
      'É',
      'e\u0301',
      'E\u0301',
      'é',
      'ﬁ',
      'FI',
      'ΟΔΟΣ',
      'οδος',
      'οδοσ',
      'İ',
      'i\u0307',
      'K',
      'k',
      '각',
      '\u1100\u1161\u11a8',
      'ß',
      'ẞ',
    ),
  )
  const exactRule = fc
    .record({ value: text, ignoreCase: fc.boolean() })
    .map((match) => rule(JSON.stringify(match), [{ kind: 'exact', ...match }], ['g']))
  test('what is left out would not have matched', () => {
    fc.assert(
      fc.property(fc.array(exactRule, { maxLength: 5 }), fc.array(text, { maxLength: 5 }), (rules, values) => {
        const keys = new Set(values.map(valueKey))
        const candidates = rules.filter(({ match }) => keys.has(lookedUpBy(match) ?? ''))
        expect(grantsOf(candidates, values)).toEqual(grantsOf(rules, values))
      }),
      { numRuns: 3000 },
    )
  })
  test('patterns are not looked up: they are tried', () => {
    for (const kind of ['glob', 'dn', 'regex'] as const)
      expect(lookedUpBy({ kind, value: 'CN=a', ignoreCase: false } as GroupMatch)).toBeUndefined()
  })
})

// ── What a sign-in changes ────────────────────────────────────────────────────────────────────────────────────────────────────────

const NOW = 1_000_000
const held = (groupId: string, provenance: Provenance): Membership => ({
  personId: 'p' as PersonId,
  groupId: groupId as GroupId,
  provenance,
  role: 'user',
  since: 1,
  expiresAt: undefined,
})
const mapped = (groupId: string, ruleId: string, value: string, idpId = 'corp'): Membership =>
  held(groupId, {
    kind: 'mapped',
    idpId: idpId as IdpId,
    ruleId: ruleId as MappingRuleId,
    rule: `rule ${ruleId}`,
    value,
    journeyId: 'before' as JourneyId,
  })
const signIn = (differs: Partial<SignInMapping>): SignInMapping => ({
  mode: 'authoritative',
  idpId: 'corp' as IdpId,
  firstSignIn: false,
  grants: [],
  current: [],
  personId: 'p' as PersonId,
  journeyId: 'now' as JourneyId,
  now: NOW,
  ...differs,
})
const both = [rule('r1', [exact('devs')], ['engineering']), rule('r2', [exact('ops')], ['engineering'])]

describe('F5: mapped memberships are recomputed, the others are left alone', () => {
  test('a new grant carries its provenance', () => {
    const { put, gained } = membershipChanges(signIn({ grants: resolveGroups(both, ['devs']) }))
    expect(put).toEqual([
      {
        ...held('engineering', {
          kind: 'mapped',
          idpId: 'corp' as IdpId,
          ruleId: 'r1' as MappingRuleId,
          rule: 'rule r1',
          value: 'devs',
          journeyId: 'now' as JourneyId,
        }),
        since: NOW,
      },
    ])
    expect(gained).toEqual(['engineering'])
  })
  test('what upstream drops is removed, and lost only when no other source holds it', () => {
    const current = [mapped('engineering', 'r1', 'devs'), mapped('engineering', 'r2', 'ops')]
    const one = membershipChanges(signIn({ current, grants: resolveGroups(both, ['ops']) }))
    expect(one).toEqual({ put: [], remove: [current[0]], gained: [], lost: [] })
    const none = membershipChanges(signIn({ current }))
    expect(none).toEqual({ put: [], remove: current, gained: [], lost: ['engineering'] })
  })
  test('a direct membership of the same group stays when the mapped one goes', () => {
    const direct = held('engineering', { kind: 'direct', by: 'admin' })
    const changes = membershipChanges(signIn({ current: [direct, mapped('engineering', 'r1', 'devs')] }))
    expect(changes.remove.map((m) => m.provenance.kind)).toEqual(['mapped'])
    expect(changes.lost).toEqual([])
  })
  test('another value or a renamed rule is written down; since when and as what stays', () => {
    const current = [{ ...mapped('apps', 'r3', 'app-a'), role: 'admin' as const }]
    const rules = [rule('r3', [{ kind: 'glob', value: 'app-*', ignoreCase: false }], ['apps'])]
    const { put, remove, gained } = membershipChanges(signIn({ current, grants: resolveGroups(rules, ['app-b']) }))
    expect(put).toMatchObject([{ since: 1, role: 'admin', provenance: { value: 'app-b', journeyId: 'now' } }])
    expect([remove, gained]).toEqual([[], []])
  })
  test.for([
    ['authoritative', false, ['+ops', '-devs']],
    ['authoritative', true, ['+ops', '-devs']],
    ['additive', false, ['+ops']],
    ['additive', true, ['+ops']],
    ['initial-only', false, []],
    ['initial-only', true, ['+ops']],
  ] as const)('%s, first sign-in %s', ([mode, firstSignIn, expected]) => {
    const rules = [rule('r1', [exact('devs')], ['devs']), rule('r2', [exact('ops')], ['ops'])]
    const current = [mapped('devs', 'r1', 'devs')]
    const { gained, lost } = membershipChanges(
      signIn({ mode, firstSignIn, current, grants: resolveGroups(rules, ['ops']) }),
    )
    expect([...gained.map((g) => `+${g}`), ...lost.map((g) => `-${g}`)]).toEqual(expected)
  })
})

// ── Properties ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const value = fc.constantFrom('devs', 'ops', 'a,b;c', 'Grüppe mit Leerzeichen', 'CN=a,DC=b', 'x')
const someMatch: fc.Arbitrary<GroupMatch> = fc.oneof(
  value.map(exact),
  fc.constantFrom('*', 'd*', '?', '*,*').map((v) => ({ kind: 'glob' as const, value: v, ignoreCase: false })),
  fc.constantFrom('CN=*,DC=b', '**,DC=b').map((v) => ({ kind: 'dn' as const, value: v })),
  fc.constantFrom('[a-z]+', '.*').map((v) => ({ kind: 'regex' as const, value: v })),
)
const groupName = fc.constantFrom('g1', 'g2', 'g3', 'g4')
const someRules = fc.uniqueArray(
  fc
    .tuple(
      fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      fc.array(someMatch, { minLength: 1, maxLength: 2 }),
      fc.array(groupName, { maxLength: 3 }),
    )
    .map(([name, matches, groups]) => rule(name, matches, groups)),
  { selector: (r) => r.id, maxLength: 5 },
)
const values = fc.array(value, { maxLength: 6 })
const foreign: fc.Arbitrary<Membership> = fc.oneof(
  groupName.map((g) => held(g, { kind: 'direct', by: 'admin' })),
  groupName.map((g) => held(g, { kind: 'config' })),
  groupName.map((g) => held(g, { kind: 'scim', client: 'hr' })),
  groupName.map((g) => mapped(g, 'a', 'devs', 'another-idp')),
)
const ours = fc.tuple(groupName, fc.constantFrom('a', 'b', 'z'), value).map(([g, r, v]) => mapped(g, r, v))
const keyOf = (m: Membership) =>
  `${m.groupId} ${m.provenance.kind === 'mapped' ? `${m.provenance.idpId} ${m.provenance.ruleId}` : m.provenance.kind}`
const current = fc.uniqueArray(fc.oneof(foreign, ours), { selector: keyOf, maxLength: 8 })
const mode = fc.constantFrom<GroupMode>('authoritative', 'additive', 'initial-only')
const applied = (
  before: readonly Membership[],
  changes: ReturnType<typeof membershipChanges>,
): readonly Membership[] => {
  const rows = new Map(before.map((m) => [keyOf(m), m]))
  for (const m of changes.put) rows.set(keyOf(m), m)
  for (const m of changes.remove) rows.delete(keyOf(m))
  return [...rows.values()]
}

describe('F4, F5: whatever the rules, values and memberships', () => {
  test('the order of rules and values, and repetitions, do not matter', () => {
    const shuffled = fc
      .tuple(someRules, values)
      .chain(([r, v]) =>
        fc.tuple(
          fc.constant(r),
          fc.constant(v),
          fc.shuffledSubarray(r, { minLength: r.length }),
          fc.shuffledSubarray([...v, ...v], { minLength: 2 * v.length }),
        ),
      )
    fc.assert(
      fc.property(shuffled, ([r, v, r2, v2]) => {
        expect(resolveGroups(r2, v2)).toEqual(resolveGroups(r, v))
      }),
    )
  })
  test('the groups of all rules are the union of the groups of each', () => {
    fc.assert(
      fc.property(someRules, values, (r, v) => {
        const apart = r.flatMap((one) => resolveGroups([one], v))
        expect(new Set(resolveGroups(r, v))).toEqual(new Set(apart))
      }),
    )
  })
  test('memberships of other sources are never touched', () => {
    fc.assert(
      fc.property(someRules, values, current, mode, fc.boolean(), (r, v, before, m, firstSignIn) => {
        const changes = membershipChanges(
          signIn({ mode: m, firstSignIn, current: before, grants: resolveGroups(r, v) }),
        )
        for (const touched of [...changes.put, ...changes.remove])
          expect(touched.provenance).toMatchObject({ kind: 'mapped', idpId: 'corp' })
        const others = (rows: readonly Membership[]) =>
          rows.filter((x) => x.provenance.kind !== 'mapped' || x.provenance.idpId !== 'corp')
        expect(others(applied(before, changes))).toEqual(others(before))
      }),
    )
  })
  test('the same sign-in again changes nothing, and authoritative leaves exactly the grants', () => {
    fc.assert(
      fc.property(someRules, values, current, mode, fc.boolean(), (r, v, before, m, firstSignIn) => {
        const grants = resolveGroups(r, v)
        const once = applied(before, membershipChanges(signIn({ mode: m, firstSignIn, current: before, grants })))
        const again = membershipChanges(signIn({ mode: m, firstSignIn, current: once, grants, now: NOW + 1 }))
        expect(again).toEqual({ put: [], remove: [], gained: [], lost: [] })
        if (m !== 'authoritative') return
        const left = once.filter((x) => x.provenance.kind === 'mapped' && x.provenance.idpId === 'corp').map(keyOf)
        expect(left.sort()).toEqual(grants.map((g) => `${g.groupId} corp ${g.ruleId}`).sort())
      }),
    )
  })
  test('additive never removes', () => {
    fc.assert(
      fc.property(someRules, values, current, (r, v, before) => {
        const changes = membershipChanges(signIn({ mode: 'additive', current: before, grants: resolveGroups(r, v) }))
        expect([changes.remove, changes.lost]).toEqual([[], []])
      }),
    )
  })
})
