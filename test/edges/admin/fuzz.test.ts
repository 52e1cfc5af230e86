// The whole document at random, on both stores: a fixed number of requests from a fixed seed, sound ones and hostile ones, to every operation
// of the administrative API and its neighbours (SCIM, AuthZEN, SSF). More of them: `npm run fuzz:api`.
import { describe, expect, test } from 'vitest'
import { noPostgres, postgresUrl } from '../../stores/open-test-store.ts'
import { fuzz } from './attack/fuzz-run.ts'
import { type Watched, watchedPostgres, watchedSqlite } from './attack/watched-store.ts'

const kinds: readonly (readonly [name: string, watch: (() => Promise<Watched>) | undefined])[] = [
  ['sqlite', watchedSqlite],
  [
    postgresUrl === undefined ? `postgres (skipped: ${noPostgres})` : 'postgres',
    postgresUrl === undefined ? undefined : watchedPostgres,
  ],
]
const REQUESTS = 600

describe.each(kinds)('%s', (_, watch) => {
  if (!watch) return test.skip('no second store', () => undefined)
  test('I2 U9 A11 I7 whatever is sent: no failure, no write without permission, nothing of others told', async () => {
    const { requests, wrong, operations, untouched } = await fuzz(watch, { count: REQUESTS, seed: 9110 })
    expect(wrong).toEqual([])
    expect(requests).toBeGreaterThanOrEqual(REQUESTS)
    // a new operation may need something planted for it before it can succeed (attack/plants.ts, attack/world.ts)
    expect(untouched.size, [...untouched].join(', ')).toBeLessThanOrEqual(operations.size / 20)
  }, 900_000)
})
