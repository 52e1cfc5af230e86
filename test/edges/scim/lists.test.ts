// Lists: filters over HTTP, pages, what is counted, and what is looked up instead of looked through.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PersonId } from '../../../src/core/model/ids.ts'
import { newPerson } from '../../../src/flows/directory/new-person.ts'
import { stores } from '../admin/bed.ts'
import { type Bed, GROUP, openBed, USER } from './bed.ts'

const PEOPLE = 250
const query = (params: { readonly [name: string]: string | number }) =>
  new URLSearchParams(Object.entries(params).map(([k, v]) => [k, String(v)])).toString()

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  beforeAll(async () => {
    bed = await openBed(open)
    const place = { id: bed.domains.partners, tenancyId: bed.tenancyId }
    await bed.store.write(async (tx) => {
      for (let n = 0; n < PEOPLE; n++) {
        const name = `p${String(n).padStart(3, '0')}`
        const more = {
          externalId: `x-${n}`,
          otherEmails: [`${name}@home.example`],
          givenName: n % 2 === 0 ? 'Even' : 'Odd',
        }
        const emails = [
          { value: `${name}@corp.example`, type: 'work', primary: true },
          { value: `${name}@home.example`, type: 'home' },
        ]
        await tx.people.put(
          newPerson(bed.random, bed.clock(), place, {
            username: name,
            displayName: name,
            email: `${name}@corp.example`,
            provisioned: { emails },
            ...more,
          }),
        )
      }
    })
  })
  afterAll(() => bed.close())
  const users = async (params: { readonly [name: string]: string | number } = {}) =>
    (await bed.scim('GET', `/Users?${query(params)}`, { domain: 'partners' })).body
  const names = (body: { Resources: { userName: string }[] }) => body.Resources.map((r) => r.userName)

  test('U9: pages begin at 1, hold what was asked for, and end', async () => {
    const first = await users({ count: 3 })
    expect(first).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: PEOPLE,
      startIndex: 1,
      itemsPerPage: 3,
    })
    expect(names(first)).toEqual(['p000', 'p001', 'p002'])
    expect(names(await users({ startIndex: 249, count: 3 }))).toEqual(['p248', 'p249'])
    expect(await users({ startIndex: 251 })).toMatchObject({
      totalResults: PEOPLE,
      itemsPerPage: 0,
      startIndex: 251,
      Resources: [],
    })
    expect(await users({ startIndex: 999_999_999_999 })).toMatchObject({ Resources: [] })
    expect(await users({ startIndex: -5, count: 1 })).toMatchObject({ startIndex: 1, itemsPerPage: 1 })
    expect(await users({ count: 0 })).toMatchObject({ totalResults: PEOPLE, Resources: [] })
    expect(await users({ count: -1 })).toMatchObject({ totalResults: PEOPLE, Resources: [] })
    expect((await users({ count: 100_000 })).itemsPerPage).toBe(200)
    expect((await users()).itemsPerPage).toBe(100)
    const seen: string[] = []
    for (let startIndex = 1; seen.length < PEOPLE; startIndex += 60)
      seen.push(...names(await users({ startIndex, count: 60 })))
    expect(new Set(seen).size).toBe(PEOPLE)
  })
  describe('U9: RFC 9865: pages by cursor', () => {
    type Listed = { Resources: { id: string; userName: string; displayName: string }[]; nextCursor?: string }
    const pages = async (
      params: { readonly [name: string]: string | number },
      ask: (params: { readonly [name: string]: string | number }) => Promise<Listed> = users,
    ): Promise<readonly Listed[]> => {
      const all: Listed[] = []
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const page: Listed = await ask({ ...params, cursor })
        all.push(page)
        cursor = page.nextCursor
      }
      return all
    }
    const listed = (all: readonly Listed[]) => all.flatMap((page) => page.Resources)

    test('is told beforehand; the index stays the usual way', async () => {
      const { body } = await bed.scim('GET', '/ServiceProviderConfig', { domain: 'partners' })
      expect(body.pagination).toEqual({
        cursor: true,
        index: true,
        defaultPaginationMethod: 'index',
        defaultPageSize: 100,
        maxPageSize: 200,
      })
      expect(await users({ count: 1 })).not.toHaveProperty('nextCursor')
    })
    test('every row once, in order; the last page says no more', async () => {
      const all = await pages({ count: 60 })
      expect(all.map((p) => [p.Resources.length, 'nextCursor' in p, 'startIndex' in p])).toEqual([
        ...Array.from({ length: 4 }, () => [60, true, false]),
        [10, false, false],
      ])
      expect(all[0]).toMatchObject({ totalResults: PEOPLE, itemsPerPage: 60 })
      expect(listed(all).map((r) => r.userName)).toEqual(
        Array.from({ length: PEOPLE }, (_, n) => `p${String(n).padStart(3, '0')}`),
      )
      expect(all.every((p) => p.nextCursor === undefined || /^[\w-]+$/.test(p.nextCursor))).toBe(true)
      const exact = await pages({ count: 125 })
      expect(exact.map((p) => p.Resources.length)).toEqual([125, 125])
      expect(await users({ cursor: '', count: 0 })).toMatchObject({ totalResults: PEOPLE, Resources: [] })
    })
    test('who goes and comes between two pages moves nobody', async () => {
      const first: Listed = await users({ cursor: '', count: 3 })
      const [one, , last] = first.Resources
      const kept = await bed.store.read(async (tx) => [
        await tx.people.get(one?.id as PersonId),
        await tx.people.get(last?.id as PersonId),
      ])
      await bed.store.write(async (tx) => {
        for (const person of kept) if (person) await tx.people.remove(person.id)
      })
      expect(names(await users({ cursor: first.nextCursor ?? '', count: 2 }))).toEqual(['p003', 'p004'])
      await bed.store.write(async (tx) => {
        for (const person of kept) if (person) await tx.people.put(person)
      })
      expect(names(await users({ cursor: first.nextCursor ?? '', count: 2 }))).toEqual(['p003', 'p004'])
    })
    test('with a filter: looked through without a total, looked up with one; by `.search` alike', async () => {
      const through = { filter: 'name.givenName eq "Odd"', count: 50 }
      const all = await pages(through)
      expect(all.map((p) => [p.Resources.length, 'totalResults' in p])).toEqual([
        [50, false],
        [50, false],
        [25, false],
      ])
      expect(new Set(listed(all).map((r) => r.id)).size).toBe(PEOPLE / 2)
      const found = await pages({ filter: 'userName eq "p001" or userName eq "p007" or externalId eq "x-3"', count: 2 })
      expect(found.map((p) => p.Resources.map((r) => r.userName))).toEqual([['p001', 'p003'], ['p007']])
      expect(found[0]).toMatchObject({ totalResults: 3 })
      const searched = await pages(through, async (params) => {
        const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], ...params }
        return (await bed.scim('POST', '/Users/.search', { domain: 'partners', body })).body
      })
      expect(listed(searched)).toEqual(listed(all))
    })
    test('groups as well', async () => {
      for (let n = 0; n < 5; n++)
        await bed.scim('POST', '/Groups', { domain: 'partners', body: { schemas: [GROUP], displayName: `team ${n}` } })
      const groups = async (params: { readonly [name: string]: string | number }) =>
        (await bed.scim('GET', `/Groups?${query(params)}`, { domain: 'partners' })).body
      const all = await pages({ count: 2, filter: 'displayName sw "team "' }, groups)
      expect(listed(all).map((g) => g.displayName)).toEqual([0, 1, 2, 3, 4].map((n) => `team ${n}`))
      for (const { id } of listed(all)) await bed.scim('DELETE', `/Groups/${id}`, { domain: 'partners' })
    })
    test('a cursor of another list, another filter or nobody is none', async () => {
      const cursor = String((await users({ cursor: '', count: 1 })).nextCursor)
      const no = { status: '400', scimType: 'invalidCursor' }
      expect(await users({ cursor: `${cursor.slice(0, -2)}AA` })).toMatchObject(no)
      expect(await users({ cursor: 'nonsense' })).toMatchObject(no)
      expect(await users({ cursor, filter: 'active eq true' })).toMatchObject(no)
      const elsewhere = [
        await bed.scim('GET', `/Groups?${query({ cursor })}`, { domain: 'partners' }),
        await bed.scim('GET', `/Users?${query({ cursor })}`, { domain: 'default' }),
      ]
      expect(elsewhere.map((answer) => answer.body)).toEqual([expect.objectContaining(no), expect.objectContaining(no)])
    })
  })
  test.each([
    ['count', 'many'],
    ['startIndex', '1.5'],
    ['startIndex', '0x10'],
    ['count', '99999999999999999999'],
  ])('U9: %s=%s is refused', async (name, value) => {
    expect(await users({ [name]: value })).toMatchObject({ status: '400', scimType: 'invalidValue' })
  })

  test.each<[string, readonly string[]]>([
    ['userName eq "P007"', ['p007']],
    ['externalId eq "x-7"', ['p007']],
    ['externalId eq "X-7"', []],
    ['emails eq "p007@corp.example"', ['p007']],
    ['emails[type eq "home"].value eq "P007@home.example"', ['p007']],
    ['emails[type eq "work"].value eq "p007@home.example"', []],
    ['emails[type eq "home" and value eq "p007@home.example"]', ['p007']],
    ['userName eq "p001" or externalId eq "x-2" or userName eq "nobody"', ['p001', 'p002']],
    ['userName eq "p001" and name.givenName eq "even"', []],
    ['userName sw "p24" and not (name.givenName eq "Odd")', ['p240', 'p242', 'p244', 'p246', 'p248']],
    ['id eq "nobody"', []],
    ['nickName pr', []],
  ])('U9: %s', async (filter, wanted) => {
    const body = await users({ filter })
    expect([names(body), body.totalResults]).toEqual([wanted, wanted.length])
  })
  test('U9: what a filter finds has pages too', async () => {
    const filter = 'name.givenName eq "Even"'
    expect(await users({ filter, count: 2, startIndex: 3 })).toMatchObject({
      totalResults: PEOPLE / 2,
      startIndex: 3,
      itemsPerPage: 2,
    })
    expect(names(await users({ filter, count: 2, startIndex: 3 }))).toEqual(['p004', 'p006'])
    expect(names(await users({ filter: 'userName eq "p001" or userName eq "p002"', count: 5, startIndex: 2 }))).toEqual(
      ['p002'],
    )
  })
  test('U9: a wrong filter says where', async () => {
    expect(await users({ filter: 'userName eq' })).toMatchObject({
      status: '400',
      scimType: 'invalidFilter',
      detail: expect.stringContaining('expected a space'),
    })
    expect(await users({ filter: 'shoeSize eq 42' })).toMatchObject({ scimType: 'invalidFilter' })
    expect(await users({ filter: "userName eq 'x'; drop table person" })).toMatchObject({ scimType: 'invalidFilter' })
  })
  test('U9: the same by POST .search, and only what was asked for', async () => {
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:SearchRequest']
    const body = { schemas, filter: 'userName eq "p007"', attributes: ['userName'], count: 10, sortBy: 'name' }
    const found = await bed.scim('POST', '/Users/.search', { body, domain: 'partners' })
    expect(found.body).toMatchObject({
      totalResults: 1,
      Resources: [{ schemas: [USER], id: expect.any(String), userName: 'p007' }],
    })
    expect(Object.keys(found.body.Resources[0])).toEqual(['schemas', 'id', 'userName'])
    expect(
      (await bed.scim('POST', '/Users/.search', { body: { filter: 'x' }, domain: 'partners' })).body.scimType,
    ).toBe('invalidSyntax')
  })

  test('U9: groups by name, external id and member', async () => {
    const [p1, p2] = await bed.store.read(async (tx) => [
      await tx.people.byUsername(bed.domains.partners, 'p001'),
      await tx.people.byUsername(bed.domains.partners, 'p002'),
    ])
    const make = async (displayName: string, members: readonly (PersonId | undefined)[]) =>
      bed.scim('POST', '/Groups', {
        body: {
          schemas: [GROUP],
          displayName,
          externalId: `${displayName}-x`,
          members: members.map((value) => ({ value })),
        },
        domain: 'partners',
      })
    await make('Red', [p1?.id, p2?.id])
    await make('Green', [p1?.id])
    await make('Blue', [])
    const groups = async (params: { readonly [name: string]: string | number }) => {
      const { body } = await bed.scim('GET', `/Groups?${query(params)}`, { domain: 'partners' })
      return [
        body.totalResults,
        ...body.Resources.map(
          (g: { displayName: string; members?: unknown[] }) => `${g.displayName} ${g.members?.length ?? '-'}`,
        ),
      ]
    }
    expect(await groups({})).toEqual([3, 'Blue 0', 'Green 1', 'Red 2'])
    expect(await groups({ excludedAttributes: 'members', startIndex: 2, count: 1 })).toEqual([3, 'Green -'])
    expect(await groups({ filter: 'displayName eq "red"' })).toEqual([1, 'Red 2'])
    expect(await groups({ filter: 'externalId eq "Blue-x"' })).toEqual([1, 'Blue 0'])
    expect(await groups({ filter: `members.value eq "${p1?.id}"`, excludedAttributes: 'members' })).toEqual([
      2,
      'Green -',
      'Red -',
    ])
    expect(await groups({ filter: `members[value eq "${p2?.id}"] and displayName ne "Blue"` })).toEqual([1, 'Red 2'])
    expect(await groups({ filter: 'displayName co "e" and not (members pr)' })).toEqual([1, 'Blue 0'])
    expect((await users({ filter: 'groups.display eq "Green"' })).totalResults).toBe(1)
  })
})

test('U9: no list reads everything: a filter without an index gives up, those with one do not care how many there are', async () => {
  const bed = await openBed()
  const place = { id: bed.domains.partners, tenancyId: bed.tenancyId }
  for (let from = 0; from < 21_000; from += 3000)
    await bed.store.write(async (tx) => {
      for (let n = from; n < from + 3000; n++)
        await tx.people.put(
          newPerson(bed.random, bed.clock(), place, {
            username: `u${String(n).padStart(6, '0')}`,
            displayName: 'U',
            email: undefined,
            externalId: `x${n}`,
          }),
        )
    })
  const users = (params: { readonly [name: string]: string | number }) =>
    bed.scim('GET', `/Users?${query(params)}`, { domain: 'partners' })
  const refused = await users({ filter: 'displayName co "kim"' })
  expect(refused.body).toMatchObject({
    status: '400',
    scimType: 'tooMany',
    detail: expect.stringContaining('`userName`'),
  })
  expect((await users({ filter: 'externalId eq "x20500"' })).body.Resources).toMatchObject([{ userName: 'u020500' }])
  expect((await users({ startIndex: 20_990, count: 5 })).body).toMatchObject({
    totalResults: 21_000,
    itemsPerPage: 5,
    Resources: [{ userName: 'u020989' }, {}, {}, {}, {}],
  })
  await bed.close()
})
