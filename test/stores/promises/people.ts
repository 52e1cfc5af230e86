// People, the links to their corporate accounts, and memberships that know why they exist.

import { expect } from 'vitest'
import type { PersonId } from '../../../src/core/model/ids.ts'
import {
  credential,
  DAY,
  device,
  direct,
  domain,
  group,
  id,
  idp,
  link,
  mapped,
  membership,
  NOW,
  password,
  person,
} from '../rows.ts'
import { seed, session } from '../traffic-rows.ts'
import type { Promises } from './promise.ts'

export const peoplePromises: Promises = (promise) => {
  promise('a person is found by id, user name, e-mail and handle; names and e-mails without case', async (store) => {
    const ann = person('Ann', { email: 'Ann@Acme.Example', attributes: { 부서: ['개발', '운영'] } })
    await seed(store)
    await store.write((tx) => tx.people.put(ann))
    const found = await store.read(async (tx) => [
      await tx.people.get(id('Ann')),
      await tx.people.byUsername(id('default'), 'aNN'),
      (await tx.people.byEmail(id('default'), 'ann@acme.EXAMPLE'))[0],
      await tx.people.byHandle(id('default'), 'handle of Ann'),
    ])
    expect(found).toEqual([ann, ann, ann, ann])
    const missed = await store.read(async (tx) => [
      await tx.people.get(id('ann')), // ids and handles are exact
      await tx.people.byHandle(id('default'), 'HANDLE OF ANN'),
      await tx.people.byUsername(id('elsewhere'), 'ann'),
    ])
    expect(missed).toEqual([undefined, undefined, undefined])
  })
  promise('a user name is one person of a domain, and free in the next domain', async (store) => {
    await seed(store, 'ann')
    const answers = await store.write(async (tx) => {
      await tx.domains.put(domain('second'))
      return [
        await tx.people.put(person('ANN', { id: id('other') })),
        await tx.people.put(person('ann', { id: id('other'), domainId: id('second') })),
        await tx.people.put(person('ann', { displayName: 'Ann A.' })),
      ]
    })
    expect(answers).toEqual(['name-taken', 'ok', 'ok'])
    expect((await store.read((tx) => tx.people.get(id('ann'))))?.displayName).toBe('Ann A.')
  })
  promise('a person is found by what another directory calls them, and by each of their addresses', async (store) => {
    const further = { externalId: 'HR-7', email: 'ann@acme.example', otherEmails: ['Ann@home.example', 'x@y.example'] }
    await seed(store)
    await store.write(async (tx) => {
      await tx.people.put(person('ann', further))
      await tx.people.put(person('bob', { externalId: 'HR-7', email: 'ANN@home.example' }))
      await tx.groups.put(group('staff', { externalId: 'G-1' }))
    })
    const names = (found: readonly { readonly username: string }[]) => found.map((p) => p.username).sort()
    const find = () =>
      store.read(async (tx) => [
        names(await tx.people.byExternalId(id('default'), 'HR-7')),
        names(await tx.people.byExternalId(id('default'), 'hr-7')), // exact
        names(await tx.people.byExternalId(id('elsewhere'), 'HR-7')),
        names(await tx.people.byAddress(id('default'), 'ann@HOME.example')),
        names(await tx.people.byEmail(id('default'), 'ann@home.example')),
        (await tx.groups.byExternalId(id('default'), 'G-1')).map((g) => g.name),
      ])
    expect(await find()).toEqual([['ann', 'bob'], [], [], ['ann', 'bob'], ['bob'], ['staff']])
    await store.write((tx) => tx.people.put(person('ann', { otherEmails: [] })))
    expect(await find()).toEqual([['bob'], [], [], ['bob'], ['bob'], ['staff']])
  })
  promise('people are counted, and listed from any place on', async (store) => {
    await seed(store)
    await store.write(async (tx) => {
      for (const name of ['cas', 'ann', 'bob']) await tx.people.put(person(name))
    })
    const names = (skip: number, limit: number) =>
      store.read(async (tx) => (await tx.people.list(id('default'), { skip, limit })).map((p) => p.username))
    expect(await store.read((tx) => tx.people.count(id('default')))).toBe(3)
    expect(await store.read((tx) => tx.people.count(id('elsewhere')))).toBe(0)
    expect([await names(0, 2), await names(1, 2), await names(2, 9), await names(3, 9)]).toEqual([
      ['ann', 'bob'],
      ['bob', 'cas'],
      ['cas'],
      [],
    ])
  })
  promise('several people may share an e-mail, and none has none', async (store) => {
    await seed(store)
    await store.write(async (tx) => {
      await tx.people.put(person('bob', { email: 'team@acme.example' }))
      await tx.people.put(person('ann', { email: 'Team@acme.example' }))
      await tx.people.put(person('cas', { email: undefined }))
    })
    const names = (email: string) =>
      store.read(async (tx) => (await tx.people.byEmail(id('default'), email)).map(({ username }) => username))
    expect(await names('TEAM@acme.example')).toEqual(['ann', 'bob'])
    expect(await names('')).toEqual([])
  })
  promise('people are listed by user name, page by page, each once', async (store) => {
    const names = ['bob', 'Ann', '가람', 'cas', 'Zoë', 'zed', 'Ünal']
    await seed(store, ...names)
    const pages: string[][] = []
    let after: string | undefined
    do {
      const page = await store.read((tx) =>
        tx.people.list(id('default'), after === undefined ? { limit: 3 } : { after, limit: 3 }),
      )
      pages.push(page.map(({ username }) => username))
      after = page.at(-1)?.username
    } while (after !== undefined)
    expect(pages).toEqual([['Ann', 'bob', 'cas'], ['zed', 'Zoë', 'Ünal'], ['가람'], []])
  })
  promise('a removed person leaves no link, membership, credential, device or session', async (store) => {
    await seed(store, 'ann', 'bob')
    const left = await store.write(async (tx) => {
      await tx.idps.put(idp('corp'))
      await tx.groups.put(group('staff'))
      for (const who of ['ann', 'bob']) {
        await tx.links.put(link('corp', `subject of ${who}`, who))
        await tx.memberships.put(membership(who, 'staff', direct))
        await tx.credentials.add(credential(`password of ${who}`, who, password('phc')))
        await tx.devices.put(device(`device of ${who}`, who))
        await tx.sessions.add(session(`session of ${who}`, who))
      }
      expect(await tx.people.remove(id('ann'))).toBe(true)
      expect(await tx.people.remove(id('ann'))).toBe(false)
      const of = async (who: string) => [
        (await tx.links.ofPerson(id(who))).length,
        (await tx.memberships.ofPerson(id(who))).length,
        (await tx.credentials.ofPerson(id(who))).length,
        (await tx.devices.ofPerson(id(who))).length,
        (await tx.sessions.ofPerson(id(who))).length,
      ]
      return [await of('ann'), await of('bob')]
    })
    expect(left).toEqual([
      [0, 0, 0, 0, 0],
      [1, 1, 1, 1, 1],
    ])
  })
  promise(
    'F7: a corporate account is one person, for good; signing in again moves only the time, forwards',
    async (store) => {
      await seed(store, 'ann', 'bob')
      await store.write((tx) => tx.idps.put(idp('corp')))
      const put = (row: ReturnType<typeof link>) => store.write((tx) => tx.links.put(row))
      expect(await put(link('corp', 'S-1', 'ann'))).toBe('ok')
      expect(await put(link('corp', 'S-1', 'bob'))).toBe('taken')
      expect(await put(link('corp', 's-1', 'bob'))).toBe('ok') // as the IdP wrote it: case tells accounts apart
      expect(await put(link('corp', 'S-1', 'ann', NOW + DAY))).toBe('ok')
      expect(await put(link('corp', 'S-1', 'ann', NOW + 1))).toBe('ok')
      const got = await store.read((tx) => tx.links.get(id('corp'), 'S-1'))
      expect(got).toEqual({ ...link('corp', 'S-1', 'ann'), lastSignInAt: NOW + DAY })
      const remove = () => store.write((tx) => tx.links.remove(id('corp'), 'S-1'))
      expect([await remove(), await remove()]).toEqual([true, false])
      expect(await put(link('corp', 'S-1', 'bob'))).toBe('ok')
    },
  )
  promise('F5: a membership keeps its provenance: one row per source, each lost on its own', async (store) => {
    await seed(store, 'ann')
    const sources = [direct, mapped('corp', 'r1', 'CN=Staff'), mapped('corp', 'r2', 'Engineers')]
    await store.write(async (tx) => {
      await tx.idps.put(idp('corp'))
      await tx.groups.put(group('staff'))
      for (const why of [...sources, ...sources]) await tx.memberships.put(membership('ann', 'staff', why))
    })
    const kept = () => store.read((tx) => tx.memberships.ofPerson(id('ann')))
    expect((await kept()).map(({ provenance }) => provenance)).toEqual(sources)
    expect(await store.read((tx) => tx.memberships.ofGroup(id('staff')))).toHaveLength(3)
    const people = (page: { limit: number; after?: PersonId }) =>
      store.read((tx) => tx.memberships.peopleOf(id('staff'), page))
    expect([await people({ limit: 5 }), await people({ limit: 5, after: id('ann') })]).toEqual([['ann'], []])
    const remove = () => store.write((tx) => tx.memberships.remove(id('ann'), id('staff'), 'mapped:corp:r1'))
    expect([await remove(), await remove()]).toEqual([true, false])
    expect((await kept()).map(({ provenance }) => provenance)).toEqual([sources[0], sources[2]])
    // Replaced, not doubled: the same source with another role, value or end.
    const changed = {
      ...membership('ann', 'staff', mapped('corp', 'r2', 'Devs')),
      role: 'admin' as const,
      expiresAt: NOW,
    }
    await store.write((tx) => tx.memberships.put(changed))
    expect((await kept())[1]).toEqual(changed)
    await store.write((tx) => tx.groups.remove(id('staff')))
    expect(await kept()).toEqual([])
  })
}
