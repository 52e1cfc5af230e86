// Lists of a large tenancy: in parts, in either direction, and of what begins with something.
import { expect } from 'vitest'
import type { Person } from '../../../src/core/model/person.ts'
import type { Store } from '../../../src/ports/store.ts'
import type { PeoplePage } from '../../../src/ports/store-people.ts'
import { domain, group, id, idp, mappingRule, person } from '../rows.ts'
import { seed } from '../traffic-rows.ts'
import type { Promises } from './promise.ts'

const people = [
  person('b', { displayName: 'Kim' }),
  person('A', { displayName: 'kim', status: 'disabled' }),
  person('Ab', { displayName: 'Zoë', status: 'disabled' }),
  person('c', { displayName: 'Kimberley' }),
  person('가람', { displayName: '김가람', status: 'locked' }),
  person('x'.repeat(400), { displayName: `Z${'y'.repeat(400)}` }),
]
const nameOf = ({ username }: Person): string => (username.length > 300 ? 'long' : username)
/** All of it, in parts of every size. */
const walked = async (store: Store, page: Omit<PeoplePage, 'limit' | 'after'>): Promise<readonly string[]> => {
  const whole = await store.read((tx) => tx.people.page(id('default'), { ...page, limit: 100 }))
  for (const limit of [1, 2, 5]) {
    const found: Person[] = []
    for (let more = true; more; ) {
      const after = found.at(-1)
      const part = await store.read((tx) =>
        tx.people.page(id('default'), { ...page, limit, ...(after === undefined ? {} : { after }) }),
      )
      expect(part.length).toBeLessThanOrEqual(limit)
      found.push(...part)
      more = part.length === limit
    }
    expect(found).toEqual(whole)
  }
  return whole.map(nameOf)
}

export const listPromises: Promises = (promise) => {
  promise('people come in parts by either name, either way, each once', async (store) => {
    await seed(store)
    await store.write(async (tx) => {
      for (const one of people) await tx.people.put(one)
      await tx.domains.put(domain('second'))
      await tx.people.put(person('elsewhere', { domainId: id('second') }))
    })
    const up = await walked(store, { by: 'username' })
    expect(up.filter((name) => name !== 'long')).toEqual(['A', 'Ab', 'b', 'c', '가람'])
    expect(await walked(store, { by: 'username', down: true })).toEqual([...up].reverse())
    const shown = ['A', 'b', 'c', 'Ab', 'long', '가람'] // kim, Kim, Kimberley, Zoë, Zyyy…, 김가람
    const byShown = await walked(store, { by: 'displayName' })
    expect([...byShown].sort()).toEqual([...shown].sort())
    expect(byShown.filter((name) => name !== 'Ab' && name !== 'long')).toEqual(['A', 'b', 'c', '가람'])
    expect(await walked(store, { by: 'displayName', down: true })).toEqual([...byShown].reverse())
  })
  promise('people of whom a name begins with something, without case, and people in a state', async (store) => {
    await seed(store)
    await store.write(async (tx) => {
      for (const one of people) await tx.people.put(one)
    })
    expect(await walked(store, { by: 'username', beginning: 'a' })).toEqual(['A', 'Ab'])
    expect(await walked(store, { by: 'username', beginning: 'AB' })).toEqual(['Ab'])
    expect(await walked(store, { by: 'username', beginning: '가' })).toEqual(['가람'])
    expect(await walked(store, { by: 'username', beginning: 'a', down: true })).toEqual(['Ab', 'A'])
    expect(await walked(store, { by: 'username', beginning: '%' })).toEqual([])
    expect(await walked(store, { by: 'displayName', beginning: 'KIM' })).toEqual(['A', 'b', 'c'])
    expect(await walked(store, { by: 'displayName', beginning: 'zoë' })).toEqual(['Ab'])
    expect(await walked(store, { by: 'displayName', beginning: `z${'Y'.repeat(350)}` })).toEqual(['long']) // cut, not lost
    expect(await walked(store, { by: 'username', status: 'disabled' })).toEqual(['A', 'Ab'])
    expect(await walked(store, { by: 'username', status: 'disabled', beginning: 'ab' })).toEqual(['Ab'])
    await store.write((tx) => tx.people.put(person('Ab', { displayName: 'Kimiko', status: 'active' })))
    expect(await walked(store, { by: 'displayName', beginning: 'kimi' })).toEqual(['Ab'])
    expect(await walked(store, { by: 'username', status: 'disabled' })).toEqual(['A'])
  })
  promise('rows in parts also come backwards, and those whose names begin with something', async (store) => {
    await seed(store)
    const names = ['team-b', 'Team-a', 'other', 'team']
    await store.write(async (tx) => {
      for (const name of names) await tx.groups.put(group(name))
    })
    const found = async (only: { down?: boolean; beginning?: string }, limit = 9) => {
      const all: string[] = []
      for (let more = true, after: ReturnType<typeof group> | undefined; more; ) {
        const part = await store.read((tx) => tx.groups.page(id('default'), after, limit, only))
        all.push(...part.map(({ name }) => name))
        after = part.at(-1)
        more = part.length === limit
      }
      return all
    }
    for (const limit of [1, 2, 9]) {
      expect(await found({ down: true }, limit)).toEqual(['team-b', 'Team-a', 'team', 'other'])
      expect(await found({ beginning: 'TEAM-' }, limit)).toEqual(['Team-a', 'team-b'])
      expect(await found({ beginning: 'team', down: true }, limit)).toEqual(['team-b', 'Team-a', 'team'])
    }
    const skipped = await store.read((tx) => tx.groups.page(id('default'), undefined, 2, { skip: 1 }))
    expect(skipped.map(({ name }) => name)).toEqual(['team', 'Team-a'])
    expect(await store.read((tx) => tx.groups.count(id('default')))).toBe(4)
    expect(await store.read((tx) => tx.groups.count(id('elsewhere')))).toBe(0)
  })
  promise('some rows of many by their ids: each once, and no others', async (store) => {
    await seed(store)
    const names = Array.from({ length: 90 }, (_, n) => `g${n}`)
    await store.write(async (tx) => {
      for (const name of names) await tx.groups.put(group(name))
    })
    const some = async (wanted: readonly string[]) =>
      (await store.read((tx) => tx.groups.some(wanted.map((one) => id(one))))).map(({ name }) => name).sort()
    expect(await some([])).toEqual([])
    expect(await some(['g3', 'gone', 'g3', 'g1'])).toEqual(['g1', 'g3'])
    for (const count of [7, 8, 9, 63, 64, 65, 90])
      expect(await some(names.slice(0, count))).toEqual(names.slice(0, count).sort())
  })
  promise('F4: rules that may match a value: patterns all, exact ones only if they name it', async (store) => {
    await seed(store)
    const rules = [
      mappingRule('exact', 'corp', ['staff']),
      {
        ...mappingRule('loose', 'corp', ['staff']),
        match: { kind: 'exact', value: 'CORP É', ignoreCase: true } as const,
      },
      { ...mappingRule('glob', 'corp', ['staff']), match: { kind: 'glob', value: 'x*', ignoreCase: false } as const },
      { ...mappingRule('dn', 'corp', ['staff']), match: { kind: 'dn', value: 'CN=a' } as const },
      mappingRule('foreign', 'second', ['staff']),
    ]
    await store.write(async (tx) => {
      await tx.idps.put(idp('corp'))
      await tx.idps.put(idp('second'))
      for (const rule of rules) await tx.mappingRules.put(rule)
    })
    const found = async (...values: readonly string[]) =>
      (await store.read((tx) => tx.mappingRules.forValues(id('corp'), values))).map(({ name }) => name).sort()
    expect(await found()).toEqual(['dn', 'glob'])
    expect(await found('staff')).toEqual(['dn', 'exact', 'glob'])
    expect(await found('nobody', 'corp e\u0301', 'staff')).toEqual(['dn', 'exact', 'glob', 'loose'])
    expect(await found(...Array.from({ length: 250 }, (_, n) => `v${n}`), 'staff')).toEqual(['dn', 'exact', 'glob'])
    await store.write((tx) =>
      tx.mappingRules.put({
        ...mappingRule('exact', 'corp', ['staff']),
        match: { kind: 'exact', value: 'other', ignoreCase: false },
      }),
    )
    expect([await found('staff'), await found('other')]).toEqual([
      ['dn', 'glob'],
      ['dn', 'exact', 'glob'],
    ])
  })
}
