// Which password policy applies and why; what a new password must be; expiry and waiting at their edges.
import { describe, expect, test } from 'vitest'
import {
  defaultPolicy,
  isExpired,
  passwordFaults,
  policyFor,
  waitMs,
  warnsAt,
} from '../../src/core/assurance/password-policy.ts'
import type { GroupId } from '../../src/core/model/ids.ts'
import type { PasswordPolicy } from '../../src/core/model/sign-on.ts'

const DAY = 86_400_000
const policy = (
  name: string,
  priority: number,
  groups: readonly string[] = [],
  differs: Partial<PasswordPolicy> = {},
) => ({
  ...defaultPolicy,
  name,
  priority,
  groups: groups as readonly GroupId[],
  ...differs,
})
const group = (name: string) => ({ id: `id-${name}` as GroupId, name })

describe('P2: the policy with the lowest priority number applies and says why', () => {
  const everybody = policy('everybody', 100)
  const finance = policy('finance', 10, ['id-finance'])
  const admins = policy('admins', 1, ['id-admins', 'id-root'])
  const all = [everybody, finance, admins]
  test.for([
    ['nobody special', [], 'everybody', undefined],
    ['one group', ['finance'], 'finance', 'finance'],
    ['several groups: the lowest number', ['finance', 'root'], 'admins', 'root'],
    ['a group without a policy', ['hr'], 'everybody', undefined],
  ] as const)('%s', ([, groups, name, because]) => {
    const wanted = { policy: name, group: because }
    expect(policyFor(all, groups.map(group)).because).toEqual(wanted)
    expect(policyFor([...all].reverse(), groups.map(group)).because).toEqual(wanted)
  })
  test('without any policy the built-in one applies: 120 days, 12 characters, 5 kept, 5 free tries', () => {
    const { policy: built, because } = policyFor([finance], [])
    expect(because).toEqual({ policy: 'built-in', group: undefined })
    expect(built).toMatchObject({ maxAgeDays: 120, minLength: 12, history: 5, freeTries: 5, maxWaitSeconds: 900 })
  })
  test('equal numbers are decided by name, whatever the order', () => {
    const tied = [policy('b', 5), policy('a', 5)]
    expect(policyFor(tied, []).policy.name).toBe('a')
    expect(policyFor([...tied].reverse(), []).policy.name).toBe('a')
  })
})

describe('P2, P3: what a new password must be', () => {
  const person = { username: 'c.kim@corp.example', email: 'chulsoo@corp.example', displayName: '김 철수 Benjamin' }
  const faults = (candidate: string, differs: Partial<PasswordPolicy> = {}, isCommon = (_: string) => false) =>
    passwordFaults(policy('p', 1, [], differs), { ...person, candidate, isCommon })

  test.for([
    ['long enough', 'correct horse', {}, []],
    ['one short', 'correcthors', {}, [{ code: 'too-short', min: 12 }]],
    ['characters, not code units', '🔑'.repeat(11), {}, [{ code: 'too-short', min: 12 }]],
    [
      'Hangul counts by syllable, also when typed in parts',
      '가'.normalize('NFD').repeat(11),
      {},
      [{ code: 'too-short', min: 12 }],
    ],
    ['three of three classes', 'correcthorS1', { requireClasses: 3 }, []],
    ['two of three classes', 'correcthors1', { requireClasses: 3 }, [{ code: 'needs-classes', classes: 3 }]],
    ['Hangul is a class of its own: other', '관문관문관문correct', { requireClasses: 2 }, []],
    ['the user name inside', 'xxC.KIM@corp.exampleyy', {}, [{ code: 'contains-name' }]],
    ['the local part of the e-mail inside', 'my-ChulSoo-2026', {}, [{ code: 'contains-name' }]],
    ['a part of the display name inside', 'benjamin-2026', {}, [{ code: 'contains-name' }]],
    ['a name in wide letters inside', 'ｂｅｎｊａｍｉｎ-2026', {}, [{ code: 'contains-name' }]],
    ['a name of two syllables inside', 'long-철수-long', {}, [{ code: 'contains-name' }]],
    ['one syllable is a coincidence', 'long-김-long-enough', {}, []],
    [
      'everything at once, worst first',
      'benjamin',
      { requireClasses: 2 },
      [{ code: 'too-short', min: 12 }, { code: 'needs-classes', classes: 2 }, { code: 'contains-name' }],
    ],
  ] as const)('%s', ([, candidate, differs, expected]) => {
    expect(faults(candidate, differs)).toEqual(expected)
  })
  test('commonness is asked in lower case', () => {
    expect(faults('PassWord1234', {}, (p) => p === 'password1234')).toEqual([{ code: 'too-common' }])
  })
  test('a person without e-mail and name is no obstacle', () => {
    const bare = { username: 'kim', email: undefined, displayName: '', isCommon: () => false }
    expect(passwordFaults(defaultPolicy, { ...bare, candidate: 'kim kim kim kim' })).toEqual([])
  })
})

describe('P1: expiry', () => {
  test.for([
    ['a day before', 119 * DAY, false],
    ['exactly at the limit', 120 * DAY, false],
    ['a millisecond after', 120 * DAY + 1, true],
  ] as const)('%s', ([, age, expected]) => {
    expect(isExpired(defaultPolicy, 1000, 1000 + age)).toBe(expected)
  })
  test('warned before, by the days of the policy', () => {
    expect(warnsAt(defaultPolicy, 1000)).toBe(1000 + 106 * DAY)
  })
  test('a policy without a limit never expires and never warns', () => {
    const forever = policy('p', 1, [], { maxAgeDays: undefined })
    expect(isExpired(forever, 0, Number.MAX_SAFE_INTEGER)).toBe(false)
    expect(warnsAt(forever, 0)).toBeUndefined()
  })
})

describe('M12: waiting doubles and ends', () => {
  const limits = { freeTries: 5, maxWaitSeconds: 900 }
  test.for([
    [0, 0],
    [4, 0],
    [5, 1],
    [6, 2],
    [14, 512],
    [15, 900],
    [1_000_000, 900],
  ] as const)('after %s failures: %s seconds', ([failures, seconds]) => {
    expect(waitMs(limits, failures, 5000, 5000)).toBe(seconds * 1000)
  })
  test('time passed counts, and it is over exactly then', () => {
    expect(waitMs(limits, 6, 5000, 6500)).toBe(500)
    expect(waitMs(limits, 6, 5000, 7000)).toBe(0)
    expect(waitMs(limits, 1_000_000, 5000, 5000 + 900_000)).toBe(0)
  })
  test('a clock that was set back does not make it longer', () => {
    expect(waitMs(limits, 6, 1e12, 5000)).toBe(2000)
  })
})
