// PostgreSQL keeps the promises of the port, whatever the locale of its database, and decides serially.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Tx } from '../../src/ports/store.ts'
import { conforms } from './conformance.ts'
import { ask, noPostgres, postgresUrl, testPostgres } from './open-test-store.ts'
import { promiseOf } from './promises/promise.ts'
import { textPromises } from './promises/text.ts'
import { direct, group, id, membership } from './rows.ts'
import { seed } from './traffic-rows.ts'

const onPostgres = (url: string): void => {
  describe('postgres', () => conforms(() => testPostgres()))

  describe('a database that sorts and lowers as in Turkey', () => {
    const name = `gwanmun_${randomBytes(6).toString('hex')}`
    const own = new URL(url)
    own.pathname = `/${name}`
    const locale = `encoding 'UTF8' locale_provider icu icu_locale 'tr-TR' locale 'C.UTF-8' template template0`
    beforeAll(() => ask(url, `create database ${name} ${locale}`))
    afterAll(() => ask(url, `drop database ${name} with (force)`))
    textPromises(promiseOf(() => testPostgres(own.href), {}))
  })

  test('A13: of two last administrators who leave at the same moment, one stays', async () => {
    const store = await testPostgres()
    try {
      await seed(store, 'ann', 'bob')
      await store.write(async (tx) => {
        await tx.groups.put(group('admins'))
        for (const who of ['ann', 'bob']) await tx.memberships.put(membership(who, 'admins', direct))
      })
      const admins = (tx: Tx) => tx.memberships.ofGroup(id('admins'))
      // Both have read before either writes: only the database can tell them that one must look again.
      const both = Promise.withResolvers<void>()
      let arrived = 0
      const leave = (who: string) =>
        store.write(async (tx) => {
          const mayLeave = (await admins(tx)).length > 1
          arrived += 1
          if (arrived === 2) both.resolve()
          await both.promise
          return mayLeave && tx.memberships.remove(id(who), id('admins'), 'direct')
        })
      const left = await Promise.all([leave('ann'), leave('bob')])
      expect([left.filter(Boolean).length, (await store.read(admins)).length, arrived]).toEqual([1, 1, 3])
    } finally {
      await store.close()
    }
  })
}

if (postgresUrl === undefined) {
  console.log(`skipped: ${noPostgres}`)
  test.skipIf(process.env.TEST_COMPLETE === undefined)(`T7: PostgreSQL (skipped: ${noPostgres})`, () => {
    expect(postgresUrl, noPostgres).toBeDefined()
  })
} else {
  onPostgres(postgresUrl)
}
