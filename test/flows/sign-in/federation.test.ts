// The way back from a provider of any protocol: what becomes of an accepted answer, for whom, and only once.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Idp } from '../../../src/core/model/idp.ts'
import type { Assertion, Refusal, Upstream } from '../../../src/ports/upstream.ts'
import { direct, group, id, idp, mappingRule, membership, person, signOnRule } from '../../stores/rows.ts'
import { type Bed, type Browser, openBed, problemOf } from './bed.ts'

const assertion = (subject: string, differs: Partial<Assertion> = {}): Assertion => ({
  subject,
  nameIdFormat: undefined,
  sessionIndex: undefined,
  attributes: {},
  acr: undefined,
  amr: [],
  authenticatedAt: undefined,
  onceOnly: [],
  ...differs,
})

let bed: Bed
/** What the provider will say, and what it was asked. */
let answer: Assertion | Refusal
let wished: Parameters<Upstream['begin']>[1] | undefined
const fake: Upstream = {
  protocol: 'oidc',
  begin: async (_idp, wish) => {
    wished = wish
    return { send: { kind: 'redirect', url: `https://idp.example/?state=${wish.state}` }, remember: { nonce: 'n' } }
  },
  finish: async (_idp, remember) =>
    remember === undefined ? { refused: 'state-mismatch', detail: 'nothing was begun' } : answer,
  logout: async () => undefined,
  metadata: async () => undefined,
}
const put = (differs: Partial<Idp> = {}, name = 'corp') => bed.store.write((tx) => tx.idps.put(idp(name, differs)))

beforeEach(async () => {
  bed = await openBed({ oidc: fake })
  await put()
  answer = assertion('carol')
})
afterEach(() => bed.close())

/** As far as the provider's page; the state that comes back from there. */
const leave = async (b: Browser, wishes = {}, idpName = 'corp') => {
  await b.begin(wishes)
  if ((await b.step()).do === 'identify') await b.says({ kind: 'choose-idp', idp: idpName })
  await b.goUpstream()
  return wished?.state ?? ''
}
const back = async (b: Browser, wishes = {}, idpName = 'corp') => {
  const state = await leave(b, wishes, idpName)
  await b.arrive((await b.receive(state, {}, idpName)).token)
  return b
}
const signIn = async (b: Browser = bed.browser()) => {
  const done = await (await back(b)).finish()
  if (!done) throw new Error(`not done: ${JSON.stringify(await b.step())}`)
  return done
}
const personOf = async (username: string) => bed.store.read(async (tx) => tx.people.byUsername(id('default'), username))
const counted = () =>
  bed.store.read(async (tx) => {
    const people = await tx.people.list(id('default'), { limit: 100 })
    const links = await Promise.all(people.map((p) => tx.links.ofPerson(p.id)))
    const memberships = await Promise.all(people.map((p) => tx.memberships.ofPerson(p.id)))
    const sessions = await Promise.all(people.map((p) => tx.sessions.ofPerson(p.id)))
    return [people, links.flat(), memberships.flat(), sessions.flat()].map((rows) => rows.length)
  })

describe('F7: just in time', () => {
  const attributes = { username: 'uid', email: 'mail', displayName: 'name', other: { cost: 'costCentre' } }
  const says = (name: string, more: Partial<Assertion> = {}) =>
    assertion('s-1', {
      attributes: { uid: ['carol'], mail: ['carol@corp.example'], name: [name], costCentre: ['7'] },
      ...more,
    })

  test('a person is made of the mapped attributes and linked; an event says by whom', async () => {
    await put({ attributes, emailDomains: ['corp.example'] })
    answer = says('Carol')
    const { session } = await signIn()
    const carol = await personOf('carol')
    expect(carol).toMatchObject({
      displayName: 'Carol',
      email: 'carol@corp.example',
      emailVerified: true,
      attributes: { cost: ['7'] },
    })
    expect(session).toMatchObject({ personId: carol?.id, evidence: [{ kind: 'upstream', idpId: 'corp', level: 1 }] })
    expect(await bed.store.read((tx) => tx.links.get(id('corp'), 's-1'))).toMatchObject({ personId: carol?.id })
    expect(await bed.audit('person.created')).toMatchObject([{ actor: { kind: 'system', name: 'idp corp' } }])
  })
  test('at the next sign-in what changed is updated, by subject and not by name', async () => {
    await put({ attributes })
    answer = says('Carol')
    await signIn()
    answer = says('Carol Married')
    await signIn()
    await signIn()
    expect((await personOf('carol'))?.displayName).toBe('Carol Married')
    expect(await bed.audit('person.updated')).toMatchObject([
      { before: { displayName: 'Carol' }, after: { displayName: 'Carol Married' } },
    ])
    await put({ attributes, jit: { create: true, update: false } })
    answer = says('Somebody')
    await signIn()
    expect((await personOf('carol'))?.displayName).toBe('Carol Married')
  })
  test('an address outside the provider’s domains is kept, unverified', async () => {
    await put({ attributes, emailDomains: ['other.example'] })
    answer = says('Carol')
    await signIn()
    expect(await personOf('carol')).toMatchObject({ email: 'carol@corp.example', emailVerified: false })
  })
  test('switched off: nobody is made, and the refusal is named', async () => {
    await put({ jit: { create: false, update: true } })
    const before = await counted()
    expect(await problemOf(back(bed.browser()))).toBe('upstream-refused/person-unknown')
    expect(await counted()).toEqual(before)
    expect(await bed.audit('sign-in.refused')).toMatchObject([
      { reason: 'person-unknown', target: { name: 'corp' }, details: { subject: 'carol' } },
    ])
  })
  test('an attribute that is needed and missing is named', async () => {
    await put({ attributes })
    const before = await counted()
    expect(await problemOf(back(bed.browser()))).toBe('upstream-refused/attribute-missing')
    expect(await counted()).toEqual(before)
    expect((await bed.audit('sign-in.refused'))[0]?.details.detail).toContain('`uid`')
  })
})

describe('F7: linking', () => {
  const attributes = { username: 'uid', email: 'mail', other: {} }
  const says = (email: string, more: { readonly [name: string]: readonly string[] } = {}) =>
    assertion('s-1', { attributes: { uid: ['carol'], mail: [email], ...more } })
  const links = { attributes, linkByEmail: true, emailDomains: ['acme.example'] }

  test('by an address that the provider owns and the account has verified', async () => {
    await put(links)
    answer = says('ALICE@acme.example')
    const { session } = await signIn()
    expect(session.personId).toBe('alice')
    expect(await personOf('carol')).toBeUndefined()
    expect(await bed.audit('person.linked')).toMatchObject([{ details: { by: 'verified e-mail domain' } }])
  })
  test.for([
    ['an address of a domain that the provider does not own', { emailDomains: ['corp.example'] }, {}, {}],
    ['where linking is not switched on', { linkByEmail: false }, {}, {}],
    ['an address that the account has not verified', {}, { emailVerified: false }, {}],
    ['an address that the provider says it did not verify', {}, {}, { email_verified: ['false'] }],
    ['an address of which the provider is not sure', {}, {}, { email_verified: ['true', 'unknown'] }],
  ] as const)('not by %s', async ([, trust, account, said]) => {
    await bed.store.write((tx) => tx.people.put(person('alice', account)))
    await put({ ...links, ...trust })
    answer = says('alice@acme.example', said)
    const { session } = await signIn()
    expect(session.personId).not.toBe('alice')
    expect(await personOf('carol')).toMatchObject({ id: session.personId })
    if ('email_verified' in said) expect((await personOf('carol'))?.emailVerified).toBe(false)
  })
  test('not where two accounts have the address: guessing would be a takeover', async () => {
    await bed.store.write((tx) => tx.people.put(person('bob', { email: 'alice@acme.example' })))
    await put(links)
    answer = says('alice@acme.example')
    expect((await signIn()).session.personId).not.toMatch(/alice|bob/)
  })
  test.for(['alice', 'ALICE', ' alice', 'ａｌｉｃｅ', 'ali\u200bce'])(
    'never by name: `%s` is refused and nothing is made',
    async (name) => {
      await put({ attributes })
      answer = assertion('s-1', { attributes: { uid: [name] } })
      const before = await counted()
      expect(await problemOf(back(bed.browser()))).toBe('upstream-refused/account-exists')
      expect(await counted()).toEqual(before)
      expect(await bed.audit('sign-in.refused')).toMatchObject([{ reason: 'account-exists' }])
    },
  )
  test('a person of one provider is not the person of the same name at another', async () => {
    await put({ name: 'other' }, 'other')
    const first = await signIn()
    expect(await problemOf(back(bed.browser(), {}, 'other'))).toBe('upstream-refused/account-exists')
    expect((await bed.store.read((tx) => tx.links.ofPerson(first.session.personId))).map((l) => l.idpId)).toEqual([
      'corp',
    ])
  })
})

describe('F5: groups', () => {
  beforeEach(() =>
    bed.store.write(async (tx) => {
      for (const name of ['Engineers', 'VPN', 'Staff', 'Direct']) await tx.groups.put(group(name))
      const match = (value: string) => ({ kind: 'exact', value, ignoreCase: false }) as const
      await tx.mappingRules.put({ ...mappingRule('eng', 'corp', ['Engineers', 'VPN']), match: match('CORP-Eng') })
      await tx.mappingRules.put({
        ...mappingRule('all', 'corp', ['Staff']),
        match: { kind: 'glob', value: 'CORP-*', ignoreCase: false },
      })
    }),
  )
  const says = (...groups: readonly string[]) => {
    answer = assertion('carol', { attributes: { groups } })
  }
  const heldBy = async (username = 'carol') => {
    const who = await personOf(username)
    const rows = who ? await bed.store.read((tx) => tx.memberships.ofPerson(who.id)) : []
    return rows.map((m) => `${m.groupId} ${m.provenance.kind}`).sort()
  }

  test('many to many, each with the rule and value that gave it; the event names what was gained', async () => {
    says('CORP-Eng')
    await signIn()
    expect(await heldBy()).toEqual(['Engineers mapped', 'Staff mapped', 'VPN mapped'])
    const carol = await personOf('carol')
    const rows = await bed.store.read((tx) => tx.memberships.ofPerson(carol?.id ?? id('')))
    expect(rows.find((m) => m.groupId === 'VPN')?.provenance).toMatchObject({
      kind: 'mapped',
      idpId: 'corp',
      ruleId: 'eng',
      rule: 'eng',
      value: 'CORP-Eng',
    })
    expect(await bed.audit('memberships.mapped')).toMatchObject([
      { details: { gained: ['Engineers', 'Staff', 'VPN'], lost: [], upstream: ['CORP-Eng'] } },
    ])
  })
  test('authoritative: what is gone there is gone here, a direct membership stays', async () => {
    says('CORP-Eng')
    await signIn()
    const carol = await personOf('carol')
    await bed.store.write((tx) => tx.memberships.put(membership(carol?.id ?? '', 'Direct', direct)))
    await bed.store.write((tx) => tx.memberships.put(membership(carol?.id ?? '', 'VPN', direct)))
    says('CORP-Other')
    await signIn()
    expect(await heldBy()).toEqual(['Direct direct', 'Staff mapped', 'VPN direct'])
    expect((await bed.audit('memberships.mapped'))[0]?.details).toMatchObject({ gained: [], lost: ['Engineers'] })
    answer = assertion('carol') // no attribute, as some providers say "none"
    await signIn()
    expect(await heldBy()).toEqual(['Direct direct', 'VPN direct'])
  })
  test('additive keeps what was given; initial-only gives at the first sign-in alone', async () => {
    await put({ groupMode: 'additive' })
    says('CORP-Eng')
    await signIn()
    says()
    await signIn()
    expect(await heldBy()).toEqual(['Engineers mapped', 'Staff mapped', 'VPN mapped'])
    await put({ groupMode: 'initial-only' })
    answer = assertion('dave', { attributes: { groups: ['CORP-Other'] } })
    await signIn()
    answer = assertion('dave', { attributes: { groups: ['CORP-Eng'] } })
    await signIn()
    expect(await heldBy('dave')).toEqual(['Staff mapped'])
  })
  test('one provider does not take what another gave', async () => {
    says('CORP-Eng')
    await signIn()
    const carol = await personOf('carol')
    await put({ name: 'other' }, 'other')
    await bed.store.write((tx) =>
      tx.links.put({
        idpId: id('other'),
        subject: 'carol',
        personId: carol?.id ?? id(''),
        linkedAt: 0,
        lastSignInAt: 0,
      }),
    )
    says()
    await (await back(bed.browser(), {}, 'other')).finish()
    expect(await heldBy()).toEqual(['Engineers mapped', 'Staff mapped', 'VPN mapped'])
  })
  test('M4: a group that came just now already rules this sign-in', async () => {
    await bed.store.write((tx) =>
      tx.signOnRules.put(signOnRule('engineers', { groups: [id('Engineers')], demands: { level: 2 } })),
    )
    says('CORP-Eng')
    const b = await back(bed.browser())
    expect((await b.view()).because).toMatchObject({ group: 'Engineers' })
    expect(await b.finish()).toBeUndefined()
  })
})

describe('F9: what the provider checked', () => {
  const level = async () => {
    const { session } = await signIn()
    const [said] = session.evidence
    return said?.kind === 'upstream' ? said.level : undefined
  }
  test('by its own table, and no longer than its maximum age', async () => {
    const assurance = { rules: [{ amr: ['mfa'], level: 2 as const }], unmatchedLevel: 1 as const, maxAgeSeconds: 600 }
    await put({ assurance })
    const said = async (differs: Partial<Assertion>) => {
      answer = assertion('carol', differs)
      return level()
    }
    expect(await said({ amr: ['pwd', 'mfa'], authenticatedAt: bed.clock() - 600_000 })).toBe(2)
    expect(await said({ amr: ['pwd', 'mfa'], authenticatedAt: bed.clock() - 600_001 })).toBe(1)
    expect(await said({ amr: ['pwd'], authenticatedAt: bed.clock() })).toBe(1)
    expect(await said({ amr: ['mfa'] }), 'who does not say when is not young').toBe(1)
    await put({ assurance: { ...assurance, maxAgeSeconds: undefined } })
    expect(await said({ amr: ['mfa'] })).toBe(2)
  })
  test('whoever vouches for nothing leads to a local factor', async () => {
    await put({ assurance: { rules: [], unmatchedLevel: 0, maxAgeSeconds: undefined } })
    const b = await back(bed.browser())
    expect((await b.step()).do).toBe('enrol')
    expect(await b.finish()).toBeUndefined()
  })
  test('"sign in again" is passed on, and a provider that ignores it is refused instead of asked for ever', async () => {
    const b = bed.browser()
    await signIn(b)
    bed.later(300)
    const wishes = { freshAfter: bed.clock() }
    answer = assertion('carol', { authenticatedAt: bed.clock() - 250_000 })
    const before = await counted()
    expect(await problemOf(back(b, wishes))).toBe('upstream-refused/authentication-too-old')
    expect(wished?.forceFresh).toBe(true)
    expect(await bed.audit('sign-in.refused')).toMatchObject([{ reason: 'authentication-too-old' }])
    expect(await counted()).toEqual(before)
    bed.later(20)
    answer = assertion('carol', { authenticatedAt: bed.clock() })
    await back(b, wishes)
    expect((await b.step()).do).toBe('done')
  })
})

describe('once, in the browser that began', () => {
  test('a state is good once', async () => {
    const b = bed.browser()
    const state = await leave(b)
    await b.arrive((await b.receive(state)).token)
    expect(await problemOf(b.receive(state))).toBe('upstream-refused/state-mismatch')
  })
  test('of two that come back at once with one state, one is received', async () => {
    const b = bed.browser()
    const state = await leave(b)
    const both = await Promise.all([problemOf(b.receive(state)), problemOf(b.receive(state))])
    expect(both.sort()).toEqual(['no problem', 'upstream-refused/state-mismatch'])
  })
  test('so is the token that carries it to the browser', async () => {
    const b = bed.browser()
    const { token } = await b.receive(await leave(b))
    const both = await Promise.all([problemOf(b.arrive(token)), problemOf(b.arrive(token))])
    expect(both.sort()).toEqual(['journey-unknown', 'no problem'])
    const late = bed.browser()
    const { token: old } = await late.receive(await leave(late))
    bed.later(121)
    expect(await problemOf(late.arrive(old))).toBe('journey-unknown')
  })
  test('an assertion id is good once, whoever brings it', async () => {
    const once = { onceOnly: [{ key: 'assertion:_1', until: bed.clock() + 300_000 }] }
    answer = assertion('carol', once)
    await signIn()
    const before = await counted()
    const thief = bed.browser('203.0.113.9')
    expect(await problemOf(back(thief))).toBe('upstream-refused/replayed')
    expect(await bed.audit('oidc.response-refused')).toMatchObject([
      { reason: 'replayed', details: { address: '203.0.113.9' } },
    ])
    expect(await counted()).toEqual(before)
  })
  test('a message is refused when any of its ids was seen', async () => {
    const until = bed.clock() + 300_000
    answer = assertion('carol', { onceOnly: [{ key: 'response:_1', until }] })
    await signIn()
    answer = assertion('carol', {
      onceOnly: [
        { key: 'assertion:_2', until },
        { key: 'response:_1', until },
      ],
    })
    expect(await problemOf(back(bed.browser()))).toBe('upstream-refused/replayed')
  })
  test.for(['', undefined, 'invented', '../../x'])('a state that is none: `%s`', async (state) => {
    const before = await counted()
    expect(await problemOf(bed.browser().receive(state))).toBe('upstream-refused/state-mismatch')
    expect(await counted()).toEqual(before)
    expect(await bed.audit('oidc.response-refused')).toHaveLength(1)
  })
  test('F2: the state of another provider, of another domain, of a journey that is over', async () => {
    await put({ name: 'other' }, 'other')
    await put({ id: id('corp-partners'), domainId: id('partners'), name: 'corp' }, 'corp-partners')
    const b = bed.browser()
    const before = await counted()
    const refused = 'upstream-refused/state-mismatch'
    expect(await problemOf(b.receive(await leave(b), {}, 'other'))).toBe(refused)
    expect(await problemOf(b.receive(await leave(b), {}, 'corp', 'partners'))).toBe(refused)
    const state = await leave(b)
    bed.later(1801)
    expect(await problemOf(b.receive(state))).toBe(refused)
    const older = await leave(b)
    await b.goUpstream() // asked again in another tab: the first answer is no longer awaited
    expect(await problemOf(b.receive(older))).toBe(refused)
    expect(await counted()).toEqual(before)
  })
  test('login CSRF: the token in a browser that did not begin is refused, and nothing is made there or here', async () => {
    const thief = bed.browser('203.0.113.9')
    const { token } = await thief.receive(await leave(thief))
    const victim = await bed.browser().begin()
    const before = await counted()
    expect(await problemOf(victim.arrive(token))).toBe('journey-unknown')
    const empty = bed.browser('192.0.2.3')
    expect(await problemOf(empty.arrive(token))).toBe('journey-unknown')
    expect(await problemOf(thief.arrive(token, 'partners'))).toBe('journey-unknown')
    expect(await counted()).toEqual(before)
  })
  test('a provider that is switched off meanwhile, or never was', async () => {
    const b = bed.browser()
    const state = await leave(b)
    await put({ enabled: false })
    expect(await problemOf(b.receive(state))).toBe('not-found/idp-unknown')
    expect(await problemOf(b.receive(state, {}, 'nobody'))).toBe('not-found/idp-unknown')
    expect(await problemOf(b.goUpstream())).toBe('upstream-unreachable/idp-unavailable')
  })
  test('a refusal of the connector: its code, an event, nothing made, and the browser may try again', async () => {
    answer = { refused: 'signature-invalid', detail: 'the signature does not fit', expected: 'a', received: 'b' }
    const b = bed.browser()
    const before = await counted()
    expect(await problemOf(back(b))).toBe('upstream-refused/signature-invalid')
    expect(await counted()).toEqual(before)
    expect(await bed.audit('oidc.response-refused')).toMatchObject([
      { outcome: 'failure', reason: 'signature-invalid', details: { expected: 'a', received: 'b' } },
    ])
    answer = assertion('carol')
    expect((await signIn(b)).session.personId).toBe((await personOf('carol'))?.id)
  })
})

describe('two people in one browser', () => {
  test('another person’s answer does not mix with what was proven before', async () => {
    const b = bed.browser()
    const first = await signIn(b)
    bed.later(60)
    answer = assertion('dave')
    await back(b, { freshAfter: bed.clock() })
    const second = await b.finish()
    const dave = await personOf('dave')
    expect(second?.session).toMatchObject({ personId: dave?.id, evidence: [{ kind: 'upstream' }] })
    expect(second?.session.evidence).toHaveLength(1)
    expect(second?.session.id).not.toBe(first.session.id)
  })
  test('a second factor that one gave is not the other’s', async () => {
    await bed.store.write((tx) => tx.signOnRules.put(signOnRule('two')))
    const carol = person('carol', { id: id('carol') })
    await bed.store.write((tx) => tx.people.put(carol))
    await bed.store.write((tx) =>
      tx.links.put({ idpId: id('corp'), subject: 'carol', personId: carol.id, linkedAt: 0, lastSignInAt: 0 }),
    )
    await bed.hold.totp('carol')
    const b = await back(bed.browser())
    await b.typeCode()
    expect((await b.finish())?.session.evidence).toHaveLength(2)
    bed.later(60)
    answer = assertion('dave')
    await back(b, { freshAfter: bed.clock() })
    expect((await b.step()).do).toBe('enrol')
    expect(await b.finish()).toBeUndefined()
  })
  test('U2: a disabled person is vouched for in vain', async () => {
    const { session } = await signIn()
    const carol = await personOf('carol')
    if (!carol) throw new Error('carol')
    await bed.store.write((tx) => tx.people.put({ ...carol, status: 'disabled' }))
    const b = await back(bed.browser('192.0.2.2'))
    expect(await b.step()).toMatchObject({ do: 'refuse', why: 'person-disabled' })
    expect(await b.finish()).toBeUndefined()
    expect(await bed.audit('sign-in.refused')).toMatchObject([{ reason: 'person-disabled', target: { id: carol.id } }])
    expect(session.personId).toBe(carol.id)
  })
  test('U7: a federated person is asked for no password here and can change none', async () => {
    const b = bed.browser()
    await signIn(b)
    const fresh = { current: 'x', password: 'a new and better passphrase', repeat: 'a new and better passphrase' }
    expect(await bed.flows.account.changePassword(b.account(), fresh)).toMatchObject({ kind: 'fault' })
    expect((await bed.flows.account.overview(b.account()))?.person.signsInAt).toEqual(['corp'])
  })
})
