// Trusted devices: whose, how many, how long, and when they are forgotten.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { id, person, signOnRule } from '../../stores/rows.ts'
import { type Bed, type Browser, openBed, PASSWORD } from './bed.ts'

let bed: Bed
const rule = (days: number, count: number, name = 'two') =>
  bed.store.write((tx) =>
    tx.signOnRules.put(signOnRule(name, { demands: { level: 2, trustedDevice: { days, count } } })),
  )
beforeEach(async () => {
  bed = await openBed()
  await bed.hold.password('alice')
  await bed.hold.totp('alice')
  await rule(30, 2)
})
afterEach(() => bed.close())

/** What is asked after the password, in a browser whose session is over. */
const askedIn = async (b: Browser, name = 'alice', text = PASSWORD) => {
  b.held.sessionToken = ''
  await b.begin()
  await b.typeName(name)
  await b.typePassword(text)
  return (await b.step()).do
}
const trusted = async (address: string) => {
  bed.later(30) // a code of its own
  const b = bed.browser(address)
  await b.signIn('alice', { code: true, trust: true })
  return b
}
const labels = async () => (await bed.store.read((tx) => tx.devices.ofPerson(id('alice')))).map((d) => d.label).sort()

describe('M3: a device is trusted', () => {
  test('when its owner asks for it: then only the password is asked there, and the event says so', async () => {
    const b = await trusted('192.0.2.1')
    expect(await askedIn(b)).toBe('done')
    expect((await b.finish())?.session.evidence.map((e) => e.kind)).toEqual(['password', 'trusted-device'])
    expect(await bed.audit('device.trusted')).toMatchObject([{ actor: { name: 'alice' }, details: { days: 30 } }])
    expect(await askedIn(bed.browser('192.0.2.2'))).toBe('challenge')
  })
  test('not when nobody asked, and not where policy offers none', async () => {
    const b = bed.browser()
    const done = await b.signIn('alice', { code: true })
    expect(done.deviceToken).toBeUndefined()
    await rule(0, 2, 'no trust')
    bed.later(30)
    const again = await bed.browser().signIn('alice', { code: true, trust: true })
    expect(again.deviceToken).toBeUndefined()
    expect(await labels()).toEqual([])
  })
  test('not by a recovery code', async () => {
    const [code = ''] = await bed.hold.recoveryCodes('alice')
    const b = await bed.browser().begin()
    await b.typeName('alice')
    await b.typePassword()
    await b.says({ kind: 'recovery-code', code })
    expect((await b.finish())?.deviceToken).toBeUndefined()
  })
  test('its token is kept as a digest', async () => {
    const b = await trusted('192.0.2.1')
    const rows = JSON.stringify(await bed.store.read((tx) => tx.devices.ofPerson(id('alice'))))
    expect(rows).toContain(bed.secrets.digest(b.held.deviceToken ?? ''))
    expect(rows).not.toContain(b.held.deviceToken)
  })
})

describe('M3: and not longer than policy says', () => {
  test('the days count from when it was trusted, not from when it was used', async () => {
    const b = await trusted('192.0.2.1')
    bed.later(29 * 86_400)
    expect(await askedIn(b)).toBe('done')
    await b.finish()
    bed.later(86_400)
    expect(await askedIn(b)).toBe('challenge')
  })
  test('a policy made stricter holds for devices trusted before', async () => {
    const b = await trusted('192.0.2.1')
    bed.later(8 * 86_400)
    expect(await askedIn(b)).toBe('done')
    await rule(7, 2)
    expect(await askedIn(b)).toBe('challenge')
  })
  test('a rule that wants level 3 is not met by it', async () => {
    const b = await trusted('192.0.2.1')
    await bed.store.write((tx) => tx.signOnRules.put(signOnRule('passkeys', { demands: { level: 3 } })))
    expect(await askedIn(b)).toBe('challenge')
  })
  test('one too many: the oldest makes room', async () => {
    const [first, second, third] = [await trusted('192.0.2.1'), await trusted('192.0.2.2'), await trusted('192.0.2.3')]
    expect(await labels()).toEqual(['browser at 192.0.2.2', 'browser at 192.0.2.3'])
    if (!first || !second || !third) throw new Error('three browsers')
    expect([await askedIn(first), await askedIn(second), await askedIn(third)]).toEqual(['challenge', 'done', 'done'])
  })
  test('the same browser trusted again is one device with a new token', async () => {
    const b = await trusted('192.0.2.1')
    const before = b.held.deviceToken
    bed.later(31 * 86_400)
    b.held.sessionToken = ''
    await b.signIn('alice', { code: true, trust: true })
    expect(b.held.deviceToken).not.toBe(before)
    expect(await labels()).toEqual(['browser at 192.0.2.1'])
  })
})

describe('M3: it is its owner’s alone', () => {
  test('another person at the same browser is asked', async () => {
    const b = await trusted('192.0.2.1')
    await bed.hold.password('bob')
    await bed.hold.totp('bob')
    expect(await askedIn(b, 'bob')).toBe('challenge')
    expect((await bed.store.read((tx) => tx.devices.ofPerson(id('bob')))).length).toBe(0)
  })
  test('it proves nothing without the password', async () => {
    const b = await trusted('192.0.2.1')
    expect(await askedIn(b, 'alice', 'wrong')).toBe('password')
  })
})

describe('M3: it is forgotten', () => {
  const fresh = 'a new and better passphrase'
  test('when the password changes, on the account page', async () => {
    const b = await trusted('192.0.2.1')
    const other = await trusted('192.0.2.2')
    const answer = { current: PASSWORD, password: fresh, repeat: fresh }
    expect(await bed.flows.account.changePassword(b.account(), answer)).toEqual({ kind: 'next' })
    expect(await labels()).toEqual([])
    for (const each of [b, other]) expect(await askedIn(each, 'alice', fresh)).toBe('challenge')
  })
  test('when the password changes inside the journey: it does not even finish that journey', async () => {
    const b = await trusted('192.0.2.1')
    await bed.store.write((tx) => tx.people.put(person('alice', { updatedAt: bed.clock() })))
    const held = (await bed.store.read((tx) => tx.credentials.ofPerson(id('alice')))).find(
      (c) => c.data.kind === 'password',
    )
    if (held?.data.kind !== 'password') throw new Error('no password')
    const mustChange = { ...held, data: { ...held.data, mustChange: true } }
    await bed.store.write((tx) => tx.credentials.save(mustChange))
    expect(await askedIn(b)).toBe('change-password')
    expect(await b.says({ kind: 'change-password', current: PASSWORD, password: fresh, repeat: fresh })).toBe('next')
    expect((await b.step()).do).toBe('challenge')
    expect(await labels()).toEqual([])
  })
  test('when a factor is removed, and when its owner says so', async () => {
    const [code = ''] = await bed.hold.recoveryCodes('alice')
    expect(code).toMatch(/-/)
    const b = await trusted('192.0.2.1')
    const other = await trusted('192.0.2.2')
    const [device] = await bed.store.read((tx) => tx.devices.ofPerson(id('alice')))
    expect(await bed.flows.account.removeDevice(b.account(), device?.id ?? id(''))).toEqual({ kind: 'done' })
    expect(await askedIn(other)).toBe('challenge')
    expect(await askedIn(b)).toBe('done')
    await b.finish()
    const c = await trusted('192.0.2.3')
    expect(await bed.flows.account.removeFactor(c.account(), id('codes-alice'))).toEqual({ kind: 'done' })
    expect(await labels()).toEqual([])
    expect(await askedIn(c)).toBe('challenge')
  })
  test('another person’s device is not theirs to forget', async () => {
    await bed.hold.password('bob')
    await trusted('192.0.2.1')
    await bed.store.write((tx) => tx.signOnRules.remove(id('two')))
    const bob = bed.browser('192.0.2.9')
    await bob.signIn('bob')
    const [device] = await bed.store.read((tx) => tx.devices.ofPerson(id('alice')))
    expect(await bed.flows.account.removeDevice(bob.account(), device?.id ?? id(''))).toEqual({
      kind: 'refused',
      why: 'not-found',
    })
    expect(await labels()).toHaveLength(1)
  })
})

test('M3: a device revoked while a session is open no longer stands in for the second factor there', async () => {
  const b = await trusted('192.0.2.1')
  expect(await askedIn(b)).toBe('done')
  await b.finish()
  expect((await b.assess()).step.do).toBe('done')
  await bed.store.write((tx) => tx.devices.removeOfPerson(id('alice')))
  expect((await b.assess()).step.do).toBe('challenge')
})
