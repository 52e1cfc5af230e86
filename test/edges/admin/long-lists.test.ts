// Lists of a large domain: a page reads as many rows as it would in a small one, whatever it is sorted by or asked for. Counted in rows that
// the store hands out, not in time.
import { describe, expect, test } from 'vitest'
import type { MappingRuleId } from '../../../src/core/model/ids.ts'
import { newPerson } from '../../../src/flows/directory/new-person.ts'
import type { Store, Tx } from '../../../src/ports/store.ts'
import { group, idp, mappingRule, passwordPolicy, signOnRule } from '../../stores/rows.ts'
import { type Bed, openBed, stores } from './bed.ts'

type List = { readonly items: readonly { readonly [member: string]: unknown }[]; readonly next?: string }

/** Counts what every question to the store brings back. */
const counting = (inner: Store) => {
  let rows = 0
  const counted = <T>(answer: T): T => {
    rows += Array.isArray(answer) ? answer.length : answer === undefined ? 0 : 1
    return answer
  }
  const watched = (noun: object): object =>
    new Proxy(noun, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        return async (...asked: readonly unknown[]) => counted(await method.apply(target, asked))
      },
    })
  const watching = (tx: Tx): Tx =>
    new Proxy(tx, { get: (target, name) => watched(Reflect.get(target, name) as object) }) as Tx
  const store: Store = { ...inner, read: (work) => inner.read((tx) => work(watching(tx))) }
  return {
    store,
    during: async (work: () => Promise<unknown>): Promise<number> => {
      const before = rows
      await work()
      return rows - before
    },
  }
}

const RULES = 40
const filled = async (open: () => Promise<Store>, size: { readonly users: number; readonly groups: number }) => {
  const watch = counting(await open())
  const bed = await openBed(async () => watch.store)
  const { random, tenancyId, domains } = bed
  const place = { tenancyId, domainId: domains.default }
  const name = (n: number): string => String(n).padStart(4, '0')
  await bed.store.write(async (tx) => {
    for (let n = 0; n < size.groups; n++)
      await tx.groups.put(group(`g${name(n)}`, { ...place, id: `id-g${name(n)}` as never }))
    for (let n = 0; n < size.users; n++) {
      const status = n % 10 === 0 ? 'disabled' : 'active'
      const named = {
        username: `u${name(n)}`,
        displayName: `${n % 2 === 0 ? 'Kim' : 'Lee'} ${name(n)}`,
        email: undefined,
      }
      await tx.people.put(newPerson(random, bed.clock(), { id: place.domainId, tenancyId }, { ...named, status }))
    }
    const corp = idp('corp', { ...place, id: random.id() as never })
    await tx.idps.put(corp)
    const granted = { groups: ['id-g0001' as never, 'id-g0003' as never] }
    for (let n = 0; n < RULES; n++) {
      const rule = mappingRule(`r${name(n)}`, corp.id, [])
      await tx.mappingRules.put({ ...rule, ...granted, id: random.id() as MappingRuleId })
      const about = { domainId: place.domainId, ...granted }
      if (n < 5) await tx.signOnRules.put(signOnRule(`s${n}`, { ...about, id: random.id() as never }))
      if (n < 5) await tx.passwordPolicies.put(passwordPolicy(`p${n}`, { ...about, id: random.id() as never }))
    }
    await tx.tenancies.bumpRevision(tenancyId)
  })
  await bed.call('GET', '/domains/default/users?limit=1') // the snapshot is made now
  return { bed, rowsOf: (path: string) => watch.during(() => bed.call('GET', `/domains/default${path}`)) }
}
const filter = (text: string): string => `filter=${encodeURIComponent(text)}`

const pages: readonly string[] = [
  '/users?limit=5',
  '/users?limit=5&sort=-username',
  '/users?limit=5&sort=displayName',
  '/users?limit=5&sort=-displayName',
  `/users?limit=5&${filter('username eq "U0020"')}`,
  `/users?limit=5&${filter('username sw "u000"')}`,
  `/users?limit=5&${filter('displayName eq "kim 0020"')}`,
  `/users?limit=5&${filter('displayName sw "KIM 001"')}`,
  `/users?limit=5&${filter('status eq "disabled"')}`,
  '/groups?limit=5',
  '/groups?limit=5&sort=-name',
  `/groups?limit=5&${filter('name eq "G0020"')}`,
  `/groups?limit=5&${filter('name sw "g000"')}`,
  '/identity-providers',
  '/identity-providers/corp/group-mappings?limit=5',
  '/identity-providers/corp/group-mappings?limit=5&sort=-name',
  '/sign-on-rules',
  '/password-policies',
  '/users/u0007',
]

describe.for(stores)('E.1-12 lists of a large domain on %s', ([, open]) => {
  const run = test.skipIf(open === undefined)
  const walk = async (bed: Bed, path: string): Promise<readonly unknown[]> => {
    const found: unknown[] = []
    for (let cursor = ''; ; ) {
      const { status, body } = await bed.call<List>('GET', `/domains/default${path}${cursor}`)
      expect(status).toBe(200)
      found.push(...body.items.map((item) => item.username ?? item.name))
      if (body.next === undefined) return found
      cursor = `&cursor=${body.next}`
    }
  }

  run('a page reads no more rows of ten times as many users and groups', async () => {
    if (!open) return
    const small = await filled(open, { users: 60, groups: 30 })
    const large = await filled(open, { users: 600, groups: 300 })
    try {
      for (const path of pages) {
        const [few, many] = [await small.rowsOf(path), await large.rowsOf(path)]
        expect([path, many <= few + 3]).toEqual([path, true])
      }
    } finally {
      await small.bed.close()
      await large.bed.close()
    }
  })

  run('an order that no index has: up to 2,000 rows, and a refusal that names those there are beyond', async () => {
    if (!open) return
    const { bed } = await filled(open, { users: 1, groups: 1990 })
    try {
      const sorted = (by: string) => bed.call<List>('GET', `/domains/default/groups?limit=5&sort=${by}`)
      expect((await sorted('description')).status).toBe(200)
      await bed.store.write(async (tx) => {
        for (let n = 0; n < 20; n++)
          await tx.groups.put(
            group(`more${n}`, { tenancyId: bed.tenancyId, domainId: bed.domains.default, id: `id-more${n}` as never }),
          )
      })
      expect(await sorted('-description')).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'sort', expected: 'this list is sorted by `name`, `-name` only' }] },
      })
      expect((await sorted('-name')).status).toBe(200)
    } finally {
      await bed.close()
    }
  })

  run('users by either name and either way, of a beginning and in a state: all of them, each once', async () => {
    if (!open) return
    const { bed } = await filled(open, { users: 60, groups: 30 })
    try {
      const all = Array.from({ length: 60 }, (_, n) => n)
      const names = (of: readonly number[]) => of.map((n) => `u${String(n).padStart(4, '0')}`)
      const shown = [...all.filter((n) => n % 2 === 0), ...all.filter((n) => n % 2 === 1)]
      const mine = `${filter('username sw "u0"')}&limit=7`
      expect(await walk(bed, `/users?${mine}`)).toEqual(names(all))
      expect(await walk(bed, `/users?${mine}&sort=-username`)).toEqual(names([...all].reverse()))
      expect(await walk(bed, `/users?${mine}&sort=displayName`)).toEqual(names(shown))
      expect(await walk(bed, `/users?${mine}&sort=-displayName`)).toEqual(names([...shown].reverse()))
      const lee = `/users?${filter('displayName sw "LEE"')}&limit=7`
      expect(await walk(bed, lee)).toEqual(names(all.filter((n) => n % 2 === 1)))
      expect(await walk(bed, `${lee}&sort=-username`)).toEqual(names(all.filter((n) => n % 2 === 1).reverse()))
      const off = `/users?${filter('status eq "DISABLED" and username sw "u00"')}&limit=2`
      expect(await walk(bed, off)).toEqual(names(all.filter((n) => n % 10 === 0)))
      expect(await walk(bed, `/users?${filter('username co "5" and displayName ew "9"')}`)).toEqual(names([59]))
      const rules = `/identity-providers/corp/group-mappings?limit=7`
      expect(await walk(bed, rules)).toHaveLength(RULES)
      expect(await walk(bed, `${rules}&${filter('exact eq "STAFF"')}`)).toHaveLength(RULES)
      expect(await walk(bed, `${rules}&${filter('exact eq "staff" and name ew "9"')}&sort=-name`)).toHaveLength(
        RULES / 10,
      )
      expect(await walk(bed, `${rules}&${filter('exact eq "other"')}`)).toEqual([])
      expect(await walk(bed, `${rules}&sort=-name`)).toEqual([...(await walk(bed, rules))].reverse())
      const refused = await bed.call('GET', '/domains/default/users?sort=status')
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([400, expect.stringContaining('`-displayName`')])
    } finally {
      await bed.close()
    }
  })

  run('whoever may see one of many looks at a thousand of them for a page, and goes on by its cursor', async () => {
    if (!open) return
    const { bed, rowsOf } = await filled(open, { users: 1300, groups: 3 })
    try {
      const { key } = await bed.somebody('helper', ["inspect users in tenancy where target.user.name = 'u1250'"])
      const first = await bed.call<List>('GET', '/domains/default/users', {}, key)
      expect([first.status, first.body.items, typeof first.body.next]).toEqual([200, [], 'string'])
      const next = await bed.call<List>('GET', `/domains/default/users?cursor=${first.body.next}`, {}, key)
      expect(next.body.items.map((one) => one.username)).toEqual(['u1250'])
      const { key: stranger } = await bed.somebody('stranger', ['inspect groups in tenancy'])
      expect((await bed.call('GET', '/domains/default/users', {}, stranger)).status).toBe(403)
      expect(await rowsOf('/users?limit=5')).toBeLessThan(60)
    } finally {
      await bed.close()
    }
  })
})
