// For every test that needs a real browser: Chromium on loopback only, a fresh profile each, desktop and phone, light and dark, and a
// virtual authenticator. Where there is no Chromium the tests skip, and print why and what to install.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { launchBrowser } from '../src/cli/demo/browser.ts'

export { codesOf, withAuthenticator } from '../src/cli/demo/browser.ts'

export const desktop = { width: 1000, height: 800 }
export const phone = { width: 360, height: 740 }

const found = await launchBrowser()

/** Undefined where no browser could be started: `describe.skipIf(!browser)`. One per test file; close it in `afterAll`. */
export const browser: Browser | undefined = 'missing' in found ? undefined : found
if ('missing' in found) console.warn(`browser tests are skipped: ${found.missing}`)

export type Look = {
  readonly locale?: 'en-US' | 'ko-KR'
  readonly size?: { readonly width: number; readonly height: number }
  readonly dark?: boolean
  readonly javaScript?: boolean
}

/** A person's own browser window; close the context when done. */
export const open = async ({
  locale = 'en-US',
  size = desktop,
  dark = false,
  javaScript = true,
}: Look = {}): Promise<{
  readonly context: BrowserContext
  readonly page: Page
}> => {
  if (!browser) throw new Error('no browser: the test should have been skipped')
  const context = await browser.newContext({
    locale,
    viewport: size,
    colorScheme: dark ? 'dark' : 'light',
    javaScriptEnabled: javaScript,
  })
  context.setDefaultTimeout(15_000)
  return { context, page: await context.newPage() }
}

/** What the browser refused or complained about: Content-Security-Policy violations, script errors. Collect before navigating. */
export const complaintsOf = (page: Page): readonly string[] => {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d|status of 50[23]/.test(message.text()))
      complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return complaints
}

/** How many pixels the page is wider than the window: 0 where nobody has to scroll sideways. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate('Math.max(0, document.documentElement.scrollWidth - innerWidth)')
