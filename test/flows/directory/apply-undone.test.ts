// An application that fails leaves nothing half-done, however late it fails and however hard: a fault, a refusal of the store, a process that
// is killed in the middle of its transaction (I5).
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { migrate } from '../../../src/adapters/store-sql/migrate-command.ts'
import { openPostgres } from '../../../src/adapters/store-sql/postgres.ts'
import { openSqlite } from '../../../src/adapters/store-sql/sqlite.ts'
import { systemClock, systemRandom } from '../../../src/adapters/system.ts'
import type { Store } from '../../../src/ports/store.ts'
import { noPostgres, postgresSchema, postgresUrl, temporaryDirectory } from '../../stores/open-test-store.ts'
import { failingLate, type House, house } from './house.ts'

const before = 'tenancy: { name: acme }\ndomains: [{ name: default, groups: [{ name: staff }] }]\n'
const after = `tenancy: { name: acme, displayName: After }
domains: [{ name: default, groups: [{ name: staff, description: after }, { name: more }] }]
policies: [{ name: late, statements: [Allow group more to read users in tenancy] }]
`

/** Everything of the tenancy that an application writes, revision included. */
const pictureOf = (store: Store): Promise<string> =>
  store.read(async (tx) => {
    const out: unknown[] = []
    for (const tenancy of await tx.tenancies.list(undefined)) {
      out.push(tenancy, await tx.tenancies.revision(tenancy.id), await tx.compartments.list({ tenancyId: tenancy.id }))
      for (const domain of await tx.domains.list(tenancy.id)) out.push(domain, await tx.groups.list(domain.id))
      out.push(await tx.apps.list(tenancy.id), await tx.policies.list({ tenancyId: tenancy.id }))
      out.push(await tx.audit.list(tenancy.id, { limit: 500 }))
      out.push(await tx.payloads.get(tenancy.id, 'declared', 'owned'))
    }
    return JSON.stringify(out)
  })

type Place = { readonly url: string; remove(): void | Promise<void> }
const placeOf = async (kind: 'embedded' | 'postgres'): Promise<Place> => {
  if (kind === 'postgres') {
    const schema = await postgresSchema()
    await migrate({ kind, url: schema.url }, 'up')
    return schema
  }
  const directory = temporaryDirectory()
  const path = join(directory.path, 'gateway.db')
  await migrate({ kind, path }, 'up')
  return { url: path, remove: directory.remove }
}
const openAt = (kind: 'embedded' | 'postgres', url: string): Promise<Store> =>
  kind === 'postgres' ? openPostgres({ url }) : openSqlite({ path: url })

const killed = (kind: string, url: string, text: string): Promise<string | undefined> =>
  new Promise((done) => {
    const child = join(import.meta.dirname, 'killed-apply.ts')
    execFile(process.execPath, [child, kind, url, text], (error) => done(error?.signal ?? error?.message))
  })

const onEachStore = (kind: 'embedded' | 'postgres', isSkipped: boolean) =>
  describe.skipIf(isSkipped)(kind, () => {
    let place: Place
    let h: House
    beforeEach(async () => {
      place = await placeOf(kind)
      h = await house(await openAt(kind, place.url))
    })
    afterEach(async () => {
      await h.close()
      await place.remove()
    })

    test.each([
      ['changed', before],
      ['made', undefined],
    ])('I5: a store that refuses the last write: what was to be %s is as it was', async (_, first) => {
      if (first !== undefined) await h.apply(first)
      const picture = await pictureOf(h.store)
      const broken = await house(
        failingLate(h.store, async () => {
          throw new Error('the disk is full')
        }),
        { random: systemRandom(systemClock) },
      )
      await expect(broken.apply(after)).rejects.toThrow('the disk is full')
      expect(await pictureOf(h.store)).toBe(picture)
      await h.apply(after)
      expect(await h.plan(after)).toEqual([])
    })
    test('I5: a fault in the last statement: nothing before it stays', async () => {
      await h.apply(before)
      const picture = await pictureOf(h.store)
      await expect(h.apply(after.replace('to read users', 'to reed users'))).rejects.toThrow('policy `late`')
      expect(await pictureOf(h.store)).toBe(picture)
    })
    test('I5: killed in the middle of the transaction, and taken up again', async () => {
      await h.apply(before)
      const picture = await pictureOf(h.store)
      expect(await killed(kind, place.url, after)).toBe('SIGKILL')
      expect(await pictureOf(h.store)).toBe(picture)
      await h.apply(after)
      expect(await h.plan(after)).toEqual([])
    })
  })

onEachStore('embedded', false)
if (postgresUrl === undefined) console.warn(noPostgres)
onEachStore('postgres', postgresUrl === undefined)
