// T6: `gwanmun plan` and `gwanmun apply` on a store that was never migrated: nothing is written, and the error says what to do and where it stands.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { migrate, type StorePlace } from '../../src/adapters/store-sql/migrate-command.ts'
import { openPostgres } from '../../src/adapters/store-sql/postgres.ts'
import { openSqlite } from '../../src/adapters/store-sql/sqlite.ts'
import { house } from '../flows/directory/house.ts'
import { noPostgres, postgresSchema, postgresUrl, temporaryDirectory } from '../stores/open-test-store.ts'
import { runIn } from './run-in.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})
const places: readonly (readonly [string, (() => Promise<StorePlace>) | undefined])[] = [
  [
    'sqlite',
    async () => {
      const directory = temporaryDirectory()
      cleanUps.push(directory.remove)
      return { kind: 'embedded', path: join(directory.path, 'gateway.db') }
    },
  ],
  [
    postgresUrl === undefined ? `postgres (skipped: ${noPostgres})` : 'postgres',
    postgresUrl === undefined
      ? undefined
      : async () => {
          const schema = await postgresSchema()
          cleanUps.push(schema.remove)
          return { kind: 'postgres', url: schema.url }
        },
  ],
]

describe.each(places)('%s', (_name, make) => {
  test.skipIf(make === undefined)(
    'T6: the error names `migrate up` and the page; after it the same command works',
    async () => {
      const place = (await make?.()) ?? expect.fail('no place')
      const folder = temporaryDirectory()
      cleanUps.push(folder.remove)
      const tenancies = join(folder.path, 'tenancies')
      mkdirSync(tenancies)
      writeFileSync(join(tenancies, 'acme.yaml'), 'tenancy: { name: acme }\n')
      const h = await house()
      cleanUps.push(() => h.close())
      const store = await (place.kind === 'postgres' ? openPostgres(place) : openSqlite(place))
      cleanUps.push(() => store.close())
      const own = { ...h, store, deps: { ...h.deps, store } }
      for (const command of ['plan', 'apply']) {
        const { code, out, err } = await runIn(own, tenancies, [command])
        expect([code, out]).toEqual([1, ''])
        expect(err).toMatch(/lacks the migrations `0001-first`.*run `gwanmun migrate up`, then again/)
        expect(err).toContain('docs/configuration-as-code.md#an-empty-store')
      }
      expect(await migrate(place, 'status')).toMatchObject({ applied: [] })
      await migrate(place, 'up')
      expect(await runIn(own, tenancies, ['apply'])).toMatchObject({ code: 0, err: '' })
    },
  )
})
