// On a machine that is meant to be complete nothing may be skipped in silence.
import { expect, test } from 'vitest'
import { browser } from './browser.ts'
import { noPostgres, postgresUrl } from './stores/open-test-store.ts'

test.runIf(process.env.TEST_COMPLETE === '1')('every leg of the suite runs here', async () => {
  await browser?.close()
  expect(browser, 'no Chromium: apt-get install chromium').toBeDefined()
  expect(postgresUrl, noPostgres).toBeDefined()
})
