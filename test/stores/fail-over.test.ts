// PostgreSQL going away: what is repeated, what must not be, and what an operator is told. A proxy plays the network.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import pg from 'pg'
import { afterEach, describe, expect, test } from 'vitest'
import { migrate } from '../../src/adapters/store-sql/migrate-command.ts'
import { openPostgres } from '../../src/adapters/store-sql/postgres.ts'
import { placeOf } from '../../src/adapters/store-sql/postgres-problem.ts'
import type { Store } from '../../src/ports/store.ts'
import { Problem } from '../../src/problem.ts'
import { noPostgres, postgresSchema, postgresUrl } from './open-test-store.ts'
import { id, tenancy } from './rows.ts'

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})
const list = (store: Store) => store.read((tx) => tx.tenancies.list(undefined))
const problemOf = async (work: Promise<unknown>): Promise<Problem> => {
  const thrown = await work.catch((error: unknown) => error)
  expect(thrown).toBeInstanceOf(Problem)
  return thrown as Problem
}

test.for([
  ['postgres://gateway:s3cret@db.example:6432/gw', 'postgresql://db.example:6432/gw'],
  ['postgresql://gateway:s3cret@db.example/gw?sslmode=require&password=s3cret', 'postgresql://db.example:5432/gw'],
  ['postgres:///gw?host=/var/run/postgresql', 'postgresql:///var/run/postgresql:5432/gw'],
  ['host=db password=s3cret', 'postgresql (its address is not a URL)'],
] as const)('an address is told without its password: %s', ([url, told]) => {
  expect(placeOf(url)).toBe(told)
})

test('nobody listens: told at once, with host and port and no password', async () => {
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  const url = `postgres://gateway:s3cret@127.0.0.1:${port}/gw`
  for (const work of [openPostgres({ url }), migrate({ kind: 'postgres', url }, 'up')]) {
    const problem = await problemOf(work)
    expect([problem.slug, problem.detail]).toEqual([
      'storage-unavailable',
      `the store postgresql://127.0.0.1:${port}/gw refuses connections: start it, or correct the address`,
    ])
  }
})

/** Passes everything on, until it is told to cut the line after a statement was sent and before it is answered. */
const proxyTo = async (url: string) => {
  const target = new URL(url)
  const { hostname, port } = target
  let cutAfter: string | undefined
  const sockets = new Set<Socket>()
  const server = createServer((inner) => {
    const outer = connect(Number(port || 5432), hostname)
    for (const socket of [inner, outer]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        inner.destroy()
        outer.destroy()
      })
    }
    outer.on('data', (data) => inner.write(data))
    inner.on('data', (data) => {
      if (cutAfter === undefined || !data.includes(cutAfter)) return outer.write(data)
      cutAfter = undefined
      inner.destroy() // the answer will find nobody
      return outer.end(data)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  target.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: target.href,
    cutAfter: (statement: string) => {
      cutAfter = statement
    },
    cutAll: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}

const title = postgresUrl === undefined ? `PostgreSQL (skipped: ${noPostgres})` : 'PostgreSQL'
describe.skipIf(postgresUrl === undefined)(title, () => {
  const proxied = async () => {
    const schema = await postgresSchema()
    cleanUps.push(schema.remove)
    await migrate({ kind: 'postgres', url: schema.url }, 'up')
    const proxy = await proxyTo(schema.url)
    const store = await openPostgres({ url: proxy.url, poolSize: 2 })
    cleanUps.push(() => store.close())
    return { store, proxy, url: schema.url }
  }
  test('T7: idle connections that were cut are replaced without anybody noticing', async () => {
    const { store, proxy } = await proxied()
    await list(store)
    proxy.cutAll()
    expect(await store.write((tx) => tx.tenancies.put(tenancy('acme')))).toBe('ok')
  })
  test('T7: a transaction cut before its commit is run again, and counts once', async () => {
    const { store, proxy } = await proxied()
    await store.write((tx) => tx.tenancies.put(tenancy('acme')))
    let runs = 0
    proxy.cutAfter('update "tenancy" set "revision"')
    const revision = await store.write((tx) => {
      runs += 1
      return tx.tenancies.bumpRevision(id('acme'))
    })
    expect([runs, revision]).toEqual([2, 1])
  })
  test('T7: a transaction cut in its commit is not run again: nobody knows whether it counted', async () => {
    const { store, proxy } = await proxied()
    await store.write((tx) => tx.tenancies.put(tenancy('acme')))
    let runs = 0
    proxy.cutAfter('commit')
    const work = store.write((tx) => {
      runs += 1
      return tx.tenancies.bumpRevision(id('acme'))
    })
    const problem = await problemOf(work)
    expect(problem.detail).toMatch(/went away while a change was being stored: look whether it is there/)
    expect(runs).toBe(1)
    await expect.poll(() => store.read((tx) => tx.tenancies.revision(id('acme')))).toBe(1) // here it did
  })
  test('a database that is not there is named', async () => {
    const { url } = await proxied()
    const wrong = new URL(url)
    wrong.pathname = '/no_such_database'
    const problem = await problemOf(openPostgres({ url: wrong.href }))
    expect(problem.detail).toMatch(/no_such_database has no such database: create it/)
  })
  test('T7: a standby is refused for writing, and read from', async () => {
    const { url } = await proxied()
    const readOnly = new URL(url)
    readOnly.searchParams.set('options', `${readOnly.searchParams.get('options')} -c default_transaction_read_only=on`)
    const store = await openPostgres({ url: readOnly.href })
    cleanUps.push(() => store.close())
    expect(await list(store)).toEqual([])
    const problem = await problemOf(store.write((tx) => tx.tenancies.put(tenancy('acme'))))
    expect(problem.detail).toMatch(/is read-only, perhaps a standby: point the address at the primary/)
  })
  test('T7: a server that shuts down under an open transaction does not end the process; the work is run again', async () => {
    const { store, url } = await proxied()
    const own = new URL(url)
    own.searchParams.set('application_name', `node ${own.searchParams.get('options')}`.slice(-40))
    const node = await openPostgres({ url: own.href })
    cleanUps.push(() => node.close())
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    cleanUps.push(() => client.end())
    let runs = 0
    await node.write(async (tx) => {
      runs += 1
      await tx.tenancies.put(tenancy('acme'))
      if (runs > 1) return
      await client.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [
        own.searchParams.get('application_name'),
      ])
      for (;;) await tx.tenancies.get(id('acme')) // until the end of the session has reached this side
    })
    expect([runs, (await list(store)).length]).toEqual([2, 1])
  })
})
