// Several processes on one store, and one that is killed in the middle of its work.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test } from 'vitest'
import { migrate, type StorePlace } from '../../src/adapters/store-sql/migrate-command.ts'
import { openPostgres } from '../../src/adapters/store-sql/postgres.ts'
import { openSqlite } from '../../src/adapters/store-sql/sqlite.ts'
import type { Store } from '../../src/ports/store.ts'
import { atOnce } from './at-once.ts'
import { type Child, nextLine, startChild } from './children/process.ts'
import { noPostgres, postgresSchema, postgresUrl, temporaryDirectory } from './open-test-store.ts'
import { id } from './rows.ts'
import { journey } from './traffic-rows.ts'

const children: Child[] = []
const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.process.kill('SIGKILL')
    await child.ended
  }
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})
const start = (script: string, ...args: readonly string[]): Child => {
  const child = startChild(script, ...args)
  children.push(child)
  return child
}
const kept = (store: Store): Store => {
  cleanUps.push(() => store.close())
  return store
}
const file = (): string => {
  const directory = temporaryDirectory()
  cleanUps.push(directory.remove)
  return join(directory.path, 'gateway.db')
}
const address = async (): Promise<string> => {
  const schema = await postgresSchema()
  cleanUps.push(schema.remove)
  return schema.url
}
const open = async (place: StorePlace): Promise<Store> =>
  kept(await (place.kind === 'postgres' ? openPostgres(place) : openSqlite(place)))

/** Ten journeys, and everybody after each of them. */
const addTen = (store: Store): Promise<void> =>
  store.write(async (tx) => {
    for (let index = 0; index < 10; index += 1) await tx.journeys.add(journey(`j${index}`))
  })
const twoStoresTake = async (place: StorePlace): Promise<void> => {
  await migrate(place, 'up')
  const [one, two] = [await open(place), await open(place)]
  await addTen(one)
  const taken = await atOnce(400, (index) =>
    (index % 2 === 0 ? one : two).write((tx) => tx.journeys.take(id(`j${index % 10}`))),
  )
  expect(taken.filter(Boolean)).toHaveLength(10)
}
const twoProcessesTake = async (place: StorePlace): Promise<void> => {
  await migrate(place, 'up')
  await addTen(await open(place))
  const where = place.kind === 'postgres' ? place.url : place.path
  const pair = [start('take-all.ts', place.kind, where), start('take-all.ts', place.kind, where)]
  expect(await Promise.all(pair.map(nextLine))).toEqual(['ready', 'ready'])
  for (const child of pair) child.process.stdin?.write('go\n')
  const counts = (await Promise.all(pair.map(nextLine))).map(Number)
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10)
}

describe('one file', () => {
  test('two stores of one process give each journey to one caller', () =>
    twoStoresTake({ kind: 'embedded', path: file() }))
  test('two processes give each journey to one caller', () => twoProcessesTake({ kind: 'embedded', path: file() }))

  test('T7: what was acknowledged is there after kill -9, whole, and the store opens again', async () => {
    const path = file()
    await migrate({ kind: 'embedded', path }, 'up')
    const child = start('write-for-ever.ts', path)
    const acknowledged: string[] = []
    while (acknowledged.length < 100) acknowledged.push(await nextLine(child))
    child.process.kill('SIGKILL')
    for (let line = await child.lines.next(); !line.done; line = await child.lines.next()) acknowledged.push(line.value)
    await child.ended
    const store = await open({ kind: 'embedded', path })
    const events = await store.read((tx) => tx.audit.list(id('acme'), { limit: 100_000 }))
    const there = new Set(events.map((event) => event.id as string))
    expect(acknowledged.filter((name) => !there.has(name))).toEqual([])
    expect(there.size - acknowledged.length).toBeLessThanOrEqual(1) // committed, and killed before it could say so
    const database = new DatabaseSync(path, { readOnly: true })
    expect(database.prepare('pragma integrity_check').get()?.integrity_check).toBe('ok')
    database.close()
  })
})

const title = (name: string): string => (postgresUrl === undefined ? `${name} (skipped: ${noPostgres})` : name)
describe.skipIf(postgresUrl === undefined)(title('one PostgreSQL'), () => {
  test('T7: two pools give each journey to one caller', async () =>
    twoStoresTake({ kind: 'postgres', url: await address() }))
  test('T7: two nodes give each journey to one caller', async () =>
    twoProcessesTake({ kind: 'postgres', url: await address() }))
})
