// What becomes of an accepted answer of a provider: a person, a link, groups and a level.
import { beforeEach, describe, expect, test } from 'vitest'
import type { Assertion } from '../../../src/ports/upstream.ts'
import { direct, group, id, mappingRule, membership, person, signOnRule } from '../../stores/rows.ts'
import { problemOf } from './bed.ts'
import { assertion, stage } from './provider.ts'

const { at, put, back, signIn, personOf, counted } = stage()

describe('F7: just in time', () => {
  const attributes = { username: 'uid', email: 'mail', displayName: 'name', other: { cost: 'costCentre' } }
  const says = (name: string, more: Partial<Assertion> = {}) =>
    assertion('s-1', {
      attributes: { uid: ['carol'], mail: ['carol@corp.example'], name: [name], costCentre: ['7'] },
      ...more,
    })

  test('a person is made of the mapped attributes and linked; an event says by whom', async () => {
    await put({ attributes, emailDomains: ['corp.example'] })
    at.answer = says('Carol')
    const { session } = await signIn()
    const carol = await personOf('carol')
    expect(carol).toMatchObject({
      displayName: 'Carol',
      email: 'carol@corp.example',
      emailVerified: true,
      attributes: { cost: ['7'] },
    })
    expect(session).toMatchObject({ personId: carol?.id, evidence: [{ kind: 'upstream', idpId: 'corp', level: 1 }] })
    expect(await at.bed.store.read((tx) => tx.links.get(id('corp'), 's-1'))).toMatchObject({ personId: carol?.id })
    expect(await at.bed.audit('person.created')).toMatchObject([{ actor: { kind: 'system', name: 'idp corp' } }])
  })
  test('at the next sign-in what changed is updated, by subject and not by name', async () => {
    await put({ attributes })
    at.answer = says('Carol')
    await signIn()
    at.answer = says('Carol Married')
    await signIn()
    await signIn()
    expect((await personOf('carol'))?.displayName).toBe('Carol Married')
    expect(await at.bed.audit('person.updated')).toMatchObject([
      { before: { displayName: 'Carol' }, after: { displayName: 'Carol Married' } },
    ])
    await put({ attributes, jit: { create: true, update: false } })
    at.answer = says('Somebody')
    await signIn()
    expect((await personOf('carol'))?.displayName).toBe('Carol Married')
  })
  test('an address outside the provider’s domains is kept, unverified', async () => {
    await put({ attributes, emailDomains: ['other.example'] })
    at.answer = says('Carol')
    await signIn()
    expect(await personOf('carol')).toMatchObject({ email: 'carol@corp.example', emailVerified: false })
  })
  test('switched off: nobody is made, and the refusal is named', async () => {
    await put({ jit: { create: false, update: true } })
    const before = await counted()
    expect(await problemOf(back(at.bed.browser()))).toBe('upstream-refused/person-unknown')
    expect(await counted()).toEqual(before)
    expect(await at.bed.audit('sign-in.refused')).toMatchObject([
      { reason: 'person-unknown', target: { name: 'corp' }, details: { subject: 'carol' } },
    ])
  })
  test('an attribute that is needed and missing is named', async () => {
    await put({ attributes })
    const before = await counted()
    expect(await problemOf(back(at.bed.browser()))).toBe('upstream-refused/attribute-missing')
    expect(await counted()).toEqual(before)
    expect((await at.bed.audit('sign-in.refused'))[0]?.details.detail).toContain('`uid`')
  })
})

describe('F7: linking', () => {
  const attributes = { username: 'uid', email: 'mail', other: {} }
  const says = (email: string, more: { readonly [name: string]: readonly string[] } = {}) =>
    assertion('s-1', { attributes: { uid: ['carol'], mail: [email], ...more } })
  const links = { attributes, linkByEmail: true, emailDomains: ['acme.example'] }

  test('by an address that the provider owns and the account has verified', async () => {
    await put(links)
    at.answer = says('ALICE@acme.example')
    const { session } = await signIn()
    expect(session.personId).toBe('alice')
    expect(await personOf('carol')).toBeUndefined()
    expect(await at.bed.audit('person.linked')).toMatchObject([{ details: { by: 'verified e-mail domain' } }])
  })
  test.for([
    ['an address of a domain that the provider does not own', { emailDomains: ['corp.example'] }, {}, {}],
    ['where linking is not switched on', { linkByEmail: false }, {}, {}],
    ['an address that the account has not verified', {}, { emailVerified: false }, {}],
    ['an address that the provider says it did not verify', {}, {}, { email_verified: ['false'] }],
    ['an address of which the provider is not sure', {}, {}, { email_verified: ['true', 'unknown'] }],
  ] as const)('not by %s', async ([, trust, account, said]) => {
    await at.bed.store.write((tx) => tx.people.put(person('alice', account)))
    await put({ ...links, ...trust })
    at.answer = says('alice@acme.example', said)
    const { session } = await signIn()
    expect(session.personId).not.toBe('alice')
    expect(await personOf('carol')).toMatchObject({ id: session.personId })
    if ('email_verified' in said) expect((await personOf('carol'))?.emailVerified).toBe(false)
  })
  test('not where two accounts have the address: guessing would be a takeover', async () => {
    await at.bed.store.write((tx) => tx.people.put(person('bob', { email: 'alice@acme.example' })))
    await put(links)
    at.answer = says('alice@acme.example')
    expect((await signIn()).session.personId).not.toMatch(/alice|bob/)
  })
  test.for(['alice', 'ALICE', ' alice', 'ａｌｉｃｅ', 'ali\u200bce'])(
    'never by name: `%s` is refused and nothing is made',
    async (name) => {
      await put({ attributes })
      at.answer = assertion('s-1', { attributes: { uid: [name] } })
      const before = await counted()
      expect(await problemOf(back(at.bed.browser()))).toBe('upstream-refused/account-exists')
      expect(await counted()).toEqual(before)
      expect(await at.bed.audit('sign-in.refused')).toMatchObject([{ reason: 'account-exists' }])
    },
  )
  test('a person of one provider is not the person of the same name at another', async () => {
    await put({ name: 'other' }, 'other')
    const first = await signIn()
    expect(await problemOf(back(at.bed.browser(), {}, 'other'))).toBe('upstream-refused/account-exists')
    expect((await at.bed.store.read((tx) => tx.links.ofPerson(first.session.personId))).map((l) => l.idpId)).toEqual([
      'corp',
    ])
  })
})

describe('F5: groups', () => {
  beforeEach(() =>
    at.bed.store.write(async (tx) => {
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
    at.answer = assertion('carol', { attributes: { groups } })
  }
  const heldBy = async (username = 'carol') => {
    const who = await personOf(username)
    const rows = who ? await at.bed.store.read((tx) => tx.memberships.ofPerson(who.id)) : []
    return rows.map((m) => `${m.groupId} ${m.provenance.kind}`).sort()
  }

  test('many to many, each with the rule and value that gave it; the event names what was gained', async () => {
    says('CORP-Eng')
    await signIn()
    expect(await heldBy()).toEqual(['Engineers mapped', 'Staff mapped', 'VPN mapped'])
    const carol = await personOf('carol')
    const rows = await at.bed.store.read((tx) => tx.memberships.ofPerson(carol?.id ?? id('')))
    expect(rows.find((m) => m.groupId === 'VPN')?.provenance).toMatchObject({
      kind: 'mapped',
      idpId: 'corp',
      ruleId: 'eng',
      rule: 'eng',
      value: 'CORP-Eng',
    })
    expect(await at.bed.audit('memberships.mapped')).toMatchObject([
      { details: { gained: ['Engineers', 'Staff', 'VPN'], lost: [], upstream: ['CORP-Eng'] } },
    ])
  })
  test('authoritative: what is gone there is gone here, a direct membership stays', async () => {
    says('CORP-Eng')
    await signIn()
    const carol = await personOf('carol')
    await at.bed.store.write((tx) => tx.memberships.put(membership(carol?.id ?? '', 'Direct', direct)))
    await at.bed.store.write((tx) => tx.memberships.put(membership(carol?.id ?? '', 'VPN', direct)))
    says('CORP-Other')
    await signIn()
    expect(await heldBy()).toEqual(['Direct direct', 'Staff mapped', 'VPN direct'])
    expect((await at.bed.audit('memberships.mapped'))[0]?.details).toMatchObject({ gained: [], lost: ['Engineers'] })
    at.answer = assertion('carol') // no attribute, as some providers say "none"
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
    at.answer = assertion('dave', { attributes: { groups: ['CORP-Other'] } })
    await signIn()
    at.answer = assertion('dave', { attributes: { groups: ['CORP-Eng'] } })
    await signIn()
    expect(await heldBy('dave')).toEqual(['Staff mapped'])
  })
  test('one provider does not take what another gave', async () => {
    says('CORP-Eng')
    await signIn()
    const carol = await personOf('carol')
    await put({ name: 'other' }, 'other')
    await at.bed.store.write((tx) =>
      tx.links.put({
        idpId: id('other'),
        subject: 'carol',
        personId: carol?.id ?? id(''),
        linkedAt: 0,
        lastSignInAt: 0,
      }),
    )
    says()
    await (await back(at.bed.browser(), {}, 'other')).finish()
    expect(await heldBy()).toEqual(['Engineers mapped', 'Staff mapped', 'VPN mapped'])
  })
  test('M4: a group that came just now already rules this sign-in', async () => {
    await at.bed.store.write((tx) =>
      tx.signOnRules.put(signOnRule('engineers', { groups: [id('Engineers')], demands: { level: 2 } })),
    )
    says('CORP-Eng')
    const b = await back(at.bed.browser())
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
      at.answer = assertion('carol', differs)
      return level()
    }
    expect(await said({ amr: ['pwd', 'mfa'], authenticatedAt: at.bed.clock() - 600_000 })).toBe(2)
    expect(await said({ amr: ['pwd', 'mfa'], authenticatedAt: at.bed.clock() - 600_001 })).toBe(1)
    expect(await said({ amr: ['pwd'], authenticatedAt: at.bed.clock() })).toBe(1)
    expect(await said({ amr: ['mfa'] }), 'who does not say when is not young').toBe(1)
    await put({ assurance: { ...assurance, maxAgeSeconds: undefined } })
    expect(await said({ amr: ['mfa'] })).toBe(2)
  })
  test('whoever vouches for nothing leads to a local factor', async () => {
    await put({ assurance: { rules: [], unmatchedLevel: 0, maxAgeSeconds: undefined } })
    const b = await back(at.bed.browser())
    expect((await b.step()).do).toBe('enrol')
    expect(await b.finish()).toBeUndefined()
  })
  test('"sign in again" is passed on, and a provider that ignores it is refused instead of asked for ever', async () => {
    const b = at.bed.browser()
    await signIn(b)
    at.bed.later(300)
    const wishes = { freshAfter: at.bed.clock() }
    at.answer = assertion('carol', { authenticatedAt: at.bed.clock() - 250_000 })
    const before = await counted()
    expect(await problemOf(back(b, wishes))).toBe('upstream-refused/authentication-too-old')
    expect(at.wished?.forceFresh).toBe(true)
    expect(await at.bed.audit('sign-in.refused')).toMatchObject([{ reason: 'authentication-too-old' }])
    expect(await counted()).toEqual(before)
    at.bed.later(20)
    at.answer = assertion('carol', { authenticatedAt: at.bed.clock() })
    await back(b, wishes)
    expect((await b.step()).do).toBe('done')
  })
})
