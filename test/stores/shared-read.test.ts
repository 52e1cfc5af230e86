// Reads that share a snapshot: how many do, what one that fails takes along, and that none sees less than was committed before it.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { migrate } from '../../src/adapters/store-sql/migrate-command.ts'
import { type Memory, remembering } from '../../src/adapters/store-sql/remembering.ts'
import { sharedReads } from '../../src/adapters/store-sql/shared-read.ts'
import { openSqlite } from '../../src/adapters/store-sql/sqlite.ts'
import { openReader, openWriter, turnstile } from '../../src/adapters/store-sql/sqlite-connection.ts'
import { type Connection, transactions, type Work } from '../../src/adapters/store-sql/transaction.ts'
import { turns } from '../../src/adapters/store-sql/turn.ts'
import type { Store } from '../../src/ports/store.ts'
import { atOnce } from './at-once.ts'
import { temporaryDirectory, testFileStore } from './open-test-store.ts'
import { group, id, person, tenancy } from './rows.ts'
import { seed } from './traffic-rows.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})
const newStore = async (): Promise<Store> => {
  const store = await testFileStore()
  cleanUps.push(() => store.close())
  return store
}

const storeAt = async () => {
  const directory = temporaryDirectory()
  cleanUps.push(directory.remove)
  const path = join(directory.path, 'gateway.db')
  await migrate({ kind: 'embedded', path }, 'up')
  const store = await openSqlite({ path })
  cleanUps.push(() => store.close())
  return { store, path }
}
const turn = () => new Promise<void>((done) => setImmediate(done))

/** A table of numbers, what was sent to the reader beside statements, and a switch that ends its transaction under it. */
const bed = () => {
  const directory = temporaryDirectory()
  cleanUps.push(directory.remove)
  const path = join(directory.path, 'gateway.db')
  const writer = openWriter(path)
  writer.exec('create table number (n integer primary key)')
  const reader = openReader(path)
  cleanUps.push(
    () => writer.close(),
    () => reader.close(),
  )
  const sent: string[] = []
  const exec = async (text: string): Promise<void> => {
    sent.push(text)
    reader.exec(text)
  }
  const gate = turnstile()
  const connect = async (): Promise<Connection> => {
    const release = await gate.enter()
    return { ...connection, release }
  }
  const connection: Connection = {
    run: reader.run,
    begin: () => exec('begin'),
    commit: () => exec('commit'),
    rollback: () => exec('rollback'),
    lost: () => !reader.inTransaction(),
    release: () => {},
  }
  const { transact } = transactions('sqlite')
  let written = 0
  const read = sharedReads(
    turns(),
    (work) => transact(connect, work, { shared: true }),
    () => written,
  )
  const numbers: Work<number> = async (_, db) =>
    (
      await db
        .selectFrom('number' as never)
        .selectAll()
        .execute()
    ).length
  const put = (n: number): void => {
    writer.exec(`insert into number values (${n})`)
    written += 1
  }
  return { read, numbers, sent, exec, put }
}

test('reads of one moment share one snapshot, and later ones have their own', async () => {
  const { read, numbers, sent, put } = bed()
  put(1)
  expect(await atOnce(20, () => read(numbers))).toEqual(Array(20).fill(1))
  expect(sent.filter((text) => text === 'begin')).toHaveLength(1)
  put(2)
  expect(await read(numbers)).toBe(2)
  expect(sent.filter((text) => text === 'begin')).toHaveLength(2)
})

test('what was committed before a read was asked for is seen by it, however many wait already', async () => {
  const { read, numbers, put } = bed()
  const first = read(numbers)
  put(1) // the first has not begun: it may see this, the second must
  const second = read(numbers)
  expect(await Promise.all([first, second])).toEqual([1, 1])
})

test('one that fails fails alone: by itself, at once, or at a statement', async () => {
  const { read, numbers, put } = bed()
  put(1)
  const refused = new Error('no, after all')
  const outcomes = await Promise.allSettled([
    read(numbers),
    read(async () => {
      throw refused
    }),
    read(() => {
      throw refused
    }),
    read((_, db) =>
      db
        .selectFrom('nothing' as never)
        .selectAll()
        .execute(),
    ),
    read(async (tx, db) => {
      await new Promise(setImmediate)
      return numbers(tx, db)
    }),
  ])
  expect(outcomes.map((o) => (o.status === 'fulfilled' ? o.value : String(o.reason)))).toEqual([
    1,
    'Error: no, after all',
    'Error: no, after all',
    expect.stringMatching(/no such table/),
    1,
  ])
})

test('when the snapshot itself is lost nobody goes on without it', async () => {
  const { read, numbers, exec } = bed()
  const ending = read(async (_, db) => {
    await exec('rollback') // as SQLite does by itself after some faults (https://sqlite.org/lang_transaction.html)
    await db
      .selectFrom('nothing' as never)
      .selectAll()
      .execute()
  })
  const other = read(async (tx, db) => {
    await new Promise(setImmediate)
    return numbers(tx, db)
  })
  const outcomes = await Promise.allSettled([ending, other])
  expect(outcomes.map((o) => o.status)).toEqual(['rejected', 'rejected'])
  expect(await read(numbers)).toBe(0)
})

test('a store: five hundred readers beside writers see their own writes and whole ones only', async () => {
  const store = await newStore()
  await seed(store)
  const names = await atOnce(500, async (n) => {
    if (n % 10 !== 0) return (await store.read((tx) => tx.groups.list(id('default')))).length % 2
    await store.write(async (tx) => {
      await tx.groups.put(group(`a-${n}`))
      await tx.groups.put(group(`b-${n}`))
    })
    const mine = await store.read((tx) => tx.groups.byName(id('default'), `b-${n}`))
    return mine?.name === `b-${n}` ? 0 : 1
  })
  expect(names.filter((odd) => odd !== 0)).toEqual([])
})

test('a store: a write inside a shared read is refused and the others are answered', async () => {
  const store = await newStore()
  await seed(store, 'ann')
  const outcomes = await Promise.allSettled([
    store.read((tx) => tx.people.get(id('ann'))),
    store.read((tx) => tx.people.put(person('bob'))),
    store.read(async (tx) => {
      await tx.tenancies.put(tenancy('ghost')).catch(() => {})
      return tx.people.get(id('ann'))
    }),
  ])
  expect(outcomes).toMatchObject([
    { status: 'fulfilled', value: { username: 'ann' } },
    { status: 'rejected', reason: { message: expect.stringMatching(/use `store.write`/) } },
    { status: 'fulfilled', value: { username: 'ann' } },
  ])
})

test('a store: what a snapshot answered is not asked again, and a later one asks anew', async () => {
  const store = await newStore()
  await seed(store, 'ann', 'bob')
  const names = () =>
    Promise.all(
      ['ann', 'bob', 'ann', 'cas', 'ann'].map((who) =>
        store.read(async (tx) => (await tx.people.get(id(who)))?.username),
      ),
    )
  expect(await names()).toEqual(['ann', 'bob', 'ann', undefined, 'ann'])
  const [one, same] = await Promise.all([1, 2].map(() => store.read((tx) => tx.people.get(id('ann')))))
  expect(one).toBe(same)
  await store.write((tx) => tx.people.put(person('anna', { id: id('ann') })))
  expect(await names()).toEqual(['anna', 'bob', 'anna', undefined, 'anna'])
})

test('a store: no two texts are taken for two others', async () => {
  const store = await newStore()
  await seed(store)
  await store.write((tx) => tx.groups.put(group('staff')))
  const [first, second] = await Promise.all([
    store.read((tx) => tx.domains.byName(id('acme'), 'default')),
    store.read((tx) => tx.domains.byName(id('acme7'), ';default')),
  ])
  expect([first?.name, second]).toEqual(['default', undefined])
})

test('a store: what is remembered is forgotten when it changes, whoever changes it and however', async () => {
  const { store, path } = await storeAt()
  await seed(store, 'ann')
  const named = () => store.read(async (tx) => (await tx.people.get(id('ann')))?.displayName)
  await store.write((tx) => tx.people.put(person('ann', { displayName: 'Ann' })))
  expect([await named(), await named()]).toEqual(['Ann', 'Ann'])
  const other = new DatabaseSync(path) // another process would be no different
  cleanUps.push(() => other.close())
  other.exec(`update person set body = replace(body, '"Ann"', '"Anna"') where id = 'ann'`)
  await turn()
  expect(await named()).toBe('Anna')
  other.exec("delete from person where id = 'ann'")
  await turn()
  expect(await named()).toBeUndefined()
})

test('a store: every table that is remembered from is counted, whatever is done to it, and no other', async () => {
  const { store, path } = await storeAt()
  await store.close()
  const database = new DatabaseSync(path)
  cleanUps.push(() => database.close())
  const triggers = database
    .prepare("select tbl_name, name from sqlite_master where type = 'trigger' order by name")
    .all()
  const tables = ['app', 'domain', 'membership', 'person', 'resource', 'service_id', 'tenancy']
  expect(triggers.map(({ tbl_name, name }) => [tbl_name, name])).toEqual(
    tables.flatMap((table) => ['delete', 'insert', 'update'].map((way) => [table, `${table}_${way}_counts`])),
  )
})

test('a store: who asks on, right after an answer, sees what was written in between', async () => {
  const { store } = await storeAt()
  await seed(store, 'ann')
  const named = () => store.read(async (tx) => (await tx.people.get(id('ann')))?.displayName, 'at hand')
  const seen: (string | undefined)[] = []
  for (const displayName of ['One', 'Two', 'Three']) {
    await Promise.all([named(), store.write((tx) => tx.people.put(person('ann', { displayName })))])
    seen.push(await named())
  }
  expect(seen).toEqual(['One', 'Two', 'Three'])
})

test('a store: work that joins an open snapshot is refused a write of its own in it, like any other', async () => {
  const { store } = await storeAt()
  await seed(store, 'ann')
  const nested = store
    .read((tx) => tx.people.get(id('ann')))
    .then(() => store.read(() => store.write((tx) => tx.people.put(person('ann'))), 'at hand'))
  await expect(nested).rejects.toThrow(/begun inside another/)
})

test('a store: a write waits neither for reads that take long nor for those that wait for a connection', async () => {
  const { store } = await storeAt()
  await seed(store, 'ann')
  const gate = Promise.withResolvers<void>()
  const long: Promise<void>[] = []
  for (let n = 0; n < 6; n += 1) {
    long.push(store.read(() => gate.promise))
    await turn() // a snapshot of its own each; the last two find no connection
  }
  await store.write((tx) => tx.people.put(person('ann', { displayName: 'Written meanwhile' })))
  gate.resolve()
  await Promise.all(long)
  expect(await store.read(async (tx) => (await tx.people.get(id('ann')))?.displayName)).toBe('Written meanwhile')
})

test('what is remembered is bounded: by the rows in it, and nothing is remembered of names nobody has', async () => {
  let asks = 0
  const noun = {
    ofPerson: async (who: string) => {
      asks += 1
      return Array(who === 'everybody' ? 6000 : 1).fill(who)
    },
  }
  const memory: Memory = new Map()
  const { ofPerson } = remembering('memberships', noun, memory)
  const asked = async (...names: readonly string[]): Promise<number> => {
    const before = asks
    for (const name of names) await ofPerson(name)
    return asks - before
  }
  expect(await asked('ann', 'ann', 'bob', 'ann')).toBe(2)
  expect(await asked('x'.repeat(201), 'x'.repeat(201))).toBe(2)
  expect(await asked('everybody', 'cas', 'ann')).toBe(3) // too many rows: it begins anew
  expect(await asked('ann', 'ann')).toBe(0)
})
