// Guessing: what is counted, against whom, and who is never locked out by others' guesses.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { direct, group, id, membership, signOnRule } from '../../stores/rows.ts'
import { type Bed, openBed, PASSWORD } from './bed.ts'

let bed: Bed
beforeEach(async () => {
  bed = await openBed()
  await bed.hold.password('alice')
})
afterEach(() => bed.close())

const twoFactors = () =>
  bed.store.write((tx) =>
    tx.signOnRules.put(signOnRule('two', { demands: { level: 2, trustedDevice: { days: 30, count: 3 } } })),
  )
const at = async (address: string, name = 'alice') => {
  const b = await bed.browser(address).begin()
  await b.typeName(name)
  return b
}
/** How many wrong guesses are judged before one has to wait. */
const guesses = async (b: Awaited<ReturnType<typeof at>>, limit = 60) => {
  for (let i = 0; i < limit; i++) if ((await b.typePassword('wrong')) === 'throttled') return i
  return limit
}

describe('M12: passwords', () => {
  test('five wrong ones are free, then waiting doubles up to a limit, never for good; even the right one waits', async () => {
    const b = await at('203.0.113.9')
    expect(await guesses(b)).toBe(5)
    const waits: (number | undefined)[] = []
    for (let i = 0; i < 12; i++) {
      const answered = await b.give({ kind: 'password', password: PASSWORD })
      if (answered.kind !== 'fault') throw new Error('the right password did not wait')
      waits.push(answered.waitSeconds)
      bed.later(answered.waitSeconds ?? 0)
      if (i < 11) await b.typePassword('wrong')
      await b.begin()
      await b.typeName('alice')
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
    expect(await b.typePassword()).toBe('next')
  })
  test('success forgives: the next five are free again', async () => {
    const b = await at('203.0.113.9')
    for (let i = 0; i < 4; i++) await b.typePassword('wrong')
    expect(await b.typePassword()).toBe('next')
    expect(await guesses(await at('203.0.113.9'))).toBe(5)
  })
  test('a new journey, another cookie, other letters: the same counter', async () => {
    await guesses(await at('203.0.113.9'))
    expect(await guesses(await at('203.0.113.9'))).toBe(0)
    expect(await guesses(await at('203.0.113.9', ' ALICE'))).toBe(0)
    expect(await guesses(await at('203.0.113.9', 'bob'))).toBe(5)
  })
  test('another source has tries of its own; over all sources together ten times as many', async () => {
    let judged = 0
    for (let i = 0; i < 12; i++) judged += await guesses(await at(`203.0.113.${i}`))
    expect(judged).toBe(50)
    expect(await (await at('192.0.2.77')).typePassword()).toBe('throttled')
  })
  test('a hundred parallel guesses count as a hundred', async () => {
    const browsers = await Promise.all(Array.from({ length: 100 }, () => at('203.0.113.9')))
    const said = await Promise.all(browsers.map((b) => b.typePassword('wrong')))
    expect(said.filter((s) => s === 'wrong-credentials')).toHaveLength(5)
    expect(said.filter((s) => s === 'throttled')).toHaveLength(95)
    expect(await bed.audit('sign-in.failed')).toHaveLength(5)
  })
  test('a device that its owner trusts is never locked out by the failures of others', async () => {
    await twoFactors()
    await bed.hold.totp('alice')
    const mine = bed.browser('192.0.2.1')
    await mine.signIn('alice', { code: true, trust: true })
    bed.later(60)
    for (let i = 0; i < 12; i++) await guesses(await at(`203.0.113.${i}`))
    await guesses(await at('192.0.2.1')) // even from behind the same address
    expect(await (await at('192.0.2.1')).typePassword()).toBe('throttled')
    mine.held.sessionToken = ''
    await mine.begin()
    await mine.typeName('alice')
    expect(await mine.typePassword()).toBe('next')
  })
  test('a trusted device is no way to guess for ever, nor another person’s device a way around', async () => {
    await twoFactors()
    await bed.hold.totp('alice')
    await bed.hold.password('bob')
    const mine = bed.browser('192.0.2.1')
    await mine.signIn('alice', { code: true, trust: true })
    mine.held.sessionToken = ''
    await mine.begin()
    await mine.typeName('alice')
    expect(await guesses(mine)).toBe(5)
    const thief = bed.browser('203.0.113.9')
    thief.held.deviceToken = mine.held.deviceToken ?? ''
    for (let round = 0; round < 2; round++) {
      await thief.begin()
      await thief.typeName('bob')
      expect(await guesses(thief)).toBe(round === 0 ? 5 : 0)
    }
  })
})

describe('M12: every factor has a counter of its own', () => {
  beforeEach(async () => {
    await twoFactors()
    await bed.hold.totp('alice')
  })
  const challenged = async (address: string) => {
    const b = await at(address)
    await b.typePassword()
    return b
  }
  const wrong = { kind: 'totp', code: '000000', trustDevice: false } as const
  test('codes are counted per person over all browsers and sources', async () => {
    const said: string[] = []
    for (let i = 0; i < 8; i++) said.push(await (await challenged(`203.0.113.${i}`)).says(wrong))
    expect(said).toEqual([...Array(5).fill('wrong-code'), ...Array(3).fill('throttled')])
  })
  test('a hundred parallel codes count as a hundred', async () => {
    const browsers = []
    for (let i = 0; i < 20; i++) browsers.push(await challenged('192.0.2.1'))
    const said = await Promise.all(browsers.flatMap((b) => Array.from({ length: 5 }, () => b.says(wrong))))
    expect(said.filter((s) => s === 'wrong-code')).toHaveLength(5)
    expect(said.filter((s) => s === 'throttled')).toHaveLength(95)
  })
  test('who failed at codes may still use a recovery code, and passwords are not touched by either', async () => {
    const [code = ''] = await bed.hold.recoveryCodes('alice')
    const b = await challenged('192.0.2.1')
    for (let i = 0; i < 6; i++) await b.says(wrong)
    expect(await b.typeCode()).toBe('throttled')
    expect(await b.says({ kind: 'recovery-code', code: '0000-0000-0000-0000' })).toBe('wrong-code')
    expect(await b.says({ kind: 'recovery-code', code })).toBe('next')
    expect((await b.finish())?.session.personId).toBe('alice')
    expect(await (await at('192.0.2.1')).typePassword()).toBe('next')
  })
  test('trying to enrol is counted, too', async () => {
    await bed.hold.password('bob')
    const b = await at('192.0.2.1', 'bob')
    await b.typePassword()
    expect((await b.step()).do).toBe('enrol')
    const said: string[] = []
    for (let i = 0; i < 7; i++) said.push(await b.says({ kind: 'enrol-totp', code: '000000' }))
    expect(said).toEqual([...Array(5).fill('wrong-code'), ...Array(2).fill('throttled')])
  })
  test('so is the current password where a new one is set', async () => {
    await bed.store.write(async (tx) => {
      await tx.groups.put(group('Staff'))
      await tx.memberships.put(membership('alice', 'Staff', direct))
      await tx.signOnRules.remove(id('two'))
    })
    await bed.browser().signIn('alice')
    bed.later(200 * 86_400)
    const b = await at('192.0.2.1')
    await b.typePassword()
    expect(await b.step()).toEqual({ do: 'change-password', why: 'expired' })
    const fresh = 'a new and better passphrase'
    const said: string[] = []
    for (let i = 0; i < 7; i++)
      said.push(await b.says({ kind: 'change-password', current: 'wrong', password: fresh, repeat: fresh }))
    expect(said).toEqual([...Array(5).fill('current-password-wrong'), ...Array(2).fill('throttled')])
  })
})
