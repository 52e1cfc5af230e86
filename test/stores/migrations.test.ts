// Migrations: planned without touching, run once by whoever comes first, and a node that refuses a schema it does not know.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import { migrate, type StorePlace } from '../../src/adapters/store-sql/migrate-command.ts'
import { migrations } from '../../src/adapters/store-sql/migrations/all.ts'
import { openPostgres } from '../../src/adapters/store-sql/postgres.ts'
import { openSqlite } from '../../src/adapters/store-sql/sqlite.ts'
import { atOnce } from './at-once.ts'
import { noPostgres, postgresSchema, postgresUrl, temporaryDirectory } from './open-test-store.ts'
import { id, idp, mappingRule, person, tenancy } from './rows.ts'
import { seed } from './traffic-rows.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

type Engine = {
  readonly place: () => Promise<StorePlace>
  readonly run: (place: StorePlace, statement: string) => Promise<void>
}
const onFile: Engine = {
  place: async () => {
    const directory = temporaryDirectory()
    cleanUps.push(directory.remove)
    return { kind: 'embedded', path: join(directory.path, 'data', 'gateway.db') }
  },
  run: async (place, statement) => {
    const database = new DatabaseSync(place.kind === 'embedded' ? place.path : '')
    database.exec(statement)
    database.close()
  },
}
const onPostgres: Engine = {
  place: async () => {
    const schema = await postgresSchema()
    cleanUps.push(schema.remove)
    return { kind: 'postgres', url: schema.url }
  },
  run: async (place, statement) => {
    const client = new pg.Client({ connectionString: place.kind === 'postgres' ? place.url : '' })
    await client.connect()
    await client.query(statement)
    await client.end()
  },
}
const open = async (place: StorePlace) => {
  const store = await (place.kind === 'postgres' ? openPostgres(place) : openSqlite(place))
  cleanUps.push(() => store.close())
  return store
}
const countingTriggers = async (path: string): Promise<readonly string[]> => {
  const database = new DatabaseSync(path)
  const found = database.prepare("select name from sqlite_master where type = 'trigger'").all()
  database.close()
  return found.map(({ name }) => `drop trigger ${name}`)
}
const names = Object.keys(migrations('sqlite'))

const migrationPromises = ({ place: makePlace, run }: Engine): void => {
  test('plan says what is pending and changes nothing; up runs it; status knows', async () => {
    const place = await makePlace()
    const before = { applied: [], pending: names, unknown: [], ran: [] }
    expect(await migrate(place, 'plan')).toMatchObject(before)
    expect(await migrate(place, 'plan')).toMatchObject(before)
    expect(await migrate(place, 'up')).toMatchObject({ applied: names, pending: [], ran: names })
    expect(await migrate(place, 'up')).toMatchObject({ applied: names, pending: [], ran: [] })
    expect(await migrate(place, 'status')).toMatchObject({ applied: names, pending: [], unknown: [] })
  })
  test('T7: nodes that run up at once do not collide: one does the work', async () => {
    const place = await makePlace()
    const reports = await atOnce(5, () => migrate(place, 'up'))
    expect(reports.flatMap((report) => report.ran)).toEqual(names)
    await (await open(place)).ready()
  })
  test('a node refuses an empty database and names what is missing and the remedy', async () => {
    const place = await makePlace()
    const store = await open(place)
    await expect(store.ready()).rejects.toMatchObject({
      slug: 'storage-unavailable',
      detail: expect.stringMatching(/lacks the migrations `0001-first`, `0002-principals`.*: run `gwanmun migrate up`/),
    })
    await expect(store.read((tx) => tx.tenancies.list(undefined))).rejects.toMatchObject({
      slug: 'storage-unavailable',
      detail: expect.stringMatching(/no schema.*`gwanmun migrate up`/),
    })
    await migrate(place, 'up')
    await store.ready()
    await store.write((tx) => tx.tenancies.put(tenancy('acme')))
  })
  test('a node that starts refuses a newer schema; one that runs goes on beside it', async () => {
    const place = await makePlace()
    await migrate(place, 'up')
    const running = await open(place)
    await running.ready()
    await run(place, `insert into schema_migration (name, timestamp) values ('9999-later', '2030-01-01T00:00:00.000Z')`)
    const starting = await open(place)
    const refusal = {
      slug: 'storage-unavailable',
      detail: expect.stringMatching(/does not know: `9999-later`; start the/),
    }
    await expect(starting.ready()).rejects.toMatchObject(refusal)
    await expect(migrate(place, 'up')).rejects.toMatchObject(refusal)
    expect(await migrate(place, 'status')).toMatchObject({ applied: names, unknown: ['9999-later'] })
    await running.ready()
    await running.write((tx) => tx.tenancies.put(tenancy('acme')))
  })
  test('a migration that fails half-way leaves nothing behind, and up can be run again', async () => {
    const place = await makePlace()
    if (place.kind === 'embedded') await (await open(place)).close()
    await run(place, 'create table outbox (in_the_way integer)') // the last table that 0001 makes
    await expect(migrate(place, 'up')).rejects.toThrow(/outbox/)
    expect(await migrate(place, 'status')).toMatchObject({ applied: [], pending: names })
    await run(place, 'drop table outbox')
    expect(await migrate(place, 'up')).toMatchObject({ ran: names })
    await (await open(place)).ready()
  })
  test('what was written before 0007 is found by display name, state and upstream group', async () => {
    const place = await makePlace()
    await migrate(place, 'up')
    const before = await open(place)
    await seed(before)
    const count = 1003 // more than it rewrites at once
    await before.write(async (tx) => {
      for (let n = 0; n < count; n++)
        await tx.people.put(person(`p${n}`, { displayName: `Zoë ${n}`, status: n === 7 ? 'locked' : 'active' }))
      await tx.idps.put(idp('corp'))
      await tx.mappingRules.put(mappingRule('exact', 'corp', ['g']))
      await tx.mappingRules.put({
        ...mappingRule('glob', 'corp', ['g']),
        match: { kind: 'glob', value: 'x*', ignoreCase: true },
      })
    })
    await before.close()
    for (const undone of [
      ...['person_display', 'person_status', 'mapping_rule_value', 'membership_group_person'].map(
        (one) => `drop index ${one}`,
      ),
      ...['display_key', 'status'].map((one) => `alter table person drop column ${one}`),
      'alter table mapping_rule drop column value_key',
      'create index membership_group on membership (group_id)',
      ...(place.kind === 'postgres' ? [] : ['drop table fact_change', ...(await countingTriggers(place.path))]),
      "delete from schema_migration where name in ('0007-lists', '0008-fact-changes')",
    ])
      await run(place, undone)
    expect(await migrate(place, 'up')).toMatchObject({ ran: ['0007-lists', '0008-fact-changes'] })
    const after = await open(place)
    const found = await after.read(async (tx) => [
      (await tx.people.page(id('default'), { by: 'displayName', beginning: 'ZOË', limit: 2000 })).length,
      (await tx.people.page(id('default'), { by: 'displayName', beginning: 'zoë 1002', limit: 9 })).map(
        (p) => p.username,
      ),
      (await tx.people.page(id('default'), { by: 'username', status: 'locked', limit: 9 })).map((p) => p.username),
      (await tx.mappingRules.forValues(id('corp'), ['other'])).map((r) => r.name),
      (await tx.mappingRules.forValues(id('corp'), ['staff'])).map((r) => r.name).sort(),
    ])
    expect(found).toEqual([count, ['p1002'], ['p7'], ['glob'], ['exact', 'glob']])
  })
}

describe('one file', () => {
  migrationPromises(onFile)
  test('plan and status make no file', async () => {
    const place = await onFile.place()
    await migrate(place, 'plan')
    await migrate(place, 'status')
    expect(place.kind === 'embedded' && existsSync(place.path)).toBe(false)
  })
  test('a file that was removed and put back empty is refused, not filled', async () => {
    const place = await onFile.place()
    await migrate(place, 'up')
    if (place.kind === 'embedded') rmSync(place.path)
    await expect((await open(place)).ready()).rejects.toMatchObject({ slug: 'storage-unavailable' })
  })
})
const title = postgresUrl === undefined ? `PostgreSQL (skipped: ${noPostgres})` : 'PostgreSQL'
describe.skipIf(postgresUrl === undefined)(title, () => migrationPromises(onPostgres))

// The text of each migration that was released. A change here is a change of other people's databases: write a new file.
const released: Readonly<Record<string, string>> = {
  '0001-first': '51d22d0a1c328e9b88ce83f4f60b1d6367f1d9ea20b0d30eaade17438925153c',
  '0002-principals': '1beda3956072ca7a97b0521262ff26d7d7a08436d42c724a857f3808b64ce345',
  '0003-audit-trail': '4879ad161100bfe0a6e58919535281b4f58907e667ef5ba628340d201740769a',
  '0004-provisioning': 'e81680a84e375521e90d642cb1e7464e3de0588c1ec9577312800be595b49492',
  '0005-row-digests': 'c834733e45233a762c52115930f29f4a47923c003b3bf3287b10d4c80f59a38b',
  '0006-event-streams': '63ab2d439be5ec688bbd11eaa60f58dc2b203ee03847387af3a9623aeb9329e6',
  '0007-lists': 'e5923b1547c746de26af44100262091aa0326b84a351f65a2ea1cc65906b4a48',
  '0008-fact-changes': '3587b8708f66e51216d56eec4358fc8ffa9eab426267078795e5998231ac5eed',
}
test('a migration is never edited once it is written; what changes later is a later file', () => {
  const folder = join(import.meta.dirname, '../../src/adapters/store-sql/migrations')
  const digest = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, `${name}.ts`)))
      .digest('hex')
  expect(Object.fromEntries(names.map((name) => [name, digest(name)]))).toEqual(released)
})
