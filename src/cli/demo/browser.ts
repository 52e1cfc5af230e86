// A real browser for the demonstration's check and for the end-to-end tests: Chromium through playwright-core, loopback only, a fresh
// profile each, a virtual authenticator for passkeys, and one-time codes computed here, not by the gateway.
import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { generateSync } from 'otplib'
import type { Browser, BrowserContext, Page } from 'playwright-core'

const systemBrowsers = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The browser found here, or why there is none and what to do about it. */
export const findBrowser = async (): Promise<
  { readonly path: string; readonly args: readonly string[] } | { readonly missing: string }
> => {
  const path = systemBrowsers.find((file) => existsSync(file))
  if (path) return { path, args: [] }
  try {
    const { default: packaged } = await import('@sparticuz/chromium')
    return { path: await packaged.executablePath(), args: packaged.args }
  } catch {
    return {
      missing: 'no Chromium was found: `apt-get install chromium`, or run `npm ci` with the development packages',
    }
  }
}

export const launchBrowser = async (): Promise<Browser | { readonly missing: string }> => {
  const found = await findBrowser()
  if ('missing' in found) return found
  const { chromium } = await import('playwright-core').catch(() => ({ chromium: undefined }))
  if (!chromium)
    return { missing: 'the package playwright-core is not installed: run `npm ci` with the development packages' }
  return chromium.launch({
    executablePath: found.path,
    headless: true,
    args: [
      ...found.args,
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost',
    ],
  })
}

export const freshContext = async (
  browser: Browser,
  options: { readonly locale?: string; readonly javaScript?: boolean } = {},
): Promise<BrowserContext> => {
  const context = await browser.newContext({
    locale: options.locale ?? 'en-US',
    javaScriptEnabled: options.javaScript ?? true,
    viewport: { width: 1000, height: 800 },
  })
  context.setDefaultTimeout(15_000)
  return context
}

/** A platform authenticator that verifies its user. WebAuthn needs http://localhost or https. */
export const withAuthenticator = async (page: Page): Promise<{ readonly count: () => Promise<number> }> => {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable', { enableUI: false })
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return { count: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length }
}

/**
 * One-time codes that the gateway has not seen yet, without waiting for the clock: one step back, now, one step ahead are all inside its
 * window, and it takes each step once (RFC 6238 §5.2).
 */
export const codesOf = (secret: string): { readonly next: () => Promise<string>; readonly last: () => string } => {
  let step = 0
  let last = ''
  return {
    next: async () => {
      const now = Date.now()
      const current = Math.floor(now / 30_000)
      // Near its end a step could be over before the code arrives: then the one before it would be two back.
      const oldest = now % 30_000 > 22_000 ? current : current - 1
      step = Math.max(step + 1, oldest)
      // Two ahead is outside the window: only there is there something to wait for.
      while (step > Math.floor(Date.now() / 30_000) + 1) await setTimeout(250)
      last = generateSync({ secret: secret.replace(/\s/g, ''), epoch: step * 30 })
      return last
    },
    last: () => last,
  }
}
