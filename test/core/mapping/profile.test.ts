// Upstream attributes → a person's fields, without repairing a value into somebody else's.
import { describe, expect, test } from 'vitest'
import { profileOf } from '../../../src/core/mapping/profile.ts'
import type { AttributeMapping } from '../../../src/core/model/idp.ts'

const mapping: AttributeMapping = {
  username: 'uid',
  email: 'mail',
  displayName: 'cn',
  givenName: 'gn',
  familyName: 'sn',
  locale: 'lang',
  other: { department: 'ou', costCentre: 'cc' },
}
const profile = (
  attributes: Record<string, readonly string[]>,
  differs: Partial<AttributeMapping> = {},
  subject = 'S1',
) => profileOf({ ...mapping, ...differs }, subject, attributes)

describe('F7: attribute mapping', () => {
  test('every field, with the others as lists', () => {
    expect(
      profile({
        uid: ['kim'],
        mail: ['kim@corp.example'],
        cn: ['김철수'],
        gn: ['철수'],
        sn: ['김'],
        lang: ['ko_KR'],
        ou: ['R&D', 'Seoul'],
        secret: ['x'],
      }),
    ).toEqual({
      username: 'kim',
      email: 'kim@corp.example',
      displayName: '김철수',
      givenName: '철수',
      familyName: '김',
      locale: 'ko-KR',
      other: { department: ['R&D', 'Seoul'] },
    })
  })
  test('only the user name is indispensable; a name is made of its parts', () => {
    expect(profile({ uid: ['kim'], gn: ['Chul'], sn: ['Kim'] })).toMatchObject({
      username: 'kim',
      email: undefined,
      displayName: 'Chul Kim',
      locale: undefined,
      other: {},
    })
  })
  test('the subject can be the user name', () => {
    expect(profile({}, { username: '$subject' }, 'kim@corp.example')).toMatchObject({ username: 'kim@corp.example' })
  })
  test.for([
    ['missing', {}],
    ['without a value', { uid: [] }],
    ['empty', { uid: [''] }],
    ['blank', { uid: [' \t '] }],
    ['invisible', { uid: ['\u200b\u2060'] }],
    ['only inherited', { __proto__: { uid: ['kim'] } }],
  ] as const)('a user name that is %s is a fault that names the attribute', ([, attributes]) => {
    expect(profile(attributes as Record<string, readonly string[]>)).toEqual({
      faults: ['the attribute `uid` for the user name is missing'],
    })
  })
  test('an attribute named like something built in is not found by accident', () => {
    expect(profile({}, { username: 'constructor' })).toHaveProperty('faults')
  })
  test('a user name that is too long is refused, not cut: cut it would be another person', () => {
    expect(profile({ uid: ['k'.repeat(321)] })).toEqual({
      faults: ['the attribute `uid` is longer than a user name may be (320)'],
    })
  })
  test('two spellings of one user name are one', () => {
    expect(profile({ uid: [' ｋｉｍ\u200b\u0007 '] })).toMatchObject({ username: 'kim' })
  })
  test.for([
    'kim',
    'kim@',
    'a@b@c',
    'kim@corp.example,boss@corp.example',
    'Kim <kim@corp.example>',
    'kim@corp\u200b.example',
    'kim@corp.example\u0000.evil.test',
    `${'k'.repeat(310)}@corp.example`,
    'kim@corp.example\r\nBcc: all@corp.example',
  ])('%j is left out as an e-mail address', (mail) => {
    expect(profile({ uid: ['kim'], mail: [mail] })).toMatchObject({ username: 'kim', email: undefined })
  })
  test.for([
    ['ko', 'ko'],
    ['zh_Hant_TW', 'zh-Hant-TW'],
    ['../../etc', undefined],
    ['', undefined],
  ] as const)('locale `%s`', ([lang, expected]) => {
    expect(profile({ uid: ['kim'], lang: [lang] })).toMatchObject({ locale: expected })
  })
  test('shown values lose control characters and length, never half a character', () => {
    const made = profile({
      uid: ['kim'],
      cn: [`a\u0000\u202eb${'🔑'.repeat(500)}`],
      ou: ['x\u0000\u001b[31m', 'y'.repeat(500)],
    })
    if ('faults' in made) throw new Error(made.faults.join())
    expect(made.displayName?.startsWith('ab🔑')).toBe(true)
    expect(made.displayName?.isWellFormed()).toBe(true)
    expect([...(made.displayName ?? '')].length).toBeLessThanOrEqual(400)
    expect(made.other.department?.[0]).toBe('x[31m')
    expect(made.other.department?.[1]).toHaveLength(400)
  })
  test('no more than a hundred values of one attribute', () => {
    const made = profile({ uid: ['kim'], ou: Array.from({ length: 1000 }, (_, i) => `${i}`) })
    expect('faults' in made ? 0 : made.other.department?.length).toBe(100)
  })
})
