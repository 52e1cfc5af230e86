// The journey's one question, as tables: each row says only how its person differs from one who owes nothing.
import { describe, expect, test } from 'vitest'
import type { Evidence, FactorKind, Level } from '../../src/core/assurance/level.ts'
import type { Requirement } from '../../src/core/assurance/requirement.ts'
import type { Facts } from '../../src/core/journey/facts.ts'
import { nextStep } from '../../src/core/journey/next-step.ts'
import type { Step } from '../../src/core/journey/step.ts'
import type { CredentialId, DeviceId, IdpId } from '../../src/core/model/ids.ts'

const now = Date.UTC(2026, 0, 15, 12)
const minutesAgo = (n: number) => now - n * 60_000
const daysAgo = (n: number) => now - n * 86_400_000
const idp = 'idp-corp' as IdpId
const because = { by: 'rule', rule: 'finance needs two', group: 'finance', app: undefined } as const

const password: Evidence = { kind: 'password', at: minutesAgo(1) }
const totp: Evidence = { kind: 'totp', at: minutesAgo(1), credentialId: 'c' as CredentialId }
const recovery: Evidence = { kind: 'recovery-code', at: minutesAgo(1) }
const passkey = (userVerified: boolean): Evidence => ({
  kind: 'passkey',
  at: minutesAgo(1),
  credentialId: 'p' as CredentialId,
  userVerified,
  hardware: true,
})
const upstream = (level: Level): Evidence => ({
  kind: 'upstream',
  at: minutesAgo(1),
  idpId: idp,
  level,
  acr: undefined,
  amr: [],
})
const device = (trustedDaysAgo: number): Evidence => ({
  kind: 'trusted-device',
  at: minutesAgo(1),
  deviceId: 'd' as DeviceId,
  trustedAt: daysAgo(trustedDaysAgo),
})

const need = (level: Level, more: Partial<Requirement> = {}): Requirement => ({
  denied: undefined,
  level: { value: level, because },
  factors: undefined,
  maxAgeSeconds: undefined,
  trustedDevice: undefined,
  applied: [],
  ...more,
})
const only = (...value: FactorKind[]): Partial<Requirement> => ({ factors: { value, because } })
const trusts = (days: number): Partial<Requirement> => ({ trustedDevice: { value: { days, count: 3 }, because } })

const person = (differs: Partial<Facts>): Facts => ({
  identified: true,
  route: 'local',
  localSignIn: true,
  appOffered: true,
  active: true,
  need: need(1),
  freshAfter: undefined,
  evidence: [password],
  enrolled: ['password', 'totp'],
  password: { expired: false, mustChange: false },
  recoveryCodesToKeep: false,
  owed: [],
  ...differs,
})

const rows: readonly (readonly [string, Partial<Facts>, Step['do']])[] = [
  ['owes nothing', {}, 'done'],
  ['nobody yet', { identified: false, route: undefined, evidence: [] }, 'identify'],
  ['a name typed', { evidence: [] }, 'password'],
  ['routed to the company', { route: idp, evidence: [], enrolled: [], password: undefined }, 'upstream'],
  ['back from the company', { route: idp, evidence: [upstream(1)], enrolled: [], password: undefined }, 'done'],
  [
    'upstream proved nothing of ours, but vouched',
    { route: idp, evidence: [upstream(0)], enrolled: [], password: undefined },
    'enrol',
  ],
  ['local sign-in is off', { evidence: [], localSignIn: false }, 'refuse'],
  ['two demanded, has an app', { need: need(2) }, 'challenge'],
  ['two demanded, has nothing yet', { need: need(2), enrolled: ['password'] }, 'enrol'],
  ['two demanded, none allowed', { need: need(2, only('password')), enrolled: ['password'] }, 'refuse'],
  ['two demanded, two given', { need: need(2), evidence: [password, totp] }, 'done'],
  ['two demanded, upstream did two', { need: need(2), evidence: [upstream(2)], route: idp }, 'done'],
  ['two demanded, upstream did one', { need: need(2), evidence: [upstream(1)], route: idp }, 'challenge'],
  ['two demanded, a passkey that verified its user', { need: need(2), evidence: [passkey(true)] }, 'done'],
  ['three demanded, only an app enrolled: prove it first', { need: need(3) }, 'challenge'],
  ['three demanded, app proved: enrol a passkey', { need: need(3), evidence: [password, totp] }, 'enrol'],
  ['three demanded, nothing enrolled', { need: need(3), enrolled: ['password'] }, 'enrol'],
  [
    'three demanded, security key beside the password',
    { need: need(3), enrolled: ['password', 'passkey'], evidence: [password, passkey(false)] },
    'done',
  ],
  ['a security key alone, without user verification', { evidence: [passkey(false)] }, 'password'],
  [
    'only recovery codes left: they are asked for',
    { need: need(2), enrolled: ['password', 'recovery-code'] },
    'challenge',
  ],
  [
    'recovery code given',
    { need: need(2), enrolled: ['password', 'recovery-code'], evidence: [password, recovery] },
    'done',
  ],
  [
    'recovery code where only passkeys are allowed',
    { need: need(2, only('passkey')), enrolled: ['password', 'recovery-code'], evidence: [password, recovery] },
    'enrol',
  ],
  ['a device trusted yesterday', { need: need(2, trusts(30)), evidence: [password, device(1)] }, 'done'],
  [
    'a device trusted longer ago than policy now allows',
    { need: need(2, trusts(7)), evidence: [password, device(8)] },
    'challenge',
  ],
  ['a trusted device where nobody allows it', { need: need(2), evidence: [password, device(1)] }, 'challenge'],
  [
    'a trusted device is not phishing-resistant',
    { need: need(3, trusts(30)), enrolled: ['password', 'passkey'], evidence: [password, device(1)] },
    'challenge',
  ],
  [
    'a trusted device is no proof for enrolling',
    { need: need(3, trusts(30)), evidence: [password, device(1)] },
    'challenge',
  ],
  ['evidence older than the rules allow', { need: need(1, { maxAgeSeconds: { value: 30, because } }) }, 'password'],
  ['evidence older than the application insists', { freshAfter: minutesAgo(0.5) }, 'password'],
  ['evidence exactly as old as allowed', { freshAfter: minutesAgo(1) }, 'done'],
  ['codes not kept yet', { recoveryCodesToKeep: true }, 'keep-recovery-codes'],
  ['password expired', { password: { expired: true, mustChange: false } }, 'change-password'],
  [
    'password expired, but signed in by passkey',
    { password: { expired: true, mustChange: false }, evidence: [passkey(true)] },
    'done',
  ],
  ['denied by a rule', { need: need(1, { denied: { value: true, because } }) }, 'refuse'],
  [
    'denied by a rule, but proved nothing: not told',
    { need: need(1, { denied: { value: true, because } }), evidence: [] },
    'password',
  ],
  ['disabled', { active: false }, 'refuse'],
  ['disabled, but proved nothing: not told', { active: false, evidence: [] }, 'password'],
  ['application of another domain', { appOffered: false }, 'refuse'],
  [
    'password expired, and two demanded',
    { need: need(2), password: { expired: true, mustChange: false } },
    'challenge',
  ],
]

test.for(rows)('M4 M7 M11 P1: %s', ([, differs, step]) => {
  expect(nextStep(person(differs), now).do).toBe(step)
})

describe('what is offered', () => {
  test('M2: where only passkeys reach the level, TOTP is not offered', () => {
    const step = nextStep(person({ need: need(3), enrolled: ['password', 'totp', 'passkey'] }), now)
    expect(step).toMatchObject({ do: 'challenge', offer: ['passkey'], trustDays: undefined })
  })
  test('M4: the step names the rule and the group that asked', () => {
    expect(nextStep(person({ need: need(2) }), now)).toMatchObject({
      because: { rule: 'finance needs two', group: 'finance' },
    })
  })
  test('M3: trusting the device is offered only where policy allows it', () => {
    expect(nextStep(person({ need: need(2, trusts(30)) }), now)).toMatchObject({ trustDays: 30 })
    expect(nextStep(person({ need: need(2, trusts(0)) }), now)).toMatchObject({ trustDays: undefined })
  })
  test('done carries the level and the methods, without factors a rule does not accept', () => {
    expect(nextStep(person({ evidence: [password, totp] }), now)).toEqual({
      do: 'done',
      level: 2,
      amr: ['mfa', 'otp', 'pwd'],
    })
  })
})

test('a journey ends: whatever is demanded, giving what is asked reaches done or a refusal in few steps', () => {
  const kinds: readonly FactorKind[] = ['totp', 'passkey', 'recovery-code']
  for (const level of [1, 2, 3] as const)
    for (let enrolledMask = 0; enrolledMask < 8; enrolledMask++)
      for (let allowedMask = 0; allowedMask < 16; allowedMask++) {
        const enrolled: FactorKind[] = ['password', ...kinds.filter((_, i) => enrolledMask & (1 << i))]
        const factors = allowedMask & 8 ? {} : only(...kinds.filter((_, i) => allowedMask & (1 << i)))
        let facts = person({ need: need(level, factors), enrolled, evidence: [] })
        let step = nextStep(facts, now)
        for (let asked = 0; asked < 6 && step.do !== 'done' && step.do !== 'refuse'; asked++) {
          facts = give(facts, step)
          step = nextStep(facts, now)
        }
        expect(['done', 'refuse'], `${level} ${enrolled} ${allowedMask}`).toContain(step.do)
      }
})

const give = (facts: Facts, step: Step): Facts => {
  if (step.do === 'password') return { ...facts, evidence: [...facts.evidence, password] }
  if (step.do !== 'challenge' && step.do !== 'enrol') throw new Error(`unexpected ${step.do}`)
  const kind = step.offer[0]
  const evidence = kind === 'totp' ? totp : kind === 'passkey' ? passkey(true) : recovery
  return {
    ...facts,
    evidence: [...facts.evidence, evidence],
    enrolled: kind ? [...facts.enrolled, kind] : facts.enrolled,
  }
}
