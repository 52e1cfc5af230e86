// M10: a code from an administrator stands in for a lost one-time code, once, for a while, and for nothing else.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { id, signOnRule } from '../../stores/rows.ts'
import { type Bed, type Browser, openBed } from './bed.ts'

let bed: Bed
beforeEach(async () => {
  bed = await openBed()
  await bed.hold.password('alice')
})
afterEach(() => bed.close())

/** As flows/directory/bypass-code.ts keeps it. */
const give = async (seconds = 3600): Promise<string> => {
  const { codes, hashes } = bed.factors.recovery.make()
  const expiresAt = bed.clock() + seconds * 1000
  await bed.store.write((tx) =>
    tx.credentials.add({
      id: id(`bypass-${codes[0]}`),
      personId: id('alice'),
      label: 'code from root',
      createdAt: bed.clock(),
      lastUsedAt: undefined,
      version: 0,
      data: { kind: 'recovery-code', hashes: [hashes[0] ?? ''], bypass: { expiresAt } },
    }),
  )
  return codes[0] ?? ''
}
const rule = (demands: Parameters<typeof signOnRule>[1]) =>
  bed.store.write((tx) => tx.signOnRules.put(signOnRule('two', demands)))
const atSecond = async (): Promise<Browser> => {
  const b = await bed.browser().begin()
  await b.typeName('alice')
  await b.typePassword()
  return b
}
const typed = (b: Browser, code: string) => b.says({ kind: 'recovery-code', code })
const offered = async (b: Browser) => {
  const step = await b.step()
  return 'offer' in step ? [step.do, ...step.offer] : [step.do]
}

describe('a code from an administrator', () => {
  test('M10: with the password it is a second factor, once; it is gone, told and written down', async () => {
    await rule({ demands: { level: 2 } })
    await bed.hold.totp('alice')
    const code = await give()
    const b = await atSecond()
    expect(await offered(b)).toEqual(['challenge', 'totp', 'recovery-code'])
    expect(await typed(b, code.toLowerCase())).toBe('next')
    const done = await b.finish()
    expect(done?.session.evidence.map((e) => e.kind)).toEqual(['password', 'recovery-code'])
    expect((await bed.audit('bypass-code.used'))[0]).toMatchObject({
      actor: { name: 'alice' },
      details: { given: 'code from root', app: null },
    })
    const kinds = (await bed.store.read((tx) => tx.credentials.ofPerson(id('alice')))).map((c) => c.data.kind)
    expect(kinds.sort()).toEqual(['password', 'totp'])
    const again = await atSecond()
    expect(await offered(again)).toEqual(['challenge', 'totp'])
    expect(await typed(again, code)).toBe('stale')
  })
  test('M10: in two browsers at once it counts in one', async () => {
    await rule({ demands: { level: 2 } })
    await bed.hold.totp('alice')
    const code = await give()
    const [one, other] = [await atSecond(), await atSecond()]
    const says = await Promise.all([typed(one, code), typed(other, code)])
    expect(says.filter((s) => s === 'next')).toHaveLength(1)
  })
  test('M10: it ends with its time', async () => {
    await rule({ demands: { level: 2 } })
    await bed.hold.totp('alice')
    const code = await give(600)
    const b = await atSecond()
    bed.later(600)
    expect(await typed(b, code)).not.toBe('next')
    expect(await offered(await atSecond())).toEqual(['challenge', 'totp'])
  })
  test('M10: not where policy does not allow one-time codes', async () => {
    await rule({ demands: { level: 2, factors: ['passkey'] } })
    const code = await give()
    const b = await atSecond()
    expect(await offered(b)).toEqual(['enrol', 'passkey'])
    expect(await typed(b, code)).toBe('stale')
  })
  test('M10: never for level 3, not even as the proof before enrolling what reaches it', async () => {
    await rule({ demands: { level: 3 } })
    await bed.hold.totp('alice')
    const codes = await bed.hold.recoveryCodes('alice')
    const code = await give()
    const b = await atSecond()
    expect((await offered(b)).sort()).toEqual(['challenge', 'recovery-code', 'totp'])
    expect(await typed(b, code)).toBe('wrong-code')
    expect(await typed(b, codes[0] ?? '')).toBe('next')
  })
  test('M10: whoever has no factor yet proves the code and owes nothing; recovery codes of their own still come with the first', async () => {
    await rule({ demands: { level: 2 } })
    const code = await give()
    const b = await atSecond()
    expect(await offered(b)).toEqual(['challenge', 'recovery-code'])
    expect(await typed(b, code)).toBe('next')
    expect((await b.step()).do).toBe('done')
    await give()
    const enrolling = await bed.browser().begin({ level: 2 })
    await enrolling.typeName('alice')
    await enrolling.typePassword()
    expect(await offered(enrolling)).toEqual(['challenge', 'recovery-code'])
  })
  test('M3: it never makes a device trusted', async () => {
    await rule({ demands: { level: 2, trustedDevice: { days: 30, count: 2 } } })
    await bed.hold.totp('alice')
    const b = await atSecond()
    await typed(b, await give())
    expect((await b.finish())?.deviceToken).toBeUndefined()
  })
  test('M11: the person sees it among what can sign in as them, until it is over', async () => {
    const b = bed.browser()
    await b.signIn('alice')
    await give(600)
    const until = async () => (await bed.flows.account.overview(b.account()))?.factors.map((f) => f.until)
    expect(await until()).toEqual([bed.clock() + 600_000])
    bed.later(600)
    expect(await until()).toEqual([])
  })
})
