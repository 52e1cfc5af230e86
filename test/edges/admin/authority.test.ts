// Every route of the table, asked by whoever may not: made from the table itself, so that a new route is asked as well. A refusal changes no
// row anywhere and says nothing of what it refused.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Route } from '../../../src/edges/admin/route.ts'
import { catalogue } from '../../flows/access/office.ts'
import { noPostgres, postgresUrl } from '../../stores/open-test-store.ts'
import { askRoute } from './attack/ask-route.ts'
import { allow, member } from './attack/callers.ts'
import { broken, leaks } from './attack/promises.ts'
import type { Got } from './attack/send.ts'
import { changesBetween, type Watched, watchedPostgres, watchedSqlite } from './attack/watched-store.ts'
import { openWorld, table, type World } from './attack/world.ts'

const kinds: readonly (readonly [name: string, watch: (() => Promise<Watched>) | undefined])[] = [
  ['sqlite', watchedSqlite],
  [
    postgresUrl === undefined ? `postgres (skipped: ${noPostgres})` : 'postgres',
    postgresUrl === undefined ? undefined : watchedPostgres,
  ],
]
const cases = table.map((route) => [`${route.method} ${route.path || '/'}`, route] as const)
/** About whoever asks, not about anything in the path: everybody may. */
const isOfOneself = ({ operationId }: Route): boolean => operationId === 'getOwnRoles'
const NOT_PERMITTED = 'not-permitted'
const reasonOf = ({ status, text }: Got): string => (status === 403 ? JSON.parse(text).reason : `${status}`)
const removerOf = ({ path }: Route): Route =>
  table.find((r) => r.path === path && r.method === 'DELETE') ?? expect.fail(`nothing removes ${path}`)
const isList = (route: Route): boolean =>
  route.method === 'GET' && route.answers[0].schema?.safeParse({ items: [] }).success === true

describe.each(kinds)('%s', (_, watch) => {
  if (!watch) return test.skip('no second store', () => undefined)
  let world: World
  beforeAll(async () => {
    world = await openWorld(watch)
  })
  afterAll(() => world.close())
  const bearer = (name: string): string | undefined =>
    (world.callers.find((c) => c.name === name) ?? expect.fail(`nobody is called ${name}`)).authorization

  /** Asks, and demands that nothing changed and nothing was told. */
  const refused = async (route: Route, ask: () => Promise<Got>, hidden: readonly string[]): Promise<Got> => {
    const before = await world.watched.state()
    const got = await ask()
    expect(changesBetween(before, await world.watched.state()), `${got.status} ${got.text}`).toEqual([])
    expect(broken(route, got)).toEqual([])
    expect(leaks(got, [...hidden, ...world.secrets])).toEqual([])
    expect(world.bed.thrown).toEqual([])
    return got
  }
  const canaries = (): readonly string[] => Object.values(world.canaries)

  describe('I2 an administrator of another tenancy', () => {
    test.each(cases)('%s: does not exist here', async (_case, route) => {
      const stranger = bearer('an administrator of another tenancy')
      for (const absent of [false, true]) {
        const got = await refused(
          route,
          () => askRoute(world, route, stranger, { things: world.things.home, absent }),
          canaries(),
        )
        expect(got.status).toBe(401)
      }
    })
    test.each(cases.filter(([, route]) => route.path.includes('{')))(
      '%s: what they have is not found by its id from here',
      async (_case, route) => {
        const { home, far } = world.things
        for (const [end, thing] of far) {
          if (!`${route.path}/`.startsWith(`${end}/`) || home.get(end)?.id === thing.id) continue
          const before = await world.watched.state()
          const ask = { things: new Map([...home, [end, thing]]), by: 'id' } as const
          const got = await askRoute(world, route, bearer('an administrator'), ask)
          const isOfThem = (_table: string, row: string): boolean => row.includes(world.bed.otherTenancyId)
          expect(changesBetween(before, await world.watched.state(), isOfThem), end).toEqual([])
          expect(leaks(got, [world.canaries.far, ...world.secrets]), end).toEqual([])
          // an application calls a resource what it likes: it makes one of that name, here
          const made = route.operationId === 'putResource' && got.status === 201
          if (!made) expect([400, 404, 422], `${end}: ${got.text}`).toContain(got.status)
          else await askRoute(world, removerOf(route), bearer('an administrator'), ask)
        }
      },
    )
  })

  describe.each(['by policy', 'by role'])('T5 A5 an administrator of another domain %s', (how) => {
    const asker = (): string | undefined => bearer(`an administrator of another domain ${how}`)
    test('does their part in their own', async () => {
      const wrong: string[] = []
      for (const route of table.filter((r) => r.method === 'GET' && r.path.startsWith('/domains/{domain}/'))) {
        const got = await askRoute(world, route, asker(), { things: world.things.away })
        if ([401, 403].includes(got.status)) wrong.push(`${route.operationId}: ${got.text}`)
      }
      expect(wrong).toEqual([])
    })
    test.each(cases)('%s: is refused here, and lists leave out what is here', async (_case, route) => {
      const { home, far } = world.canaries
      for (const absent of [false, true]) {
        const got = await refused(route, () => askRoute(world, route, asker(), { things: world.things.home, absent }), [
          home,
          far,
        ])
        if (isOfOneself(route)) continue
        if (isList(route) && got.status === 200) expect(got.text).not.toMatch(/home-/)
        else expect([403, 404], got.text).toContain(got.status)
      }
    })
  })

  describe('A5 T4 whoever holds everything but one permission', () => {
    const needsOf = (route: Route): readonly string[] => [
      ...new Set(
        route.permissions.flatMap(({ operation, resourceType }) =>
          (catalogue.types.get(resourceType)?.operations.get(operation.toLowerCase())?.permissions ?? []).map(
            (p) => p.name,
          ),
        ),
      ),
    ]
    const all = [...new Set(table.flatMap(needsOf))].sort()
    const own = [...catalogue.permissions.values()]
      .filter((p) => catalogue.all[p.type]?.service === 'identity')
      .map((p) => p.name)
    let key: string
    const holding = async (permissions: readonly string[]): Promise<void> => {
      await allow(world.bed, 'lacker', [`{${permissions.join(', ')}} in tenancy`])
    }
    beforeAll(async () => {
      key = await member(world.bed, 'lacker')
    })
    const homeDomain = (): string => world.bed.domains.default
    const lacking = (permission: string): readonly Route[] =>
      table.filter((route) => needsOf(route).includes(permission) && !isOfOneself(route))

    test.each(all.map((permission) => [permission, lacking(permission)] as const))(
      '%s: is refused wherever it is needed',
      async (permission, routes) => {
        await holding(own.filter((name) => name !== permission))
        for (const route of routes) {
          const outcomes: string[] = []
          for (const absent of [false, true]) {
            const before = await world.watched.state()
            const got = await askRoute(world, route, `Bearer ${key}`, { things: world.things.home, absent })
            // everybody may see the domain they belong to, and a list of what one may see is no refusal
            const isFiltered = isList(route) && got.status === 200 && !got.text.includes(homeDomain())
            outcomes.push(isFiltered ? NOT_PERMITTED : reasonOf(got))
            if (got.status !== 403) continue
            expect(changesBetween(before, await world.watched.state()), route.operationId).toEqual([])
            expect(broken(route, got), route.operationId).toEqual([])
            expect(leaks(got, [...canaries(), ...world.secrets]), route.operationId).toEqual([])
          }
          // making and changing are two permissions of one route: the one that is missing decides which is refused
          if (route.method === 'PUT') expect(outcomes, route.operationId).toContain(NOT_PERMITTED)
          else expect(outcomes, route.operationId).toEqual([NOT_PERMITTED, NOT_PERMITTED])
        }
      },
    )
    test('and is refused nothing for want of a permission when it is there as well', async () => {
      await holding(own)
      const order = ['GET', 'PUT', 'PATCH', 'POST', 'DELETE']
      const rows = [...table].sort(
        (a, b) => order.indexOf(a.method) - order.indexOf(b.method) || b.path.length - a.path.length,
      )
      const wrong: string[] = []
      for (const route of rows) {
        const got = await askRoute(world, route, `Bearer ${key}`, { things: world.things.home })
        if (got.status === 403 && got.text.includes('"reason":"not-permitted"'))
          wrong.push(`${route.operationId}: ${got.text}`)
        if (got.status >= 500) wrong.push(`${route.operationId}: ${got.text}`)
      }
      expect(wrong).toEqual([])
    })
  })
})
