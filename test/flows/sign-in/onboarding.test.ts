// U8, U11, E.2-1…9: what a first sign-in completes, in order and once; codes by mail that are good for one address, one sign-in and a while;
// new terms ask everybody again, also those who are signed in.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { countries, profileFault, timeZones } from '../../../src/core/journey/profile.ts'
import type { Onboarding } from '../../../src/core/model/tenancy.ts'
import { id } from '../../stores/rows.ts'
import { type Bed, openBed } from './bed.ts'

let bed: Bed
beforeEach(async () => {
  bed = await openBed()
  await bed.hold.password('alice')
})
afterEach(() => bed.close())

const terms = (version: string) => ({ version, text: { en: 'Be kind.', ko: '친절하십시오.' } })
const everything: Onboarding = { confirm: true, contactEmail: true, profile: true, terms: terms('1') }
const ask = (onboarding: Onboarding | undefined) =>
  bed.store.write(async (tx) => {
    const d = await tx.domains.get(id('default'))
    if (d) await tx.domains.put(onboarding ? { ...d, onboarding } : { ...d })
  })
const profile = { country: 'KR', phone: '+82 2-123-4567', timeZone: 'Asia/Seoul' }
const mails = () => bed.store.read(async (tx) => (await tx.outbox.list(id('acme'))).map((m) => m.payload))
const code = async () => /code is (\d{6})/.exec(String((await mails()).at(-1)?.text))?.[1] ?? 'none'
const alice = () => bed.store.read((tx) => tx.people.get(id('alice')))
const arrive = async () => {
  const b = await bed.browser().begin()
  await b.typeName('alice')
  await b.typePassword()
  return b
}
const none = { confirm: false, contactEmail: false, profile: false }

describe('a first sign-in', () => {
  test('U11 E.2-3 E.2-4 E.2-5 E.2-6 E.2-7 E.2-8: confirm, address, terms, profile; then a session, and never again', async () => {
    await ask(everything)
    const b = await arrive()
    expect(await b.step()).toEqual({ do: 'confirm-account' })
    expect((await b.view()).onboarding).toMatchObject({
      tenancy: expect.any(String),
      domainName: expect.any(String),
      name: 'alice',
    })
    expect(await b.finish()).toBeUndefined()
    expect(await b.says({ kind: 'confirm-account' })).toBe('next')
    expect(await b.step()).toEqual({ do: 'contact-email' })
    expect(await b.says({ kind: 'contact-email', email: ' desk@acme.example ' })).toBe('next')
    expect((await b.view()).onboarding?.codeSentTo).toBe('desk@acme.example')
    expect(await mails()).toMatchObject([{ to: 'desk@acme.example' }])
    expect(await b.says({ kind: 'contact-code', code: await code() })).toBe('next')
    expect(await b.step()).toEqual({ do: 'accept-terms' })
    expect(await b.says({ kind: 'accept-terms', version: '1', accepted: false })).toBe('terms-not-accepted')
    expect(await b.says({ kind: 'accept-terms', version: '1', accepted: true })).toBe('next')
    expect(await b.step()).toEqual({ do: 'complete-profile' })
    expect(await b.says({ kind: 'complete-profile', name: 'Alice Kim', profile })).toBe('next')
    expect(await b.finish()).toMatchObject({ session: { personId: 'alice' } })
    expect(await alice()).toMatchObject({
      displayName: 'Alice Kim',
      contact: { email: 'desk@acme.example' },
      profile,
      onboarded: { terms: { version: '1' } },
    })
    for (const action of ['account.confirmed', 'contact-email.verified', 'terms.accepted', 'profile.completed'])
      expect(await bed.audit(action)).toHaveLength(1)
    expect(await (await arrive()).finish()).toBeDefined()
  })
  test('U11: nothing of the account is shown or asked before everything is proven', async () => {
    await ask(everything)
    await bed.hold.totp('alice')
    const b = await bed.browser().begin({ level: 2 })
    await b.typeName('alice')
    expect((await b.view()).onboarding).toBeUndefined()
    await b.typePassword()
    expect(await b.step()).toMatchObject({ do: 'challenge' })
    expect(await b.says({ kind: 'confirm-account' })).toBe('stale')
    await b.typeCode()
    expect(await b.step()).toEqual({ do: 'confirm-account' })
  })
  test('E.2-3: not me: forgets who it was', async () => {
    await ask(everything)
    const b = await arrive()
    await b.says({ kind: 'start-over' })
    expect(await b.step()).toEqual({ do: 'identify' })
    expect((await alice())?.onboarded).toBeUndefined()
  })
  test('U8: a new version of the terms asks again, also in a session that is alive', async () => {
    await ask({ ...none, terms: terms('1') })
    const b = await arrive()
    await b.says({ kind: 'accept-terms', version: '1', accepted: true })
    await b.finish()
    expect((await b.assess()).step.do).toBe('done')
    await ask({ ...none, terms: terms('2') })
    expect((await b.assess()).step).toEqual({ do: 'accept-terms' })
    const again = await b.begin()
    expect(await again.says({ kind: 'accept-terms', version: '1', accepted: true })).toBe('stale')
    expect(await again.says({ kind: 'accept-terms', version: '2', accepted: true })).toBe('next')
    expect(await again.finish()).toBeDefined()
  })
})

describe('E.2-4 E.2-5 the contact address', () => {
  const contact = async () => {
    await ask({ ...none, contactEmail: true })
    return arrive()
  }
  test('a wrong, a malformed, a late and a used code do not do', async () => {
    const b = await contact()
    expect(await b.says({ kind: 'contact-code', code: '123456' })).toBe('stale') // none was sent
    await b.says({ kind: 'contact-email', email: 'desk@acme.example' })
    const right = await code()
    expect(await b.says({ kind: 'contact-code', code: right === '000000' ? '000001' : '000000' })).toBe('wrong-code')
    expect(await b.says({ kind: 'contact-code', code: 'abc' })).toBe('code-malformed')
    bed.later(601)
    expect(await b.says({ kind: 'contact-code', code: right })).toBe('code-expired')
    expect((await alice())?.contact).toBeUndefined()
  })
  test('sending again makes the older code worthless; another address needs its own', async () => {
    const b = await contact()
    await b.says({ kind: 'contact-email', email: 'one@acme.example' })
    const first = await code()
    await b.says({ kind: 'contact-email', email: 'two@acme.example' })
    const second = await code()
    if (first !== second) expect(await b.says({ kind: 'contact-code', code: first })).toBe('wrong-code')
    expect(await b.says({ kind: 'contact-code', code: `${second.slice(0, 3)} ${second.slice(3)}` })).toBe('next')
    expect((await alice())?.contact?.email).toBe('two@acme.example')
  })
  test('a code of one sign-in is nothing in another', async () => {
    const one = await contact()
    const other = await arrive()
    await one.says({ kind: 'contact-email', email: 'desk@acme.example' })
    const theirs = await code()
    await other.says({ kind: 'contact-email', email: 'desk@acme.example' })
    const own = await code()
    if (theirs !== own) expect(await other.says({ kind: 'contact-code', code: theirs })).toBe('wrong-code')
    expect(await one.says({ kind: 'contact-code', code: theirs })).toBe('next')
  })
  test('guessing waits, and so does asking for mail after mail', async () => {
    const b = await contact()
    await b.says({ kind: 'contact-email', email: 'desk@acme.example' })
    const right = await code()
    const wrong = right === '111111' ? '222222' : '111111'
    const said: string[] = []
    for (let n = 0; n < 7; n++) said.push(await b.says({ kind: 'contact-code', code: wrong }))
    expect(said).toContain('throttled')
    const sent: string[] = []
    for (let n = 0; n < 7; n++) sent.push(await b.says({ kind: 'contact-email', email: 'desk@acme.example' }))
    expect(sent).toContain('throttled')
  })
  test('only an address is one; the code is kept as a MAC, never as itself', async () => {
    const b = await contact()
    expect(await b.says({ kind: 'contact-email', email: 'desk at acme' })).toBe('email-malformed')
    expect(await b.says({ kind: 'contact-email', email: 'desk@acme.example\nBcc: x@y.example' })).toBe(
      'email-malformed',
    )
    await b.says({ kind: 'contact-email', email: 'desk@acme.example' })
    const kept = JSON.stringify((await bed.store.read((tx) => tx.journeys.get(b.ref().journeyId)))?.pending)
    expect(kept).toContain('desk@acme.example')
    expect(kept).not.toContain(await code())
  })
})

describe('E.2-7 the profile', () => {
  test.for([
    ['', profile, 'name-malformed'],
    ['A \u202eb', profile, 'name-malformed'],
    ['A', { ...profile, country: 'XX' }, 'country-unknown'],
    ['A', { ...profile, country: 'kr' }, 'country-unknown'],
    ['A', { ...profile, phone: 'call me' }, 'phone-malformed'],
    ['A', { ...profile, phone: '+ ( ) -' }, 'phone-malformed'],
    ['A', { ...profile, timeZone: 'Mars/Olympus' }, 'time-zone-unknown'],
    ['A', profile, undefined],
  ] as const)('%# %s %o: %s', ([name, given, fault]) => {
    expect(profileFault(name, given)).toBe(fault)
  })
  test('countries and time zones are those of the world', () => {
    expect(countries.length).toBeGreaterThan(240)
    for (const language of ['en', 'ko']) {
      const names = countries.map((code) => new Intl.DisplayNames(language, { type: 'region' }).of(code))
      expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([])
    }
    expect(countries).toEqual(expect.arrayContaining(['KR', 'US', 'DE']))
    expect(timeZones).toEqual(expect.arrayContaining(['Asia/Seoul', 'UTC']))
  })
})
