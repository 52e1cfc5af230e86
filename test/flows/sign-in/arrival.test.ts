// The way back from a provider: once, in the browser that began, and for nobody else.
import { describe, expect, test } from 'vitest'
import { id, person, signOnRule } from '../../stores/rows.ts'
import { problemOf } from './bed.ts'
import { assertion, stage } from './provider.ts'

const { at, put, leave, back, signIn, personOf, counted } = stage()

describe('once, in the browser that began', () => {
  test('a state is good once', async () => {
    const b = at.bed.browser()
    const state = await leave(b)
    await b.arrive((await b.receive(state)).token)
    expect(await problemOf(b.receive(state))).toBe('upstream-refused/state-mismatch')
  })
  test('of two that come back at once with one state, one is received', async () => {
    const b = at.bed.browser()
    const state = await leave(b)
    const both = await Promise.all([problemOf(b.receive(state)), problemOf(b.receive(state))])
    expect(both.sort()).toEqual(['no problem', 'upstream-refused/state-mismatch'])
  })
  test('so is the token that carries it to the browser', async () => {
    const b = at.bed.browser()
    const { token } = await b.receive(await leave(b))
    const both = await Promise.all([problemOf(b.arrive(token)), problemOf(b.arrive(token))])
    expect(both.sort()).toEqual(['journey-unknown', 'no problem'])
    const late = at.bed.browser()
    const { token: old } = await late.receive(await leave(late))
    at.bed.later(121)
    expect(await problemOf(late.arrive(old))).toBe('journey-unknown')
  })
  test('an assertion id is good once, whoever brings it', async () => {
    const once = { onceOnly: [{ key: 'assertion:_1', until: at.bed.clock() + 300_000 }] }
    at.answer = assertion('carol', once)
    await signIn()
    const before = await counted()
    const thief = at.bed.browser('203.0.113.9')
    expect(await problemOf(back(thief))).toBe('upstream-refused/replayed')
    expect(await at.bed.audit('oidc.response-refused')).toMatchObject([
      { reason: 'replayed', details: { address: '203.0.113.9' } },
    ])
    expect(await counted()).toEqual(before)
  })
  test('a message is refused when any of its ids was seen', async () => {
    const until = at.bed.clock() + 300_000
    at.answer = assertion('carol', { onceOnly: [{ key: 'response:_1', until }] })
    await signIn()
    at.answer = assertion('carol', {
      onceOnly: [
        { key: 'assertion:_2', until },
        { key: 'response:_1', until },
      ],
    })
    expect(await problemOf(back(at.bed.browser()))).toBe('upstream-refused/replayed')
  })
  test.for(['', undefined, 'invented', '../../x'])('a state that is none: `%s`', async (state) => {
    const before = await counted()
    expect(await problemOf(at.bed.browser().receive(state))).toBe('upstream-refused/state-mismatch')
    expect(await counted()).toEqual(before)
    expect(await at.bed.audit('oidc.response-refused')).toHaveLength(1)
  })
  test('F2: the state of another provider, of another domain, of a journey that is over', async () => {
    await put({ name: 'other' }, 'other')
    await put({ id: id('corp-partners'), domainId: id('partners'), name: 'corp' }, 'corp-partners')
    const b = at.bed.browser()
    const before = await counted()
    const refused = 'upstream-refused/state-mismatch'
    expect(await problemOf(b.receive(await leave(b), {}, 'other'))).toBe(refused)
    expect(await problemOf(b.receive(await leave(b), {}, 'corp', 'partners'))).toBe(refused)
    const state = await leave(b)
    at.bed.later(1801)
    expect(await problemOf(b.receive(state))).toBe(refused)
    const older = await leave(b)
    await b.goUpstream() // asked again in another tab: the first answer is no longer awaited
    expect(await problemOf(b.receive(older))).toBe(refused)
    expect(await counted()).toEqual(before)
  })
  test('login CSRF: the token in a browser that did not begin is refused, and nothing is made there or here', async () => {
    const thief = at.bed.browser('203.0.113.9')
    const { token } = await thief.receive(await leave(thief))
    const victim = await at.bed.browser().begin()
    const before = await counted()
    expect(await problemOf(victim.arrive(token))).toBe('journey-unknown')
    const empty = at.bed.browser('192.0.2.3')
    expect(await problemOf(empty.arrive(token))).toBe('journey-unknown')
    expect(await problemOf(thief.arrive(token, 'partners'))).toBe('journey-unknown')
    expect(await counted()).toEqual(before)
  })
  test('a provider that is switched off meanwhile, or never was', async () => {
    const b = at.bed.browser()
    const state = await leave(b)
    await put({ enabled: false })
    expect(await problemOf(b.receive(state))).toBe('not-found/idp-unknown')
    expect(await problemOf(b.receive(state, {}, 'nobody'))).toBe('not-found/idp-unknown')
    expect(await problemOf(b.goUpstream())).toBe('upstream-unreachable/idp-unavailable')
  })
  test('a refusal of the connector: its code, an event, nothing made, and the browser may try again', async () => {
    at.answer = { refused: 'signature-invalid', detail: 'the signature does not fit', expected: 'a', received: 'b' }
    const b = at.bed.browser()
    const before = await counted()
    expect(await problemOf(back(b))).toBe('upstream-refused/signature-invalid')
    expect(await counted()).toEqual(before)
    expect(await at.bed.audit('oidc.response-refused')).toMatchObject([
      { outcome: 'failure', reason: 'signature-invalid', details: { expected: 'a', received: 'b' } },
    ])
    at.answer = assertion('carol')
    expect((await signIn(b)).session.personId).toBe((await personOf('carol'))?.id)
  })
})

describe('two people in one browser', () => {
  test('another person’s answer does not mix with what was proven before', async () => {
    const b = at.bed.browser()
    const first = await signIn(b)
    at.bed.later(60)
    at.answer = assertion('dave')
    await back(b, { freshAfter: at.bed.clock() })
    const second = await b.finish()
    const dave = await personOf('dave')
    expect(second?.session).toMatchObject({ personId: dave?.id, evidence: [{ kind: 'upstream' }] })
    expect(second?.session.evidence).toHaveLength(1)
    expect(second?.session.id).not.toBe(first.session.id)
  })
  test('a second factor that one gave is not the other’s', async () => {
    await at.bed.store.write((tx) => tx.signOnRules.put(signOnRule('two')))
    const carol = person('carol', { id: id('carol') })
    await at.bed.store.write((tx) => tx.people.put(carol))
    await at.bed.store.write((tx) =>
      tx.links.put({ idpId: id('corp'), subject: 'carol', personId: carol.id, linkedAt: 0, lastSignInAt: 0 }),
    )
    await at.bed.hold.totp('carol')
    const b = await back(at.bed.browser())
    await b.typeCode()
    expect((await b.finish())?.session.evidence).toHaveLength(2)
    at.bed.later(60)
    at.answer = assertion('dave')
    await back(b, { freshAfter: at.bed.clock() })
    expect((await b.step()).do).toBe('enrol')
    expect(await b.finish()).toBeUndefined()
  })
  test('U2: a disabled person is vouched for in vain', async () => {
    const { session } = await signIn()
    const carol = await personOf('carol')
    if (!carol) throw new Error('carol')
    await at.bed.store.write((tx) => tx.people.put({ ...carol, status: 'disabled' }))
    const b = await back(at.bed.browser('192.0.2.2'))
    expect(await b.step()).toMatchObject({ do: 'refuse', why: 'person-disabled' })
    expect(await b.finish()).toBeUndefined()
    expect(await at.bed.audit('sign-in.refused')).toMatchObject([
      { reason: 'person-disabled', target: { id: carol.id } },
    ])
    expect(session.personId).toBe(carol.id)
  })
  test('U7: a federated person is asked for no password here and can change none', async () => {
    const b = at.bed.browser()
    await signIn(b)
    const fresh = { current: 'x', password: 'a new and better passphrase', repeat: 'a new and better passphrase' }
    expect(await at.bed.flows.account.changePassword(b.account(), fresh)).toMatchObject({ kind: 'fault' })
    expect((await at.bed.flows.account.overview(b.account()))?.person.signsInAt).toEqual(['corp'])
  })
})
