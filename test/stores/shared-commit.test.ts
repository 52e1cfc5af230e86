// Writes that share a flush: how many do, what one that fails takes along, and what somebody outside sees before it.
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { migrate } from '../../src/adapters/store-sql/migrate-command.ts'
import { sharedCommits } from '../../src/adapters/store-sql/shared-commit.ts'
import { openSqlite } from '../../src/adapters/store-sql/sqlite.ts'
import { beginImmediate, openReader, openWriter, turnstile } from '../../src/adapters/store-sql/sqlite-connection.ts'
import type { Connection } from '../../src/adapters/store-sql/transaction.ts'
import { turns } from '../../src/adapters/store-sql/turn.ts'
import type { Flush } from '../../src/ports/store.ts'
import { atOnce } from './at-once.ts'
import { temporaryDirectory } from './open-test-store.ts'
import { tenancy } from './rows.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})
const newPath = (): string => {
  const directory = temporaryDirectory()
  cleanUps.push(directory.remove)
  return join(directory.path, 'gateway.db')
}

/** A table of numbers, and what was sent to the connection beside statements. */
const bed = () => {
  const path = newPath()
  const connection = openWriter(path)
  cleanUps.push(() => connection.close())
  connection.exec('create table number (n integer primary key)')
  const sent: string[] = []
  const exec = (text: string): void => {
    sent.push(text)
    connection.exec(text)
  }
  const lane = { connection: { ...connection, exec }, gate: turnstile() }
  const shared = sharedCommits(lane, turns(), (c) => beginImmediate(c, 1000))
  const reader = openReader(path)
  cleanUps.push(() => reader.close())
  const seen = async (): Promise<unknown[]> =>
    (await reader.run('select n from number order by n', [])).rows.map((r) => r.n)
  const within = async (work: (connection: Connection) => Promise<unknown>, flush: Flush = 'first'): Promise<void> => {
    const one = await shared.connect(flush)
    try {
      await one.begin()
      await work(one)
      await one.commit()
    } catch (error) {
      await one.rollback()
      throw error
    } finally {
      one.release(false)
    }
  }
  const put = (n: number, flush?: Flush) => within(({ run }) => run('insert into number values (?)', [n]), flush)
  return { exec, sent, seen, within, put }
}

test('writes of one moment share one flush, and later ones have their own', async () => {
  const { sent, seen, put } = bed()
  await atOnce(20, put)
  expect(sent.filter((text) => text === 'commit')).toHaveLength(1)
  expect(await seen()).toHaveLength(20)
  await put(20)
  expect(sent.filter((text) => text === 'commit')).toHaveLength(2)
})

test('what must be on the disk shares no transaction that does not wait for it; what need not be shares any', async () => {
  const { sent, seen, put } = bed()
  const synchronous = (): string[] => sent.filter((text) => text.startsWith('pragma') || text === 'commit')
  await Promise.all([put(1, 'soon'), put(2, 'soon'), put(3), put(4, 'soon')])
  expect(synchronous()).toEqual(['pragma synchronous = normal', 'commit', 'pragma synchronous = full', 'commit'])
  await put(5)
  await put(6, 'soon')
  expect(synchronous().slice(4)).toEqual(['commit', 'pragma synchronous = normal', 'commit'])
  expect(await seen()).toEqual([1, 2, 3, 4, 5, 6])
})

test('one that fails takes nobody along and leaves nothing of itself', async () => {
  const { seen, within, put } = bed()
  const first = put(1)
  const failing = within(async ({ run }) => {
    await run('insert into number values (100)', [])
    throw new Error('no, after all')
  })
  const clashing = within(async ({ run }) => {
    await run('insert into number values (200)', [])
    await run('insert into number values (1)', [])
  })
  const outcomes = await Promise.allSettled([first, failing, clashing, put(2)])
  expect(outcomes.map((o) => o.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
  expect(await seen()).toEqual([1, 2])
})

test('nobody outside sees a write before the flush, and none is acknowledged before it', async () => {
  const { seen, within } = bed()
  const early: unknown[][] = []
  let acknowledged = false
  const first = within(({ run }) => run('insert into number values (1)', [])).then(() => {
    acknowledged = true
  })
  const second = within(async ({ run }) => {
    early.push((await run('select n from number', [])).rows.map((r) => r.n))
    early.push(await seen())
    expect(acknowledged).toBe(false)
  })
  await Promise.all([first, second])
  expect(early).toEqual([[1], []])
  expect(await seen()).toEqual([1])
})

test('what ends the whole transaction is told to everyone who shared it, and the next one begins anew', async () => {
  const { exec, seen, within, put } = bed()
  const first = put(1)
  const ending = within(async ({ run }) => {
    await run('insert into number values (2)', [])
    exec('rollback') // as SQLite does by itself when the disk is full (https://sqlite.org/lang_transaction.html)
    await run('insert into nothing values (3)', [])
  })
  const outcomes = await Promise.allSettled([first, ending])
  expect(outcomes.map((o) => o.status)).toEqual(['rejected', 'rejected'])
  expect(await seen()).toEqual([])
  await put(4)
  expect(await seen()).toEqual([4])
})

test('a flush that fails refuses everyone who shared it', async () => {
  const { sent, exec, seen, within, put } = bed()
  exec('create table child (n integer references number(n) deferrable initially deferred)')
  const first = put(1)
  const orphan = within(({ run }) => run('insert into child values (77)', [])) // found out by `commit` alone
  const outcomes = await Promise.allSettled([first, orphan, put(2)])
  expect(outcomes.map((o) => o.status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(sent.at(-1)).toBe('rollback')
  expect(await seen()).toEqual([])
  await put(5)
  expect(await seen()).toEqual([5])
})

test('a store that is closed while writes wait for their flush has them on disk', async () => {
  const path = newPath()
  await migrate({ kind: 'embedded', path }, 'up')
  const store = await openSqlite({ path })
  const writes = atOnce(5, (n) => store.write((tx) => tx.tenancies.put(tenancy(`acme-${n}`))))
  const closing = store.close()
  await Promise.all([writes, closing])
  const again = await openSqlite({ path })
  cleanUps.push(() => again.close())
  expect(await again.read((tx) => tx.tenancies.list(undefined))).toHaveLength(5)
})
