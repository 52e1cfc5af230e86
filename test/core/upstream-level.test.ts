// What a provider says it checked → our level: only its own table counts, and only while it is fresh.
import { describe, expect, test } from 'vitest'
import { upstreamLevel } from '../../src/core/assurance/upstream-level.ts'
import type { AssuranceMapping } from '../../src/core/model/idp.ts'

const NOW = 10_000_000
const mapping: AssuranceMapping = {
  rules: [
    { acr: 'urn:mfa', level: 2 },
    { amr: ['hwk', 'user'], level: 3 },
    { acr: 'urn:mfa', amr: ['otp'], level: 1 },
    { amr: [], level: 3 },
    { level: 3 },
  ],
  unmatchedLevel: 1,
  maxAgeSeconds: 900,
}
const level = (
  acr: string | undefined,
  amr: readonly string[],
  ageSeconds: number | undefined = 0,
  differs: Partial<AssuranceMapping> = {},
) =>
  upstreamLevel(
    { ...mapping, ...differs },
    { acr, amr, authenticatedAt: ageSeconds === undefined ? undefined : NOW - ageSeconds * 1000 },
    NOW,
  )

describe('F9: upstream assurance', () => {
  test.for([
    ['nothing said', undefined, [], 1, 'no rule matched'],
    ['an acr that a rule knows', 'urn:mfa', [], 2, 'acr urn:mfa'],
    ['an acr in other case', 'URN:MFA', [], 1, 'no rule matched'],
    ['all methods of a rule', undefined, ['user', 'pwd', 'hwk'], 3, 'amr hwk user'],
    ['only one of them', undefined, ['hwk'], 1, 'no rule matched'],
    ['the highest of several', 'urn:mfa', ['otp', 'hwk', 'user'], 3, 'amr hwk user'],
    ['a rule that gives no more than the default', 'urn:other', ['otp'], 1, 'no rule matched'],
  ] as const)('%s', ([, acr, amr, expected, because]) => {
    expect(level(acr, amr)).toEqual({ level: expected, because })
  })
  test('a rule without a condition never matches', () => {
    expect(level(undefined, [], 0, { unmatchedLevel: 0 }).level).toBe(0)
  })
  test.for([
    [900, 2],
    [901, 1],
    [undefined, 1],
  ] as const)('a sign-in %s seconds ago has level %s', ([age, expected]) => {
    const at = age === undefined ? undefined : NOW - age * 1000
    expect(upstreamLevel(mapping, { acr: 'urn:mfa', amr: [], authenticatedAt: at }, NOW).level).toBe(expected)
  })
  test('without a maximum age the time is of no interest', () => {
    const open = { ...mapping, maxAgeSeconds: undefined }
    expect(upstreamLevel(open, { acr: 'urn:mfa', amr: [], authenticatedAt: undefined }, NOW).level).toBe(2)
    expect(level('urn:mfa', [], 1e6, { maxAgeSeconds: undefined }).level).toBe(2)
  })
})
