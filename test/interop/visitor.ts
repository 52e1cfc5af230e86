// A person with a browser of their own: goes to an application, gets through the gateway's pages, and reads what the application says.
import type { BrowserContext, Page } from 'playwright-core'
import { vi } from 'vitest'
import { codesOf, open } from '../browser.ts'
import type { TestPerson } from './people.ts'

export type Visitor = Awaited<ReturnType<typeof visit>>

const inside = (page: Page, url: string): Promise<void> =>
  page.waitForURL((at) => at.href.startsWith(url), { waitUntil: 'load' })

/** What the browser shows, for a failure's message. */
const whereabouts = async (page: Page): Promise<string> =>
  `${page.url()}: ${(
    await page
      .locator('body')
      .innerText()
      .catch(() => '')
  ).slice(0, 600)}`

const told = async (page: Page, work: Promise<void>): Promise<void> => {
  try {
    await work
  } catch (cause) {
    throw new Error(`the browser is at ${await whereabouts(page)}`, { cause })
  }
}

const press = (page: Page, what: string): Promise<void> =>
  page.locator(`button[name="do"][value="${what}"]`).first().click()

export const visit = async () => {
  const { context, page } = await open()
  return {
    page,
    context: context as BrowserContext,
    close: () => context.close(),
    go: (url: string) => page.goto(url).then(() => undefined),
    text: () => page.locator('body').innerText(),
    has: async (selector: string): Promise<boolean> => (await page.locator(selector).count()) > 0,
    /** Says where the browser was when `work` fails. */
    told: (work: Promise<void>) => told(page, work),
    /** Until the browser is somewhere below `url`. */
    arrives: (url: string) => told(page, inside(page, url)),
    identify: async (username: string) => {
      await page.locator('#username').fill(username)
      await press(page, 'identify')
    },
    /** From the gateway's first page on, to the application. */
    signIn: async (person: TestPerson, to: string) => {
      await told(
        page,
        (async () => {
          await page.locator('#username').fill(person.username)
          await press(page, 'identify')
          await page.locator('#password').fill(person.password)
          await press(page, 'password')
          await inside(page, to)
        })(),
      )
    },
    press: (what: string) => press(page, what),
    chooseIdp: (name: string) => page.locator(`button[name="idp"][value="${name}"]`).click(),
    /** The gateway demands a second factor that nobody has yet: an authenticator app is set up on the way. */
    enrolTotp: async () => {
      const secret = (await page.locator('#totp-secret').innerText()).trim()
      await page.locator('#otp').fill(await codesOf(secret).next())
      await press(page, 'enrol-totp')
      await press(page, 'keep-codes')
    },
    /** What a protected page answers to this browser now, without following it anywhere. */
    status: async (url: string): Promise<number> =>
      (await context.request.get(url, { maxRedirects: 0, failOnStatusCode: false })).status(),
  }
}

/** Something that happens behind the browser's back, as back-channel logout does. */
export const eventually = (check: () => Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 15_000, interval: 200 })
