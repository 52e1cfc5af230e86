// PostgreSQL keeps the promises of the port.
import { describe, expect, test } from 'vitest'
import { conforms } from './conformance.ts'
import { noPostgres, postgresUrl, testPostgres } from './open-test-store.ts'

if (postgresUrl === undefined) {
  console.log(`skipped: ${noPostgres}`)
  test.skipIf(process.env.TEST_COMPLETE === undefined)(`T7: PostgreSQL (skipped: ${noPostgres})`, () => {
    expect(postgresUrl, noPostgres).toBeDefined()
  })
} else {
  describe('postgres', () => conforms(testPostgres))
}
