// The fold of sign-on rules: strictest wins, field by field, and every field knows who set it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { requirementOf } from '../../src/core/assurance/requirement.ts'
import type { AppId, DomainId, GroupId, SignOnRuleId } from '../../src/core/model/ids.ts'
import type { SignOnRule } from '../../src/core/model/sign-on.ts'

const group = (name: string) => ({ id: name as GroupId, name })
const app = { id: 'payroll' as AppId, name: 'payroll' }
const rule = (
  name: string,
  demands: SignOnRule['demands'],
  groups: readonly string[] = [],
  apps: readonly string[] = [],
): SignOnRule => ({
  id: name as SignOnRuleId,
  domainId: 'd' as DomainId,
  name,
  groups: groups as readonly GroupId[],
  apps: apps as readonly AppId[],
  demands,
})
const everybody = rule('everybody', { level: 1 })
const finance = rule('finance', { level: 2, trustedDevice: { days: 30, count: 5 } }, ['finance'])
const security = rule('security', { level: 3, factors: ['passkey'] }, ['security'])
const payroll = rule('payroll', { level: 2, maxAgeSeconds: 900, trustedDevice: { days: 7, count: 9 } }, [], ['payroll'])
const all = [everybody, finance, security, payroll]

describe('M4: policy per group and per application', () => {
  test('nobody special owes one factor', () => {
    expect(requirementOf(all, [], undefined, 0)).toMatchObject({ level: { value: 1 }, applied: ['everybody'] })
  })
  test('the strictest group wins and is named', () => {
    const need = requirementOf(all, [group('finance'), group('security')], undefined, 0)
    expect(need.level).toEqual({
      value: 3,
      because: { by: 'rule', rule: 'security', group: 'security', app: undefined },
    })
    expect(need.factors?.value).toEqual(['passkey'])
  })
  test('the application narrows field by field, and each field names its own winner', () => {
    const need = requirementOf(all, [group('finance')], app, 0)
    expect(need.level).toMatchObject({ value: 2, because: { rule: 'finance' } })
    expect(need.maxAgeSeconds).toMatchObject({ value: 900, because: { rule: 'payroll', app: 'payroll' } })
    expect(need.trustedDevice?.value).toEqual({ days: 7, count: 5 })
  })
  test('a rule for other applications does not apply', () => {
    expect(requirementOf(all, [], undefined, 0).maxAgeSeconds).toBeUndefined()
  })
  test('M11: the application may ask for more, never for less', () => {
    expect(requirementOf(all, [group('finance')], undefined, 3).level).toEqual({ value: 3, because: { by: 'request' } })
    expect(requirementOf(all, [group('security')], undefined, 1).level.value).toBe(3)
  })
  test('without rules still one factor', () => {
    expect(requirementOf([], [], undefined, 0).level).toEqual({ value: 1, because: { by: 'default' } })
  })
  test('allowed factors intersect', () => {
    const a = rule('a', { factors: ['totp', 'passkey'] })
    const b = rule('b', { factors: ['passkey', 'recovery-code'] })
    expect(requirementOf([a, b], [], undefined, 0).factors).toMatchObject({
      value: ['passkey'],
      because: { rule: 'b' },
    })
  })
  test('one deny is enough', () => {
    expect(
      requirementOf([...all, rule('nobody', { deny: true }, ['finance'])], [group('finance')], undefined, 0).denied
        ?.because,
    ).toMatchObject({ rule: 'nobody' })
  })
})

const anyRule = fc.record({
  name: fc.string({ minLength: 1, maxLength: 4 }),
  demands: fc.record(
    {
      level: fc.constantFrom(1 as const, 2 as const, 3 as const),
      maxAgeSeconds: fc.integer({ min: 1, max: 1000 }),
      trustedDevice: fc.record({ days: fc.integer({ min: 0, max: 90 }), count: fc.integer({ min: 1, max: 9 }) }),
    },
    { requiredKeys: [] },
  ),
})
const values = (rules: readonly SignOnRule[]) => {
  const need = requirementOf(rules, [group('g')], app, 0)
  return { level: need.level.value, age: need.maxAgeSeconds?.value, device: need.trustedDevice?.value }
}

test('M4: the order of rules is irrelevant, and one more rule never weakens', () => {
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 6 }), anyRule, (some, extra) => {
      const rules = some.map((r) => rule(r.name, r.demands))
      expect(values([...rules].reverse())).toEqual(values(rules))
      const before = values(rules)
      const after = values([...rules, rule(extra.name, extra.demands)])
      expect(after.level).toBeGreaterThanOrEqual(before.level)
      if (before.age !== undefined) expect(after.age).toBeLessThanOrEqual(before.age)
      if (before.device && after.device) expect(after.device.days).toBeLessThanOrEqual(before.device.days)
    }),
    { numRuns: 300 },
  )
})

describe('M8: administrators', () => {
  const administrators = { ...group('Administrators'), system: true }
  const wiki = rule('wiki', { level: 1, approval: 'the CISO' }, ['Administrators'], ['payroll'])
  const byDefault = { value: 2, because: { by: 'administrator', group: 'Administrators' } }
  test('prove two factors without any rule, and no rule of less takes it away', () => {
    expect(requirementOf([], [administrators], undefined, 0).level).toEqual(byDefault)
    const lesser = rule('lesser', { level: 1 }, ['Administrators'], ['payroll'])
    expect(requirementOf([everybody, lesser], [administrators], app, 1).level).toEqual(byDefault)
    expect(requirementOf([security], [administrators, group('security')], app, 0).level.value).toBe(3)
  })
  test('are spared at the application that was approved, and nowhere else', () => {
    expect(requirementOf([wiki], [administrators], app, 0).level.value).toBe(1)
    expect(requirementOf([wiki], [administrators], undefined, 0).level).toEqual(byDefault)
    expect(requirementOf([wiki], [administrators], { id: 'x' as AppId, name: 'x' }, 0).level).toEqual(byDefault)
    expect(requirementOf([wiki, finance], [administrators, group('finance')], app, 0).level.value).toBe(2)
    const ofOthers = { ...wiki, groups: ['finance' as GroupId] }
    expect(requirementOf([ofOthers], [administrators, group('finance')], app, 0).level).toEqual(byDefault)
    expect(requirementOf([{ ...wiki, apps: [] }], [administrators], app, 0).level).toEqual(byDefault)
  })
  test('a group of that name that is not theirs asks for nothing', () => {
    expect(requirementOf([], [{ ...administrators, system: false }], undefined, 0).level.value).toBe(1)
  })
})
