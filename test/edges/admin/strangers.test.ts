// Every route of the table, asked by whoever is nobody here or comes with a key that is good for nothing: refused before anything of the request
// is looked at, alike whether the thing is there or not, with nothing changed.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PersonId, ServiceIdId } from '../../../src/core/model/ids.ts'
import { askRoute } from './attack/ask-route.ts'
import { type Caller, member } from './attack/callers.ts'
import { broken, leaks } from './attack/promises.ts'
import { changesBetween, watchedSqlite } from './attack/watched-store.ts'
import { openWorld, table, type World } from './attack/world.ts'

let world: World
let more: readonly Caller[]
beforeAll(async () => {
  world = await openWorld(watchedSqlite)
  const { bed } = world
  const caller = (name: string, key: string): Caller => ({
    name,
    authorization: `Bearer ${key}`,
    gets: 'nothing',
    sees: 'nothing',
    tenancy: 'acme',
  })
  const person = (id: PersonId) => ({ kind: 'person', id }) as const
  const locked = await bed.addPerson('locked', { status: 'locked' })
  const removed = await bed.addPerson('removed')
  const ofRemoved = await bed.keyOf(person(removed))
  await bed.store.write((tx) => tx.people.remove(removed))
  const botId = (world.things.home.get('/service-ids/{serviceId}')?.id ?? '') as ServiceIdId
  const ofBot = await bed.keyOf({ kind: 'service-id', id: botId })
  const inactive = await member(bed, 'inactive', ['manage all-resources in tenancy'])
  await bed.store.write(async (tx) => {
    const bot = (await tx.serviceIds.get(botId)) ?? expect.fail('no service ID')
    await tx.serviceIds.put({ ...bot, status: 'inactive' })
    const partners = (await tx.domains.get(bed.domains.partners)) ?? expect.fail('no domain')
    await tx.domains.put({ ...partners, status: 'inactive' })
  })
  more = [
    caller('a key of a locked person', await bed.keyOf(person(locked))),
    caller('a key of somebody who is gone', ofRemoved),
    caller('a key of a disabled service ID', ofBot),
    caller('a key of somebody in a domain that is switched off', inactive),
    caller(
      'a key that another tenancy made for a person of this one',
      await bed.keyOf(person(bed.root), { tenancyId: bed.otherTenancyId }),
    ),
    caller('the digest of a good key', bed.secrets.digest(bed.rootKey)),
    caller('a good key in other case', bed.rootKey.toUpperCase()),
  ]
})
afterAll(() => world.close())

test.each(table.map((route) => [`${route.method} ${route.path || '/'}`, route] as const))(
  'I2 A5 %s: nobody, and who comes with a key that is good for nothing, is refused',
  async (_, route) => {
    const before = await world.watched.state()
    for (const { name, authorization } of [...world.callers.filter((c) => c.gets === 'nothing'), ...more])
      for (const absent of [false, true]) {
        const got = await askRoute(world, route, authorization, { things: world.things.home, absent })
        const known = name.includes('scope') || name.includes('another application')
        expect(got.status, name).toBe(known ? 403 : 401)
        expect(String(got.headers['www-authenticate']), name).toContain(
          known ? 'insufficient_scope' : 'Bearer realm="admin"',
        )
        expect(broken(route, got), name).toEqual([])
        expect(leaks(got, [...Object.values(world.canaries), ...world.secrets]), name).toEqual([])
      }
    expect(changesBetween(before, await world.watched.state())).toEqual([])
    expect(world.bed.thrown).toEqual([])
  },
)
