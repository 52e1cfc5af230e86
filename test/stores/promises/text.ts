// Text that an attacker may type, and that engines and collations disagree about.
import { expect } from 'vitest'
import { domain, group, id, idp, link, NOW, person } from '../rows.ts'
import { auditEvent, journey, outboxItem, payload, seed } from '../traffic-rows.ts'
import type { Promises } from './promise.ts'

export const textPromises: Promises = (promise) => {
  promise('names that only look different are one name, on every engine', async (store) => {
    await seed(store)
    const answers = await store.write(async (tx) => {
      const taken: string[] = []
      for (const [first, second] of [
        ['Straße', 'STRAßE'],
        ['Café', 'Cafe\u0301'], // composed and not
        ['ﬁnance', 'FINANCE'], // a ligature
        ['ＡＤＭＩＮ', 'admin'], // full width
        ['İstanbul', 'i\u0307stanbul'],
        ['관리자', '관리자'.normalize('NFD')],
        ['ÅNGSTRÖM', 'ångström'],
      ] as const) {
        await tx.groups.put(group(first, { id: id(`1${first}`) }))
        taken.push(await tx.groups.put(group(second, { id: id(`2${second}`) })))
      }
      return taken
    })
    expect(answers).toEqual(Array(7).fill('name-taken'))
  })
  promise('lists are ordered alike on every engine and under every locale', async (store) => {
    await seed(store)
    const names = ['b', 'A', 'a-b', 'ab', 'a b', 'ä', 'z', '나', '가', '_', '10', '9', '🦊']
    await store.write(async (tx) => {
      for (const name of names) await tx.groups.put(group(name))
    })
    const listed = await store.read((tx) => tx.groups.list(id('default')))
    expect(listed.map(({ name }) => name)).toEqual([
      '10',
      '9',
      '_',
      'A',
      'a b',
      'a-b',
      'ab',
      'b',
      'z',
      'ä',
      '가',
      '나',
      '🦊',
    ])
  })
  const odd = [
    'nul\u0000nul',
    'lone \ud800',
    'lone \udfff',
    '\u0001h',
    '\u0001p',
    '\u0002"x"',
    '',
    ' ',
    '\ufffd',
    "'; drop table person; --",
    '%_\\',
  ]
  promise('text of any shape comes back as it went in, and different texts stay different', async (store) => {
    await seed(store, 'ann')
    await store.write(async (tx) => {
      await tx.idps.put(idp('corp'))
      for (const text of odd) {
        await tx.links.put(link('corp', text, 'ann'))
        await tx.payloads.put(payload(text, { uid: text, grantId: text, body: { text } }))
        await tx.journeys.add(journey(`j${text}`, { username: text }))
        await tx.once.keep(text, { text }, NOW + 1)
      }
    })
    for (const text of odd) {
      const got = await store.read(async (tx) => [
        (await tx.links.get(id('corp'), text))?.subject,
        (await tx.payloads.get('default', 'AuthorizationCode', text))?.body.text,
        (await tx.payloads.byUid('default', 'AuthorizationCode', text))?.uid,
        (await tx.journeys.get(id(`j${text}`)))?.username,
        (await tx.once.kept(text, NOW))?.text,
      ])
      expect(got).toEqual(Array(5).fill(text))
    }
    expect(await store.read((tx) => tx.links.ofPerson(id('ann')))).toHaveLength(odd.length)
  })
  promise('odd text where nothing is stored finds nothing and breaks nothing', async (store) => {
    await seed(store)
    for (const text of [...odd, 'x'.repeat(100_000)]) {
      const found = await store.read(async (tx) => [
        await tx.people.get(id(text)),
        await tx.people.byUsername(id('default'), text),
        await tx.domains.byName(id('acme'), text),
        await tx.sessions.byToken(text),
        await tx.payloads.byUserCode(text, text, text),
        await tx.apps.byClientId(id(text), text),
      ])
      expect(found).toEqual(Array(6).fill(undefined))
    }
  })
  promise('text longer than an index entry is a key like any other', async (store) => {
    const long = (end: string) => `${'가'.repeat(50_000)}${end}`
    await seed(store)
    await store.write(async (tx) => {
      await tx.idps.put(idp('corp'))
      await tx.people.put(person(long('a'), { id: id('a'), email: long('@x') }))
      await tx.people.put(person(long('b'), { id: id('b') }))
      await tx.links.put(link('corp', long('1'), 'a'))
      await tx.throttles.fail(long('x'), NOW, 60)
      await tx.audit.add(auditEvent('e', { actor: { kind: 'anonymous', id: long('x'), name: '' } }))
      await tx.outbox.add({ ...outboxItem('o', NOW), lastError: long('!') })
      await tx.domains.put(domain(long('domain'), { id: id('long') }))
    })
    const got = await store.read(async (tx) => [
      (await tx.people.byUsername(id('default'), long('A')))?.id,
      (await tx.people.byEmail(id('default'), long('@X')))[0]?.id,
      (await tx.links.get(id('corp'), long('1')))?.personId,
      (await tx.links.get(id('corp'), long('2')))?.personId,
      (await tx.throttles.get(long('x')))?.failures,
      (await tx.audit.list(id('acme'), { actorId: long('x'), limit: 1 }))[0]?.id,
      (await tx.outbox.list(id('acme')))[0]?.lastError === long('!'),
    ])
    expect(got).toEqual(['a', 'a', 'a', undefined, 1, 'e', true])
  })
  promise('a long text is not found by the digest that stands for it', async (store) => {
    await seed(store, 'ann')
    const subject = 'x'.repeat(301)
    // sha-256 of the JSON spelling, as an attacker who read the source would compute it
    const digest = Buffer.from(
      await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(subject))),
    ).toString('base64url')
    await store.write(async (tx) => {
      await tx.idps.put(idp('corp'))
      await tx.links.put(link('corp', subject, 'ann'))
    })
    for (const forged of [`\u0001h${digest}`, `h${digest}`, digest])
      expect(await store.read((tx) => tx.links.get(id('corp'), forged))).toBeUndefined()
    expect(await store.read((tx) => tx.links.get(id('corp'), subject))).toBeDefined()
  })
}
