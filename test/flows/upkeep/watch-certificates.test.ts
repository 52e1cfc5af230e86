// F11: certificates of identity providers are counted for figures and told once at a month, a week and a day, on both stores.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Certificate } from '../../../src/core/model/certificate.ts'
import { metrics } from '../../../src/edges/metrics.ts'
import { watchCertificates } from '../../../src/flows/upkeep/watch-certificates.ts'
import type { Store } from '../../../src/ports/store.ts'
import { noPostgres, postgresUrl, testPostgres, testStore } from '../../stores/open-test-store.ts'
import { DAY, id, idp, NOW } from '../../stores/rows.ts'
import { seed } from '../../stores/traffic-rows.ts'
import { counting } from '../directory/house.ts'

const certificate = (fingerprint: string, days: number): Certificate => ({
  use: 'signing',
  subject: 'CN=corp',
  fingerprint,
  key: 'RSA 2048',
  notBefore: NOW - DAY,
  notAfter: NOW + days * DAY + 1,
})

const suite = (open: () => Promise<Store>) => {
  let store: Store
  let now = NOW
  const random = counting()
  beforeAll(async () => {
    store = await open()
    await seed(store)
    await store.write(async (tx) => {
      await tx.idps.put(idp('corp'))
      await tx.idps.put(idp('asleep', { enabled: false }))
    })
  })
  afterAll(() => store.close())
  const watch = (certificates: readonly Certificate[]) =>
    watchCertificates({
      store,
      clock: () => now,
      random,
      inspectors: {
        oidc: {
          inspect: async () => ({ checks: [], certificates: [], register: [] }),
          certificates: (one) => (one.name === 'corp' ? certificates : []),
        },
      },
    })()
  const told = async () =>
    (await store.read((tx) => tx.audit.list(id('acme'), { limit: 100 }))).map((e) => [e.action, e.details.daysLeft])

  test('the first to end is counted; each limit is told once, by whichever node looks first', async () => {
    const both = [certificate('a', 100), certificate('b', 40)]
    expect(await watch(both)).toEqual([{ tenancy: 'acme', domain: 'default', idp: 'corp', daysLeft: 40 }])
    expect(await told()).toEqual([])
    now = NOW + 11 * DAY
    await Promise.all([watch(both), watch(both)])
    await watch(both)
    expect(await told()).toEqual([['certificate.expiring', 29]])
    now = NOW + 34 * DAY
    await watch(both)
    now = NOW + 40 * DAY
    await watch(both)
    now = NOW + 42 * DAY
    await watch(both)
    await watch(both)
    expect((await told()).reverse()).toEqual([
      ['certificate.expiring', 29],
      ['certificate.expiring', 6],
      ['certificate.expiring', 0],
      ['certificate.expired', -2],
    ])
    now = NOW
  })
  test('a successor is told by itself', async () => {
    now = NOW + 50 * DAY
    await watch([certificate('c', 53)])
    expect((await told())[0]).toEqual(['certificate.expiring', 3])
  })
}
describe('SQLite', () => suite(testStore))
describe.skipIf(postgresUrl === undefined)(
  postgresUrl === undefined ? `PostgreSQL (skipped: ${noPostgres})` : 'PostgreSQL',
  () => suite(testPostgres),
)

test('the figure has a series for each provider, and forgets those that are gone', async () => {
  const figures = metrics()
  figures.certificates([
    { tenancy: 'acme', domain: 'default', idp: 'corp', daysLeft: 12 },
    { tenancy: 'acme', domain: 'default', idp: 'old', daysLeft: -3 },
  ])
  const line = 'gwanmun_idp_certificate_days_left{tenancy="acme",domain="default",idp="corp"} 12'
  expect((await figures.read()).text).toContain(line)
  figures.certificates([])
  expect((await figures.read()).text).not.toContain('gwanmun_idp_certificate_days_left{')
})
