// A local sign-in from the first name to the session, and everything that must not move it: other browsers, old pages, double clicks.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { direct, group, id, membership, oidcApp, passwordPolicy, person, signOnRule } from '../../stores/rows.ts'
import { type Bed, openBed, PASSWORD, problemOf } from './bed.ts'

let bed: Bed
beforeEach(async () => {
  bed = await openBed()
  await bed.hold.password('alice')
  await bed.hold.totp('alice')
})
afterEach(() => bed.close())

describe('a local sign-in', () => {
  test('name, password, done: a session with the evidence, and an event with the path', async () => {
    const b = await bed.browser().begin()
    expect(await b.step()).toEqual({ do: 'identify' })
    expect(await b.typeName('alice')).toBe('next')
    expect(await b.step()).toEqual({ do: 'password' })
    expect(await b.finish()).toBeUndefined() // nothing but `done` mints a session
    expect(await b.typePassword()).toBe('next')
    expect(await b.step()).toMatchObject({ do: 'done', level: 1, amr: ['pwd'] })
    const done = await b.finish()
    expect(done).toMatchObject({ resume: '/account', deviceToken: undefined, session: { personId: 'alice' } })
    expect((await b.assess()).step.do).toBe('done')
    const [event] = await bed.audit('sign-in.succeeded')
    expect(event).toMatchObject({ actor: { name: 'alice' }, details: { level: 1, amr: ['pwd'], address: '192.0.2.1' } })
    expect(event?.details.path).toMatchObject([
      { asked: 'identify', outcome: 'local' },
      { asked: 'password', outcome: 'password' },
    ])
  })
  test('the session is kept as a digest: the store holds no bearer value', async () => {
    const done = await bed.browser().signIn('alice')
    expect(done.session.tokenHash).toBe(bed.secrets.digest(done.sessionToken))
    expect(JSON.stringify(await bed.store.read((tx) => tx.sessions.get(done.session.id)))).not.toContain(
      done.sessionToken,
    )
  })
  test('a name is the same name in other letters and with spaces around it', async () => {
    const b = await bed.browser().begin()
    await b.typeName('  ＡLICE ')
    expect(await b.typePassword()).toBe('next')
    expect((await b.finish())?.session.personId).toBe('alice')
  })
  test.for([
    ['', 'missing'],
    ['   ', 'missing'],
    ['x'.repeat(321), 'missing'],
  ])('%# a name that is none', async ([name, fault]) => {
    const b = await bed.browser().begin()
    expect(await b.typeName(name ?? '')).toBe(fault)
  })
  test('passwords of absurd length are not hashed', async () => {
    const b = await bed.browser().begin()
    await b.typeName('alice')
    expect(await b.typePassword('x'.repeat(1025))).toBe('missing')
  })
})

describe('nobody learns who exists', () => {
  /** What a stranger sees of a name: every step, every fault and every word of the view that is not random. */
  const seenBy = async (name: string) => {
    const b = await bed.browser('203.0.113.9').begin()
    const seen: unknown[] = [await b.typeName(name)]
    const look = async () => {
      const { hop: _hop, passkey, username, ...view } = await b.view()
      const { challenge: _random, ...options } = (passkey?.options ?? {}) as { readonly challenge?: string }
      seen.push({ ...view, options, named: username === name })
    }
    await look()
    for (let i = 0; i < 7; i++) seen.push(await b.give({ kind: 'password', password: 'a wrong guess' }))
    await look()
    bed.later(3600)
    seen.push(await problemOf(b.view()))
    return seen
  }
  test('an unknown name sees the same steps, faults and fields as a known one', async () => {
    await bed.store.write(async (tx) => {
      await tx.people.put(person('gone', { status: 'disabled' }))
      await tx.people.put(person('robot', { serviceAccount: true }))
    })
    await bed.hold.password('gone')
    const known = await seenBy('alice')
    expect(known[0]).toBe('next')
    expect(known.slice(2, 9).map((a) => (a as { fault: string }).fault)).toEqual([
      ...Array(5).fill('wrong-credentials'),
      ...Array(2).fill('throttled'),
    ])
    for (const name of ['nobody', 'bob', 'gone', 'robot']) expect(await seenBy(name), name).toEqual(known)
  })
  test('what a rule demands of a person is not told before the password', async () => {
    await bed.store.write(async (tx) => {
      await tx.groups.put(group('Finance'))
      await tx.memberships.put(membership('alice', 'Finance', direct))
      await tx.signOnRules.put(signOnRule('finance', { groups: [id('Finance')], demands: { deny: true } }))
    })
    expect(await seenBy('alice')).toEqual(await seenBy('nobody'))
    const b = await bed.browser().begin()
    await b.typeName('alice')
    await b.typePassword()
    expect(await b.step()).toMatchObject({ do: 'refuse', why: 'not-allowed-here', because: { group: 'Finance' } })
    expect(await bed.audit('sign-in.refused')).toMatchObject([
      { reason: 'not-allowed-here', actor: { name: 'alice' }, details: { because: 'rule finance, group Finance' } },
    ])
    expect(await b.finish()).toBeUndefined()
  })
  test('P2: a lock-out limit of a group does not tell its members from strangers', async () => {
    const strict = { freeTries: 2, groups: [id<'group'>('Finance')] }
    await bed.store.write(async (tx) => {
      await tx.groups.put(group('Finance'))
      await tx.memberships.put(membership('alice', 'Finance', direct))
      await tx.passwordPolicies.put(passwordPolicy('strict', strict))
    })
    const triesOf = async (name: string) => {
      const b = await bed.browser('203.0.113.9').begin()
      await b.typeName(name)
      for (let i = 0; i < 9; i++) if ((await b.typePassword('wrong')) === 'throttled') return i
      return 9
    }
    const strangers = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((n) => triesOf(`nobody-${n}`)))
    expect(await triesOf('alice')).toBe(2)
    expect(strangers, 'some strangers look like members, too').toContain(2)
    expect(strangers).toContain(5)
  })
})

describe('answers to something else are stale and change nothing', () => {
  test('the hop of another step, of another journey, an empty and an invented one', async () => {
    const b = await bed.browser().begin()
    const first = (await b.view()).hop
    await b.typeName('alice')
    const other = await bed.browser('192.0.2.2').begin()
    await other.typeName('alice')
    for (const hop of [first, (await other.view()).hop, '', 'x'.repeat(43)])
      expect(await bed.flows.respond(b.ref(), hop, { kind: 'password', password: PASSWORD })).toEqual({
        kind: 'fault',
        fault: 'stale',
      })
    expect(await b.step()).toEqual({ do: 'password' })
    expect(await bed.audit('sign-in.failed')).toEqual([])
  })
  test('an answer that the step does not take', async () => {
    await bed.store.write((tx) => tx.signOnRules.put(signOnRule('two', { demands: { level: 2, factors: ['totp'] } })))
    const b = await bed.browser().begin()
    const code = await bed.codeNow()
    expect(await b.typePassword()).toBe('stale')
    expect(await b.says({ kind: 'totp', code, trustDevice: false })).toBe('stale')
    await b.typeName('alice')
    expect(await b.says({ kind: 'totp', code, trustDevice: false })).toBe('stale')
    expect(await b.says({ kind: 'enrol-totp', code })).toBe('stale')
    expect(await b.says({ kind: 'recovery-codes-kept' })).toBe('stale')
    expect(
      await b.says({ kind: 'change-password', current: PASSWORD, password: 'x'.repeat(20), repeat: 'x'.repeat(20) }),
    ).toBe('stale')
    await b.typePassword()
    expect(await b.says({ kind: 'passkey', response: {} })).toBe('stale') // not offered
    expect(await b.typePassword()).toBe('stale')
    expect(await b.says({ kind: 'totp', code, trustDevice: false })).toBe('next')
  })
  test('two tabs give the same answer at once: one counts, the other is stale', async () => {
    const b = await bed.browser().begin()
    await b.view()
    const said = await Promise.all([b.typeName('alice'), b.typeName('bob')])
    expect(said.sort()).toEqual(['next', 'stale'])
  })
})

describe('a journey belongs to one browser, one domain and half an hour', () => {
  test('another browser, no cookie, another domain, an unknown id: one answer for all', async () => {
    const b = await bed.browser().begin()
    const stranger = await bed.browser('192.0.2.2').begin()
    for (const differs of [
      { browserToken: stranger.held.browserToken },
      { browserToken: undefined },
      { browserToken: '' },
      { domainId: id<'domain'>('partners') },
      { journeyId: id<'journey'>('unknown') },
    ]) {
      const ref = { ...b.ref(), ...differs }
      expect(await problemOf(bed.flows.show(ref))).toBe('journey-unknown')
      expect(await problemOf(bed.flows.finish(ref))).toBe('journey-unknown')
      expect(await problemOf(bed.flows.respond(ref, '', { kind: 'start-over' }))).toBe('journey-unknown')
      expect(await problemOf(bed.flows.goUpstream(ref))).toBe('journey-unknown')
    }
  })
  test('a browser cannot bring a cookie of its own choice', async () => {
    const b = bed.browser()
    b.held.browserToken = 'planted'
    await b.begin()
    expect(b.held.browserToken).not.toBe('planted')
  })
  test('after half an hour it is over, whatever was proven', async () => {
    const b = await bed.browser().begin()
    await b.typeName('alice')
    await b.typePassword()
    bed.later(30 * 60 - 1)
    expect((await b.step()).do).toBe('done')
    bed.later(1)
    expect(await problemOf(b.view())).toBe('journey-expired')
    expect(await problemOf(b.finish())).toBe('journey-expired')
  })
  test('"not you?" forgets who was identified and what was proven', async () => {
    await bed.hold.password('bob', 'another good passphrase')
    await bed.store.write((tx) => tx.signOnRules.put(signOnRule('two', { demands: { level: 2, factors: ['totp'] } })))
    const b = await bed.browser().begin()
    await b.typeName('alice')
    await b.typePassword()
    expect((await b.view()).displayName).toBe('alice')
    expect(await b.says({ kind: 'start-over' })).toBe('next')
    const view = await b.view()
    expect([view.step.do, view.username, view.displayName]).toEqual(['identify', undefined, undefined])
    await b.typeName('bob')
    expect(await b.step()).toEqual({ do: 'password' }) // alice's password proves nothing of bob
  })
})

describe('finishing', () => {
  test('two callers at once: one gets the session, the other nothing', async () => {
    const b = await bed.browser().begin()
    await b.typeName('alice')
    await b.typePassword()
    const outcomes = await Promise.all(
      [1, 2, 3].map(() =>
        bed.flows.finish(b.ref()).then(
          (d) => d && 'session',
          (e: { slug: string }) => e.slug,
        ),
      ),
    )
    expect(outcomes.filter((o) => o === 'session')).toHaveLength(1)
    expect(await bed.store.read((tx) => tx.sessions.ofPerson(id('alice')))).toHaveLength(1)
    expect(await problemOf(b.view())).toBe('journey-unknown') // gone with it
  })
  test('M4: what a rule asks is asked at the last moment, too', async () => {
    const b = await bed.browser().begin()
    await b.typeName('alice')
    await b.typePassword()
    await bed.store.write((tx) => tx.signOnRules.put(signOnRule('two', { demands: { level: 2 } })))
    expect(await b.finish()).toBeUndefined()
    expect(await b.step()).toMatchObject({ do: 'challenge', because: { rule: 'two' } })
  })
  test('M4: the strictest of the rules that apply wins, and the view names its group', async () => {
    await bed.store.write(async (tx) => {
      await tx.groups.put(group('Finance'))
      await tx.memberships.put(membership('alice', 'Finance', direct))
      await tx.apps.put(oidcApp('payroll', 'payroll'))
      await tx.signOnRules.put(signOnRule('everyone', { demands: { level: 1 } }))
      await tx.signOnRules.put(signOnRule('payroll', { apps: [id('payroll')], demands: { level: 1 } }))
      await tx.signOnRules.put(signOnRule('finance', { groups: [id('Finance')], demands: { level: 2 } }))
    })
    const b = await bed.browser().begin({ appId: id('payroll') })
    await b.typeName('alice')
    await b.typePassword()
    const view = await b.view()
    expect(view.step).toMatchObject({ do: 'challenge', level: 2 })
    expect(view.because).toEqual({ rule: 'finance', group: 'Finance', app: undefined })
  })
  test('an application of another domain is refused before anything is asked', async () => {
    await bed.put.app('theirs', { domainIds: [id('partners')] })
    const b = await bed.browser().begin({ appId: id('theirs') })
    expect(await b.step()).toMatchObject({ do: 'refuse', why: 'app-not-for-you' })
  })
})
