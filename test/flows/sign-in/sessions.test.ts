// The session: how it is renewed, stepped up, worn out, taken away, and what others are told when it ends.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { id, oidcApp, person, signOnRule } from '../../stores/rows.ts'
import { type Bed, type Browser, openBed, PASSWORD } from './bed.ts'

let bed: Bed
beforeEach(async () => {
  bed = await openBed()
  await bed.hold.password('alice')
  await bed.hold.totp('alice')
  const backchannelLogoutUri = 'https://app.example/logout'
  await bed.store.write(async (tx) => {
    const app = oidcApp('app', 'app')
    if (app.settings.protocol !== 'oidc') throw new Error('oidc')
    await tx.apps.put({ ...app, settings: { ...app.settings, backchannelLogoutUri } })
  })
})
afterEach(() => bed.close())

const alive = async (b: Browser) => (await b.assess()).session !== undefined
const release = (sessionId: string | undefined) =>
  bed.flows.release({
    appId: id('app'),
    personId: id('alice'),
    sessionId: sessionId === undefined ? undefined : id(sessionId),
  })
const join = (sessionId: string) =>
  bed.flows.join({
    sessionId: id(sessionId),
    appId: id('app'),
    protocol: 'oidc',
    nameId: undefined,
    joinedAt: bed.clock(),
  })
const change = (status: 'active' | 'disabled' | 'locked') =>
  bed.store.write((tx) => tx.people.put(person('alice', { status })))

describe('renewal and step-up', () => {
  test('the session keeps its id and gets a new token; the old one is worth nothing', async () => {
    const b = bed.browser()
    const first = await b.signIn('alice')
    const overheard = first.sessionToken
    bed.later(60)
    await b.begin()
    const second = await b.finish()
    expect(second?.session.id).toBe(first.session.id)
    expect(second?.sessionToken).not.toBe(overheard)
    const thief = bed.browser('203.0.113.9')
    thief.held.sessionToken = overheard
    expect(await alive(thief)).toBe(false)
    expect(await alive(b)).toBe(true)
  })
  test('M4: step-up asks only for what is missing and keeps what was proven', async () => {
    const b = bed.browser()
    const first = await b.signIn('alice')
    bed.later(60)
    expect((await b.assess({ level: 2 })).step).toMatchObject({ do: 'challenge', offer: ['totp'] })
    await b.begin({ level: 2 })
    expect(await b.typeCode()).toBe('next')
    const second = await b.finish()
    expect(second?.session.id).toBe(first.session.id)
    expect(second?.session.evidence).toMatchObject([
      { kind: 'password', at: first.session.startedAt },
      { kind: 'totp', at: bed.clock() },
    ])
    expect((await b.assess({ level: 2 })).step.do).toBe('done')
    expect(second?.session.expiresAt).toBe(first.session.expiresAt) // proving more does not make it live longer
  })
  test('freshAfter: what is older does not count, and only the same person continues the session', async () => {
    await bed.hold.password('bob')
    const b = bed.browser()
    const first = await b.signIn('alice')
    bed.later(60)
    expect((await b.assess({ freshAfter: bed.clock() })).step).toEqual({ do: 'password' })
    await b.begin({ freshAfter: bed.clock() })
    await b.says({ kind: 'start-over' })
    await b.typeName('bob')
    await b.typePassword()
    const second = await b.finish()
    expect(second?.session).toMatchObject({ personId: 'bob', startedAt: bed.clock() })
    expect(second?.session.id).not.toBe(first.session.id)
    expect(second?.session.evidence).toHaveLength(1)
  })
  test('a session that ended while the journey went on is not revived', async () => {
    const b = bed.browser()
    const first = await b.signIn('alice')
    await b.begin()
    await bed.flows.signOut({
      domainId: id('default'),
      session: { id: first.session.id },
      reason: 'revoked',
      exceptApp: undefined,
      source: b.source,
      returnTo: undefined,
    })
    const second = await b.finish()
    expect(second?.session.id).not.toBe(first.session.id)
    expect((await bed.store.read((tx) => tx.sessions.get(first.session.id)))?.endedAt).toBe(bed.clock())
  })
  test('a session of one domain is none in another', async () => {
    const b = bed.browser()
    await b.signIn('alice')
    expect((await b.assess({}, 'partners')).session).toBeUndefined()
  })
})

describe('wearing out', () => {
  test('half an hour of silence ends it; use keeps it alive', async () => {
    const b = bed.browser()
    await b.signIn('alice')
    for (let i = 0; i < 4; i++) {
      bed.later(1799)
      expect(await alive(b)).toBe(true)
    }
    bed.later(1800)
    expect(await alive(b)).toBe(false)
    expect((await b.assess()).step).toEqual({ do: 'identify' })
  })
  test('twelve hours end it, however busy', async () => {
    const b = bed.browser()
    const done = await b.signIn('alice')
    for (let i = 0; i < 43; i++) {
      bed.later(1000)
      expect(await alive(b)).toBe(true)
    }
    bed.later(199)
    expect(await alive(b)).toBe(true)
    expect(await release(done.session.id)).toBeDefined()
    bed.later(1)
    expect(await alive(b)).toBe(false)
    expect(await release(done.session.id)).toBeUndefined()
  })
  test('M4: a rule’s maximum age asks again', async () => {
    const b = bed.browser()
    await b.signIn('alice')
    await bed.store.write((tx) => tx.signOnRules.put(signOnRule('hourly', { demands: { maxAgeSeconds: 600 } })))
    bed.later(600)
    expect((await b.assess()).step.do).toBe('done')
    bed.later(1)
    expect((await b.assess()).step).toEqual({ do: 'password' })
  })
})

describe('U2: a person who is disabled or locked', () => {
  test.for(['disabled', 'locked'] as const)(
    '%s: sessions and tokens stop at once, and come back with the status',
    async (status) => {
      const b = bed.browser()
      const done = await b.signIn('alice')
      expect((await release(done.session.id))?.username).toBe('alice')
      await change(status)
      expect((await b.assess()).step).toMatchObject({ do: 'refuse', why: 'person-disabled' })
      expect(await release(done.session.id)).toBeUndefined()
      expect(await release(undefined)).toBeUndefined() // refresh tokens without a session
      expect(await bed.flows.account.overview(b.account())).toBeUndefined()
      await b.begin()
      expect(await b.finish()).toBeUndefined()
      await change('active')
      expect((await b.assess()).step.do).toBe('done')
    },
  )
  test('in the middle of a journey: refused, though everything was proven', async () => {
    const b = await bed.browser().begin()
    await b.typeName('alice')
    await b.typePassword()
    await change('disabled')
    expect(await b.step()).toMatchObject({ do: 'refuse', why: 'person-disabled' })
    expect(await b.finish()).toBeUndefined()
  })
  test('removed in the middle of a journey: no session of nobody', async () => {
    const b = await bed.browser().begin()
    await b.typeName('alice')
    await b.typePassword()
    await bed.store.write((tx) => tx.people.remove(id('alice')))
    expect(await b.finish()).toBeUndefined()
    expect((await b.step()).do).toBe('refuse')
  })
  test('an application that is switched off is told nothing', async () => {
    const done = await bed.browser().signIn('alice')
    await bed.put.app('app', { enabled: false })
    expect(await release(done.session.id)).toBeUndefined()
  })
})

describe('U7: a person who signs in elsewhere', () => {
  test('has no password here to change', async () => {
    const b = bed.browser()
    await b.signIn('alice')
    await bed.store.write((tx) => tx.credentials.remove(id('password-alice')))
    const fresh = 'a new and better passphrase'
    const answer = { current: PASSWORD, password: fresh, repeat: fresh }
    expect(await bed.flows.account.changePassword(b.account(), answer)).toMatchObject({ kind: 'fault', fault: 'stale' })
    expect((await bed.flows.account.overview(b.account()))?.password).toBeUndefined()
  })
})

describe('a changed password', () => {
  const fresh = 'a new and better passphrase'
  const answer = { current: PASSWORD, password: fresh, repeat: fresh }
  test('ends every other session, once, and queues what their applications must be told', async () => {
    const here = bed.browser('192.0.2.1')
    const there = bed.browser('192.0.2.2')
    const mine = await here.signIn('alice')
    const other = await there.signIn('alice')
    await join(mine.session.id)
    await join(other.session.id)
    expect(await bed.flows.account.changePassword(here.account(), answer)).toEqual({ kind: 'next' })
    expect([await alive(here), await alive(there)]).toEqual([true, false])
    expect(await release(other.session.id)).toBeUndefined()
    const queued = (await bed.store.read((tx) => tx.outbox.list(id('acme')))).filter((i) => i.kind !== 'mail')
    expect(queued).toMatchObject([
      { kind: 'backchannel-logout', payload: { appId: 'app', sid: other.session.id, personId: 'alice' } },
    ])
    expect(await bed.audit('session.ended')).toMatchObject([{ details: { why: 'password-changed' } }])
    expect(await bed.audit('password.changed')).toMatchObject([{ actor: { name: 'alice' } }])
    expect(JSON.stringify(await bed.audit('password.changed'))).not.toContain(fresh)
  })
  test('and what others proved with the old one: a journey kept open on it does not finish, and the owner is not asked again', async () => {
    const there = bed.browser('192.0.2.2')
    await there.signIn('alice')
    bed.later(1)
    const thief = await bed.browser('203.0.113.9').begin()
    await thief.typeName('alice')
    await thief.typePassword()
    bed.later(1)
    const owner = bed.browser('192.0.2.1')
    await owner.signIn('alice')
    expect(await bed.flows.account.changePassword(owner.account(), answer)).toEqual({ kind: 'next' })
    expect(await alive(there)).toBe(false)
    expect(await thief.finish()).toBeUndefined()
    expect(await thief.step()).toEqual({ do: 'password' })
    expect((await owner.assess()).step.do).toBe('done')
  })
  test('wrong current ones are counted', async () => {
    const b = bed.browser()
    await b.signIn('alice')
    const said: unknown[] = []
    for (let i = 0; i < 7; i++)
      said.push(await bed.flows.account.changePassword(b.account(), { ...answer, current: 'wrong' }))
    expect(said.map((s) => (s as { fault: string }).fault)).toEqual([
      ...Array(5).fill('current-password-wrong'),
      ...Array(2).fill('throttled'),
    ])
  })
})

describe('sign-out', () => {
  const signOut = (b: Browser, session: { token: string } | { id: string }, exceptApp?: string) =>
    bed.flows.signOut({
      domainId: id('default'),
      session: 'id' in session ? { id: id(session.id) } : session,
      reason: 'signed-out',
      exceptApp: exceptApp === undefined ? undefined : id(exceptApp),
      source: b.source,
      returnTo: undefined,
    })
  test('once: of two callers one ends it, and the application that asked is not told what it knows', async () => {
    const b = bed.browser()
    const { session, sessionToken } = await b.signIn('alice')
    await join(session.id)
    const both = await Promise.all([signOut(b, { token: sessionToken }, 'app'), signOut(b, { id: session.id }, 'app')])
    expect(both.filter((o) => o.ended !== undefined)).toHaveLength(1)
    const queued = (await bed.store.read((tx) => tx.outbox.list(id('acme')))).filter((i) => i.kind !== 'mail')
    expect(queued).toEqual([])
    expect(await bed.audit('session.ended')).toHaveLength(1)
    expect(await alive(b)).toBe(false)
  })
  test('another domain cannot end it', async () => {
    const b = bed.browser()
    const { session } = await b.signIn('alice')
    await bed.flows.signOut({
      domainId: id('partners'),
      session: { id: session.id },
      reason: 'signed-out',
      exceptApp: undefined,
      source: b.source,
      returnTo: undefined,
    })
    expect(await alive(b)).toBe(true)
  })
})

test('U2 I7: who signs in as somebody else in the same browser ends the session that was there', async () => {
  await bed.hold.password('bob')
  const b = bed.browser()
  const first = await b.signIn('alice')
  await b.begin({ freshAfter: bed.clock() + 1 })
  bed.later(1)
  await b.says({ kind: 'start-over' })
  await b.typeName('bob')
  await b.typePassword()
  const second = await b.finish()
  expect(second?.session.personId).toBe('bob')
  const old = await bed.store.read((tx) => tx.sessions.get(first.session.id))
  expect(old?.endReason).toBe('replaced')
  expect(await bed.audit('session.ended')).toMatchObject([{ details: { why: 'replaced' } }])
})
