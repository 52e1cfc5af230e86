// What an operator is told when the file cannot be used: the path, what is wrong with it, what to do. And that a store
// goes on by itself when the trouble is over.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test } from 'vitest'
import { migrate } from '../../src/adapters/store-sql/migrate-command.ts'
import { openSqlite } from '../../src/adapters/store-sql/sqlite.ts'
import { Problem } from '../../src/problem.ts'
import { temporaryDirectory } from './open-test-store.ts'
import { id, tenancy } from './rows.ts'
import { auditEvent } from './traffic-rows.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})
const folder = (): string => {
  const directory = temporaryDirectory()
  cleanUps.push(directory.remove)
  return directory.path
}
const migrated = async (path: string, waitMs?: number) => {
  await migrate({ kind: 'embedded', path }, 'up')
  const store = await openSqlite(waitMs === undefined ? { path } : { path, waitMs })
  cleanUps.push(() => store.close())
  return store
}
const problemOf = async (work: Promise<unknown>): Promise<Problem> => {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(Problem)
  return thrown as Problem
}

describe('the file', () => {
  test('its directory is created, and only its owner may read it', async () => {
    const path = join(folder(), 'a', 'b', 'gateway.db')
    const store = await migrated(path)
    await store.write((tx) => tx.tenancies.put(tenancy('acme')))
    for (const end of ['', '-wal', '-shm']) expect(statSync(path + end).mode & 0o077).toBe(0)
    expect(statSync(join(path, '..')).mode & 0o077).toBe(0)
  })
  test.for([
    ['below a file', (at: string) => writeFileSync(join(at, 'data'), ''), 'data/gateway.db', /data is not a directory/],
    ['a directory', (at: string) => mkdirSync(join(at, 'x.db')), 'x.db', /is a directory: name a file in it/],
    [
      'no database',
      (at: string) => writeFileSync(join(at, 'x.db'), 'hello '.repeat(500)),
      'x.db',
      /is not a gwanmun database/,
    ],
    ['in a place where nothing can be made', () => {}, '/proc/nowhere/x.db', /cannot be created/],
  ] as const)('%s: refused with its path and a remedy', async ([, prepare, name, message]) => {
    const at = folder()
    prepare(at)
    const path = name.startsWith('/') ? name : join(at, name)
    for (const work of [openSqlite({ path }), migrate({ kind: 'embedded', path }, 'up')]) {
      const problem = await problemOf(work)
      expect(problem.slug).toBe('storage-unavailable')
      expect(problem.detail).toContain(path)
      expect(problem.detail).toMatch(message)
      expect(problem.cause).toBeDefined()
    }
  })
  test('locked by another process: a write gives up in time, reads go on, and so do writes afterwards', async () => {
    const path = join(folder(), 'gateway.db')
    const store = await migrated(path, 50)
    const other = new DatabaseSync(path)
    other.exec('begin immediate')
    const problem = await problemOf(store.write((tx) => tx.tenancies.put(tenancy('acme'))))
    expect([problem.slug, problem.detail]).toEqual([
      'storage-unavailable',
      `the store ${path} is locked by another process: wait, or end the process that holds it`,
    ])
    expect(await store.read((tx) => tx.tenancies.list(undefined))).toEqual([])
    other.exec('rollback')
    other.close()
    expect(await store.write((tx) => tx.tenancies.put(tenancy('acme')))).toBe('ok')
  })
  test('damaged: refused, not guessed at', async () => {
    const path = join(folder(), 'gateway.db')
    await (await migrated(path)).close()
    const bytes = readFileSync(path)
    writeFileSync(path, bytes.fill(0xff, 4096 * 3)) // the head stays, the tables do not
    const problem = await problemOf(openSqlite({ path }))
    expect(problem.detail).toMatch(/is damaged: stop gwanmun and restore a backup/)
  })
})

/** A file system of our own, small enough to fill; needs the right to mount. */
const mount = (at: string, options: string): boolean => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', at], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const mayMount = (() => {
  const { path, remove } = temporaryDirectory()
  const can = mount(path, 'size=64k')
  if (can) execFileSync('umount', [path])
  remove()
  return can
})()
const title = mayMount ? 'a file system of its own' : 'a file system of its own (skipped: mounting one needs root)'

describe.skipIf(!mayMount)(title, () => {
  const disk = (options: string): string => {
    const at = folder()
    mount(at, options)
    cleanUps.push(() => execFileSync('umount', [at]))
    return at
  }
  const fill = async (store: Awaited<ReturnType<typeof migrated>>): Promise<number> => {
    for (let count = 0; ; count += 1) {
      const details = { filler: 'x'.repeat(20_000) }
      await store.write((tx) => tx.audit.add(auditEvent(`event-${count}`, { details })))
    }
  }
  test('full: the write is refused whole, what was stored stays, and space is all it takes to go on', async () => {
    const at = disk('size=2m')
    const filler = join(at, 'filler')
    writeFileSync(filler, Buffer.alloc(400_000))
    const store = await migrated(join(at, 'gateway.db'))
    const problem = await problemOf(fill(store))
    expect([problem.slug, problem.detail]).toEqual([
      'storage-unavailable',
      expect.stringMatching(/cannot grow, the disk is full: free some space/),
    ])
    const stored = () => store.read((tx) => tx.audit.list(id('acme'), { limit: 1000 }))
    const before = (await stored()).length
    expect(before).toBeGreaterThan(5)
    expect(existsSync(filler)).toBe(true)
    rmSync(filler)
    await store.write((tx) => tx.audit.add(auditEvent('afterwards')))
    expect((await stored()).length).toBe(before + 1)
  })
  test('read-only: refused with its path and a remedy', async () => {
    const at = disk('size=4m')
    const path = join(at, 'gateway.db')
    await (await migrated(path)).close()
    execFileSync('mount', ['-o', 'remount,ro', at])
    const problem = await problemOf(openSqlite({ path }))
    expect(problem.detail).toBe(`the store ${path} is on a read-only file system: mount it writable, or move the store`)
  })
})
