// Codes, recovery codes, passkeys and their enrolment inside a journey, and the order in which things are asked.
import { generate } from 'otplib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FLAGS, type Said, softwareAuthenticator } from '../../factors/software-authenticator.ts'
import { DAY, id, NOW, oidcApp, signOnRule } from '../../stores/rows.ts'
import { type Bed, type Browser, ORIGIN, openBed, PASSWORD } from './bed.ts'

let bed: Bed
beforeEach(async () => {
  bed = await openBed()
  await bed.hold.password('alice')
})
afterEach(() => bed.close())

const rule = (name: string, demands: Parameters<typeof signOnRule>[1] = {}) =>
  bed.store.write((tx) => tx.signOnRules.put(signOnRule(name, demands)))
const afterPassword = async (address?: string, wishes = {}): Promise<Browser> => {
  const b = await bed.browser(address).begin(wishes)
  await b.typeName('alice')
  await b.typePassword()
  return b
}
const kindsOf = async (who: string) =>
  (await bed.store.read((tx) => tx.credentials.ofPerson(id(who)))).map((c) => c.data.kind).sort()
const said = (
  view: { readonly passkey: { readonly options: object } | undefined },
  more: Partial<Said> = {},
): Said => ({
  challenge: (view.passkey?.options as { challenge?: string } | undefined)?.challenge ?? '',
  origin: ORIGIN,
  rpId: 'gateway.example',
  ...more,
})

describe('codes', () => {
  beforeEach(async () => {
    await rule('two')
    await bed.hold.totp('alice')
  })
  test('M1 M4: password, then the code, with the rule named', async () => {
    const b = await afterPassword()
    expect((await b.view()).because).toEqual({ rule: 'two', group: undefined, app: undefined })
    expect(await b.typeCode()).toBe('next')
    expect((await b.finish())?.session.evidence.map((e) => e.kind)).toEqual(['password', 'totp'])
  })
  test('M1: one code in two browsers at once: one wins, the other is told that it was used', async () => {
    const browsers = await Promise.all(['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((a) => afterPassword(a)))
    expect((await Promise.all(browsers.map((b) => b.typeCode()))).sort()).toEqual(['code-used', 'code-used', 'next'])
  })
  test('M1: one code twice in one browser, and an older code after a newer one', async () => {
    expect(await (await afterPassword()).typeCode()).toBe('next')
    expect(await (await afterPassword()).typeCode()).toBe('code-used')
    const b = await afterPassword()
    expect(await b.says({ kind: 'totp', code: await bed.codeNow(-1), trustDevice: false })).toBe('code-used')
    bed.later(30)
    expect(await b.typeCode()).toBe('next')
  })
  test.for(['12345', '1234567', 'abcdef', '', '１２３４５６', '00000０'])('`%s` is no code', async (code) => {
    const b = await afterPassword()
    expect(await b.says({ kind: 'totp', code, trustDevice: false })).toBe('code-malformed')
  })
  test('a failed code is written down with the reason, and never with the code', async () => {
    const b = await afterPassword()
    await b.says({ kind: 'totp', code: '918273', trustDevice: false })
    const [event] = await bed.audit('sign-in.failed')
    expect(event).toMatchObject({ outcome: 'failure', reason: 'wrong-code', target: { name: 'alice' } })
    expect(JSON.stringify(event)).not.toContain('918273')
  })
})

describe('M10: recovery codes', () => {
  test('each once, even when two browsers give it at the same time', async () => {
    await rule('two')
    await bed.hold.totp('alice')
    const [first = '', second = ''] = await bed.hold.recoveryCodes('alice')
    const browsers = await Promise.all(['192.0.2.1', '192.0.2.2'].map((a) => afterPassword(a)))
    const answers = await Promise.all(browsers.map((b) => b.says({ kind: 'recovery-code', code: first })))
    expect(answers.filter((a) => a === 'next')).toHaveLength(1)
    const again = await afterPassword()
    expect(await again.says({ kind: 'recovery-code', code: first })).toBe('wrong-code')
    expect(await again.says({ kind: 'recovery-code', code: second.toLowerCase().replaceAll('-', ' ') })).toBe('next')
  })
  test('another person’s code is none', async () => {
    await rule('two')
    await bed.hold.totp('alice')
    const [theirs = ''] = await bed.hold.recoveryCodes('bob')
    await bed.hold.recoveryCodes('alice')
    expect(await (await afterPassword()).says({ kind: 'recovery-code', code: theirs })).toBe('wrong-code')
  })
  test('it is no way around a rule that wants a passkey', async () => {
    await rule('passkeys', { demands: { level: 3 } })
    await bed.hold.totp('alice')
    const [code = ''] = await bed.hold.recoveryCodes('alice')
    const b = await afterPassword()
    // A factor is proven before another is added, so the code is taken: as a proof, not as the level.
    expect(await b.says({ kind: 'recovery-code', code })).toBe('next')
    expect(await b.step()).toMatchObject({ do: 'enrol', offer: ['passkey'] })
    expect(await b.finish()).toBeUndefined()
  })
})

describe('M7: enrolment where a rule asks for a factor and none is there', () => {
  test('a code from the picture enrols, is evidence, and cannot be used again to sign in', async () => {
    await rule('two')
    const b = await afterPassword()
    const { totp } = await b.view()
    expect((await b.view()).totp).toEqual(totp) // a reload shows the same secret
    const code = await generate({ secret: totp?.secret ?? '', epoch: NOW / 1000 })
    expect(await b.says({ kind: 'enrol-totp', code: '000000' })).toBe('wrong-code')
    expect(await b.says({ kind: 'enrol-totp', code })).toBe('next')
    const { recoveryCodes } = await b.view()
    expect(recoveryCodes).toHaveLength(10)
    expect(await b.finish()).toBeUndefined() // the codes are seen first
    expect(await b.says({ kind: 'recovery-codes-kept' })).toBe('next')
    expect((await b.finish())?.session.evidence.map((e) => e.kind)).toEqual(['password', 'totp'])
    expect(await kindsOf('alice')).toEqual(['password', 'recovery-code', 'totp'])
    expect(JSON.stringify(await bed.store.read((tx) => tx.credentials.ofPerson(id('alice'))))).not.toContain(
      totp?.secret,
    )
    const next = await afterPassword()
    expect(await next.says({ kind: 'totp', code, trustDevice: false })).toBe('code-used')
    expect(await next.says({ kind: 'recovery-code', code: recoveryCodes?.[3] ?? '' })).toBe('next')
  })
  test('a code of another secret than the one shown here does not enrol', async () => {
    await rule('two')
    const b = await afterPassword()
    await b.view()
    expect(await b.says({ kind: 'enrol-totp', code: await bed.codeNow() })).toBe('wrong-code')
    expect(await kindsOf('alice')).toEqual(['password'])
  })
  test('a passkey enrols; it is bound to the challenge of this journey', async () => {
    await rule('passkeys', { demands: { level: 3 } })
    const key = softwareAuthenticator()
    const other = await afterPassword('192.0.2.2')
    const b = await afterPassword()
    expect((await b.view()).totp).toBeUndefined()
    const foreign = key.register(said(await other.view()))
    expect(await b.says({ kind: 'enrol-passkey', response: foreign, label: '' })).toBe('passkey-failed')
    const response = key.register(said(await b.view()))
    bed.later(601)
    expect(await b.says({ kind: 'enrol-passkey', response, label: '' })).toBe('passkey-failed') // too late
    const fresh = key.register(said(await b.view()))
    expect(await b.says({ kind: 'enrol-passkey', response: fresh, label: ' my key ' })).toBe('next')
    expect((await b.step()).do).toBe('done')
    expect(await kindsOf('alice')).toEqual(['passkey', 'password']) // no recovery codes where they would be a way around
  })
  test('a stolen password cannot enrol the thief’s own factor where one is enrolled', async () => {
    await bed.hold.totp('alice')
    await rule('passkeys', { demands: { level: 3 } })
    const thief = await afterPassword('203.0.113.9')
    expect(await thief.step()).toMatchObject({ do: 'challenge', offer: ['totp'] })
    const key = softwareAuthenticator()
    const response = key.register(said(await thief.view()))
    expect(await thief.says({ kind: 'enrol-passkey', response, label: '' })).toBe('stale')
    expect(await kindsOf('alice')).toEqual(['password', 'totp'])
    const owner = await afterPassword()
    await owner.typeCode()
    expect(await owner.step()).toMatchObject({ do: 'enrol', offer: ['passkey'] })
  })
  test('nor can a stolen trusted device', async () => {
    await bed.hold.totp('alice')
    await rule('two', { demands: { level: 2, trustedDevice: { days: 30, count: 3 } } })
    const laptop = bed.browser()
    await laptop.signIn('alice', { code: true, trust: true })
    await rule('passkeys', { demands: { level: 3 } })
    laptop.held.sessionToken = ''
    await laptop.begin()
    await laptop.typeName('alice')
    await laptop.typePassword()
    expect(await laptop.step()).toMatchObject({ do: 'challenge', offer: ['totp'] })
  })
  test('a level that no allowed factor reaches is refused, never waved through', async () => {
    await rule('two', { demands: { level: 2, factors: [] } })
    expect(await (await afterPassword()).step()).toMatchObject({ do: 'refuse', why: 'no-factor-allowed' })
  })
})

describe('passkeys', () => {
  const enrolled = async (who: string, key: ReturnType<typeof softwareAuthenticator>) => {
    const people = await bed.store.read((tx) => tx.people.get(id(who)))
    if (!people) throw new Error(who)
    const { challenge } = await bed.factors.passkey.offer(people, [])
    const data = await bed.factors.passkey.confirm(
      key.register({ challenge, origin: ORIGIN, rpId: 'gateway.example' }),
      challenge,
      NOW,
    )
    if ('refused' in data) throw new Error(data.detail)
    await bed.store.write((tx) =>
      tx.credentials.add({
        id: id(`passkey-${who}`),
        personId: id(who),
        label: 'key',
        createdAt: NOW,
        lastUsedAt: undefined,
        version: 0,
        data,
      }),
    )
    return people.handle
  }
  test('M2: alone it is a whole sign-in at level 3, and an answer counts once', async () => {
    const key = softwareAuthenticator()
    const handle = await enrolled('alice', key)
    const b = await bed.browser().begin()
    const response = key.assert(said(await b.view()), handle)
    expect(await b.says({ kind: 'passkey', response })).toBe('next')
    expect(await b.step()).toMatchObject({ do: 'done', level: 3 })
    const other = await bed.browser('192.0.2.2').begin()
    await other.view()
    expect(await other.says({ kind: 'passkey', response })).toBe('passkey-failed')
  })
  test('M2: without user verification it is no sign-in by itself', async () => {
    const key = softwareAuthenticator()
    const handle = await enrolled('alice', key)
    const b = await bed.browser().begin()
    const response = key.assert(said(await b.view(), { flags: FLAGS.UP }), handle)
    await b.says({ kind: 'passkey', response })
    expect((await b.step()).do).not.toBe('done')
    expect(await b.finish()).toBeUndefined()
  })
  test('M2: after alice’s password, bob’s passkey proves nothing', async () => {
    await rule('passkeys', { demands: { level: 3 } })
    await enrolled('alice', softwareAuthenticator())
    const bobs = softwareAuthenticator()
    const handle = await enrolled('bob', bobs)
    const b = await afterPassword()
    expect(await b.step()).toMatchObject({ do: 'challenge', offer: ['passkey'] })
    expect(await b.says({ kind: 'passkey', response: bobs.assert(said(await b.view()), handle) })).toBe(
      'passkey-unknown',
    )
    expect(await b.step()).toMatchObject({ do: 'challenge' })
  })
  test('bob’s passkey in a browser where alice is signed in: nothing of hers becomes his', async () => {
    const bobs = softwareAuthenticator()
    const handle = await enrolled('bob', bobs)
    const b = bed.browser()
    const first = await b.signIn('alice')
    bed.later(60)
    await b.begin({ freshAfter: bed.clock() })
    expect(await b.step()).toEqual({ do: 'password' })
    await b.says({ kind: 'passkey', response: bobs.assert(said(await b.view()), handle) })
    const second = await b.finish()
    expect(second?.session).toMatchObject({ personId: 'bob' })
    expect(second?.session.id).not.toBe(first.session.id)
    expect(second?.session.evidence.map((e) => e.kind)).toEqual(['passkey'])
  })
})

describe('P1: an expired password', () => {
  const fresh = 'a new and better passphrase'
  const change = (b: Browser, current = PASSWORD, password = fresh, repeat = password) =>
    b.says({ kind: 'change-password', current, password, repeat })
  beforeEach(() => bed.later(120 * 86_400))

  test('at 120 days to the millisecond it still holds, a moment later it does not', async () => {
    expect((await (await afterPassword()).step()).do).toBe('done')
    bed.later(0.001)
    expect(await (await afterPassword()).step()).toEqual({ do: 'change-password', why: 'expired' })
  })
  test('is asked for only after the second factor: who holds only the old password cannot renew it', async () => {
    await rule('two')
    await bed.hold.totp('alice')
    bed.later(1)
    const b = await afterPassword()
    expect((await b.step()).do).toBe('challenge')
    expect(await change(b)).toBe('stale')
    await b.typeCode()
    expect(await b.step()).toEqual({ do: 'change-password', why: 'expired' })
    expect(await b.finish()).toBeUndefined()
    expect(await change(b)).toBe('next')
    expect((await b.finish())?.session.evidence.map((e) => e.kind).sort()).toEqual(['password', 'totp'])
  })
  test('P2: the old one, a used one, a short one, a common one, one with the name and a typing mistake are refused', async () => {
    bed.later(1)
    const b = await afterPassword()
    expect(await change(b, 'wrong')).toBe('current-password-wrong')
    expect(await change(b, PASSWORD, PASSWORD)).toBe('password-reused')
    expect(await change(b, PASSWORD, 'short')).toBe('password-too-short')
    expect(await change(b, PASSWORD, 'password1234')).toBe('password-too-common')
    expect(await change(b, PASSWORD, 'Alice in wonderland')).toBe('password-contains-name')
    expect(await change(b, PASSWORD, fresh, `${fresh} `)).toBe('password-mismatch')
  })
  test('P2: the last five are remembered', async () => {
    const texts = [PASSWORD, ...[1, 2, 3, 4, 5].map((n) => `passphrase number ${n} is new`)]
    for (const [i, text] of texts.slice(1).entries()) {
      bed.later(121 * 86_400)
      const b = await bed.browser().begin()
      await b.typeName('alice')
      await b.typePassword(texts[i])
      if (i > 1) expect(await change(b, texts[i], texts[i - 2])).toBe('password-reused')
      expect(await change(b, texts[i], text)).toBe('next')
    }
    bed.later(121 * 86_400)
    const b = await bed.browser().begin()
    await b.typeName('alice')
    await b.typePassword(texts[5])
    expect(await change(b, texts[5], texts[1])).toBe('password-reused')
    expect(await change(b, texts[5], texts[0])).toBe('next') // the sixth before is forgotten
  })
  test('two tabs with two new passwords: one is stored', async () => {
    bed.later(1)
    const [a, b] = [await afterPassword(), await afterPassword('192.0.2.2')]
    const answers = await Promise.all([change(a, PASSWORD, `${fresh} one`), change(b, PASSWORD, `${fresh} two`)])
    expect(answers.sort()).toEqual(['next', 'stale'])
  })
  test('is warned of inside the window', async () => {
    await bed.store.write((tx) => tx.credentials.remove(id('password-alice')))
    await bed.hold.password('alice', PASSWORD, bed.clock() - 110 * DAY)
    const b = await afterPassword()
    expect((await b.view()).passwordExpiresInDays).toBe(10)
  })
})

test('M4: an application’s own wish is met by what is missing only', async () => {
  await bed.hold.totp('alice')
  await bed.store.write((tx) => tx.apps.put(oidcApp('payroll', 'payroll')))
  const b = bed.browser()
  await b.signIn('alice')
  bed.later(60)
  await b.begin({ appId: id('payroll'), level: 2 })
  expect(await b.step()).toMatchObject({ do: 'challenge', offer: ['totp'], because: { by: 'request' } })
})
